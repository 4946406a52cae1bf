using Irori.Mqtt;
using Irori.Mqtt.Packets;

namespace Irori.Tests.Mqtt;

/// <summary>CONNECT as a client makes it. Everything can be said, also what is wrong.</summary>
internal sealed record ClientConnect(string ClientId, MqttVersion Version = MqttVersion.V311)
{
    public string? User { get; init; }

    public byte[]? Password { get; init; }

    public int KeepAlive { get; init; } = 60;

    public bool Clean { get; init; } = true;

    public (string Topic, byte[] Payload, MqttQos Qos, bool Retain)? Will { get; init; }

    public List<(int Id, object Value)> WillProperties { get; init; } = [];

    public List<(int Id, object Value)> Properties { get; init; } = [];

    public int? Flags { get; init; }

    public string? Protocol { get; init; }

    public int? Level { get; init; }

    public byte[] ToBytes()
    {
        var flags = (User is null ? 0 : 0x80) | (Password is null ? 0 : 0x40) | (Clean ? 2 : 0);
        if (Will is { } will) flags |= 4 | ((int)will.Qos << 3) | (will.Retain ? 0x20 : 0);
        var five = Version == MqttVersion.V5;
        return Wire.Packet(0x10,
        [
            .. Wire.Text(Protocol ?? (Version == MqttVersion.V31 ? "MQIsdp" : "MQTT")), (byte)(Level ?? (int)Version), (byte)(Flags ?? flags), .. Wire.Short(KeepAlive),
            .. five ? Wire.PropertyList(Properties) : [],
            .. Wire.Text(ClientId),
            .. Will is { } last ? [.. five ? Wire.PropertyList(WillProperties) : [], .. Wire.Text(last.Topic), .. Wire.Data(last.Payload)] : Array.Empty<byte>(),
            .. User is null ? [] : Wire.Text(User),
            .. Password is null ? [] : Wire.Data(Password),
        ]);
    }
}

/// <summary>The other packets of a client.</summary>
internal static class ClientPackets
{
    public static byte[] Ping { get; } = [0xC0, 0];

    public static byte[] Disconnect { get; } = [0xE0, 0];

    public static byte[] Publish(
        MqttVersion version, string topic, byte[] payload, int qos = 0, int id = 1, bool again = false, bool retain = false, IEnumerable<(int Id, object Value)>? properties = null) =>
        Wire.Packet(0x30 | (again ? 8 : 0) | (qos << 1) | (retain ? 1 : 0),
        [
            .. Wire.Text(topic), .. qos > 0 ? Wire.Short(id) : [], .. version == MqttVersion.V5 ? Wire.PropertyList(properties ?? []) : [], .. payload,
        ]);

    public static byte[] Ack(PacketType type, int id, MqttReason? reason = null, IEnumerable<(int Id, object Value)>? properties = null) =>
        Wire.Packet(((int)type << 4) | (type == PacketType.PubRel ? 2 : 0),
            [.. Wire.Short(id), .. reason is { } said ? [(byte)said] : Array.Empty<byte>(), .. properties is null ? [] : Wire.PropertyList(properties)]);

    public static byte[] Subscribe(MqttVersion version, int id, IEnumerable<(string Filter, int Options)> filters, IEnumerable<(int Id, object Value)>? properties = null) =>
        Wire.Packet(0x82,
        [
            .. Wire.Short(id), .. version == MqttVersion.V5 ? Wire.PropertyList(properties ?? []) : [], .. filters.SelectMany(f => (byte[])[.. Wire.Text(f.Filter), (byte)f.Options]),
        ]);

    public static byte[] Unsubscribe(MqttVersion version, int id, params string[] filters) =>
        Wire.Packet(0xA2, [.. Wire.Short(id), .. version == MqttVersion.V5 ? Wire.PropertyList([]) : [], .. filters.SelectMany(Wire.Text)]);

    public static byte[] Leave(MqttReason reason, IEnumerable<(int Id, object Value)>? properties = null) =>
        Wire.Packet(0xE0, [(byte)reason, .. properties is null ? [] : Wire.PropertyList(properties)]);
}

/// <summary>A packet of the server.</summary>
internal sealed record ServerPacket(PacketType Type, int Flags)
{
    public int Id { get; init; }

    /// <summary>Return or reason code.</summary>
    public byte Code { get; init; }

    public MqttReason Reason => (MqttReason)Code;

    public bool SessionPresent { get; init; }

    public string Topic { get; init; } = "";

    public byte[] Payload { get; init; } = [];

    public string Text => System.Text.Encoding.UTF8.GetString(Payload);

    public int Qos => (Flags >> 1) & 3;

    public bool IsDuplicate => (Flags & 8) != 0;

    public IReadOnlyList<MqttReason> Reasons { get; init; } = [];

    public List<(int Id, object Value)> Properties { get; init; } = [];

    public object? Property(int id) => Properties.FirstOrDefault(p => p.Id == id).Value;

    public static ServerPacket Read(byte head, byte[] body, MqttVersion version)
    {
        var reader = new WireReader(body);
        var five = version == MqttVersion.V5;
        var packet = new ServerPacket((PacketType)(head >> 4), head & 0xF);
        packet = packet.Type switch
        {
            PacketType.ConnAck => packet with { SessionPresent = (reader.Byte() & 1) != 0, Code = reader.Byte(), Properties = five ? reader.PropertyList() : [] },
            PacketType.Publish => packet with
            {
                Topic = reader.Text(), Id = packet.Qos > 0 ? reader.Short() : 0, Properties = five ? reader.PropertyList() : [], Payload = reader.Rest(),
            },
            PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp => packet with { Id = reader.Short(), Code = reader.IsEmpty ? (byte)0 : reader.Byte() },
            PacketType.SubAck or PacketType.UnsubAck => packet with
            {
                Id = reader.Short(), Properties = five ? reader.PropertyList() : [], Reasons = [.. reader.Rest().Select(b => (MqttReason)b)],
            },
            PacketType.Disconnect => packet with { Code = reader.IsEmpty ? (byte)0 : reader.Byte() },
            _ => packet,
        };
        return reader.IsEmpty ? packet : throw new InvalidDataException($"{packet} is followed by something");
    }
}
