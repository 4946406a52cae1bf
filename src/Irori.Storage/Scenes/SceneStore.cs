using Irori.Core.Scenes;
using Irori.Storage.Outbox;
using Irori.Storage.Sql;

namespace Irori.Storage.Scenes;

internal sealed class SceneStore(SqlSession session) : ISceneStore
{
    private const string Columns =
        """
        SELECT c.no, c.id, c.account, c.home, c.app, c.family, c.kind, c.name, c.enabled, c.valid, c.reason, c.rule, c.plan, c.original, c.fired_at, c.created, c.updated
        FROM scenes c
        """;

    public async Task<long> AddAsync(Scene scene, IReadOnlyCollection<SceneRef> refs)
    {
        var no = await session.FirstAsync<long>(
            """
            INSERT INTO scenes (id, account, home, app, family, kind, name, enabled, valid, reason, rule, plan, original, created, updated)
            VALUES (@Id, @Account, @Home, @App, @Family, @kind, @Name, @Enabled, @Valid, @Reason, @Rule, @Plan, @Original, @Created, @Updated)
            RETURNING no
            """,
            Values(scene));
        await SetRefsAsync(no, refs, []);
        return no;
    }

    public async Task ChangeAsync(Scene scene, IReadOnlyCollection<SceneRef> refs)
    {
        await session.ExecuteAsync(
            """
            UPDATE scenes SET home = @Home, app = @App, kind = @kind, name = @Name, enabled = @Enabled, valid = @Valid, reason = @Reason, rule = @Rule, plan = @Plan,
                original = @Original, fired_at = NULL, updated = @Updated
            WHERE no = @No
            """,
            Values(scene));
        await SetRefsAsync(scene.No, refs, await TriggersAsync(scene.No));
    }

    public async Task SetEnabledAsync(long scene, bool enabled, DateTimeOffset now)
    {
        await session.ExecuteAsync("UPDATE scenes SET enabled = @enabled, updated = @now WHERE no = @scene", new { scene, enabled, now });
        await WatchAsync(await TriggersAsync(scene));
    }

    public async Task SetInvalidAsync(long scene, string reason)
    {
        await session.ExecuteAsync("UPDATE scenes SET valid = FALSE, reason = @reason WHERE no = @scene", new { scene, reason });
        await WatchAsync(await TriggersAsync(scene));
    }

    public Task SetFiredAsync(long scene, DateTimeOffset at) => session.ExecuteAsync("UPDATE scenes SET fired_at = @at WHERE no = @scene", new { scene, at });

    public Task<Scene?> LockAsync(long account, string id) =>
        session.FirstAsync<Scene>($"{Columns} WHERE c.account = @account AND c.id = @id {session.Engine.ForUpdate("c")}", new { account, id });

    public Task<Scene?> FindAsync(long account, string id) => session.FirstAsync<Scene>($"{Columns} WHERE c.account = @account AND c.id = @id", new { account, id });

    public Task<Scene?> FindAsync(long account, long number) => session.FirstAsync<Scene>($"{Columns} WHERE c.account = @account AND c.no = @number", new { account, number });

    public Task<IReadOnlyList<Scene>> ListAsync(long account, string family, long? home, int skip, int limit)
    {
        var inHome = home is null ? "" : "AND c.home = @home";
        return session.ListAsync<Scene>(
            $"{Columns} WHERE c.account = @account AND c.family = @family {inHome} ORDER BY c.no LIMIT @limit OFFSET @skip", new { account, family, home, skip, limit });
    }

    public Task<int> CountAsync(long account, string family) =>
        session.FirstAsync<int>("SELECT count(*) FROM scenes WHERE account = @account AND family = @family", new { account, family });

    public Task<int> CountTriggeredAsync(long device, long but) =>
        session.FirstAsync<int>("SELECT count(*) FROM scene_refs WHERE device = @device AND use = 'Trigger' AND scene <> @but", new { device, but });

    public Task<IReadOnlyList<Scene>> TriggeredByAsync(long device) => session.ListAsync<Scene>(
        $"""
        {Columns} JOIN scene_refs r ON r.scene = c.no
        WHERE r.device = @device AND r.use = 'Trigger' AND c.kind = 'Automatic' AND c.enabled AND c.valid ORDER BY c.no {session.Engine.ForUpdate("c")}
        """,
        new { device });

