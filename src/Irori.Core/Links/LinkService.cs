using System.Collections.Concurrent;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.Outbox;
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
    private const string NodeGone = "node gone";

    private readonly IDatabase _database;
    private readonly IBus _bus;
    private readonly StorageGate _gate;
    private readonly OutboxSignal _outbox;
    private readonly TimeProvider _time;
    private readonly ILogger<LinkService> _log;
    private readonly ConcurrentDictionary<long, Link> _links = new();
    private readonly ConcurrentDictionary<LinkKey, string> _unclosed = new();
    private NodeIdentity _node;
    private int _opening;
    private int _stale;
    private int _doubt;

    /// <summary>Serves the bus with this node's links.</summary>
    public LinkService(
        IDatabase database, IBus bus, StorageGate gate, OutboxSignal outbox, NodeIdentity node, LinkSettings settings, TimeProvider time, ILogger<LinkService> log)
    {
        _database = database;
        _bus = bus;
        _gate = gate;
        _outbox = outbox;
        _time = time;
        _log = log;
        _node = node;
        Settings = settings;
        bus.Serve(node, HandleAsync);
        bus.Subscribe(Hear);
    }

    /// <summary>This node, in its present life.</summary>
    public NodeIdentity Node => Volatile.Read(ref _node);

    /// <summary>Lease and grace.</summary>
    public LinkSettings Settings { get; }

    /// <summary>Links open on this node.</summary>
    public int Count => _links.Count;

    /// <summary>Whether a device that connected now would be asked to come back: <see cref="LinkSettings.Admission"/> is used up.</summary>
    public bool IsCrowded => Volatile.Read(ref _opening) >= Settings.Admission;

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
            var node = Node;
            var opened = await _database.GroupWriteAsync<(long Epoch, long Access)>(
                device.Device,
                async s =>
                {
                    var back = await s.Links.FindAsync(device.Device) is { Told: false };
                    if (await s.Links.OpenAsync(device.Device, node, device.Gateway, channel.Ip, channel.Protocol, now) is not { } epoch)
                        return new Fault(FaultKind.Superseded, "The gateway's connection is over");
                    await s.Links.AddPresenceAsync(device.Device, back ? PresenceKind.ReOnline : PresenceKind.Online, channel.Ip, epoch, "connected", now);
                    var access = await s.Links.ActivatedAsync(device.Device, now);
                    return (epoch, access);
                },
                cancel);
            if (!opened.Try(out var row, out var fault)) return fault;
            var link = new Link(device, row.Epoch, channel, _database, _bus, _gate, _outbox, _time);
            if (!Keep(link)) return new Fault(FaultKind.Superseded, "A newer connection of the device has taken over");
            if (Node != node) Interlocked.Exchange(ref _stale, 1);
            _bus.Publish(new LinkOpened(device.Device, row.Epoch));
            Tell(new PresenceChanged(device.Device, row.Epoch, Online: true, row.Access));
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
        await CloseRowAsync(new LinkKey(link.Identity.Device, link.Epoch), reason);
    }

    /// <summary>
    /// A new life of this node has begun, after its lease was over and others may have taken it for dead. Its links are opened again by
    /// <see cref="TendAsync"/>, under the epochs they have.
    /// </summary>
    public void BeginLife(long incarnation)
    {
        Volatile.Write(ref _node, Node with { Incarnation = incarnation });
        Interlocked.Exchange(ref _stale, 1);
        _bus.Serve(Node, HandleAsync);
    }

    /// <summary>
    /// What is due: links of an earlier life are opened again, links are held against the database after a gap in the events, abandoned links are closed
    /// (<paramref name="others"/>: also those of dead nodes) and told offline after the grace. What fails is due again.
    /// </summary>
    public async Task TendAsync(bool others, CancellationToken cancel)
    {
        if (Interlocked.Exchange(ref _stale, 0) == 1) await RedoAsync(links => ReopenAsync(links, cancel), () => Interlocked.Exchange(ref _stale, 1));
        if (Interlocked.Exchange(ref _doubt, 0) == 1) await RedoAsync(links => ReviewAsync(links, cancel), () => Interlocked.Exchange(ref _doubt, 1));
        foreach (var (link, reason) in _unclosed)
        {
            if (_unclosed.TryRemove(link, out _)) await CloseRowAsync(link, reason);
        }

        if (await _database.ReadAsync(s => s.Links.AnyDueAsync(Node.Name, others, Settings.OfflineGrace), cancel)) await SweepAsync(others, cancel);
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
        _links.TryGetValue(command.Device, out var link) ? await link.CommandAsync(command, cancel) : CommandReply.NotSent;

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
            case HearingBack:
                Interlocked.Exchange(ref _doubt, 1);
                break;
        }
    }

    private async Task CloseRowAsync(LinkKey link, string reason)
    {
        try
        {
            var closed = await _database.GroupWriteAsync<bool>(link.Device, async s => await s.Links.CloseAsync(link.Device, link.Epoch), CancellationToken.None);
            if (!closed.Try(out var mine, out var fault)) throw new UnavailableException(fault.Reason);
            if (mine) _ = TellOfflineAsync(link, reason);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The row still says that the device is here: it is closed when the database is back.
            if (_unclosed.IsEmpty) Log.CloseFailed(_log, link.Device, e);
            _unclosed[link] = reason;
        }
    }

    private async Task RedoAsync(Func<IReadOnlyList<Link>, Task> work, Action again)
    {
        try
        {
            foreach (var page in _links.Values.Chunk(Page)) await work(page);
        }
        catch
        {
            again();
            throw;
        }
    }

    private async Task ReopenAsync(IReadOnlyList<Link> links, CancellationToken cancel)
    {
        var keys = links.Select(l => new LinkKey(l.Identity.Device, l.Epoch)).ToList();
        var mine = await _database.DoAsync(s => s.Links.ReopenAsync(keys, Node.Name, Node.Incarnation, _time.GetUtcNow()), cancel);
        foreach (var told in mine) Tell(new PresenceChanged(told.Device, told.Epoch, Online: true, told.AccessVersion));
        var kept = mine.Select(m => m.Device).ToHashSet();
        foreach (var link in links)
        {
            if (!kept.Contains(link.Identity.Device)) link.Channel.Close(LinkEnd.Superseded);
            // It was closed here while the batch opened it again.
            else if (!_links.TryGetValue(link.Identity.Device, out var now) || now != link) await CloseAsync(link, "disconnected");
        }
    }

    // What an event would have told: a newer link of the device, or another owner.
    private async Task ReviewAsync(IReadOnlyList<Link> links, CancellationToken cancel)
    {
        var facts = (await _database.ReadAsync(s => s.Links.FactsAsync([.. links.Select(l => l.Identity.Device)]), cancel)).ToDictionary(f => f.Device);
        foreach (var link in links)
        {
            if (!facts.TryGetValue(link.Identity.Device, out var fact) || fact.Epoch > link.Epoch) link.Channel.Close(LinkEnd.Superseded);
            else if (link.Identity.OwnerId is { } owner && owner != fact.OwnerId) link.Channel.Close(LinkEnd.OwnerChanged);
        }
    }

    private async Task SweepAsync(bool others, CancellationToken cancel)
    {
        while (await _database.DoAsync(s => s.Links.CloseAbandonedAsync(Node.Name, others: false, Page), cancel) == Page)
        {
        }

        while (others && await _database.DoAsync(s => s.Links.CloseAbandonedAsync(Node.Name, others: true, Page), cancel) == Page)
        {
        }

        IReadOnlyList<PresenceTold> told;
        do
        {
            told = await _database.DoAsync(s => s.Links.TellOfflineAsync(Settings.OfflineGrace, NodeGone, _time.GetUtcNow(), Page), cancel);
            foreach (var link in told) Tell(new PresenceChanged(link.Device, link.Epoch, Online: false, link.AccessVersion));
        }
        while (told.Count == Page);
    }

    // Somebody may want a message of it.
    private void Tell(PresenceChanged change)
    {
        _bus.Publish(change);
        _outbox.Set();
    }

    private async Task TellOfflineAsync(LinkKey link, string reason)
    {
        try
        {
            await Task.Delay(Settings.OfflineGrace, _time);
            var told = await _database.GroupWriteAsync<long?>(
                link.Device, async s => Result.Of(await s.Links.ConfirmOfflineAsync(link, reason, _time.GetUtcNow())), CancellationToken.None);
            if (told is { IsOk: true, Value: { } access }) Tell(new PresenceChanged(link.Device, link.Epoch, Online: false, access));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It stays due, and whoever sweeps next tells it.
            Log.OfflineFailed(_log, link.Device, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Warning, "The link of device number {Device} could not be closed in the database; trying again")]
        public static partial void CloseFailed(ILogger logger, long device, Exception exception);

        [LoggerMessage(2102, LogLevel.Warning, "Device number {Device} could not be told offline; trying again")]
        public static partial void OfflineFailed(ILogger logger, long device, Exception exception);
    }
}

/// <summary>A node and which life of it this is.</summary>
public sealed record NodeIdentity(string Name, long Incarnation);
