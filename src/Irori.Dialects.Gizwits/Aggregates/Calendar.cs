namespace Irori.Dialects.Gizwits.Aggregates;

/// <summary>Hours, days, weeks from Monday, and months of UTC, by the vendor's names in any case and number.</summary>
internal static class Calendar
{
    /// <summary>When the period of a moment begins; null: there is no such unit.</summary>
    public static DateTimeOffset? Begin(string unit, DateTimeOffset moment)
    {
        var day = new DateTimeOffset(moment.UtcDateTime.Date, TimeSpan.Zero);
        return NameOf(unit) switch
        {
            "hour" => day.AddHours(moment.UtcDateTime.Hour),
            "day" => day,
            "week" => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            "month" => day.AddDays(1 - day.Day),
            _ => null,
        };
    }

    /// <summary>When the next period begins.</summary>
    public static DateTimeOffset Next(string unit, DateTimeOffset begins) => NameOf(unit) switch
    {
        "hour" => begins.AddHours(1),
        "day" => begins.AddDays(1),
        "week" => begins.AddDays(7),
        _ => begins.AddMonths(1),
    };

    private static string NameOf(string unit)
    {
        var name = unit.ToLowerInvariant();
        return name.EndsWith('s') ? name[..^1] : name;
    }
}
