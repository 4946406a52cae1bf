using System.Buffers;

namespace Irori.Mqtt;

/// <summary>A message of a client. It and its payload are valid until the task of <see cref="IMqttClient.PublishAsync"/> is completed, not longer.</summary>
public sealed class MqttPublish
{
    private byte[] _buffer = [];
    private int _length;

    internal MqttPublish()
    {
    }

    /// <summary>The topic; the same text is the same object for as long as a client uses few topics.</summary>
    public string Topic { get; private set; } = "";

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Payload => _buffer.AsMemory(0, _length);

    /// <summary>Its quality of service.</summary>
    public MqttQos Qos { get; private set; }

    /// <summary>Whether the client says that it may have sent this before.</summary>
    public bool IsDuplicate { get; private set; }

    /// <summary>Whether a client of 3.1 or 3.1.1 wants it retained; nothing is.</summary>
    public bool Retain { get; private set; }

    /// <summary>Whether it is the client's will.</summary>
    public bool IsWill { get; private set; }

    /// <summary>What else MQTT 5 says of it; null: nothing.</summary>
    public MqttProperties? Properties { get; private set; }

    internal ushort PacketId { get; private set; }

    internal void Fill(string topic, ReadOnlySpan<byte> payload, byte head, ushort packetId, MqttProperties? properties)
    {
        if (payload.Length > 0) _buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(_buffer);
        _length = payload.Length;
        Topic = topic;
        Qos = (MqttQos)((head >> 1) & 3);
        IsDuplicate = (head & 8) != 0;
        Retain = (head & 1) != 0;
        IsWill = false;
        PacketId = packetId;
        Properties = properties;
    }

    internal static MqttPublish OfWill(MqttWill will) => new()
    {
        _buffer = will.Message.Payload.ToArray(), _length = will.Message.Payload.Length, Topic = will.Message.Topic, Qos = will.Message.Qos, Retain = will.Retain,
        IsWill = true, Properties = will.Message.Properties,
    };

    internal void Release()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
        Topic = "";
        Properties = null;
    }
}
