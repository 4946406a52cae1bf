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
        var irori = context.Keep(house.Launch(tls: false));
        var reference = context.Keep(Measured.Reference(KestrelHops.Name));
        var stage = new CommandStage(
            await CommandSide.StartAsync(context, reference, "/", token: "none", cancel), await CommandSide.StartAsync(context, irori, House.Ready, house.Token, cancel), sizes.Seconds);
        await stage.WarmAsync(sizes.WarmSeconds, cancel);
        return stage;
    }
}

/// <summary>Both servers of <see cref="CommandScenario"/>.</summary>
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

/// <summary>One server with its obedient devices, and callers that command them.</summary>
internal sealed class CommandSide : IAsyncDisposable
{
    private readonly ServerProcess _server;
    private readonly Sizes _sizes;
    private readonly string _token;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _obeying;

    private CommandSide(ServerProcess server, Fleet fleet, Sizes sizes, string token)
    {
        _server = server;
        _sizes = sizes;
        _token = token;
        _obeying = Task.Run(() => fleet.ObeyAsync(_end.Token));
    }

    public static async Task<CommandSide> StartAsync(BenchContext context, ServerProcess server, string readyAt, string token, CancellationToken cancel)
    {
        await server.AnsweredAsync(readyAt, cancel);
        var fleet = context.Keep(await Fleet.ConnectAsync(server.Address, context.Sizes.CommandDevices, House.DeviceKey, cancel));
        return context.Keep(new CommandSide(server, fleet, context.Sizes, token));
    }

    /// <summary>Calls without a pause; answers the latencies of what was answered in time.</summary>
    public async Task<Latencies> LoadAsync(double seconds, CancellationToken cancel)
    {
        var latencies = new Latencies();
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, _sizes.InFlight).Select(first => Task.Run(() => CallAsync(first, end, latencies.NewList(), cancel), cancel)));
        return latencies;
    }

    public async Task<IReadOnlyDictionary<string, double>> RunAsync(double seconds, CancellationToken cancel)
    {
        var processor = _server.Processor;
        var latencies = await LoadAsync(seconds, cancel);
        return new Dictionary<string, double>
        {
            [CommandScenario.Rate] = latencies.Count / seconds, ["p50"] = latencies.Percentile(0.5), [CommandScenario.P99] = latencies.Percentile(0.99),
            ["cpu"] = (_server.Processor - processor).TotalMicroseconds / latencies.Count,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _obeying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task CallAsync(int first, long end, List<long> took, CancellationToken cancel)
    {
        using var caller = await Caller.ConnectAsync(_server.Address, cancel);
        for (var device = first; Stopwatch.GetTimestamp() is var start && start < end; device = (device + _sizes.InFlight) % _sizes.CommandDevices)
        {
            var request = Caller.Request(
                "POST", "/v2/device/thing/status", _token, $$$"""{"type":1,"id":"{{{DeviceIds.Of(device)}}}","params":{"switch":"on"}}""");
            var answer = await caller.CallAsync(request, cancel);
            if (answer.Span.IndexOf("\"error\":0"u8) < 0) throw new BenchException($"A command failed: {System.Text.Encoding.UTF8.GetString(answer.Span)}");
            if (Stopwatch.GetTimestamp() is var now && now <= end) took.Add(now - start);
        }
    }
}
