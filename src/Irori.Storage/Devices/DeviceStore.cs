using Irori.Core.Devices;
using Irori.Storage.Sql;

namespace Irori.Storage.Devices;

internal sealed class DeviceStore(SqlSession session) : IDeviceStore
{
    private const string Columns =
        "SELECT d.no, d.id, d.product, d.parent, d.source, d.name, d.lifecycle, d.owner_since, d.tags, d.factory, d.access_version, d.created, d.activated FROM devices d";

    public Task<Device?> FindAsync(string id) => session.FirstAsync<Device>($"{Columns} WHERE d.id = @id", new { id });

    public Task<Device?> FindAsync(long no) => session.FirstAsync<Device>($"{Columns} WHERE d.no = @no", new { no });

    public async Task<long?> AddAsync(Device device, IReadOnlyList<DeviceName> names)
    {
        var no = await session.FirstAsync<long?>(
            """
            INSERT INTO devices (id, product, source, name, lifecycle, tags, factory, access_version, created)
            VALUES (@Id, @Product, @source, @Name, @lifecycle, @Tags, @Factory, 1, @Created)
            ON CONFLICT (id) DO NOTHING
            RETURNING no
            """,
            new
            {
                device.Id, device.Product, source = device.Source.ToString(), device.Name, lifecycle = device.Lifecycle.ToString(), device.Tags, device.Factory, device.Created,
            });
        if (no is null) return null;
        await session.ExecuteAsync(
            "INSERT INTO states (device, epoch, version, vals, last_keys, updated) VALUES (@no, 0, 0, '{}', '[]', @Created)", new { no, device.Created });
        foreach (var name in names)
        {
            await session.ExecuteAsync(
                """
                INSERT INTO device_names (dialect, kind, scope, value, device) VALUES (@Dialect, @Kind, @Scope, @Value, @no)
                ON CONFLICT (dialect, kind, scope, value) DO NOTHING
                """,
                new { name.Dialect, name.Kind, name.Scope, name.Value, no });
        }

        return no;
    }

    public async Task<IReadOnlyList<DeviceName>> NamesAsync(long device)
    {
        var rows = await session.ListAsync<NameRow>(
            "SELECT dialect, kind, scope, value FROM device_names WHERE device = @device ORDER BY dialect, kind, scope, value", new { device });
        return [.. rows.Select(r => new DeviceName(r.Dialect, r.Kind, r.Scope, r.Value))];
    }

    public Task<IReadOnlyList<Device>> SearchAsync(string text, string after, int limit) => session.ListAsync<Device>(
        $"""
        {Columns}
        WHERE d.id > @after AND (lower(d.id) LIKE @like ESCAPE '\' OR lower(d.name) LIKE @like ESCAPE '\'
            OR d.no IN (SELECT n.device FROM device_names n WHERE lower(n.value) LIKE @like ESCAPE '\'))
        ORDER BY d.id LIMIT @limit
        """,
        new { after, like = Like.StartsWith(text), limit });

    public async Task DisableAsync(long device, DateTimeOffset now)
    {
        await FenceAsync(device, now);
        await session.ExecuteAsync("UPDATE devices SET lifecycle = 'Disabled' WHERE no = @device", new { device });
    }

    public async Task<long> FenceAsync(long device, DateTimeOffset now)
    {
        var epoch = await session.FirstAsync<long>("UPDATE states SET epoch = epoch + 1 WHERE device = @device RETURNING epoch", new { device });
        await session.ExecuteAsync("UPDATE links SET closed = @now WHERE device = @device AND closed IS NULL", new { device, now });
        return epoch;
    }

    public Task LockAsync(long device) => session.ExecuteAsync("UPDATE devices SET access_version = access_version WHERE no = @device", new { device });

    public Task SetParentAsync(long device, long? parent) => session.ExecuteAsync("UPDATE devices SET parent = @parent WHERE no = @device", new { device, parent });

    public Task<int> CountBehindAsync(long gateway) => session.FirstAsync<int>("SELECT count(*) FROM devices WHERE parent = @gateway", new { gateway });

    public Task<IReadOnlyList<long>> OwnedBehindAsync(long gateway, long account) => session.ListAsync<long>(
        """
        SELECT d.no FROM devices d JOIN bindings b ON b.device = d.no AND b.role = 'Owner' AND b.account = @account
        WHERE d.parent = @gateway ORDER BY d.no
        """,
        new { gateway, account });

    public Task<IReadOnlyList<ListedSubDevice>> ListBehindAsync(IReadOnlyCollection<long> gateways) => session.ListAsync<ListedSubDevice>(
        $"""
        SELECT d.parent, d.id, d.product, d.factory FROM devices d
        WHERE d.parent IN ({session.Engine.Numbers("@gateways")}) AND EXISTS (SELECT 1 FROM bindings b WHERE b.device = d.no AND b.role = 'Owner')
        ORDER BY d.no
        """,
        new { gateways = SqlSession.List(gateways) });

