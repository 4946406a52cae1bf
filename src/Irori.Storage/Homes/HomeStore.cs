using Irori.Core.Homes;
using Irori.Storage.Sql;

namespace Irori.Storage.Homes;

internal sealed class HomeStore(SqlSession session) : IHomeStore
{
    // A group is as visible as its main device.
    private const string Placed =
        """
        SELECT l.item_kind AS kind, l.item AS no, coalesce(d.id, g.id) AS id, l.home, l.room, coalesce(x.rank, 0) AS rank,
            (g.no IS NOT NULL OR coalesce(b.role = 'Owner', FALSE)) AS owned,
            coalesce(g.account <> l.account, b.role = 'Member', FALSE) AS follows,
            (g.no IS NULL OR g.account = l.account OR EXISTS (SELECT 1 FROM bindings o WHERE o.account = l.account AND o.device = g.main)) AND
            (@app = 0 OR (g.no IS NOT NULL AND g.main IS NULL) OR EXISTS (SELECT 1 FROM grants t JOIN devices m ON m.no = coalesce(g.main, d.no)
                JOIN products p ON p.no = m.product WHERE t.app = @app AND
                (t.kind = 'All' OR (t.kind = 'Brand' AND t.target = p.brand) OR (t.kind = 'Product' AND t.target = p.no)))) AS seen
        FROM placements l
        LEFT JOIN devices d ON l.item_kind = 'device' AND d.no = l.item
        LEFT JOIN groups g ON l.item_kind = 'group' AND g.no = l.item
        LEFT JOIN bindings b ON l.item_kind = 'device' AND b.account = l.account AND b.device = l.item
        LEFT JOIN ranks x ON x.owner_kind = 'home' AND x.owner = l.home AND x.list = 'things' AND x.item_kind = l.item_kind AND x.item = l.item
        """;

    public Task LockAsync(long account) => session.ExecuteAsync("UPDATE accounts SET current_home = current_home WHERE no = @account", new { account });

