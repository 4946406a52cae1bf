using Irori.Core.Links;
using Irori.Storage.Sql;

namespace Irori.Storage.Links;

internal sealed class LinkStore(SqlSession session) : ILinkStore
{
    public Task<long> StartNodeAsync(string node, string version, TimeSpan lease) => session.FirstAsync<long>(
        $"""
        INSERT INTO nodes (node, incarnation, version, lease_until) VALUES (@node, 1, @version, {session.Engine.Now} + @milliseconds)
        ON CONFLICT (node) DO UPDATE SET incarnation = nodes.incarnation + 1, version = excluded.version, lease_until = excluded.lease_until
        RETURNING incarnation
        """,
        new { node, version, milliseconds = (long)lease.TotalMilliseconds });

    public Task<bool> RenewAsync(string node, long incarnation, TimeSpan lease) => session.TryAsync(
        $"UPDATE nodes SET lease_until = {session.Engine.Now} + @milliseconds WHERE node = @node AND incarnation = @incarnation",
        new { node, incarnation, milliseconds = (long)lease.TotalMilliseconds });

    public Task<bool> ProbeAsync() => session.TryAsync("UPDATE installation SET mode = mode");

    public async Task<long> OpenAsync(long device, string node, long incarnation, string? ip, string protocol, DateTimeOffset now)
    {
        var epoch = await session.FirstAsync<long>("UPDATE states SET epoch = epoch + 1 WHERE device = @device RETURNING epoch", new { device });
        await session.ExecuteAsync(
            """
            INSERT INTO links (device, epoch, node, incarnation, opened, closed, ip, protocol) VALUES (@device, @epoch, @node, @incarnation, @now, NULL, @ip, @protocol)
            ON CONFLICT (device) DO UPDATE SET epoch = excluded.epoch, node = excluded.node, incarnation = excluded.incarnation,
                opened = excluded.opened, closed = NULL, ip = excluded.ip, protocol = excluded.protocol
            """,
            new { device, epoch, node, incarnation, now, ip, protocol });
        return epoch;
    }

    public Task<bool> CloseAsync(long device, long epoch, DateTimeOffset now) => session.TryAsync(
        "UPDATE links SET closed = @now WHERE device = @device AND epoch = @epoch AND closed IS NULL", new { device, epoch, now });

    public async Task<IReadOnlyList<ClosedLink>> CloseAbandonedAsync(DateTimeOffset now, int limit)
    {
        var rows = await session.ListAsync<ClosedRow>(
            $"""
            UPDATE links SET closed = @now WHERE closed IS NULL AND device IN (
                SELECT k.device FROM links k LEFT JOIN nodes n ON n.node = k.node AND n.incarnation = k.incarnation AND n.lease_until > {session.Engine.Now}
                WHERE k.closed IS NULL AND n.node IS NULL ORDER BY k.device LIMIT @limit)
            RETURNING device, epoch
            """,
            new { now, limit });
        return [.. rows.Select(r => new ClosedLink(r.Device, r.Epoch))];
    }

    public Task<LinkRow?> FindAsync(long device) => session.FirstAsync<LinkRow>(
        $"""
        SELECT k.device, k.epoch, k.node, k.incarnation, k.opened, k.closed, k.ip, k.protocol,
            (k.closed IS NULL AND n.lease_until > {session.Engine.Now}) AS online
        FROM links k LEFT JOIN nodes n ON n.node = k.node AND n.incarnation = k.incarnation WHERE k.device = @device
        """,
        new { device });

    public Task AddPresenceAsync(long device, PresenceKind kind, string? ip, long epoch, string reason, DateTimeOffset at) => session.ExecuteAsync(
        "INSERT INTO presence (device, at, kind, ip, epoch, reason) VALUES (@device, @at, @kind, @ip, @epoch, @reason)",
        new { device, at, kind = kind.ToString(), ip, epoch, reason });

    public Task<IReadOnlyList<PresenceRow>> PresenceAsync(long device, int limit) => session.ListAsync<PresenceRow>(
        "SELECT at, kind, ip, epoch, reason FROM presence WHERE device = @device ORDER BY at DESC, no DESC LIMIT @limit", new { device, limit });

    public async Task<bool> ToldOfflineAsync(long device, long epoch) => await session.FirstAsync<long>(
        "SELECT count(*) FROM presence WHERE device = @device AND epoch = @epoch AND kind = 'Offline'", new { device, epoch }) > 0;

    public Task<long> ActivatedAsync(long device, DateTimeOffset now) => session.FirstAsync<long>(
        """
        UPDATE devices SET activated = coalesce(activated, @now), lifecycle = CASE WHEN lifecycle = 'Inactive' THEN 'Active' ELSE lifecycle END
        WHERE no = @device RETURNING access_version
        """,
        new { device, now });

    public async Task<long?> ConfirmOfflineAsync(ClosedLink link, string reason, DateTimeOffset at)
    {
        var still = await session.FirstAsync<long?>(
            $"SELECT d.access_version FROM links k JOIN devices d ON d.no = k.device WHERE k.device = @Device AND k.epoch = @Epoch AND k.closed IS NOT NULL {session.Engine.ForUpdate}",
            new { link.Device, link.Epoch });
        if (still is null || await ToldOfflineAsync(link.Device, link.Epoch)) return null;
        await AddPresenceAsync(link.Device, PresenceKind.Offline, ip: null, link.Epoch, reason, at);
        return still;
    }

    private sealed class ClosedRow
    {
        public required long Device { get; init; }

        public required long Epoch { get; init; }
    }
}
