using Irori.Simulator.Net;
using Microsoft.Extensions.Logging;

namespace Irori.Simulator;

/// <summary>Any number of simulated devices that connect to one server over the network, as real ones do.</summary>
public sealed class Simulation
{
    private readonly SimulationOptions _options;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, SimulatedDevice> _devices = new(StringComparer.Ordinal);

    /// <summary>Makes the devices; they connect when the simulation runs. No two may have the same id, and gateways of devices must be there.</summary>
    public Simulation(SimulationOptions options, IReadOnlyList<DevicePlan> plans, TimeProvider time, ILogger log)
    {
        _options = options;
        _time = time;
        var dice = new Dice(options.Random);
        foreach (var plan in plans) _devices.Add(plan.Id, new SimulatedDevice(plan, options, dice, time, log));
        foreach (var plan in plans.Where(p => p.Gateway is not null)) _devices[plan.Gateway!].Behind.Add(_devices[plan.Id]);
    }

    /// <summary>All devices.</summary>
    public IReadOnlyCollection<SimulatedDevice> Devices => _devices.Values;

    /// <summary>The device of that id, which must be one of this simulation.</summary>
    public SimulatedDevice Device(string id) => _devices[id];

    /// <summary>The device of that id; null when there is none.</summary>
    public SimulatedDevice? Find(string id) => _devices.GetValueOrDefault(id);

    /// <summary>Keeps all devices alive until cancelled, and returns when they have disconnected.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var network = new Network(_options, _time);
        await Task.WhenAll(_devices.Values.Select(d => d.RunAsync(network, cancel)));
    }
}
