using Irori.Core.Schedules;
using Shouldly;

namespace Irori.Tests.Schedules;

public sealed class RecurrenceTests
{
    [Theory]
    [InlineData("36 8 * * 1,3", "2026-11-26T08:36:00Z", "2026-11-30T08:36:00Z")]
    [InlineData("0 8 * * 0", "2026-11-26T00:00:00Z", "2026-11-29T08:00:00Z")]
    [InlineData("0 8 * * 7", "2026-11-26T00:00:00Z", "2026-11-29T08:00:00Z")]
    [InlineData("*/15 * * * *", "2026-11-26T08:36:00Z", "2026-11-26T08:45:00Z")]
    [InlineData("0 8 15 * 1", "2026-12-08T00:00:00Z", "2026-12-14T08:00:00Z")]
    [InlineData("0 8 15 * 1", "2026-12-14T08:00:00Z", "2026-12-15T08:00:00Z")]
    [InlineData("0 0 31 2 *", "2026-12-14T08:00:00Z", null)]
    public void A_crontab_line_is_due_when_crontab_says(string cron, string after, string? due) => Due(CronText.FromLinux(cron)!, after).ShouldBe(At(due));

    [Theory]
    [InlineData("0 0 8 ? * 2-6", "2026-11-27T08:00:00Z", "2026-11-30T08:00:00Z")]
    [InlineData("0 0 8 1 1 ? 2030", "2026-11-27T08:00:00Z", "2030-01-01T08:00:00Z")]
    [InlineData("0 0 8 1 1 ? 2020", "2026-11-27T08:00:00Z", null)]
    public void A_Quartz_expression_is_due_when_Quartz_says(string cron, string after, string? due) => Due(new Recurrence.Cron(cron), after).ShouldBe(At(due));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("61 8 * * *")]
    [InlineData("0 8 * * 8")]
    [InlineData("0 8 * *")]
    [InlineData("0 0 8 ? * 2-6")]
    public void What_is_no_crontab_line_is_refused(string cron) => CronText.FromLinux(cron).ShouldBeNull();

    [Theory]
    [InlineData("* * * * * ?")]
    [InlineData("0/30 * * * * ?")]
    [InlineData("0,30 * * * * ?")]
    [InlineData("0 61 * * * ?")]
    [InlineData("36 8 * * 1,3")]
    [InlineData("")]
    public void What_is_due_more_than_once_a_minute_or_no_expression_is_refused(string cron) => new Recurrence.Cron(cron).Check()!.Field.ShouldBe("cron");

    [Fact]
    public void A_steady_pace_knows_no_wall_clock()
    {
        var pace = new Recurrence.Every(At("2026-03-28T22:30:00Z")!.Value, TimeSpan.FromHours(2));

        Due(pace, "2026-01-01T00:00:00Z", "Europe/Berlin").ShouldBe(At("2026-03-28T22:30:00Z"));
        Due(pace, "2026-03-28T22:30:00Z", "Europe/Berlin").ShouldBe(At("2026-03-29T00:30:00Z"));
        Due(pace, "2026-03-29T00:31:00Z", "Europe/Berlin").ShouldBe(At("2026-03-29T02:30:00Z"));
        new Recurrence.Every(default, TimeSpan.FromSeconds(59)).Check().ShouldNotBeNull();
    }

    [Fact]
    public void Days_of_the_month_that_a_month_has_not_are_passed_over() =>
        Due(CronText.Monthly([31], new TimeOnly(8, 0)), "2026-01-31T08:00:00Z").ShouldBe(At("2026-03-31T08:00:00Z"));

    [Fact]
    public void Days_of_the_week_are_due_on_each()
    {
        var weekly = CronText.Weekly([DayOfWeek.Sunday, DayOfWeek.Wednesday], new TimeOnly(7, 5));

        Due(weekly, "2026-11-26T00:00:00Z").ShouldBe(At("2026-11-29T07:05:00Z"));
        Due(weekly, "2026-11-29T07:05:00Z").ShouldBe(At("2026-12-02T07:05:00Z"));
    }

    [Fact]
    public void A_window_holds_its_beginning_and_not_its_end()
    {
        var daily = CronText.Daily(new TimeOnly(0, 0));
        var (starts, ends) = (At("2026-12-01T00:00:00Z"), At("2026-12-03T00:00:00Z"));

        Schedule.DueAfter(daily, "UTC", starts, ends, At("2026-11-01T00:00:00Z")!.Value).ShouldBe(starts);
        Schedule.DueAfter(daily, "UTC", starts, ends, starts!.Value).ShouldBe(At("2026-12-02T00:00:00Z"));
        Schedule.DueAfter(daily, "UTC", starts, ends, At("2026-12-02T00:00:00Z")!.Value).ShouldBeNull();
    }

    [Theory]
    [InlineData("2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z")] // 02:30 is skipped: 03:00 summer time
    [InlineData("2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")] // 02:30 comes twice: the first
    public void Half_past_two_in_Berlin_is_due_once_on_the_nights_when_the_clock_is_turned(string before, string due, string next)
    {
        var daily = CronText.Daily(new TimeOnly(2, 30));

        Due(daily, before, "Europe/Berlin").ShouldBe(At(due));
        Due(daily, due, "Europe/Berlin").ShouldBe(At(next));
    }

    [Fact]
    public void What_is_stored_is_read_as_it_was()
    {
        foreach (var recurrence in new Recurrence[] { new Recurrence.Once(At("2026-11-26T00:00:00Z")!.Value), new Recurrence.Every(default, TimeSpan.FromHours(1)), new Recurrence.Cron("0 0 8 ? * 2-6") })
            Recurrence.Parse(recurrence.ToJson()).ShouldBe(recurrence);
        var plan = new Plan([[Step.Device("d", """{"switch":"on"}"""), Step.Delay(5), Step.Group("g", "{}")], [Step.Scene("s"), Step.Switch("r", on: true)]])
        {
            StopsAtFailure = true, Retry = new Retry(3, All: true),
        };
        var read = Plan.Parse(plan.ToJson());
        read.Steps.ShouldBe(plan.Steps);
        (read.StopsAtFailure, read.Retry, read.Branches.Count).ShouldBe((true, plan.Retry, 2));
    }

    private static DateTimeOffset? Due(Recurrence recurrence, string after, string zone = "UTC") => Schedule.DueAfter(recurrence, zone, null, null, At(after)!.Value);

    private static DateTimeOffset? At(string? text) => text is null ? null : DateTimeOffset.Parse(text);
}
