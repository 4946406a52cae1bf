using System.Collections.Concurrent;
using System.Threading.Channels;
using Irori.Core.Bindings;
using Microsoft.Extensions.Logging;

namespace Irori.Core.Feeds;

/// <summary>
/// Brings events to the feeds of this node that may see them. Who may see a device is cached under its access version; an event with
/// another version makes the hub read it again before anything is pushed. After a gap in the events it reads the truth from the database, and
/// while this node is cut off from the other nodes or from the database it pushes nothing.
/// </summary>
public sealed partial class FeedHub
{
    private const int QueueLimit = 50_000;
    private const int CacheLimit = 100_000;
    private const int Page = 500;

    // An event that has waited longer is not told: this node has stood still, and the truth may be another by now.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(250);

    private readonly IDatabase _database;
    private readonly IBus _bus;
    private readonly TimeProvider _time;
    private readonly ILogger<FeedHub> _log;
    private readonly Channel<Queued> _events = Channel.CreateBounded<Queued>(new BoundedChannelOptions(QueueLimit) { SingleReader = true });
    private readonly ConcurrentDictionary<long, ConcurrentDictionary<Feed, byte>> _feeds = new();
    private readonly Lock _members = new();
    private readonly Dictionary<long, Viewers> _viewers = [];
    private readonly Queue<Queued> _taken = new();
    private readonly Lock _holding = new();
    private bool _deaf;
    private bool _held;
    private int _gap;

    /// <summary>Listens to the bus; <see cref="RunAsync"/> does the work.</summary>
    public FeedHub(IDatabase database, IBus bus, TimeProvider time, ILogger<FeedHub> log)
    {
        _database = database;
        _bus = bus;
        _time = time;
        _log = log;
        bus.Subscribe(Enqueue);
    }

    /// <summary>Feeds open on this node.</summary>
    public int Count => _feeds.Values.Sum(f => f.Count);

    /// <summary>
    /// Opens a feed of a signed-in app. <paramref name="takesOffers"/>: the app can answer whether a share is accepted; <paramref name="takesBindings"/>: it wants to
    /// be told which devices its person gets and loses.
    /// </summary>
    public async Task<Feed> OpenAsync(Principal principal, CancellationToken cancel, bool takesOffers = false, bool takesBindings = false)
    {
        var products = await _database.ReadAsync(s => s.Projects.VisibleProductsAsync(principal.App.No), cancel);
        var feed = new Feed(principal, products) { TakesOffers = takesOffers, TakesBindings = takesBindings };
        // Adding against the removal of what is empty: a feed must not end up where nobody looks.
        lock (_members) _feeds.GetOrAdd(principal.Account.No, _ => new())[feed] = 0;
        lock (_holding) feed.Hold(_held);
        _bus.HearDevices();
        try
        {
            if (takesOffers) await AskAsync(principal.Account.No, cancel);
            if (takesBindings) feed.OfferBindings(await BoundAsync(principal.Account.No, principal.App.No, cancel));
        }
        catch
        {
            // Nobody has it who would close it.
            Close(feed, FeedEnd.Left);
            throw;
        }

        return feed;
    }

    /// <summary>Closes a feed. Safe to repeat.</summary>
    public void Close(Feed feed, FeedEnd why)
    {
        feed.Close(why);
        lock (_members)
        {
            if (!_feeds.TryGetValue(feed.Principal.Account.No, out var mine)) return;
            mine.TryRemove(feed, out _);
            if (mine.IsEmpty) _feeds.TryRemove(new(feed.Principal.Account.No, mine));
        }
    }

    /// <summary>The feeds that are open now.</summary>
    public IReadOnlyList<Feed> Open() => [.. All()];

    /// <summary>Closes every feed, when the node stops.</summary>
    public void CloseAll()
    {
        foreach (var feed in All()) Close(feed, FeedEnd.Stopping);
    }

    /// <summary>The database did not answer: nothing is pushed until it was read again.</summary>
    public void Doubt()
    {
        lock (_holding) Hold(held: true);
        Interlocked.Exchange(ref _gap, 1);
        Wake();
    }

