using System.Diagnostics;
using Irori.Bench.Load;
using Irori.Bench.Servers;
using Irori.Harness;
using Irori.Storage;

namespace Irori.Bench.Scenarios;

/// <summary>The first page of a home's things, in a small and in a large database.</summary>
/// <param name="engine">Where it is stored.</param>
/// <param name="oneHome">True: one home holds all devices, so that its total is as large as the database. False: homes are of one size.</param>
internal sealed class ListScenario(DatabaseEngine engine, bool oneHome) : Scenario
{
    public const string P50 = "p50";

    public override string Name => $"{(oneHome ? "onehome" : "list")}-{engine.Word()}";

    public override char Letter => 'f';

    public override string Summary => oneHome
        ? $"the first page of 30 things with total, one home of 1,000,000 devices on {engine.Title()}"
        : $"the first page of 30 things with total, of a home of 1,000, with 1,000,000 devices in the database on {engine.Title()}";

    public override string Reference => "Irori with 1,000 devices in the database, all in that home";

    public override IReadOnlyList<Measure> Measures { get; } =
        [new(P50, "latency p50", "ms", oneHome ? null : new Bar(BarKind.RatioAtMost, 1.5)), new("p99", "latency p99", "ms")];

    public override async Task<IStage> PrepareAsync(BenchContext context, CancellationToken cancel)
    {
        var sizes = context.Sizes;
        var few = await House.MakeAsync(context, engine, sizes.FewDevices, sizes.FewDevices, cancel);
        context.Say($"  seeding {sizes.ManyDevices:N0} devices");
        var many = await House.MakeAsync(context, engine, sizes.ManyDevices, oneHome ? sizes.ManyDevices : sizes.HomeDevices, cancel);
        var stage = new ListStage(few, context.Keep(few.Launch(tls: false)), many, context.Keep(many.Launch(tls: false)), sizes.ListCalls);
        await stage.StartedAsync(cancel);
        await stage.ReferenceAsync(cancel);
        await stage.IroriAsync(cancel);
        return stage;
    }
}

/// <summary>Both servers of <see cref="ListScenario"/>.</summary>
internal sealed class ListStage(House few, ServerProcess small, House many, ServerProcess large, int calls) : IStage
{
    public Task<IReadOnlyDictionary<string, double>> ReferenceAsync(CancellationToken cancel) => MeasureAsync(small, few.Token, cancel);

    public Task<IReadOnlyDictionary<string, double>> IroriAsync(CancellationToken cancel) => MeasureAsync(large, many.Token, cancel);

    public async Task StartedAsync(CancellationToken cancel)
    {
        await small.AnsweredAsync(House.Ready, cancel);
        await large.AnsweredAsync(House.Ready, cancel);
    }

    private async Task<IReadOnlyDictionary<string, double>> MeasureAsync(ServerProcess server, string token, CancellationToken cancel)
    {
        var latencies = await CallAsync(server, token, page: 30, calls, cancel);
        return new Dictionary<string, double> { [ListScenario.P50] = latencies.Percentile(0.5), ["p99"] = latencies.Percentile(0.99) };
    }

    /// <summary>Reads the first page of things, one call after the other.</summary>
    public static async Task<Latencies> CallAsync(ServerProcess server, string token, int page, int calls, CancellationToken cancel)
    {
        var latencies = new Latencies();
        var took = latencies.NewList();
        var request = Caller.Request("GET", $"/v2/device/thing?num={page}", token, "");
        using var caller = await Caller.ConnectAsync(server.Address, cancel);
        for (var i = 0; i < calls; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var answer = await caller.CallAsync(request, cancel);
            took.Add(Stopwatch.GetTimestamp() - start);
            if (answer.Span.IndexOf("\"total\":"u8) < 0) throw new BenchException($"No list: {System.Text.Encoding.UTF8.GetString(answer.Span)}");
        }

        return latencies;
    }
}
