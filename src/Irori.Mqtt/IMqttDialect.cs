namespace Irori.Mqtt;

/// <summary>
/// Who says what MQTT is used for. The endpoint speaks the protocol and keeps its limits; the dialect knows clients and topics. Nothing goes
/// from one client to another but by the dialect.
/// </summary>
public interface IMqttDialect
{
    /// <summary>
    /// Says who a client is, and whether it may connect; its will is part of the question. It has no effect yet: an older connection of the
    /// same client may still be open.
    /// </summary>
    ValueTask<MqttAnswer> ConnectAsync(MqttConnect connect, CancellationToken cancel);
}

/// <summary>
/// A dialect's side of one connection. Calls come in the order of the packets; only <see cref="PublishAsync"/> is called again before
/// earlier calls have completed. An exception closes the connection and acknowledges nothing.
/// </summary>
public interface IMqttClient
{
    /// <summary>
    /// The connection is about to be accepted; all older ones of the client on this node are over. What is published to it from now on comes
    /// after CONNACK.
    /// </summary>
    /// <returns><see cref="MqttReason.Success"/>, or why the client is refused after all.</returns>
    ValueTask<MqttReason> OpenAsync(MqttConnection connection, CancellationToken cancel);

    /// <summary>May the client hear this? Asked for every filter, and again for those of a kept session.</summary>
    /// <returns>The granted QoS (<see cref="MqttReason.Success"/>, 1 or 2; the lower of it and what was wanted is granted), or why not.</returns>
    ValueTask<MqttReason> SubscribeAsync(MqttSubscription subscription, CancellationToken cancel);

    /// <summary>The client does not want to hear this any more.</summary>
    ValueTask UnsubscribeAsync(string filter, CancellationToken cancel);

    /// <summary>
    /// The client says something. It is acknowledged when the task has completed, in the order of the messages: so the task completes after
    /// the commit. Up to the receive maximum of messages are handed over before the first is completed. The token says that the connection
    /// is over; what was begun may go on.
    /// </summary>
    /// <returns>
    /// A code of PUBACK, which a client of MQTT 5 is told, and an older one by closing when it is a failure; or any other code: nothing is
    /// acknowledged and the connection is closed with it, so that the client sends its message again.
    /// </returns>
    ValueTask<MqttReason> PublishAsync(MqttPublish publish, CancellationToken cancel);

    /// <summary>
    /// The connection is over, and all that came by it is done. A will has come by <see cref="PublishAsync"/> before, or comes after its
    /// delay. Called exactly once for each call of <see cref="OpenAsync"/>.
    /// </summary>
    ValueTask ClosedAsync(MqttEnd end);
}

/// <summary>A dialect's answer to CONNECT.</summary>
public sealed class MqttAnswer
{
    private MqttAnswer(MqttReason reason) => Reason = reason;

    internal MqttReason Reason { get; }

    internal string Key { get; private init; } = "";

    internal IMqttClient? Client { get; private init; }

    internal bool KeepsSession { get; private init; }

    /// <summary>The client may not connect.</summary>
    public static MqttAnswer Refuse(MqttReason reason) => new(reason.IsFailure() ? reason : MqttReason.NotAuthorized);

    /// <summary>The client may connect.</summary>
    /// <param name="key">
    /// Who it is, whatever it calls itself: a connection with the same key ends the older one and goes on with its session. A client must not
    /// be able to choose the key of another.
    /// </param>
    /// <param name="client">What deals with it.</param>
    /// <param name="keepsSession">Whether its session may outlive the connection, when it wants that.</param>
    public static MqttAnswer Accept(string key, IMqttClient client, bool keepsSession = false) =>
        new(MqttReason.Success) { Key = key, Client = client, KeepsSession = keepsSession };
}

/// <summary>Who ended a connection.</summary>
public enum MqttEndKind
{
    /// <summary>The client, by DISCONNECT.</summary>
    Left,

    /// <summary>Nobody: it broke, or the client closed it without a word.</summary>
    Lost,

    /// <summary>This side.</summary>
    Closed,
}

/// <summary>How a connection ended.</summary>
/// <param name="Kind">By whom.</param>
/// <param name="Reason">Why, as this side or the client said it.</param>
public readonly record struct MqttEnd(MqttEndKind Kind, MqttReason Reason);

/// <summary>The way to other nodes.</summary>
public interface IMqttCluster
{
    /// <summary>
    /// A client has connected here: other nodes close what they have of it, by <see cref="MqttEndpoint.CloseAsync"/>. Completes when they have, or when
    /// it is known that they need not; it does not wait for a node that is gone. The session's epoch keeps them from writing in any case.
    /// </summary>
    ValueTask TakeOverAsync(string key, CancellationToken cancel);
}
