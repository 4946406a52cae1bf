using Irori.Bench.Load;
using Irori.Bench.References;
using Irori.Bench.Servers;
using Irori.Harness;
using Irori.Storage;

namespace Irori.Bench.Scenarios;

/// <summary>Reports of devices, acknowledged after the commit.</summary>
internal sealed class ReportScenario(DatabaseEngine engine) : Scenario
{
    public const string Rate = "rate";

    public override string Name => $"reports-{engine.Word()}";

    public override char Letter => 'b';

    public override string Summary =>
        $"WebSocket reports of 4 properties from 2,000 devices, one in flight each, acknowledged after the commit on {engine.Title()}; latency at 5,000 per second";

    public override string Reference => "a loop in the bench's process that does the same SQL on the same rows with the batch size seen, and no network";

    public override IReadOnlyList<Measure> Measures { get; } =
    [
        new(Rate, "reports", "1/s", new Bar(BarKind.ValueAtLeast, 10_000)),
        new("p50", "latency p50", "ms"),
        new("pacedP99", "latency p99 at half the bar's rate", "ms", new Bar(BarKind.ValueAtMost, 50)),
        new("batch", "changes per commit", ""),
        new("cpu", "processor time of the server per report", "µs"),
    ];

    public override async Task<IStage> PrepareAsync(BenchContext context, CancellationToken cancel)
    {
        var sizes = context.Sizes;
        var house = await House.MakeAsync(context, engine, sizes.ReportDevices, sizes.ReportDevices, cancel);
        var other = await House.MakeAsync(context, engine, sizes.ReportDevices, sizes.ReportDevices, cancel);
        var server = context.Keep(house.Launch(tls: false));
        await server.AnsweredAsync(House.Ready, cancel);
        var stage = new ReportStage(other, server, context.Keep(await Fleet.ConnectAsync(server.Address, sizes.ReportDevices, House.DeviceKey, cancel)), sizes);
        await stage.WarmAsync(cancel);
        return stage;
    }
}

/// <summary>The server and the loop of <see cref="ReportScenario"/>.</summary>
internal sealed class ReportStage(House other, ServerProcess server, Fleet fleet, Sizes sizes) : IStage
{
    private int _batch = 1;

    public async Task WarmAsync(CancellationToken cancel)
    {
        var before = await Commits.ReadAsync(server, cancel);
        await fleet.ReportAsync(sizes.WarmSeconds, cancel);
        _batch = (int)Math.Max(1, Math.Round((await Commits.ReadAsync(server, cancel)).Since(before)));
    }

    public async Task<IReadOnlyDictionary<string, double>> ReferenceAsync(CancellationToken cancel)
    {
        var rate = other.Database.Engine == DatabaseEngine.Sqlite
            ? await SqliteLoop.RunAsync(other, sizes.ReportDevices, _batch, sizes.Seconds, cancel)
            : await PostgresLoop.RunAsync(other, sizes.ReportDevices, _batch, sizes.Seconds, cancel);
        return new Dictionary<string, double> { [ReportScenario.Rate] = rate, ["batch"] = _batch };
    }

    public async Task<IReadOnlyDictionary<string, double>> IroriAsync(CancellationToken cancel)
    {
        var before = await Commits.ReadAsync(server, cancel);
        var processor = server.Processor;
        var full = await fleet.ReportAsync(sizes.Seconds, cancel);
        processor = server.Processor - processor;
        var batch = (await Commits.ReadAsync(server, cancel)).Since(before);
        var paced = await fleet.ReportAsync(sizes.PacedRate, sizes.Seconds, cancel);
        return new Dictionary<string, double>
        {
            [ReportScenario.Rate] = full.Count / sizes.Seconds, ["p50"] = full.Percentile(0.5), ["pacedP99"] = paced.Percentile(0.99), ["batch"] = batch,
            ["cpu"] = processor.TotalMicroseconds / full.Count,
        };
    }
}
