using System.Globalization;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Schedules;

namespace Irori.Dialects.Gizwits.Schedulers;

/// <summary>When a task is due (Gizwits Open API, scheduled tasks): once, on days of the week, every day, or on days of the month; all in UTC.</summary>
/// <param name="Recurrence">When.</param>
/// <param name="Starts">Not before.</param>
/// <param name="Ends">Not at or after.</param>
internal sealed record TaskTime(Recurrence Recurrence, DateTimeOffset? Starts, DateTimeOffset? Ends)
{
    private const string OnceOnly = "none";
    private const string ByDay = "day";

    private static readonly string[] Weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>Reads what an app writes. The date counts for what is due once, days for repeat day; without days that is every day.</summary>
    public static Result<TaskTime> Read(string date, string time, string repeat, IReadOnlyList<JsonElement>? days, string? startDate, string? endDate)
    {
        if (!TimeOnly.TryParseExact(time, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)) return Fault.Invalid("time", "time is HH:mm");
        if (!TryDate(startDate, out var start)) return Fault.Invalid("start_date", "start_date is yyyy-mm-dd");
        if (!TryDate(endDate, out var end)) return Fault.Invalid("end_date", "end_date is yyyy-mm-dd");
        if (start is { } first && end is { } last && last < first) return Fault.Invalid("end_date", "end_date is before start_date");
        if (!ReadRecurrence(date, at, repeat, days ?? []).Try(out var recurrence, out var fault)) return fault;
        // The end is the last day.
        return new TaskTime(recurrence, start is { } from ? Midnight(from) : null, end is { } to && to < DateOnly.MaxValue ? Midnight(to.AddDays(1)) : null);
    }

    private static Result<Recurrence> ReadRecurrence(string date, TimeOnly at, string repeat, IReadOnlyList<JsonElement> days)
    {
        switch (repeat)
        {
            case OnceOnly:
                return TryDate(date, out var day) && day is { } on ? Result.Of<Recurrence>(new Recurrence.Once(Midnight(on) + at.ToTimeSpan())) : Fault.Invalid("date", "date is yyyy-mm-dd");
            case ByDay when days.Count == 0:
                return CronText.Daily(at);
            case ByDay:
                var numbers = days.Select(Number).ToList();
                return numbers.TrueForAll(n => n is >= 1 and <= 31) ? CronText.Monthly(numbers.OfType<int>(), at) : Fault.Invalid("days", "days are days of the month, 1 to 31");
            default:
                var weekdays = repeat.Split(',', StringSplitOptions.TrimEntries).Select(d => Array.IndexOf(Weekdays, d)).ToList();
                return weekdays.Contains(-1) ? Fault.Invalid("repeat", "repeat is none, day, or days of the week") : CronText.Weekly(weekdays.Select(d => (DayOfWeek)d), at);
        }
    }

    private static int? Number(JsonElement day) => day.ValueKind switch
    {
        JsonValueKind.Number when day.TryGetInt32(out var number) => number,
        JsonValueKind.String when int.TryParse(day.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static bool TryDate(string? text, out DateOnly? date)
    {
        date = null;
        if (string.IsNullOrEmpty(text)) return true;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read)) return false;
        date = read;
        return true;
    }

    private static DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}
