using Irori.Storage;

namespace Irori.Bench.Scenarios;

/// <summary>What the engines are called.</summary>
internal static class EngineNames
{
    /// <summary>In the name of a scenario.</summary>
    public static string Word(this DatabaseEngine engine) => engine == DatabaseEngine.Sqlite ? "sqlite" : "postgres";

    /// <summary>In a sentence.</summary>
    public static string Title(this DatabaseEngine engine) => engine == DatabaseEngine.Sqlite ? "SQLite" : "PostgreSQL";
}
