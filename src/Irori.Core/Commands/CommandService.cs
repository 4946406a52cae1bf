using Irori.Core.Bindings;
using Irori.Core.Feeds;
using Irori.Core.Sharing;
using Irori.Core.States;
using Microsoft.Extensions.Logging;

namespace Irori.Core.Commands;

/// <summary>One of several commands that go out together.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Body">A JSON object of properties, in the product's own names.</param>
public sealed record DeviceOrder(string DeviceId, string Body);

/// <summary>What a command did.</summary>
/// <param name="Outcome">What is known.</param>
/// <param name="Said">What the device said to a question in the command, in its dialect's own form, or null.</param>
public sealed record CommandAnswer(CommandOutcome Outcome, string? Said);

/// <summary>The one path of every command: check the binding, ask the node that holds the link, answer after the commit of what the device agreed to.</summary>
public sealed partial class CommandService(IDatabase database, IBus bus, TimeProvider time, ILogger<CommandService> log)
{
    /// <summary>How long a device has to answer when the dialect does not say.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);

    // Commands of this node whose end nobody has to wait for.
    private const int MaxUnderWay = 4_096;

    private int _underWay;

    /// <summary>
    /// Sends a JSON object of properties, in the product's own names. Faults: not visible, <see cref="FaultKind.Offline"/>,
    /// <see cref="FaultKind.Undelivered"/>, <see cref="FaultKind.NoAnswer"/>, <see cref="FaultKind.Rejected"/> with the device's code;
    /// <see cref="FaultKind.NotAllowed"/> for timers that a guest may not change so.
    /// </summary>
    public async Task<Result<CommandAnswer>> SendAsync(Principal who, string deviceId, string body, TimeSpan within, CancellationToken cancel)
    {
        if (Check(body) is { } wrong) return wrong;
        if (await FindAsync(who, deviceId, cancel) is not { } device) return Fault.NotVisible("device");
        if (TimerRights.Check(device, body) is { } forbidden) return forbidden;
        return await SendAllowedAsync(who, device, deviceId, CommandKind.Update, body, within, cancel);
    }

    /// <summary>
    /// Sends to several devices at once and waits for their answers, for so long at most: what has no answer then is
    /// <see cref="FaultKind.NoAnswer"/>, and goes on. Answers in the order of the orders what went wrong with each, null: nothing.
    /// </summary>
    public async Task<Result<IReadOnlyList<Fault?>>> SendAllAsync(Principal who, IReadOnlyList<DeviceOrder> orders, TimeSpan wait, CancellationToken cancel)
    {
        foreach (var order in orders)
        {
            if (Check(order.Body) is { } wrong) return wrong;
        }

        // The time to wait runs before anything is sent.
        using var over = new CancellationTokenSource(wait, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancel);
        if (!Start(who, orders, wait > DefaultDeadline ? wait : DefaultDeadline).Try(out var started, out var fault)) return fault;
        try
        {
            await Task.WhenAll(started).WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // What has an answer has it.
        }

        var outcomes = new List<Fault?>(orders.Count);
        foreach (var task in started) outcomes.Add(task.IsCompletedSuccessfully ? await task : Silent);
        return outcomes;
    }

    /// <summary>
    /// Asks a device to fetch and install firmware, said as its dialect says it. Only its owner does: <see cref="FaultKind.NotAllowed"/>. Firmware may
    /// not answer and be gone at once: <see cref="FaultKind.NoAnswer"/> is no failure then.
    /// </summary>
    public async Task<Result<CommandAnswer>> UpgradeAsync(Principal who, string deviceId, string body, TimeSpan within, CancellationToken cancel)
    {
        if (Check(body) is { } wrong) return wrong;
        if (await FindAsync(who, deviceId, cancel) is not { } device) return Fault.NotVisible("device");
        return device.Role == Role.Owner
            ? await SendAllowedAsync(who, device, deviceId, CommandKind.Upgrade, body, within, cancel)
            : Fault.NotAllowed("Only its owner upgrades a device");
    }

