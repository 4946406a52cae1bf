namespace Irori.Mqtt.Packets;

/// <summary>The high half of a packet's first byte (MQTT 5, section 2.1.2).</summary>
internal enum PacketType
{
    Connect = 1,
    ConnAck = 2,
    Publish = 3,
    PubAck = 4,
    PubRec = 5,
    PubRel = 6,
    PubComp = 7,
    Subscribe = 8,
    SubAck = 9,
    Unsubscribe = 10,
    UnsubAck = 11,
    PingReq = 12,
    PingResp = 13,
    Disconnect = 14,
    Auth = 15,
}

/// <summary>Identifiers of properties (MQTT 5, section 2.2.2.2).</summary>
internal enum PropertyId
{
    PayloadFormat = 0x01,
    MessageExpiry = 0x02,
    ContentType = 0x03,
    ResponseTopic = 0x08,
    Correlation = 0x09,
    SubscriptionIdentifier = 0x0B,
    SessionExpiry = 0x11,
    AssignedClientId = 0x12,
    ServerKeepAlive = 0x13,
    AuthenticationMethod = 0x15,
    AuthenticationData = 0x16,
    RequestProblems = 0x17,
    WillDelay = 0x18,
    RequestResponseInformation = 0x19,
    ReasonString = 0x1F,
    ReceiveMaximum = 0x21,
    TopicAliasMaximum = 0x22,
    TopicAlias = 0x23,
    MaximumQos = 0x24,
    RetainAvailable = 0x25,
    UserProperty = 0x26,
    MaximumPacketSize = 0x27,
    SharedSubscriptionAvailable = 0x2A,
}

/// <summary>A client broke the protocol or a limit; the connection ends with this reason.</summary>
internal sealed class MqttException(MqttReason reason) : Exception($"{reason}")
{
    public MqttReason Reason { get; } = reason;
}
