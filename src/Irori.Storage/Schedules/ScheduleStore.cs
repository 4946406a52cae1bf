using Irori.Core.Schedules;
using Irori.Storage.Sql;

namespace Irori.Storage.Schedules;

internal sealed class ScheduleStore(SqlSession session) : IScheduleStore
{
    private const string Columns =
        """
        SELECT s.no, s.id, s.account, s.device, s.timer, s.app, s.family, s.recurrence, s.zone, s.starts, s.ends, s.enabled, s.valid, s.plan, s.original, s.created, s.updated,
            s.next_due
        FROM schedules s
        """;

    public async Task AddAsync(Schedule schedule, IReadOnlyCollection<ScheduleTarget> targets)
    {
        var no = await session.FirstAsync<long>(
            """
            INSERT INTO schedules (id, account, device, timer, app, family, recurrence, zone, starts, ends, enabled, valid, plan, original, created, updated, next_due)
            VALUES (@Id, @Account, @Device, @Timer, @App, @Family, @Recurrence, @Zone, @Starts, @Ends, @Enabled, @Valid, @Plan, @Original, @Created, @Updated, @NextDue)
            RETURNING no
            """,
            schedule);
        await SetTargetsAsync(no, targets);
    }

    public async Task ChangeAsync(Schedule schedule, IReadOnlyCollection<ScheduleTarget> targets)
    {
        await session.ExecuteAsync(
            """
            UPDATE schedules SET app = @App, recurrence = @Recurrence, zone = @Zone, starts = @Starts, ends = @Ends, enabled = @Enabled, valid = @Valid, plan = @Plan,
                original = @Original, updated = @Updated, next_due = @NextDue
            WHERE no = @No
            """,
            schedule);
        await session.ExecuteAsync("DELETE FROM schedule_targets WHERE schedule = @No", new { schedule.No });
        await SetTargetsAsync(schedule.No, targets);
    }

    public Task<Schedule?> LockAsync(long account, string family, string id) => session.FirstAsync<Schedule>(
        $"{Columns} WHERE s.account = @account AND s.family = @family AND s.id = @id {session.Engine.ForUpdate("s")}", new { account, family, id });

    public Task<Schedule?> FindAsync(long account, string family, string id) => session.FirstAsync<Schedule>(
        $"{Columns} WHERE s.account = @account AND s.family = @family AND s.id = @id", new { account, family, id });

    public Task<IReadOnlyList<Schedule>> ListAsync(long account, string family, ScheduleTarget? target, int skip, int limit)
    {
        var aimed = target is null ? "" : "AND EXISTS (SELECT 1 FROM schedule_targets t WHERE t.schedule = s.no AND t.kind = @kind AND t.target = @target)";
        return session.ListAsync<Schedule>(
            $"{Columns} WHERE s.account = @account AND s.family = @family {aimed} ORDER BY s.no LIMIT @limit OFFSET @skip",
            new { account, family, kind = target?.Kind.ToString(), target = target?.Target, skip, limit });
    }

    public Task<int> CountAsync(long account, string family) => session.FirstAsync<int>(
        "SELECT count(*) FROM schedules WHERE account = @account AND family = @family", new { account, family });

    public async Task RemoveAsync(long schedule)
    {
        await session.ExecuteAsync("DELETE FROM schedule_targets WHERE schedule = @schedule", new { schedule });
        await session.ExecuteAsync("DELETE FROM schedules WHERE no = @schedule", new { schedule });
    }

    public async Task RemoveOfSceneAsync(long scene, string family)
    {
        var gone = await session.ListAsync<long>(
            "SELECT s.no FROM schedules s JOIN schedule_targets t ON t.schedule = s.no WHERE t.kind = 'Scene' AND t.target = @scene AND s.family = @family", new { scene, family });
        foreach (var schedule in gone) await RemoveAsync(schedule);
    }

    public async Task SetTimersAsync(long device, IReadOnlyList<DeviceTimer> timers)
    {
        var now = await session.FirstAsync<DateTimeOffset>($"SELECT {session.Engine.Now}");
        var id = await session.FirstAsync<string>("SELECT id FROM devices WHERE no = @device", new { device });
        var left = (await TimersAsync(device)).ToDictionary(t => t.Timer!, StringComparer.Ordinal);
        foreach (var timer in timers)
        {
            left.Remove(timer.Timer, out var known);
            var wanted = timer.ToSchedule(device, id!, known, now);
            if (known is null) await AddAsync(wanted, []);
            else if (known.Recurrence != wanted.Recurrence || known.Plan != wanted.Plan || known.Enabled != wanted.Enabled) await ChangeAsync(wanted, []);
        }

        foreach (var gone in left.Values) await RemoveAsync(gone.No);
    }

    public Task<IReadOnlyList<Schedule>> TimersAsync(long device) => session.ListAsync<Schedule>(
        $"{Columns} WHERE s.device = @device ORDER BY s.timer {session.Engine.ForUpdate("s")}", new { device });

    public Task LoseAsync(long account, long device) => session.ExecuteAsync(
        """
        UPDATE schedules SET valid = FALSE, next_due = NULL WHERE account = @account AND valid
            AND no IN (SELECT schedule FROM schedule_targets WHERE kind = 'Device' AND target = @device)
            AND NOT EXISTS (SELECT 1 FROM schedule_targets o WHERE o.schedule = schedules.no
                AND (o.kind <> 'Device' OR EXISTS (SELECT 1 FROM bindings b WHERE b.account = @account AND b.device = o.target)))
        """,
        new { account, device });

    public async Task RemoveAllAsync(long account)
    {
        await session.ExecuteAsync("DELETE FROM schedule_targets WHERE schedule IN (SELECT no FROM schedules WHERE account = @account)", new { account });
        await session.ExecuteAsync("DELETE FROM schedules WHERE account = @account", new { account });
    }

    private async Task SetTargetsAsync(long schedule, IReadOnlyCollection<ScheduleTarget> targets)
    {
        foreach (var target in targets.Distinct())
        {
            await session.ExecuteAsync(
                "INSERT INTO schedule_targets (schedule, kind, target) VALUES (@schedule, @kind, @Target)", new { schedule, kind = target.Kind.ToString(), target.Target });
        }
    }
}
