using System.Threading.Channels;
using Irori.Core.Bindings;
using Irori.Core.Sharing;

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

/// <summary>A person has got a device, or lost it, since the feed last took this.</summary>
/// <param name="DeviceId">Id of the device.</param>
/// <param name="Bound">True: he has it now; false: not any more.</param>
public sealed record BindingChange(string DeviceId, bool Bound);

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

    /// <summary>Most questions that wait to be taken; more than any person can answer.</summary>
    public const int MaxOffers = 64;

    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<long, Seen> _seen = [];
    private Dictionary<long, FeedChange> _pending = [];
    private readonly HashSet<long> _asked = [];
    private List<ShareOffer> _offers = [];
    private Dictionary<long, string>? _bound;
    private readonly Dictionary<long, string?> _early = [];
    private Dictionary<string, BindingChange> _bindings = new(StringComparer.Ordinal);
    private bool _held;

    /// <summary>True: it takes questions whether a share is accepted, and its app can answer them.</summary>
    public bool TakesOffers { get; init; }

    /// <summary>True: it is told which devices its person gets and loses.</summary>
    public bool TakesBindings { get; init; }

    /// <summary>Whose it is.</summary>
    public Principal Principal { get; } = principal;

    /// <summary>Why it ended.</summary>
    public FeedEnd End { get; private set; }

    /// <summary>Takes the questions that came, oldest first; <see cref="TakeAsync"/> returns for them too, with or without changes.</summary>
    public IReadOnlyList<ShareOffer> TakeOffers()
    {
        lock (_lock)
        {
            if (_held) return [];
            var taken = _offers;
            _offers = [];
            return taken;
        }
    }

    /// <summary>Takes which devices came and went, the newest of each; <see cref="TakeAsync"/> returns for them too, with or without changes.</summary>
    public IReadOnlyCollection<BindingChange> TakeBindings()
    {
        lock (_lock)
        {
            if (_held || _bindings.Count == 0) return [];
            var taken = _bindings;
            _bindings = new(StringComparer.Ordinal);
            return taken.Values;
        }
    }

    /// <summary>Waits for changes and takes them; null when the feed has ended.</summary>
    public async Task<IReadOnlyCollection<FeedChange>?> TakeAsync(CancellationToken cancel)
    {
        while (End == FeedEnd.None)
        {
            lock (_lock)
            {
                if ((_pending.Count > 0 || _offers.Count > 0 || _bindings.Count > 0) && !_held)
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

    /// <summary>
    /// Offers a change of state. True when a change before it is missing, or it came after a later one: then the device is to be read and
    /// offered by <see cref="OfferWhole"/>.
    /// </summary>
    internal bool Offer(Viewers viewers, StateChanged change)
    {
        if (!Sees(viewers)) return false;
        bool missing;
        lock (_lock)
        {
            var known = _seen.TryGetValue(change.Device, out var seen);
            if (known && (change.Epoch, change.Version).CompareTo((seen.Epoch, seen.Version)) <= 0) return !seen.Whole;
            missing = known && seen.Version > 0 && change.Version != seen.Version + 1;
            _seen[change.Device] = seen with { Epoch = change.Epoch, Version = change.Version, Whole = seen.Whole && !missing };
            var pending = Pending(viewers, change.Device);
            pending.Epoch = change.Epoch;
            pending.Version = change.Version;
            foreach (var (name, value) in change.Changed) pending.Values[name] = value;
        }

        Wake();
        return missing;
    }

    /// <summary>Offers what the database says of a device, where it is not known to have been offered.</summary>
    internal void OfferWhole(VisibleDevice device)
    {
        var viewers = new Viewers(device.Id, device.Product, device.OwnerId, 0, []);
        if (!Sees(viewers)) return;
        lock (_lock)
        {
            var seen = _seen.GetValueOrDefault(device.No);
            var newer = (device.Epoch, device.Version).CompareTo((seen.Epoch, seen.Version));
            if (newer > 0 || (newer == 0 && !seen.Whole && device.Version > 0))
            {
                var pending = Pending(viewers, device.No);
                pending.Epoch = device.Epoch;
                pending.Version = device.Version;
                foreach (var (name, value) in States.StateText.ReadValues(device.Values)) pending.Values[name] = value;
                seen = seen with { Epoch = device.Epoch, Version = device.Version, Whole = true };
            }

            if (seen.Online != device.Online && (device.Online || device.OfflineTold))
            {
                Pending(viewers, device.No).Online = device.Online;
                seen = seen with { LinkEpoch = Math.Max(seen.LinkEpoch, device.Epoch), Online = device.Online };
            }

            _seen[device.No] = seen;
        }

        Wake();
    }

    /// <summary>Offers presence; that of an older link than already offered is dropped.</summary>
    internal void Offer(Viewers viewers, PresenceChanged change)
    {
        if (!Sees(viewers)) return;
        lock (_lock)
        {
            var seen = _seen.GetValueOrDefault(change.Device);
            if (change.Epoch < seen.LinkEpoch) return;
            _seen[change.Device] = seen with { LinkEpoch = change.Epoch, Online = change.Online };
            var pending = Pending(viewers, change.Device);
            pending.Epoch = Math.Max(pending.Epoch, change.Epoch);
            pending.Online = change.Online;
        }

        Wake();
    }

    /// <summary>Asks whether a share is accepted, each once.</summary>
    internal void Offer(ShareOffer offer)
    {
        if (products is not null && !products.Contains(offer.Product)) return;
        lock (_lock)
        {
            if (_asked.Count >= MaxOffers && _offers.Count == 0) _asked.Clear();
            if (_offers.Count >= MaxOffers || !_asked.Add(offer.Share)) return;
            _offers.Add(offer);
        }

        Wake();
    }

    /// <summary>The devices that its person has, by internal key: what came or went since the feed last knew is told.</summary>
    internal void OfferBindings(IReadOnlyDictionary<long, string> devices)
    {
        if (!TakesBindings) return;
        lock (_lock)
        {
            if (_bound is null)
            {
                // What was heard while they were read is newer, or is heard once more.
                _bound = new Dictionary<long, string>(devices);
                foreach (var (device, id) in _early) Know(device, id);
                _early.Clear();
                return;
            }

            foreach (var (device, id) in _bound.Where(b => !devices.ContainsKey(b.Key)).ToList()) Tell(device, id, bound: false);
            foreach (var (device, id) in devices.Where(d => !_bound.ContainsKey(d.Key)).ToList()) Tell(device, id, bound: true);
        }

        Wake();
    }

    /// <summary>Who sees a device has changed, and with it perhaps whether this person does.</summary>
    internal void OfferBinding(long device, Viewers viewers)
    {
        if (!TakesBindings) return;
        var bound = viewers.Accounts.Contains(Principal.Account.No) && Sees(viewers);
        lock (_lock)
        {
            if (_bound is null)
            {
                if (_early.Count >= MaxPending) Close(FeedEnd.TooSlow);
                else _early[device] = bound ? viewers.DeviceId : null;
                return;
            }

            if (_bound.ContainsKey(device) == bound) return;
            Tell(device, viewers.DeviceId, bound);
        }

        Wake();
    }

    /// <summary>Gives nothing out while held.</summary>
    internal void Hold(bool held)
    {
        lock (_lock) _held = held;
        if (!held) Wake();
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

    /// <summary>Forgets what is pending for all devices but these.</summary>
    internal void LoseAllBut(IReadOnlyDictionary<long, string> visible)
    {
        lock (_lock)
        {
            foreach (var device in _seen.Keys.Where(d => !visible.ContainsKey(d)).ToList())
            {
                _pending.Remove(device);
                _seen.Remove(device);
            }
        }
    }

    /// <summary>Ends the feed.</summary>
    public void Close(FeedEnd why)
    {
        if (End == FeedEnd.None) End = why;
        _signal.Writer.TryComplete();
    }

    private bool Sees(Viewers viewers) => products is null || products.Contains(viewers.Product);

    private void Know(long device, string? id)
    {
        if (id is null) _bound!.Remove(device);
        else _bound![device] = id;
    }

    private void Tell(long device, string id, bool bound)
    {
        Know(device, bound ? id : null);
        if (_bindings.Count >= MaxPending) Close(FeedEnd.TooSlow);
        else _bindings[id] = new BindingChange(id, bound);
    }

    private FeedChange Pending(Viewers viewers, long device)
    {
        if (_pending.TryGetValue(device, out var pending)) return pending;
        if (_pending.Count >= MaxPending) Close(FeedEnd.TooSlow);
        pending = new FeedChange { DeviceId = viewers.DeviceId, Product = viewers.Product, OwnerId = viewers.OwnerId ?? "" };
        _pending[device] = pending;
        return pending;
    }

    private void Wake() => _signal.Writer.TryWrite(true);

    // The newest of a device that was offered, of its state and of its link. Whole: every property was offered as of that version.
    private readonly record struct Seen(long Epoch, long Version, long LinkEpoch, bool? Online, bool Whole);
}
