using Dapper;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.States;
using Microsoft.Extensions.Logging;

namespace Irori.Storage.Sqlite;

/// <summary>One file, one writer, several readers.</summary>
internal sealed partial class SqliteDatabase : IroriDatabase
{
    private readonly string _path;
    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;

    private SqliteDatabase(string path, ILogger log)
    {
        _path = Path.GetFullPath(path);
        _writer = new SqliteWriter(path, log);
        _readers = new SqliteReaders(path, Math.Clamp(Environment.ProcessorCount, 2, 4));
    }

    public static async Task<SqliteDatabase> OpenAsync(string path, TimeProvider time, ILoggerFactory log, CancellationToken cancel)
    {
        var logger = log.CreateLogger<SqliteDatabase>();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        await MigrateAsync(path, time, logger, cancel);
        return new SqliteDatabase(path, logger);
    }

    public override Task<T> ReadAsync<T>(Func<IStores, Task<T>> work, CancellationToken cancel) => _readers.ReadAsync(work, cancel);

    public override Task<SignedIn?> FindSessionAsync(byte[] accessHash, CancellationToken cancel) =>
        _readers.FindAsync(s => s.Sessions.FindByAccessAsync(accessHash), cancel);

    public override Task<CommandTarget?> FindTargetAsync(long account, long app, string deviceId, CancellationToken cancel) =>
        _readers.FindAsync(s => s.Bindings.FindTargetAsync(account, app, deviceId), cancel);

    public override async Task<Result<T>> WriteAsync<T>(Func<IStores, Task<Result<T>>> work, CancellationToken cancel)
    {
        var item = new WorkItem<T>(work);
        await _writer.EnqueueAsync(item, cancel);
        return await item.Done;
    }

    public override Task<Result<T>> GroupWriteAsync<T>(long device, Func<IStores, Task<Result<T>>> work, CancellationToken cancel) => WriteAsync(work, cancel);

    public override async Task<Result<StateWritten>> WriteStateAsync(StateWrite write, CancellationToken cancel)
    {
        var item = new StateItem(write);
        await _writer.EnqueueAsync(item, cancel);
        return await item.Done;
    }

    public override async Task CheckAsync(CancellationToken cancel)
    {
        var checkedWrite = await WriteAsync<bool>(async s => await s.Links.ProbeAsync(), cancel).WaitAsync(cancel);
        if (checkedWrite.Fault is { } fault) throw new UnavailableException(fault.Reason);
        await ReadAsync(s => s.Installation.FindAsync(), cancel).WaitAsync(cancel);
    }

    public override async Task<IReadOnlyDictionary<string, string>> ReadDurabilityAsync(CancellationToken cancel)
    {
        var item = new WriterQuery(c => new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["journal_mode"] = c.ExecuteScalar<string>("PRAGMA journal_mode") ?? "",
            ["synchronous"] = c.ExecuteScalar<long>("PRAGMA synchronous") == 2 ? "full" : "weaker",
        });
        await _writer.EnqueueAsync(item, cancel);
        return await item.Done;
    }

    public override async Task<StorageRoom> ReadRoomAsync(CancellationToken cancel)
    {
        var disk = new DriveInfo(_path);
        var log = new FileInfo(_path + "-wal");
        var free = disk.AvailableFreeSpace + await ReadReusableAsync(cancel);
        return new StorageRoom(free, disk.TotalSize, Refused: false, log.Exists ? log.Length : 0);
    }

    protected override ValueTask CloseAsync()
    {
        _writer.Dispose();
        _readers.Dispose();
        return ValueTask.CompletedTask;
    }

    // What the end of old history has left inside the file.
    private async Task<long> ReadReusableAsync(CancellationToken cancel)
    {
        var item = new WriterQuery(c => new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["free"] = c.ExecuteScalar<string>("SELECT f.freelist_count * p.page_size FROM pragma_freelist_count() AS f, pragma_page_size() AS p") ?? "0",
        });
        await _writer.EnqueueAsync(item, cancel);
        return long.Parse((await item.Done)["free"]);
    }

    private static async Task MigrateAsync(string path, TimeProvider time, ILogger log, CancellationToken cancel)
    {
        await using var connection = SqliteEngine.Open(path, writing: true);
        var pending = await Migrator.PendingAsync(connection, transaction: null);
        if (pending.Count == 0) return;
        if (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM schema_migrations") > 0)
        {
            var copy = $"{path}.before-{pending[0].Name}-{time.GetUtcNow():yyyyMMddHHmmss}";
            await SqliteBackup.CopyAsync(path, copy, cancel);
            Log.Copied(log, copy);
        }

        await connection.ExecuteAsync("BEGIN EXCLUSIVE");
        foreach (var migration in await Migrator.PendingAsync(connection, transaction: null))
        {
            await Migrator.ApplyAsync(migration, connection, transaction: null, new SqliteEngine(), time.GetUtcNow());
            Log.Migrated(log, migration.Name);
        }

        await connection.ExecuteAsync("COMMIT");
    }

    private static partial class Log
    {
        [LoggerMessage(3011, LogLevel.Information, "Schema {Name} applied")]
        public static partial void Migrated(ILogger logger, string name);

        [LoggerMessage(3012, LogLevel.Information, "Before the schema changes, the database was copied to {Path}")]
        public static partial void Copied(ILogger logger, string path);
    }
}
