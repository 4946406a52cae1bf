using System.Collections.Concurrent;
using System.Threading.Channels;
using Irori.Core.Bindings;
using Irori.Core.States;
using Microsoft.Extensions.Logging;

namespace Irori.Core.Feeds;

/// <summary>
/// Brings events to the feeds of this node that may see them. Who may see a device is cached under its access version; an event with
/// another version makes the hub read it again before anything is pushed. After a gap in the events it reads the truth from the database.
/// </summary>
public sealed partial class FeedHub
{
    private const int QueueLimit = 50_000;
    private const int CacheLimit = 100_000;
    private const int Page = 500;

    private readonly IDatabase _database;
    private readonly ILogger<FeedHub> _log;
    private readonly Channel<HomeEvent> _events = Channel.CreateBounded<HomeEvent>(new BoundedChannelOptions(QueueLimit) { SingleReader = true });
    private readonly ConcurrentDictionary<long, ConcurrentDictionary<Feed, byte>> _feeds = new();
    private readonly Dictionary<long, Viewers> _viewers = [];
    private int _gap;

    /// <summary>Listens to the bus; <see cref="RunAsync"/> does the work.</summary>
    public FeedHub(IDatabase database, IBus bus, ILogger<FeedHub> log)
    {
        _database = database;
        _log = log;
        bus.Subscribe(Enqueue);
    }

    /// <summary>Feeds open on this node.</summary>
    public int Count => _feeds.Values.Sum(f => f.Count);

    /// <summary>Opens a feed of a signed-in app.</summary>
    public async Task<Feed> OpenAsync(Principal principal, CancellationToken cancel)
    {
        var products = await _database.ReadAsync(s => s.Projects.VisibleProductsAsync(principal.App.No), cancel);
        var feed = new Feed(principal, products);
        _feeds.GetOrAdd(principal.Account.No, _ => new())[feed] = 0;
        return feed;
    }

    /// <summary>Closes a feed. Safe to repeat.</summary>
    public void Close(Feed feed, FeedEnd why)
    {
        feed.Close(why);
        if (!_feeds.TryGetValue(feed.Principal.Account.No, out var mine)) return;
        mine.TryRemove(feed, out _);
        if (mine.IsEmpty) _feeds.TryRemove(new(feed.Principal.Account.No, mine));
    }

    /// <summary>The feeds that are open now.</summary>
    public IReadOnlyList<Feed> Open() => [.. All()];

    /// <summary>Closes every feed, when the node stops.</summary>
    public void CloseAll()
    {
        foreach (var feed in All()) Close(feed, FeedEnd.Stopping);
    }

    /// <summary>Delivers events until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await foreach (var happened in _events.Reader.ReadAllAsync(cancel))
        {
            try
            {
                if (Interlocked.Exchange(ref _gap, 0) == 1) await CatchUpAsync(cancel);
                await DeliverAsync(happened, cancel);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The event is lost for the feeds: read the truth with the next one.
                Interlocked.Exchange(ref _gap, 1);
                Log.DeliveryFailed(_log, e);
            }
        }
    }

    private void Enqueue(HomeEvent happened)
    {
        var queued = _events.Writer.TryWrite(happened);
        if (!queued) Interlocked.Exchange(ref _gap, 1);
        IroriMeter.EventOffered(queued);
    }

    private async Task DeliverAsync(HomeEvent happened, CancellationToken cancel)
    {
        switch (happened)
        {
            case StateChanged change when !_feeds.IsEmpty:
                var viewers = await ViewersAsync(change.Device, change.AccessVersion, cancel);
                foreach (var feed in Of(viewers)) feed.Offer(viewers, change);
                break;
            case PresenceChanged change when !_feeds.IsEmpty:
                var seers = await ViewersAsync(change.Device, change.AccessVersion, cancel);
                foreach (var feed in Of(seers)) feed.Offer(seers, change);
                break;
            case AccessChanged change:
                await LoseAsync(change.Device, cancel);
                break;
            case SessionEnded ended:
                foreach (var feed in All().Where(f => f.Principal.Session == ended.Session)) Close(feed, FeedEnd.SessionEnded);
                break;
        }
    }

    private async Task<Viewers> ViewersAsync(long device, long accessVersion, CancellationToken cancel)
    {
        if (_viewers.TryGetValue(device, out var known) && known.AccessVersion == accessVersion) return known;
        var fresh = await _database.ReadAsync(s => s.Bindings.ViewersAsync(device), cancel);
        if (_viewers.Count >= CacheLimit) _viewers.Clear();
        return _viewers[device] = fresh;
    }

    private async Task LoseAsync(long device, CancellationToken cancel)
    {
        _viewers.Remove(device);
        if (_feeds.IsEmpty) return;
        var viewers = await _database.ReadAsync(s => s.Bindings.ViewersAsync(device), cancel);
        foreach (var feed in All().Where(f => !viewers.Accounts.Contains(f.Principal.Account.No))) feed.Lose(device);
    }

    // After lost events: what every feed may see, where its version is newer than what was offered.
    private async Task CatchUpAsync(CancellationToken cancel)
    {
        _viewers.Clear();
        foreach (var feed in All())
        {
            for (long after = 0; ;)
            {
                var page = await _database.ReadAsync(
                    s => s.Bindings.ListAllAsync(feed.Principal.Account.No, feed.Principal.App.No, after, Page), cancel);
                foreach (var device in page.Where(d => feed.Seen(d.No) is not { } seen || (d.Epoch, d.Version).CompareTo(seen) > 0)) Offer(feed, device);
                if (page.Count < Page) break;
                after = page[^1].No;
            }
        }
    }

    private static void Offer(Feed feed, VisibleDevice device)
    {
        var viewers = new Viewers(device.Id, device.Product, device.OwnerId, 0, []);
        feed.Offer(viewers, new StateChanged(device.No, device.Epoch, device.Version, 0, StateText.ReadValues(device.Values)));
        feed.Offer(viewers, new PresenceChanged(device.No, device.Epoch, device.Online, 0));
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

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Warning, "An event could not be brought to the feeds; they will be read anew")]
        public static partial void DeliveryFailed(ILogger logger, Exception exception);
    }
}
