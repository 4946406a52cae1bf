namespace Irori.Core.Homes;

/// <summary>A home: owned by one account, shared by its members.</summary>
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

/// <summary>Storage of homes, members, rooms, placements and ranks.</summary>
public interface IHomeStore
{
    /// <summary>Lets everybody else who changes the account's homes wait until this unit of work ends.</summary>
    Task LockAsync(long account);

    /// <summary>The account's homes in order, each with its rooms.</summary>
    Task<IReadOnlyList<Home>> ListAsync(long account);

    /// <summary>The account's home of an id, or null.</summary>
    Task<Home?> FindAsync(long account, string id);

    /// <summary>Adds a home of which the account is the owner.</summary>
    Task<long> AddAsync(long account, string id, string name, long rank);

    /// <summary>Adds a room.</summary>
    Task<long> AddRoomAsync(long home, string id, string name, long rank);

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
