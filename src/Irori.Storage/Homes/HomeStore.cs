using Irori.Core.Homes;
using Irori.Storage.Sql;

namespace Irori.Storage.Homes;

internal sealed class HomeStore(SqlSession session) : IHomeStore
{
    // A group is as visible as its main device.
    private const string Placed =
        """
        SELECT l.item_kind AS kind, l.item AS no, coalesce(d.id, g.id) AS id, l.home, l.room, coalesce(x.rank, 0) AS rank,
            (g.no IS NOT NULL OR EXISTS (SELECT 1 FROM bindings b WHERE b.account = l.account AND b.device = d.no AND b.role = 'Owner')) AS owned,
            (@app = 0 OR (g.no IS NOT NULL AND g.main IS NULL) OR EXISTS (SELECT 1 FROM grants t JOIN devices m ON m.no = coalesce(g.main, d.no)
                JOIN products p ON p.no = m.product WHERE t.app = @app AND
                (t.kind = 'All' OR (t.kind = 'Brand' AND t.target = p.brand) OR (t.kind = 'Product' AND t.target = p.no)))) AS seen
        FROM placements l
        LEFT JOIN devices d ON l.item_kind = 'device' AND d.no = l.item
        LEFT JOIN groups g ON l.item_kind = 'group' AND g.no = l.item
        LEFT JOIN ranks x ON x.owner_kind = 'home' AND x.owner = l.home AND x.list = 'things' AND x.item_kind = l.item_kind AND x.item = l.item
        """;

    public Task LockAsync(long account) => session.ExecuteAsync("UPDATE accounts SET current_home = current_home WHERE no = @account", new { account });

    public async Task<IReadOnlyList<Home>> ListAsync(long account)
    {
        var homes = await session.ListAsync<Home>(
            """
            SELECT h.no, h.id, h.name, coalesce(r.rank, 0) AS rank FROM homes h JOIN members m ON m.home = h.no
            LEFT JOIN ranks r ON r.owner_kind = 'account' AND r.owner = m.account AND r.list = 'homes' AND r.item_kind = 'home' AND r.item = h.no
            WHERE m.account = @account ORDER BY coalesce(r.rank, 0), h.no
            """,
            new { account });
        if (homes.Count == 0) return homes;
        var rooms = await session.ListAsync<Room>(
            """
            SELECT o.no, o.home, o.id, o.name, coalesce(r.rank, 0) AS rank FROM rooms o JOIN members m ON m.home = o.home
            LEFT JOIN ranks r ON r.owner_kind = 'home' AND r.owner = o.home AND r.list = 'rooms' AND r.item_kind = 'room' AND r.item = o.no
            WHERE m.account = @account ORDER BY coalesce(r.rank, 0), o.no
            """,
            new { account });
        foreach (var home in homes) home.Rooms = [.. rooms.Where(r => r.Home == home.No)];
        return homes;
    }

    public async Task<Home?> FindAsync(long account, string id) => (await ListAsync(account)).FirstOrDefault(h => h.Id == id);

    public async Task<long> AddAsync(long account, string id, string name, long rank)
    {
        var no = await session.FirstAsync<long>("INSERT INTO homes (id, name) VALUES (@id, @name) RETURNING no", new { id, name });
        await session.ExecuteAsync("INSERT INTO members (home, account, role) VALUES (@no, @account, 'Owner')", new { no, account });
        await RankAsync("account", account, "homes", "home", no, rank);
        return no;
    }

    public async Task<long> AddRoomAsync(long home, string id, string name, long rank)
    {
        var no = await session.FirstAsync<long>("INSERT INTO rooms (id, home, name) VALUES (@id, @home, @name) RETURNING no", new { id, home, name });
        await RankAsync("home", home, "rooms", "room", no, rank);
        return no;
    }

    public Task<Room?> FindRoomAsync(long account, string id) => session.FirstAsync<Room>(
        """
        SELECT o.no, o.home, o.id, o.name, coalesce(r.rank, 0) AS rank FROM rooms o JOIN members m ON m.home = o.home
        LEFT JOIN ranks r ON r.owner_kind = 'home' AND r.owner = o.home AND r.list = 'rooms' AND r.item_kind = 'room' AND r.item = o.no
        WHERE m.account = @account AND o.id = @id
        """,
        new { account, id });

    public Task RenameAsync(long home, string name) => session.ExecuteAsync("UPDATE homes SET name = @name WHERE no = @home", new { home, name });

    public Task RenameRoomAsync(long room, string name) => session.ExecuteAsync("UPDATE rooms SET name = @name WHERE no = @room", new { room, name });

    public Task RankRoomAsync(long home, long room, long rank) => RankAsync("home", home, "rooms", "room", room, rank);

    public async Task RemoveRoomAsync(long room)
    {
        await session.ExecuteAsync("UPDATE placements SET room = NULL WHERE room = @room", new { room });
        await session.ExecuteAsync("DELETE FROM ranks WHERE owner_kind = 'home' AND list = 'rooms' AND item_kind = 'room' AND item = @room", new { room });
        await session.ExecuteAsync("DELETE FROM rooms WHERE no = @room", new { room });
    }

