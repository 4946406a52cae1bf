using System.Globalization;

namespace Irori.Bench.Reporting;

/// <summary>Numbers for people: three digits that count, the same in every culture.</summary>
internal static class Numbers
{
    public static string Short(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.ToString("F2", CultureInfo.InvariantCulture),
    };

    /// <summary>A median with its range, where there is one.</summary>
    public static string Of(Spread? spread) => spread switch
    {
        null => "-",
        _ when Short(spread.Min) == Short(spread.Max) => Short(spread.Median),
        _ => $"{Short(spread.Median)} ({Short(spread.Min)} to {Short(spread.Max)})",
    };

    public static string Of(double? value) => value is { } number ? Short(number) : "-";
}
