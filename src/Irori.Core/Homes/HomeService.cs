using Irori.Core.Accounts;
using Irori.Core.Bindings;

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

/// <summary>A new home. The limit is that of the dialect that makes it.</summary>
/// <param name="Name">Display name.</param>
/// <param name="Rooms">Names of its rooms, in order.</param>
/// <param name="End">Where in the account's order of homes.</param>
/// <param name="Limit">Most homes of an account.</param>
public sealed record NewHome(string Name, IReadOnlyList<string> Rooms, End End, int Limit);

/// <summary>Names a thing as the person sees it.</summary>
/// <param name="Kind">A device or a group.</param>
/// <param name="Owned">Whether it is his own.</param>
/// <param name="Id">Its id.</param>
public readonly record struct ThingName(ThingKind Kind, bool Owned, string Id);

/// <summary>Homes, rooms, and where things stand. A first home is made when one is first needed.</summary>
public sealed class HomeService(IDatabase database, HomeMembers members)
{
    /// <summary>Field of <see cref="FaultKind.LimitReached"/> when there are too many homes or rooms.</summary>
    public const string CountField = "homes";

    /// <summary>Field of <see cref="FaultKind.LimitReached"/> when the last home shall go.</summary>
    public const string LastHomeField = "lastHome";

    /// <summary>Field of <see cref="FaultKind.Unavailable"/> when the first home could not be made.</summary>
    public const string FirstHomeField = "firstHome";

    private const int Page = 200;

