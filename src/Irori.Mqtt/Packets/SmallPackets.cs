namespace Irori.Mqtt.Packets;

/// <summary>PUBACK, PUBREC, PUBREL and PUBCOMP (MQTT 5, sections 3.4 to 3.7).</summary>
internal readonly record struct AckPacket(ushort Id, MqttReason Reason)
{
    public static AckPacket Read(ReadOnlySpan<byte> body, MqttVersion version, MqttOptions options)
    {
        var packet = new PacketReader(body);
        var id = packet.Id();
        var reason = MqttReason.Success;
        if (version == MqttVersion.V5 && !packet.IsEmpty)
        {
            reason = (MqttReason)packet.Byte();
            if (!packet.IsEmpty) PropertyReader.Skip(ref packet, options.MaxUserProperties);
        }

        packet.End();
        return new AckPacket(id, reason);
    }
}

/// <summary>SUBSCRIBE (MQTT 5, section 3.8).</summary>
internal readonly record struct SubscribePacket(ushort Id, IReadOnlyList<MqttSubscription> Subscriptions)
{
    public static SubscribePacket Read(ReadOnlySpan<byte> body, MqttVersion version, MqttOptions options)
    {
        var packet = new PacketReader(body);
        var id = packet.Id();
        uint? identifier = version == MqttVersion.V5 ? ReadIdentifier(ref packet, options) : null;
        if (packet.IsEmpty) throw PacketReader.Protocol();
        var subscriptions = new List<MqttSubscription>();
        while (!packet.IsEmpty)
        {
            var filter = packet.String();
            if (!MqttTopics.IsFilter(filter)) throw new MqttException(MqttReason.TopicFilterInvalid);
            var asked = packet.Byte();
            var known = version == MqttVersion.V5 ? 0x3F : 0x03;
            if ((asked & 3) == 3 || ((asked & ~known) != 0 && version != MqttVersion.V31)) throw PacketReader.Malformed();
            // Retain handling has three values.
            if (version == MqttVersion.V5 && (asked & 0x30) == 0x30) throw PacketReader.Protocol();
            var noLocal = version == MqttVersion.V5 && (asked & 4) != 0;
            if (noLocal && IsShared(filter)) throw PacketReader.Protocol();
            subscriptions.Add(new MqttSubscription(filter, (MqttQos)(asked & 3)) { NoLocal = noLocal, Identifier = identifier });
        }

        return new SubscribePacket(id, subscriptions);
    }

    public static bool IsShared(string filter) => filter.StartsWith("$share/", StringComparison.Ordinal) || filter == "$share";

    private static uint? ReadIdentifier(ref PacketReader packet, MqttOptions options)
    {
        uint? identifier = null;
        var properties = new PropertyReader(ref packet, options.MaxUserProperties);
        while (properties.Next(out var id))
        {
            if (id != PropertyId.SubscriptionIdentifier) throw PacketReader.Malformed();
            identifier = properties.Value.VariableInt() is var number and not 0 ? (uint)number : throw PacketReader.Protocol();
        }

        return identifier;
    }
}

/// <summary>UNSUBSCRIBE (MQTT 5, section 3.10).</summary>
internal readonly record struct UnsubscribePacket(ushort Id, IReadOnlyList<string> Filters)
{
    public static UnsubscribePacket Read(ReadOnlySpan<byte> body, MqttVersion version, MqttOptions options)
    {
        var packet = new PacketReader(body);
        var id = packet.Id();
        if (version == MqttVersion.V5)
        {
            var properties = new PropertyReader(ref packet, options.MaxUserProperties);
            if (properties.Next(out _)) throw PacketReader.Malformed();
        }

        if (packet.IsEmpty) throw PacketReader.Protocol();
        var filters = new List<string>();
        while (!packet.IsEmpty)
        {
            var filter = packet.String();
            if (!MqttTopics.IsFilter(filter)) throw new MqttException(MqttReason.TopicFilterInvalid);
            filters.Add(filter);
        }

        return new UnsubscribePacket(id, filters);
    }
}

/// <summary>DISCONNECT of a client (MQTT 5, section 3.14).</summary>
internal readonly record struct DisconnectPacket(MqttReason Reason, uint? SessionExpiry)
{
    public static DisconnectPacket Read(ReadOnlySpan<byte> body, MqttVersion version, MqttOptions options)
    {
        var packet = new PacketReader(body);
        if (version != MqttVersion.V5) packet.End();
        if (packet.IsEmpty) return new DisconnectPacket(MqttReason.Success, null);
        var reason = (MqttReason)packet.Byte();
        uint? expiry = null;
        if (!packet.IsEmpty)
        {
            var properties = new PropertyReader(ref packet, options.MaxUserProperties);
            while (properties.Next(out var id))
            {
                if (id == PropertyId.SessionExpiry) expiry = properties.Value.UInt32();
                else if (id == PropertyId.ReasonString) properties.Value.Text();
                else throw PacketReader.Malformed();
            }
        }

        packet.End();
        return new DisconnectPacket(reason, expiry);
    }
}
