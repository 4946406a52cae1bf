using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Irori.Mqtt.Packets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Irori.Mqtt.Connections;

/// <summary>The protocol with one client, from the first byte to the last: greeting, reading, and leave.</summary>
internal sealed partial class Conversation : IDisposable
{
    private readonly MqttEndpoint _endpoint;
    private readonly MqttTransport _transport;
    private readonly MqttOptions _options;
    private readonly Outbox _outbox;
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TopicCache _topics = new();
    private readonly Lock _gate = new();
    private IReadOnlyList<MqttSubscription> _subscriptions = [];
    private MqttConnect _connect = null!;
    private MqttAnswer? _answer;
    private SessionLife _life;
    private Inbox? _inbox;
    private string?[]? _aliases;
    private MqttVersion? _version;
    private MqttEnd? _end;
    private Task _telling = Task.CompletedTask;
    private TimeSpan _silence;
    private uint _expiry;
    private long _heard;
    private long _filled;
    private double _allowance;
    private bool _isOpened;
    private volatile bool _isAccepted;

    public Conversation(MqttEndpoint endpoint, MqttTransport transport)
    {
        _endpoint = endpoint;
        _transport = transport;
        _options = endpoint.Options;
        _life = new SessionLife(endpoint.Sessions, null);
        _outbox = new Outbox(transport.Pipe.Output, _options, endpoint.Time, Close);
        _heard = _filled = endpoint.Time.GetTimestamp();
        _allowance = Burst;
        Closing = _ending.Token;
        Connection = new MqttConnection(this);
    }

    /// <summary>What the dialect sees of it.</summary>
    public MqttConnection Connection { get; }

    public string ClientId => _connect?.ClientId ?? "";

    public string Key => _answer?.Key ?? "";

    public MqttVersion Version => _connect.Version;

    public EndPoint? Remote => _transport.Remote;

    public IReadOnlyList<MqttSubscription> Subscriptions => Volatile.Read(ref _subscriptions);

    public Outbox Outbox => _outbox;

    /// <summary>Completes when the client is accepted, or the connection over.</summary>
    public Task Greeted => _greeted.Task;

    public Task Ended => _ended.Task;

    public bool IsOver => Closing.IsCancellationRequested;

    public CancellationToken Closing { get; }

    public MqttEnd? End
    {
        get { lock (_gate) return _end; }
    }

    private double Burst => _options.MaxPacketsPerSecond * 10.0;

    /// <summary>Closes it, for the first reason that is given.</summary>
    public void Close(MqttReason reason) => Finish(new MqttEnd(MqttEndKind.Closed, reason));

    public void Dispose()
    {
        _inbox?.Dispose();
        _ending.Dispose();
    }

    public void Abort() => _transport.Abort();

    public async Task RunAsync()
    {
        try
        {
            if (await GreetAsync()) await ReadAsync();
        }
        catch (MqttException e)
        {
            Close(e.Reason);
        }
        catch (Exception e) when (e is IOException or ConnectionAbortedException or ObjectDisposedException || (e is OperationCanceledException && IsOver))
        {
            // Broken from outside, or aborted by this side.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Failed(_endpoint.Log, ClientId, e);
            Close(MqttReason.UnspecifiedError);
        }

        Finish(new MqttEnd(MqttEndKind.Lost, MqttReason.UnspecifiedError));
        await LeaveAsync();
    }

    /// <summary>Called every second or so.</summary>
    public void Watch()
    {
        var silent = _endpoint.Time.GetElapsedTime(Volatile.Read(ref _heard));
        if (!_isAccepted)
        {
            if (silent <= _options.ConnectTimeout) return;
            Close(MqttReason.KeepAliveTimeout);
            Abort();
        }
        else if (silent > _silence)
        {
            Close(MqttReason.KeepAliveTimeout);
        }
    }

    private void Finish(MqttEnd end)
    {
        lock (_gate)
        {
            if (_end is not null) return;
            _end = end;
            _telling = _ending.CancelAsync();
        }

        _transport.Pipe.Input.CancelPendingRead();
    }

    private async Task<bool> GreetAsync()
    {
        if (await ReadConnectAsync() is not { } connect) return false;
        _connect = connect;
        if (connect.HasAuthenticationMethod) return Refuse(MqttReason.BadAuthenticationMethod);
        if (connect is { Version: MqttVersion.V5, Will.Retain: true }) return Refuse(MqttReason.RetainNotSupported);
        try
        {
            return await WelcomeAsync(connect);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (!IsOver) Log.Failed(_endpoint.Log, connect.ClientId, e);
            return Refuse(MqttReason.ServerUnavailable);
        }
    }

