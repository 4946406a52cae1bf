using Irori.Storage;

namespace Irori.Chaos;

/// <summary>What a run does.</summary>
internal sealed record ChaosOptions
{
    /// <summary>Everything that is left to chance follows from it.</summary>
    public required int Seed { get; init; }

    /// <summary>How long each fault lasts, at least.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>How long devices and apps work before each fault.</summary>
    public TimeSpan Warm { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Devices.</summary>
    public int Devices { get; init; } = 30;

    /// <summary>How often each fault is injected.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Lease of every node.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>After which a device is told offline.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How soon after the recovery every feed must have the state of the database.</summary>
    public TimeSpan FeedLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after its deadline a command may still be seen at the device, and how long after Irori's own bound a push may be seen: what this machine's own delays may add.</summary>
    public TimeSpan Slack { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the recovery may take.</summary>
    public TimeSpan RecoveryLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most resident memory of a node at any time, in bytes.</summary>
    public long MemoryLimit { get; init; } = 512L * 1024 * 1024;

    /// <summary>Folder in which the logs of all nodes are kept, or null.</summary>
    public string? Logs { get; init; }
}

/// <summary>A run of kills without warning.</summary>
/// <param name="Count">How many.</param>
/// <param name="Engine">On which database.</param>
internal sealed record KillPlan(int Count, DatabaseEngine Engine);
