using System.Data.Common;
using System.Reflection;
using Dapper;

namespace Irori.Storage;

/// <summary>The database's schema does not fit this release; the message says what to do.</summary>
public sealed class SchemaException(string message) : Exception(message);

/// <summary>Numbered SQL files, applied once each, in order, forward only.</summary>
internal static class Migrator
{
    private const string Prefix = "Irori.Storage.Migrations.";

    /// <summary>The newest schema that this release knows.</summary>
    public static long Newest => All()[^1].Version;

    /// <summary>The migrations that a database has not seen. A schema more than one release ahead is refused.</summary>
    public static async Task<IReadOnlyList<Migration>> PendingAsync(DbConnection connection, DbTransaction? transaction)
    {
        await connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied BIGINT NOT NULL)", transaction: transaction);
        var applied = (await connection.QueryAsync<long>("SELECT version FROM schema_migrations", transaction: transaction)).ToHashSet();
        var all = All();
        if (applied.Count > 0 && applied.Max() > all[^1].Version + 1)
            throw new SchemaException($"The database has schema {applied.Max()}, made by a newer release; this one knows {all[^1].Version}. Start a newer Irori.");
        return [.. all.Where(m => !applied.Contains(m.Version))];
    }

    /// <summary>Applies one migration within the caller's transaction.</summary>
    public static async Task ApplyAsync(Migration migration, DbConnection connection, DbTransaction? transaction, Sql.Engine engine, DateTimeOffset now)
    {
        await connection.ExecuteAsync(engine.Fill(migration.Text), transaction: transaction, commandTimeout: 0);
        await connection.ExecuteAsync(
            "INSERT INTO schema_migrations (version, name, applied) VALUES (@Version, @Name, @now)", new { migration.Version, migration.Name, now }, transaction);
    }

    private static List<Migration> All()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(n => Read(assembly, n))
                .OrderBy(m => m.Version),
        ];
    }

    private static Migration Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        var name = resource[Prefix.Length..^".sql".Length];
        return new Migration(long.Parse(name[..4]), name, reader.ReadToEnd());
    }
}

/// <summary>One numbered SQL file.</summary>
internal sealed record Migration(long Version, string Name, string Text);
