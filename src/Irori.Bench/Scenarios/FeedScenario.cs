using Irori.Bench.Load;
using Irori.Bench.References;
using Irori.Bench.Servers;
using Irori.Storage;

namespace Irori.Bench.Scenarios;

/// <summary>What devices report reaches apps, and what apps know at the end is what the database knows.</summary>
internal sealed class FeedScenario(DatabaseEngine engine) : Scenario
{
    public const string P50 = "p50";
    public const string P99 = "p99";
    public const string Settled = "settled";
    public const string Rate = "rate";

    public override string Name => $"feeds-{engine.Word()}";

    public override char Letter => 'h';

    public override string Summary =>
        $"10,000 devices change 1,000 times per second in all, and 1,000 apps on long connections hear of 10 devices each; committed on {engine.Title()} before it is pushed. "
        + "A state that goes backwards, or that at the end is not the database's, fails the scenario";

    public override string Reference => "Kestrel that passes each report on to the app that wants it: no token, no binding, no database, no state, no log";

    public override IReadOnlyList<Measure> Measures { get; } =
    [
        new(P50, "from report to app p50", "ms"),
        new(P99, "from report to app p99", "ms"),
        new(Settled, "every app knows the last state after", "ms", new Bar(BarKind.ValueAtMost, 1_000)),
        new(Rate, "pushes", "1/s"),
    ];

    public override async Task<IStage> PrepareAsync(BenchContext context, CancellationToken cancel)
    {
        var sizes = context.Sizes;
        var each = sizes.FeedDevices / sizes.Feeds;
        var house = await House.MakeAsync(context, engine, sizes.FeedDevices, each, cancel);
        var listeners = await house.SignInAllAsync(cancel);
        var server = context.Keep(house.Launch(tls: false));
        await server.AnsweredAsync(House.Ready, cancel);
        var relay = context.Keep(Measured.Reference(KestrelRelay.Name));
        await relay.AnsweredAsync("/", cancel);
        var others = Enumerable.Range(0, sizes.Feeds).Select(i => new Listener(KestrelRelay.AccountOf(i * each, each), "none")).ToList();
        return new FeedStage(relay.Address, others, house, server.Address, listeners, sizes);
    }
}

/// <summary>Both servers of <see cref="FeedScenario"/>. All connect anew for each round: a process has not enough descriptors for both sides at once.</summary>
internal sealed class FeedStage(Uri relay, IReadOnlyList<Listener> others, House house, Uri irori, IReadOnlyList<Listener> listeners, Sizes sizes) : IStage
{
    // More steps than a round has.
    private const long StepsOfRound = 1_000_000;

    private long _after;

    public async Task<IReadOnlyDictionary<string, double>> ReferenceAsync(CancellationToken cancel)
    {
        await using var crowd = await Crowd.ConnectAsync(relay, sizes.FeedDevices, _after, others, cancel);
        return await RunAsync(crowd, () => Task.FromResult<IReadOnlyList<long>>([.. Enumerable.Range(0, sizes.FeedDevices).Select(crowd.SaidBy)]), cancel);
    }

    public async Task<IReadOnlyDictionary<string, double>> IroriAsync(CancellationToken cancel)
    {
        await using var crowd = await Crowd.ConnectAsync(irori, sizes.FeedDevices, _after, listeners, cancel);
        var values = await RunAsync(crowd, () => house.ReadStepsAsync(sizes.FeedDevices, cancel), cancel);
        _after += StepsOfRound;
        return values;
    }

    private async Task<IReadOnlyDictionary<string, double>> RunAsync(Crowd crowd, Func<Task<IReadOnlyList<long>>> truth, CancellationToken cancel)
    {
        // Once every device, so that every app has heard of every device, and nothing is new.
        await crowd.RunAsync(sizes.FeedRate, (double)sizes.FeedDevices / sizes.FeedRate, truth, cancel);
        var (pushes, settled) = await crowd.RunAsync(sizes.FeedRate, sizes.FeedSeconds, truth, cancel);
        return new Dictionary<string, double>
        {
            [FeedScenario.P50] = pushes.Percentile(0.5), [FeedScenario.P99] = pushes.Percentile(0.99), [FeedScenario.Settled] = settled.TotalMilliseconds,
            [FeedScenario.Rate] = pushes.Count / sizes.FeedSeconds,
        };
    }
}
