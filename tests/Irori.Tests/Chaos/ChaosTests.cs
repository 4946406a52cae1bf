using Irori.Chaos;
using Irori.Chaos.Faults;
using Irori.Storage;
using Shouldly;

namespace Irori.Tests.Chaos;

/// <summary>Alone: a lease cannot be kept on a machine that other tests keep busy.</summary>
[CollectionDefinition(nameof(ChaosTests), DisableParallelization = true)]
public sealed class Alone;

/// <summary>A short run of each fault; <c>./irori chaos</c> gives them more time.</summary>
[Collection(nameof(ChaosTests))]
[Trait("run", "full")]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private static readonly ChaosOptions Options = new()
    {
        Seed = Effort.Seed, Duration = TimeSpan.FromSeconds(5), Warm = TimeSpan.FromSeconds(1), Devices = 20, Lease = TimeSpan.FromSeconds(8), Grace = TimeSpan.FromSeconds(2),
        // The machine of a test may be slow: what has to hold is looked at, not how soon.
        FeedLimit = TimeSpan.FromSeconds(15), Slack = TimeSpan.FromSeconds(8), RecoveryLimit = TimeSpan.FromMinutes(2),
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Those that are tried on the same installation stand together.
    public static TheoryData<string> Faults => [.. AllFaults.List.GroupBy(f => f.Plan).Select(g => string.Join(' ', g.Select(f => f.Name)))];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Nothing_acknowledged_is_lost_or_doubled_and_every_feed_tells_the_truth_in_spite_of(string faults)
    {
        if (faults.Contains("full-disk", StringComparison.Ordinal) && Environment.UserName != "root") Assert.Skip("A small disk cannot be mounted here; run as root.");
        var report = await new ChaosRun(Options, output.WriteLine).RunAsync(AllFaults.Named(faults.Split(' ')), "./irori test --full", Cancel);

        report.Faults.SelectMany(f => f.Failures.Select(w => $"{f.Name}: {w}")).ShouldBeEmpty($"seed {Options.Seed}");
        report.Faults.ShouldAllBe(f => f.Reports > 0);
    }

    [Fact]
    public async Task Nothing_acknowledged_is_lost_or_doubled_in_spite_of_kills_at_any_moment()
    {
        var report = await new ChaosRun(Options, output.WriteLine).RunAsync([new Kills(count: 3, DatabaseEngine.Sqlite)], "./irori test --full", Cancel);

        report.Faults.SelectMany(f => f.Failures).ShouldBeEmpty($"seed {Options.Seed}");
    }
}
