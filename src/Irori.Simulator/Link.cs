using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Irori.Simulator.Net;
using Microsoft.Extensions.Logging;

namespace Irori.Simulator;

/// <summary>One connection of a device from <c>register</c> to its end: reports, heartbeats and commands.</summary>
internal sealed partial class Link(SimulatedDevice device, Session session, SimulationOptions options, TimeProvider time, ILogger log)
{
    private const int SendsPerConnection = 3;
    private const int MaxSends = 6;
    private const int MaxSlowAnswers = 64;
    private static readonly TimeSpan DefaultHeartbeat = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan DefaultRegister = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private TimeSpan _heartbeat = DefaultHeartbeat;
    private Task _slow = Task.CompletedTask;
    private int _slowAnswers;

    /// <summary>Lives as long as the connection. Others may connect when <paramref name="place"/> is given back.</summary>
    public async Task<Ending> RunAsync(IDisposable place, CancellationToken cancel)
    {
        using var cut = new CancellationTokenSource();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var receiving = GuardAsync(c => session.ReceiveAsync(command => ObeyAsync(command, end.Token), c), cut.Token);
        var talking = GuardAsync(c => TalkAsync(place, c), end.Token);
        var ending = await await Task.WhenAny(receiving, talking);
        await end.CancelAsync();
        await talking;
        device.WentOffline();

        // A receive that is cancelled cuts the connection, so the goodbye comes before.
        if (device.Plugged && !ending.Abrupt) await session.CloseAsync();
        await cut.CancelAsync();
        await receiving;
        return ending;
    }

    private async Task<Ending> TalkAsync(IDisposable place, CancellationToken cancel)
    {
        if (await RegisterAsync(place, cancel) is { } failed) return failed;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reporting = GuardAsync(ReportAsync, end.Token);
        var beating = GuardAsync(BeatAsync, end.Token);
        var ending = await await Task.WhenAny(reporting, beating);
        await end.CancelAsync();
        await Task.WhenAll(reporting, beating);
        return ending;
    }

    private async Task<Ending?> RegisterAsync(IDisposable place, CancellationToken cancel)
    {
        var told = false;
        while (true)
        {
            var reply = await session.AskAsync(device.Firmware.Register(), cancel);
            place.Dispose();
            switch (reply)
            {
                case null:
                    return new Ending("the server did not answer register");
                case { Error: 0 }:
                    device.Firmware.Adopt(reply.ApiKey);
                    _heartbeat = Seconds(reply.Config?.HeartbeatInterval, DefaultHeartbeat);
                    return null;
                case { Error: 403 }:
                    return new Ending("the server does not know it or its key") { Forbidden = true };
                case { Error: 404 or 415 } or { Config.RegisterInterval: not null }:
                    if (!told) Log.Waits(log, device.Id, reply.Error!.Value);
                    told = true;
                    await Task.Delay(Seconds(reply.Config?.RegisterInterval, DefaultRegister), time, cancel);
                    break;
                default:
                    return new Ending($"register was answered with error {reply.Error}");
            }
        }
    }

    private async Task<Ending> ReportAsync(CancellationToken cancel)
    {
        // What was on its way when the last connection broke comes first, under its old number.
        if (device.Outbox.Current is { } left && await DeliverAsync(left, cancel) is { } lost) return lost;
        device.Outbox.SayEverything();
        while (true)
        {
            if (await DeliverAsync(await device.Outbox.NextAsync(cancel), cancel) is { } failed) return failed;
            device.CameOnline();
        }
    }

    // Null when the report is over and the connection is good.
    private async Task<Ending?> DeliverAsync(Report report, CancellationToken cancel)
    {
        for (var sends = 0; sends < SendsPerConnection; sends++)
        {
            if (report.Sends == MaxSends)
            {
                Log.GivenUp(log, device.Id, report.Number);
                device.Outbox.Finish(report);
                return null;
            }

            report.Sends++;
            Log.Reports(log, device.Id, report.Number, report.Json);
            device.ReportSent?.Invoke(device.Id, report.Number, report.Json);
            switch (await session.AskAsync(device.Firmware.Update(report), cancel))
            {
                case { Error: 0 }:
                    device.ReportAcknowledged?.Invoke(device.Id, report.Number, report.Json);
                    device.Outbox.Finish(report);
                    return null;
                case { Error: >= 500 }:
                    // The server cannot store it now.
                    await Task.Delay(options.ReplyTimeout, time, cancel);
                    break;
                case { Error: var error }:
                    device.Outbox.Finish(report);
                    return new Ending($"its report was answered with error {error}");
            }
        }

        return new Ending("the server did not acknowledge a report") { Abrupt = true };
    }

