using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Irori.Simulator;
using Irori.Simulator.Net;

namespace Irori.Chaos.Actors;

/// <summary>A command as a device saw it.</summary>
/// <param name="At">When, by the clock of the run.</param>
/// <param name="Wall">When, by the wall clock.</param>
internal readonly record struct Seen(TimeSpan At, long Wall);

/// <summary>One registered time of a device on a node.</summary>
internal sealed record Connection(int Node, TimeSpan Since);

/// <summary>A connection that a device has left because a report was not answered on it; the node may not know yet.</summary>
/// <param name="Node">The node.</param>
/// <param name="Number">The report.</param>
/// <param name="SentAt">When the report was sent on it.</param>
/// <param name="At">When it was left.</param>
internal sealed record LeftConnection(int Node, long Number, TimeSpan SentAt, TimeSpan At)
{
    /// <summary>True when the node has acknowledged the report later.</summary>
    public bool AcknowledgedLate { get; set; }

    /// <summary>True when it is closed.</summary>
    public bool IsOver { get; set; }
}

/// <summary>
/// A device that counts. It reports one number after the other and goes on only when the last one was acknowledged; what was not, it sends again
/// under the same number, also after it has connected again, to any node. It carries out commands once each, and remembers all that it
/// was told and all that it has promised.
/// </summary>
internal sealed class Device(MadeDevice made, IReadOnlyList<Network> ways, SimulationOptions options, Dice dice)
{
    /// <summary>The property that counts its reports.</summary>
    public const string Reported = "n";

    /// <summary>The property that commands set.</summary>
    public const string Commanded = "c";

    // Numbers of frames that are no reports lie beyond those of reports.
    private const long FirstOther = 1_000_000_000;
    private const int Refusal = 400;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly Backoff _backoff = new(options, dice);
    private readonly ConcurrentDictionary<long, ConcurrentQueue<Seen>> _commands = new();
    private readonly ConcurrentDictionary<long, bool> _answered = new();
    private readonly ConcurrentDictionary<long, TimeSpan> _acknowledgedAt = new();
    private readonly ConcurrentQueue<LeftConnection> _left = new();
    private readonly List<Task> _ending = [];
    private long _others = FirstOther;
    private volatile bool _quiet;
    private volatile bool _busy;
    private Connection? _connection;
    private TimeSpan _sentAt;

    /// <summary>The device.</summary>
    public Core.Devices.Device Made => made.Device;

    /// <summary>The highest number that was sent, acknowledged or not.</summary>
    public long Sent { get; private set; }

    /// <summary>The highest number that was acknowledged: all before it were too.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Numbers of reports that were refused with an error; each was sent again.</summary>
    public int Refused { get; private set; }

    /// <summary>Connections that it has left.</summary>
    public IReadOnlyCollection<LeftConnection> Left => _left;

    /// <summary>Its present connection, or null.</summary>
    public Connection? Connection => Volatile.Read(ref _connection);

    /// <summary>Every command that it has seen, and when.</summary>
    public IReadOnlyDictionary<long, ConcurrentQueue<Seen>> Commands => _commands;

    /// <summary>What it has answered to commands: true where it obeyed.</summary>
    public IReadOnlyDictionary<long, bool> Answered => _answered;

    /// <summary>True when it waits for a report's acknowledgement.</summary>
    public bool Busy => _busy;

    /// <summary>It reports nothing new while true; what is not acknowledged it still sends.</summary>
    public bool Quiet
    {
        get => _quiet;
        set => _quiet = value;
    }

    /// <summary>Stays with a node that does not answer, instead of going to another.</summary>
    public bool Patient { get; set; }

    /// <summary>How long ago the device had already gone on from a number of its own.</summary>
    public TimeSpan Staleness(long number) => _acknowledgedAt.TryGetValue(number + 1, out var at) ? Moment.Now - at : TimeSpan.Zero;

    /// <summary>Connects and reports, again and again, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        int? silent = null;
        while (!cancel.IsCancellationRequested)
        {
            // Not the one that was silent, if there is another.
            var node = (int)(dice.Next() * ways.Count);
            if (node == silent) node = (node + 1) % ways.Count;
            var begun = Moment.Now;
            var ending = new Ending("it never was");
            try
            {
                ending = await ConnectAsync(node, cancel);
            }
            catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The node was killed, or the way to it was cut.
            }

