using Irori.Core.Bindings;

namespace Irori.Core.Homes;

/// <summary>A home, as one of its people sees it: owned by one account, shared with its members.</summary>
public sealed class Home
{
    /// <summary>Internal key.</summary>
    public long No { get; init; }

    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>Its place in the account's order of homes.</summary>
    public long Rank { get; init; }

    /// <summary>Whether the account owns it, or is a member of it.</summary>
    public required Role Role { get; init; }

    /// <summary>Internal key of the owner's account.</summary>
    public required long Owner { get; init; }

    /// <summary>Id of the owner's account.</summary>
    public required string OwnerId { get; init; }

    /// <summary>Its rooms in order, filled by <see cref="IHomeStore.ListAsync"/>.</summary>
    public IReadOnlyList<Room> Rooms { get; set; } = [];
}

/// <summary>A room of a home.</summary>
public sealed class Room
{
    /// <summary>Internal key.</summary>
    public long No { get; init; }

    /// <summary>Internal key of the home.</summary>
    public long Home { get; init; }

    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>Its place in the home's order of rooms.</summary>
    public long Rank { get; init; }
}

/// <summary>A thing that stands in a home.</summary>
public sealed class PlacedThing
{
    /// <summary>A device or a group.</summary>
    public required ThingKind Kind { get; init; }

    /// <summary>Internal key of the device or group.</summary>
    public required long No { get; init; }

    /// <summary>What dialects show.</summary>
    public required string Id { get; init; }

    /// <summary>Whether the account owns it; a group that it sees counts as its own.</summary>
    public required bool Owned { get; init; }

    /// <summary>Whether the account has it as a member of the home: it stands where the home's owner has put it.</summary>
    public required bool Follows { get; init; }

    /// <summary>Whether the app that asks may see it.</summary>
    public required bool Seen { get; init; }

    /// <summary>Internal key of the home.</summary>
    public required long Home { get; init; }

    /// <summary>Internal key of the room, or null.</summary>
    public long? Room { get; init; }

    /// <summary>Its place in the home's order.</summary>
    public required long Rank { get; init; }
}

/// <summary>Somebody in a home.</summary>
public sealed class HomePerson
{
    /// <summary>Internal key of his account.</summary>
    public required long Account { get; init; }

    /// <summary>Id of his account.</summary>
    public required string AccountId { get; init; }

    /// <summary>Owner or member.</summary>
    public required Role Role { get; init; }

    /// <summary>What he calls himself, possibly empty.</summary>
    public required string Nickname { get; init; }

    /// <summary>Of the owner his e-mail address or else his phone number, of a member the login by which the owner invited him; null: none.</summary>
    public string? Login { get; init; }

    /// <summary>Since when he is a member; null for the owner.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>Where a member of a home must have a device of its owner.</summary>
public sealed class MemberPlace
{
    /// <summary>Internal key of the member's account.</summary>
    public required long Account { get; init; }

    /// <summary>Internal key of the home.</summary>
    public required long Home { get; init; }

    /// <summary>Internal key of the room, or null.</summary>
    public long? Room { get; init; }
}

/// <summary>What can stand in a home. The names are stored.</summary>
public enum ThingKind
{
    /// <summary>A device.</summary>
    Device,

    /// <summary>A group of devices.</summary>
    Group,
}

/// <summary>Storage of homes, members, rooms, placements and ranks.</summary>
public interface IHomeStore
{
    /// <summary>Lets everybody else who changes the account's homes wait until this unit of work ends.</summary>
    Task LockAsync(long account);

    /// <summary>The homes that the account owns or is a member of, in order, each with its rooms.</summary>
    Task<IReadOnlyList<Home>> ListAsync(long account);

    /// <summary>The account's home of an id, or null.</summary>
    Task<Home?> FindAsync(long account, string id);

    /// <summary>Adds a home of which the account is the owner.</summary>
    Task<long> AddAsync(long account, string id, string name, long rank);

    /// <summary>Adds a room.</summary>
    Task<long> AddRoomAsync(long home, string id, string name, long rank);

    /// <summary>The room of an id in one of the account's homes, or null.</summary>
    Task<Room?> FindRoomAsync(long account, string id);

    /// <summary>Renames a home.</summary>
    Task RenameAsync(long home, string name);

    /// <summary>Renames a room.</summary>
    Task RenameRoomAsync(long room, string name);

    /// <summary>Gives a room its place in the home's order of rooms.</summary>
    Task RankRoomAsync(long home, long room, long rank);

    /// <summary>Removes a room; its things stay in the home.</summary>
    Task RemoveRoomAsync(long room);

    /// <summary>What an account has in a home stands behind the things of another one then, in its order and in no room.</summary>
    Task MoveThingsAsync(long account, long home, long receiver);

    /// <summary>Removes a home in which nothing stands any more, with its rooms.</summary>
    Task RemoveAsync(long home);

    /// <summary>The owner of a home and its members, these by the time at which they joined.</summary>
    Task<IReadOnlyList<HomePerson>> PeopleAsync(long home);

    /// <summary>Makes an account a member of a home, at a place in its order of homes.</summary>
    Task AddMemberAsync(long home, long account, long rank);

    /// <summary>The account is no member of the home any more. False when it was none.</summary>
    Task<bool> RemoveMemberAsync(long home, long account);

    /// <summary>Who must have a device as a member, and where: the members of the home in which this account, as its owner, has it.</summary>
    Task<IReadOnlyList<MemberPlace>> FollowersAsync(long account, long device);

    /// <summary>Devices that an account owns in a home, by internal key, after one.</summary>
    Task<IReadOnlyList<long>> OwnedInAsync(long account, long home, long after, int limit);

    /// <summary>Devices that an account has as a member of a home, by internal key, after one.</summary>
    Task<IReadOnlyList<long>> FollowedInAsync(long account, long home, long after, int limit);

    /// <summary>Puts a device where another account has it in a home; its place in the order is the home's.</summary>
    Task FollowAsync(MemberPlace place, long device);

    /// <summary>The account has a device in no home any more.</summary>
    Task UnplaceAsync(long account, long device);

    /// <summary>
    /// What the account has in one of its homes, in order, at most <paramref name="limit"/>. App 0 sees everything.
    /// </summary>
    Task<IReadOnlyList<PlacedThing>> PlacedAsync(long account, long app, long home, int limit);

    /// <summary>What the account has of these ids, in whatever home.</summary>
    Task<IReadOnlyList<PlacedThing>> PlacedAsync(long account, long app, IReadOnlyCollection<string> ids);

    /// <summary>Gives a thing its place in a home's order.</summary>
    Task RankThingAsync(PlacedThing thing, long rank);

    /// <summary>Puts a thing into a room of the home in which it stands, or into none.</summary>
    Task MoveToRoomAsync(long account, PlacedThing thing, long? room);

    /// <summary>Puts a device into one of the account's homes, or moves it there; rank decides the order.</summary>
    Task PlaceAsync(long account, long home, long? room, long device, long rank);

    /// <summary>The smallest and the largest rank of the home's things, or null when it has none.</summary>
    Task<(long Min, long Max)?> RankRangeAsync(long home);

    /// <summary>Where the account has the device, or null.</summary>
    Task<long?> FindPlacementAsync(long account, long device);

    /// <summary>Devices that the account has nowhere, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<long>> UnplacedAsync(long account, int limit);

    /// <summary>Removes what the account owns of homes, with rooms, placements and ranks.</summary>
    Task RemoveAllAsync(long account);
}
