using Irori.Core.Messages;
using Irori.Core.Scenes;
using Irori.Core.Schedules;
using Microsoft.Extensions.Logging;

namespace Irori.Core.Outbox;

/// <summary>
/// Carries out what must follow from changes: people are told what they asked for, and rules are followed. What it does and that it is done are one transaction, so that it happens once,
/// whatever node dies; what fails is tried again.
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
        var runs = 0;
        var worked = await database.WriteAsync<int>(
            async s =>
            {
                runs = 0;
                if (!await s.Outbox.ClaimAsync(lane)) return 0;
                var rows = await s.Outbox.ListAsync(lane, Piece);
                foreach (var row in rows)
                {
                    if (row.Kind != Happening.Changed) await MessageService.TellAsync(s, row);
                    runs += await RuleEngine.FollowAsync(s, row, log);
                }

                await s.Outbox.RemoveAsync([.. rows.Select(r => r.No)]);
                return rows.Count;
            },
            cancel);
        if (runs > 0) due.Set();
        return worked.Try(out var count, out var fault) ? count : throw new UnavailableException(fault.Reason);
    }

    private static partial class Log
    {
        [LoggerMessage(2601, LogLevel.Warning, "What must follow from changes could not be carried out; trying again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
