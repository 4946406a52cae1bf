using Irori.Core;
using Irori.Core.Feeds;
using Irori.Core.Links;
using Irori.Server.Hosting;
using Irori.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Irori.Server.Health;

/// <summary>A change can be made durable now. A probe that hangs is waited for again, not doubled.</summary>
internal sealed class DatabaseCheck(IDatabase database, TimeProvider time) : IHealthCheck
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private Task _probe = Task.CompletedTask;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (_probe.IsCompleted) _probe = database.CheckAsync(CancellationToken.None);
        try
        {
            await _probe.WaitAsync(Limit, time, cancellationToken);
            return HealthCheckResult.Healthy("The database makes changes durable");
        }
        catch (TimeoutException)
        {
            return HealthCheckResult.Unhealthy($"The database did not make a change durable within {Limit.TotalSeconds} s");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The database cannot make a change durable; the log says why", e);
        }
    }
}

/// <summary>This node's word on its devices counts.</summary>
internal sealed class LeaseCheck(LeaseKeeper lease) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(lease.Holds
        ? HealthCheckResult.Healthy("This node holds its lease")
        : HealthCheckResult.Unhealthy($"This node has not renewed its lease for {lease.Age.TotalSeconds:F0} s"));
}

/// <summary>Other nodes are heard. Without them this node still serves its own devices and apps, so it stays ready.</summary>
internal sealed class BusCheck(IBus bus) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(bus.Connected
        ? HealthCheckResult.Healthy("This node hears the others through the broker")
        : HealthCheckResult.Degraded("This node does not hear the others: the broker is away; devices and apps of this node go on, pushes wait"));
}

/// <summary>This node does not take leave.</summary>
internal sealed class DrainingCheck(Draining draining) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(draining.Begun
        ? HealthCheckResult.Unhealthy("This node stops and sends its devices and apps away")
        : HealthCheckResult.Healthy("This node takes devices and apps"));
}

/// <summary>What the database stands on is not nearly full, so that reports are taken.</summary>
internal sealed class DiskCheck(DiskWatch watch, StorageGate gate) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(gate.IsClosed ? HealthCheckResult.Unhealthy(Say(watch.Room)) : HealthCheckResult.Healthy(Say(watch.Room)));

    internal static string Say(StorageRoom? room) => room switch
    {
        { Refused: true } => "The database has no space left",
        { FreePart: { } part } => $"{100 * part:F1} % of the database's disk is free; below {100 * DiskWatch.Least:F0} % no report is taken, until {100 * DiskWatch.Enough:F0} % are free again",
        _ => "How much space the database has left is not known here; the database has not refused a change",
    };
}
