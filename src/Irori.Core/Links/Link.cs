using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.History;
using Irori.Core.Outbox;
using Irori.Core.Schedules;
using Irori.Core.States;

namespace Irori.Core.Links;

/// <summary>Who a link belongs to and what the writer needs to know of it.</summary>
/// <param name="Device">Internal key of the device.</param>
/// <param name="DeviceId">Its id.</param>
/// <param name="Product">Internal key of its product.</param>
/// <param name="MergeKeys">Fields by which partial writes of arrays are merged, by property.</param>
/// <param name="KeepsFrames">Whether raw frames are kept.</param>
public sealed record LinkIdentity(
    long Device, string DeviceId, long Product, IReadOnlyDictionary<string, string>? MergeKeys, bool KeepsFrames)
{
    /// <summary>Id of the owner's account whom the device serves; null: it serves any.</summary>
    public string? OwnerId { get; init; }

    /// <summary>Properties and the value, as JSON text, that is an alarm; null: there are none.</summary>
    public IReadOnlyDictionary<string, string>? Alarms { get; init; }

    /// <summary>Properties of commands and the value, as JSON text, that only asks for something; null: there are none.</summary>
    public IReadOnlyDictionary<string, string>? Queries { get; init; }

    /// <summary>The timers that the cloud carries out for it; null: it does so itself.</summary>
    public TimerProperty? Timers { get; init; }

    /// <summary>The link of the gateway that carries it; null: it has a connection of its own.</summary>
    public LinkKey? Gateway { get; init; }
}

/// <summary>What a device says of itself.</summary>
public sealed record Report
{
    /// <summary>The values.</summary>
    public required IReadOnlyList<Reading> Readings { get; init; }

    /// <summary>The device's own number of the report; null: it cannot be recognised when it is repeated.</summary>
    public long? Key { get; init; }

    /// <summary>The raw frame.</summary>
    public ReadOnlyMemory<byte> Frame { get; init; }

    /// <summary>Properties of the report whose change says that somebody operated the device by hand; null: there are none.</summary>
    public IReadOnlyList<string>? Operable { get; init; }

    /// <summary>The readings as they came, for the history of operations; JSON.</summary>
    public string Body { get; init; } = "";
}

/// <summary>
/// A device's open connection to this node. It alone writes what the device reports, under its epoch. It matches answers to commands by
/// the wire id; a command is sent once and never again.
/// </summary>
public sealed class Link
{
    /// <summary>Most commands that wait for an answer at one time.</summary>
    public const int MaxPending = 32;

    /// <summary>How far ahead of ours a device's clock may be; later source times are taken as now.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    private readonly IDatabase _database;
    private readonly IBus _bus;
    private readonly StorageGate _gate;
    private readonly OutboxSignal _outbox;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<long, PendingCommand> _pending = new();
    private int _waiting;

    internal Link(LinkIdentity identity, long epoch, ILinkChannel channel, IDatabase database, IBus bus, StorageGate gate, OutboxSignal outbox, TimeProvider time)
    {
        Identity = identity;
        Epoch = epoch;
        Channel = channel;
        _database = database;
        _bus = bus;
        _gate = gate;
        _outbox = outbox;
        _time = time;
    }

    /// <summary>Whose link it is.</summary>
    public LinkIdentity Identity { get; }

    /// <summary>Its number; a higher one supersedes it.</summary>
    public long Epoch { get; }

    /// <summary>Its dialect's end.</summary>
    public ILinkChannel Channel { get; }

    /// <summary>Commits a report; when this completes successfully the device may be acknowledged.</summary>
    public async Task<Result<StateWritten>> ReportAsync(Report report, CancellationToken cancel)
    {
        var now = _time.GetUtcNow();
        var written = (_gate.Refusal ?? Readings.Check(report.Readings)) is { } fault ? fault : await WriteAsync(Change(report, now), cancel);
        IroriMeter.Reported(written);
        return written;
    }

    /// <summary>What is stored of the device's state, for firmware that asks for it.</summary>
    public async Task<IReadOnlyDictionary<string, StateValue>> ReadStateAsync(CancellationToken cancel) =>
        StateText.ReadValues(await _database.ReadAsync(s => s.Devices.FindStateAsync(Identity.Device), cancel));

