using System.Collections.Concurrent;
using System.Globalization;
using Irori.Core;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.Links;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Irori.Bus.RabbitMq;

/// <summary>
/// One connected time: two connections, because a broker that runs out of memory or disk stops reading from those that publish, and their
/// channels. Whatever of it breaks ends all of it: calls that wait are unknown at once, nothing is sent again, and the bus makes a new session.
/// </summary>
internal sealed class BusSession : IAsyncDisposable
{
    private const int MaxCalls = 10_000;
    private const int MaxQueuedCommands = 10_000;
    private const int MaxQueuedEvents = 50_000;
    private const long MaxQueuedBytes = 64 * 1024 * 1024;
    private const string ReplyQueue = "amq.rabbitmq.reply-to";

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly IConnection _publishing;
    private readonly IConnection _consuming;
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<CommandReply?>> _calls = new(StringComparer.Ordinal);
    private IChannel _calling = null!;
    private IChannel _telling = null!;
    private IChannel _serving = null!;
    private IChannel _hearing = null!;
    private string _events = "";
    private long _lastCall;

    private BusSession(IConnection publishing, IConnection consuming, TimeProvider time)
    {
        _publishing = publishing;
        _consuming = consuming;
        _time = time;
    }

    /// <summary>Cancelled when something of the session broke.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Connects and listens to what every node hears; <paramref name="hear"/> must not wait.</summary>
    public static async Task<BusSession> OpenAsync(Uri broker, string process, Action<BasicDeliverEventArgs> hear, TimeProvider time, CancellationToken cancel)
    {
        var factory = new ConnectionFactory
        {
            Uri = broker, AutomaticRecoveryEnabled = false, TopologyRecoveryEnabled = false, RequestedHeartbeat = Heartbeat,
            RequestedConnectionTimeout = Patience, HandshakeContinuationTimeout = Patience, ContinuationTimeout = Patience,
        };
        var publishing = await factory.CreateConnectionAsync($"irori {process} publish", cancel);
        IConnection? consuming = null;
        try
        {
            consuming = await factory.CreateConnectionAsync($"irori {process} consume", cancel);
            var session = new BusSession(publishing, consuming, time);
            await session.BeginAsync(process, hear, cancel);
            return session;
        }
        catch
        {
            await CloseAsync(publishing);
            if (consuming is not null) await CloseAsync(consuming);
            throw;
        }
    }

