using System.Net;
using Irori.Mqtt.Connections;

namespace Irori.Mqtt;

/// <summary>To whom a message of the server goes.</summary>
public enum MqttDelivery
{
    /// <summary>To a client that has subscribed to its topic.</summary>
    Subscribed,

    /// <summary>To the client in any case, once, with the message's own QoS: for topics that a dialect's clients hear without subscribing.</summary>
    Always,
}

/// <summary>A client's connection, as a dialect sees it. Its methods may be called at any time, also when it is over.</summary>
public sealed class MqttConnection
{
    private readonly Conversation _with;

    internal MqttConnection(Conversation with) => _with = with;

    /// <summary>The client's id, as it calls itself.</summary>
    public string ClientId => _with.ClientId;

    /// <summary>The client's key, as the dialect calls it.</summary>
    public string Key => _with.Key;

    /// <summary>The protocol it speaks.</summary>
    public MqttVersion Version => _with.Version;

    /// <summary>Its address.</summary>
    public EndPoint? Remote => _with.Remote;

    /// <summary>What it has subscribed to.</summary>
    public IReadOnlyList<MqttSubscription> Subscriptions => _with.Subscriptions;

    /// <summary>Completes when the connection is over and the dialect has been told.</summary>
    public Task Ended => _with.Ended;

    /// <summary>Cancelled at the moment at which the connection ends.</summary>
    public CancellationToken Closing => _with.Closing;

    /// <summary>Sends a message to the client.</summary>
    /// <returns>
    /// True when it is queued on this connection, which a kept session with QoS 1 or 2 survives; false when the client does not want it, cannot
    /// take one so large, or is gone. A client that does not keep up is closed.
    /// </returns>
    public ValueTask<bool> PublishAsync(MqttMessage message, MqttDelivery delivery = MqttDelivery.Subscribed)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!MqttTopics.IsName(message.Topic)) throw new ArgumentException("A message needs a topic without wildcards", nameof(message));
        var match = delivery == MqttDelivery.Always ? new MqttMatch(message.Qos, []) : MqttMatch.Of(Subscriptions, message, Key);
        return match is { } found ? _with.Outbox.PublishAsync(message, found) : new(false);
    }

    /// <summary>Gives up what was to be sent on topics that the filter takes and was not sent yet: the client may not hear it any more.</summary>
    public Task DropAsync(string filter) => _with.Outbox.DropAsync(filter);

    /// <summary>Closes the connection. A client of MQTT 5 is told why; its will is published.</summary>
    public void Close(MqttReason reason) => _with.Close(reason);
}
