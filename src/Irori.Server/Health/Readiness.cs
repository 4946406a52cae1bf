using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Irori.Server.Health;

/// <summary>Runs the checks at most once a second, however many ask: probes must not load what they check.</summary>
internal sealed class Readiness(HealthCheckService checks, TimeProvider time)
{
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<HealthReport>? _report;
    private long _begun;

    public Task<HealthReport> CheckAsync()
    {
        lock (_lock)
        {
            if (_report is { IsCompleted: false }) return _report;
            if (_report is not null && time.GetElapsedTime(_begun) < Fresh) return _report;
            _begun = time.GetTimestamp();
            return _report = checks.CheckHealthAsync(CancellationToken.None);
        }
    }
}
