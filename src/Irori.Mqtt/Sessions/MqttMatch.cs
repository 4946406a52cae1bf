namespace Irori.Mqtt;

/// <summary>By which of a client's subscriptions a message goes to it: once, with the best quality of service among them.</summary>
/// <param name="Qos">The quality of service.</param>
/// <param name="Identifiers">Numbers of the subscriptions that have one.</param>
public readonly record struct MqttMatch(MqttQos Qos, IReadOnlyList<uint> Identifiers)
{
    /// <summary>Holds a message against subscriptions; null: none takes it.</summary>
    /// <param name="subscriptions">Those of the client.</param>
    /// <param name="message">The message.</param>
    /// <param name="key">The client's key.</param>
    public static MqttMatch? Of(IReadOnlyCollection<MqttSubscription> subscriptions, MqttMessage message, string key)
    {
        MqttQos? best = null;
        List<uint>? identifiers = null;
        foreach (var subscription in subscriptions)
        {
            if (subscription.NoLocal && message.From == key) continue;
            if (!MqttTopics.Matches(subscription.Filter, message.Topic)) continue;
            if (best is null || subscription.Qos > best) best = subscription.Qos;
            if (subscription.Identifier is { } identifier) (identifiers ??= []).Add(identifier);
        }

        return best is { } qos ? new MqttMatch(qos < message.Qos ? qos : message.Qos, identifiers ?? []) : null;
    }
}
