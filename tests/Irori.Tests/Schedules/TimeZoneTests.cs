using Irori.Core.Schedules;
using Shouldly;

namespace Irori.Tests.Schedules;

/// <summary>
/// Every turn of the clocks of five zones in ten years, held against a walk minute by minute over the days around it by the system's own zones: an hour's jump and
/// one of half an hour, at night and at midnight, and a day that never was.
/// </summary>
public sealed class TimeZoneTests(ITestOutputHelper output)
{
    private const int Days = 2;
    private const int Quarter = 15;

    private static readonly DateTime From = new(2010, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime To = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("Europe/Berlin", 20)]
    [InlineData("America/New_York", 20)]
    [InlineData("Australia/Lord_Howe", 20)]
    [InlineData("America/Santiago", 16)]
    [InlineData("Pacific/Apia", 18)]
    public void Around_every_turn_of_the_clock_each_schedule_is_due_exactly_when_the_rule_says(string zone, int atLeast)
    {
        var clock = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var (turns, moments) = (0, 0);
        var offset = clock.GetUtcOffset(From);
        for (var at = From; at < To; at = at.AddMinutes(Quarter))
        {
            var now = clock.GetUtcOffset(at);
            if (now == offset) continue;
            offset = now;
            turns++;
            moments += Walk(clock, zone, at.AddDays(-Days), at.AddDays(Days));
        }

        output.WriteLine($"{zone}: {turns} turns, {moments} due times");
        turns.ShouldBeGreaterThanOrEqualTo(atLeast);
    }

    // All times of day at a quarter of an hour, each as a schedule of every day, and all of them as one schedule.
    private static int Walk(TimeZoneInfo clock, string zone, DateTime from, DateTime to)
    {
        var shown = new SortedDictionary<DateTime, DateTime>();
        for (var at = from.AddDays(-Days); at < to.AddDays(Days); at = at.AddMinutes(1)) shown.TryAdd(Local(clock, at), at);
        var walls = shown.Keys.ToList();
        var expected = new Dictionary<TimeSpan, SortedSet<DateTime>>();
        for (var wall = walls[0].Date.AddDays(1); wall < walls[^1].Date; wall = wall.AddMinutes(Quarter))
        {
            // What is shown, when it is shown first; what is skipped, at the first moment that shows something later.
            var moment = shown.TryGetValue(wall, out var first) ? first : shown[walls[~walls.BinarySearch(wall)]];
            if (moment <= from || moment > to) continue;
            if (!expected.TryGetValue(wall.TimeOfDay, out var days)) expected[wall.TimeOfDay] = days = [];
            days.Add(moment);
        }

        expected.Count.ShouldBe(24 * 60 / Quarter);
        foreach (var (time, days) in expected) Due(CronText.Daily(TimeOnly.FromTimeSpan(time)), zone, from, to).ShouldBe(days, ignoreOrder: false, $"{zone} {time} {from:u}");
        var all = new SortedSet<DateTime>(expected.Values.SelectMany(d => d));
        Due(new Recurrence.Cron($"0 */{Quarter} * * * ?"), zone, from, to).ShouldBe(all, ignoreOrder: false, $"{zone} {from:u}");
        return all.Count + expected.Values.Sum(d => d.Count);
    }

    private static DateTime Local(TimeZoneInfo clock, DateTime at) => DateTime.SpecifyKind(at + clock.GetUtcOffset(at), DateTimeKind.Unspecified);

    private static List<DateTime> Due(Recurrence recurrence, string zone, DateTime from, DateTime to)
    {
        var due = new List<DateTime>();
        for (DateTimeOffset? at = new DateTimeOffset(from); (at = Schedule.DueAfter(recurrence, zone, null, null, at!.Value)) is { } next && next.UtcDateTime <= to;) due.Add(next.UtcDateTime);
        return due;
    }
}
