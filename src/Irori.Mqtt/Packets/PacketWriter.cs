using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Irori.Mqtt.Packets;

/// <summary>Writes what a server sends. Every packet is measured before it is written.</summary>
internal static class PacketWriter
{
    private const int FlagSize = 2, ShortSize = 3, LongSize = 5;

    /// <summary>CONNACK (MQTT 5, section 3.2).</summary>
    public static void ConnAck(IBufferWriter<byte> to, MqttVersion version, bool present, MqttReason reason, in Welcome welcome)
    {
        if (version != MqttVersion.V5)
        {
            if (reason.ReturnCode() is not { } code) return;
            Put(to, [(byte)((int)PacketType.ConnAck << 4), 2, Flag(present && code == 0 && version == MqttVersion.V311), code]);
            return;
        }

        var accepted = !reason.IsFailure();
        var properties = accepted ? welcome.Size() : 0;
        var field = Begin(to, (byte)((int)PacketType.ConnAck << 4), 2 + VariableSize(properties) + properties, out var span);
        field.Byte(Flag(present && accepted));
        field.Byte((byte)reason);
        field.VariableInt(properties);
        if (accepted) welcome.Write(ref field);
        to.Advance(span - field.Left);
    }

    /// <summary>Bytes that PUBLISH takes.</summary>
    public static long PublishSize(in Delivery delivery, MqttVersion version)
    {
        var body = (long)PublishHead(delivery, version) + delivery.Message.Payload.Length;
        return 1 + VariableSize((int)Math.Min(body, PacketFrame.MaxLength)) + body;
    }

    /// <summary>PUBLISH (MQTT 5, section 3.3).</summary>
    public static void Publish(IBufferWriter<byte> to, in Delivery delivery, MqttVersion version, bool again)
    {
        var message = delivery.Message;
        var head = PublishHead(delivery, version);
        var flags = ((int)PacketType.Publish << 4) | ((int)delivery.Qos << 1) | (again && delivery.Qos > MqttQos.AtMostOnce ? 8 : 0);
        var field = Begin(to, (byte)flags, head, out var span, message.Payload.Length);
        field.Text(message.Topic);
        if (delivery.Qos > MqttQos.AtMostOnce) field.UInt16(delivery.Id);
        if (version == MqttVersion.V5) WriteProperties(ref field, delivery);
        to.Advance(span - field.Left);
        to.Write(message.Payload.Span);
    }

    /// <summary>PUBACK, PUBREC, PUBREL, PUBCOMP (MQTT 5, sections 3.4 to 3.7).</summary>
    public static void Ack(IBufferWriter<byte> to, MqttVersion version, PacketType type, ushort id, MqttReason reason)
    {
        var span = to.GetSpan(LongSize);
        var length = version == MqttVersion.V5 && reason != MqttReason.Success ? 3 : 2;
        span[0] = (byte)(((int)type << 4) | (type == PacketType.PubRel ? 2 : 0));
        span[1] = (byte)length;
        BinaryPrimitives.WriteUInt16BigEndian(span[2..], id);
        if (length == 3) span[4] = (byte)reason;
        to.Advance(2 + length);
    }

    /// <summary>SUBACK (MQTT 5, section 3.9); before 5 there is one word for all failures.</summary>
    public static void SubAck(IBufferWriter<byte> to, MqttVersion version, ushort id, IReadOnlyList<MqttReason> reasons)
    {
        var field = Begin(to, (byte)((int)PacketType.SubAck << 4), 2 + Extra(version) + reasons.Count, out var span);
        field.UInt16(id);
        if (version == MqttVersion.V5) field.VariableInt(0);
        foreach (var reason in reasons) field.Byte(version != MqttVersion.V5 && reason.IsFailure() ? (byte)MqttReason.UnspecifiedError : (byte)reason);
        to.Advance(span - field.Left);
    }

    /// <summary>UNSUBACK (MQTT 5, section 3.11); before 5 it says nothing of each filter.</summary>
    public static void UnsubAck(IBufferWriter<byte> to, MqttVersion version, ushort id, IReadOnlyList<MqttReason> reasons)
    {
        var said = version == MqttVersion.V5 ? reasons.Count : 0;
        var field = Begin(to, (byte)((int)PacketType.UnsubAck << 4), 2 + Extra(version) + said, out var span);
        field.UInt16(id);
        if (version == MqttVersion.V5) field.VariableInt(0);
        for (var i = 0; i < said; i++) field.Byte((byte)reasons[i]);
        to.Advance(span - field.Left);
    }

    /// <summary>PINGRESP.</summary>
    public static void PingResp(IBufferWriter<byte> to) => Put(to, [(byte)((int)PacketType.PingResp << 4), 0]);

    /// <summary>DISCONNECT; only MQTT 5 has it from a server (section 3.14).</summary>
    public static void Disconnect(IBufferWriter<byte> to, MqttReason reason) => Put(to, [(byte)((int)PacketType.Disconnect << 4), 1, (byte)reason]);

    private static void Put(IBufferWriter<byte> to, ReadOnlySpan<byte> packet) => to.Write(packet);

    private static byte Flag(bool value) => value ? (byte)1 : (byte)0;

    private static int Extra(MqttVersion version) => version == MqttVersion.V5 ? 1 : 0;

    private static int PublishHead(in Delivery delivery, MqttVersion version)
    {
        var size = FieldWriter.TextSize(delivery.Message.Topic) + (delivery.Qos > MqttQos.AtMostOnce ? 2 : 0);
        if (version != MqttVersion.V5) return size;
        var properties = PropertiesSize(delivery);
        return size + VariableSize(properties) + properties;
    }

