using Irori.Simulator;
using Microsoft.Extensions.Logging.Abstractions;

namespace Irori.Tests.Simulator;

/// <summary>A simulation with short pauses that runs until the test is over.</summary>
internal sealed class RunningSimulation : IAsyncDisposable
{
    public const string Id = "1000000001";
    public const string Key = "11111111-2222-3333-4444-555555555555";

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private RunningSimulation(SimulationOptions options, DevicePlan plan)
    {
        var simulation = new Simulation(options, [plan], TimeProvider.System, NullLogger.Instance);
        Device = simulation.Device(plan.Id);
        Device.ReportSent = (_, number, _) => Sent.Add(number);
        Device.ReportAcknowledged = (_, number, json) => Acknowledged.Add((number, json));
        _running = simulation.RunAsync(_stop.Token);
    }

    public SimulatedDevice Device { get; }

    /// <summary>The numbers of sent reports, one entry for each time.</summary>
    public List<long> Sent { get; } = [];

    public List<(long Number, string Json)> Acknowledged { get; } = [];

    /// <summary>Starts one device, which connects again soon but is patient with replies.</summary>
    public static RunningSimulation Start(ScriptedServer server, DeviceKind kind = DeviceKind.Switch, Func<SimulationOptions, SimulationOptions>? options = null)
    {
        var chosen = new SimulationOptions
        {
            Server = server.Address, FirstRetry = TimeSpan.FromMilliseconds(20), LastRetry = TimeSpan.FromMilliseconds(100),
            MeterInterval = TimeSpan.FromMilliseconds(20), ThermostatInterval = TimeSpan.FromMilliseconds(1), ReplyTimeout = ScriptedLink.Patient,
        };
        return Start(options?.Invoke(chosen) ?? chosen, new DevicePlan(Id, Key, kind) { ChipId = "A1B2C3" });
    }

    /// <summary>Starts one device.</summary>
    public static RunningSimulation Start(SimulationOptions options, DevicePlan plan) => new(options, plan);

    public Task OnlineAsync() => Device.WaitOnlineAsync(TestContext.Current.CancellationToken).WaitAsync(ScriptedLink.Patient);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(ScriptedLink.Patient);
        _stop.Dispose();
    }
}
