using Irori.Core.Bindings;
using Irori.Core.Outbox;
using Irori.Storage.Homes;
using Irori.Storage.Links;
using Irori.Storage.Outbox;
using Irori.Storage.Sql;

namespace Irori.Storage.Bindings;

internal sealed class BindingStore(SqlSession session) : IBindingStore
{
    private const string Columns = "SELECT account, device, role, alias, settings, wishes, permit, since FROM bindings";

    private string Fields =>
        $"""
        SELECT d.no, d.id, coalesce(b.alias, d.name) AS name, d.product, b.role, b.permit, b.settings, o.id AS owner_id, d.factory, d.tags, d.owner_since,
            {OnlineSql.Of(session.Engine)} AS online, pd.id AS parent_id, coalesce(k.told, TRUE) AS offline_told, coalesce(k.closed, k.opened) AS last_seen, k.ip, b.since,
            b.remark, b.labels, d.lifecycle, (p.binding_mode = 'Open' AND d.open_to_single = FALSE) AS is_open,
            s.epoch, s.version, s.vals AS "values", h.id AS home_id, r.id AS room_id, coalesce(x.rank, 0) AS rank
        """;

    private const string Joined =
        """
        LEFT JOIN bindings ob ON ob.device = d.no AND ob.role = 'Owner'
        LEFT JOIN accounts o ON o.no = ob.account
        LEFT JOIN devices pd ON pd.no = d.parent
        LEFT JOIN links k ON k.device = d.no
        LEFT JOIN nodes n ON n.node = k.node AND n.incarnation = k.incarnation
        LEFT JOIN homes h ON h.no = l.home
        LEFT JOIN rooms r ON r.no = l.room
        """;

    private string Visible =>
        $"""
        {Fields}
        FROM bindings b
        JOIN devices d ON d.no = b.device
        JOIN products p ON p.no = d.product
        JOIN states s ON s.device = d.no
        LEFT JOIN placements l ON l.account = b.account AND l.item_kind = 'device' AND l.item = d.no
        {Joined}
        LEFT JOIN ranks x ON x.owner_kind = 'home' AND x.owner = l.home AND x.list = 'things' AND x.item_kind = 'device' AND x.item = d.no
        """;

    private static readonly string SeenByApp = SeenBy("@app");

    private static string SeenBy(string app) =>
        $"""
        ({app} = 0 OR EXISTS (SELECT 1 FROM grants g WHERE g.app = {app} AND
            (g.kind = 'All' OR (g.kind = 'Brand' AND g.target = p.brand) OR (g.kind = 'Product' AND g.target = p.no))))
        """;

    /// <summary>What a command needs of its device. PostgreSQL asks it of many devices, with a column before the others.</summary>
    public static string Targets(Engine engine, string place, string asked, string account, string app, string device) =>
        $"""
        SELECT {place} d.no, d.product, b.role, b.permit, s.vals AS guest_values, {OnlineSql.Of(engine)} AS online, k.node, k.incarnation
        FROM {asked} devices d
        JOIN bindings b ON b.device = d.no
        JOIN products p ON p.no = d.product
        LEFT JOIN states s ON s.device = d.no AND b.role = 'Guest'
        LEFT JOIN links k ON k.device = d.no
        LEFT JOIN nodes n ON n.node = k.node AND n.incarnation = k.incarnation
        WHERE d.id = {device} AND b.account = {account} AND {SeenBy(app)}
        """;

    public Task<VisibleDevice?> FindVisibleAsync(long account, long app, string deviceId) => session.FirstAsync<VisibleDevice>(
        $"{Visible} WHERE b.account = @account AND d.id = @deviceId AND {SeenByApp}", new { account, app, deviceId });

    public Task<VisibleDevice?> FindForAppAsync(long app, string deviceId) => session.FirstAsync<VisibleDevice>(
        $"""
        {Fields}
        FROM devices d
        JOIN products p ON p.no = d.product
        JOIN states s ON s.device = d.no
        CROSS JOIN (SELECT 'Guest' AS role, 0 AS permit, CAST(NULL AS TEXT) AS alias, CAST(@settings AS TEXT) AS settings, '' AS remark, '[]' AS labels, CAST(0 AS BIGINT) AS since) b
        LEFT JOIN placements l ON l.account = 0 AND l.item = d.no
        {Joined}
        LEFT JOIN ranks x ON x.owner = l.home AND x.item = d.no
        WHERE d.id = @deviceId AND {SeenByApp}
        """,
        new { app, deviceId, settings = "{}" });