    /// <summary>Sends a command and waits for its end: answer, refusal, or the deadline. The outcome is committed before it is answered.</summary>
    internal async Task<CommandReply> CommandAsync(DeviceCommand command, CancellationToken cancel)
    {
        var left = command.Left(_time);
        if (left <= TimeSpan.Zero) return new CommandReply(CommandOutcome.Undelivered);
        if (Interlocked.Increment(ref _waiting) > MaxPending)
        {
            Interlocked.Decrement(ref _waiting);
            return new CommandReply(CommandOutcome.Undelivered, "too many commands wait for this device");
        }

        var wireId = Channel.NewWireId();
        var pending = new PendingCommand(command);
        _pending[wireId] = pending;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = _time.CreateTimer(static c => ((CancellationTokenSource)c!).Cancel(), deadline, left, Timeout.InfiniteTimeSpan);
        try
        {
            var frame = Channel.Encode(command, wireId);
            pending.Sending(_time.GetUtcNow(), frame);
            if (!await Channel.SendAsync(frame, deadline.Token))
            {
                Take(wireId, out _);
                return new CommandReply(CommandOutcome.Undelivered);
            }

            return await pending.Reply.Task.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return await GiveUpAsync(wireId, pending);
        }
    }

    /// <summary>The device answered. Its state changes by what it agreed to; the caller hears of it after the commit.</summary>
    /// <param name="wireId">The number of the command.</param>
    /// <param name="accepted">Whether it obeys.</param>
    /// <param name="code">Its own code of a refusal.</param>
    /// <param name="state">What it is then; null: what was asked.</param>
    /// <param name="frame">The raw frame.</param>
    /// <param name="said">What it says to a question in the command, in the dialect's own form; null: nothing.</param>
    /// <returns>False when no command waits under this number.</returns>
    public bool Answer(long wireId, bool accepted, string? code, IReadOnlyList<Reading>? state, ReadOnlyMemory<byte> frame, string? said = null)
    {
        if (!Take(wireId, out var pending)) return false;
        _ = CompleteAsync(pending, new CommandReply(accepted ? CommandOutcome.Acknowledged : CommandOutcome.Rejected, code) { Said = said }, accepted ? state ?? Agreed(pending.Command) : [], frame);
        return true;
    }

    /// <summary>Ends every waiting command as unknown: the connection is gone after they were sent.</summary>
    internal void Abandon()
    {
        foreach (var (wireId, pending) in _pending)
        {
            if (Take(wireId, out _)) _ = CompleteUnknownAsync(pending);
        }
    }

    private bool Take(long wireId, [NotNullWhen(true)] out PendingCommand? pending)
    {
        if (!_pending.TryRemove(wireId, out pending)) return false;
        Interlocked.Decrement(ref _waiting);
        return true;
    }

    private async Task CompleteAsync(PendingCommand pending, CommandReply reply, IReadOnlyList<Reading> state, ReadOnlyMemory<byte> frame)
    {
        var now = _time.GetUtcNow();
        await CommitAsync(pending, reply, state, [.. pending.Frames(Identity, Channel.Ip), .. Frames(FrameDirection.In, frame, now, null)], now);
    }

    private IReadOnlyList<Reading> Agreed(DeviceCommand command)
    {
        if (command.Kind != CommandKind.Update) return [];
        var asked = Readings.Parse(command.Body);
        return Identity.Queries is { } queries ? [.. asked.Where(r => !queries.TryGetValue(r.Name, out var query) || query != r.Json)] : asked;
    }

    private Task CompleteUnknownAsync(PendingCommand pending) =>
        CommitAsync(pending, new CommandReply(CommandOutcome.Unknown), [], pending.Frames(Identity, Channel.Ip), _time.GetUtcNow());

    // The deadline is over: the answer stays awaited for the record, up to MaxPending, but not by the caller.
    private async Task<CommandReply> GiveUpAsync(long wireId, PendingCommand pending)
    {
        if (Volatile.Read(ref _waiting) >= MaxPending / 2) Take(wireId, out _);
        await CompleteUnknownAsync(pending);
        return new CommandReply(CommandOutcome.Unknown);
    }

