using Irori.Core.Messages;
using Irori.Core.Scenes;
using Irori.Core.Schedules;
using Microsoft.Extensions.Logging;

namespace Irori.Core.Outbox;

/// <summary>
/// Carries out what must follow from changes: people are told what they asked for, and rules are followed. What it does and that it is done are one transaction, so that it happens once,
/// whatever node dies; what fails is tried again. A row that fails by itself, while the database is well, would fail for ever and hold up its lane: it is logged and left out.
/// </summary>
public sealed partial class OutboxService(IDatabase database, OutboxSignal signal, RunSignal due, TimeProvider time, ILogger<OutboxService> log)
{
    /// <summary>After what time this node looks for what others have left.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private const int Piece = 50;

    private bool _failing;

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await signal.WaitAsync(Every, time, cancel);
                await WorkAsync(cancel);
                _failing = false;
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                if (!_failing) Log.Failed(log, e);
                _failing = true;
            }
        }
    }

    /// <summary>Carries out all that waits now.</summary>
    public async Task WorkAsync(CancellationToken cancel)
    {
        foreach (var lane in await database.ReadAsync(s => s.Outbox.WaitingAsync(), cancel))
        {
            while (await WorkAsync(lane, cancel) == Piece)
            {
            }
        }
    }

    private async Task<int> WorkAsync(int lane, CancellationToken cancel)
    {
        try
        {
            return (await FollowAsync(lane, Piece, cancel)).Count;
        }
        catch (Exception e) when (IsOfARow(e))
        {
            // One of them fails, and with it the transaction of all.
            return await WorkOneByOneAsync(lane, cancel);
        }
    }

    private async Task<int> WorkOneByOneAsync(int lane, CancellationToken cancel)
    {
        for (var worked = 0; worked < Piece; worked++)
        {
            OutboxRow? tried = null;
            try
            {
                if ((await FollowAsync(lane, 1, cancel, r => tried = r)).Count == 0) return worked;
            }
            catch (Exception e) when (IsOfARow(e) && tried is not null)
            {
                Log.LeftOut(log, tried.No, tried.Kind, tried.Device, e);
                await database.DoAsync(async s => { await s.Outbox.RemoveAsync([tried.No]); return true; }, cancel);
            }
        }

        return Piece;
    }

    private async Task<IReadOnlyList<OutboxRow>> FollowAsync(int lane, int limit, CancellationToken cancel, Action<OutboxRow>? trying = null)
    {
        var (rows, runs) = await database.DoAsync<(IReadOnlyList<OutboxRow> Rows, int Runs)>(
            async s =>
            {
                if (!await s.Outbox.ClaimAsync(lane)) return ([], 0);
                var rows = await s.Outbox.ListAsync(lane, limit);
                var runs = 0;
                foreach (var row in rows)
                {
                    trying?.Invoke(row);
                    if (row.Kind != Happening.Changed) await MessageService.TellAsync(s, row);
                    runs += await RuleEngine.FollowAsync(s, row);
                }

                await s.Outbox.RemoveAsync([.. rows.Select(r => r.No)]);
                return (rows, runs);
            },
            cancel);
        if (runs > 0) due.Set();
        return rows;
    }

    private static bool IsOfARow(Exception e) => e is not (UnavailableException or OperationCanceledException or OutOfMemoryException);

    private static partial class Log
    {
        [LoggerMessage(2601, LogLevel.Warning, "What must follow from changes could not be carried out; trying again")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(2602, LogLevel.Error, "What must follow from {Kind} of device {Device} (row {Row}) cannot be carried out; it is left out")]
        public static partial void LeftOut(ILogger logger, long row, Happening kind, long device, Exception exception);
    }
}