    private async Task<MqttConnect?> ReadConnectAsync()
    {
        var input = _transport.Pipe.Input;
        while (true)
        {
            var read = await input.ReadAsync();
            var buffer = read.Buffer;
            var examined = buffer.End;
            try
            {
                if (read.IsCanceled) return null;
                if (!buffer.IsEmpty && buffer.FirstSpan[0] != (byte)PacketType.Connect << 4) throw PacketReader.Protocol();
                if (PacketFrame.TryTake(ref buffer, _options.MaxConnectPacket, out _, out var body))
                {
                    // What follows it has not been looked at.
                    examined = buffer.Start;
                    return Parse(body);
                }

                if (read.IsCompleted) return null;
            }
            catch (MqttException e) when (_version is not null)
            {
                Refuse(e.Reason);
                return null;
            }
            finally
            {
                input.AdvanceTo(buffer.Start, examined);
            }
        }

        MqttConnect Parse(in ReadOnlySequence<byte> body)
        {
            var known = new ConnectEnvironment(_transport.Remote, _transport.IsSecure, _transport.Carrier, MqttEndpoint.NewClientId);
            return ConnectPacket.Read(body.IsSingleSegment ? body.FirstSpan : body.ToArray(), _options, ref _version, known);
        }
    }

    private bool Refuse(MqttReason reason)
    {
        if (_version is { } version) _outbox.Refuse(version, reason);
        Close(reason);
        return false;
    }

    // 1. the dialect says who it is  2. older connections end, here and elsewhere  3. its session  4. the dialect opens it  5. CONNACK
    private async Task<bool> WelcomeAsync(MqttConnect connect)
    {
        var answer = await _endpoint.Dialect.ConnectAsync(connect, Closing);
        if (answer.Reason.IsFailure()) return Refuse(answer.Reason);
        _answer = answer;
        _expiry = answer.KeepsSession ? Math.Min(connect.SessionExpiry, (uint)_options.MaxSessionExpiry.TotalSeconds) : 0;
        await _endpoint.EnterAsync(this, Closing);
        var stored = answer.KeepsSession
            ? await _endpoint.Sessions.OpenAsync(answer.Key, connect.CleanStart, _expiry > 0, Closing)
            : new MqttStoredSession(0, false);
        if (stored.Epoch > 0) _life = new SessionLife(_endpoint.Sessions, new MqttSessionLife(answer.Key, stored.Epoch));
        _outbox.Load(connect, _life, stored);
        _inbox = new Inbox(answer.Client!, _outbox, _life, connect, _options, Close, _endpoint.Log, Closing);
        _inbox.Load(stored.Received);
        _isOpened = true;
        if (await answer.Client!.OpenAsync(Connection, Closing) is var opened && opened.IsFailure()) return Refuse(opened);
        foreach (var subscription in stored.Subscriptions) await ResumeAsync(subscription);
        if (IsOver) return false;
        var keepAlive = connect.KeepAlive == 0 || connect.KeepAlive > _options.MaxKeepAlive ? _options.MaxKeepAlive : connect.KeepAlive;
        _silence = TimeSpan.FromSeconds(1.5 * (connect.Version == MqttVersion.V5 || connect.KeepAlive == 0 ? keepAlive : connect.KeepAlive));
        var isSent = _outbox.Accept(stored.IsPresent, new PacketWriter.Welcome
        {
            SessionExpiry = _expiry == connect.SessionExpiry ? null : _expiry,
            ReceiveMaximum = _options.ReceiveMaximum,
            MaxPacket = (uint)_options.MaxPacket,
            AssignedId = connect.IsIdAssigned ? connect.ClientId : null,
            TopicAliasMaximum = _options.TopicAliasMaximum,
            KeepAlive = keepAlive == connect.KeepAlive ? null : keepAlive,
        });
        if (!isSent) return Refuse(MqttReason.PacketTooLarge);
        Volatile.Write(ref _heard, _endpoint.Time.GetTimestamp());
        _isAccepted = true;
        _greeted.TrySetResult();
        return true;
    }

    // What a client might hear before, it may not hear any more.
    private async Task ResumeAsync(MqttSubscription subscription)
    {
        if ((await _answer!.Client!.SubscribeAsync(subscription, Closing)).IsFailure())
        {
            await _life.UnsubscribeAsync(subscription.Filter);
            await _outbox.DropAsync(subscription.Filter);
        }
        else
        {
            Keep(subscription);
        }
    }

    private async Task ReadAsync()
    {
        var input = _transport.Pipe.Input;
        while (true)
        {
            var read = await input.ReadAsync();
            var buffer = read.Buffer;
            try
            {
                if (read.IsCanceled || IsOver) return;
                Refill();
                while (PacketFrame.TryTake(ref buffer, _options.MaxPacket, out var head, out var body))
                {
                    if (--_allowance < 0) throw new MqttException(MqttReason.MessageRateTooHigh);
                    Volatile.Write(ref _heard, _filled);
                    var handling = Handle(head, body);
                    if (!handling.IsCompletedSuccessfully)
                    {
                        _outbox.Kick();
                        await handling;
                    }

                    if (IsOver) return;
                }

                if (read.IsCompleted) return;
            }
            finally
            {
                input.AdvanceTo(buffer.Start, buffer.End);
            }

            _outbox.Kick();
        }
    }

