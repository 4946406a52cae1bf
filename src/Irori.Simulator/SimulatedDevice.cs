using System.Text.Json.Nodes;
using Irori.Simulator.Kinds;
using Irori.Simulator.Net;
using Microsoft.Extensions.Logging;

namespace Irori.Simulator;

/// <summary>A device that connects as real ones do, and can be told to behave badly while it runs.</summary>
public sealed partial class SimulatedDevice
{
    private readonly DevicePlan _plan;
    private readonly SimulationOptions _options;
    private readonly Dice _dice;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Hardware _hardware;
    private readonly Backoff _backoff;
    private readonly Latch _plugged = new();
    private readonly Latch _online = new();
    private readonly Lock _lock = new();
    private CancellationTokenSource? _attempt;

    internal SimulatedDevice(DevicePlan plan, SimulationOptions options, Dice dice, TimeProvider time, ILogger log)
    {
        _plan = plan;
        _options = options;
        _dice = dice;
        _time = time;
        _log = log;
        _hardware = Hardware.Of(plan, options, time);
        _backoff = new Backoff(options, dice);
        Firmware = new Firmware(plan, time);
        Outbox = new Outbox(_hardware.FirstState(), Firmware.NextNumber);
        _plugged.Set();
    }

    /// <summary>Its id.</summary>
    public string Id => _plan.Id;

    /// <summary>What it is.</summary>
    public DeviceKind Kind => _plan.Kind;

    /// <summary>A copy of its state.</summary>
    public JsonObject State => Outbox.Snapshot();

    /// <summary>True while it is registered and the server has acknowledged its full state.</summary>
    public bool Online => _online.IsSet;

    /// <summary>True while it has power.</summary>
    public bool Plugged => _plugged.IsSet;

    /// <summary>What it does with the next commands.</summary>
    public Behaviour Behaviour { get; set; } = Behaviour.Normal;

    /// <summary>Hears of every report right before it is sent, also when it is sent again: device id, <c>d_seq</c>, parameters as JSON.</summary>
    public Action<string, long, string>? ReportSent { get; set; }

    /// <summary>Hears of every report that the server has acknowledged: device id, <c>d_seq</c>, parameters as JSON.</summary>
    public Action<string, long, string>? ReportAcknowledged { get; set; }

    internal DevicePlan Plan => _plan;

    /// <summary>Devices that speak over its connection.</summary>
    internal List<SimulatedDevice> Behind { get; } = [];

    internal Hardware Hardware => _hardware;

    internal Firmware Firmware { get; }

    internal Outbox Outbox { get; }

    /// <summary>
    /// Presses the button on its case: it toggles its switch and reports. Ends when the report is over; at once when the device is not online,
    /// because its first report will say it.
    /// </summary>
    public async Task PressAsync(CancellationToken cancel)
    {
        if (!Plugged) return;
        var wait = Online;
        var reported = Outbox.Change(_hardware.Press);
        Log.Pressed(_log, Id);
        if (wait) await reported.WaitAsync(cancel);
    }

    /// <summary>Pulls the plug: the connection is cut without a goodbye.</summary>
    public void Unplug()
    {
        CancellationTokenSource? attempt;
        lock (_lock)
        {
            _plugged.Reset();
            _online.Reset();
            attempt = _attempt;
        }

        attempt?.Cancel();
    }

    /// <summary>Puts the plug back: the switch stands as <c>startup</c> says and the device connects.</summary>
    public void Plug()
    {
        if (Plugged) return;
        _ = Outbox.Change(Hardware.PowerOn);
        _plugged.Set();
    }

    /// <summary>Waits until it is online.</summary>
    public Task WaitOnlineAsync(CancellationToken cancel) => _online.WaitAsync(cancel);

    /// <summary>Lives until cancelled.</summary>
    internal Task RunAsync(Network network, CancellationToken cancel) => 
        Task.WhenAll(_plan.Gateway is null ? ConnectAsync(network, cancel) : Task.CompletedTask, TickAsync(cancel));

    /// <summary>The server has acknowledged a report of this connection.</summary>
    internal void CameOnline()
    {
        if (Online) return;
        _backoff.Reset();
        lock (_lock)
        {
            if (Plugged) _online.Set();
        }

        Log.IsOnline(_log, Id);
    }

