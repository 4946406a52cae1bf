namespace Irori.Storage;

/// <summary>Which engine holds the data.</summary>
public enum DatabaseEngine
{
    /// <summary>One file; one process.</summary>
    Sqlite,

    /// <summary>A server; any number of nodes.</summary>
    PostgreSql,
}

/// <summary>Where the data is.</summary>
public sealed record DatabaseSettings
{
    /// <summary>The engine.</summary>
    public DatabaseEngine Engine { get; init; }

    /// <summary>The file, for SQLite.</summary>
    public string SqlitePath { get; init; } = "irori.db";

    /// <summary>The Npgsql connection string, for PostgreSQL.</summary>
    public string ConnectionString { get; init; } = "";
}
