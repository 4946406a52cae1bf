using System.Net;

namespace Irori.Mqtt;

/// <summary>What a client says of itself in CONNECT, and how it came.</summary>
public sealed class MqttConnect
{
    /// <summary>The protocol it speaks.</summary>
    public required MqttVersion Version { get; init; }

    /// <summary>Its id, as sent; where it sent none, one that was made for it.</summary>
    public required string ClientId { get; init; }

    /// <summary>True when it sent no id.</summary>
    public bool IsIdAssigned { get; init; }

    /// <summary>User name; null: none.</summary>
    public string? UserName { get; init; }

    /// <summary>Password; null: none. Not to be logged.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>Seconds between two packets, as the client promises; 0: it promises nothing.</summary>
    public ushort KeepAlive { get; init; }

    /// <summary>Whether an older session is to be forgotten.</summary>
    public bool CleanStart { get; init; }

    /// <summary>Seconds for which the session is wanted after the connection; <see cref="uint.MaxValue"/>: for ever.</summary>
    public uint SessionExpiry { get; init; }

    /// <summary>The will; null: none.</summary>
    public MqttWill? Will { get; init; }

    /// <summary>Unacknowledged messages that the client takes at one time.</summary>
    public ushort ReceiveMaximum { get; init; } = ushort.MaxValue;

    /// <summary>Bytes of the largest packet that the client takes.</summary>
    public uint MaxPacket { get; init; } = uint.MaxValue;

    /// <summary>User properties (MQTT 5).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; init; } = [];

    /// <summary>The client's address.</summary>
    public EndPoint? Remote { get; init; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsSecure { get; init; }

    /// <summary>What carries the packets.</summary>
    public MqttCarrier Carrier { get; init; }

    internal bool HasAuthenticationMethod { get; init; }
}
