using Irori.Core.Commands;
using Irori.Core.History;
using Irori.Core.Outbox;
using Irori.Core.States;
using Irori.Storage.History;
using Irori.Storage.Outbox;
using Irori.Storage.Schedules;
using Irori.Storage.Sql;
using Irori.Storage.States;
using Microsoft.Data.Sqlite;

namespace Irori.Storage.Sqlite;

/// <summary>The prepared statements of the hot path on the writer's connection.</summary>
internal sealed class SqliteStateWriter : IDisposable
{
    private readonly List<SqliteCommand> _commands = [];
    private readonly Dictionary<(long Product, string Name), long> _properties = [];
    private readonly List<(long Product, string Name)> _uncommitted = [];
    private readonly SqliteCommand _select;
    private readonly SqliteCommand _update;
    private readonly SqliteCommand _points;
    private readonly SqliteCommand _property;
    private readonly SqliteCommand _frame;
    private readonly SqliteCommand _command;
    private readonly SqliteCommand _operation;
    private readonly SqliteCommand _outbox;
    private readonly ScheduleStore _schedules;

    public SqliteStateWriter(SqliteConnection connection)
    {
        _schedules = new ScheduleStore(new SqlSession(connection, transaction: null, new SqliteEngine()));
        _select = Prepare(connection, "SELECT s.epoch, s.version, s.vals, s.last_keys, d.access_version, d.keeps_operations, s.watch FROM states s JOIN devices d ON d.no = s.device WHERE s.device = $device", "$device");
        _update = Prepare(connection, "UPDATE states SET version = $version, vals = $vals, last_keys = $keys, updated = $updated WHERE device = $device", "$version", "$vals", "$keys", "$updated", "$device");
        _points = Prepare(connection, "INSERT INTO points (device, at, times, vals) VALUES ($device, $at, $times, $vals)", "$device", "$at", "$times", "$vals");
        _property = Prepare(connection, "INSERT INTO properties (product, name) VALUES ($product, $name) ON CONFLICT (product, name) DO UPDATE SET name = excluded.name RETURNING no", "$product", "$name");
        _frame = Prepare(connection, "INSERT INTO frames (device, at, direction, ip, account, app, bytes) VALUES ($device, $at, $direction, $ip, $account, $app, $bytes)", "$device", "$at", "$direction", "$ip", "$account", "$app", "$bytes");
        _operation = Prepare(connection, "INSERT INTO operations (device, at, account, body) VALUES ($device, $at, $account, $body)", "$device", "$at", "$account", "$body");
        _outbox = Prepare(connection, $"INSERT INTO outbox (lane, device, kind, at, account, body) VALUES ({OutboxStore.Lane("$device")}, $device, $kind, $at, $account, $body)", "$device", "$kind", "$at", "$account", "$body");
        _command = Prepare(connection, CommandSql.Upsert($"VALUES ({string.Join(", ", CommandSql.Named)})"), CommandSql.Named);
    }

    /// <summary>Writes; what is answered with another outcome than accepted has changed nothing.</summary>
    public StateWritten Write(StateWrite write)
    {
        var told = write.Readings.Count == 0 ? StateDecision.WithoutReadings : WriteReadings(write);
        if (told.Outcome != StateOutcome.Accepted) return told;
        foreach (var frame in write.Frames) WriteFrame(write.Device, frame);
        if (write.Command is { } command) WriteCommand(command);
        return told;
    }

    /// <summary>Property numbers that were minted are durable.</summary>
    public void Committed() => _uncommitted.Clear();

    /// <summary>Property numbers that were minted may be gone: they are looked up again.</summary>
    public void RolledBack()
    {
        foreach (var key in _uncommitted) _properties.Remove(key);
        _uncommitted.Clear();
    }

    public void Dispose()
    {
        foreach (var command in _commands) command.Dispose();
    }

    private StateWritten WriteReadings(StateWrite write)
    {
        var (state, terms) = Read(write.Device);
        var (told, points, operation, follows, timers) = StateDecision.Decide(write, state, terms);
        if (told.Outcome != StateOutcome.Accepted) return told;
        Execute(_update, state!.Version, StateText.WriteValues(state.Values), StateText.WriteKeys(state.Keys), write.Arrival, write.Device);
        var (times, values) = PackedPoints.Pack(points, name => Property(write.Product, name));
        Execute(_points, write.Device, PointKey.Of(write.Arrival, state.Version), times, values);
        if (operation is not null) Execute(_operation, write.Device, operation.At.ToUnixTimeMilliseconds(), operation.Account, operation.Body);
        foreach (var row in follows) Execute(_outbox, row.Device, row.Kind.ToString(), row.At.ToUnixTimeMilliseconds(), row.Account, row.Body);
        if (timers is not null) Synchronous.Wait(_schedules.SetTimersAsync(write.Device, timers));
        return told;
    }

    private (DeviceState? State, StateTerms Terms) Read(long device)
    {
        Bind(_select, device);
        using var reader = _select.ExecuteReader();
        if (!reader.Read()) return (null, default);
        var state = new DeviceState(reader.GetInt64(0), reader.GetInt64(1), StateText.ReadValues(reader.GetString(2)), StateText.ReadKeys(reader.GetString(3)));
        return (state, new StateTerms(reader.GetInt64(4), reader.GetBoolean(5), (Wishes)reader.GetInt32(6)));
    }

    private long Property(long product, string name)
    {
        if (_properties.TryGetValue((product, name), out var known)) return known;
        Bind(_property, product, name);
        var no = (long)_property.ExecuteScalar()!;
        _properties[(product, name)] = no;
        _uncommitted.Add((product, name));
        return no;
    }

    private void WriteFrame(long device, Frame frame) => Execute(
        _frame, device, frame.At.ToUnixTimeMilliseconds(), frame.Direction == FrameDirection.Out ? "o" : "i", frame.Ip, frame.Account, frame.App, frame.Bytes);

    private void WriteCommand(CommandRecord command) => Execute(_command, CommandSql.Values(command));

    private SqliteCommand Prepare(SqliteConnection connection, string sql, params string[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter(name, null));
        _commands.Add(command);
        return command;
    }

    private static void Execute(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        Bind(command, values);
        command.ExecuteNonQuery();
    }

    private static void Bind(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }
}
