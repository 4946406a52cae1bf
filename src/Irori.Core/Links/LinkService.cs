using System.Collections.Concurrent;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Microsoft.Extensions.Logging;

namespace Irori.Core.Links;

/// <summary>How long a node's word holds, and how long a closed link is waited for.</summary>
public sealed record LinkSettings
{
    /// <summary>A node that has not renewed for this long is taken for dead.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A device whose link closed is told offline after this, unless it is back.</summary>
    public TimeSpan OfflineGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most links that this node opens at one time; others are asked to come back.</summary>
    public int Admission { get; init; } = 512;
}

/// <summary>The links of this node: opened under a new epoch, superseded by newer ones, told offline after a grace.</summary>
public sealed partial class LinkService
{
    private const int Page = 200;

    private readonly IDatabase _database;
    private readonly IBus _bus;
    private readonly StorageGate _gate;
    private readonly TimeProvider _time;
    private readonly ILogger<LinkService> _log;
    private readonly ConcurrentDictionary<long, Link> _links = new();
    private int _opening;

    /// <summary>Serves the bus with this node's links.</summary>
    public LinkService(
        IDatabase database, IBus bus, StorageGate gate, NodeIdentity node, LinkSettings settings, TimeProvider time, ILogger<LinkService> log)
    {
        _database = database;
        _bus = bus;
        _gate = gate;
        _time = time;
        _log = log;
        Node = node;
        Settings = settings;
        bus.Serve(HandleAsync);
        bus.Subscribe(Hear);
    }

    /// <summary>This node.</summary>
    public NodeIdentity Node { get; }

    /// <summary>Lease and grace.</summary>
    public LinkSettings Settings { get; }

    /// <summary>Links open on this node.</summary>
    public int Count => _links.Count;

    /// <summary>
    /// Opens a link under a new epoch, which ends every older one of the device. <see cref="FaultKind.Unavailable"/> with a time to come back when
    /// too many open at once.
    /// </summary>
    public async Task<Result<Link>> OpenAsync(LinkIdentity device, ILinkChannel channel, CancellationToken cancel)
    {
        try
        {
            if (Interlocked.Increment(ref _opening) > Settings.Admission)
                return new Fault(FaultKind.Unavailable, "Too many devices connect at once", RetryAfter: TimeSpan.FromSeconds(5));
            var now = _time.GetUtcNow();
            var opened = await _database.GroupWriteAsync<(long Epoch, long Access)>(
                device.Device,
                async s =>
                {
                    var back = await s.Links.FindAsync(device.Device) is { } old && !await s.Links.ToldOfflineAsync(device.Device, old.Epoch);
                    var epoch = await s.Links.OpenAsync(device.Device, Node.Name, Node.Incarnation, channel.Ip, channel.Protocol, now);
                    await s.Links.AddPresenceAsync(device.Device, back ? PresenceKind.ReOnline : PresenceKind.Online, channel.Ip, epoch, "connected", now);
                    var access = await s.Links.ActivatedAsync(device.Device, now);
                    return (epoch, access);
                },
                cancel);
            if (!opened.Try(out var row, out var fault)) return fault;
            var link = new Link(device, row.Epoch, channel, _database, _bus, _gate, _time);
            if (!Keep(link)) return new Fault(FaultKind.Superseded, "A newer connection of the device has taken over");
            _bus.Publish(new LinkOpened(device.Device, row.Epoch));
            _bus.Publish(new PresenceChanged(device.Device, row.Epoch, Online: true, row.Access));
            return link;
        }
        finally
        {
            Interlocked.Decrement(ref _opening);
        }
    }

    /// <summary>
    /// The connection is gone. The row is closed at once, so that commands are answered offline; apps are told after the grace, if the device is
    /// not back. A link that a newer one has superseded changes nothing.
    /// </summary>
    public async Task CloseAsync(Link link, string reason)
    {
        _links.TryRemove(new(link.Identity.Device, link));
        link.Abandon();
        try
        {
            var closed = await _database.GroupWriteAsync<bool>(
                link.Identity.Device, async s => await s.Links.CloseAsync(link.Identity.Device, link.Epoch, _time.GetUtcNow()), CancellationToken.None);
            if (closed is { IsOk: true, Value: true }) _ = TellOfflineAsync([new ClosedLink(link.Identity.Device, link.Epoch)], reason);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The row stays open under this life of the node; the sweep of abandoned links closes it after a restart at the latest.
            Log.CloseFailed(_log, link.Identity.DeviceId, e);
        }
    }

    /// <summary>Closes links that dead nodes, or earlier lives of this one, have left open, page by page, and tells their devices offline after the grace.</summary>
    public async Task SweepAsync(CancellationToken cancel)
    {
        while (true)
        {
            var closed = await _database.WriteAsync<IReadOnlyList<ClosedLink>>(
                async s => Result.Of(await s.Links.CloseAbandonedAsync(_time.GetUtcNow(), Page)), cancel);
            if (!closed.IsOk || closed.Value.Count == 0) return;
            _ = TellOfflineAsync(closed.Value, "node gone");
            if (closed.Value.Count < Page) return;
        }
    }

    /// <summary>Asks every device to leave, when the node stops, and waits until they have or the time is over.</summary>
    public async Task DrainAsync(CancellationToken cancel)
    {
        foreach (var (_, link) in _links) link.Channel.Close(LinkEnd.Draining);
        while (!_links.IsEmpty && !cancel.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool Keep(Link link)
    {
        while (true)
        {
            if (_links.TryAdd(link.Identity.Device, link)) return true;
            if (!_links.TryGetValue(link.Identity.Device, out var old)) continue;
            if (old.Epoch > link.Epoch) return false;
            if (!_links.TryUpdate(link.Identity.Device, link, old)) continue;
            old.Channel.Close(LinkEnd.Superseded);
            return true;
        }
    }

    private async Task<CommandReply> HandleAsync(DeviceCommand command, CancellationToken cancel) =>
        _links.TryGetValue(command.Device, out var link)
            ? await link.CommandAsync(command, cancel)
            : new CommandReply(CommandOutcome.Undelivered, NoLink: true);

    private void Hear(HomeEvent happened)
    {
        switch (happened)
        {
            case LinkOpened opened when _links.TryGetValue(opened.Device, out var link) && link.Epoch < opened.Epoch:
                link.Channel.Close(LinkEnd.Superseded);
                break;
            case AccessChanged { OwnerChanged: true } changed when _links.TryGetValue(changed.Device, out var link):
                link.Channel.Close(LinkEnd.OwnerChanged);
                break;
        }
    }

    private async Task TellOfflineAsync(IReadOnlyList<ClosedLink> closed, string reason)
    {
        try
        {
            await Task.Delay(Settings.OfflineGrace, _time);
            foreach (var link in closed)
            {
                var told = await _database.GroupWriteAsync<long?>(
                    link.Device, async s => Result.Of(await s.Links.ConfirmOfflineAsync(link, reason, _time.GetUtcNow())), CancellationToken.None);
                if (told is { IsOk: true, Value: { } access }) _bus.Publish(new PresenceChanged(link.Device, link.Epoch, Online: false, access));
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.OfflineFailed(_log, closed.Count, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Warning, "The link of {Device} could not be closed in the database")]
        public static partial void CloseFailed(ILogger logger, string device, Exception exception);

        [LoggerMessage(2102, LogLevel.Warning, "{Count} devices could not be told offline")]
        public static partial void OfflineFailed(ILogger logger, int count, Exception exception);
    }
}

/// <summary>This node and which life of it this is.</summary>
public sealed record NodeIdentity(string Name, long Incarnation);
