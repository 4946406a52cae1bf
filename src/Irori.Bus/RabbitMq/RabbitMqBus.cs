using System.Security.Cryptography;
using System.Threading.Channels;
using Irori.Core;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.Links;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Events;

namespace Irori.Bus.RabbitMq;

/// <summary>
/// The bus of a cluster. A command goes to the queue of the node that holds the link and is answered directly; it is carried out at most once and
/// not after its deadline. Events go to every node that wants them. Nobody but a command's caller ever waits for the broker.
/// </summary>
public sealed partial class RabbitMqBus : IBus
{
    private const int MaxWaiting = 10_000;
    private const int MaxServing = 4_096;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly Uri _broker;
    private readonly CommonClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger<RabbitMqBus> _log;
    private readonly InProcessBus _here = new();
    private readonly Hearing _hearing;
    private readonly string _process = Ids.Hex24();
    private readonly Channel<Told> _waiting = Channel.CreateBounded<Told>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Channel<bool> _wishes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _counting = new();

    // What is found out about hearing is told in that order: a loss that is told after the return would keep feeds silent for good.
    private readonly Lock _judging = new();
    private NodeIdentity? _node;
    private BusSession? _session;
    private Numbers _given;
    private Numbers _passed;
    private bool _devices;
    private bool _away;
    private int _serving;

    /// <summary>Knows the broker (an amqp or amqps address); <see cref="RunAsync"/> connects to it.</summary>
    public RabbitMqBus(Uri broker, CommonClock clock, TimeProvider time, ILogger<RabbitMqBus> log)
    {
        _broker = broker;
        _clock = clock;
        _time = time;
        _log = log;
        _hearing = new Hearing(clock, time);
    }

    /// <inheritdoc />
    public bool Connected => _hearing.Well;

    internal bool HearsDevices => _hearing.HearsDevices;

    /// <inheritdoc />
    public async Task<CommandReply> SendAsync(NodeIdentity node, DeviceCommand command, CancellationToken cancel)
    {
        // The own devices need no broker.
        if (node.Name == Volatile.Read(ref _node)?.Name) return await _here.SendAsync(node, command, cancel);
        var left = command.Left(_time);
        if (left <= TimeSpan.Zero) return new CommandReply(CommandOutcome.Undelivered);
        return Volatile.Read(ref _session) is { } session
            ? await session.CallAsync(node, BusWire.Write(BusWire.Call(command, left, _clock.Now)), left, cancel)
            : CommandReply.NotSent;
    }

    /// <inheritdoc />
    public void Publish(HomeEvent happened)
    {
        _here.Publish(happened);
        bool queued;
        // A number that is given and not sent tells the others that something is missing.
        lock (_counting)
        {
            _given = _given.After(happened);
            queued = _waiting.Writer.TryWrite(new Told(happened, _given, _clock.Now));
        }

        if (!queued) IroriMeter.BusEventPassed(BusEvent.Dropped);
    }

    /// <inheritdoc />
    public void Subscribe(Action<HomeEvent> listener) => _here.Subscribe(listener);

    /// <inheritdoc />
    public void HearDevices()
    {
        if (Volatile.Read(ref _devices)) return;
        Volatile.Write(ref _devices, true);
        _wishes.Writer.TryWrite(true);
    }

    /// <inheritdoc />
    public void Serve(NodeIdentity node, Func<DeviceCommand, CancellationToken, Task<CommandReply>> handler)
    {
        _here.Serve(node, handler);
        Volatile.Write(ref _node, node);
        _wishes.Writer.TryWrite(true);
    }

    /// <summary>Connects, and connects again after a jittered while, until cancelled.</summary>
    public Task RunAsync(CancellationToken cancel) => Task.WhenAll(ConnectAsync(cancel), WatchAsync(cancel));

