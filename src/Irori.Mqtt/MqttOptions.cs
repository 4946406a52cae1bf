namespace Irori.Mqtt;

/// <summary>What a client may cost. <c>docs/mqtt.md</c> lists what happens beyond each.</summary>
public sealed record MqttOptions
{
    /// <summary>Bytes of the largest CONNECT.</summary>
    public int MaxConnectPacket { get; init; } = 16 * 1024;

    /// <summary>Bytes of the largest other packet of a client.</summary>
    public int MaxPacket { get; init; } = 256 * 1024;

    /// <summary>Characters of a client id.</summary>
    public int MaxClientId { get; init; } = 512;

    /// <summary>Bytes of a topic or a filter.</summary>
    public int MaxTopic { get; init; } = 512;

    /// <summary>Levels of a topic or a filter.</summary>
    public int MaxTopicLevels { get; init; } = 16;

    /// <summary>Subscriptions of one client.</summary>
    public int MaxSubscriptions { get; init; } = 100;

    /// <summary>User properties of one packet.</summary>
    public int MaxUserProperties { get; init; } = 32;

    /// <summary>Topic aliases that a client may set.</summary>
    public ushort TopicAliasMaximum { get; init; } = 16;

    /// <summary>Messages of a client that are not acknowledged yet.</summary>
    public ushort ReceiveMaximum { get; init; } = 64;

    /// <summary>Messages to a client that it has not acknowledged yet; a client of MQTT 5 may want fewer.</summary>
    public ushort MaxInFlight { get; init; } = 32;

    /// <summary>Messages to a client that wait.</summary>
    public int MaxQueued { get; init; } = 1_000;

    /// <summary>Bytes to a client that wait or are not acknowledged.</summary>
    public int MaxQueuedBytes { get; init; } = 1024 * 1024;

    /// <summary>Packets of a client per second in the long run; ten seconds' worth may come at once.</summary>
    public int MaxPacketsPerSecond { get; init; } = 100;

    /// <summary>Connections to this endpoint.</summary>
    public int MaxConnections { get; init; } = 100_000;

    /// <summary>Time from the connection to its acceptance.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Seconds of the longest keep-alive; also for who promises none.</summary>
    public ushort MaxKeepAlive { get; init; } = 1_200;

    /// <summary>Longest life of a session without a connection.</summary>
    public TimeSpan MaxSessionExpiry { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a new connection waits for the older one of its client to end.</summary>
    public TimeSpan TakeOverTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a client may take for the last bytes that it is sent.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(3);
}