    public Task<CommandTarget?> FindTargetAsync(long account, long app, string deviceId) => session.FirstAsync<CommandTarget>(
        Targets(session.Engine, "", "", "@account", "@app", "@deviceId"), new { account, app, deviceId });

    // Walks the home's ranks from the cursor on, whatever the size of the home: LEFT JOIN keeps both engines to this order of the tables, as long as
    // no condition tells them that it might as well be a JOIN, so that is hidden in coalesce. The number in the text tells PostgreSQL's generic plan
    // that few rows are wanted.
    public Task<IReadOnlyList<VisibleDevice>> ListVisibleAsync(long account, long app, long home, PlaceCursor from, int limit) =>
        session.ListAsync<VisibleDevice>(
            $"""
            {Fields}
            FROM ranks x
            LEFT JOIN bindings b ON b.account = @account AND b.device = x.item
            LEFT JOIN placements l ON l.account = @account AND l.item_kind = 'device' AND l.item = x.item
            LEFT JOIN devices d ON d.no = x.item
            LEFT JOIN products p ON p.no = d.product
            LEFT JOIN states s ON s.device = x.item
            {Joined}
            WHERE x.owner_kind = 'home' AND x.owner = @home AND x.list = 'things' AND x.item_kind = 'device' AND (x.rank, x.item) > (@Rank, @After)
                AND coalesce(b.device = x.item AND l.home = @home, FALSE) AND {SeenByApp}
            ORDER BY x.rank, x.item LIMIT {limit}
            """,
            new { account, app, home, from.Rank, from.After });

    public Task<IReadOnlyList<VisibleDevice>> FindVisibleAsync(long account, long app, IReadOnlyCollection<string> deviceIds) => session.ListAsync<VisibleDevice>(
        $"{Visible} WHERE b.account = @account AND d.id IN (SELECT value FROM json_each(@list)) AND {SeenByApp}",
        new { account, app, list = SqlSession.List(deviceIds) });

    public Task<IReadOnlyList<VisibleDevice>> ListInGroupAsync(long account, long app, long group) => session.ListAsync<VisibleDevice>(
        $"""
        {Visible}
        JOIN group_members m ON m.device = d.no
        WHERE b.account = @account AND m.group_no = @group AND {SeenByApp}
        ORDER BY m.rank, m.device
        """,
        new { account, app, group });

    public Task LockAsync(long account, IReadOnlyCollection<string> deviceIds) => session.ExecuteAsync(
        """
        UPDATE bindings SET since = since WHERE account = @account AND device IN
            (SELECT no FROM devices WHERE id IN (SELECT value FROM json_each(@list)))
        """,
        new { account, list = SqlSession.List(deviceIds) });

    public Task<IReadOnlyList<VisibleDevice>> ListAllAsync(long account, long app, long after, int limit) => session.ListAsync<VisibleDevice>(
        $"{Visible} WHERE b.account = @account AND b.device > @after AND {SeenByApp} ORDER BY b.device LIMIT @limit", new { account, app, after, limit });

    public Task<IReadOnlyList<VisibleDevice>> ListBoundAsync(long account, long app, bool disabledToo, int skip, int limit) => session.ListAsync<VisibleDevice>(
        $"""
        {Visible} WHERE b.account = @account AND {SeenByApp} AND (@disabledToo = TRUE OR d.lifecycle <> 'Disabled') ORDER BY b.device LIMIT @limit OFFSET @skip
        """,
        new { account, app, disabledToo, skip, limit });

    public Task<IReadOnlyList<DeviceUser>> UsersAsync(long device, Role role, int limit) => session.ListAsync<DeviceUser>(
        """
        SELECT a.id, b.since,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Name' AND l.scope = '') AS name,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Phone' AND l.scope = '') AS phone,
            (SELECT min(l.value) FROM logins l WHERE l.account = a.no AND l.kind = 'Email' AND l.scope = '') AS email
        FROM bindings b JOIN accounts a ON a.no = b.account WHERE b.device = @device AND b.role = @role ORDER BY b.since, b.account LIMIT @limit
        """,
        new { device, role = role.ToString(), limit });

    public Task SetRoleAsync(long account, long device, Role role) => session.ExecuteAsync(
        "UPDATE bindings SET role = @role WHERE account = @account AND device = @device", new { account, device, role = role.ToString() });

