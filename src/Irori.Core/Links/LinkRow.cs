namespace Irori.Core.Links;

/// <summary>The stored row of a device's connection.</summary>
public sealed class LinkRow
{
    /// <summary>Internal key of the device.</summary>
    public required long Device { get; init; }

    /// <summary>Number of the connection; a higher one supersedes.</summary>
    public required long Epoch { get; init; }

    /// <summary>The node that holds it.</summary>
    public required string Node { get; init; }

    /// <summary>Which life of that node.</summary>
    public required long Incarnation { get; init; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset Opened { get; init; }

    /// <summary>When it was closed, or null.</summary>
    public DateTimeOffset? Closed { get; init; }

    /// <summary>The device's address.</summary>
    public string? Ip { get; init; }

    /// <summary>What it speaks.</summary>
    public required string Protocol { get; init; }

    /// <summary>Open, on a living node whose lease is valid by the database's clock: the one definition of online.</summary>
    public bool Online { get; init; }
}

/// <summary>What is written into the log of online and offline.</summary>
public enum PresenceKind
{
    /// <summary>Came online.</summary>
    Online,

    /// <summary>Came back, or over another connection, before it was told offline.</summary>
    ReOnline,

    /// <summary>Was told offline.</summary>
    Offline,
}

/// <summary>One line of the log of online and offline.</summary>
public sealed class PresenceRow
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What.</summary>
    public required PresenceKind Kind { get; init; }

    /// <summary>The device's address, or null.</summary>
    public string? Ip { get; init; }

    /// <summary>Number of the connection.</summary>
    public required long Epoch { get; init; }

    /// <summary>Why, in a word or two.</summary>
    public required string Reason { get; init; }
}

/// <summary>A closed link whose device is offline when the grace is over and no newer link has come.</summary>
public sealed record ClosedLink(long Device, long Epoch);

/// <summary>Storage of nodes, links and presence.</summary>
public interface ILinkStore
{
    /// <summary>A node's new life: raises its incarnation and gives it a lease by the database's clock.</summary>
    Task<long> StartNodeAsync(string node, string version, TimeSpan lease);

    /// <summary>Renews the lease; false when another life of the node has begun.</summary>
    Task<bool> RenewAsync(string node, long incarnation, TimeSpan lease);

    /// <summary>A change that changes nothing, to prove that changes can be made durable.</summary>
    Task<bool> ProbeAsync();

    /// <summary>Raises the epoch, lays the link's row and answers the epoch.</summary>
    Task<long> OpenAsync(long device, string node, long incarnation, string? ip, string protocol, DateTimeOffset now);

    /// <summary>Marks the link closed if it still is the newest and open.</summary>
    Task<bool> CloseAsync(long device, long epoch, DateTimeOffset now);

    /// <summary>Closes at most <paramref name="limit"/> open links whose node's lease is over or whose node lives a newer life.</summary>
    Task<IReadOnlyList<ClosedLink>> CloseAbandonedAsync(DateTimeOffset now, int limit);

    /// <summary>The link of a device, or null when it never connected.</summary>
    Task<LinkRow?> FindAsync(long device);

    /// <summary>Appends to the log of online and offline.</summary>
    Task AddPresenceAsync(long device, PresenceKind kind, string? ip, long epoch, string reason, DateTimeOffset at);

    /// <summary>The newest lines of the log of online and offline, newest first.</summary>
    Task<IReadOnlyList<PresenceRow>> PresenceAsync(long device, int limit);

    /// <summary>True when the log says offline for this epoch.</summary>
    Task<bool> ToldOfflineAsync(long device, long epoch);

    /// <summary>Marks the device's first connection and answers its access version.</summary>
    Task<long> ActivatedAsync(long device, DateTimeOffset now);

    /// <summary>Appends offline if the link of that epoch is still the newest and closed, and answers the access version; else null.</summary>
    Task<long?> ConfirmOfflineAsync(ClosedLink link, string reason, DateTimeOffset at);
}