    /// <summary>Delivers events until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (await _events.Reader.WaitToReadAsync(cancel))
        {
            while (_taken.Count < Page && _events.Reader.TryRead(out var next)) _taken.Enqueue(next);
            while (_taken.TryDequeue(out var queued))
            {
                try
                {
                    if (_time.GetElapsedTime(queued.At) > Fresh) Interlocked.Exchange(ref _gap, 1);
                    if (Volatile.Read(ref _gap) == 1) await CatchUpAsync(cancel);
                    await DeliverAsync(queued.Happened, cancel);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    if (!Volatile.Read(ref _held)) Log.DeliveryFailed(_log, e);
                    await Task.Delay(Retry, _time, cancel);
                    Doubt();
                }
            }
        }
    }

    private void Enqueue(HomeEvent happened)
    {
        if (happened is HearingLost or HearingBack) Heard(happened is HearingBack);
        var queued = _events.Writer.TryWrite(new Queued(happened, _time.GetTimestamp()));
        if (!queued) Interlocked.Exchange(ref _gap, 1);
        IroriMeter.EventOffered(queued);
    }

    private void Heard(bool back)
    {
        lock (_holding)
        {
            _deaf = !back;
            if (!back) Hold(held: true);
        }

        Interlocked.Exchange(ref _gap, 1);
    }

    // What is full will be read, and wakes the reader anyway.
    private void Wake() => _events.Writer.TryWrite(new Queued(new HearingBack(), _time.GetTimestamp()));

    private void Hold(bool held)
    {
        _held = held;
        foreach (var feed in All()) feed.Hold(held);
    }

    private async Task DeliverAsync(HomeEvent happened, CancellationToken cancel)
    {
        switch (happened)
        {
            case StateChanged change when !_feeds.IsEmpty && !Volatile.Read(ref _deaf):
                await OfferAsync(change, cancel);
                break;
            case PresenceChanged change when !_feeds.IsEmpty && !Volatile.Read(ref _deaf):
                var seers = await ViewersAsync(change.Device, change.AccessVersion, cancel);
                foreach (var feed in Of(seers)) feed.Offer(seers, change);
                break;
            case AccessChanged change:
                await LoseAsync(change.Device, cancel);
                break;
            case ShareOffered offered:
                await AskAsync(offered.Receiver, cancel);
                break;
            case SessionEnded ended:
                End(ended);
                break;
        }
    }

    private async Task OfferAsync(StateChanged change, CancellationToken cancel)
    {
        var viewers = await ViewersAsync(change.Device, change.AccessVersion, cancel);
        foreach (var feed in Of(viewers))
        {
            if (!feed.Offer(viewers, change)) continue;
            var who = feed.Principal;
            var device = await _database.ReadAsync(s => s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, viewers.DeviceId), cancel);
            if (device is null) feed.Lose(change.Device);
            else feed.OfferWhole(device);
        }
    }

    private async Task AskAsync(long receiver, CancellationToken cancel)
    {
        if (!_feeds.TryGetValue(receiver, out var mine)) return;
        var asked = mine.Keys.Where(f => f.TakesOffers).ToList();
        if (asked.Count == 0) return;
        foreach (var offer in await _database.ReadAsync(s => s.Shares.OffersAsync(receiver, _time.GetUtcNow(), Feed.MaxOffers), cancel))
            foreach (var feed in asked) feed.Offer(offer);
    }

    private void End(SessionEnded ended)
    {
        foreach (var feed in All().Where(f => f.Principal.Session == ended.Session)) Close(feed, FeedEnd.SessionEnded);
    }

    private async Task<Viewers> ViewersAsync(long device, long accessVersion, CancellationToken cancel)
    {
        if (Known(device, accessVersion) is { } known) return known;
        // Those of the events behind are read along: one by one, a crowd of devices that nobody has asked for yet would hold everything up.
        var asked = new HashSet<long> { device };
        foreach (var queued in _taken)
        {
            if (queued.Happened is StateChanged change && Known(change.Device, change.AccessVersion) is null) asked.Add(change.Device);
            if (queued.Happened is PresenceChanged presence && Known(presence.Device, presence.AccessVersion) is null) asked.Add(presence.Device);
        }

        if (_viewers.Count + asked.Count > CacheLimit) _viewers.Clear();
        foreach (var (seen, viewers) in await _database.ReadAsync(s => s.Bindings.ViewersAsync(asked), cancel)) _viewers[seen] = viewers;
        return _viewers.GetValueOrDefault(device, Viewers.Nobody);
    }

    // A cached version that is newer than the event's knows more than the event.
    private Viewers? Known(long device, long accessVersion) =>
        _viewers.TryGetValue(device, out var known) && known.AccessVersion >= accessVersion ? known : null;

    private async Task LoseAsync(long device, CancellationToken cancel)
    {
        _viewers.Remove(device);
        if (_feeds.IsEmpty) return;
        var viewers = await _database.ReadAsync(s => s.Bindings.ViewersAsync(device), cancel);
        foreach (var feed in All())
        {
            if (!viewers.Accounts.Contains(feed.Principal.Account.No)) feed.Lose(device);
            feed.OfferBinding(device, viewers);
        }
    }

    private async Task<Dictionary<long, string>> BoundAsync(long account, long app, CancellationToken cancel)
    {
        var bound = new Dictionary<long, string>();
        for (long after = 0; ;)
        {
            var page = await _database.ReadAsync(s => s.Bindings.ListAllAsync(account, app, after, Page), cancel);
            foreach (var device in page) bound[device.No] = device.Id;
            if (page.Count < Page) return bound;
            after = page[^1].No;
        }
    }

    // After lost events: what every feed may see, where it is newer than what was offered. Deaf, it would soon be old again: it is read when the bus is back.
    private async Task CatchUpAsync(CancellationToken cancel)
    {
        if (Volatile.Read(ref _deaf)) return;
        // Before the gap is taken as read: one that comes while events are skipped is read below, one that comes later wakes the reader.
        Skip();
        Interlocked.Exchange(ref _gap, 0);
        _viewers.Clear();
        foreach (var feeds in All().GroupBy(f => (Account: f.Principal.Account.No, App: f.Principal.App.No)))
        {
            var visible = new Dictionary<long, string>();
            for (long after = 0; ;)
            {
                var page = await _database.ReadAsync(s => s.Bindings.ListAllAsync(feeds.Key.Account, feeds.Key.App, after, Page), cancel);
                foreach (var device in page)
                {
                    visible[device.No] = device.Id;
                    foreach (var feed in feeds) feed.OfferWhole(device);
                }

                if (page.Count < Page) break;
                after = page[^1].No;
            }

            foreach (var feed in feeds)
            {
                feed.LoseAllBut(visible);
                feed.OfferBindings(visible);
            }

            await AskAsync(feeds.Key.Account, cancel);
        }

        lock (_holding)
        {
            if (_deaf) return;
            if (Volatile.Read(ref _gap) == 0) Hold(held: false);
            else Wake();
        }
    }

    // What waits in the queue is older than what is read next.
    private void Skip()
    {
        for (var waiting = _events.Reader.Count; waiting > 0 && _events.Reader.TryRead(out var old); waiting--) _taken.Enqueue(old);
        while (_taken.TryDequeue(out var old))
        {
            if (old.Happened is SessionEnded ended) End(ended);
        }
    }

    private IEnumerable<Feed> Of(Viewers viewers)
    {
        foreach (var account in viewers.Accounts)
        {
            if (!_feeds.TryGetValue(account, out var mine)) continue;
            foreach (var (feed, _) in mine) yield return feed;
        }
    }

    private IEnumerable<Feed> All() => _feeds.Values.SelectMany(f => f.Keys);

    private readonly record struct Queued(HomeEvent Happened, long At);

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Warning, "An event could not be brought to the feeds; nothing is pushed until they could be read anew")]
        public static partial void DeliveryFailed(ILogger logger, Exception exception);
    }
}
