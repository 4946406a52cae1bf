namespace Irori.Mqtt.Packets;

/// <summary>PUBLISH (MQTT 5, section 3.3), on the bytes as they arrived.</summary>
internal ref struct PublishPacket
{
    public ReadOnlySpan<byte> Topic;
    public ReadOnlySpan<byte> Payload;
    public ushort Id;
    public ushort? Alias;
    public MqttProperties? Properties;

    public static PublishPacket Read(byte head, ReadOnlySpan<byte> body, MqttVersion version, MqttOptions options)
    {
        var packet = new PacketReader(body);
        var qos = (head >> 1) & 3;
        if (qos == 3 || (qos == 0 && (head & 8) != 0 && version != MqttVersion.V31)) throw PacketReader.Malformed();
        var read = new PublishPacket { Topic = packet.Text() };
        if (read.Topic.Length > options.MaxTopic || read.Topic.ContainsAny((byte)'+', (byte)'#') || read.Topic.Count((byte)'/') >= options.MaxTopicLevels)
            throw new MqttException(MqttReason.TopicNameInvalid);
        if (qos > 0) read.Id = packet.Id();
        if (version == MqttVersion.V5) read.ReadProperties(ref packet, options);
        if (read.Topic.IsEmpty && read.Alias is null) throw PacketReader.Protocol();
        read.Payload = packet.TakeAll();
        return read;
    }

    private void ReadProperties(ref PacketReader packet, MqttOptions options)
    {
        var common = default(MessageProperties);
        var properties = new PropertyReader(ref packet, options.MaxUserProperties);
        while (properties.Next(out var id))
        {
            if (id == PropertyId.TopicAlias) Alias = properties.Value.UInt16();
            // Only this side says by which subscription a message came.
            else if (id == PropertyId.SubscriptionIdentifier) throw PacketReader.Protocol();
            else if (!common.TryRead(id, ref properties)) throw PacketReader.Malformed();
        }

        Properties = common.ToProperties(properties.User);
        if (Alias is { } alias && (alias == 0 || alias > options.TopicAliasMaximum)) throw new MqttException(MqttReason.TopicAliasInvalid);
    }
}
