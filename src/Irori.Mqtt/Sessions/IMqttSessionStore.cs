namespace Irori.Mqtt;

/// <summary>One life of a client's session. Writes under an older epoch than the session's are refused.</summary>
/// <param name="Key">Key of the client.</param>
/// <param name="Epoch">Grows with every connection.</param>
public readonly record struct MqttSessionLife(string Key, long Epoch);

/// <summary>A message of QoS 1 or 2 that a client has not finished acknowledging.</summary>
/// <param name="Sequence">Its place in the session; also makes its packet id, so that both sides know it again after a reconnection.</param>
/// <param name="Message">The message.</param>
/// <param name="Qos">The granted quality of service.</param>
public sealed record MqttStoredMessage(long Sequence, MqttMessage Message, MqttQos Qos)
{
    /// <summary>Numbers of the subscriptions by which it came.</summary>
    public IReadOnlyList<uint> Identifiers { get; init; } = [];

    /// <summary>Whether a connection has held it, and so may have sent it.</summary>
    public bool MayHaveBeenSent { get; init; }

    /// <summary>QoS 2: the client has it, and only its release is still owed.</summary>
    public bool IsReceived { get; init; }

    /// <summary>When it is not worth sending any more; null: never. A message that may have been sent is sent again all the same.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A session as a connection finds it.</summary>
/// <param name="Epoch">Number of the connection's life.</param>
/// <param name="IsPresent">Whether there was a session to go on with.</param>
public sealed record MqttStoredSession(long Epoch, bool IsPresent)
{
    /// <summary>What it had subscribed to.</summary>
    public IReadOnlyList<MqttSubscription> Subscriptions { get; init; } = [];

    /// <summary>What it has not acknowledged, in the order of the sequence.</summary>
    public IReadOnlyList<MqttStoredMessage> Messages { get; init; } = [];

    /// <summary>Packet ids of messages of QoS 2 that were taken and are not released.</summary>
    public IReadOnlyList<ushort> Received { get; init; } = [];

    /// <summary>The next free sequence.</summary>
    public long NextSequence { get; init; } = 1;
}

/// <summary>
/// Where sessions outlive their connections, and nodes. Every change is durable when its task has completed; those with a life do nothing and
/// return false when the session has a newer one, or none any more.
/// </summary>
public interface IMqttSessionStore
{
    /// <summary>
    /// Begins a new life of the session, and marks all its messages as ones that may have been sent; they are returned as they were before. An
    /// expired session is none.
    /// </summary>
    /// <param name="key">Key of the client.</param>
    /// <param name="clean">Forget what was.</param>
    /// <param name="create">Make one when there is none; otherwise epoch 0 is returned then.</param>
    /// <param name="cancel">Gives up.</param>
    Task<MqttStoredSession> OpenAsync(string key, bool clean, bool create, CancellationToken cancel);

    /// <summary>Adds a subscription, or replaces that with the same filter.</summary>
    Task<bool> SubscribeAsync(MqttSessionLife life, MqttSubscription subscription, CancellationToken cancel);

    /// <summary>Removes a subscription.</summary>
    Task<bool> UnsubscribeAsync(MqttSessionLife life, string filter, CancellationToken cancel);

    /// <summary>Adds a message.</summary>
    Task<bool> AddAsync(MqttSessionLife life, MqttStoredMessage message, CancellationToken cancel);

    /// <summary>The client has a message of QoS 2.</summary>
    Task<bool> ReceivedAsync(MqttSessionLife life, long sequence, CancellationToken cancel);

    /// <summary>A message is done.</summary>
    Task<bool> RemoveAsync(MqttSessionLife life, long sequence, CancellationToken cancel);

    /// <summary>A message of QoS 2 was taken from the client.</summary>
    Task<bool> TakenAsync(MqttSessionLife life, ushort packetId, CancellationToken cancel);

    /// <summary>The client has released it.</summary>
    Task<bool> ReleasedAsync(MqttSessionLife life, ushort packetId, CancellationToken cancel);

    /// <summary>The connection is over: from now on the session lives for <paramref name="expiry"/>; zero: it ends.</summary>
    Task<bool> CloseAsync(MqttSessionLife life, TimeSpan expiry, CancellationToken cancel);

    /// <summary>
    /// Leaves a message for a client, when it has a session that no connection holds, with a matching subscription and fewer than
    /// <paramref name="limit"/> messages; its sequence is the session's next. False when not.
    /// </summary>
    Task<bool> LeaveAsync(string key, MqttMessage message, int limit, CancellationToken cancel);

    /// <summary>Whether no newer life has begun; also true when the session has ended since.</summary>
    Task<bool> IsLatestAsync(MqttSessionLife life, CancellationToken cancel);
}
