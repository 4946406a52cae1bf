using System.Collections.Concurrent;
using Irori.Core;
using Irori.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Irori.Storage.Sqlite;

/// <summary>Read-only connections, each on a thread of its own: SQLite's calls block, and must not block the pool that serves connections.</summary>
internal sealed class SqliteReaders : IDisposable
{
    private const int QueueLimit = 4_096;

    private readonly string _path;
    private readonly BlockingCollection<Action<IStores>> _queue = new(QueueLimit);
    private readonly Thread[] _threads;

    public SqliteReaders(string path, int count)
    {
        _path = path;
        _threads = new Thread[count];
        for (var i = 0; i < count; i++)
        {
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

    public void Dispose()
    {
        _queue.CompleteAdding();
        foreach (var thread in _threads) thread.Join();
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
        using var connection = SqliteEngine.Open(_path, writing: false);
        var stores = new Stores(new SqlSession(connection, transaction: null, new SqliteEngine()));
        foreach (var read in _queue.GetConsumingEnumerable()) read(stores);
    }
}