    private async Task<Ending> BeatAsync(CancellationToken cancel)
    {
        // Three times per interval, so that one lost beat does no harm.
        using var timer = new PeriodicTimer(_heartbeat / 3, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            if (await session.AskAsync(device.Firmware.Date(), cancel) is null) break;
        }

        return new Ending("the server did not answer a heartbeat") { Abrupt = true };
    }

    // Actions that this firmware does not know are ignored.
    private async Task<Ending?> ObeyAsync(Frame command, CancellationToken cancel)
    {
        if (command.Action != "update" || command.DeviceId != device.Id) return null;
        var behaviour = device.Behaviour;
        Log.Commanded(log, device.Id, command.Params?.ToJsonString() ?? "nothing", behaviour);
        switch (behaviour.Kind)
        {
            case BehaviourKind.Silent:
                return null;
            case BehaviourKind.Drop:
                return new Ending("it dropped the connection") { Abrupt = true };
            case BehaviourKind.Refuse:
                await session.SendAsync(device.Firmware.Answer(command, 400), cancel);
                return null;
            case BehaviourKind.Slow:
                var before = _slow;
                _slow = GuardAsync(c => AnswerLaterAsync(before, command, behaviour.Delay, c), cancel);
                return null;
            default:
                await AnswerAsync(command, cancel);
                return null;
        }
    }

    private async Task AnswerAsync(Frame command, CancellationToken cancel)
    {
        if (command.Params is JsonObject change) device.Outbox.Obey(change);
        await session.SendAsync(device.Firmware.Answer(command, command.Params is JsonObject ? 0 : 400), cancel);
    }

    private async Task<Ending> AnswerLaterAsync(Task before, Frame command, TimeSpan delay, CancellationToken cancel)
    {
        try
        {
            // A device that is slow and gets more than it can remember forgets.
            if (Interlocked.Increment(ref _slowAnswers) > MaxSlowAnswers) return new Ending("it has forgotten a command");
            await Task.Delay(delay, time, cancel);
            await before;
            await AnswerAsync(command, cancel);
            return new Ending("it has answered");
        }
        finally
        {
            Interlocked.Decrement(ref _slowAnswers);
        }
    }

    // A connection may break under any call, or take no more frames until a send runs out of time; that is an ending like others.
    private static async Task<Ending> GuardAsync(Func<CancellationToken, Task<Ending>> work, CancellationToken cancel)
    {
        try
        {
            return await work(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return new Ending("it was stopped");
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            return new Ending("the connection broke") { Abrupt = true };
        }
    }

    private static TimeSpan Seconds(double? seconds, TimeSpan otherwise) =>
        seconds is not > 0 ? otherwise : seconds < LongestPause.TotalSeconds ? TimeSpan.FromSeconds(Math.Max(seconds.Value, 0.02)) : LongestPause;

    private static partial class Log
    {
        [LoggerMessage(6101, LogLevel.Information, "{Device} is not registered yet (error {Error}; 404 means not added to an account) and asks again")]
        public static partial void Waits(ILogger logger, string device, int error);

        [LoggerMessage(6102, LogLevel.Information, "{Device} ({Behaviour}) is told {Params}")]
        public static partial void Commanded(ILogger logger, string device, string @params, Behaviour behaviour);

        [LoggerMessage(6103, LogLevel.Debug, "{Device} reports under {Number} {Params}")]
        public static partial void Reports(ILogger logger, string device, long number, string @params);

        [LoggerMessage(6104, LogLevel.Warning, "{Device} gives up its report {Number}, which the server has never acknowledged")]
        public static partial void GivenUp(ILogger logger, string device, long number);
    }
}
