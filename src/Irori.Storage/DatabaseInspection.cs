using System.Data.Common;
using Dapper;
using Irori.Core.Installation;
using Irori.Storage.Sql;
using Irori.Storage.Sqlite;
using Npgsql;

namespace Irori.Storage;

/// <summary>What a database says of itself.</summary>
/// <param name="Schema">Its newest migration.</param>
/// <param name="InstallationId">The installation that it belongs to.</param>
/// <param name="WrappedKey">The wrapped data key, or null when the first start was not finished.</param>
public sealed record DatabaseFacts(long Schema, string InstallationId, byte[]? WrappedKey);

/// <summary>Looks into a database without changing it: no file, table or migration is made.</summary>
public static class DatabaseInspection
{
    private const string SqliteHas = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'installation'";
    private const string PostgresHas = "SELECT count(*) FROM pg_class WHERE oid = to_regclass('installation')";

    /// <summary>The newest schema that this release knows.</summary>
    public static long KnownSchema => Migrator.Newest;

    /// <summary>What the database says, or null when it holds no installation.</summary>
    public static async Task<DatabaseFacts?> ReadAsync(DatabaseSettings settings, CancellationToken cancel)
    {
        if (settings.Engine == DatabaseEngine.PostgreSql)
        {
            await using var postgres = new NpgsqlConnection(settings.ConnectionString);
            await postgres.OpenAsync(cancel);
            return await ReadAsync(postgres, PostgresHas, cancel);
        }

        if (!File.Exists(settings.SqlitePath)) return null;
        await using var sqlite = SqliteEngine.Open(settings.SqlitePath, writing: false);
        return await ReadAsync(sqlite, SqliteHas, cancel);
    }

    /// <summary>True when a PostgreSQL database has no table of its own yet.</summary>
    public static async Task<bool> IsEmptyAsync(string connectionString, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')", cancellationToken: cancel)) == 0;
    }

    private static async Task<DatabaseFacts?> ReadAsync(DbConnection connection, string has, CancellationToken cancel)
    {
        if (await ScalarAsync<long>(has) == 0 || await ScalarAsync<string>("SELECT id FROM installation") is not { } id) return null;
        var schema = await ScalarAsync<long>("SELECT max(version) FROM schema_migrations");
        return new DatabaseFacts(schema, id, await ScalarAsync<byte[]>($"SELECT wrapped_enc FROM keys WHERE purpose = '{KeyRing.DataPurpose}'"));

        Task<T?> ScalarAsync<T>(string sql) => connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, cancellationToken: cancel));
    }
}
