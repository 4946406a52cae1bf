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
        "depth INTEGER", "state TEXT", "ended_at BIGINT", "detail TEXT", "lease BIGINT",
    ];

    private static readonly string Taken = string.Join(", ", Given.Select(g => g.Split(' ')[0]).Where(g => g != "lease"));

    // As a question of its own it is asked once for a statement, and indexes can be searched by it.
    private string Now => $"(SELECT {session.Engine.Now})";

    public Task<DateTimeOffset> NowAsync() => session.FirstAsync<DateTimeOffset>($"SELECT {Now}");

    // The first entries of three indexes. Asked whether there is any, PostgreSQL prefers to look for one in the table, and reads all of it when there is none.
    public Task<Waiting> WaitingAsync() => session.FirstAsync<Waiting>(
        $"""
        SELECT CASE WHEN (SELECT min(next_due) FROM schedules WHERE next_due IS NOT NULL) <= {Now} THEN {(int)Waiting.Schedules} ELSE 0 END
            + CASE WHEN (SELECT min(due) FROM runs WHERE state = 'Pending') <= {Now} THEN {(int)Waiting.Runs} ELSE 0 END
            + CASE WHEN (SELECT min(claimed_until) FROM runs WHERE state = 'Sent') <= {Now} THEN {(int)Waiting.Dead} ELSE 0 END
        """);

    public Task<IReadOnlyList<DueSchedule>> ClaimSchedulesAsync(int limit) => session.ListAsync<DueSchedule>(
        $"""
        WITH due AS MATERIALIZED (
            SELECT s.no, s.account, s.device, s.app, s.recurrence, s.zone, s.ends, s.plan, s.next_due FROM schedules s
            WHERE s.next_due <= {Now} ORDER BY s.next_due LIMIT @limit {session.Engine.SkipLocked("s")})
        SELECT due.*, {Now} AS now, {ActorOf("due")} ORDER BY due.next_due, due.no
        """,
        new { limit });

    public Task AdvanceAsync(IReadOnlyDictionary<long, DateTimeOffset?> next) => session.ExecuteAsync(
        $"UPDATE schedules SET next_due = g.next FROM ({session.Engine.Rows("@rows", "no BIGINT", "next BIGINT")}) AS g WHERE schedules.no = g.no",
        new { rows = Json(next, (w, n) => { w.WriteNumber("no", n.Key); Number(w, "next", n.Value?.ToUnixTimeMilliseconds()); }) });

    public Task AddAsync(IReadOnlyList<Run> runs) => session.ExecuteAsync(
        $"""
        INSERT INTO runs ({Taken}) SELECT {Taken} FROM ({session.Engine.Rows("@rows", Given)}) AS g WHERE TRUE
        ON CONFLICT (kind, ref, due, part) DO NOTHING
        """,
        new { rows = Json(runs, (w, r) => Write(w, r, r.State, TimeSpan.Zero)) });

    public async Task<IReadOnlyDictionary<long, long>> AddBegunAsync(IReadOnlyList<(Run Run, TimeSpan Lease)> runs)
    {
        var added = await session.ListAsync<(long Ref, long No)>(
            $"""
            INSERT INTO runs ({Taken}, sent_at, claimed_until) SELECT {Taken}, {Now}, {Now} + lease FROM ({session.Engine.Rows("@rows", Given)}) AS g WHERE TRUE
            ON CONFLICT (kind, ref, due, part) DO NOTHING RETURNING ref, no
            """,
            new { rows = Json(runs, (w, r) => Write(w, r.Run, RunState.Sent, r.Lease)) });
        return added.ToDictionary(a => a.Ref, a => a.No);
    }

    public async Task<IReadOnlyList<DueRun>> ClaimAsync(int limit)
    {
        var rows = await session.Connection.QueryAsync<Run, ActorRow, DueRun>(
            $"""
            WITH due AS MATERIALIZED (
                SELECT {Columns} FROM runs r WHERE r.state = 'Pending' AND r.due <= {Now} ORDER BY r.due, r.no LIMIT @limit {session.Engine.SkipLocked("r")})
            SELECT due.*, {ActorOf("due")} ORDER BY due.due, due.no
            """,
            (run, actor) => new DueRun(run, actor?.Actor, actor?.ActorId),
            new { limit },
            session.Transaction,
            splitOn: "actor");
        return [.. rows];
    }

    public Task BeginAsync(IReadOnlyList<(long Run, TimeSpan Lease)> runs) => session.ExecuteAsync(
        $"""
        UPDATE runs SET state = 'Sent', sent_at = {Now}, claimed_until = {Now} + g.lease
        FROM ({session.Engine.Rows("@rows", "no BIGINT", "lease BIGINT")}) AS g WHERE runs.no = g.no AND runs.state = 'Pending'
        """,
        new { rows = Json(runs, (w, r) => { w.WriteNumber("no", r.Run); w.WriteNumber("lease", (long)r.Lease.TotalMilliseconds); }) });

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
        // Tasks are of scenes, and so is their index.
        if (of == RunsOf.Task) earlier += " AND r.scene IS NOT NULL";
        return session.ListAsync<Run>(
            $"SELECT {Columns} FROM runs r WHERE r.{of.ToString().ToLowerInvariant()} = @key {earlier} ORDER BY r.due DESC, r.no DESC LIMIT @limit",
            new { key, Due = before?.Due, No = before?.No, limit });
    }

    public Task<int> PurgeAsync(DateTimeOffset before, int limit) => session.ExecuteAsync(
        "DELETE FROM runs WHERE no IN (SELECT no FROM runs WHERE due < @before AND state NOT IN ('Pending', 'Sent') ORDER BY due LIMIT @limit)", new { before, limit });

    // For whom something acts whose account, or device and with it its owner's, is known.
    private static string ActorOf(string table) =>
        $"""
        a.no AS actor, a.id AS actor_id FROM {table} LEFT JOIN bindings b ON b.device = {table}.device AND b.role = 'Owner'
        LEFT JOIN accounts a ON a.no = coalesce({table}.account, b.account) AND a.closed IS NULL
        """;

    private static void Write(Utf8JsonWriter w, Run run, RunState state, TimeSpan lease)
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
        w.WriteString("state", state.ToString());
        Number(w, "ended_at", run.EndedAt?.ToUnixTimeMilliseconds());
        w.WriteString("detail", run.Detail);
        w.WriteNumber("lease", (long)lease.TotalMilliseconds);
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
