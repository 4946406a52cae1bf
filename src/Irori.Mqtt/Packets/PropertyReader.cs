namespace Irori.Mqtt.Packets;

/// <summary>Walks through the properties of a packet; each may come once but those that are lists (MQTT 5, section 2.2.2).</summary>
internal ref struct PropertyReader
{
    private readonly int _maxUser;
    private ulong _seen;
    private List<KeyValuePair<string, string>>? _user;

    /// <summary>The value of the current property; who does not read it is lost.</summary>
    public PacketReader Value;

    public PropertyReader(ref PacketReader packet, int maxUser)
    {
        Value = new PacketReader(packet.Take(packet.VariableInt()));
        _maxUser = maxUser;
    }

    public readonly IReadOnlyList<KeyValuePair<string, string>> User => _user ?? [];

    /// <summary>The next property but for user properties, which are kept; false at the end.</summary>
    public bool Next(out PropertyId id)
    {
        while (!Value.IsEmpty)
        {
            // All identifiers of the standard take one byte.
            var read = Value.VariableInt();
            id = (PropertyId)read;
            if (read > 0x3F) throw PacketReader.Malformed();
            if (id == PropertyId.UserProperty)
            {
                _user ??= [];
                if (_user.Count == _maxUser) throw new MqttException(MqttReason.QuotaExceeded);
                _user.Add(Value.Pair());
                continue;
            }

            var bit = 1UL << read;
            if ((_seen & bit) != 0) throw PacketReader.Protocol();
            _seen |= bit;
            return true;
        }

        id = default;
        return false;
    }

    public bool Flag() => Value.Byte() switch { 0 => false, 1 => true, _ => throw PacketReader.Protocol() };

    /// <summary>Skips the properties of a packet from which nothing is needed, and checks them.</summary>
    public static void Skip(ref PacketReader packet, int maxUser)
    {
        var properties = new PropertyReader(ref packet, maxUser);
        while (properties.Next(out var id))
        {
            if (id != PropertyId.ReasonString) throw PacketReader.Malformed();
            properties.Value.Text();
        }
    }
}

/// <summary>The properties that a message and a will have in common.</summary>
internal struct MessageProperties
{
    private bool? _isText;
    private uint? _expiry;
    private string? _contentType;
    private string? _responseTopic;
    private ReadOnlyMemory<byte>? _correlation;

    public bool TryRead(PropertyId id, ref PropertyReader from)
    {
        switch (id)
        {
            case PropertyId.PayloadFormat:
                _isText = from.Flag();
                return true;
            case PropertyId.MessageExpiry:
                _expiry = from.Value.UInt32();
                return true;
            case PropertyId.ContentType:
                _contentType = from.Value.String();
                return true;
            case PropertyId.ResponseTopic:
                _responseTopic = from.Value.String();
                if (!MqttTopics.IsName(_responseTopic)) throw PacketReader.Protocol();
                return true;
            case PropertyId.Correlation:
                _correlation = from.Value.Binary().ToArray();
                return true;
            default:
                return false;
        }
    }

    public readonly MqttProperties? ToProperties(IReadOnlyList<KeyValuePair<string, string>> user) =>
        _isText is null && _expiry is null && _contentType is null && _responseTopic is null && _correlation is null && user.Count == 0
            ? null
            : new MqttProperties { IsText = _isText, Expiry = _expiry, ContentType = _contentType, ResponseTopic = _responseTopic, Correlation = _correlation, User = user };
}
