using Irori.Core.Bindings;

namespace Irori.Core.Groups;

/// <summary>What a group is for.</summary>
public enum GroupKind
{
    /// <summary>Devices kept together; never controlled as one. A device may be in many.</summary>
    Folder,

    /// <summary>Devices controlled as one, built around a main device, standing in a home beside the devices.</summary>
    Control,
}

/// <summary>A group of devices. It is its owner's; the members of the home in which it stands see it and control it.</summary>
public sealed class Group
{
    /// <summary>Most members.</summary>
    public const int MaxMembers = 200;

    /// <summary>Largest shown state, in characters.</summary>
    public const int MaxState = 16 * 1024;

    /// <summary>Internal key.</summary>
    public long No { get; init; }

    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Internal key of the owner's account.</summary>
    public required long Account { get; init; }

    /// <summary>What it is for.</summary>
    public required GroupKind Kind { get; init; }

    /// <summary>Internal key of its main device; it is gone when that device is. Null for a folder.</summary>
    public long? Main { get; init; }

    /// <summary>Internal key of the product of all its members; null: they need not be alike. Of a group with a main device it is that one's product.</summary>
    public long? Product { get; init; }

    /// <summary>When its name or its members last changed; the beginning of time for never.</summary>
    public DateTimeOffset Changed { get; init; }

    /// <summary>Id of its main device, filled by queries.</summary>
    public string? MainId { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>The state that is shown for it, a JSON object: what was last stored or commanded.</summary>
    public string State { get; init; } = "{}";

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Id of the home in which a control group stands, or null; filled by queries.</summary>
    public string? HomeId { get; init; }

    /// <summary>Id of the room, or null; filled by queries.</summary>
    public string? RoomId { get; init; }

    /// <summary>Its place in the home's order of things, of a folder in the account's order of folders; filled by queries.</summary>
    public long Rank { get; init; }
}

/// <summary>A group in which a device is.</summary>
public sealed class Membership
{
    /// <summary>Internal key of the device.</summary>
    public required long Device { get; init; }

    /// <summary>Id of the group.</summary>
    public required string GroupId { get; init; }

    /// <summary>What the group is for.</summary>
    public required GroupKind Kind { get; init; }
}

/// <summary>
/// Storage of groups. A group is seen by its owner, and by members of his home who have it there and its main device too; a control group only through
/// an app that sees its main device (app 0 sees every product).
/// </summary>
public interface IGroupStore
{
    /// <summary>The group of an id that the account sees, or null.</summary>
    Task<Group?> FindAsync(long account, long app, string id);

    /// <summary>The control groups of a home in the home's order, from a rank on.</summary>
    Task<IReadOnlyList<Group>> ListInHomeAsync(long account, long app, long home, PlaceCursor from, int limit);

    /// <summary>The account's folders in order.</summary>
    Task<IReadOnlyList<Group>> ListFoldersAsync(long account, int limit);

    /// <summary>All groups of an account that an app sees, the oldest first.</summary>
    Task<IReadOnlyList<Group>> ListAllAsync(long account, long app, int limit);

    /// <summary>Notes that a group has changed.</summary>
    Task TouchAsync(long group, DateTimeOffset now);

    /// <summary>How many groups of a kind the account has.</summary>
    Task<int> CountAsync(long account, GroupKind kind);

    /// <summary>Adds a group and answers its internal key; a folder gets its rank.</summary>
    Task<long> AddAsync(Group group);

    /// <summary>Puts a control group into a home, or moves it there; rank decides the order.</summary>
    Task PlaceAsync(long account, long group, long home, long? room, long rank);

    /// <summary>Lets the members of the owner's homes have his control groups where he has them, and nobody else.</summary>
    Task FollowAsync(long owner);

    /// <summary>Sets the name, and a folder's rank where it is given.</summary>
    Task ChangeAsync(Group group, string name, long? rank);

    /// <summary>Sets the state that is shown.</summary>
    Task SetStateAsync(long group, string state);

    /// <summary>Removes a group with its members, placement and ranks.</summary>
    Task RemoveAsync(long group);

    /// <summary>Internal keys of the members, in order.</summary>
    Task<IReadOnlyList<long>> MembersAsync(long group);

    /// <summary>Replaces the members.</summary>
    Task SetMembersAsync(long group, IReadOnlyList<long> devices);

    /// <summary>Adds a member behind the others; one that is there stays where it is.</summary>
    Task AddMemberAsync(long group, long device);

    /// <summary>Removes a member; one that is not there is no fault.</summary>
    Task RemoveMemberAsync(long group, long device);

    /// <summary>In which of the account's groups devices are.</summary>
    Task<IReadOnlyList<Membership>> OfDevicesAsync(long account, IEnumerable<long> devices);

    /// <summary>Those of the devices whose product has a name of this dialect and kind in common with another device's product.</summary>
    Task<IReadOnlyList<long>> AlikeAsync(long device, IEnumerable<long> devices, string dialect, string kind);

    /// <summary>An account loses a device: it leaves the account's groups, and groups of which it is the main device are removed.</summary>
    Task LoseAsync(long account, long device);

    /// <summary>Removes every group of an account.</summary>
    Task RemoveAllAsync(long account);
}
