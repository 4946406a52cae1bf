using System.Threading.Channels;
using Irori.Core.Bindings;

namespace Irori.Core.Feeds;

/// <summary>What has become of one device since the feed last took it: the newest value of each changed property, and presence.</summary>
public sealed class FeedChange
{
    /// <summary>Id of the device.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Internal key of its product.</summary>
    public required long Product { get; init; }

    /// <summary>Id of its owner's account.</summary>
    public required string OwnerId { get; set; }

    /// <summary>Epoch of the newest change.</summary>
    public long Epoch { get; set; }

    /// <summary>Version of the newest change.</summary>
    public long Version { get; set; }

    /// <summary>Presence, when it has changed.</summary>
    public bool? Online { get; set; }

    /// <summary>Changed values.</summary>
    public Dictionary<string, States.StateValue> Values { get; } = new(StringComparer.Ordinal);
}

/// <summary>Why a feed ended.</summary>
public enum FeedEnd
{
    /// <summary>Still open.</summary>
    None,

    /// <summary>Its session has ended.</summary>
    SessionEnded,

    /// <summary>It does not take what it is given.</summary>
    TooSlow,

    /// <summary>The node stops.</summary>
    Stopping,

    /// <summary>The app has gone.</summary>
    Left,
}

/// <summary>
/// An app's open connection. It holds at most one pending change per device, so a slow reader sees the latest state, not every step;
/// beyond <see cref="MaxPending"/> devices it is ended.
/// </summary>
public sealed class Feed(Principal principal, IReadOnlySet<long>? products)
{
    /// <summary>Most devices with a change that is not yet taken.</summary>
    public const int MaxPending = 20_000;

    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<long, (long Epoch, long Version)> _seen = [];
    private Dictionary<long, FeedChange> _pending = [];

    /// <summary>Whose it is.</summary>
    public Principal Principal { get; } = principal;

    /// <summary>Why it ended.</summary>
    public FeedEnd End { get; private set; }

    /// <summary>Waits for changes and takes them; null when the feed has ended.</summary>
    public async Task<IReadOnlyCollection<FeedChange>?> TakeAsync(CancellationToken cancel)
    {
        while (End == FeedEnd.None)
        {
            lock (_lock)
            {
                if (_pending.Count > 0)
                {
                    var taken = _pending;
                    _pending = [];
                    return taken.Values;
                }
            }

            if (!await _signal.Reader.WaitToReadAsync(cancel)) break;
            _signal.Reader.TryRead(out _);
        }

        return null;
    }

    /// <summary>Offers a change of state; older ones than already offered are dropped.</summary>
    internal void Offer(Viewers viewers, StateChanged change)
    {
        if (!Sees(viewers)) return;
        lock (_lock)
        {
            if (_seen.TryGetValue(change.Device, out var seen) && (change.Epoch, change.Version).CompareTo(seen) <= 0) return;
            _seen[change.Device] = (change.Epoch, change.Version);
            var pending = Pending(viewers, change.Device);
            pending.Epoch = change.Epoch;
            pending.Version = change.Version;
            foreach (var (name, value) in change.Changed) pending.Values[name] = value;
        }

        Wake();
    }

    /// <summary>Offers presence.</summary>
    internal void Offer(Viewers viewers, PresenceChanged change)
    {
        if (!Sees(viewers)) return;
        lock (_lock)
        {
            var pending = Pending(viewers, change.Device);
            if (change.Epoch < pending.Epoch) return;
            pending.Epoch = change.Epoch;
            pending.Online = change.Online;
        }

        Wake();
    }

    /// <summary>The newest version of a device that was offered, or null.</summary>
    internal (long Epoch, long Version)? Seen(long device)
    {
        lock (_lock) return _seen.TryGetValue(device, out var seen) ? seen : null;
    }

    /// <summary>Forgets what is pending for a device that may no longer be seen.</summary>
    internal void Lose(long device)
    {
        lock (_lock)
        {
            _pending.Remove(device);
            _seen.Remove(device);
        }
    }

    /// <summary>Ends the feed.</summary>
    public void Close(FeedEnd why)
    {
        if (End == FeedEnd.None) End = why;
        _signal.Writer.TryComplete();
    }

    private bool Sees(Viewers viewers) => products is null || products.Contains(viewers.Product);

    private FeedChange Pending(Viewers viewers, long device)
    {
        if (_pending.TryGetValue(device, out var pending)) return pending;
        if (_pending.Count >= MaxPending) Close(FeedEnd.TooSlow);
        pending = new FeedChange { DeviceId = viewers.DeviceId, Product = viewers.Product, OwnerId = viewers.OwnerId ?? "" };
        _pending[device] = pending;
        return pending;
    }

    private void Wake() => _signal.Writer.TryWrite(true);
}
