using System.Data.Common;
using Dapper;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.States;
using Irori.Storage.Accounts;
using Irori.Storage.Bindings;
using Irori.Storage.Sql;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Irori.Storage.Postgres;

/// <summary>A PostgreSQL server: pooled connections, and lanes that commit states in batches.</summary>
internal sealed partial class PostgresDatabase : IroriDatabase
{
    private const int Lanes = 2;
    private const long MigrationLock = 0x49726F7269;
    private const int Attempts = 3;

    private readonly NpgsqlDataSource _source;
    private readonly PostgresRoom _room;
    private readonly PostgresLane[] _lanes;
    private readonly PostgresLookups<byte[], SignedIn> _sessions;
    private readonly PostgresLookups<(long Account, long App, string Device), CommandTarget> _targets;

    private PostgresDatabase(NpgsqlDataSource source, string connectionString, ILogger log)
    {
        _source = source;
        _room = new PostgresRoom(source, connectionString);
        var properties = new PropertyNumbers(source);
        _lanes = [.. Enumerable.Range(0, Lanes).Select(_ => new PostgresLane(source, properties, _room, log))];
        _sessions = new PostgresLookups<byte[], SignedIn>(
            source, SessionStore.ByAccess("w.place,", "unnest($1) WITH ORDINALITY AS w (hash, place) CROSS JOIN", "w.hash"), k => [k.ToArray()], r => SessionStore.Parser(r, from: 1)).Start();
        _targets = new PostgresLookups<(long Account, long App, string Device), CommandTarget>(
            source,
            BindingStore.Targets(
                new PostgresEngine(), "w.place,", "unnest($1, $2, $3) WITH ORDINALITY AS w (account, app, device, place) CROSS JOIN", "w.account", "w.app", "w.device"),
            k => [k.Select(t => t.Account).ToArray(), k.Select(t => t.App).ToArray(), k.Select(t => t.Device).ToArray()],
            r => r.GetRowParser<CommandTarget>(startIndex: 1)).Start();
    }

    public static async Task<PostgresDatabase> OpenAsync(string connectionString, TimeProvider time, ILoggerFactory log, CancellationToken cancel)
    {
        var logger = log.CreateLogger<PostgresDatabase>();
        var source = new NpgsqlDataSourceBuilder(Settings(connectionString).ToString()).Build();
        await MigrateAsync(source, time, logger, cancel);
        return new PostgresDatabase(source, connectionString, logger);
    }

    // Every query is found by keys, so that one plan is good for all its values: planning a join anew takes longer than running it. Connections
    // carry nothing from one use to the next, so that there is nothing to reset.
    private static NpgsqlConnectionStringBuilder Settings(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 100, AutoPrepareMinUsages = 2, ApplicationName = "irori", NoResetOnClose = true,
        };
        settings.Options = $"{settings.Options} -c plan_cache_mode=force_generic_plan".TrimStart();
        return settings;
    }

    public override async Task<T> ReadAsync<T>(Func<IStores, Task<T>> work, CancellationToken cancel)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancel);
            return await work(new Stores(new SqlSession(connection, transaction: null, new PostgresEngine())));
        }
        catch (Exception e) when (PostgresEngine.IsInfrastructure(e))
        {
            throw PostgresEngine.Translate(e);
        }
    }

    public override Task<SignedIn?> FindSessionAsync(byte[] accessHash, CancellationToken cancel) => _sessions.FindAsync(accessHash, cancel);

    public override Task<CommandTarget?> FindTargetAsync(long account, long app, string deviceId, CancellationToken cancel) =>
        _targets.FindAsync((account, app, deviceId), cancel);

    public override async Task<Result<T>> WriteAsync<T>(Func<IStores, Task<Result<T>>> work, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TransactAsync(work, cancel);
            }
            catch (DbException e) when (PostgresEngine.IsRetryable(e) && attempt < Attempts)
            {
                // The engine rolled back: nothing happened, so it can be said again.
            }
            catch (DbException e) when (PostgresEngine.IsLost(e))
            {
                // Nothing is wrong with what was to be written: later it can be.
                return UnavailableException.Fault;
            }
            catch (Exception e) when (PostgresEngine.IsInfrastructure(e))
            {
                _room.Note(e);
                return UnavailableException.Fault;
            }
        }
    }

    public override async Task<Result<T>> GroupWriteAsync<T>(long device, Func<IStores, Task<Result<T>>> work, CancellationToken cancel)
    {
        var item = new LaneWork<T>(work);
        await Lane(device).EnqueueAsync(item, cancel);
        return await item.Done;
    }

    public override async Task<Result<StateWritten>> WriteStateAsync(StateWrite write, CancellationToken cancel)
    {
        var item = new LaneState(write);
        await Lane(write.Device).EnqueueAsync(item, cancel);
        return await item.Done;
    }

    public override async Task CheckAsync(CancellationToken cancel)
    {
        var written = await WriteAsync<bool>(async s => await s.Links.ProbeAsync(), cancel);
        if (written.Fault is { } fault) throw new UnavailableException(fault.Reason);
    }

    public override async Task<IReadOnlyDictionary<string, string>> ReadDurabilityAsync(CancellationToken cancel)
    {
        await using var connection = await _source.OpenConnectionAsync(cancel);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in new[] { "fsync", "full_page_writes", "synchronous_commit" })
            settings[name] = await connection.ExecuteScalarAsync<string>($"SHOW {name}") ?? "";
        return settings;
    }

    public override Task<StorageRoom> ReadRoomAsync(CancellationToken cancel) => _room.ReadAsync(cancel);

    protected override async ValueTask CloseAsync()
    {
        foreach (var lane in _lanes) await lane.DisposeAsync();
        await _sessions.DisposeAsync();
        await _targets.DisposeAsync();
        await _source.DisposeAsync();
    }

    private PostgresLane Lane(long device) => _lanes[device % Lanes];

    private async Task<Result<T>> TransactAsync<T>(Func<IStores, Task<Result<T>>> work, CancellationToken cancel)
    {
        await using var connection = await _source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var result = await work(new Stores(new SqlSession(connection, transaction, new PostgresEngine())));
        if (result.IsOk) await transaction.CommitAsync(CancellationToken.None);
        return result;
    }

    private static async Task MigrateAsync(NpgsqlDataSource source, TimeProvider time, ILogger log, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(@MigrationLock)", new { MigrationLock }, transaction);
        foreach (var migration in await Migrator.PendingAsync(connection, transaction))
        {
            await Migrator.ApplyAsync(migration, connection, transaction, new PostgresEngine(), time.GetUtcNow());
            Log.Migrated(log, migration.Name);
        }

        await transaction.CommitAsync(cancel);
    }

    private static partial class Log
    {
        [LoggerMessage(3111, LogLevel.Information, "Schema {Name} applied")]
        public static partial void Migrated(ILogger logger, string name);
    }
}