    public Task SetOwnWordsAsync(long account, long device, string? remark, IReadOnlyList<string>? labels) => session.ExecuteAsync(
        """
        UPDATE bindings SET remark = coalesce(@remark, remark), labels = coalesce(@labels, labels) WHERE account = @account AND device = @device
        """,
        new { account, device, remark, labels = labels is null ? null : SqlSession.List(labels) });

    public Task<int> CountAsync(long account, long home) => session.FirstAsync<int>(
        "SELECT count(*) FROM placements WHERE account = @account AND home = @home", new { account, home });

    public Task<Binding?> FindAsync(long account, long device) =>
        session.FirstAsync<Binding>($"{Columns} WHERE account = @account AND device = @device", new { account, device });

    public Task<IReadOnlyList<Binding>> OfDeviceAsync(long device) =>
        session.ListAsync<Binding>($"{Columns} WHERE device = @device ORDER BY account", new { device });

    public Task<IReadOnlyList<Binding>> OfAccountAsync(long account, long after, int limit) => session.ListAsync<Binding>(
        $"{Columns} WHERE account = @account AND device > @after ORDER BY device LIMIT @limit", new { account, after, limit });

    public async Task PutAsync(Binding binding)
    {
        await session.ExecuteAsync(
            """
            INSERT INTO bindings (account, device, role, alias, settings, wishes, permit, since) VALUES (@Account, @Device, @role, @Alias, @Settings, @wishes, @Permit, @Since)
            ON CONFLICT (account, device) DO UPDATE SET role = excluded.role, alias = excluded.alias, settings = excluded.settings, wishes = excluded.wishes,
                permit = excluded.permit, since = excluded.since
            """,
            new { binding.Account, binding.Device, role = binding.Role.ToString(), binding.Alias, binding.Settings, wishes = (int)binding.Wishes, binding.Permit, binding.Since });
        await WatchSql.UpdateAsync(session, binding.Device);
    }

    public Task SetAliasAsync(long account, long device, string? alias) => session.ExecuteAsync(
        "UPDATE bindings SET alias = @alias WHERE account = @account AND device = @device", new { account, device, alias });

    public async Task SetSettingsAsync(long account, long device, string settings, Wishes wishes)
    {
        await session.ExecuteAsync(
            "UPDATE bindings SET settings = @settings, wishes = @wishes WHERE account = @account AND device = @device", new { account, device, settings, wishes = (int)wishes });
        await WatchSql.UpdateAsync(session, device);
    }

    public async Task<bool> RemoveAsync(long account, long device)
    {
        // The binding first: who puts the device somewhere holds its row, and what he put is seen after that.
        var removed = await session.TryAsync("DELETE FROM bindings WHERE account = @account AND device = @device", new { account, device });
        await Placements.RemoveAsync(session, account, device);
        if (removed) await WatchSql.UpdateAsync(session, device);
        return removed;
    }

    public async Task<Viewers> ViewersAsync(long device) => (await ViewersAsync([device])).GetValueOrDefault(device, Viewers.Nobody);

    public async Task<IReadOnlyDictionary<long, Viewers>> ViewersAsync(IReadOnlyCollection<long> devices)
    {
        // One statement: who may see a device and the version of that are of one moment.
        var rows = await session.ListAsync<ViewedRow>(
            $"""
            SELECT d.no, d.id, d.product, d.access_version, o.id AS owner_id, b.account FROM devices d
            LEFT JOIN bindings b ON b.device = d.no
            LEFT JOIN bindings ob ON ob.device = d.no AND ob.role = 'Owner' LEFT JOIN accounts o ON o.no = ob.account
            WHERE d.no IN ({session.Engine.Numbers("@list")}) ORDER BY d.no
            """,
            new { list = SqlSession.List(devices) });
        var viewers = new Dictionary<long, Viewers>(devices.Count);
        for (var (first, next) = (0, 0); first < rows.Count; first = next)
        {
            var row = rows[first];
            var accounts = new List<long>();
            for (; next < rows.Count && rows[next].No == row.No; next++)
            {
                if (rows[next].Account is { } account) accounts.Add(account);
            }

            viewers[row.No] = new Viewers(row.Id, row.Product, row.OwnerId, row.AccessVersion, accounts);
        }

        return viewers;
    }

    private sealed class ViewedRow
    {
        public required long No { get; init; }

        public long? Account { get; init; }

        public required string Id { get; init; }

        public required long Product { get; init; }

        public required long AccessVersion { get; init; }

        public string? OwnerId { get; init; }
    }
}
