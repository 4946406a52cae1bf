using Irori.Core.Links;
using Irori.Core.Outbox;
using Irori.Storage.Outbox;
using Irori.Storage.Sql;

namespace Irori.Storage.Links;

internal sealed class LinkStore(SqlSession session) : ILinkStore
{
    private const string Untold = "closed IS NOT NULL AND NOT told";

    // The links of a node's earlier lives, which nobody but the node itself may still want.
    private const string Outlived = "FROM nodes n JOIN links k ON k.node = n.node AND k.closed IS NULL AND k.incarnation < n.incarnation WHERE n.node = @node";

    // The links of nodes whose lease is over.
    private string Orphaned =>
        $"""
        FROM nodes n JOIN links k ON k.node = n.node AND k.closed IS NULL AND k.incarnation <= n.incarnation
        WHERE n.node <> @node AND n.lease_until <= {session.Engine.Now}
        """;

    public Task<long> StartNodeAsync(string node, string version, TimeSpan lease) => session.FirstAsync<long>(
        $"""
        INSERT INTO nodes (node, incarnation, version, lease_until) VALUES (@node, 1, @version, {session.Engine.Now} + @milliseconds)
        ON CONFLICT (node) DO UPDATE SET incarnation = nodes.incarnation + 1, version = excluded.version, lease_until = excluded.lease_until
        RETURNING incarnation
        """,
        new { node, version, milliseconds = (long)lease.TotalMilliseconds });

    public async Task<Lease> RenewAsync(string node, long incarnation, long next, TimeSpan lease)
    {
        var known = await session.FirstAsync<LeaseRow>(
            $"SELECT n.incarnation, n.lease_until, {session.Engine.Now} AS now FROM nodes n WHERE n.node = @node {session.Engine.ForUpdate("n")}", new { node });
        if (known is null || (known.Incarnation != incarnation && known.Incarnation != next)) return new Lease(LeaseState.Taken, known?.Now ?? 0);
        var holds = known.Incarnation == incarnation && known.LeaseUntil > known.Now;
        await session.ExecuteAsync(
            $"UPDATE nodes SET incarnation = @life, lease_until = {session.Engine.Now} + @milliseconds WHERE node = @node",
            new { node, life = holds ? incarnation : next, milliseconds = (long)lease.TotalMilliseconds });
        return new Lease(holds ? LeaseState.Renewed : LeaseState.Lapsed, known.Now);
    }

    public Task<bool> ProbeAsync() => session.TryAsync("UPDATE installation SET mode = mode");

    public async Task<long?> OpenAsync(long device, NodeIdentity node, LinkKey? gateway, string? ip, string protocol, DateTimeOffset now)
    {
        if (gateway is not null && await session.FirstAsync<long?>("SELECT 1 FROM links WHERE device = @Device AND epoch = @Epoch AND closed IS NULL", new { gateway.Device, gateway.Epoch }) is null)
            return null;
        var epoch = await session.FirstAsync<long>("UPDATE states SET epoch = epoch + 1 WHERE device = @device RETURNING epoch", new { device });
        await session.ExecuteAsync(
            """
            INSERT INTO links (device, epoch, node, incarnation, gateway, gateway_epoch, opened, closed, told, ip, protocol)
            VALUES (@device, @epoch, @Name, @Incarnation, @gateway, @carried, @now, NULL, FALSE, @ip, @protocol)
            ON CONFLICT (device) DO UPDATE SET epoch = excluded.epoch, node = excluded.node, incarnation = excluded.incarnation,
                gateway = excluded.gateway, gateway_epoch = excluded.gateway_epoch, opened = excluded.opened, closed = NULL, told = FALSE, ip = excluded.ip, protocol = excluded.protocol
            """,
            new { device, epoch, node.Name, node.Incarnation, gateway = gateway?.Device, carried = gateway?.Epoch, now, ip, protocol });
        return epoch;
    }

