namespace Irori.Mqtt;

/// <summary>
/// Reason codes of MQTT 5 (section 2.4). To clients of 3.1 and 3.1.1 a refused CONNECT is told by the nearest of their return codes, a refused
/// subscription by 0x80, and everything else by the end of the connection.
/// </summary>
public enum MqttReason : byte
{
    /// <summary>Done; in SUBACK: granted with QoS 0; in DISCONNECT: left without a will.</summary>
    Success = 0x00,

    /// <summary>SUBACK: granted with QoS 1.</summary>
    GrantedQos1 = 0x01,

    /// <summary>SUBACK: granted with QoS 2.</summary>
    GrantedQos2 = 0x02,

    /// <summary>DISCONNECT of a client that wants its will published.</summary>
    DisconnectWithWill = 0x04,

    /// <summary>Taken, but nobody subscribes to it.</summary>
    NoMatchingSubscribers = 0x10,

    /// <summary>UNSUBACK: there was no such subscription.</summary>
    NoSubscriptionExisted = 0x11,

    /// <summary>No other code says more.</summary>
    UnspecifiedError = 0x80,

    /// <summary>The packet cannot be read.</summary>
    MalformedPacket = 0x81,

    /// <summary>The packet may not come now, or says what may not be said.</summary>
    ProtocolError = 0x82,

    /// <summary>Valid, but not accepted here.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>This version of the protocol is not spoken.</summary>
    UnsupportedProtocolVersion = 0x84,

    /// <summary>The client id is not accepted.</summary>
    ClientIdentifierNotValid = 0x85,

    /// <summary>Wrong user name or password.</summary>
    BadUserNameOrPassword = 0x86,

    /// <summary>The client may not do this.</summary>
    NotAuthorized = 0x87,

    /// <summary>The server cannot work now.</summary>
    ServerUnavailable = 0x88,

    /// <summary>The server has too much to do; try again later.</summary>
    ServerBusy = 0x89,

    /// <summary>The client is shut out.</summary>
    Banned = 0x8A,

    /// <summary>The server stops.</summary>
    ServerShuttingDown = 0x8B,

    /// <summary>The way of authentication is not offered.</summary>
    BadAuthenticationMethod = 0x8C,

    /// <summary>Nothing came for one and a half keep-alive times.</summary>
    KeepAliveTimeout = 0x8D,

    /// <summary>The same client has connected again.</summary>
    SessionTakenOver = 0x8E,

    /// <summary>The topic filter is not accepted.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>The topic is not accepted.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>The packet id is in use.</summary>
    PacketIdentifierInUse = 0x91,

    /// <summary>The packet id is unknown.</summary>
    PacketIdentifierNotFound = 0x92,

    /// <summary>More unacknowledged messages than the receive maximum.</summary>
    ReceiveMaximumExceeded = 0x93,

    /// <summary>A topic alias out of range.</summary>
    TopicAliasInvalid = 0x94,

    /// <summary>The packet is larger than announced.</summary>
    PacketTooLarge = 0x95,

    /// <summary>Packets come too quickly.</summary>
    MessageRateTooHigh = 0x96,

    /// <summary>A limit is reached.</summary>
    QuotaExceeded = 0x97,

    /// <summary>Closed by an operator or a rule.</summary>
    AdministrativeAction = 0x98,

    /// <summary>The payload is not what it says.</summary>
    PayloadFormatInvalid = 0x99,

    /// <summary>Retained messages are not offered.</summary>
    RetainNotSupported = 0x9A,

    /// <summary>The QoS is not offered.</summary>
    QosNotSupported = 0x9B,

    /// <summary>Go to another server for now.</summary>
    UseAnotherServer = 0x9C,

    /// <summary>Go to another server for good.</summary>
    ServerMoved = 0x9D,

    /// <summary>Shared subscriptions are not offered.</summary>
    SharedSubscriptionsNotSupported = 0x9E,

    /// <summary>Connections come too quickly.</summary>
    ConnectionRateExceeded = 0x9F,

    /// <summary>The connection has lasted as long as it may.</summary>
    MaximumConnectTime = 0xA0,

    /// <summary>Subscription identifiers are not offered.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,

    /// <summary>Wildcards are not offered.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}

internal static class MqttReasons
{
    public static bool IsFailure(this MqttReason reason) => reason >= MqttReason.UnspecifiedError;

    /// <summary>True for what PUBACK and PUBREC can say; with anything else a message can only be left unacknowledged and the connection closed.</summary>
    public static bool IsOfPublish(this MqttReason reason) => reason is MqttReason.Success or MqttReason.NoMatchingSubscribers or MqttReason.UnspecifiedError
        or MqttReason.ImplementationSpecificError or MqttReason.NotAuthorized or MqttReason.TopicNameInvalid or MqttReason.PacketIdentifierInUse
        or MqttReason.QuotaExceeded or MqttReason.PayloadFormatInvalid;

    /// <summary>The return code of CONNACK in 3.1 and 3.1.1; null: the connection is closed without one.</summary>
    public static byte? ReturnCode(this MqttReason reason) => reason switch
    {
        MqttReason.Success => 0,
        MqttReason.UnsupportedProtocolVersion => 1,
        MqttReason.ClientIdentifierNotValid => 2,
        MqttReason.BadUserNameOrPassword => 4,
        MqttReason.NotAuthorized or MqttReason.Banned or MqttReason.BadAuthenticationMethod => 5,
        MqttReason.MalformedPacket or MqttReason.ProtocolError or MqttReason.PacketTooLarge => null,
        _ => 3,
    };
}
