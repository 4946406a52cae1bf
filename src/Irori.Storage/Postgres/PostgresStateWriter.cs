using Irori.Core.Commands;
using Irori.Core.History;
using Irori.Core.Outbox;
using Irori.Core.Schedules;
using Irori.Core.States;
using Irori.Storage.History;
using Irori.Storage.Outbox;
using Irori.Storage.Schedules;
using Irori.Storage.Sql;
using Irori.Storage.States;
using Npgsql;
using NpgsqlTypes;

namespace Irori.Storage.Postgres;

/// <summary>
/// Writes many devices' states in three round trips: lock and read the rows in the order of their keys, decide here, write everything back in
/// one batch of set-based statements.
/// </summary>
internal static class PostgresStateWriter
{
    private static readonly string CommandUpsert = CommandSql.Upsert("SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");

    public static async Task WriteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<LaneState> items, PropertyNumbers properties)
    {
        if (items.Count == 0) return;
        var rows = await LockAsync(connection, transaction, items);
        var accepted = new List<(StateWrite Write, IReadOnlyList<PointRow> Points)>();
        var changed = new Dictionary<long, (DeviceState State, long Updated)>();
        var operated = new List<(long Device, Operation Operation)>();
        var following = new List<OutboxRow>();
        var set = new SortedDictionary<long, IReadOnlyList<DeviceTimer>>();
        foreach (var item in items)
        {
            if (item.Write.Readings.Count == 0)
            {
                item.Told = StateDecision.WithoutReadings;
                continue;
            }

            var (state, terms) = rows.GetValueOrDefault(item.Write.Device);
            var (told, made, operation, follows, timers) = StateDecision.Decide(item.Write, state, terms);
            item.Told = told;
            if (told.Outcome != StateOutcome.Accepted) continue;
            changed[item.Write.Device] = (state!, item.Write.Arrival);
            accepted.Add((item.Write, made));
            if (operation is not null) operated.Add((item.Write.Device, operation));
            following.AddRange(follows);
            if (timers is not null) set[item.Write.Device] = timers;
        }

        await properties.EnsureAsync(accepted.SelectMany(a => a.Points, (a, p) => (a.Write.Product, p.Property)));

        await using var batch = new NpgsqlBatch(connection, transaction);
        AddStates(batch, changed);
        AddPoints(batch, accepted, properties);
        AddOperations(batch, operated);
        AddOutbox(batch, following);
        AddFrames(batch, items);
        AddCommands(batch, items);
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync();
        var schedules = new ScheduleStore(new SqlSession(connection, transaction, new PostgresEngine()));
        foreach (var (device, timers) in set) await schedules.SetTimersAsync(device, timers);
    }

    private static async Task<Dictionary<long, (DeviceState? State, StateTerms Terms)>> LockAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<LaneState> items)
    {
        var devices = items.Where(i => i.Write.Readings.Count > 0).Select(i => i.Write.Device).Distinct().Order().ToArray();
        var rows = new Dictionary<long, (DeviceState? State, StateTerms Terms)>(devices.Length);
        if (devices.Length == 0) return rows;
        await using var command = new NpgsqlCommand(
            """
            SELECT s.device, s.epoch, s.version, s.vals, s.last_keys, d.access_version, d.keeps_operations, s.watch FROM states s JOIN devices d ON d.no = s.device
            WHERE s.device = ANY($1) ORDER BY s.device FOR UPDATE OF s
            """,
            connection,
            transaction);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = devices });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var state = new DeviceState(reader.GetInt64(1), reader.GetInt64(2), StateText.ReadValues(reader.GetString(3)), StateText.ReadKeys(reader.GetString(4)));
            rows[reader.GetInt64(0)] = (state, new StateTerms(reader.GetInt64(5), reader.GetBoolean(6), (Wishes)reader.GetInt32(7)));
        }

        return rows;
    }

    private static void AddStates(NpgsqlBatch batch, Dictionary<long, (DeviceState State, long Updated)> changed)
    {
        if (changed.Count == 0) return;
        Add(
            batch,
            """
            UPDATE states s SET version = n.version, vals = n.vals, last_keys = n.keys, updated = n.updated
            FROM unnest($1, $2, $3, $4, $5) AS n (device, version, vals, keys, updated) WHERE s.device = n.device
            """,
            changed.Keys.ToArray(),
            changed.Values.Select(c => c.State.Version).ToArray(),
            changed.Values.Select(c => StateText.WriteValues(c.State.Values)).ToArray(),
            changed.Values.Select(c => StateText.WriteKeys(c.State.Keys)).ToArray(),
            changed.Values.Select(c => c.Updated).ToArray());
    }

    private static void AddPoints(NpgsqlBatch batch, List<(StateWrite Write, IReadOnlyList<PointRow> Points)> accepted, PropertyNumbers properties)
    {
        if (accepted.Count == 0) return;
        var packed = accepted.ConvertAll(a => PackedPoints.Pack(a.Points, name => properties[a.Write.Product, name]));
        Add(
            batch,
            "INSERT INTO points (device, at, times, vals) SELECT * FROM unnest($1, $2, $3, $4)",
            accepted.Select(a => a.Write.Device).ToArray(),
            accepted.Select(a => PointKey.Of(a.Write.Arrival, a.Points[0].Seq)).ToArray(),
            packed.Select(p => p.Times).ToArray(),
            packed.Select(p => p.Values).ToArray());
    }

    private static void AddOperations(NpgsqlBatch batch, List<(long Device, Operation Operation)> operated)
    {
        if (operated.Count == 0) return;
        Add(
            batch,
            "INSERT INTO operations (device, at, account, body) SELECT * FROM unnest($1, $2, $3, $4)",
            operated.Select(o => o.Device).ToArray(),
            operated.Select(o => o.Operation.At.ToUnixTimeMilliseconds()).ToArray(),
            operated.Select(o => o.Operation.Account).ToArray(),
            operated.Select(o => o.Operation.Body).ToArray());
    }

    private static void AddOutbox(NpgsqlBatch batch, List<OutboxRow> following)
    {
        if (following.Count == 0) return;
        Add(
            batch,
            $"""
            INSERT INTO outbox (lane, device, kind, at, account, body)
            SELECT {OutboxStore.Lane("n.device")}, n.device, n.kind, n.at, n.account, n.body FROM unnest($1, $2, $3, $4, $5) AS n (device, kind, at, account, body)
            """,
            following.Select(o => o.Device).ToArray(),
            following.Select(o => o.Kind.ToString()).ToArray(),
            following.Select(o => o.At.ToUnixTimeMilliseconds()).ToArray(),
            following.Select(o => o.Account).ToArray(),
            following.Select(o => o.Body).ToArray());
    }

    private static void AddFrames(NpgsqlBatch batch, IReadOnlyList<LaneState> items)
    {
        var frames = items.Where(i => i.Told!.Outcome == StateOutcome.Accepted).SelectMany(i => i.Write.Frames, (i, f) => (i.Write.Device, Frame: f)).ToList();
        if (frames.Count == 0) return;
        Add(
            batch,
            "INSERT INTO frames (device, at, direction, ip, account, app, bytes) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)",
            frames.Select(f => f.Device).ToArray(),
            frames.Select(f => f.Frame.At.ToUnixTimeMilliseconds()).ToArray(),
            frames.Select(f => f.Frame.Direction == FrameDirection.Out ? "o" : "i").ToArray(),
            frames.Select(f => f.Frame.Ip).ToArray(),
            frames.Select(f => f.Frame.Account).ToArray(),
            frames.Select(f => f.Frame.App).ToArray(),
            frames.Select(f => f.Frame.Bytes).ToArray());
    }

    private static void AddCommands(NpgsqlBatch batch, IReadOnlyList<LaneState> items)
    {
        // One statement cannot change a row twice: of what is said of a command in one batch, the first that knows something stays.
        var commands = new Dictionary<long, CommandRecord>();
        foreach (var item in items)
        {
            if (item.Told!.Outcome != StateOutcome.Accepted || item.Write.Command is not { } command) continue;
            if (!commands.TryGetValue(command.Id, out var said) || said.Outcome == CommandOutcome.Unknown) commands[command.Id] = command;
        }

        if (commands.Count == 0) return;
        Add(
            batch,
            CommandUpsert,
            commands.Values.Select(c => c.Id).ToArray(),
            commands.Values.Select(c => c.Device).ToArray(),
            commands.Values.Select(c => c.Account).ToArray(),
            commands.Values.Select(c => c.App).ToArray(),
            commands.Values.Select(c => c.Source).ToArray(),
            commands.Values.Select(c => c.Ip).ToArray(),
            commands.Values.Select(c => c.Body).ToArray(),
            commands.Values.Select(c => c.Created.ToUnixTimeMilliseconds()).ToArray(),
            commands.Values.Select(c => c.Deadline.ToUnixTimeMilliseconds()).ToArray(),
            commands.Values.Select(c => c.SentAt?.ToUnixTimeMilliseconds()).ToArray(),
            commands.Values.Select(c => c.Outcome.ToString()).ToArray(),
            commands.Values.Select(c => c.OutcomeAt.ToUnixTimeMilliseconds()).ToArray(),
            commands.Values.Select(c => c.Answer).ToArray());
    }

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<object> arrays)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var array in arrays) command.Parameters.Add(new NpgsqlParameter { Value = array });
        batch.BatchCommands.Add(command);
    }
}
