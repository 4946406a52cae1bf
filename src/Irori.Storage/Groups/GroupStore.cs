using Irori.Core.Bindings;
using Irori.Core.Groups;
using Irori.Storage.Sql;

namespace Irori.Storage.Groups;

internal sealed class GroupStore(SqlSession session) : IGroupStore
{
    private const string Columns =
        """
        SELECT g.no, g.id, g.account, g.kind, g.main, p.no AS product, g.changed, d.id AS main_id, g.name, g.state, g.created, h.id AS home_id, r.id AS room_id, coalesce(x.rank, 0) AS rank
        FROM groups g
        LEFT JOIN devices d ON d.no = g.main
        LEFT JOIN products p ON p.no = coalesce(g.product, d.product)
        LEFT JOIN placements l ON l.account = g.account AND l.item_kind = 'group' AND l.item = g.no
        LEFT JOIN homes h ON h.no = l.home
        LEFT JOIN rooms r ON r.no = l.room
        LEFT JOIN ranks x ON x.item_kind = 'group' AND x.item = g.no AND
            ((g.kind = 'Control' AND x.owner_kind = 'home' AND x.owner = l.home AND x.list = 'things')
            OR (g.kind = 'Folder' AND x.owner_kind = 'account' AND x.owner = g.account AND x.list = 'groups'))
        """;

    private const string SeenByApp =
        """
        (@app = 0 OR p.no IS NULL OR EXISTS (SELECT 1 FROM grants t WHERE t.app = @app AND
            (t.kind = 'All' OR (t.kind = 'Brand' AND t.target = p.brand) OR (t.kind = 'Product' AND t.target = p.no))))
        """;

    // A member of the home in which it stands sees it where he has its main device too.
    private const string SeenByPerson =
        """
        (g.account = @account OR (
            EXISTS (SELECT 1 FROM placements f WHERE f.account = @account AND f.item_kind = 'group' AND f.item = g.no)
            AND EXISTS (SELECT 1 FROM bindings b WHERE b.account = @account AND b.device = g.main)))
        """;

    public Task<Group?> FindAsync(long account, long app, string id) => session.FirstAsync<Group>(
        $"{Columns} WHERE g.id = @id AND {SeenByPerson} AND {SeenByApp}", new { account, app, id });

    public Task<IReadOnlyList<Group>> ListInHomeAsync(long account, long app, long home, PlaceCursor from, int limit) => session.ListAsync<Group>(
        $"""
        {Columns}
        WHERE g.no IN (SELECT v.item FROM placements v WHERE v.home = @home AND v.account = @account AND v.item_kind = 'group')
            AND {SeenByPerson} AND (x.rank, x.item) > (@Rank, @After) AND {SeenByApp}
        ORDER BY x.rank, x.item LIMIT @limit
        """,
        new { account, app, home, from.Rank, from.After, limit });

    public Task<IReadOnlyList<Group>> ListFoldersAsync(long account, int limit) => session.ListAsync<Group>(
        $"{Columns} WHERE g.account = @account AND g.kind = 'Folder' ORDER BY coalesce(x.rank, 0), g.no LIMIT @limit", new { account, limit });

    public Task<IReadOnlyList<Group>> ListAllAsync(long account, long app, int limit) => session.ListAsync<Group>(
        $"{Columns} WHERE g.account = @account AND {SeenByApp} ORDER BY g.no LIMIT @limit", new { account, app, limit });

    public Task TouchAsync(long group, DateTimeOffset now) => session.ExecuteAsync("UPDATE groups SET changed = @now WHERE no = @group", new { group, now });

    public Task<int> CountAsync(long account, GroupKind kind) => session.FirstAsync<int>(
        "SELECT count(*) FROM groups WHERE account = @account AND kind = @kind", new { account, kind = kind.ToString() });

    public async Task<long> AddAsync(Group group)
    {
        var no = await session.FirstAsync<long>(
            """
            INSERT INTO groups (id, account, kind, main, product, name, state, created) VALUES (@Id, @Account, @kind, @Main, @Product, @Name, @State, @Created)
            RETURNING no
            """,
            new { group.Id, group.Account, kind = group.Kind.ToString(), group.Main, group.Product, group.Name, group.State, group.Created });
        if (group.Kind == GroupKind.Folder) await RankAsync("account", group.Account, "groups", no, group.Rank);
        return no;
    }

    public async Task PlaceAsync(long account, long group, long home, long? room, long rank)
    {
        await session.ExecuteAsync("DELETE FROM ranks WHERE owner_kind = 'home' AND list = 'things' AND item_kind = 'group' AND item = @group", new { group });
        await session.ExecuteAsync(
            """
            INSERT INTO placements (account, item_kind, item, home, room) VALUES (@account, 'group', @group, @home, @room)
            ON CONFLICT (account, item_kind, item) DO UPDATE SET home = excluded.home, room = excluded.room
            """,
            new { account, group, home, room });
        await RankAsync("home", home, "things", group, rank);
    }