    public async Task RemoveAsync(long scene)
    {
        var triggers = await TriggersAsync(scene);
        await RemoveAsync("no = @scene", new { scene });
        await WatchAsync(triggers);
    }

    public async Task LoseAsync(long account, long device, string reason)
    {
        var lost = await session.ListAsync<long>(
            """
            UPDATE scenes SET valid = FALSE, reason = @reason WHERE account = @account AND valid
                AND no IN (SELECT scene FROM scene_refs WHERE device = @device AND use <> 'Action')
            RETURNING no
            """,
            new { account, device, reason });
        await WatchAsync(await TriggersOfAsync(lost));
    }

    public Task MoveAsync(long account, long home, long? to) => session.ExecuteAsync(
        "UPDATE scenes SET home = @to WHERE account = @account AND home = @home", new { account, home, to });

    public async Task RemoveAllAsync(long account)
    {
        var triggers = await TriggersOfAsync(await session.ListAsync<long>("SELECT no FROM scenes WHERE account = @account", new { account }));
        await RemoveAsync("account = @account", new { account });
        await WatchAsync(triggers);
    }

    public Task ChainAsync(IReadOnlyCollection<string> deviceIds, int depth, TimeSpan during) => session.ExecuteAsync(
        $"""
        INSERT INTO chains (device, depth, until)
        SELECT d.no, @depth, {session.Engine.Now} + @milliseconds FROM devices d WHERE d.id IN (SELECT value FROM json_each(@list)) ORDER BY d.no
        ON CONFLICT (device) DO UPDATE SET until = excluded.until,
            depth = CASE WHEN chains.until > {session.Engine.Now} AND chains.depth > excluded.depth THEN chains.depth ELSE excluded.depth END
        """,
        new { list = SqlSession.List(deviceIds), depth, milliseconds = (long)during.TotalMilliseconds });

    public Task<int> DepthAsync(long device, DateTimeOffset at) => session.FirstAsync<int>("SELECT depth FROM chains WHERE device = @device AND until > @at", new { device, at });

    private static object Values(Scene scene) => new
    {
        scene.No, scene.Id, scene.Account, scene.Home, scene.App, scene.Family, kind = scene.Kind.ToString(), scene.Name, scene.Enabled, scene.Valid, scene.Reason, scene.Rule, scene.Plan,
        scene.Original, scene.Created, scene.Updated,
    };

    private async Task SetRefsAsync(long scene, IReadOnlyCollection<SceneRef> refs, IReadOnlyList<long> before)
    {
        await session.ExecuteAsync("DELETE FROM scene_refs WHERE scene = @scene", new { scene });
        foreach (var used in refs.Distinct())
            await session.ExecuteAsync("INSERT INTO scene_refs (scene, device, use) VALUES (@scene, @Device, @use)", new { scene, used.Device, use = used.Use.ToString() });
        await WatchAsync([.. before, .. refs.Where(r => r.Use == SceneUse.Trigger).Select(r => r.Device)]);
    }

    private async Task RemoveAsync(string which, object parameters)
    {
        var scenes = $"(SELECT no FROM scenes WHERE {which})";
        var gone = await session.ListAsync<long>($"SELECT schedule FROM schedule_targets WHERE kind = 'Scene' AND target IN {scenes}", parameters);
        await session.ExecuteAsync($"DELETE FROM schedule_targets WHERE schedule IN ({session.Engine.Numbers("@gone")})", new { gone = SqlSession.List(gone) });
        await session.ExecuteAsync($"DELETE FROM schedules WHERE no IN ({session.Engine.Numbers("@gone")})", new { gone = SqlSession.List(gone) });
        await session.ExecuteAsync($"DELETE FROM scene_refs WHERE scene IN {scenes}", parameters);
        await session.ExecuteAsync($"DELETE FROM scenes WHERE {which}", parameters);
    }

    private Task<IReadOnlyList<long>> TriggersAsync(long scene) => TriggersOfAsync([scene]);

    private Task<IReadOnlyList<long>> TriggersOfAsync(IReadOnlyList<long> scenes) => session.ListAsync<long>(
        $"SELECT DISTINCT device FROM scene_refs WHERE use = 'Trigger' AND scene IN ({session.Engine.Numbers("@scenes")})", new { scenes = SqlSession.List(scenes) });

    // In one order, so that nobody waits for each other.
    private async Task WatchAsync(IEnumerable<long> devices)
    {
        foreach (var device in devices.Distinct().Order()) await WatchSql.UpdateAsync(session, device);
    }
}
