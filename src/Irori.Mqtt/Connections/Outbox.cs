using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Irori.Mqtt.Packets;

namespace Irori.Mqtt.Connections;

/// <summary>
/// Everything that goes to one client: answers at once, messages of QoS 1 and 2 as many at a time as the client takes. What waits is bounded;
/// a client that is too slow for it is closed. Whoever adds something while nobody writes becomes the writer, so that an idle connection costs
/// no task.
/// </summary>
internal sealed class Outbox(PipeWriter output, MqttOptions options, TimeProvider time, Action<MqttReason> close)
{
    private const int PacketCost = 16;
    private const int FlushAt = 32 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<Item> _ready = new();
    private readonly Queue<OutgoingMessage> _waiting = new();
    private readonly Dictionary<ushort, OutgoingMessage> _inFlight = [];
    private SessionLife? _life;
    private MqttVersion _version;
    private long _maxPacket;
    private int _window;
    private long _sequence = 1;
    private int _bytes;
    private bool _isOpen;
    private bool _isEnded;
    private bool _isPumping;
    private bool _isBroken;
    private bool _isUnflushed;
    private TaskCompletionSource? _idle;

    /// <summary>Takes over what the session holds. Nothing is sent before <see cref="Accept"/>.</summary>
    public void Load(MqttConnect connect, SessionLife life, MqttStoredSession stored)
    {
        lock (_gate)
        {
            _life = life;
            _version = connect.Version;
            _maxPacket = connect.MaxPacket;
            _window = Math.Min(connect.ReceiveMaximum, options.MaxInFlight);
            _sequence = stored.NextSequence;
            foreach (var message in stored.Messages)
            {
                var outgoing = new OutgoingMessage(message.Message, message.Qos, message.Identifiers, message.Sequence)
                {
                    ExpiresAt = message.ExpiresAt, Again = message.MayHaveBeenSent, IsStored = true, IsReceived = message.IsReceived,
                };
                _bytes += outgoing.Cost;
                if (!message.IsReceived)
                {
                    _waiting.Enqueue(outgoing);
                    continue;
                }

                _inFlight[outgoing.Id] = outgoing;
                Ready(new Item(PacketType.PubRel) { Id = outgoing.Id });
            }
        }
    }

    /// <summary>Sends CONNACK, and from now on everything else. False when it is larger than the client takes.</summary>
    public bool Accept(bool present, PacketWriter.Welcome welcome)
    {
        var answer = new ArrayBufferWriter<byte>();
        lock (_gate)
        {
            PacketWriter.ConnAck(answer, _version, present, MqttReason.Success, welcome);
            if (answer.WrittenCount > _maxPacket) return false;
            output.Write(answer.WrittenSpan);
            _isOpen = true;
            _isUnflushed = true;
            Fill();
        }

        Kick();
        return true;
    }

    /// <summary>Sends a CONNACK that refuses; nothing else will be sent.</summary>
    public void Refuse(MqttVersion version, MqttReason reason)
    {
        lock (_gate)
        {
            if (_isEnded) return;
            _isEnded = true;
            _isOpen = true;
            Clear();
            PacketWriter.ConnAck(output, version, false, reason, default);
            _isUnflushed = true;
        }

        Kick();
    }

    /// <summary>Adds an answer; <see cref="Kick"/> sends it.</summary>
    public void Answer(PacketType type, ushort id = 0, MqttReason reason = MqttReason.Success, IReadOnlyList<MqttReason>? reasons = null)
    {
        bool slow;
        lock (_gate)
        {
            if (_isEnded) return;
            slow = !Ready(new Item(type) { Id = id, Reason = reason, Reasons = reasons });
        }

        if (slow) close(MqttReason.QuotaExceeded);
    }

    /// <summary>Adds a message and sends it as soon as it can be. True when it is sure to be sent, or to be kept with the session; false when it is not: it cannot be sent to this client, or the connection is over.</summary>
    public ValueTask<bool> PublishAsync(MqttMessage message, MqttMatch match)
    {
        OutgoingMessage? outgoing;
        var added = false;
        lock (_gate)
        {
            // Whoever found the connection before its session was there.
            if (_isEnded || _life is null) return new(false);
            outgoing = new OutgoingMessage(message, match.Qos, match.Identifiers, match.Qos == MqttQos.AtMostOnce ? 0 : _sequence)
            {
                ExpiresAt = message.Properties?.Expiry is { } seconds ? time.GetUtcNow().AddSeconds(seconds) : null,
                IsStored = !_life.IsKept,
            };
            if (PacketWriter.PublishSize(outgoing.ToDelivery(default), _version) > Math.Min(_maxPacket, PacketFrame.MaxLength)) return new(false);
            added = Add(outgoing);
        }

        if (!added)
        {
            close(MqttReason.QuotaExceeded);
            return new(false);
        }

        if (outgoing.Qos > MqttQos.AtMostOnce && !outgoing.IsStored) return StoreAsync(outgoing);
        Kick();
        return new(true);
    }