    public async Task<IReadOnlyList<PresenceTold>> ReopenAsync(IReadOnlyList<LinkKey> links, string node, long incarnation, DateTimeOffset now)
    {
        var wanted = links.ToDictionary(l => l.Device, l => l.Epoch);
        var rows = await session.ListAsync<LinkState>(
            $"""
            SELECT k.device, k.epoch, k.told FROM links k JOIN states s ON s.device = k.device AND s.epoch = k.epoch
            WHERE k.device IN ({session.Engine.Numbers("@devices")}) ORDER BY k.device {session.Engine.ForUpdate("k")}
            """,
            new { devices = SqlSession.List(wanted.Keys) });
        var mine = rows.Where(r => wanted[r.Device] == r.Epoch).ToList();
        await session.ExecuteAsync(
            $"UPDATE links SET node = @node, incarnation = @incarnation, closed = NULL, told = FALSE WHERE device IN ({session.Engine.Numbers("@devices")})",
            new { node, incarnation, devices = SqlSession.List(mine.Select(m => m.Device)) });
        foreach (var link in mine.Where(m => m.Told))
        {
            await AddPresenceAsync(link.Device, PresenceKind.ReOnline, ip: null, link.Epoch, "the node is back", now);
            await FollowAsync(link.Device, Happening.Online, now);
        }

        return await ToldAsync(mine);
    }

    public Task<bool> CloseAsync(long device, long epoch) => session.TryAsync(
        $"UPDATE links SET closed = {session.Engine.Now} WHERE device = @device AND epoch = @epoch AND closed IS NULL", new { device, epoch });

    public async Task<bool> AnyDueAsync(string node, bool others, TimeSpan grace) => await session.FirstAsync<long>(
        $"""
        SELECT CASE WHEN EXISTS (SELECT 1 {Outlived}) OR (@others AND EXISTS (SELECT 1 {Orphaned}))
            OR EXISTS (SELECT 1 FROM links WHERE {Untold} AND closed <= {session.Engine.Now} - @grace) THEN 1 ELSE 0 END
        """,
        new { node, others, grace = (long)grace.TotalMilliseconds }) > 0;

    // A link of a dead node ended when its lease did.
    public Task<int> CloseAbandonedAsync(string node, bool others, int limit) => session.ExecuteAsync(
        $"""
        WITH gone AS (
            SELECT k.device AS no, CASE WHEN n.lease_until < {session.Engine.Now} THEN n.lease_until ELSE {session.Engine.Now} END AS at
            {(others ? Orphaned : Outlived)} ORDER BY k.device LIMIT @limit {session.Engine.SkipLocked("k")})
        UPDATE links SET closed = gone.at FROM gone WHERE links.device = gone.no AND links.closed IS NULL
        """,
        new { node, limit });

    public async Task<IReadOnlyList<PresenceTold>> TellOfflineAsync(TimeSpan grace, string reason, DateTimeOffset at, int limit)
    {
        var due = await session.ListAsync<LinkState>(
            $"""
            WITH due AS (
                SELECT k.device AS no FROM links k WHERE {Untold} AND k.closed <= {session.Engine.Now} - @grace
                ORDER BY k.closed LIMIT @limit {session.Engine.SkipLocked("k")})
            UPDATE links SET told = TRUE FROM due WHERE links.device = due.no AND NOT told RETURNING device, epoch, told
            """,
            new { grace = (long)grace.TotalMilliseconds, limit });
        foreach (var link in due) await AddPresenceAsync(link.Device, PresenceKind.Offline, ip: null, link.Epoch, reason, at);
        return await ToldAsync(due);
    }

    public async Task<long?> ConfirmOfflineAsync(LinkKey link, string reason, DateTimeOffset at)
    {
        if (!await session.TryAsync($"UPDATE links SET told = TRUE WHERE device = @Device AND epoch = @Epoch AND {Untold}", new { link.Device, link.Epoch })) return null;
        await AddPresenceAsync(link.Device, PresenceKind.Offline, ip: null, link.Epoch, reason, at);
        return await session.FirstAsync<long>("SELECT access_version FROM devices WHERE no = @Device", new { link.Device });
    }

