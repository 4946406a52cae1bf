using Irori.Core.Accounts;

namespace Irori.Core.Homes;

/// <summary>An account's homes and the one it looks at.</summary>
public sealed record HomeList(IReadOnlyList<Home> Homes, Home Current);

/// <summary>At which end of a home's order a new thing stands.</summary>
public enum End
{
    /// <summary>Before all others.</summary>
    Front,

    /// <summary>Behind all others.</summary>
    Back,
}

/// <summary>Homes, rooms, and where things stand. A first home is made when one is first needed.</summary>
public sealed class HomeService(IDatabase database)
{
    private const int Page = 200;

    /// <summary>Name of a first home.</summary>
    public const string FirstHomeName = "My Home";

    /// <summary>The account's homes. Devices that it has in no home are put into the current one.</summary>
    public async Task<Result<HomeList>> ListAsync(Account account, CancellationToken cancel)
    {
        var (homes, current, unplaced) = await database.ReadAsync(
            async s =>
            {
                var fresh = await s.Accounts.FindAsync(account.No);
                return (await s.Homes.ListAsync(account.No), fresh?.CurrentHome, await s.Homes.UnplacedAsync(account.No, 1));
            },
            cancel);
        if (homes.Count > 0 && unplaced.Count == 0) return List(homes, current);
        return await database.WriteAsync<HomeList>(
            async s =>
            {
                // Two who look at once make one home.
                await s.Homes.LockAsync(account.No);
                var home = await EnsureAsync(s, account.No);
                await PlaceUnplacedAsync(s, account.No, home.No);
                return List(await s.Homes.ListAsync(account.No), (await s.Accounts.FindAsync(account.No))?.CurrentHome);
            },
            cancel);
    }

    /// <summary>Adds a home with rooms, in this order, behind the account's others.</summary>
    public Task<Result<Home>> AddAsync(Account account, string name, IReadOnlyList<string> rooms, CancellationToken cancel) => database.WriteAsync<Home>(
        async s =>
        {
            var homes = await s.Homes.ListAsync(account.No);
            var id = Ids.Hex24();
            var no = await s.Homes.AddAsync(account.No, id, name, homes.Count == 0 ? 0 : homes[^1].Rank + 1);
            for (var i = 0; i < rooms.Count; i++) await s.Homes.AddRoomAsync(no, Ids.Hex24(), rooms[i], i);
            if (homes.Count == 0) await s.Accounts.SetCurrentHomeAsync(account.No, id);
            return (await s.Homes.ListAsync(account.No)).First(h => h.No == no);
        },
        cancel);

    /// <summary>The home of an id (null: the current one) and room of an id (null: none) within a unit of work.</summary>
    internal static async Task<Result<(Home Home, Room? Room)>> ResolveAsync(IStores stores, long account, string? homeId, string? roomId)
    {
        // Two things that are placed at once must not stand in one place.
        await stores.Homes.LockAsync(account);
        var home = homeId is null ? await EnsureAsync(stores, account) : await stores.Homes.FindAsync(account, homeId);
        if (home is null) return Fault.NotVisible("home");
        if (roomId is null) return (home, null);
        var room = home.Rooms.FirstOrDefault(r => r.Id == roomId);
        return room is null ? Fault.NotVisible("room") : (home, room);
    }

    /// <summary>Puts a device at an end of a home within a unit of work and answers its rank.</summary>
    internal static async Task<long> PlaceAsync(IStores stores, long account, Home home, Room? room, long device, End end)
    {
        var rank = await RankAtAsync(stores, home, end);
        await stores.Homes.PlaceAsync(account, home.No, room?.No, device, rank);
        return rank;
    }

    /// <summary>The rank of a thing that joins a home at an end.</summary>
    internal static async Task<long> RankAtAsync(IStores stores, Home home, End end) =>
        await stores.Homes.RankRangeAsync(home.No) is { } range ? end == End.Front ? range.Min - 1 : range.Max + 1 : 0;

    private static async Task<Home> EnsureAsync(IStores stores, long account)
    {
        var homes = await stores.Homes.ListAsync(account);
        if (homes.Count > 0) return List(homes, (await stores.Accounts.FindAsync(account))?.CurrentHome).Current;
        var id = Ids.Hex24();
        await stores.Homes.AddAsync(account, id, FirstHomeName, rank: 0);
        await stores.Accounts.SetCurrentHomeAsync(account, id);
        return (await stores.Homes.FindAsync(account, id))!;
    }

    private static async Task PlaceUnplacedAsync(IStores stores, long account, long home)
    {
        while (await stores.Homes.UnplacedAsync(account, Page) is { Count: > 0 } page)
        {
            var rank = (await stores.Homes.RankRangeAsync(home))?.Max ?? -1;
            foreach (var device in page) await stores.Homes.PlaceAsync(account, home, room: null, device, ++rank);
        }
    }

    private static HomeList List(IReadOnlyList<Home> homes, string? current) =>
        new(homes, homes.FirstOrDefault(h => h.Id == current) ?? homes[0]);
}
