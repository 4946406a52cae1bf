using System.Buffers;
using System.Text;
using System.Text.Json;
using Dapper;
using Irori.Core.Schedules;
using Irori.Storage.Sql;

namespace Irori.Storage.Schedules;

internal sealed class RunStore(SqlSession session) : IRunStore
{
    private const string Columns =
        "r.no, r.kind, r.ref, r.due, r.part, r.task, r.schedule, r.scene, r.account, r.device, r.app, r.plan, r.depth, r.state, r.sent_at, r.ended_at, r.detail";

    private static readonly string[] Given =
    [
        "kind TEXT", "ref BIGINT", "due BIGINT", "part INTEGER", "task BIGINT", "schedule BIGINT", "scene BIGINT", "account BIGINT", "device BIGINT", "app TEXT", "plan TEXT",
        "depth INTEGER", "state TEXT", "ended_at BIGINT", "detail TEXT",
    ];

    private string Now => session.Engine.Now;

    private string Waiting => $"r.state = 'Pending' AND r.due <= {Now} AND r.claimed_until <= {Now}";

    public Task<DateTimeOffset> NowAsync() => session.FirstAsync<DateTimeOffset>($"SELECT {Now}");

    public async Task<bool> WaitingAsync() => await session.FirstAsync<int>(
        $"""
        SELECT CASE WHEN EXISTS (SELECT 1 FROM schedules WHERE next_due <= {Now}) OR EXISTS (SELECT 1 FROM runs r WHERE {Waiting})
            OR EXISTS (SELECT 1 FROM runs WHERE state = 'Sent' AND claimed_until <= {Now}) THEN 1 ELSE 0 END
        """) == 1;

    public Task<IReadOnlyList<DueSchedule>> ClaimSchedulesAsync(int limit) => session.ListAsync<DueSchedule>(
        $"""
        SELECT s.no, s.account, s.device, s.app, s.recurrence, s.zone, s.ends, s.plan, s.next_due, {Now} AS now FROM schedules s
        WHERE s.next_due <= {Now} ORDER BY s.next_due LIMIT @limit {session.Engine.SkipLocked("s")}
        """,
        new { limit });

    public Task AdvanceAsync(IReadOnlyDictionary<long, DateTimeOffset?> next) => session.ExecuteAsync(
        $"UPDATE schedules SET next_due = g.next FROM ({session.Engine.Rows("@rows", "no BIGINT", "next BIGINT")}) AS g WHERE schedules.no = g.no",
        new { rows = Json(next, (w, n) => { w.WriteNumber("no", n.Key); Number(w, "next", n.Value?.ToUnixTimeMilliseconds()); }) });

    public Task AddAsync(IReadOnlyList<Run> runs) => session.ExecuteAsync(
        $"""
        INSERT INTO runs ({string.Join(", ", Given.Select(g => g.Split(' ')[0]))})
        SELECT {string.Join(", ", Given.Select(g => $"g.{g.Split(' ')[0]}"))} FROM ({session.Engine.Rows("@rows", Given)}) AS g WHERE TRUE
        ON CONFLICT (kind, ref, due, part) DO NOTHING
        """,
        new { rows = Json(runs, Write) });

    public async Task<IReadOnlyList<ClaimedRun>> ClaimAsync(long claimer, int limit, TimeSpan lease)
    {
        var claimed = await session.ListAsync<long>(
            $"""
            WITH waiting AS MATERIALIZED (SELECT r.no FROM runs r WHERE {Waiting} ORDER BY r.due, r.no LIMIT @limit {session.Engine.SkipLocked("r")})
            UPDATE runs SET claimer = @claimer, claimed_until = {Now} + @lease WHERE no IN (SELECT no FROM waiting) RETURNING no
            """,
            new { claimer, limit, lease = (long)lease.TotalMilliseconds });
        if (claimed.Count == 0) return [];
        var rows = await session.Connection.QueryAsync<Run, ActorRow, ClaimedRun>(
            $"""
            SELECT {Columns}, a.no AS actor, a.id AS actor_id FROM runs r
            LEFT JOIN bindings b ON b.device = r.device AND b.role = 'Owner'
            LEFT JOIN accounts a ON a.no = coalesce(r.account, b.account) AND a.closed IS NULL
            WHERE r.no IN ({session.Engine.Numbers("@claimed")}) ORDER BY r.due, r.no
            """,
            (run, actor) => new ClaimedRun(run, actor?.Actor, actor?.ActorId),
            new { claimed = SqlSession.List(claimed) },
            session.Transaction,
            splitOn: "actor");
        return [.. rows];
    }