    public async Task FollowAsync(long owner)
    {
        const string Groups = "SELECT no FROM groups WHERE account = @owner";
        await session.ExecuteAsync($"DELETE FROM placements WHERE item_kind = 'group' AND account <> @owner AND item IN ({Groups})", new { owner });
        await session.ExecuteAsync(
            """
            INSERT INTO placements (account, item_kind, item, home, room)
            SELECT m.account, 'group', l.item, l.home, l.room FROM groups g
            JOIN placements l ON l.account = g.account AND l.item_kind = 'group' AND l.item = g.no
            JOIN members o ON o.home = l.home AND o.account = g.account AND o.role = 'Owner'
            JOIN members m ON m.home = l.home AND m.role = 'Member'
            WHERE g.account = @owner
            """,
            new { owner });
    }

    public async Task ChangeAsync(Group group, string name, long? rank)
    {
        await session.ExecuteAsync("UPDATE groups SET name = @name WHERE no = @No", new { group.No, name });
        if (rank is { } place) await RankAsync("account", group.Account, "groups", group.No, place);
    }

    public Task SetStateAsync(long group, string state) => session.ExecuteAsync("UPDATE groups SET state = @state WHERE no = @group", new { group, state });

    public Task RemoveAsync(long group) => RemoveAsync("no = @group", new { group });

    public Task<IReadOnlyList<long>> MembersAsync(long group) =>
        session.ListAsync<long>("SELECT device FROM group_members WHERE group_no = @group ORDER BY rank, device", new { group });

    public async Task SetMembersAsync(long group, IReadOnlyList<long> devices)
    {
        await session.ExecuteAsync("DELETE FROM group_members WHERE group_no = @group", new { group });
        for (var rank = 0; rank < devices.Count; rank++)
            await session.ExecuteAsync("INSERT INTO group_members (group_no, device, rank) VALUES (@group, @device, @rank)", new { group, device = devices[rank], rank });
    }

    public Task AddMemberAsync(long group, long device) => session.ExecuteAsync(
        """
        INSERT INTO group_members (group_no, device, rank)
        SELECT @group, @device, coalesce(max(m.rank), -1) + 1 FROM group_members m WHERE m.group_no = @group
        ON CONFLICT (group_no, device) DO NOTHING
        """,
        new { group, device });

    public Task RemoveMemberAsync(long group, long device) =>
        session.ExecuteAsync("DELETE FROM group_members WHERE group_no = @group AND device = @device", new { group, device });

    public Task<IReadOnlyList<Membership>> OfDevicesAsync(long account, IEnumerable<long> devices) => session.ListAsync<Membership>(
        $"""
        SELECT m.device, g.id AS group_id, g.kind FROM group_members m JOIN groups g ON g.no = m.group_no
        WHERE {SeenByPerson} AND m.device IN (SELECT CAST(value AS BIGINT) FROM json_each(@list)) ORDER BY m.device, g.no
        """,
        new { account, list = SqlSession.List(devices) });

    public Task<IReadOnlyList<long>> AlikeAsync(long device, IEnumerable<long> devices, string dialect, string kind) => session.ListAsync<long>(
        """
        SELECT DISTINCT d.no FROM devices d
        JOIN product_names n ON n.product = d.product AND n.dialect = @dialect AND n.kind = @kind
        JOIN product_names o ON o.value = n.value AND o.dialect = @dialect AND o.kind = @kind
        JOIN devices other ON other.product = o.product AND other.no = @device
        WHERE d.no IN (SELECT CAST(value AS BIGINT) FROM json_each(@list))
        """,
        new { device, list = SqlSession.List(devices), dialect, kind });

    public async Task LoseAsync(long account, long device)
    {
        await RemoveAsync("account = @account AND main = @device", new { account, device });
        await session.ExecuteAsync(
            "DELETE FROM group_members WHERE device = @device AND group_no IN (SELECT no FROM groups WHERE account = @account)", new { account, device });
    }

    public Task RemoveAllAsync(long account) => RemoveAsync("account = @account", new { account });

    private async Task RemoveAsync(string which, object parameters)
    {
        var groups = $"(SELECT no FROM groups WHERE {which})";
        await session.ExecuteAsync($"DELETE FROM group_members WHERE group_no IN {groups}", parameters);
        await session.ExecuteAsync($"DELETE FROM placements WHERE item_kind = 'group' AND item IN {groups}", parameters);
        await session.ExecuteAsync($"DELETE FROM ranks WHERE item_kind = 'group' AND item IN {groups}", parameters);
        await session.ExecuteAsync($"DELETE FROM groups WHERE {which}", parameters);
    }

    private Task RankAsync(string ownerKind, long owner, string list, long group, long rank) => session.ExecuteAsync(
        """
        INSERT INTO ranks (owner_kind, owner, list, item_kind, item, rank) VALUES (@ownerKind, @owner, @list, 'group', @group, @rank)
        ON CONFLICT (owner_kind, owner, list, item_kind, item) DO UPDATE SET rank = excluded.rank
        """,
        new { ownerKind, owner, list, group, rank });
}
