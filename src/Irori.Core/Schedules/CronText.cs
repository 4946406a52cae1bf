using System.Globalization;
using Quartz;

namespace Irori.Core.Schedules;

/// <summary>Cron expressions, read as wall time: what a clock shows, before any time zone. Days of the week and of the month are written as such too.</summary>
public static class CronText
{
    private const int MaxLength = 256;

    /// <summary>Days of the week at a time of day.</summary>
    public static Recurrence Weekly(IEnumerable<DayOfWeek> days, TimeOnly at) =>
        new Recurrence.Cron($"0 {at.Minute} {at.Hour} ? * {string.Join(',', days.Select(d => (int)d + 1).Distinct().Order())}");

    /// <summary>Every day at a time of day.</summary>
    public static Recurrence Daily(TimeOnly at) => new Recurrence.Cron($"0 {at.Minute} {at.Hour} * * ?");

    /// <summary>Days of the month (1 to 31; a month that has no such day passes it over) at a time of day.</summary>
    public static Recurrence Monthly(IEnumerable<int> days, TimeOnly at) => new Recurrence.Cron($"0 {at.Minute} {at.Hour} {string.Join(',', days.Distinct().Order())} * ?");

    /// <summary>
    /// An expression of five fields as crontab has it (minute, hour, day, month, weekday 0 to 7 where 0 and 7 are Sunday; of day and weekday either is enough), or
    /// null when it is none.
    /// </summary>
    public static Recurrence? FromLinux(string text) => IsSane(text) && CronExpression.TryParse(text.Trim(), CronFormat.Unix, out var cron)
        ? new Recurrence.Cron(cron.CronExpressionString)
        : null;

    /// <summary>The expression in Quartz's form that is due once a minute at most, or null.</summary>
    internal static CronExpression? Parse(string text)
    {
        if (!IsSane(text) || !CronExpression.TryParse(text.Trim(), CronFormat.Quartz, out var cron)) return null;
        return int.TryParse(cron.CronExpressionString.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out _) ? cron.WithTimeZone(TimeZoneInfo.Utc) : null;
    }

    private static bool IsSane(string text) => text.Length <= MaxLength && !string.IsNullOrWhiteSpace(text);
}