    private void Refill()
    {
        var now = _endpoint.Time.GetTimestamp();
        var added = _endpoint.Time.GetElapsedTime(_filled, now).TotalSeconds * _options.MaxPacketsPerSecond;
        _filled = now;
        _allowance = Math.Min(_allowance + added, Burst);
    }

    private ValueTask Handle(byte head, in ReadOnlySequence<byte> body)
    {
        if (body.IsSingleSegment) return Handle(head, body.FirstSpan);
        var whole = ArrayPool<byte>.Shared.Rent((int)body.Length);
        try
        {
            body.CopyTo(whole);
            return Handle(head, whole.AsSpan(0, (int)body.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    // Everything that is needed of the body is taken before this returns.
    private ValueTask Handle(byte head, ReadOnlySpan<byte> body)
    {
        var type = (PacketType)(head >> 4);
        if (type == PacketType.Publish) return Publish(head, body);
        var wanted = type is PacketType.PubRel or PacketType.Subscribe or PacketType.Unsubscribe ? 2 : 0;
        // In 3.1 these bits say things that no longer mean anything.
        if ((head & 0xF) != wanted && _version != MqttVersion.V31) throw PacketReader.Malformed();
        switch (type)
        {
            case PacketType.PubAck:
                return Later(_outbox.AcknowledgedAsync(Ack(body).Id));
            case PacketType.PubRec:
                var (id, reason) = Ack(body);
                return _outbox.ReceivedAsync(id, reason);
            case PacketType.PubComp:
                return Later(_outbox.CompletedAsync(Ack(body).Id));
            case PacketType.PubRel:
                return _inbox!.ReleaseAsync(Ack(body).Id);
            case PacketType.Subscribe:
                return SubscribeAsync(SubscribePacket.Read(body, Version, _options));
            case PacketType.Unsubscribe:
                return UnsubscribeAsync(UnsubscribePacket.Read(body, Version, _options));
            case PacketType.PingReq when body.IsEmpty:
                _outbox.Answer(PacketType.PingResp);
                return ValueTask.CompletedTask;
            case PacketType.PingReq:
                throw PacketReader.Malformed();
            case PacketType.Disconnect:
                Leave(DisconnectPacket.Read(body, Version, _options));
                return ValueTask.CompletedTask;
            default:
                throw PacketReader.Protocol();
        }
    }

    private AckPacket Ack(ReadOnlySpan<byte> body) => AckPacket.Read(body, Version, _options);

    // What is written down of an acknowledgement need not keep the next packet waiting: there are no more of them than messages in flight.
    private ValueTask Later(ValueTask work)
    {
        if (!work.IsCompletedSuccessfully) _ = ObserveAsync(work.AsTask());
        return ValueTask.CompletedTask;
    }

    private async Task ObserveAsync(Task work)
    {
        try
        {
            await work;
            _outbox.Kick();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Failed(_endpoint.Log, ClientId, e);
            Close(MqttReason.ServerUnavailable);
        }
    }

    private ValueTask Publish(byte head, ReadOnlySpan<byte> body)
    {
        var packet = PublishPacket.Read(head, body, Version, _options);
        if ((head & 1) != 0 && Version == MqttVersion.V5) throw new MqttException(MqttReason.RetainNotSupported);
        return _inbox!.TakeAsync(Topic(packet), head, packet);
    }

    private string Topic(PublishPacket packet)
    {
        if (packet.Alias is not { } alias) return _topics.Get(packet.Topic);
        _aliases ??= new string?[_options.TopicAliasMaximum + 1];
        return packet.Topic.IsEmpty ? _aliases[alias] ?? throw PacketReader.Protocol() : _aliases[alias] = _topics.Get(packet.Topic);
    }

    private async ValueTask SubscribeAsync(SubscribePacket packet)
    {
        var reasons = new List<MqttReason>(packet.Subscriptions.Count);
        foreach (var wanted in packet.Subscriptions) reasons.Add(await SubscribeAsync(wanted));
        Answer(PacketType.SubAck, packet.Id, reasons);
    }

    private async ValueTask<MqttReason> SubscribeAsync(MqttSubscription wanted)
    {
        if (SubscribePacket.IsShared(wanted.Filter)) return MqttReason.SharedSubscriptionsNotSupported;
        if (wanted.Filter.Length > _options.MaxTopic || MqttTopics.Levels(wanted.Filter) > _options.MaxTopicLevels) return MqttReason.TopicFilterInvalid;
        var isNew = Subscriptions.All(s => s.Filter != wanted.Filter);
        if (isNew && Subscriptions.Count >= _options.MaxSubscriptions) return MqttReason.QuotaExceeded;
        var answer = await _answer!.Client!.SubscribeAsync(wanted, Closing);
        if (answer.IsFailure()) return answer;
        var granted = (MqttQos)Math.Min((byte)answer, (byte)wanted.Qos);
        var subscription = wanted with { Qos = granted };
        if (_life.IsKept && !await _life.SubscribeAsync(subscription)) throw new MqttException(MqttReason.SessionTakenOver);
        Keep(subscription);
        return (MqttReason)granted;
    }

    private async ValueTask UnsubscribeAsync(UnsubscribePacket packet)
    {
        var reasons = new List<MqttReason>(packet.Filters.Count);
        foreach (var filter in packet.Filters)
        {
            if (Subscriptions.All(s => s.Filter != filter))
            {
                reasons.Add(MqttReason.NoSubscriptionExisted);
                continue;
            }

            Volatile.Write(ref _subscriptions, [.. Subscriptions.Where(s => s.Filter != filter)]);
            if (_life.IsKept) await _life.UnsubscribeAsync(filter);
            await _answer!.Client!.UnsubscribeAsync(filter, Closing);
            reasons.Add(MqttReason.Success);
        }

        Answer(PacketType.UnsubAck, packet.Id, reasons);
    }

    // An answer that the client does not take cannot be given.
    private void Answer(PacketType type, ushort id, List<MqttReason> reasons)
    {
        const int MostBesides = 8;
        if (reasons.Count + MostBesides > _connect.MaxPacket) throw new MqttException(MqttReason.ImplementationSpecificError);
        _outbox.Answer(type, id, reasons: reasons);
    }

    // Only the reader changes them; whoever publishes sees one list or the other.
    private void Keep(MqttSubscription subscription) =>
        Volatile.Write(ref _subscriptions, [.. Subscriptions.Where(s => s.Filter != subscription.Filter), subscription]);

    private void Leave(DisconnectPacket packet)
    {
        if (packet.SessionExpiry is { } expiry)
        {
            // A session that was to end with the connection cannot be made to last now.
            if (expiry > 0 && _connect.SessionExpiry == 0) throw PacketReader.Protocol();
            _expiry = Math.Min(expiry, _answer!.KeepsSession ? (uint)_options.MaxSessionExpiry.TotalSeconds : 0);
        }

        Finish(new MqttEnd(MqttEndKind.Left, packet.Reason));
    }

    // What has come is finished, then everybody is told.
    private async Task LeaveAsync()
    {
        var end = End!.Value;
        try
        {
            if (_inbox is { } inbox) await inbox.DrainAsync();
            var isTaken = await _outbox.EndAsync(end.Kind == MqttEndKind.Closed && _version == MqttVersion.V5 ? end.Reason : null);
            if (!isTaken) Abort();
            if (_isOpened) await TellAsync(end);
            Log.Ended(_endpoint.Log, ClientId, end.Kind, end.Reason);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Failed(_endpoint.Log, ClientId, e);
        }
        finally
        {
            _endpoint.Exit(this);
            // Whoever waits for the end has heard of it, well or badly.
            await _telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _greeted.TrySetResult();
            _ended.TrySetResult();
        }
    }

    private async Task TellAsync(MqttEnd end)
    {
        var client = _answer!.Client!;
        try
        {
            // A client that was refused after all had no will.
            if (_isAccepted && _connect.Will is { } will && end is not { Kind: MqttEndKind.Left, Reason: MqttReason.Success }) await WillAsync(client, will);
        }
        finally
        {
            await _life.CloseAsync(TimeSpan.FromSeconds(_expiry));
            await client.ClosedAsync(end);
        }
    }

    // The session's end is the latest moment (MQTT 5, section 3.1.3.2.2).
    private async Task WillAsync(IMqttClient client, MqttWill will)
    {
        var delay = TimeSpan.FromSeconds(Math.Min(will.Delay, _expiry));
        if (_life.Life is { } life && delay > TimeSpan.Zero) _endpoint.Delay(new DelayedWill(life, client, will, _endpoint.Time.GetUtcNow() + delay));
        else await client.PublishAsync(MqttPublish.OfWill(will), CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(4301, LogLevel.Error, "The connection of client {Client} failed")]
        public static partial void Failed(ILogger logger, string client, Exception exception);

        [LoggerMessage(4302, LogLevel.Debug, "The connection of client {Client} is over: {Kind}, {Reason}")]
        public static partial void Ended(ILogger logger, string client, MqttEndKind kind, MqttReason reason);
    }
}
