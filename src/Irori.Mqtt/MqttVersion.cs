namespace Irori.Mqtt;

/// <summary>A version of the protocol, by its level in CONNECT.</summary>
public enum MqttVersion : byte
{
    /// <summary>MQTT 3.1, whose protocol name is <c>MQIsdp</c>.</summary>
    V31 = 3,

    /// <summary>MQTT 3.1.1.</summary>
    V311 = 4,

    /// <summary>MQTT 5.</summary>
    V5 = 5,
}

/// <summary>Quality of service.</summary>
public enum MqttQos : byte
{
    /// <summary>Sent once, not acknowledged.</summary>
    AtMostOnce = 0,

    /// <summary>Acknowledged, perhaps sent again.</summary>
    AtLeastOnce = 1,

    /// <summary>Acknowledged in two steps, taken once.</summary>
    ExactlyOnce = 2,
}

/// <summary>What carries the packets.</summary>
public enum MqttCarrier
{
    /// <summary>A bare TCP or TLS connection.</summary>
    Stream,

    /// <summary>A WebSocket.</summary>
    WebSocket,
}