    public Task<LinkRow?> FindAsync(long device) => session.FirstAsync<LinkRow>(
        $"""
        SELECT k.device, k.epoch, k.node, k.incarnation, k.opened, k.closed, k.told, k.ip, k.protocol,
            {OnlineSql.Of(session.Engine)} AS online
        FROM links k LEFT JOIN nodes n ON n.node = k.node AND n.incarnation = k.incarnation WHERE k.device = @device
        """,
        new { device });

    public Task<IReadOnlyList<LinkFacts>> FactsAsync(IReadOnlyCollection<long> devices) => session.ListAsync<LinkFacts>(
        $"""
        SELECT s.device, s.epoch, a.id AS owner_id FROM states s
        LEFT JOIN bindings b ON b.device = s.device AND b.role = 'Owner' LEFT JOIN accounts a ON a.no = b.account
        WHERE s.device IN ({session.Engine.Numbers("@devices")})
        """,
        new { devices = SqlSession.List(devices) });

    public async Task AddPresenceAsync(long device, PresenceKind kind, string? ip, long epoch, string reason, DateTimeOffset at)
    {
        await session.ExecuteAsync(
            "INSERT INTO presence (device, at, kind, ip, epoch, reason) VALUES (@device, @at, @kind, @ip, @epoch, @reason)",
            new { device, at, kind = kind.ToString(), ip, epoch, reason });
        if (kind != PresenceKind.ReOnline) await FollowAsync(device, kind == PresenceKind.Online ? Happening.Online : Happening.Offline, at);
    }

    public Task<IReadOnlyList<PresenceRow>> PresenceAsync(long device, int limit) => session.ListAsync<PresenceRow>(
        "SELECT at, kind, ip, epoch, reason FROM presence WHERE device = @device ORDER BY at DESC, no DESC LIMIT @limit", new { device, limit });

    public Task<long> ActivatedAsync(long device, DateTimeOffset now) => session.FirstAsync<long>(
        """
        UPDATE devices SET activated = coalesce(activated, @now), lifecycle = CASE WHEN lifecycle = 'Inactive' THEN 'Active' ELSE lifecycle END
        WHERE no = @device RETURNING access_version
        """,
        new { device, now });

    // Where anybody wants to be told of it.
    private Task FollowAsync(long device, Happening kind, DateTimeOffset at) => session.ExecuteAsync(
        $"""
        INSERT INTO outbox (lane, device, kind, at, body)
        SELECT {OutboxStore.Lane("s.device")}, s.device, @kind, @at, '' FROM states s WHERE s.device = @device AND (s.watch & @wish) <> 0
        """,
        new { device, kind = kind.ToString(), at, wish = (int)(Wishes.Presence | Wishes.Rules) });

    private async Task<IReadOnlyList<PresenceTold>> ToldAsync(IReadOnlyList<LinkState> links)
    {
        var versions = await session.ListAsync<AccessRow>(
            $"SELECT no, access_version FROM devices WHERE no IN ({session.Engine.Numbers("@devices")})", new { devices = SqlSession.List(links.Select(l => l.Device)) });
        var known = versions.ToDictionary(v => v.No, v => v.AccessVersion);
        return [.. links.Select(l => new PresenceTold(l.Device, l.Epoch, known[l.Device]))];
    }

    private sealed class LeaseRow
    {
        public required long Incarnation { get; init; }

        public required long LeaseUntil { get; init; }

        public required long Now { get; init; }
    }

    private sealed class LinkState
    {
        public required long Device { get; init; }

        public required long Epoch { get; init; }

        public required bool Told { get; init; }
    }

    private sealed class AccessRow
    {
        public required long No { get; init; }

        public required long AccessVersion { get; init; }
    }
}
