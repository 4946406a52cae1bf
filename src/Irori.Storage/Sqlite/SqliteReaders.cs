using System.Collections.Concurrent;
using Irori.Core;
using Irori.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Irori.Storage.Sqlite;

/// <summary>
/// Read-only connections, each on a thread of its own: SQLite's calls block, and must not block the pool that serves connections. What finds a
/// few rows by their keys takes less time than the way to such a thread and back: it has connections that its callers use themselves.
/// </summary>
internal sealed class SqliteReaders : IDisposable
{
    private const int QueueLimit = 4_096;

    private readonly string _path;
    private readonly BlockingCollection<Action<IStores>> _queue = new(QueueLimit);
    private readonly ConcurrentStack<Reader> _lent = new();
    private readonly Thread[] _threads;

    public SqliteReaders(string path, int count)
    {
        _path = path;
        _threads = new Thread[count];
        for (var i = 0; i < count; i++)
        {
            _lent.Push(new Reader(path));
            _threads[i] = new Thread(Run) { IsBackground = true, Name = $"irori-reader-{i}" };
            _threads[i].Start();
        }
    }

    public Task<T> ReadAsync<T>(Func<IStores, Task<T>> work, CancellationToken cancel)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!TryAdd(stores => Execute(work, stores, done, cancel))) throw new UnavailableException("Too many reads are waiting");
        return done.Task;
    }

    public Task<T> FindAsync<T>(Func<IStores, Task<T>> work, CancellationToken cancel)
    {
        if (!_lent.TryPop(out var reader)) return ReadAsync(work, cancel);
        try
        {
            return Task.FromResult(Synchronous.Result(work(reader.Stores)));
        }
        catch (SqliteException e)
        {
            throw new UnavailableException("A read failed", e);
        }
        finally
        {
            _lent.Push(reader);
        }
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        foreach (var thread in _threads) thread.Join();
        while (_lent.TryPop(out var reader)) reader.Dispose();
        _queue.Dispose();
    }

    private bool TryAdd(Action<IStores> read)
    {
        try
        {
            return _queue.TryAdd(read);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void Execute<T>(Func<IStores, Task<T>> work, IStores stores, TaskCompletionSource<T> done, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
        {
            done.TrySetCanceled(cancel);
            return;
        }

        try
        {
            done.TrySetResult(Synchronous.Result(work(stores)));
        }
        catch (SqliteException e)
        {
            done.TrySetException(new UnavailableException("A read failed", e));
        }
        catch (Exception e)
        {
            done.TrySetException(e);
        }
    }

    private void Run()
    {
        using var reader = new Reader(_path);
        foreach (var read in _queue.GetConsumingEnumerable()) read(reader.Stores);
    }

    /// <summary>A connection for one reader at a time, opened when it is first used.</summary>
    private sealed class Reader(string path) : IDisposable
    {
        private SqliteConnection? _connection;
        private Stores? _stores;

        public IStores Stores => _stores ??= new Stores(new SqlSession(_connection = SqliteEngine.Open(path, writing: false), transaction: null, new SqliteEngine()));

        public void Dispose() => _connection?.Dispose();
    }
}