    public Task<IReadOnlyList<long>> BeginAsync(long claimer, IReadOnlyCollection<long> runs, TimeSpan lease) => session.ListAsync<long>(
        $"""
        UPDATE runs SET state = 'Sent', sent_at = {Now}, claimed_until = {Now} + @lease
        WHERE no IN ({session.Engine.Numbers("@runs")}) AND state = 'Pending' AND claimer = @claimer RETURNING no
        """,
        new { claimer, runs = SqlSession.List(runs), lease = (long)lease.TotalMilliseconds });

    // What was given up may still say what became of it.
    public Task EndAsync(IReadOnlyList<RunEnd> ends) => session.ExecuteAsync(
        $"""
        UPDATE runs SET state = g.state, detail = g.detail, ended_at = {Now} FROM ({session.Engine.Rows("@rows", "no BIGINT", "state TEXT", "detail TEXT")}) AS g
        WHERE runs.no = g.no AND runs.state IN ('Sent', 'Unknown')
        """,
        new { rows = Json(ends, (w, e) => { w.WriteNumber("no", e.No); w.WriteString("state", e.State.ToString()); w.WriteString("detail", e.Detail); }) });

    public Task<int> GiveUpAsync(int limit) => session.ExecuteAsync(
        $"""
        UPDATE runs SET state = 'Unknown', ended_at = {Now} WHERE no IN
            (SELECT r.no FROM runs r WHERE r.state = 'Sent' AND r.claimed_until <= {Now} ORDER BY r.claimed_until LIMIT @limit {session.Engine.SkipLocked("r")})
        """,
        new { limit });

    public Task<IReadOnlyList<Run>> ListAsync(RunsOf of, long key, RunCursor? before, int limit)
    {
        var earlier = before is null ? "" : "AND (r.due, r.no) < (@Due, @No)";
        return session.ListAsync<Run>(
            $"SELECT {Columns} FROM runs r WHERE r.{of.ToString().ToLowerInvariant()} = @key {earlier} ORDER BY r.due DESC, r.no DESC LIMIT @limit",
            new { key, Due = before?.Due, No = before?.No, limit });
    }

    public Task<int> PurgeAsync(DateTimeOffset before, int limit) => session.ExecuteAsync(
        "DELETE FROM runs WHERE no IN (SELECT no FROM runs WHERE due < @before AND state NOT IN ('Pending', 'Sent') ORDER BY due LIMIT @limit)", new { before, limit });

    private static void Write(Utf8JsonWriter w, Run run)
    {
        w.WriteString("kind", run.Kind.ToString());
        w.WriteNumber("ref", run.Ref);
        w.WriteNumber("due", run.Due.ToUnixTimeMilliseconds());
        w.WriteNumber("part", run.Part);
        w.WriteNumber("task", run.Task);
        Number(w, "schedule", run.Schedule);
        Number(w, "scene", run.Scene);
        Number(w, "account", run.Account);
        Number(w, "device", run.Device);
        w.WriteString("app", run.App);
        w.WriteString("plan", run.Plan);
        w.WriteNumber("depth", run.Depth);
        w.WriteString("state", run.State.ToString());
        Number(w, "ended_at", run.EndedAt?.ToUnixTimeMilliseconds());
        w.WriteString("detail", run.Detail);
    }

    private static void Number(Utf8JsonWriter w, string name, long? value)
    {
        if (value is { } number) w.WriteNumber(name, number);
        else w.WriteNull(name);
    }

    private static string Json<T>(IEnumerable<T> rows, Action<Utf8JsonWriter, T> write)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var w = new Utf8JsonWriter(text))
        {
            w.WriteStartArray();
            foreach (var row in rows)
            {
                w.WriteStartObject();
                write(w, row);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private sealed class ActorRow
    {
        public long? Actor { get; init; }

        public string? ActorId { get; init; }
    }
}
