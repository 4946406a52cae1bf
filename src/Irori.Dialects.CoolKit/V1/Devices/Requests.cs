using System.Text.Json;
using System.Text.Json.Serialization;

namespace Irori.Dialects.CoolKit.V1.Devices;

/// <summary>All devices of the account.</summary>
internal sealed record DeviceListRequest : V1Request
{
    /// <summary>cn or en.</summary>
    public string? Lang { get; init; }

    /// <summary>1: with tags; absent: 0.</summary>
    public int? GetTags { get; init; }
}

/// <summary>Names one device in the path; clients repeat it in the query.</summary>
internal sealed record DeviceRequest : V1Request
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>The caller's, or the device's key; the device is known by its id and the caller by his token.</summary>
    public string? Apikey { get; init; }
}

/// <summary>Adds a Wi-Fi device.</summary>
internal sealed record AddDeviceV1Request : V1Request
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>The device's key, the proof that the caller holds it.</summary>
    public required string Apikey { get; init; }

    public required string Name { get; init; }

    public string? Chipid { get; init; }
}

/// <summary>The state of a device.</summary>
internal sealed record StatusV1Request : V1Request
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>Names joined by a vertical bar; absent or empty: all.</summary>
    public string? Params { get; init; }
}

/// <summary>A command.</summary>
internal sealed record StatusUpdateV1Request : V1Request
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>What to change: an object, or an array of such.</summary>
    public required JsonElement Params { get; init; }
}