    private async Task ConnectAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await LiveAsync(cancel);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                if (!_away && !cancel.IsCancellationRequested) Log.Away(_log, e.GetBaseException().Message);
                _away = true;
            }

            var pause = TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(125, 375));
            await Task.Delay(pause, _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // One connected time. It always ends with an exception that says why.
    private async Task LiveAsync(CancellationToken cancel)
    {
        await using var session = await BusSession.OpenAsync(_broker, _process, Hear, _time, cancel);
        using var living = CancellationTokenSource.CreateLinkedTokenSource(cancel, session.Ended);
        var granted = await GrantAsync(session, default, living.Token);
        // What waited is too old by now; its numbers are missing, and the others will read.
        while (_waiting.Reader.TryRead(out _)) IroriMeter.BusEventPassed(BusEvent.Dropped);
        Volatile.Write(ref _session, session);
        Log.Connected(_log, _broker.Host);
        _away = false;
        try
        {
            var work = new[] { GrantAllAsync(session, granted, living.Token), PumpAsync(session, living.Token) };
            var first = await Task.WhenAny(work);
            await living.CancelAsync();
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw first.Exception?.GetBaseException() ?? new IOException("the connection broke");
        }
        finally
        {
            Volatile.Write(ref _session, null);
            _hearing.Restart(devices: false);
        }
    }

    private async Task GrantAllAsync(BusSession session, Granted granted, CancellationToken cancel)
    {
        await foreach (var _ in _wishes.Reader.ReadAllAsync(cancel)) granted = await GrantAsync(session, granted, cancel);
    }

    // Brings the session up to what this node wants of it.
    private async Task<Granted> GrantAsync(BusSession session, Granted before, CancellationToken cancel)
    {
        var wanted = new Granted(Volatile.Read(ref _node), Volatile.Read(ref _devices));
        if (wanted.Node is { } node && node != before.Node) await session.ServeAsync(node, delivered => Take(session, delivered), cancel);
        if (wanted.Devices && !before.Devices) await session.HearDevicesAsync(cancel);
        if (wanted.Devices != before.Devices || before.Node is null) _hearing.Restart(wanted.Devices);
        return wanted;
    }

    private async Task PumpAsync(BusSession session, CancellationToken cancel)
    {
        await BeatAsync(session, cancel);
        using var timer = new PeriodicTimer(Hearing.Beat, _time);
        var tick = timer.WaitForNextTickAsync(cancel).AsTask();
        var more = _waiting.Reader.WaitToReadAsync(cancel).AsTask();
        while (!cancel.IsCancellationRequested)
        {
            await Task.WhenAny(tick, more);
            if (tick.IsCompleted)
            {
                await tick;
                await BeatAsync(session, cancel);
                tick = timer.WaitForNextTickAsync(cancel).AsTask();
            }

            if (!more.IsCompleted) continue;
            await more;
            while (!tick.IsCompleted && _waiting.Reader.TryRead(out var told)) await TellAsync(session, told, cancel);
            more = _waiting.Reader.WaitToReadAsync(cancel).AsTask();
        }
    }

    private async Task TellAsync(BusSession session, Told told, CancellationToken cancel)
    {
        _passed = told.Numbers;
        var (message, key) = BusWire.Tell(told.Happened, _process, BusWire.IsOfDevice(told.Happened) ? told.Numbers.Devices : told.Numbers.All, told.At);
        await session.TellAsync(key, BusWire.Write(message), cancel);
        IroriMeter.BusEventPassed(BusEvent.Sent);
    }

    private ValueTask BeatAsync(BusSession session, CancellationToken cancel)
    {
        lock (_counting)
        {
            if (_waiting.Reader.Count == 0) _passed = _given;
        }

        var beat = new EventMessage { Kind = BusWire.Beat, From = _process, At = _clock.Now, Seq = _passed.All, DeviceSeq = _passed.Devices };
        return session.TellAsync(BusNames.All, BusWire.Write(beat), cancel);
    }

    private void Hear(BasicDeliverEventArgs delivered)
    {
        if (BusWire.ReadEvent(delivered.Body) is not { } message)
        {
            IroriMeter.BusEventPassed(BusEvent.Ignored);
            return;
        }

        if (message.From == _process)
        {
            lock (_judging)
            {
                if (message.Kind == BusWire.Beat && _hearing.OwnBeat(message)) Gap();
            }

            return;
        }

        var missing = _hearing.Misses(message);
        if (message.Kind != BusWire.Beat) missing |= !Pass(message);
        // While this node does not hear well, its own next beat tells the gap.
        if (missing && _hearing.Well) Gap();
    }

    // False when the event was not told and must be made good by reading.
    private bool Pass(EventMessage message)
    {
        if (BusWire.IsOfDevice(message.Kind) && _hearing.IsLate(message))
        {
            IroriMeter.BusEventPassed(BusEvent.Late);
            return false;
        }

        var happened = BusWire.Heard(message);
        IroriMeter.BusEventPassed(happened is null ? BusEvent.Ignored : BusEvent.Received);
        if (happened is not null) _here.Publish(happened);
        return true;
    }

    private void Take(BusSession session, BasicDeliverEventArgs delivered)
    {
        var properties = delivered.BasicProperties;
        if (BusWire.ReadCall(delivered.Body) is not { } call || properties is not { ReplyTo: { Length: > 0 } to, CorrelationId: { } correlation })
        {
            IroriMeter.BusCalled(BusCall.Ignored);
            return;
        }

        // Who asked has given up: it is too late to obey.
        var left = TimeSpan.FromMilliseconds(call.Left - Math.Max(0, _clock.Now - call.At));
        if (left <= TimeSpan.Zero) IroriMeter.BusCalled(BusCall.Late);
        else _ = AnswerAsync(call, left, (reply) => session.ReplyAsync(to, correlation, BusWire.Write(reply), left));
    }

    private async Task AnswerAsync(CallMessage call, TimeSpan left, Func<CommandReply, Task> answer)
    {
        try
        {
            await answer(Interlocked.Increment(ref _serving) > MaxServing
                ? CommandReply.NotSent
                : await _here.SendAsync(_node!, BusWire.Command(call, left, _time), CancellationToken.None));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.CommandFailed(_log, call.Id, e);
        }
        finally
        {
            Interlocked.Decrement(ref _serving);
        }
    }

    private async Task WatchAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Look, _time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            lock (_judging)
            {
                var (lost, missing) = _hearing.Check();
                if (lost)
                {
                    Log.HearingLost(_log);
                    _here.Publish(new HearingLost());
                }

                if (missing) Gap();
            }
        }
    }

    private void Gap()
    {
        IroriMeter.BusGapped();
        _here.Publish(new HearingBack());
    }

    // How many events were counted: those for all nodes, and the changes of devices.
    private readonly record struct Numbers(long All, long Devices)
    {
        public Numbers After(HomeEvent happened) => BusWire.IsOfDevice(happened) ? this with { Devices = Devices + 1 } : this with { All = All + 1 };
    }

    private readonly record struct Told(HomeEvent Happened, Numbers Numbers, long At);

    private readonly record struct Granted(NodeIdentity? Node, bool Devices);

    private static partial class Log
    {
        [LoggerMessage(2301, LogLevel.Information, "Connected to the broker {Host}")]
        public static partial void Connected(ILogger logger, string host);

        [LoggerMessage(2302, LogLevel.Warning, "The broker is away ({Reason}); trying again. Devices and apps of this node go on, other nodes are not reached")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(2303, LogLevel.Warning, "Nothing is heard from other nodes; nothing is pushed to apps until it is again")]
        public static partial void HearingLost(ILogger logger);

        [LoggerMessage(2304, LogLevel.Error, "Command {Id} of another node failed")]
        public static partial void CommandFailed(ILogger logger, long id, Exception exception);
    }
}