    private async Task CommitAsync(
        PendingCommand pending, CommandReply reply, IReadOnlyList<Reading> state, IReadOnlyList<Frame> frames, DateTimeOffset now)
    {
        var (outcome, code) = (reply.Outcome, reply.Detail);
        try
        {
            var written = await WriteAsync(
                new StateWrite
                {
                    Device = Identity.Device,
                    Product = Identity.Product,
                    Epoch = state.Count > 0 ? Epoch : null,
                    Readings = state,
                    MergeKeys = Identity.MergeKeys,
                    Arrival = now.ToUnixTimeMilliseconds(),
                    Frames = frames,
                    Command = pending.Command.Record(outcome, pending.SentAt, now, code),
                    Operation = outcome == CommandOutcome.Acknowledged && pending.Command.Kind == CommandKind.Update ? new Operation(now, pending.Command.Account, pending.Command.Body) : null,
                },
                CancellationToken.None);
            var known = written.IsOk && written.Value.Outcome == StateOutcome.Accepted;
            // A newer link, or a state that would be too large: the change is refused, the record is not.
            if (written.IsOk && !known) await WriteAsync(Record(pending, CommandOutcome.Unknown, code, now), CancellationToken.None);
            pending.Reply.TrySetResult(known ? reply : new CommandReply(CommandOutcome.Unknown));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The device may have obeyed, but nothing durable says so: the database has logged why.
            pending.Reply.TrySetResult(new CommandReply(CommandOutcome.Unknown));
        }
    }

    private StateWrite Record(PendingCommand pending, CommandOutcome outcome, string? code, DateTimeOffset now) => new()
    {
        Device = Identity.Device,
        Product = Identity.Product,
        Arrival = now.ToUnixTimeMilliseconds(),
        Command = pending.Command.Record(outcome, pending.SentAt, now, code),
    };

    private StateWrite Change(Report report, DateTimeOffset now) => new()
    {
        Device = Identity.Device,
        Product = Identity.Product,
        Epoch = Epoch,
        Key = report.Key,
        Readings = Clamp(report.Readings, now),
        MergeKeys = Identity.MergeKeys,
        Arrival = now.ToUnixTimeMilliseconds(),
        Frames = Frames(FrameDirection.In, report.Frame, now, null),
        Operation = report.Operable is { } operable ? new Operation(now, Account: null, report.Body) { IfChanged = operable } : null,
    };

    // Events carry what has changed, not the whole state: they are told in the order of the commits.
    private Task<Result<StateWritten>> WriteAsync(StateWrite write, CancellationToken cancel) =>
        _database.WriteStateAsync(write.Readings.Count == 0 ? write : write with { Alarms = Identity.Alarms, Timers = Identity.Timers, Committed = Tell }, cancel);

    private void Tell(StateWritten state)
    {
        _bus.Publish(new StateChanged(Identity.Device, state.Epoch, state.Version, state.AccessVersion, state.Changed));
        if (state.Follows) _outbox.Set();
    }

    private static IReadOnlyList<Reading> Clamp(IReadOnlyList<Reading> readings, DateTimeOffset now)
    {
        var latest = (now + ClockTolerance).ToUnixTimeMilliseconds();
        return readings.Any(r => r.SourceTime > latest) ? [.. readings.Select(r => r.SourceTime > latest ? r with { SourceTime = null } : r)] : readings;
    }

    private Frame[] Frames(FrameDirection direction, ReadOnlyMemory<byte> bytes, DateTimeOffset at, DeviceCommand? command) =>
        Identity.KeepsFrames && bytes.Length > 0
            ?
            [
                new Frame
                {
                    At = at, Direction = direction, Ip = Channel.Ip, Account = command?.Account, App = command?.App,
                    Bytes = bytes.Length <= Frame.MaxSize ? bytes.ToArray() : bytes[..Frame.MaxSize].ToArray(),
                },
            ]
            : [];
}
