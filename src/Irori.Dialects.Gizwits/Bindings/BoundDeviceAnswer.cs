using System.Text.Json.Serialization;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Http;

namespace Irori.Dialects.Gizwits.Bindings;

/// <summary>A device as somebody has it (Gizwits Open API, bindings), with what real apps expect beyond the document.</summary>
internal sealed record BoundDeviceAnswer : IStatusAnswer
{
    /// <inheritdoc/>
    [JsonIgnore]
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>Names the product.</summary>
    public required string ProductKey { get; init; }

    /// <summary>Its id.</summary>
    public required string Did { get; init; }

    /// <summary>MAC, 12 hex digits; the id of a device whose MAC is not recorded.</summary>
    public required string Mac { get; init; }

    /// <summary>Whether it can be reached now.</summary>
    public required bool IsOnline { get; init; }

    /// <summary>Its secret, for its owner; empty for anybody else, and for a device that has none in this dialect.</summary>
    public required string Passcode { get; init; }

    /// <summary>Where devices and apps connect.</summary>
    public required string Host { get; init; }

    /// <summary>Port of MQTT; 0 where none is served.</summary>
    public required int Port { get; init; }

    /// <summary>Port of MQTT over TLS; 0 where none is served.</summary>
    public required int PortS { get; init; }

    /// <summary>Port of WebSocket; 0 where it is not known.</summary>
    public required int WsPort { get; init; }

    /// <summary>Port of WebSocket over TLS; 0 where it is not known.</summary>
    public required int WssPort { get; init; }

    /// <summary>His remark.</summary>
    public required string Remark { get; init; }

    /// <summary>Whether the operator has switched it off.</summary>
    public required bool IsDisabled { get; init; }

    /// <summary>normal, center_control for a gateway, or sub_dev behind one.</summary>
    public required string Type { get; init; }

    /// <summary>What he calls it.</summary>
    public required string DevAlias { get; init; }

    /// <summary>His labels.</summary>
    public required IReadOnlyList<string> DevLabel { get; init; }

    /// <summary>special, owner, guest or normal; empty for a back end.</summary>
    public required string Role { get; init; }

    /// <summary>Name of the product.</summary>
    public required string ProductName { get; init; }

    /// <summary>Version of the protocol, as a number.</summary>
    public required int Protoc { get; init; }

    /// <summary>Firmware of the microcontroller; empty where it is not known.</summary>
    public required string McuSoftVersion { get; init; }

    /// <summary>Hardware of the microcontroller; empty where it is not known.</summary>
    public required string McuHardVersion { get; init; }

    /// <summary>Hardware of the Wi-Fi module; empty where it is not known.</summary>
    public required string WifiHardVersion { get; init; }

    /// <summary>Firmware of the Wi-Fi module, or null where it is not known.</summary>
    public required string? WifiSoftVersion { get; init; }

    /// <summary>The newest report, Unix seconds; 0 without one.</summary>
    public required long StateLastTimestamp { get; init; }

    /// <summary>Id of its gateway, or null.</summary>
    public required string? GwDid { get; init; }

    /// <summary>Whether it is in a test environment: there is none here.</summary>
    public required bool IsSandbox { get; init; }

    /// <summary>Version of the protocol, where it was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ProtoVer { get; init; }
}

/// <summary>A page of devices.</summary>
internal sealed record BoundDevicesAnswer(IReadOnlyList<BoundDeviceAnswer> Devices);

/// <summary>Which devices it was done for, and for which not.</summary>
internal sealed record DoneForAnswer(IReadOnlyList<string> Success, IReadOnlyList<string> Failed);

/// <summary>What a person says of a device.</summary>
internal sealed record OwnWordsAnswer(string Remark, IReadOnlyList<string> DevLabel, string DevAlias);

/// <summary>A guest of a device, partly hidden.</summary>
internal sealed record GuestAnswer(string? Username, string? Phone, string CreatedAt, string Uid, string? Email);