    /// <summary>The connection is about to be closed, or is closed.</summary>
    internal void WentOffline() => _online.Reset();

    /// <summary>Lives over a gateway's connection as long as that, whenever it has power; <paramref name="live"/> runs until it loses that, <paramref name="leave"/> then.</summary>
    internal async Task LiveBehindAsync(Func<CancellationToken, Task> live, Func<Task> leave, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var attempt = new CancellationTokenSource();
            await using var stop = cancel.UnsafeRegister(static a => ((CancellationTokenSource)a!).Cancel(), attempt);
            lock (_lock) _attempt = attempt;
            await _plugged.WaitAsync(attempt.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!attempt.IsCancellationRequested) await live(attempt.Token);
            WentOffline();
            if (!cancel.IsCancellationRequested && !Plugged) await leave();
            else await Task.Delay(_options.FirstRetry, _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TickAsync(CancellationToken cancel)
    {
        if (_hardware.Interval is not { } interval) return;

        // Not all devices at the same instant.
        await Task.Delay(interval * _dice.Next(), _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!cancel.IsCancellationRequested)
        {
            if (Plugged) _ = Outbox.Change(state => _hardware.Tick(state, _dice));
            await Task.Delay(interval, _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ConnectAsync(Network network, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            // It has no timer and is not linked, so there is nothing to dispose and Unplug may cancel it at any time.
            var attempt = new CancellationTokenSource();
            await using var stop = cancel.UnsafeRegister(static a => ((CancellationTokenSource)a!).Cancel(), attempt);
            lock (_lock) _attempt = attempt;
            try
            {
                await _plugged.WaitAsync(attempt.Token);
                var ending = await LiveAsync(network, attempt.Token);
                attempt.Token.ThrowIfCancellationRequested();
                var pause = _backoff.Next(ending);
                Tell(ending, pause);
                await Task.Delay(pause, _time, attempt.Token);
            }
            catch (OperationCanceledException) when (attempt.IsCancellationRequested)
            {
                _backoff.Reset();
                if (!cancel.IsCancellationRequested) Log.Unplugged(_log, Id);
            }
        }
    }

    // From asking for the server to the end of the connection.
    private async Task<Ending> LiveAsync(Network network, CancellationToken cancel)
    {
        try
        {
            using var place = await network.EnterAsync(cancel);
            var dialled = await network.DialAsync(Firmware.Dispatch(), cancel);
            if (dialled.Socket is not { } socket) return dialled.Failure!;
            using var session = new Session(socket, _options.ReplyTimeout, _time);
            return await new Link(this, session, _options, _time, _log).RunAsync(place, cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.Failed(_log, Id, e);
            return new Ending("of a fault in the simulator");
        }
    }

    // The first failure is news, the next ones are not.
    private void Tell(Ending ending, TimeSpan pause)
    {
        if (_backoff.IsFirst || ending.Forbidden) Log.Lost(_log, Id, ending.Reason, pause.TotalSeconds);
        else Log.StillLost(_log, Id, ending.Reason, pause.TotalSeconds);
    }

    private static partial class Log
    {
        [LoggerMessage(6001, LogLevel.Information, "{Device} is online")]
        public static partial void IsOnline(ILogger logger, string device);

        [LoggerMessage(6002, LogLevel.Information, "{Device} is offline: {Reason}; it tries again in {Seconds:0.0} s")]
        public static partial void Lost(ILogger logger, string device, string reason, double seconds);

        [LoggerMessage(6003, LogLevel.Debug, "{Device} is still offline: {Reason}; it tries again in {Seconds:0.0} s")]
        public static partial void StillLost(ILogger logger, string device, string reason, double seconds);

        [LoggerMessage(6004, LogLevel.Information, "{Device} is unplugged")]
        public static partial void Unplugged(ILogger logger, string device);

        [LoggerMessage(6005, LogLevel.Information, "{Device}: its button was pressed")]
        public static partial void Pressed(ILogger logger, string device);

        [LoggerMessage(6006, LogLevel.Error, "{Device} met a fault in the simulator")]
        public static partial void Failed(ILogger logger, string device, Exception exception);
    }
}
