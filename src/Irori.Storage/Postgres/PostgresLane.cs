using System.Diagnostics;
using System.Threading.Channels;
using Irori.Core;
using Irori.Storage.Sql;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Irori.Storage.Postgres;

/// <summary>
/// Commits the changes of its share of the devices. It commits when the previous commit has returned; whatever has queued meanwhile shares
/// one transaction. When a batch fails for a reason that lies in one of its changes, it is halved until the culprit stands alone.
/// </summary>
internal sealed partial class PostgresLane : IAsyncDisposable
{
    private const int BatchLimit = 512;
    private const int QueueLimit = 16_384;

    private readonly NpgsqlDataSource _source;
    private readonly PropertyNumbers _properties;
    private readonly PostgresRoom _room;
    private readonly ILogger _log;
    private readonly Channel<LaneItem> _queue = Channel.CreateBounded<LaneItem>(new BoundedChannelOptions(QueueLimit) { SingleReader = true });
    private readonly Task _running;

    public PostgresLane(NpgsqlDataSource source, PropertyNumbers properties, PostgresRoom room, ILogger log)
    {
        _source = source;
        _properties = properties;
        _room = room;
        _log = log;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Queues a change, waiting for room in the queue.</summary>
    public async Task EnqueueAsync(LaneItem item, CancellationToken cancel)
    {
        try
        {
            await _queue.Writer.WriteAsync(item, cancel);
        }
        catch (ChannelClosedException)
        {
            item.Fail(new UnavailableException("The database is closed"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _running;
    }

    private async Task RunAsync()
    {
        var batch = new List<LaneItem>(BatchLimit);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchLimit && _queue.Reader.TryRead(out var item)) batch.Add(item);
            await CommitAsync(batch);
            batch.Clear();
        }
    }

    private async Task CommitAsync(IReadOnlyList<LaneItem> batch)
    {
        try
        {
            var start = Stopwatch.GetTimestamp();
            await TransactAsync(batch);
            IroriMeter.Committed(batch.Count, Stopwatch.GetElapsedTime(start));
            foreach (var item in batch) item.Complete();
        }
        catch (Exception e) when (batch.Count > 1 && !PostgresEngine.IsInfrastructure(e))
        {
            var half = batch.Count / 2;
            await CommitAsync([.. batch.Take(half)]);
            await CommitAsync([.. batch.Skip(half)]);
        }
        catch (Exception e)
        {
            Log.CommitFailed(_log, batch.Count, e);
            IroriMeter.CommitFailed();
            _room.Note(e);
            var told = PostgresEngine.Translate(e);
            foreach (var item in batch) item.Fail(told);
        }
    }

    private async Task TransactAsync(IReadOnlyList<LaneItem> batch)
    {
        var states = batch.OfType<LaneState>().ToList();
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await PostgresStateWriter.WriteAsync(connection, transaction, states, _properties);
        var stores = new Stores(new SqlSession(connection, transaction, new PostgresEngine()));
        foreach (var work in batch.OfType<LaneWork>())
        {
            await transaction.SaveAsync("item");
            if (!await work.RunAsync(stores)) await transaction.RollbackAsync("item");
            await transaction.ReleaseAsync("item");
        }

        await transaction.CommitAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(3101, LogLevel.Error, "A commit of {Count} changes failed; none was acknowledged")]
        public static partial void CommitFailed(ILogger logger, int count, Exception exception);
    }
}
