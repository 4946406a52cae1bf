using Irori.Simulator;
using Shouldly;

namespace Irori.Tests.Simulator;

public sealed class BackoffTests
{
    private static readonly SimulationOptions Options = new() { Server = new Uri("http://localhost") };
    private static readonly Ending Gone = new("gone");

    [Fact]
    public void The_first_pause_is_short_each_further_one_longer_and_all_are_bounded()
    {
        var backoff = new Backoff(Options, new Dice(new Random(1)));

        var pauses = Enumerable.Range(0, 40).Select(_ => backoff.Next(Gone).TotalSeconds).ToList();

        pauses[0].ShouldBeInRange(0.5, 1);
        for (var i = 0; i < pauses.Count; i++) pauses[i].ShouldBeInRange(Math.Min(Math.Pow(2, i), 30) / 2, Math.Min(Math.Pow(2, i), 30));
        backoff.Reset();
        backoff.Next(Gone).TotalSeconds.ShouldBeInRange(0.5, 1);
    }

    [Fact]
    public void A_crowd_does_not_come_back_at_one_instant()
    {
        var dice = new Dice(new Random(1));
        Enumerable.Range(0, 100).Select(_ => new Backoff(Options, dice).Next(Gone)).Distinct().Count().ShouldBeGreaterThan(90);
    }

    [Fact]
    public void A_forbidden_device_stays_away_for_minutes() =>
        new Backoff(Options, new Dice(new Random(1))).Next(Gone with { Forbidden = true }).TotalMinutes.ShouldBeInRange(2.5, 5);

    [Theory]
    [InlineData(20, 20, 21)]
    [InlineData(-5, 0.5, 1)]
    [InlineData(999_999, 0.5, 1)]
    public void What_the_server_asks_for_is_done_within_reason(int asked, double least, double most) =>
        new Backoff(Options, new Dice(new Random(1))).Next(Gone with { RetryAfter = TimeSpan.FromSeconds(asked) }).TotalSeconds.ShouldBeInRange(least, most);
}
