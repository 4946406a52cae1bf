using Irori.Storage;

namespace Irori.Chaos.Stages;

/// <summary>What is other than usual about an installation, so that it can go wrong.</summary>
internal enum Trick
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The nodes' clocks can be stepped.</summary>
    Clock,

    /// <summary>The database's disk can be slowed down.</summary>
    SlowDisk,

    /// <summary>The database's disk can be filled.</summary>
    SmallDisk,
}

/// <summary>On what a fault is tried.</summary>
/// <param name="Engine">The database: SQLite with one node, or PostgreSQL with three and RabbitMQ.</param>
/// <param name="Trick">What is other than usual.</param>
internal sealed record StagePlan(DatabaseEngine Engine, Trick Trick = Trick.None)
{
    /// <summary>How many nodes.</summary>
    public int Nodes => Engine == DatabaseEngine.Sqlite ? 1 : 3;

    /// <summary>The database as names of faults have it.</summary>
    public string Word => Engine == DatabaseEngine.Sqlite ? "sqlite" : "postgres";
}
