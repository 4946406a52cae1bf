using Irori.Core.Feeds;
using Microsoft.Extensions.Logging;

namespace Irori.Core.Links;

/// <summary>
/// Renews this node's lease and tends its links. It speaks of other nodes' devices only after it has itself held the database for one full
/// lease: after an outage everybody has the time to come back.
/// </summary>
public sealed partial class LeaseKeeper(
    IDatabase database, LinkService links, FeedHub feeds, CommonClock clock, TimeProvider time, ILogger<LeaseKeeper> log)
{
    private const int RenewalsPerLease = 3;
    private const int TicksPerRenewal = 10;
    private const long Never = long.MinValue;

    private long _renewed = time.GetTimestamp();
    private long _heldSince = Never;
    private long _next;
    private Task<Result<Lease>>? _asking;
    private int _failing;

    /// <summary>True while this node's lease was renewed within its life.</summary>
    public bool Holds => Age < links.Settings.Lease;

    /// <summary>Time since the lease was renewed.</summary>
    public TimeSpan Age => time.GetElapsedTime(Interlocked.Read(ref _renewed));

    private TimeSpan Renewal => links.Settings.Lease / RenewalsPerLease;

    private TimeSpan Tick => Renewal / TicksPerRenewal;

    private bool HasHeldLong => Interlocked.Read(ref _heldSince) is var since && since != Never && time.GetElapsedTime(since) >= links.Settings.Lease;

    /// <summary>Runs until cancelled. A long sweep never delays the lease.</summary>
    public Task RunAsync(CancellationToken cancel) => Task.WhenAll(KeepAsync(cancel), TendAsync(cancel));

    // After a failure it tries with every tick.
    private async Task KeepAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Tick, time);
        var ticks = 0;
        do
        {
            if (--ticks <= 0 && await TryAsync(RenewAsync, cancel)) ticks = TicksPerRenewal;
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private async Task TendAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Tick, time);
        do
        {
            await TryAsync(c => links.TendAsync(HasHeldLong, c), cancel);
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private async Task<bool> TryAsync(Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        try
        {
            await work(cancel);
            Interlocked.Exchange(ref _failing, 0);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Interlocked.Exchange(ref _heldSince, Never);
            feeds.Doubt();
            if (Interlocked.Exchange(ref _failing, 1) == 0) Log.Failed(log, e);
            return false;
        }
    }

    private async Task RenewAsync(CancellationToken cancel)
    {
        if (_next <= links.Node.Incarnation) _next = Math.Max(clock.Now, links.Node.Incarnation + 1);
        var asked = time.GetTimestamp();
        // A question that hangs is waited for again, not doubled.
        _asking ??= database.WriteAsync(async s => Result.Of(await s.Links.RenewAsync(links.Node.Name, links.Node.Incarnation, _next, links.Settings.Lease)), cancel);
        Result<Lease> answer;
        try
        {
            answer = await _asking.WaitAsync(Renewal, time, cancel);
        }
        finally
        {
            if (_asking.IsCompleted) _asking = null;
        }

        if (!answer.Try(out var lease, out var fault)) throw new UnavailableException(fault.Reason);
        if (lease.State == LeaseState.Taken)
        {
            Interlocked.Exchange(ref _heldSince, Never);
            Log.Taken(log, links.Node.Name);
            return;
        }

        clock.Learn(lease.Now, asked);
        Interlocked.Exchange(ref _renewed, asked);
        Interlocked.CompareExchange(ref _heldSince, asked, Never);
        if (lease.State == LeaseState.Renewed) return;
        Interlocked.Exchange(ref _heldSince, asked);
        Log.Lapsed(log, links.Node.Name);
        links.BeginLife(_next);
    }

    private static partial class Log
    {
        [LoggerMessage(2111, LogLevel.Error, "Another process has taken this node's name {Node}; give each node a name of its own")]
        public static partial void Taken(ILogger logger, string node);

        [LoggerMessage(2112, LogLevel.Warning, "The node's lease could not be renewed, or its links not tended; trying again")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(2113, LogLevel.Warning, "The lease of {Node} was over; it begins a new life and opens its links again")]
        public static partial void Lapsed(ILogger logger, string node);
    }
}