    /// <summary>PUBACK: the client has a message of QoS 1.</summary>
    public ValueTask AcknowledgedAsync(ushort id)
    {
        OutgoingMessage? message;
        lock (_gate)
        {
            // Unknown: acknowledged twice, or after it was given up.
            if (!_inFlight.TryGetValue(id, out message) || message.Qos != MqttQos.AtLeastOnce) return ValueTask.CompletedTask;
        }

        return DoneAsync(message);
    }

    /// <summary>PUBREC: the client has a message of QoS 2, or refuses it.</summary>
    public async ValueTask ReceivedAsync(ushort id, MqttReason reason)
    {
        OutgoingMessage? message;
        lock (_gate)
        {
            if (!_inFlight.TryGetValue(id, out message) || message.Qos != MqttQos.ExactlyOnce) message = null;
        }

        if (message is null)
        {
            // Its release ends what the client still holds.
            Answer(PacketType.PubRel, id, MqttReason.PacketIdentifierNotFound);
            return;
        }

        if (reason.IsFailure())
        {
            await DoneAsync(message);
            return;
        }

        if (!message.IsReceived)
        {
            await _life!.ReceivedAsync(message);
            message.IsReceived = true;
        }

        Answer(PacketType.PubRel, id);
    }

    /// <summary>PUBCOMP: a message of QoS 2 is done.</summary>
    public ValueTask CompletedAsync(ushort id)
    {
        OutgoingMessage? message;
        lock (_gate)
        {
            if (!_inFlight.TryGetValue(id, out message) || !message.IsReceived) return ValueTask.CompletedTask;
        }

        return DoneAsync(message);
    }

    /// <summary>Gives up messages that were not sent yet.</summary>
    public async Task DropAsync(string filter)
    {
        var dropped = new List<OutgoingMessage>();
        lock (_gate)
        {
            for (var left = _waiting.Count; left > 0; left--)
            {
                var message = _waiting.Dequeue();
                if (IsMeant(message)) dropped.Add(message);
                else _waiting.Enqueue(message);
            }

            for (var left = _ready.Count; left > 0; left--)
            {
                var item = _ready.Dequeue();
                if (item.Message is { } message && IsMeant(message)) dropped.Add(message);
                else _ready.Enqueue(item);
            }

            foreach (var message in dropped)
            {
                message.IsDropped = true;
                _bytes -= message.Cost;
                if (message.Qos > MqttQos.AtMostOnce) _inFlight.Remove(message.Id);
            }

            Fill();
        }

        foreach (var message in dropped.Where(m => m.Qos > MqttQos.AtMostOnce)) await _life!.RemoveAsync(message);
        Kick();

        // What was sent by an earlier connection is a matter between both sides.
        bool IsMeant(OutgoingMessage message) => !message.Again && MqttTopics.Matches(filter, message.Message.Topic);
    }

    /// <summary>Sends what is ready, unless somebody is at it.</summary>
    public void Kick()
    {
        lock (_gate)
        {
            if (_isPumping || IsIdle) return;
            _isPumping = true;
        }

        _ = PumpAsync();
    }

