namespace Irori.Mqtt.Connections;

/// <summary>A message on its way to one client.</summary>
internal sealed class OutgoingMessage(MqttMessage message, MqttQos qos, IReadOnlyList<uint> identifiers, long sequence)
{
    private const int PacketIds = ushort.MaxValue;

    public MqttMessage Message => message;

    public MqttQos Qos => qos;

    public IReadOnlyList<uint> Identifiers => identifiers;

    public long Sequence => sequence;

    /// <summary>Made from the sequence, so that it needs no place of its own where sessions are kept.</summary>
    public ushort Id => qos == MqttQos.AtMostOnce ? (ushort)0 : (ushort)(((sequence - 1) % PacketIds) + 1);

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether it may have been sent before.</summary>
    public bool Again { get; init; }

    /// <summary>Whether the session can be sure of it.</summary>
    public bool IsStored { get; set; }

    /// <summary>QoS 2: the client has it; its release is owed.</summary>
    public bool IsReceived { get; set; }

    /// <summary>Whether it was given up while the store still wrote it.</summary>
    public bool IsDropped { get; set; }

    /// <summary>What it costs while it waits.</summary>
    public int Cost => message.Payload.Length + message.Topic.Length + 64;

    public bool IsOver(DateTimeOffset now) => !Again && ExpiresAt <= now;

    public Packets.Delivery ToDelivery(DateTimeOffset now) => new(
        message, qos, Id, identifiers, ExpiresAt is { } end ? (uint)Math.Clamp(Math.Ceiling((end - now).TotalSeconds), 0, uint.MaxValue) : null);

    public MqttStoredMessage ToStored() => new(sequence, message, qos) { Identifiers = identifiers, MayHaveBeenSent = true, ExpiresAt = ExpiresAt };
}