    /// <summary>
    /// Sends what <see cref="Check"/> has let pass, each until its own deadline, whether or not who asked is still there. The tasks answer what went wrong
    /// and do not fail. Each device is found by itself: on PostgreSQL such questions share a round trip.
    /// </summary>
    internal Result<IReadOnlyList<Task<Fault?>>> Start(Principal who, IReadOnlyList<DeviceOrder> orders, TimeSpan within)
    {
        if (Interlocked.Add(ref _underWay, orders.Count) > MaxUnderWay)
        {
            Interlocked.Add(ref _underWay, -orders.Count);
            return new Fault(FaultKind.Throttled, "Too many commands are under way", RetryAfter: DefaultDeadline);
        }

        return Result.Of<IReadOnlyList<Task<Fault?>>>([.. orders.Select(o => RunAsync(who, o, within))]);
    }

    private async Task<Fault?> RunAsync(Principal who, DeviceOrder order, TimeSpan within)
    {
        try
        {
            return (await SendAsync(who, order.DeviceId, order.Body, within, CancellationToken.None)).Fault;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Failed(log, order.DeviceId, e);
            return UnavailableException.Fault;
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task<Result<CommandAnswer>> SendAllowedAsync(
        Principal who, CommandTarget device, string deviceId, CommandKind kind, string body, TimeSpan within, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var command = new DeviceCommand
        {
            Id = Ids.Number(), Device = device.No, Kind = kind, Body = body, Account = who.Account.Id, App = who.App.Id, Source = who.Source, Ip = who.Ip, Created = now, Deadline = now + within,
            Expires = DeviceCommand.After(time, within),
        };
        var start = time.GetTimestamp();
        var reply = await AskAsync(who, device, deviceId, command, cancel);
        // What the device's node knows, it has recorded; of the rest it may know nothing. A record of what the device said stays.
        if (reply.Outcome is CommandOutcome.Offline or CommandOutcome.Undelivered or CommandOutcome.Unknown) await RecordAsync(device, command, reply, cancel);
        IroriMeter.CommandEnded(reply.Outcome, time.GetElapsedTime(start));
        return reply.Outcome switch
        {
            CommandOutcome.Acknowledged or CommandOutcome.Delivered => new CommandAnswer(reply.Outcome, reply.Said),
            CommandOutcome.Rejected => new Fault(FaultKind.Rejected, "The device refused the command", Detail: reply.Detail),
            CommandOutcome.Offline => new Fault(FaultKind.Offline, "The device is offline"),
            CommandOutcome.Unknown => Silent,
            _ => new Fault(FaultKind.Undelivered, "The device could not be reached in time"),
        };
    }

    /// <summary>What is wrong with a command's JSON, or null.</summary>
    public static Fault? Check(string body) => body.Length > DeviceState.MaxSize
        ? Fault.Invalid("params", $"A command has at most {DeviceState.MaxSize} characters")
        : Readings.Check(Readings.Parse(body));

    // Only a closed link or an expired lease means offline: a node that is not reached, or does not hold the link, is asked again until the deadline.
    private async Task<CommandReply> AskAsync(Principal who, CommandTarget device, string deviceId, DeviceCommand command, CancellationToken cancel)
    {
        var current = device;
        while (true)
        {
            if (!current.Online || current.LinkNode is not { } node) return new CommandReply(CommandOutcome.Offline);
            var reply = await bus.SendAsync(node, command, cancel);
            if (!reply.AskAgain || command.Left(time) <= Retry) return reply;
            await Task.Delay(Retry, time, cancel);
            if (await FindAsync(who, deviceId, cancel) is not { } again) return reply;
            current = again;
        }
    }

    private Task<CommandTarget?> FindAsync(Principal who, string deviceId, CancellationToken cancel) =>
        database.FindTargetAsync(who.Account.No, who.App.No, deviceId, cancel);

    private Task<Result<StateWritten>> RecordAsync(CommandTarget device, DeviceCommand command, CommandReply reply, CancellationToken cancel)
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

    private static Fault Silent => new(FaultKind.NoAnswer, "The device did not answer in time");

    private static partial class Log
    {
        [LoggerMessage(2501, LogLevel.Warning, "A command to {Device} for which nobody waits failed")]
        public static partial void Failed(ILogger logger, string device, Exception exception);
    }
}
