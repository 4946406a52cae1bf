using System.Collections.Concurrent;
using System.Diagnostics;
using Irori.Core;
using Irori.Storage.Sql;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Irori.Storage.Sqlite;

/// <summary>
/// The only writer, on a thread of its own. It commits when the previous commit has returned: whatever has queued meanwhile shares one
/// transaction and one fsync. One that fails takes nobody along: the others are done again, each change in a savepoint.
/// </summary>
internal sealed partial class SqliteWriter : IDisposable
{
    private const int BatchLimit = 512;
    private const int QueueLimit = 16_384;

    private readonly string _path;
    private readonly ILogger _log;
    private readonly BlockingCollection<WriteItem> _queue = new(QueueLimit);
    private readonly SemaphoreSlim _room = new(QueueLimit);
    private readonly List<WriteItem> _batch = new(BatchLimit);
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);
    private readonly Thread _thread;
    private SqliteConnection? _connection;

    public SqliteWriter(string path, ILogger log)
    {
        _path = path;
        _log = log;
        _thread = new Thread(Run) { IsBackground = true, Name = "irori-writer" };
        _thread.Start();
    }

    /// <summary>The stores on the writer's connection; for work on the writer's thread only.</summary>
    public IStores Stores { get; private set; } = null!;

    /// <summary>The statements of the hot path; for work on the writer's thread only.</summary>
    public SqliteStateWriter States { get; private set; } = null!;

    /// <summary>The writer's own connection; for work on the writer's thread only.</summary>
    public SqliteConnection Connection => _connection!;

    /// <summary>Queues a change, waiting for room in the queue.</summary>
    public async Task EnqueueAsync(WriteItem item, CancellationToken cancel)
    {
        await _room.WaitAsync(cancel);
        try
        {
            _queue.Add(item, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            _room.Release();
            item.Fail(new UnavailableException("The database is closed"));
        }
    }

    /// <summary>Commits what is queued and stops.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        Reset();
        _room.Dispose();
        _queue.Dispose();
    }

    private void Run()
    {
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            _batch.Add(first);
            while (_batch.Count < BatchLimit && _queue.TryTake(out var next)) _batch.Add(next);
            _room.Release(_batch.Count);
            try
            {
                Commit();
            }
            catch (Exception e) when (e is SqliteException or UnavailableException or IOException)
            {
                Log.CommitFailed(_log, _batch.Count, e);
                IroriMeter.CommitFailed();
                Reset();
                foreach (var item in _batch) item.Fail(new UnavailableException("The commit failed", e));
            }

            _batch.Clear();
        }
    }

    private void Commit()
    {
        Open();
        var start = Stopwatch.GetTimestamp();
        Execute("BEGIN IMMEDIATE");
        if (!TryAll())
        {
            Execute("ROLLBACK");
            States.RolledBack();
            Execute("BEGIN IMMEDIATE");
            foreach (var item in _batch) Attempt(item);
        }

        Execute("COMMIT");
        IroriMeter.Committed(_batch.Count, Stopwatch.GetElapsedTime(start));
        States.Committed();
        foreach (var item in _batch) item.Complete();
    }

    // A savepoint costs as much as a small change. A state that is refused has changed nothing, so it needs none while nothing throws.
    private bool TryAll()
    {
        try
        {
            foreach (var item in _batch)
            {
                if (item is StateItem) item.Run(this);
                else RunInSavepoint(item);
            }

            return true;
        }
        catch (Exception e)
        {
            ThrowIfEnded(e);
            return false;
        }
    }

    private void Attempt(WriteItem item)
    {
        try
        {
            RunInSavepoint(item);
        }
        catch (Exception e)
        {
            ThrowIfEnded(e);
            item.Fail(e is SqliteException sqlite && IsInfrastructure(sqlite) ? new UnavailableException("The database cannot write", e) : e);
            RollBackItem();
        }
    }

    private void RunInSavepoint(WriteItem item)
    {
        Execute("SAVEPOINT item");
        if (item.Run(this)) Execute("RELEASE item");
        else RollBackItem();
    }

    private void RollBackItem()
    {
        Execute("ROLLBACK TO item");
        Execute("RELEASE item");
        States.RolledBack();
    }

    // Out of space and I/O errors end the whole transaction in SQLite, and with it the batch.
    private void ThrowIfEnded(Exception e)
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(Connection.Handle) != 0) throw new UnavailableException("The transaction was ended by the engine", e);
    }

    private void Open()
    {
        if (_connection is not null) return;
        _connection = SqliteEngine.Open(_path, writing: true);
        Stores = new Stores(new SqlSession(_connection, transaction: null, new SqliteEngine()));
        States = new SqliteStateWriter(_connection);
    }

    private void Reset()
    {
        try
        {
            foreach (var statement in _statements.Values) statement.Dispose();
            _statements.Clear();
            States?.Dispose();
            _connection?.Dispose();
        }
        catch (SqliteException e)
        {
            Log.CommitFailed(_log, 0, e);
        }

        _connection = null;
    }

    // BEGIN, SAVEPOINT and their like run once per change: their statements stay prepared.
    private void Execute(string sql)
    {
        if (!_statements.TryGetValue(sql, out var command))
        {
            command = Connection.CreateCommand();
            command.CommandText = sql;
            _statements[sql] = command;
        }

        command.ExecuteNonQuery();
    }

    private static bool IsInfrastructure(SqliteException e) => e.SqliteErrorCode is
        SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED
        or SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_NOMEM;

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Error, "A commit of {Count} changes failed; none was acknowledged")]
        public static partial void CommitFailed(ILogger logger, int count, Exception exception);
    }
}
