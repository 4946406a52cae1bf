namespace Irori.Mqtt;

/// <summary>What MQTT 5 can say of a message besides topic and payload (section 3.3.2.3).</summary>
public sealed record MqttProperties
{
    /// <summary>True when the payload is said to be UTF-8 text; null: nothing is said.</summary>
    public bool? IsText { get; init; }

    /// <summary>Seconds for which the message may wait; null: for ever.</summary>
    public uint? Expiry { get; init; }

    /// <summary>What the payload is.</summary>
    public string? ContentType { get; init; }

    /// <summary>Where an answer is expected.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>What an answer is to carry.</summary>
    public ReadOnlyMemory<byte>? Correlation { get; init; }

    /// <summary>Names and values, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> User { get; init; } = [];
}

/// <summary>A message to a client. It is not copied: nobody may change its payload.</summary>
public sealed class MqttMessage
{
    /// <summary>The topic; no wildcards.</summary>
    public required string Topic { get; init; }

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Highest quality of service; the subscription may lower it.</summary>
    public MqttQos Qos { get; init; }

    /// <summary>What else MQTT 5 says of it.</summary>
    public MqttProperties? Properties { get; init; }

    /// <summary>Key of the client from which it came, for subscriptions that want nothing of their own; null: of the server itself.</summary>
    public string? From { get; init; }
}

/// <summary>The message that a client leaves for the time when it is lost.</summary>
/// <param name="Message">The message.</param>
/// <param name="Delay">Seconds between the loss and the message.</param>
/// <param name="Retain">Whether the client wanted it retained; nothing is.</param>
public sealed record MqttWill(MqttMessage Message, uint Delay, bool Retain);

/// <summary>What a client wants to hear.</summary>
/// <param name="Filter">The topic filter.</param>
/// <param name="Qos">Wanted, or granted, quality of service.</param>
public sealed record MqttSubscription(string Filter, MqttQos Qos)
{
    /// <summary>Whether the client's own messages are left out.</summary>
    public bool NoLocal { get; init; }

    /// <summary>The client's number for it, which messages carry; null: none.</summary>
    public uint? Identifier { get; init; }
}