    private static int PropertiesSize(in Delivery delivery)
    {
        var size = 0;
        foreach (var identifier in delivery.Identifiers) size += 1 + VariableSize((int)identifier);
        if (delivery.Expiry is not null) size += LongSize;
        if (delivery.Message.Properties is not { } said) return size;
        if (said.IsText is not null) size += FlagSize;
        if (said.ContentType is { } type) size += 1 + FieldWriter.TextSize(type);
        if (said.ResponseTopic is { } topic) size += 1 + FieldWriter.TextSize(topic);
        if (said.Correlation is { } data) size += ShortSize + data.Length;
        foreach (var (name, value) in said.User) size += 1 + FieldWriter.TextSize(name) + FieldWriter.TextSize(value);
        return size;
    }

    private static void WriteProperties(ref FieldWriter field, in Delivery delivery)
    {
        field.VariableInt(PropertiesSize(delivery));
        foreach (var identifier in delivery.Identifiers)
        {
            field.Id(PropertyId.SubscriptionIdentifier);
            field.VariableInt((int)identifier);
        }

        if (delivery.Expiry is { } expiry) field.UInt32(PropertyId.MessageExpiry, expiry);
        if (delivery.Message.Properties is not { } said) return;
        if (said.IsText is { } text) field.Byte(PropertyId.PayloadFormat, Flag(text));
        if (said.ContentType is { } type) field.Text(PropertyId.ContentType, type);
        if (said.ResponseTopic is { } topic) field.Text(PropertyId.ResponseTopic, topic);
        if (said.Correlation is { } data) field.Binary(PropertyId.Correlation, data.Span);
        foreach (var (name, value) in said.User)
        {
            field.Text(PropertyId.UserProperty, name);
            field.Text(value);
        }
    }

    // A writer over exactly the bytes of the packet, but for what follows it.
    private static FieldWriter Begin(IBufferWriter<byte> to, byte head, int length, out int size, int following = 0)
    {
        var total = length + following;
        size = 1 + VariableSize(total) + length;
        var field = new FieldWriter(to.GetSpan(size)[..size]);
        field.Byte(head);
        field.VariableInt(total);
        return field;
    }

    internal static int VariableSize(int value) => value switch { < 128 => 1, < 16_384 => 2, < 2_097_152 => 3, _ => 4 };

    /// <summary>What CONNACK of MQTT 5 says of this server.</summary>
    internal readonly record struct Welcome
    {
        public uint? SessionExpiry { get; init; }

        public ushort ReceiveMaximum { get; init; }

        public uint MaxPacket { get; init; }

        public string? AssignedId { get; init; }

        public ushort TopicAliasMaximum { get; init; }

        public ushort? KeepAlive { get; init; }

        public int Size() => (SessionExpiry is null ? 0 : LongSize) + ShortSize + LongSize + (AssignedId is null ? 0 : 1 + FieldWriter.TextSize(AssignedId)) + ShortSize
            + (KeepAlive is null ? 0 : ShortSize) + FlagSize + FlagSize;

        public void Write(ref FieldWriter field)
        {
            if (SessionExpiry is { } expiry) field.UInt32(PropertyId.SessionExpiry, expiry);
            field.UInt16(PropertyId.ReceiveMaximum, ReceiveMaximum);
            field.Byte(PropertyId.RetainAvailable, 0);
            field.UInt32(PropertyId.MaximumPacketSize, MaxPacket);
            if (AssignedId is { } id) field.Text(PropertyId.AssignedClientId, id);
            field.UInt16(PropertyId.TopicAliasMaximum, TopicAliasMaximum);
            field.Byte(PropertyId.SharedSubscriptionAvailable, 0);
            if (KeepAlive is { } keepAlive) field.UInt16(PropertyId.ServerKeepAlive, keepAlive);
        }
    }
}

/// <summary>A message on its way to one client.</summary>
internal readonly record struct Delivery(MqttMessage Message, MqttQos Qos, ushort Id, IReadOnlyList<uint> Identifiers, uint? Expiry);

/// <summary>Writes the fields of one packet.</summary>
internal ref struct FieldWriter(Span<byte> to)
{
    private Span<byte> _rest = to;

    public readonly int Left => _rest.Length;

    public static int TextSize(string text) => 2 + Encoding.UTF8.GetByteCount(text);

    public void Byte(byte value)
    {
        _rest[0] = value;
        _rest = _rest[1..];
    }

    public void Id(PropertyId id) => Byte((byte)id);

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_rest, value);
        _rest = _rest[2..];
    }

    public void VariableInt(int value)
    {
        do
        {
            Byte((byte)((value & 0x7F) | (value > 0x7F ? 0x80 : 0)));
            value >>= 7;
        }
        while (value > 0);
    }

    public void Text(string text)
    {
        var length = Encoding.UTF8.GetBytes(text, _rest[2..]);
        UInt16(checked((ushort)length));
        _rest = _rest[length..];
    }

    public void Byte(PropertyId id, byte value)
    {
        Id(id);
        Byte(value);
    }

    public void UInt16(PropertyId id, ushort value)
    {
        Id(id);
        UInt16(value);
    }

    public void UInt32(PropertyId id, uint value)
    {
        Id(id);
        BinaryPrimitives.WriteUInt32BigEndian(_rest, value);
        _rest = _rest[4..];
    }

    public void Text(PropertyId id, string text)
    {
        Id(id);
        Text(text);
    }

    public void Binary(PropertyId id, ReadOnlySpan<byte> data)
    {
        Id(id);
        UInt16(checked((ushort)data.Length));
        data.CopyTo(_rest);
        _rest = _rest[data.Length..];
    }
}
