using Irori.Storage;

namespace Irori.Chaos.Stages;

/// <summary>What is loaded into processes before they begin.</summary>
internal enum Preload
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A clock that can be stepped, into the nodes.</summary>
    Clock,

    /// <summary>A disk that can be slowed down, into what writes the database: PostgreSQL, or the node on SQLite.</summary>
    SlowDisk,
}

/// <summary>On what a fault is tried.</summary>
/// <param name="Engine">The database.</param>
/// <param name="Nodes">How many nodes; more than one have a RabbitMQ.</param>
/// <param name="Preload">What is loaded.</param>
/// <param name="SmallDisk">The database stands on a disk that can be filled.</param>
internal sealed record StagePlan(DatabaseEngine Engine, int Nodes, Preload Preload = Preload.None, bool SmallDisk = false)
{
    /// <summary>Three nodes on PostgreSQL and RabbitMQ.</summary>
    public static StagePlan Cluster { get; } = new(DatabaseEngine.PostgreSql, Nodes: 3);

    /// <summary>One node on SQLite.</summary>
    public static StagePlan Home { get; } = new(DatabaseEngine.Sqlite, Nodes: 1);
}