    public async Task RemoveAsync(long home, long receiver)
    {
        if (await RankRangeAsync(home) is { } range)
        {
            var shift = (await RankRangeAsync(receiver) is { } taken ? taken.Max + 1 : 0) - range.Min;
            await session.ExecuteAsync(
                "UPDATE ranks SET owner = @receiver, rank = rank + @shift WHERE owner_kind = 'home' AND owner = @home AND list = 'things'",
                new { home, receiver, shift });
        }

        await session.ExecuteAsync("UPDATE placements SET home = @receiver, room = NULL WHERE home = @home", new { home, receiver });
        await session.ExecuteAsync("DELETE FROM ranks WHERE owner_kind = 'home' AND owner = @home", new { home });
        await session.ExecuteAsync("DELETE FROM ranks WHERE owner_kind = 'account' AND list = 'homes' AND item_kind = 'home' AND item = @home", new { home });
        await session.ExecuteAsync("DELETE FROM rooms WHERE home = @home", new { home });
        await session.ExecuteAsync("DELETE FROM members WHERE home = @home", new { home });
        await session.ExecuteAsync("DELETE FROM homes WHERE no = @home", new { home });
    }

    public Task<IReadOnlyList<PlacedThing>> PlacedAsync(long account, long app, long home, int limit) => session.ListAsync<PlacedThing>(
        $"{Placed} WHERE l.account = @account AND l.home = @home ORDER BY x.rank, l.item LIMIT @limit", new { account, app, home, limit });

    public Task<IReadOnlyList<PlacedThing>> PlacedAsync(long account, long app, IReadOnlyCollection<string> ids) => session.ListAsync<PlacedThing>(
        $"""
        {Placed}
        WHERE l.account = @account AND (d.id IN (SELECT value FROM json_each(@list)) OR g.id IN (SELECT value FROM json_each(@list)))
        """,
        new { account, app, list = SqlSession.List(ids) });

    public Task RankThingAsync(PlacedThing thing, long rank) => RankAsync("home", thing.Home, "things", KindOf(thing), thing.No, rank);

    public Task MoveToRoomAsync(long account, PlacedThing thing, long? room) => session.ExecuteAsync(
        "UPDATE placements SET room = @room WHERE account = @account AND item_kind = @kind AND item = @No",
        new { account, room, kind = KindOf(thing), thing.No });

    public async Task PlaceAsync(long account, long home, long? room, long device, long rank)
    {
        var before = await FindPlacementAsync(account, device);
        if (before is not null && before != home)
        {
            await session.ExecuteAsync(
                "DELETE FROM ranks WHERE owner_kind = 'home' AND owner = @before AND list = 'things' AND item_kind = 'device' AND item = @device",
                new { before, device });
        }

        // The binding before the placement, as who removes both does.
        if (before is null) await session.ExecuteAsync("UPDATE bindings SET placed = TRUE WHERE account = @account AND device = @device", new { account, device });
        await session.ExecuteAsync(
            """
            INSERT INTO placements (account, item_kind, item, home, room) VALUES (@account, 'device', @device, @home, @room)
            ON CONFLICT (account, item_kind, item) DO UPDATE SET home = excluded.home, room = excluded.room
            """,
            new { account, device, home, room });
        await RankAsync("home", home, "things", "device", device, rank);
    }

    public async Task<(long Min, long Max)?> RankRangeAsync(long home)
    {
        var row = await session.FirstAsync<RangeRow>(
            "SELECT min(rank) AS min, max(rank) AS max FROM ranks WHERE owner_kind = 'home' AND owner = @home AND list = 'things'", new { home });
        return row is { Min: { } min, Max: { } max } ? (min, max) : null;
    }

    public Task<long?> FindPlacementAsync(long account, long device) => session.FirstAsync<long?>(
        "SELECT home FROM placements WHERE account = @account AND item_kind = 'device' AND item = @device", new { account, device });

    public Task<IReadOnlyList<long>> UnplacedAsync(long account, int limit) => session.ListAsync<long>(
        "SELECT device FROM bindings WHERE account = @account AND NOT placed ORDER BY device LIMIT @limit", new { account, limit });

    public async Task RemoveAllAsync(long account)
    {
        const string Mine = "(SELECT home FROM members WHERE account = @account AND role = 'Owner')";
        await session.ExecuteAsync(
            $"""
            UPDATE bindings SET placed = FALSE WHERE placed AND EXISTS (SELECT 1 FROM placements l
                WHERE l.account = bindings.account AND l.item_kind = 'device' AND l.item = bindings.device AND (l.account = @account OR l.home IN {Mine}))
            """,
            new { account });
        await session.ExecuteAsync($"DELETE FROM placements WHERE account = @account OR home IN {Mine}", new { account });
        await session.ExecuteAsync($"DELETE FROM ranks WHERE owner_kind = 'home' AND owner IN {Mine}", new { account });
        await session.ExecuteAsync("DELETE FROM ranks WHERE owner_kind = 'account' AND owner = @account", new { account });
        await session.ExecuteAsync($"DELETE FROM rooms WHERE home IN {Mine}", new { account });
        var homes = await session.ListAsync<long>($"SELECT home FROM ({Mine[1..^1]}) AS mine", new { account });
        await session.ExecuteAsync($"DELETE FROM members WHERE account = @account OR home IN {Mine}", new { account });
        foreach (var home in homes) await session.ExecuteAsync("DELETE FROM homes WHERE no = @home", new { home });
    }

    private static string KindOf(PlacedThing thing) => thing.Kind == ThingKind.Device ? "device" : "group";

    private Task RankAsync(string ownerKind, long owner, string list, string itemKind, long item, long rank) => session.ExecuteAsync(
        """
        INSERT INTO ranks (owner_kind, owner, list, item_kind, item, rank) VALUES (@ownerKind, @owner, @list, @itemKind, @item, @rank)
        ON CONFLICT (owner_kind, owner, list, item_kind, item) DO UPDATE SET rank = excluded.rank
        """,
        new { ownerKind, owner, list, itemKind, item, rank });

    private sealed class RangeRow
    {
        public long? Min { get; init; }

        public long? Max { get; init; }
    }
}
