namespace Irori.Core.Firmware;

/// <summary>Versions of firmware: numbers with dots between them, such as 3.5.1.</summary>
public static class FirmwareVersion
{
    private const int MaxLength = 32;
    private const int MaxNumbers = 6;

    /// <summary>The numbers of a version; null when it is none.</summary>
    public static IReadOnlyList<int>? Parse(string text)
    {
        var parts = text.Split('.');
        if (text.Length > MaxLength || parts.Length > MaxNumbers) return null;
        var numbers = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length is 0 or > 9 || !parts[i].All(char.IsAsciiDigit)) return null;
            numbers[i] = int.Parse(parts[i], System.Globalization.CultureInfo.InvariantCulture);
        }

        return numbers;
    }

    /// <summary>Which of two versions is the later one; what one does not have counts as 0.</summary>
    public static int Compare(IReadOnlyList<int> a, IReadOnlyList<int> b)
    {
        for (var i = 0; i < Math.Max(a.Count, b.Count); i++)
        {
            var order = a.ElementAtOrDefault(i).CompareTo(b.ElementAtOrDefault(i));
            if (order != 0) return order;
        }

        return 0;
    }
}
