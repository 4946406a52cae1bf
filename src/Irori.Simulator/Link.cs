using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Irori.Simulator.Kinds;
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
        var reporting = GuardAsync(c => ReportAsync(device, c), end.Token);
        var beating = GuardAsync(BeatAsync, end.Token);
        var behind = Task.WhenAll(device.Behind.Select(s => s.LiveBehindAsync(c => GuardAsync(t => CarryAsync(s, t), c), () => LeaveAsync(s, end.Token), end.Token)));
        var ending = await await Task.WhenAny(reporting, beating);
        await end.CancelAsync();
        await Task.WhenAll(reporting, beating, behind);
        return ending;
    }

    // A device behind this one: it is said to be there, joins where it is not known to be, and reports.
    private async Task<Ending> CarryAsync(SimulatedDevice sub, CancellationToken cancel)
    {
        while (true)
        {
            var reply = await session.AskAsync(device.Firmware.OfSubDevice("onlineSubDev", sub.Plan), cancel);
            if (reply?.SubDevices is not [{ Error: 0 }]) reply = await session.AskAsync(device.Firmware.OfSubDevice("addSubDev", sub.Plan), cancel);
            if (reply?.SubDevices is [{ Error: 0 } taken])
            {
                sub.Firmware.Join(taken.DeviceId, reply.ApiKey);
                var ending = await ReportAsync(sub, cancel);
                Log.Interrupted(log, sub.Id, ending.Reason);
            }
            else
            {
                Log.NotTaken(log, sub.Id, device.Id, reply?.SubDevices is [var refused, ..] ? refused.Error : reply?.Error ?? 0);
            }

            sub.WentOffline();
            await Task.Delay(options.LastRetry, time, cancel);
        }
    }

    private Task LeaveAsync(SimulatedDevice sub, CancellationToken cancel) => GuardAsync(
        async c =>
        {
            await session.AskAsync(device.Firmware.OfSubDevice("offlineSubDev", sub.Plan), c);
            return new Ending("it was unplugged");
        },
        cancel);

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

    private async Task<Ending> ReportAsync(SimulatedDevice who, CancellationToken cancel)
    {
        // What was on its way when the last connection broke comes first, under its old number.
        if (who.Outbox.Current is { } left && await DeliverAsync(who, left, cancel) is { } lost) return lost;
        who.Outbox.SayEverything();
        while (true)
        {
            if (await DeliverAsync(who, await who.Outbox.NextAsync(cancel), cancel) is { } failed) return failed;
            who.CameOnline();
        }
    }

    // Null when the report is over and the connection is good.
    private async Task<Ending?> DeliverAsync(SimulatedDevice who, Report report, CancellationToken cancel)
    {
        for (var sends = 0; sends < SendsPerConnection; sends++)
        {
            if (report.Sends == MaxSends)
            {
                Log.GivenUp(log, who.Id, report.Number);
                who.Outbox.Finish(report);
                return null;
            }

            report.Sends++;
            Log.Reports(log, who.Id, report.Number, report.Json);
            who.ReportSent?.Invoke(who.Id, report.Number, report.Json);
            switch (await session.AskAsync(who.Firmware.Update(report), cancel))
            {
                case { Error: 0 }:
                    who.ReportAcknowledged?.Invoke(who.Id, report.Number, report.Json);
                    who.Outbox.Finish(report);
                    return null;
                case { Error: >= 500 }:
                    // The server cannot store it now.
                    await Task.Delay(options.ReplyTimeout, time, cancel);
                    break;
                case { Error: var error }:
                    who.Outbox.Finish(report);
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
        var who = command.DeviceId == device.Id ? device : device.Behind.FirstOrDefault(s => s.Firmware.DeviceId == command.DeviceId && s.Plugged);
        if (command.Action != "update" || who is null) return null;
        var behaviour = who.Behaviour;
        Log.Commanded(log, who.Id, command.Params?.ToJsonString() ?? "nothing", behaviour);
        switch (behaviour.Kind)
        {
            case BehaviourKind.Silent:
                return null;
            case BehaviourKind.Drop:
                return new Ending("it dropped the connection") { Abrupt = true };
            case BehaviourKind.Refuse:
                await session.SendAsync(who.Firmware.Answer(command, 400), cancel);
                return null;
            case BehaviourKind.Slow:
                var before = _slow;
                _slow = GuardAsync(c => AnswerLaterAsync(before, who, command, behaviour.Delay, c), cancel);
                return null;
            default:
                await AnswerAsync(who, command, cancel);
                return null;
        }
    }

    private async Task AnswerAsync(SimulatedDevice who, Frame command, CancellationToken cancel)
    {
        var change = command.Params as JsonObject;
        if (change is not null) who.Outbox.Obey(change);
        var said = change is not null && who.Hardware.CountsEnergy && DailyEnergy.IsAsked(change) ? new FrameConfig { HundredDaysKwhData = DailyEnergy.Text() } : null;
        await session.SendAsync(who.Firmware.Answer(command, change is null ? 400 : 0, said), cancel);
    }

    private async Task<Ending> AnswerLaterAsync(Task before, SimulatedDevice who, Frame command, TimeSpan delay, CancellationToken cancel)
    {
        try
        {
            // A device that is slow and gets more than it can remember forgets.
            if (Interlocked.Increment(ref _slowAnswers) > MaxSlowAnswers) return new Ending("it has forgotten a command");
            await Task.Delay(delay, time, cancel);
            await before;
            await AnswerAsync(who, command, cancel);
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

        [LoggerMessage(6105, LogLevel.Information, "{Device} was not taken behind {Gateway} (error {Error}) and asks again")]
        public static partial void NotTaken(ILogger logger, string device, string gateway, int error);

        [LoggerMessage(6106, LogLevel.Information, "{Device} is offline behind its gateway: {Reason}; it asks again")]
        public static partial void Interrupted(ILogger logger, string device, string reason);

        [LoggerMessage(6104, LogLevel.Warning, "{Device} gives up its report {Number}, which the server has never acknowledged")]
        public static partial void GivenUp(ILogger logger, string device, long number);
    }
}
