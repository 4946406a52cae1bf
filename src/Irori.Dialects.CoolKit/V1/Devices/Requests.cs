using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.V1.Devices;

/// <summary>All devices of the account.</summary>
internal sealed record DeviceListRequest : V1Request
{
    /// <summary>cn or en.</summary>
    public string? Lang { get; init; }

    /// <summary>1: with tags; absent: 0.</summary>
    public int? GetTags { get; init; }
}

/// <summary>Names one device, in the path where there is one; clients repeat it in the query or body.</summary>
internal record DeviceRequest : V1Request
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>The caller's, or the device's key; the device is known by its id and the caller by his token.</summary>
    public string? Apikey { get; init; }
}

/// <summary>Removes a device.</summary>
internal sealed record DeleteDeviceV1Request : DeviceRequest
{
    /// <summary>1: a device behind a bridge, whose id deviceid is; absent: 0.</summary>
    public int? IsSub { get; init; }

    /// <summary>With isSub 1: the device.</summary>
    public string? SubDeviceId { get; init; }
}

/// <summary>Gives a device a name.</summary>
internal sealed record RenameDeviceRequest : DeviceRequest
{
    public required string Name { get; init; }

    /// <summary>Of an older version: empty.</summary>
    public string? Group { get; init; }
}

/// <summary>Sets one of a device's tags, such as the names of its channels.</summary>
internal sealed record TagV1Request : DeviceRequest
{
    /// <summary>Name of the tag, such as ck_channel_name.</summary>
    public required string Key { get; init; }

    /// <summary>An object, for the names of channels by number.</summary>
    public required RawJson Value { get; init; }
}

/// <summary>How a device was operated.</summary>
internal sealed record HistoryV1Request : DeviceRequest
{
    /// <summary>The first moment, in seconds since 1970.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public long? StartTime { get; init; }

    /// <summary>The last moment, in seconds since 1970.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public long? EndTime { get; init; }

    /// <summary>How many on a page, at most 100; absent: 30.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public int? PageSize { get; init; }

    /// <summary>The page, from 1.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public int? CurrentPage { get; init; }
}

/// <summary>Adds a GSM device.</summary>
internal sealed record AddGsmV1Request : V1Request
{
    /// <summary>What stands in the QR code.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }
}

/// <summary>Adds a Wi-Fi device.</summary>
internal sealed record AddDeviceV1Request : V1Request
{
    /// <summary>1: a device behind a bridge, whose id deviceid is; absent: 0.</summary>
    public int? IsSub { get; init; }

    /// <summary>With isSub 1: the device.</summary>
    public string? SubDeviceId { get; init; }

    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>The device's key, the proof that the caller holds it; with isSub 1 that of the bridge will do, when the device is behind it.</summary>
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
