using Irori.Storage.Postgres;
using Irori.Storage.Sql;
using Irori.Storage.Sqlite;
using Microsoft.Extensions.Logging;

namespace Irori.Storage;

/// <summary>Opens databases, bringing their schema up to date first.</summary>
public static class DatabaseFactory
{
    /// <summary>Opens the database. Migrations run under a lock; on SQLite a copy of the file is made before.</summary>
    /// <exception cref="SchemaException">The schema was made by a newer release.</exception>
    public static async Task<IroriDatabase> OpenAsync(DatabaseSettings settings, TimeProvider time, ILoggerFactory log, CancellationToken cancel)
    {
        TypeHandlers.Register();
        return settings.Engine == DatabaseEngine.Sqlite
            ? await SqliteDatabase.OpenAsync(settings.SqlitePath, time, log, cancel)
            : await PostgresDatabase.OpenAsync(settings.ConnectionString, time, log, cancel);
    }
}
