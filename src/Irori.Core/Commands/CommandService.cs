using System.Text.Json;
using Irori.Core.Bindings;
using Irori.Core.Feeds;
using Irori.Core.Sharing;
using Irori.Core.States;

namespace Irori.Core.Commands;

/// <summary>What a command did.</summary>
public sealed record CommandAnswer(CommandOutcome Outcome, VisibleDevice Device);

/// <summary>The one path of every command: check the binding, ask the node that holds the link, answer after the commit of what the device agreed to.</summary>
public sealed class CommandService(IDatabase database, IBus bus, TimeProvider time)
{
    /// <summary>How long a device has to answer when the dialect does not say.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Sends a JSON object of properties, in the product's own names. Faults: not visible, <see cref="FaultKind.Offline"/>,
    /// <see cref="FaultKind.Undelivered"/>, <see cref="FaultKind.NoAnswer"/>, <see cref="FaultKind.Rejected"/> with the device's code;
    /// <see cref="FaultKind.NotAllowed"/> for timers that a guest may not change so.
    /// </summary>
    public async Task<Result<CommandAnswer>> SendAsync(Principal who, string deviceId, string body, TimeSpan within, CancellationToken cancel)
    {
        if (Check(body) is { } wrong) return wrong;
        var device = await FindAsync(who, deviceId, cancel);
        return device is null ? Fault.NotVisible("device") : await SendAsync(who, device, body, within, cancel);
    }

    /// <summary>What is wrong with a command's JSON, or null.</summary>
    internal static Fault? Check(string body) => body.Length > DeviceState.MaxSize
        ? Fault.Invalid("params", $"A command has at most {DeviceState.MaxSize} characters")
        : Readings.Check(Readings.Parse(body));

    /// <summary>Sends to a device that was just found to be visible, what <see cref="Check"/> has let pass.</summary>
    internal async Task<Result<CommandAnswer>> SendAsync(Principal who, VisibleDevice device, string body, TimeSpan within, CancellationToken cancel)
    {
        using (var command = JsonDocument.Parse(body))
        {
            if (TimerRights.Check(device, command.RootElement) is { } forbidden) return forbidden;
        }

        return await SendAllowedAsync(who, device, body, within, cancel);
    }

    private async Task<Result<CommandAnswer>> SendAllowedAsync(Principal who, VisibleDevice device, string body, TimeSpan within, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var command = new DeviceCommand
        {
            Id = Ids.Number(), Device = device.No, Body = body, Account = who.Account.Id, App = who.App.Id, Ip = who.Ip, Created = now, Deadline = now + within,
            Expires = DeviceCommand.After(time, within),
        };
        var start = time.GetTimestamp();
        var reply = await AskAsync(who, device, command, cancel);
        // What the device's node knows, it has recorded; of the rest it may know nothing. A record of what the device said stays.
        if (reply.Outcome is CommandOutcome.Offline or CommandOutcome.Undelivered or CommandOutcome.Unknown) await RecordAsync(device, command, reply, cancel);
        IroriMeter.CommandEnded(reply.Outcome, time.GetElapsedTime(start));
        return reply.Outcome switch
        {
            CommandOutcome.Acknowledged or CommandOutcome.Delivered => new CommandAnswer(reply.Outcome, device),
            CommandOutcome.Rejected => new Fault(FaultKind.Rejected, "The device refused the command", Detail: reply.Detail),
            CommandOutcome.Offline => new Fault(FaultKind.Offline, "The device is offline"),
            CommandOutcome.Unknown => new Fault(FaultKind.NoAnswer, "The device did not answer in time"),
            _ => new Fault(FaultKind.Undelivered, "The device could not be reached in time"),
        };
    }

    // Only a closed link or an expired lease means offline: a node that is not reached, or does not hold the link, is asked again until the deadline.
    private async Task<CommandReply> AskAsync(Principal who, VisibleDevice device, DeviceCommand command, CancellationToken cancel)
    {
        var current = device;
        while (true)
        {
            if (!current.Online || current.LinkNode is not { } node) return new CommandReply(CommandOutcome.Offline);
            var reply = await bus.SendAsync(node, command, cancel);
            if (!reply.AskAgain || command.Left(time) <= Retry) return reply;
            await Task.Delay(Retry, time, cancel);
            if (await FindAsync(who, device.Id, cancel) is not { } again) return reply;
            current = again;
        }
    }

    private Task<VisibleDevice?> FindAsync(Principal who, string deviceId, CancellationToken cancel) =>
        database.ReadAsync(s => s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId), cancel);

    private Task<Result<StateWritten>> RecordAsync(VisibleDevice device, DeviceCommand command, CommandReply reply, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return database.WriteStateAsync(
            new StateWrite
            {
                Device = device.No,
                Product = device.Product,
                Arrival = now.ToUnixTimeMilliseconds(),
                Command = command.Record(reply.Outcome, sentAt: null, now, reply.Detail),
            },
            cancel);
    }
}