    /// <summary>Ends: what is ready and then the last word, if there is one, are sent while the client takes them. False when it does not.</summary>
    public async Task<bool> EndAsync(MqttReason? lastWord)
    {
        var idle = Task.CompletedTask;
        lock (_gate)
        {
            if (!_isEnded && _isOpen && lastWord is { } reason) _ready.Enqueue(new Item(PacketType.Disconnect) { Reason = reason });
            _isEnded = true;
            if (!IsIdle) idle = (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        Kick();
        try
        {
            await idle.WaitAsync(options.CloseTimeout, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (_gate) Clear();
        }
    }

    // Nothing to write, and nobody who writes.
    private bool IsIdle => _isBroken || !_isOpen || (!_isPumping && _ready.Count == 0 && !_isUnflushed);

    private async ValueTask<bool> StoreAsync(OutgoingMessage message)
    {
        bool stored, dropped;
        try
        {
            stored = await _life!.AddAsync(message);
        }
        catch
        {
            // What waits behind it could never be sent.
            close(MqttReason.ServerUnavailable);
            throw;
        }

        lock (_gate)
        {
            message.IsStored = true;
            dropped = message.IsDropped;
            if (stored && !dropped) Fill();
        }

        if (dropped) await _life!.RemoveAsync(message);
        // A session with a newer life, or none: this connection has no future.
        if (!stored) close(MqttReason.SessionTakenOver);
        Kick();
        return stored && !dropped;
    }

    private async ValueTask DoneAsync(OutgoingMessage message)
    {
        if (_life!.IsKept) await _life!.RemoveAsync(message);
        lock (_gate)
        {
            if (!_inFlight.Remove(message.Id)) return;
            _bytes -= message.Cost;
            Fill();
        }
    }

    private bool Add(OutgoingMessage message)
    {
        if (_bytes + message.Cost > options.MaxQueuedBytes) return false;
        if (message.Qos == MqttQos.AtMostOnce)
        {
            if (_ready.Count >= options.MaxQueued) return false;
            _bytes += message.Cost;
            _ready.Enqueue(new Item(PacketType.Publish) { Message = message });
            return true;
        }

        if (_waiting.Count >= options.MaxQueued) return false;
        _sequence++;
        _bytes += message.Cost;
        _waiting.Enqueue(message);
        Fill();
        return true;
    }

    private bool Ready(Item item)
    {
        if (_bytes + PacketCost > options.MaxQueuedBytes) return false;
        _bytes += PacketCost;
        _ready.Enqueue(item);
        return true;
    }

    // Moves messages from those that wait to those in flight, in their order.
    private void Fill()
    {
        if (!_isOpen || _isEnded) return;
        while (_waiting.TryPeek(out var next) && next.IsStored && _inFlight.Count < _window && !_inFlight.ContainsKey(next.Id))
        {
            _waiting.Dequeue();
            if (next.IsOver(time.GetUtcNow()))
            {
                _bytes -= next.Cost;
                _ = _life!.RemoveAsync(next);
                continue;
            }

            _inFlight[next.Id] = next;
            _ready.Enqueue(new Item(PacketType.Publish) { Message = next });
        }
    }

    private void Clear()
    {
        _ready.Clear();
        _waiting.Clear();
        _inFlight.Clear();
        _bytes = 0;
    }

    private async Task PumpAsync()
    {
        var isBroken = false;
        try
        {
            while (!isBroken && Write()) isBroken = (await output.FlushAsync()).IsCompleted;
        }
        catch (Exception e) when (e is IOException or WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            // The connection is gone; its reader sees that too.
            isBroken = true;
        }

        lock (_gate)
        {
            _isBroken |= isBroken;
            if (IsIdle) _idle?.TrySetResult();
        }
    }

    // False when there was nothing, and the writer's part is given back.
    private bool Write()
    {
        lock (_gate)
        {
            var wrote = _isUnflushed;
            _isUnflushed = false;
            for (var written = 0; written < FlushAt && _ready.TryDequeue(out var item);)
            {
                written += Write(item);
                wrote = true;
            }

            _isPumping = wrote;
            return wrote;
        }
    }

    private int Write(Item item)
    {
        if (item.Message is { } message) return Write(message);
        _bytes -= item.Type == PacketType.Disconnect ? 0 : PacketCost;
        switch (item.Type)
        {
            case PacketType.SubAck:
                PacketWriter.SubAck(output, _version, item.Id, item.Reasons!);
                break;
            case PacketType.UnsubAck:
                PacketWriter.UnsubAck(output, _version, item.Id, item.Reasons!);
                break;
            case PacketType.PingResp:
                PacketWriter.PingResp(output);
                break;
            case PacketType.Disconnect:
                PacketWriter.Disconnect(output, item.Reason);
                break;
            default:
                PacketWriter.Ack(output, _version, item.Type, item.Id, item.Reason);
                break;
        }

        return PacketCost;
    }

    private int Write(OutgoingMessage message)
    {
        var now = message.ExpiresAt is null ? default : time.GetUtcNow();
        if (message.Qos == MqttQos.AtMostOnce)
        {
            _bytes -= message.Cost;
            if (message.IsOver(now)) return 0;
        }

        PacketWriter.Publish(output, message.ToDelivery(now), _version, message.Again);
        return message.Cost;
    }

    private readonly record struct Item(PacketType Type)
    {
        public ushort Id { get; init; }

        public MqttReason Reason { get; init; }

        public IReadOnlyList<MqttReason>? Reasons { get; init; }

        public OutgoingMessage? Message { get; init; }
    }
}
