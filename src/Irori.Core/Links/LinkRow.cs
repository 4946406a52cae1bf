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

    /// <summary>Whether its end has been told as offline.</summary>
    public bool Told { get; init; }

    /// <summary>Open, on a living node whose lease is valid by the database's clock, and so its gateway's if it has one: the one definition of online.</summary>
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

/// <summary>One connection of a device, by its number.</summary>
public sealed record LinkKey(long Device, long Epoch);

/// <summary>A device whose presence has changed, with the version of the right to see it.</summary>
public sealed record PresenceTold(long Device, long Epoch, long AccessVersion);

/// <summary>What is stored about the device of a link now.</summary>
public sealed class LinkFacts
{
    /// <summary>Internal key of the device.</summary>
    public required long Device { get; init; }

    /// <summary>Number of its newest link.</summary>
    public required long Epoch { get; init; }

    /// <summary>Id of its owner's account, or null.</summary>
    public string? OwnerId { get; init; }
}

/// <summary>What became of a wish to renew a lease.</summary>
public enum LeaseState
{
    /// <summary>It holds on.</summary>
    Renewed,

    /// <summary>It was over, and others may have taken this node for dead: its next life has begun.</summary>
    Lapsed,

    /// <summary>Another process has begun a life of the node.</summary>
    Taken,
}

/// <summary>A lease, with the database's clock in milliseconds since 1970.</summary>
public sealed record Lease(LeaseState State, long Now);

/// <summary>Storage of nodes, links and presence. Leases and graces go by the database's clock.</summary>
public interface ILinkStore
{
    /// <summary>A node's new life: raises its incarnation and gives it a lease.</summary>
    Task<long> StartNodeAsync(string node, string version, TimeSpan lease);

    /// <summary>
    /// Renews a lease that holds. One that is over begins the life of number <paramref name="next"/>; asked again with the same number, because the
    /// answer was lost, it renews that.
    /// </summary>
    Task<Lease> RenewAsync(string node, long incarnation, long next, TimeSpan lease);

    /// <summary>A change that changes nothing, to prove that changes can be made durable.</summary>
    Task<bool> ProbeAsync();

    /// <summary>Raises the epoch, lays the link's row and answers the epoch; null when the link of the gateway that shall carry it is not open any more.</summary>
    Task<long?> OpenAsync(long device, NodeIdentity node, LinkKey? gateway, string? ip, string protocol, DateTimeOffset now);

    /// <summary>
    /// Opens links again, under a node's new life, that were swept or could be; those with a newer link stay as they are. Answers the devices that are
    /// open again, and notes for each whose offline was told that it is back.
    /// </summary>
    Task<IReadOnlyList<PresenceTold>> ReopenAsync(IReadOnlyList<LinkKey> links, string node, long incarnation, DateTimeOffset now);

    /// <summary>Marks the link closed if it still is the newest and open.</summary>
    Task<bool> CloseAsync(long device, long epoch);

    /// <summary>True when <see cref="CloseAbandonedAsync"/> or <see cref="TellOfflineAsync"/> would find something.</summary>
    Task<bool> AnyDueAsync(string node, bool others, TimeSpan grace);

    /// <summary>
    /// Closes at most <paramref name="limit"/> links, and answers how many: those of a node's earlier lives, or (<paramref name="others"/>) those of other
    /// nodes whose lease is over. Two who do this at once never close the same.
    /// </summary>
    Task<int> CloseAbandonedAsync(string node, bool others, int limit);

    /// <summary>
    /// Notes offline for at most <paramref name="limit"/> links that closed longer than the grace ago and whose end is not told. Two who do this at once
    /// never get the same.
    /// </summary>
    Task<IReadOnlyList<PresenceTold>> TellOfflineAsync(TimeSpan grace, string reason, DateTimeOffset at, int limit);

    /// <summary>Notes offline for one link if it is the newest, closed and not told, and answers the access version; else null.</summary>
    Task<long?> ConfirmOfflineAsync(LinkKey link, string reason, DateTimeOffset at);

    /// <summary>The link of a device, or null when it never connected.</summary>
    Task<LinkRow?> FindAsync(long device);

    /// <summary>What is stored about devices now.</summary>
    Task<IReadOnlyList<LinkFacts>> FactsAsync(IReadOnlyCollection<long> devices);

    /// <summary>Appends to the log of online and offline.</summary>
    Task AddPresenceAsync(long device, PresenceKind kind, string? ip, long epoch, string reason, DateTimeOffset at);

    /// <summary>The newest lines of the log of online and offline, newest first.</summary>
    Task<IReadOnlyList<PresenceRow>> PresenceAsync(long device, int limit);

    /// <summary>Marks the device's first connection and answers its access version.</summary>
    Task<long> ActivatedAsync(long device, DateTimeOffset now);
}