    /// <summary>Takes the commands of a node's life; <paramref name="take"/> must not wait.</summary>
    public async Task ServeAsync(NodeIdentity node, Action<BasicDeliverEventArgs> take, CancellationToken cancel)
    {
        var queue = BusNames.CommandsOf(node);
        await _serving.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: true, Bounds(MaxQueuedCommands), cancellationToken: cancel);
        await ConsumeAsync(_serving, queue, take, cancel);
    }

    /// <summary>Listens to the changes of devices too.</summary>
    public async Task HearDevicesAsync(CancellationToken cancel)
    {
        foreach (var key in BusNames.DeviceKeys) await _hearing.QueueBindAsync(_events, BusNames.Events, key, cancellationToken: cancel);
    }

    /// <summary>Asks the node that consumes a queue.</summary>
    public async Task<CommandReply> CallAsync(NodeIdentity node, ReadOnlyMemory<byte> message, TimeSpan left, CancellationToken cancel)
    {
        if (_calls.Count >= MaxCalls) return Count(BusCall.Unsent, new CommandReply(CommandOutcome.Undelivered, "too many commands wait for other nodes"));
        var id = Interlocked.Increment(ref _lastCall).ToString(CultureInfo.InvariantCulture);
        var answer = new TaskCompletionSource<CommandReply?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var limit = new CancellationTokenSource(left, _time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        var given = false;
        _calls[id] = answer;
        try
        {
            if (_ended.IsCancellationRequested) return Count(BusCall.Unsent, CommandReply.NotSent);
            var properties = new BasicProperties { CorrelationId = id, ReplyTo = ReplyQueue, Expiration = Lifetime(left) };
            await _calling.BasicPublishAsync("", BusNames.CommandsOf(node), mandatory: true, properties, message, deadline.Token);
            given = true;
            return await answer.Task.WaitAsync(deadline.Token) ?? Count(BusCall.Broken, new CommandReply(CommandOutcome.Unknown));
        }
        catch (OperationCanceledException)
        {
            // A broker that takes nothing has not got it; from one that has, the node may have got it.
            return given ? Count(BusCall.TimedOut, new CommandReply(CommandOutcome.Unknown)) : Count(BusCall.Unsent, new CommandReply(CommandOutcome.Undelivered));
        }
        catch (AlreadyClosedException)
        {
            return Count(BusCall.Unsent, CommandReply.NotSent);
        }
        catch (Exception e) when (e is OperationInterruptedException or IOException)
        {
            return Count(BusCall.Broken, new CommandReply(CommandOutcome.Unknown));
        }
        finally
        {
            _calls.TryRemove(id, out _);
        }
    }

    /// <summary>Answers a call. Who asked waits no longer than its deadline, and so does this.</summary>
    public async Task ReplyAsync(string to, string correlation, ReadOnlyMemory<byte> message, TimeSpan left)
    {
        using var limit = new CancellationTokenSource(left, _time);
        try
        {
            await _telling.BasicPublishAsync("", to, mandatory: false, new BasicProperties { CorrelationId = correlation }, message, limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or AlreadyClosedException or OperationInterruptedException or IOException)
        {
            // The caller's own deadline ends the call; the outcome is recorded.
        }
    }

    /// <summary>Tells an event.</summary>
    public ValueTask TellAsync(string key, ReadOnlyMemory<byte> message, CancellationToken cancel) =>
        _telling.BasicPublishAsync(BusNames.Events, key, mandatory: false, new BasicProperties(), message, cancel);

    public async ValueTask DisposeAsync()
    {
        End();
        await Task.WhenAll(CloseAsync(_publishing), CloseAsync(_consuming));
    }

    private static CommandReply Count(BusCall what, CommandReply reply)
    {
        IroriMeter.BusCalled(what);
        return reply;
    }

    // Zero would mean "only if somebody takes it this moment".
    private static string Lifetime(TimeSpan left) => ((long)Math.Max(1, left.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);

    private static Dictionary<string, object?> Bounds(int length) => new(StringComparer.Ordinal)
    {
        ["x-max-length"] = length, ["x-max-length-bytes"] = MaxQueuedBytes, ["x-overflow"] = "drop-head",
    };

    private static async Task CloseAsync(IConnection connection)
    {
        try
        {
            await connection.CloseAsync(Constants.ReplySuccess, "goodbye", Goodbye, abort: true, CancellationToken.None).WaitAsync(Patience);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It was broken, or the broker does not answer: there is nobody to say goodbye to.
        }

        await connection.DisposeAsync();
    }

    private async Task BeginAsync(string process, Action<BasicDeliverEventArgs> hear, CancellationToken cancel)
    {
        foreach (var connection in new[] { _publishing, _consuming }) connection.ConnectionShutdownAsync += OnShutdownAsync;
        _calling = await ChannelAsync(_publishing, cancel);
        _telling = await ChannelAsync(_publishing, cancel);
        _serving = await ChannelAsync(_consuming, cancel);
        _hearing = await ChannelAsync(_consuming, cancel);
        _calling.BasicReturnAsync += (_, returned) =>
        {
            if (returned.BasicProperties.CorrelationId is { } id && _calls.TryRemove(id, out var call)) call.TrySetResult(Count(BusCall.Returned, CommandReply.NotSent));
            return Task.CompletedTask;
        };
        // Direct replies come to the channel that published.
        await ConsumeAsync(_calling, ReplyQueue, Answer, cancel);
        await _hearing.ExchangeDeclareAsync(BusNames.Events, ExchangeType.Direct, durable: true, autoDelete: false, cancellationToken: cancel);
        _events = BusNames.EventsOf(process);
        await _hearing.QueueDeclareAsync(_events, durable: false, exclusive: true, autoDelete: true, Bounds(MaxQueuedEvents), cancellationToken: cancel);
        await _hearing.QueueBindAsync(_events, BusNames.Events, BusNames.All, cancellationToken: cancel);
        await ConsumeAsync(_hearing, _events, hear, cancel);
    }

    private async Task<IChannel> ChannelAsync(IConnection connection, CancellationToken cancel)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancel);
        channel.ChannelShutdownAsync += OnShutdownAsync;
        return channel;
    }

    // At most once: what is taken is never delivered again.
    private static async Task ConsumeAsync(IChannel channel, string queue, Action<BasicDeliverEventArgs> take, CancellationToken cancel)
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivered) =>
        {
            take(delivered);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer, cancel);
    }

    private void Answer(BasicDeliverEventArgs delivered)
    {
        if (delivered.BasicProperties.CorrelationId is not { } id || !_calls.TryRemove(id, out var call)) return;
        var reply = BusWire.ReadReply(delivered.Body);
        IroriMeter.BusCalled(reply is null ? BusCall.Ignored : BusCall.Answered);
        call.TrySetResult(reply ?? new CommandReply(CommandOutcome.Unknown));
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        End();
        return Task.CompletedTask;
    }

    private void End()
    {
        _ended.Cancel();
        foreach (var (id, call) in _calls)
        {
            if (_calls.TryRemove(id, out _)) call.TrySetResult(null);
        }
    }
}
