using Irori.Bench.Servers;
using Irori.Harness;
using Irori.Storage;

namespace Irori.Bench.Scenarios;

/// <summary>The first page of an account's things, as the account grows.</summary>
internal sealed class GrowthScenario(DatabaseEngine engine) : Scenario
{
    /// <summary>Latency with the middle number of devices.</summary>
    public const string Middle = "middle";

    /// <summary>Latency with the largest number of devices.</summary>
    public const string Large = "large";

    /// <summary>Things on a page.</summary>
    public const int Page = 10;

    public override string Name => $"growth-{engine.Word()}";

    public override char Letter => 'i';

    public override string Summary => $"the first page of {Page} things with total, of an account with 1,000 and one with 10,000 devices on {engine.Title()}";

    public override string Reference => "Irori with an account of 10 devices";

    public override IReadOnlyList<Measure> Measures { get; } =
    [
        new(Middle, "latency p50, 1,000 devices", "ms", new Bar(BarKind.RatioAtMost, 1.5)),
        new(Large, "latency p50, 10,000 devices", "ms", new Bar(BarKind.RatioAtMost, 1.5)),
    ];

    public override async Task<IStage> PrepareAsync(BenchContext context, CancellationToken cancel)
    {
        var sizes = context.Sizes;
        var servers = new List<(House House, ServerProcess Server)>();
        foreach (var count in new[] { Page, sizes.GrownDevices, sizes.LargeDevices })
        {
            var house = await House.MakeAsync(context, engine, count, count, cancel);
            servers.Add((house, context.Keep(house.Launch(tls: false))));
        }

        foreach (var (_, server) in servers) await server.AnsweredAsync(House.Ready, cancel);
        var stage = new GrowthStage(servers[0], servers[1], servers[2], sizes.ListCalls);
        await stage.ReferenceAsync(cancel);
        await stage.IroriAsync(cancel);
        return stage;
    }

    private sealed class GrowthStage((House House, ServerProcess Server) small, (House House, ServerProcess Server) middle, (House House, ServerProcess Server) large, int calls) : IStage
    {
        public async Task<IReadOnlyDictionary<string, double>> ReferenceAsync(CancellationToken cancel)
        {
            var took = await MeasureAsync(small, cancel);
            return new Dictionary<string, double> { [Middle] = took, [Large] = took };
        }

        public async Task<IReadOnlyDictionary<string, double>> IroriAsync(CancellationToken cancel) =>
            new Dictionary<string, double> { [Middle] = await MeasureAsync(middle, cancel), [Large] = await MeasureAsync(large, cancel) };

        private async Task<double> MeasureAsync((House House, ServerProcess Server) side, CancellationToken cancel) =>
            (await ListStage.CallAsync(side.Server, side.House.Token, Page, calls, cancel)).Percentile(0.5);
    }
}
