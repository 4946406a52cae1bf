using System.Data.Common;
using System.Threading.Channels;
using Irori.Core;
using Npgsql;

namespace Irori.Storage.Postgres;

/// <summary>
/// Asks what every request asks, for many callers in one round trip. It asks when the previous answer has come: whatever has queued meanwhile
/// shares the next question, so that nobody gets an answer that is older than his question.
/// </summary>
/// <param name="source">Where its connection is from.</param>
/// <param name="sql">The question. The first column of a row is the place of its key among the keys, from 1.</param>
/// <param name="bind">The keys as parameters, a list per column.</param>
/// <param name="parser">Reads rows of such an answer, without their first column.</param>
internal sealed class PostgresLookups<TKey, TRow>(
    NpgsqlDataSource source, string sql, Func<IReadOnlyList<TKey>, IEnumerable<object>> bind, Func<DbDataReader, Func<DbDataReader, TRow>> parser) : IAsyncDisposable
    where TRow : class
{
    private const int BatchLimit = 256;
    private const int QueueLimit = 16_384;

    private readonly Channel<Asked> _queue = Channel.CreateBounded<Asked>(new BoundedChannelOptions(QueueLimit) { SingleReader = true });
    private Task _running = Task.CompletedTask;

    /// <summary>Begins to ask.</summary>
    public PostgresLookups<TKey, TRow> Start()
    {
        _running = Task.Run(RunAsync);
        return this;
    }

    /// <summary>The row of a key, or null.</summary>
    public Task<TRow?> FindAsync(TKey key, CancellationToken cancel)
    {
        var asked = new Asked(key);
        return _queue.Writer.TryWrite(asked) ? asked.Answer.Task.WaitAsync(cancel) : throw new UnavailableException("Too many reads are waiting");
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _running;
    }

    private async Task RunAsync()
    {
        var batch = new List<Asked>(BatchLimit);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchLimit && _queue.Reader.TryRead(out var asked)) batch.Add(asked);
            try
            {
                var rows = await AskAsync(batch);
                for (var i = 0; i < rows.Length; i++) batch[i].Answer.SetResult(rows[i]);
            }
            catch (Exception e)
            {
                var told = PostgresEngine.Translate(e);
                foreach (var asked in batch) asked.Answer.TrySetException(told);
            }

            batch.Clear();
        }
    }

    private async Task<TRow?[]> AskAsync(List<Asked> batch)
    {
        var rows = new TRow?[batch.Count];
        await using var connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var list in bind(batch.ConvertAll(a => a.Key))) command.Parameters.Add(new NpgsqlParameter { Value = list });
        await using var reader = await command.ExecuteReaderAsync();
        var read = parser(reader);
        while (await reader.ReadAsync()) rows[reader.GetInt64(0) - 1] = read(reader);
        return rows;
    }

    private sealed record Asked(TKey Key)
    {
        public TaskCompletionSource<TRow?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