    public Task EnableAsync(long device) => session.ExecuteAsync(
        """
        UPDATE devices SET lifecycle = CASE WHEN activated IS NULL THEN 'Inactive' ELSE 'Active' END
        WHERE no = @device AND lifecycle = 'Disabled'
        """,
        new { device });

    public Task<byte[]?> FindCredentialAsync(long device, string dialect, string kind) => session.FirstAsync<byte[]>(
        "SELECT secret_enc FROM credentials WHERE device = @device AND dialect = @dialect AND kind = @kind", new { device, dialect, kind });

    public async Task<IReadOnlyDictionary<long, byte[]>> FindCredentialsAsync(IEnumerable<long> devices, string dialect, string kind)
    {
        var rows = await session.ListAsync<SecretRow>(
            """
            SELECT device, secret_enc FROM credentials
            WHERE device IN (SELECT CAST(value AS BIGINT) FROM json_each(@list)) AND dialect = @dialect AND kind = @kind
            """,
            new { list = SqlSession.List(devices), dialect, kind });
        return rows.ToDictionary(r => r.Device, r => r.SecretEnc);
    }

    public async Task<string> FindStateAsync(long device) =>
        await session.FirstAsync<string>("SELECT vals FROM states WHERE device = @device", new { device }) ?? "{}";

    public Task PutCredentialAsync(long device, string dialect, string kind, byte[] secretEnc) => session.ExecuteAsync(
        """
        INSERT INTO credentials (device, dialect, kind, secret_enc) VALUES (@device, @dialect, @kind, @secretEnc)
        ON CONFLICT (device, dialect, kind) DO UPDATE SET secret_enc = excluded.secret_enc
        """,
        new { device, dialect, kind, secretEnc });

    public Task RenameAsync(long device, string name) => session.ExecuteAsync("UPDATE devices SET name = @name WHERE no = @device", new { device, name });

    public async Task<string> LockTagsAsync(long device) =>
        await session.FirstAsync<string>($"SELECT d.tags FROM devices d WHERE d.no = @device {session.Engine.ForUpdate("d")}", new { device }) ?? "{}";

    public Task SetTagsAsync(long device, string tags) => session.ExecuteAsync("UPDATE devices SET tags = @tags WHERE no = @device", new { device, tags });

    public Task SetKeepsOperationsAsync(long device, bool keeps) =>
        session.ExecuteAsync("UPDATE devices SET keeps_operations = @keeps WHERE no = @device", new { device, keeps });

    public Task<Device?> FindByNameAsync(DeviceName name) => session.FirstAsync<Device>(
        $"""
        {Columns} JOIN device_names n ON n.device = d.no
        WHERE n.dialect = @Dialect AND n.kind = @Kind AND n.scope = @Scope AND n.value = @Value
        """,
        new { name.Dialect, name.Kind, name.Scope, name.Value });

    public Task<long> RaiseAccessAsync(long device, DateTimeOffset? ownerSince) => session.FirstAsync<long>(
        """
        UPDATE devices SET access_version = access_version + 1, owner_since = coalesce(@ownerSince, owner_since) WHERE no = @device
        RETURNING access_version
        """,
        new { device, ownerSince });

    public async Task PutClaimAsync(Claim claim, int keep)
    {
        await session.ExecuteAsync(
            """
            INSERT INTO claims (device_id, dialect, secret_enc, model, shown_at, ip) VALUES (@DeviceId, @Dialect, @SecretEnc, @Model, @ShownAt, @Ip)
            ON CONFLICT (device_id, dialect)
            DO UPDATE SET secret_enc = excluded.secret_enc, model = excluded.model, shown_at = excluded.shown_at, ip = excluded.ip
            """,
            claim);
        await session.ExecuteAsync(
            "DELETE FROM claims WHERE shown_at < (SELECT min(c.shown_at) FROM (SELECT shown_at FROM claims ORDER BY shown_at DESC LIMIT @keep) c)", new { keep });
    }

    public Task<Claim?> FindClaimAsync(string deviceId, string dialect, DateTimeOffset since) => session.FirstAsync<Claim>(
        """
        SELECT device_id, dialect, secret_enc, model, shown_at, ip FROM claims
        WHERE device_id = @deviceId AND dialect = @dialect AND shown_at >= @since
        """,
        new { deviceId, dialect, since });

    public Task RemoveClaimAsync(string deviceId, string dialect) =>
        session.ExecuteAsync("DELETE FROM claims WHERE device_id = @deviceId AND dialect = @dialect", new { deviceId, dialect });

    public Task<int> PurgeClaimsAsync(DateTimeOffset before, int limit) => session.ExecuteAsync(
        "DELETE FROM claims WHERE (device_id, dialect) IN (SELECT device_id, dialect FROM claims WHERE shown_at < @before LIMIT @limit)", new { before, limit });

    private sealed class SecretRow
    {
        public required long Device { get; init; }

        public required byte[] SecretEnc { get; init; }
    }

    private sealed class NameRow
    {
        public required string Dialect { get; init; }

        public required string Kind { get; init; }

        public required string Scope { get; init; }

        public required string Value { get; init; }
    }
}
