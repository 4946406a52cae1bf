using Irori.Mqtt.Packets;
using Microsoft.Extensions.Logging;

namespace Irori.Mqtt.Connections;

/// <summary>
/// What a client says: handed to the dialect in its order, several before the first is done, and acknowledged in its order when the dialect
/// is done with it.
/// </summary>
internal sealed partial class Inbox(IMqttClient client, Outbox outbox, SessionLife life, MqttConnect connect, MqttOptions options, Action<MqttReason> close, ILogger log, CancellationToken ended)
    : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _room = new(options.ReceiveMaximum);
    private readonly Queue<(MqttPublish Publish, Task<MqttReason> Task)> _working = new();
    // QoS 2, until the client releases it: false while the dialect works on it.
    private readonly Dictionary<ushort, bool> _taken = [];
    private MqttPublish? _spare;
    private Task _draining = Task.CompletedTask;
    private bool _isDraining;
    private int _unacknowledged;

    /// <summary>Messages of QoS 2 that an earlier connection took.</summary>
    public void Load(IReadOnlyList<ushort> taken)
    {
        foreach (var id in taken) _taken[id] = true;
        _unacknowledged = taken.Count;
    }

    /// <summary>Takes a message. Not done at once: the dialect has as much to do as it may have.</summary>
    public ValueTask TakeAsync(string topic, byte head, PublishPacket packet)
    {
        var qos = (MqttQos)((head >> 1) & 3);
        if (qos != MqttQos.AtMostOnce && !Count(qos, packet.Id)) return ValueTask.CompletedTask;
        var publish = Interlocked.Exchange(ref _spare, null) ?? new MqttPublish();
        publish.Fill(topic, packet.Payload, head, packet.Id, packet.Properties);
        var work = Begin(publish);
        // What has to be written down first cannot be acknowledged here.
        if (!work.IsCompletedSuccessfully || (qos == MqttQos.ExactlyOnce && life.IsKept) || !IsNext()) return WaitAsync(publish, work.AsTask());
        Acknowledge(publish, work.GetAwaiter().GetResult());
        return ValueTask.CompletedTask;
    }

    /// <summary>PUBREL: the client will not send a message of QoS 2 again.</summary>
    public async ValueTask ReleaseAsync(ushort id)
    {
        bool known;
        lock (_gate)
        {
            // One at which the dialect still works was not confirmed, so it cannot be released.
            known = _taken.TryGetValue(id, out var done) && done && _taken.Remove(id);
            if (known) _unacknowledged--;
        }

        if (known && life.IsKept) await life.ReleasedAsync(id);
        outbox.Answer(PacketType.PubComp, id, known ? MqttReason.Success : MqttReason.PacketIdentifierNotFound);
    }

    /// <summary>Waits until the dialect is done with everything.</summary>
    public Task DrainAsync()
    {
        lock (_gate) return _draining;
    }

    public void Dispose() => _room.Dispose();

    // False when the dialect has it already.
    private bool Count(MqttQos qos, ushort id)
    {
        lock (_gate)
        {
            if (qos == MqttQos.ExactlyOnce && _taken.TryGetValue(id, out var done))
            {
                if (done) outbox.Answer(PacketType.PubRec, id);
                return false;
            }

            // Who was told the limit must keep it; the others are only kept from growing without end.
            var told = connect.Version == MqttVersion.V5;
            if (_unacknowledged >= (told ? options.ReceiveMaximum : options.MaxQueued + options.ReceiveMaximum))
                throw new MqttException(told ? MqttReason.ReceiveMaximumExceeded : MqttReason.QuotaExceeded);
            _unacknowledged++;
            if (qos == MqttQos.ExactlyOnce) _taken[id] = false;
            return true;
        }
    }

    private ValueTask<MqttReason> Begin(MqttPublish publish)
    {
        try
        {
            return client.PublishAsync(publish, ended);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return ValueTask.FromException<MqttReason>(e);
        }
    }

    private bool IsNext()
    {
        lock (_gate) return !_isDraining;
    }

    private async ValueTask WaitAsync(MqttPublish publish, Task<MqttReason> work)
    {
        lock (_gate)
        {
            _working.Enqueue((publish, work));
            if (!_isDraining)
            {
                _isDraining = true;
                _draining = WorkAsync();
            }
        }

        // The answers so far need not wait for room.
        var room = _room.WaitAsync(CancellationToken.None);
        if (!room.IsCompleted) outbox.Kick();
        await room;
    }

    private async Task WorkAsync()
    {
        // Not in the caller's lock.
        await Task.Yield();
        while (true)
        {
            (MqttPublish Publish, Task<MqttReason> Task) next;
            lock (_gate)
            {
                if (!_working.TryDequeue(out next))
                {
                    _isDraining = false;
                    return;
                }
            }

            await FinishAsync(next.Publish, next.Task);
            _room.Release();
            outbox.Kick();
        }
    }

    private async Task FinishAsync(MqttPublish publish, Task<MqttReason> work)
    {
        try
        {
            var reason = await work;
            if (publish.Qos != MqttQos.ExactlyOnce || reason.IsFailure() || await life.TakenAsync(publish.PacketId)) Acknowledge(publish, reason);
            else close(MqttReason.SessionTakenOver);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Not acknowledged: the client sends it again.
            Log.Failed(log, connect.ClientId, e);
            close(MqttReason.UnspecifiedError);
        }
    }

    private void Acknowledge(MqttPublish publish, MqttReason reason)
    {
        var (qos, id) = (publish.Qos, publish.PacketId);
        publish.Release();
        Volatile.Write(ref _spare, publish);
        if (reason.IsFailure() && (connect.Version != MqttVersion.V5 || !reason.IsOfPublish()))
        {
            close(reason);
            return;
        }

        if (qos == MqttQos.AtMostOnce) return;
        lock (_gate)
        {
            if (qos == MqttQos.ExactlyOnce && !reason.IsFailure())
            {
                _taken[id] = true;
            }
            else
            {
                if (qos == MqttQos.ExactlyOnce) _taken.Remove(id);
                _unacknowledged--;
            }
        }

        outbox.Answer(qos == MqttQos.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec, id, reason.IsOfPublish() ? reason : MqttReason.Success);
    }

    private static partial class Log
    {
        [LoggerMessage(4311, LogLevel.Error, "A message of client {Client} could not be handled; it is not acknowledged")]
        public static partial void Failed(ILogger logger, string client, Exception exception);
    }
}
