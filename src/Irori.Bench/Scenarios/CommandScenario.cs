using System.Diagnostics;
using Irori.Bench.Load;
using Irori.Bench.References;
using Irori.Bench.Servers;
using Irori.Harness;
using Irori.Storage;

namespace Irori.Bench.Scenarios;

/// <summary>Commands from HTTP to a device's acknowledgement and back.</summary>
internal sealed class CommandScenario(DatabaseEngine engine) : Scenario
{
    public const string Rate = "rate";
    public const string P99 = "p99";

    public override string Name => $"commands-{engine.Word()}";

    public override char Letter => 'a';

    public override string Summary =>
        $"HTTP to device acknowledgement, 64 in flight over 1,000 devices; token and binding read per request, outcome committed on {engine.Title()} before the answer";

    public override string Reference => "Kestrel with the same two hops: no token, no binding, no database, no log";

    public override IReadOnlyList<Measure> Measures { get; } =
    [
        new(Rate, "commands", "1/s", new Bar(BarKind.RatioAtLeast, 0.4)),
        new("p50", "latency p50", "ms"),
        new(P99, "latency p99", "ms", new Bar(BarKind.RatioAtMost, 5)),
        new("cpu", "processor time of the server per command", "µs"),
    ];

    public override async Task<IStage> PrepareAsync(BenchContext context, CancellationToken cancel)
    {
        var sizes = context.Sizes;
        var house = await House.MakeAsync(context, engine, sizes.CommandDevices, sizes.CommandDevices, cancel);
        var stage = new CommandStage(
            await CommandSide.StartAsync(context, context.Keep(Measured.Reference(KestrelHops.Name)), "/", token: "none", cancel),
            await CommandSide.StartAsync(context, context.Keep(house.Launch(tls: false)), House.Ready, house.Token, cancel),
            sizes.Seconds);
        await stage.WarmAsync(sizes.WarmSeconds, cancel);
        return stage;
    }
}

/// <summary>Commands in rounds, on both sides.</summary>
internal sealed class CommandStage(CommandSide reference, CommandSide irori, double seconds) : IStage
{
    public async Task WarmAsync(double warm, CancellationToken cancel)
    {
        await reference.LoadAsync(warm, cancel);
        await irori.LoadAsync(warm, cancel);
    }

    public Task<IReadOnlyDictionary<string, double>> ReferenceAsync(CancellationToken cancel) => reference.RunAsync(seconds, cancel);

    public Task<IReadOnlyDictionary<string, double>> IroriAsync(CancellationToken cancel) => irori.RunAsync(seconds, cancel);
}

/// <summary>Callers that command devices, by way of one server.</summary>
/// <param name="server">The server that they call.</param>
/// <param name="all">Every server whose processor time counts.</param>
/// <param name="token">What they show.</param>
internal sealed class CommandSide(ServerProcess server, IReadOnlyList<ServerProcess> all, Sizes sizes, string token)
{
    /// <summary>Waits for a server, which also holds the devices.</summary>
    public static async Task<CommandSide> StartAsync(BenchContext context, ServerProcess server, string readyAt, string token, CancellationToken cancel)
    {
        await server.AnsweredAsync(readyAt, cancel);
        var fleet = context.Keep(await Fleet.ConnectAsync(server.Address, context.Sizes.CommandDevices, House.DeviceKey, cancel));
        fleet.Obey();
        return new CommandSide(server, [server], context.Sizes, token);
    }

    /// <summary>Calls without a pause; answers the latencies of what was answered in time.</summary>
    public async Task<Latencies> LoadAsync(double seconds, CancellationToken cancel)
    {
        var latencies = new Latencies();
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, sizes.InFlight).Select(first => Task.Run(() => CallAsync(first, end, latencies.NewList(), cancel), cancel)));
        return latencies;
    }

    public async Task<IReadOnlyDictionary<string, double>> RunAsync(double seconds, CancellationToken cancel)
    {
        var processor = Processor();
        var latencies = await LoadAsync(seconds, cancel);
        return new Dictionary<string, double>
        {
            [CommandScenario.Rate] = latencies.Count / seconds, ["p50"] = latencies.Percentile(0.5), [CommandScenario.P99] = latencies.Percentile(0.99),
            ["cpu"] = (Processor() - processor).TotalMicroseconds / latencies.Count,
        };
    }

    private TimeSpan Processor() => all.Aggregate(TimeSpan.Zero, (sum, s) => sum + s.Processor);

    private async Task CallAsync(int first, long end, List<long> took, CancellationToken cancel)
    {
        using var caller = await Caller.ConnectAsync(server.Address, cancel);
        for (var device = first; Stopwatch.GetTimestamp() is var start && start < end; device = (device + sizes.InFlight) % sizes.CommandDevices)
        {
            var request = Caller.Request(
                "POST", "/v2/device/thing/status", token, $$$"""{"type":1,"id":"{{{DeviceIds.Of(device)}}}","params":{"switch":"on"}}""");
            var answer = await caller.CallAsync(request, cancel);
            if (answer.Span.IndexOf("\"error\":0"u8) < 0) throw new BenchException($"A command failed: {System.Text.Encoding.UTF8.GetString(answer.Span)}");
            if (Stopwatch.GetTimestamp() is var now && now <= end) took.Add(now - start);
        }
    }
}