    public async Task<IReadOnlyList<Home>> ListAsync(long account)
    {
        var homes = await session.ListAsync<Home>(
            """
            SELECT h.no, h.id, h.name, coalesce(r.rank, 0) AS rank, m.role, o.no AS owner, o.id AS owner_id FROM homes h JOIN members m ON m.home = h.no
            JOIN members om ON om.home = h.no AND om.role = 'Owner' JOIN accounts o ON o.no = om.account
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

    public async Task MoveThingsAsync(long account, long home, long receiver)
    {
        if (await RankRangeAsync(home) is { } range)
        {
            var shift = (await RankRangeAsync(receiver) is { } taken ? taken.Max + 1 : 0) - range.Min;
            await session.ExecuteAsync(
                """
                INSERT INTO ranks (owner_kind, owner, list, item_kind, item, rank)
                SELECT 'home', @receiver, 'things', x.item_kind, x.item, x.rank + @shift FROM ranks x
                JOIN placements l ON l.account = @account AND l.home = @home AND l.item_kind = x.item_kind AND l.item = x.item
                WHERE x.owner_kind = 'home' AND x.owner = @home AND x.list = 'things'
                ON CONFLICT (owner_kind, owner, list, item_kind, item) DO UPDATE SET rank = excluded.rank
                """,
                new { account, home, receiver, shift });
        }

        await session.ExecuteAsync("UPDATE placements SET home = @receiver, room = NULL WHERE account = @account AND home = @home", new { account, home, receiver });
        await session.ExecuteAsync(
            """
            DELETE FROM ranks WHERE owner_kind = 'home' AND owner = @home AND list = 'things' AND NOT EXISTS
                (SELECT 1 FROM placements l WHERE l.home = @home AND l.item_kind = ranks.item_kind AND l.item = ranks.item)
            """,
            new { home });
    }

    public async Task RemoveAsync(long home)
    {
        await session.ExecuteAsync("DELETE FROM ranks WHERE owner_kind = 'home' AND owner = @home", new { home });
        await session.ExecuteAsync("DELETE FROM ranks WHERE owner_kind = 'account' AND list = 'homes' AND item_kind = 'home' AND item = @home", new { home });
        await session.ExecuteAsync("DELETE FROM rooms WHERE home = @home", new { home });
        await session.ExecuteAsync("DELETE FROM members WHERE home = @home", new { home });
        await session.ExecuteAsync("DELETE FROM homes WHERE no = @home", new { home });
    }

    public Task<IReadOnlyList<HomePerson>> PeopleAsync(long home) => session.ListAsync<HomePerson>(
        """
        SELECT m.account, a.id AS account_id, m.role, a.nickname, s.changed AS since,
            CASE WHEN m.role = 'Member' THEN s.named
                ELSE (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind IN ('Email', 'Phone') AND l.scope = '') END AS login
        FROM members m JOIN accounts a ON a.no = m.account
        LEFT JOIN shares s ON s.target_kind = 'Home' AND s.target = m.home AND s.receiver = m.account AND s.state = 'Accepted'
        WHERE m.home = @home ORDER BY m.role DESC, s.changed, m.account
        """,
        new { home });

    public async Task AddMemberAsync(long home, long account, long rank)
    {
        await session.ExecuteAsync("INSERT INTO members (home, account, role) VALUES (@home, @account, 'Member')", new { home, account });
        await RankAsync("account", account, "homes", "home", home, rank);
    }

    public async Task<bool> RemoveMemberAsync(long home, long account)
    {
        await session.ExecuteAsync(
            "DELETE FROM ranks WHERE owner_kind = 'account' AND owner = @account AND list = 'homes' AND item_kind = 'home' AND item = @home", new { home, account });
        return await session.TryAsync("DELETE FROM members WHERE home = @home AND account = @account AND role = 'Member'", new { home, account });
    }

    public Task<IReadOnlyList<MemberPlace>> FollowersAsync(long account, long device) => session.ListAsync<MemberPlace>(
        """
        SELECT m.account, l.home, l.room FROM placements l
        JOIN bindings b ON b.account = l.account AND b.device = l.item AND b.role = 'Owner'
        JOIN members o ON o.home = l.home AND o.account = l.account AND o.role = 'Owner'
        JOIN members m ON m.home = l.home AND m.role = 'Member'
        WHERE l.account = @account AND l.item_kind = 'device' AND l.item = @device ORDER BY m.account
        """,
        new { account, device });

    public Task<IReadOnlyList<long>> OwnedInAsync(long account, long home, long after, int limit) => session.ListAsync<long>(
        """
        SELECT l.item FROM placements l JOIN bindings b ON b.account = l.account AND b.device = l.item AND b.role = 'Owner'
        WHERE l.account = @account AND l.home = @home AND l.item_kind = 'device' AND l.item > @after ORDER BY l.item LIMIT @limit
        """,
        new { account, home, after, limit });

    public Task<IReadOnlyList<long>> FollowedInAsync(long account, long home, long after, int limit) => session.ListAsync<long>(
        """
        SELECT l.item FROM placements l JOIN bindings b ON b.account = l.account AND b.device = l.item AND b.role = 'Member'
        WHERE l.account = @account AND l.home = @home AND l.item_kind = 'device' AND l.item > @after ORDER BY l.item LIMIT @limit
        """,
        new { account, home, after, limit });

    public async Task FollowAsync(MemberPlace place, long device)
    {
        if (await FindPlacementAsync(place.Account, device) is { } before && before != place.Home) await Placements.RemoveAsync(session, place.Account, device);
        await Placements.PutAsync(session, place.Account, place.Home, place.Room, device);
    }

    public Task UnplaceAsync(long account, long device) => Placements.RemoveAsync(session, account, device);

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
        if (await FindPlacementAsync(account, device) is { } before && before != home) await Placements.RemoveAsync(session, account, device);
        await Placements.PutAsync(session, account, home, room, device);
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
        await session.ExecuteAsync($"UPDATE messages SET home = NULL WHERE home IN {Mine}", new { account });
        await session.ExecuteAsync(
            $"""
            UPDATE bindings SET placed = FALSE WHERE placed AND EXISTS (SELECT 1 FROM placements l
                WHERE l.account = bindings.account AND l.item_kind = 'device' AND l.item = bindings.device AND (l.account = @account OR l.home IN {Mine}))
            """,
            new { account });
        await session.ExecuteAsync($"DELETE FROM placements WHERE account = @account OR home IN {Mine}", new { account });
        await session.ExecuteAsync($"DELETE FROM ranks WHERE owner_kind = 'home' AND owner IN {Mine}", new { account });
        await session.ExecuteAsync(
            $"DELETE FROM ranks WHERE owner_kind = 'account' AND (owner = @account OR (list = 'homes' AND item_kind = 'home' AND item IN {Mine}))", new { account });
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