            silent = _left.LastOrDefault()?.At > begun ? node : null;
            Volatile.Write(ref _connection, null);
            await Task.Delay(_backoff.Next(ending), cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_ending);
    }

    private async Task<Ending> ConnectAsync(int node, CancellationToken cancel)
    {
        var dialled = await ways[node].DialAsync(
            new DispatchRequest { Version = 8, Ts = 0, DeviceId = made.Device.Id, ApiKey = made.Key, Model = "CHAOS", RomVersion = "1.0.0" }, cancel);
        if (dialled.Socket is not { } socket) return dialled.Failure!;
        var session = new Session(socket, options.ReplyTimeout, TimeProvider.System);
        var ends = new CancellationTokenSource();
        var stops = cancel.Register(ends.Cancel);
        var receiving = ReceiveAsync(session, ends.Token);
        var leaves = false;
        try
        {
            var welcome = await session.AskAsync(Frame("register") with { Version = 8, Model = "CHAOS", RomVersion = "1.0.0", DeviceSequence = ++_others }, cancel);
            if (welcome is not { Error: 0 }) return new Ending("it may not register now");
            _backoff.Reset();
            Volatile.Write(ref _connection, new Connection(node, Moment.Now));
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var reporting = ReportAsync(session, welcome.ApiKey ?? made.Key, over.Token);
            await Task.WhenAny(reporting, receiving);
            // The node still has the report that it did not answer: what it says to it later is heard, and must not be yes.
            leaves = reporting.IsCompletedSuccessfully && !receiving.IsCompleted && !cancel.IsCancellationRequested;
            await over.CancelAsync();
            await reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return new Ending("the connection is over");
        }
        finally
        {
            var left = leaves ? new LeftConnection(node, Sent, _sentAt, Moment.Now) : null;
            var ending = EndAsync(session, receiving, ends, stops, left);
            if (left is null) await ending;
            else Leave(left, ending);
        }
    }

    private void Leave(LeftConnection left, Task ending)
    {
        _left.Enqueue(left);
        _ending.RemoveAll(e => e.IsCompleted);
        _ending.Add(ending);
    }

    // A connection that was left is heard until the node closes it.
    private static async Task EndAsync(Session session, Task<Ending> receiving, CancellationTokenSource ends, CancellationTokenRegistration stops, LeftConnection? left)
    {
        var late = left is null ? null : session.HearLateAsync(left.Number, ends.Token);
        if (left is null) await ends.CancelAsync();
        await receiving;
        await ends.CancelAsync();
        if (late is not null) left!.AcknowledgedLate = await late is { Error: 0 };
        left?.IsOver = true;
        await stops.DisposeAsync();
        session.Dispose();
        ends.Dispose();
    }

    private async Task<Ending> ReceiveAsync(Session session, CancellationToken cancel)
    {
        try
        {
            return await session.ReceiveAsync(command => ObeyAsync(session, command, cancel), cancel);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return new Ending("the connection broke");
        }
    }

    // Ends when the node does not answer and the device is not patient.
    private async Task ReportAsync(Session session, string apikey, CancellationToken cancel)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(dice.Between(100, 300)), cancel);
            while (_quiet && Sent == Acknowledged) await Task.Delay(Poll, cancel);
            Sent = Acknowledged + 1;
            _busy = true;
            _sentAt = Moment.Now;
            var answer = await session.AskAsync(Report(apikey), cancel);
            if (answer is null && !Patient) return;
            if (answer is { Error: 0 })
            {
                _acknowledgedAt[Sent] = Moment.Now;
                Acknowledged = Sent;
                _busy = false;
            }
            else if (answer is not null)
            {
                Refused++;
            }
        }
    }

    private async Task<Ending?> ObeyAsync(Session session, Frame command, CancellationToken cancel)
    {
        if (command.Action != "update" || command.Params?[Commanded] is not JsonValue value || !value.TryGetValue<long>(out var number)) return null;
        _commands.GetOrAdd(number, _ => new()).Enqueue(new Seen(Moment.Now, Moment.Wall));
        var mood = dice.Next();
        // Now and then it is silent, now and then it refuses.
        if (mood < 0.05) return null;
        var obeys = mood > 0.1;
        _answered[number] = obeys;
        await session.SendAsync(
            new Frame { Error = obeys ? 0 : Refusal, UserAgent = "device", DeviceId = made.Device.Id, ApiKey = command.ApiKey, Sequence = command.Sequence?.DeepClone() }, cancel);
        return null;
    }

    private Frame Report(string apikey) => Frame("update") with
    {
        ApiKey = apikey, DeviceSequence = Sent, Params = new JsonObject { [Reported] = Sent },
    };

    private Frame Frame(string action) => new() { Action = action, UserAgent = "device", DeviceId = made.Device.Id, ApiKey = made.Key };
}