    // More than any request can name.
    private const int MaxThings = 20_000;

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
        var listed = await WriteAsync<HomeList>(
            async (s, changed) =>
            {
                // Two who look at once make one home.
                await s.Homes.LockAsync(account.No);
                changed.AddRange(await PlaceUnplacedAsync(s, account.No));
                return List(await s.Homes.ListAsync(account.No), (await s.Accounts.FindAsync(account.No))?.CurrentHome);
            },
            cancel);
        return homes.Count == 0 && listed.Fault is { Kind: FaultKind.Unavailable } fault ? fault with { Field = FirstHomeField } : listed;
    }

    /// <summary>One of the account's homes; null or empty: the current one.</summary>
    public async Task<Result<Home>> FindAsync(Account account, string? homeId, CancellationToken cancel)
    {
        if (!(await ListAsync(account, cancel)).Try(out var list, out var fault)) return fault;
        if (homeId is not { Length: > 0 } id) return list.Current;
        return list.Homes.FirstOrDefault(h => h.Id == id) is { } home ? home : Fault.NotVisible("home");
    }

    /// <summary>Adds a home with rooms, in this order, behind the account's others.</summary>
    public Task<Result<Home>> AddAsync(Account account, string name, IReadOnlyList<string> rooms, CancellationToken cancel) =>
        AddAsync(account, new NewHome(name, rooms, End.Back, int.MaxValue), cancel);

    /// <summary>Adds a home. <see cref="FaultKind.LimitReached"/> with <see cref="CountField"/>: the account has as many as the limit.</summary>
    public Task<Result<Home>> AddAsync(Account account, NewHome wanted, CancellationToken cancel) => database.WriteAsync<Home>(
        async s =>
        {
            await s.Homes.LockAsync(account.No);
            var homes = await s.Homes.ListAsync(account.No);
            if (homes.Count(h => h.Role == Role.Owner) >= wanted.Limit) return new Fault(FaultKind.LimitReached, $"An account has at most {wanted.Limit} homes", CountField);
            var id = Ids.Hex24();
            var no = await s.Homes.AddAsync(account.No, id, wanted.Name, RankAt([.. homes.Select(h => h.Rank)], wanted.End));
            for (var i = 0; i < wanted.Rooms.Count; i++) await s.Homes.AddRoomAsync(no, Ids.Hex24(), wanted.Rooms[i], i);
            if (homes.Count == 0) await s.Accounts.SetCurrentHomeAsync(account.No, id);
            return (await s.Homes.FindAsync(account.No, id))!;
        },
        cancel);

    /// <summary>Renames a home; null: the current one. <see cref="FaultKind.NotAllowed"/>: by a member.</summary>
    public Task<Result<Done>> RenameAsync(Account account, string? homeId, string name, CancellationToken cancel) =>
        ChangeOwnAsync(account, homeId, async (s, home) => await Ok(s.Homes.RenameAsync(home.No, name)), cancel);

    /// <summary>
    /// Removes a home; its things go to another one, and one becomes the current. The last home stays: <see cref="FaultKind.LimitReached"/> with
    /// <see cref="LastHomeField"/>. Its members are members no more. Other faults: not visible; <see cref="FaultKind.NotAllowed"/> by a member, or when a
    /// home of somebody else shall receive; <see cref="FaultKind.Invalid"/> when the home itself shall receive or become current.
    /// </summary>
    public Task<Result<Done>> RemoveAsync(Account account, string homeId, string receiverId, string currentId, CancellationToken cancel) => WriteAsync<Done>(
        async (s, changed) =>
        {
            await s.Homes.LockAsync(account.No);
            var homes = await s.Homes.ListAsync(account.No);
            if (homes.FirstOrDefault(h => h.Id == homeId) is not { } home) return Fault.NotVisible("home");
            if (home.Role != Role.Owner) return NotTheOwner;
            if (homes.Count(h => h.Role == Role.Owner) == 1) return new Fault(FaultKind.LimitReached, "The only home cannot be deleted", LastHomeField);
            if (receiverId == homeId) return Fault.Invalid("receiver", "The devices must go to another home");
            if (currentId == homeId) return Fault.Invalid("current", "Another home must become the current one");
            if (homes.FirstOrDefault(h => h.Id == receiverId) is not { } receiver) return Fault.NotVisible("home that receives the devices");
            if (!homes.Any(h => h.Id == currentId)) return Fault.NotVisible("home that becomes current");
            if (receiver.Role != Role.Owner) return Fault.NotAllowed("The devices must go to a home of the owner");
            changed.AddRange(await members.MoveThingsAsync(s, home, receiver));
            changed.AddRange(await members.DissolveAsync(s, home));
            await s.Messages.MoveAsync(account.No, home.No, receiver.No);
            await s.Scenes.MoveAsync(account.No, home.No, receiver.No);
            await s.Homes.RemoveAsync(home.No);
            await s.Accounts.SetCurrentHomeAsync(account.No, currentId);
            return new Done();
        },
        cancel);

    /// <summary>Makes a home the current one.</summary>
    public Task<Result<Done>> SetCurrentAsync(Account account, string homeId, CancellationToken cancel) =>
        ChangeAsync(account, homeId, async (s, home) => await Ok(s.Accounts.SetCurrentHomeAsync(account.No, home.Id)), cancel);

    /// <summary>
    /// Adds a room at an end of the home's order of rooms. <see cref="FaultKind.LimitReached"/> with <see cref="CountField"/>: the home has as many as the
    /// limit. <see cref="FaultKind.NotAllowed"/>: by a member.
    /// </summary>
    public Task<Result<Room>> AddRoomAsync(Account account, string homeId, string name, End end, int limit, CancellationToken cancel) => database.WriteAsync<Room>(
        async s =>
        {
            await s.Homes.LockAsync(account.No);
            if (await s.Homes.FindAsync(account.No, homeId) is not { } home) return Fault.NotVisible("home");
            if (home.Role != Role.Owner) return NotTheOwner;
            if (home.Rooms.Count >= limit) return new Fault(FaultKind.LimitReached, $"A home has at most {limit} rooms", CountField);
            var id = Ids.Hex24();
            await s.Homes.AddRoomAsync(home.No, id, name, RankAt([.. home.Rooms.Select(r => r.Rank)], end));
            return (await s.Homes.FindRoomAsync(account.No, id))!;
        },
        cancel);

    /// <summary>Renames a room. <see cref="FaultKind.NotAllowed"/>: by a member.</summary>
    public Task<Result<Done>> RenameRoomAsync(Account account, string roomId, string name, CancellationToken cancel) =>
        ChangeOwnRoomAsync(account, roomId, async (s, room) => await Ok(s.Homes.RenameRoomAsync(room.No, name)), cancel);

    /// <summary>Removes a room; its things stay in the home, in no room. <see cref="FaultKind.NotAllowed"/>: by a member.</summary>
    public Task<Result<Done>> RemoveRoomAsync(Account account, string roomId, CancellationToken cancel) =>
        ChangeOwnRoomAsync(account, roomId, async (s, room) => await Ok(s.Homes.RemoveRoomAsync(room.No)), cancel);

    /// <summary>
    /// Numbers the rooms of a home (null: the current one) from 0 in this order. Faults: not visible (a room that is not of this home);
    /// <see cref="FaultKind.Invalid"/> when one is missing or stands there twice; <see cref="FaultKind.NotAllowed"/> by a member.
    /// </summary>
    public Task<Result<Done>> SortRoomsAsync(Account account, string? homeId, IReadOnlyList<string> roomIds, CancellationToken cancel) => ChangeOwnAsync(
        account,
        homeId,
        async (s, home) =>
        {
            var rooms = home.Rooms.ToDictionary(r => r.Id);
            if (!roomIds.All(rooms.ContainsKey)) return Fault.NotVisible("room");
            if (roomIds.Count != rooms.Count || roomIds.Distinct().Count() != rooms.Count) return Fault.Invalid("order", "All rooms of the home must be listed, each once");
            for (var rank = 0; rank < roomIds.Count; rank++) await s.Homes.RankRoomAsync(home.No, rooms[roomIds[rank]].No, rank);
            return new Done();
        },
        cancel);

    /// <summary>
    /// Numbers the things of a home (null: the current one) from 0 in this order. What the app may not see stands behind them, in its order. Faults:
    /// not visible (a thing that does not stand in this home); <see cref="FaultKind.Invalid"/> when one is missing or stands there twice;
    /// <see cref="FaultKind.NotAllowed"/> by a member: the order of a home is its owner's.
    /// </summary>
    public Task<Result<Done>> SortThingsAsync(Principal who, string? homeId, IReadOnlyList<ThingName> order, CancellationToken cancel) => WriteAsync<Done>(
        async (s, changed) =>
        {
            if (!(await ResolveAsync(s, who.Account.No, homeId, roomId: null)).Try(out var place, out var fault)) return fault;
            var home = place.Home;
            if (home.Role != Role.Owner) return NotTheOwner;
            changed.AddRange(await PlaceUnplacedAsync(s, who.Account.No));
            var placed = await s.Homes.PlacedAsync(who.Account.No, who.App.No, home.No, MaxThings);
            var seen = placed.Where(t => t.Seen).ToDictionary(NameOf);
            if (!order.All(seen.ContainsKey)) return Fault.NotVisible("thing");
            if (order.Count != seen.Count || order.Distinct().Count() != seen.Count) return Fault.Invalid("order", "All devices and groups of the home must be listed, each once");
            var rank = 0;
            foreach (var thing in order.Select(name => seen[name]).Concat(placed.Where(t => !t.Seen)))
            {
                if (thing.Rank != rank) await s.Homes.RankThingAsync(thing, rank);
                rank++;
            }

            return new Done();
        },
        cancel);

    /// <summary>
    /// Changes what is in a room: what only <paramref name="before"/> names leaves it, what only <paramref name="after"/> names enters it, and anything else
    /// stays where it is. Faults: not visible (room, a thing, a thing of another home); <see cref="FaultKind.Invalid"/> when the room has not all of
    /// <paramref name="before"/>; <see cref="FaultKind.NotAllowed"/> for a thing that a member has from the home's owner.
    /// </summary>
    public Task<Result<Done>> SetRoomThingsAsync(
        Principal who, string roomId, IReadOnlyList<ThingName> before, IReadOnlyList<ThingName> after, CancellationToken cancel) => WriteAsync<Done>(
        async (s, changed) =>
        {
            if (!(await RoomAsync(s, who.Account.No, roomId)).Try(out var place, out var fault)) return fault;
            var room = place.Room;
            changed.AddRange(await PlaceUnplacedAsync(s, who.Account.No));
            var ids = before.Concat(after).Select(t => t.Id).Distinct().ToList();
            var known = (await s.Homes.PlacedAsync(who.Account.No, who.App.No, ids)).Where(t => t.Seen).ToDictionary(NameOf);
            if (!before.Concat(after).All(known.ContainsKey)) return Fault.NotVisible("thing");
            if (before.Any(t => known[t].Room != room.No)) return Fault.Invalid("before", "Not everything that was named stands in the room");
            if (after.Any(t => known[t].Home != room.Home)) return Fault.NotVisible("thing of this home");
            if (before.Except(after).Concat(after.Except(before)).Any(t => known[t].Follows)) return NotTheOwner;
            foreach (var thing in before.Except(after)) await members.MoveToRoomAsync(s, who.Account.No, known[thing], room: null);
            foreach (var thing in after.Except(before)) await members.MoveToRoomAsync(s, who.Account.No, known[thing], room.No);
            return new Done();
        },
        cancel);

    /// <summary>The home of an id (null: the current one) and room of an id (null: none) within a unit of work.</summary>
    internal static async Task<Result<(Home Home, Room? Room)>> ResolveAsync(IStores stores, long account, string? homeId, string? roomId)
    {
        // Two things that are placed at once must not stand in one place.
        await stores.Homes.LockAsync(account);
        var home = homeId is null ? await EnsureAsync(stores, account) : await stores.Homes.FindAsync(account, homeId);
        if (home is { Role: Role.Member })
        {
            // Its rooms stay while something is put there, and so does he.
            await stores.Homes.LockAsync(home.Owner);
            home = await stores.Homes.FindAsync(account, home.Id);
        }

        if (home is null) return Fault.NotVisible("home");
        if (roomId is null) return (home, null);
        var room = home.Rooms.FirstOrDefault(r => r.Id == roomId);
        return room is null ? Fault.NotVisible("room") : (home, room);
    }

    /// <summary>The rank of a thing that joins a home at an end.</summary>
    internal static async Task<long> RankAtAsync(IStores stores, Home home, End end) =>
        await stores.Homes.RankRangeAsync(home.No) is { } range ? end == End.Front ? range.Min - 1 : range.Max + 1 : 0;

    /// <summary>The account's current home within a unit of work; a first one is made.</summary>
    internal static async Task<Home> EnsureAsync(IStores stores, long account)
    {
        var homes = await stores.Homes.ListAsync(account);
        if (homes.Count > 0) return List(homes, (await stores.Accounts.FindAsync(account))?.CurrentHome).Current;
        var id = Ids.Hex24();
        await stores.Homes.AddAsync(account, id, FirstHomeName, rank: 0);
        await stores.Accounts.SetCurrentHomeAsync(account, id);
        return (await stores.Homes.FindAsync(account, id))!;
    }

    private async Task<IReadOnlyList<long>> PlaceUnplacedAsync(IStores stores, long account)
    {
        var home = await EnsureAsync(stores, account);
        var changed = new List<long>();
        while (await stores.Homes.UnplacedAsync(account, Page) is { Count: > 0 } page)
        {
            var rank = (await stores.Homes.RankRangeAsync(home.No))?.Max ?? -1;
            foreach (var device in page) changed.AddRange(await members.PlaceAsync(stores, account, home.No, room: null, device, ++rank));
        }

        return changed;
    }

    // What others may use now than before is announced after the commit.
    private async Task<Result<T>> WriteAsync<T>(Func<IStores, List<long>, Task<Result<T>>> work, CancellationToken cancel)
    {
        var changed = new List<long>();
        var done = await database.WriteAsync<T>(
            s =>
            {
                // It may run again.
                changed.Clear();
                return work(s, changed);
            },
            cancel);
        if (done.IsOk) members.Announce(changed);
        return done;
    }

    private Task<Result<Done>> ChangeAsync(Account account, string? homeId, Func<IStores, Home, Task<Result<Done>>> change, CancellationToken cancel) =>
        database.WriteAsync<Done>(
            async s => (await ResolveAsync(s, account.No, homeId, roomId: null)).Try(out var place, out var fault) ? await change(s, place.Home) : fault,
            cancel);

    private Task<Result<Done>> ChangeOwnAsync(Account account, string? homeId, Func<IStores, Home, Task<Result<Done>>> change, CancellationToken cancel) =>
        ChangeAsync(account, homeId, async (s, home) => home.Role == Role.Owner ? await change(s, home) : NotTheOwner, cancel);

    private Task<Result<Done>> ChangeOwnRoomAsync(Account account, string roomId, Func<IStores, Room, Task<Result<Done>>> change, CancellationToken cancel) =>
        database.WriteAsync<Done>(
            async s =>
            {
                if (!(await RoomAsync(s, account.No, roomId)).Try(out var place, out var fault)) return fault;
                return place.Home.Role == Role.Owner ? await change(s, place.Room) : NotTheOwner;
            },
            cancel);

    private static async Task<Result<(Home Home, Room Room)>> RoomAsync(IStores stores, long account, string roomId)
    {
        await stores.Homes.LockAsync(account);
        if ((await stores.Homes.ListAsync(account)).FirstOrDefault(h => h.Rooms.Any(r => r.Id == roomId)) is not { } home) return Fault.NotVisible("room");
        return (await ResolveAsync(stores, account, home.Id, roomId)).Try(out var place, out var fault) ? (place.Home, place.Room!) : fault;
    }

    private static Fault NotTheOwner => Fault.NotAllowed("Only its owner changes a home");

    private static async Task<Result<Done>> Ok(Task change)
    {
        await change;
        return new Done();
    }

    private static ThingName NameOf(PlacedThing thing) => new(thing.Kind, thing.Owned, thing.Id);

    // Ranks may have gaps and be negative.
    private static long RankAt(IReadOnlyList<long> ranks, End end) => ranks.Count == 0 ? 0 : end == End.Front ? ranks.Min() - 1 : ranks.Max() + 1;

    private static HomeList List(IReadOnlyList<Home> homes, string? current) =>
        new(homes, homes.FirstOrDefault(h => h.Id == current) ?? homes[0]);
}
