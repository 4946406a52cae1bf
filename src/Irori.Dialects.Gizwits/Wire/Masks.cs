namespace Irori.Dialects.Gizwits.Wire;

/// <summary>How other people's names are shown: partly (Gizwits Open API, masking).</summary>
internal static class Masks
{
    private const int Hidden = 4;

    /// <summary>A name or a number without its middle, up to four characters; the first and the last are shown. Null stays null.</summary>
    public static string? Middle(string? text)
    {
        if (text is null || text.Length < 3) return text is null ? null : new string('*', text.Length);
        var hidden = Math.Min(Hidden, text.Length - 2);
        var from = (text.Length - hidden) / 2;
        return $"{text[..from]}{new string('*', hidden)}{text[(from + hidden)..]}";
    }

    /// <summary>An address without the up to four characters before its @. Null stays null.</summary>
    public static string? Email(string? text)
    {
        if (text is null) return null;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var hidden = Math.Clamp(at, 0, Hidden);
        return $"{text[..(at - hidden)]}{new string('*', hidden)}{text[at..]}";
    }
}
