namespace Irori.Mqtt.Packets;

/// <summary>CONNECT (MQTT 5, section 3.1).</summary>
internal static class ConnectPacket
{
    private const byte UserFlag = 0x80, PasswordFlag = 0x40, WillRetainFlag = 0x20, WillFlag = 0x04, CleanFlag = 0x02, ReservedFlag = 0x01;

    /// <summary>Reads a CONNECT.</summary>
    /// <param name="version">The version in which an answer can be given, as soon as it is known.</param>
    /// <param name="complete">Makes the answer from it: what only the connection knows is added.</param>
    /// <param name="body">The packet without its fixed header.</param>
    /// <param name="options">The limits.</param>
    public static MqttConnect Read(ReadOnlySpan<byte> body, MqttOptions options, ref MqttVersion? version, ConnectEnvironment complete)
    {
        var packet = new PacketReader(body);
        var name = packet.Text();
        var level = packet.Byte();
        if (!name.SequenceEqual("MQTT"u8) && !name.SequenceEqual("MQIsdp"u8)) throw PacketReader.Malformed();
        var old = name.Length > 4;
        version = level > 5 && !old ? MqttVersion.V5 : MqttVersion.V311;
        if (old ? level != 3 : level is not (4 or 5)) throw new MqttException(MqttReason.UnsupportedProtocolVersion);
        version = (MqttVersion)level;
        return Read(ref packet, (MqttVersion)level, options, complete);
    }

    private static MqttConnect Read(ref PacketReader packet, MqttVersion version, MqttOptions options, ConnectEnvironment complete)
    {
        var flags = packet.Byte();
        Check(flags, version);
        var keepAlive = packet.UInt16();
        var clean = (flags & CleanFlag) != 0;
        var session = version == MqttVersion.V5 ? ReadSession(ref packet, options) : new Session { Expiry = clean ? 0 : uint.MaxValue };
        var clientId = packet.String();
        if (clientId.Length > options.MaxClientId || (clientId.Length == 0 && version != MqttVersion.V5 && (version == MqttVersion.V31 || !clean)))
            throw new MqttException(MqttReason.ClientIdentifierNotValid);
        var will = (flags & WillFlag) == 0 ? null : ReadWill(ref packet, version, flags, options);
        // In 3.1 the length of the packet counts more than its flags.
        var user = Has(ref packet, UserFlag, flags, version) ? packet.String() : null;
        // Not by one expression: a null array would become an empty password.
        ReadOnlyMemory<byte>? password = null;
        if (Has(ref packet, PasswordFlag, flags, version)) password = packet.Binary().ToArray();
        packet.End();
        return new MqttConnect
        {
            Version = version, ClientId = clientId.Length == 0 ? complete.NewClientId() : clientId, IsIdAssigned = clientId.Length == 0, UserName = user, Password = password,
            KeepAlive = keepAlive, CleanStart = clean, SessionExpiry = session.Expiry, Will = will, ReceiveMaximum = session.ReceiveMaximum ?? ushort.MaxValue,
            MaxPacket = session.MaxPacket ?? uint.MaxValue, UserProperties = session.User ?? [], HasAuthenticationMethod = session.HasMethod,
            Remote = complete.Remote, IsSecure = complete.IsSecure, Carrier = complete.Carrier,
        };
    }

    private static void Check(byte flags, MqttVersion version)
    {
        var willQos = (flags >> 3) & 3;
        if (willQos == 3) throw PacketReader.Malformed();
        if (version == MqttVersion.V31) return;
        if ((flags & ReservedFlag) != 0) throw PacketReader.Malformed();
        if ((flags & WillFlag) == 0 && (willQos != 0 || (flags & WillRetainFlag) != 0)) throw PacketReader.Malformed();
        if (version == MqttVersion.V311 && (flags & (UserFlag | PasswordFlag)) == PasswordFlag) throw PacketReader.Malformed();
    }

    private static bool Has(ref PacketReader packet, byte flag, byte flags, MqttVersion version) =>
        (flags & flag) != 0 && (version != MqttVersion.V31 || !packet.IsEmpty);

    private static Session ReadSession(ref PacketReader packet, MqttOptions options)
    {
        var session = new Session();
        var hasData = false;
        var properties = new PropertyReader(ref packet, options.MaxUserProperties);
        while (properties.Next(out var id))
        {
            switch (id)
            {
                case PropertyId.SessionExpiry:
                    session.Expiry = properties.Value.UInt32();
                    break;
                case PropertyId.ReceiveMaximum:
                    session.ReceiveMaximum = properties.Value.UInt16() is var maximum and not 0 ? maximum : throw PacketReader.Protocol();
                    break;
                case PropertyId.MaximumPacketSize:
                    session.MaxPacket = properties.Value.UInt32() is var size and not 0 ? size : throw PacketReader.Protocol();
                    break;
                case PropertyId.TopicAliasMaximum:
                    // This side sets no aliases.
                    properties.Value.UInt16();
                    break;
                case PropertyId.RequestProblems or PropertyId.RequestResponseInformation:
                    // No reason string and no response information is ever sent.
                    properties.Flag();
                    break;
                case PropertyId.AuthenticationMethod:
                    properties.Value.Text();
                    session.HasMethod = true;
                    break;
                case PropertyId.AuthenticationData:
                    properties.Value.Binary();
                    hasData = true;
                    break;
                default:
                    throw PacketReader.Malformed();
            }
        }

        if (hasData && !session.HasMethod) throw PacketReader.Protocol();
        session.User = properties.User;
        return session;
    }

    private static MqttWill ReadWill(ref PacketReader packet, MqttVersion version, byte flags, MqttOptions options)
    {
        uint delay = 0;
        MqttProperties? said = null;
        if (version == MqttVersion.V5)
        {
            var common = default(MessageProperties);
            var properties = new PropertyReader(ref packet, options.MaxUserProperties);
            while (properties.Next(out var id))
            {
                if (id == PropertyId.WillDelay) delay = properties.Value.UInt32();
                else if (!common.TryRead(id, ref properties)) throw PacketReader.Malformed();
            }

            said = common.ToProperties(properties.User);
        }

        var topic = packet.Text();
        if (topic.Length > options.MaxTopic) throw new MqttException(MqttReason.TopicNameInvalid);
        var text = System.Text.Encoding.UTF8.GetString(topic);
        if (!MqttTopics.IsName(text) || MqttTopics.Levels(text) > options.MaxTopicLevels) throw new MqttException(MqttReason.TopicNameInvalid);
        var message = new MqttMessage { Topic = text, Payload = packet.Binary().ToArray(), Qos = (MqttQos)((flags >> 3) & 3), Properties = said };
        return new MqttWill(message, delay, (flags & WillRetainFlag) != 0);
    }

    private struct Session
    {
        public uint Expiry;
        public ushort? ReceiveMaximum;
        public uint? MaxPacket;
        public bool HasMethod;
        public IReadOnlyList<KeyValuePair<string, string>>? User;
    }
}

/// <summary>What the connection knows of a client that CONNECT does not say.</summary>
internal sealed record ConnectEnvironment(System.Net.EndPoint? Remote, bool IsSecure, MqttCarrier Carrier, Func<string> NewClientId);
