using System.Text.Json;
using System.Text.Json.Serialization;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>A page of a home's things.</summary>
internal sealed record ThingListRequest
{
    public string? Lang { get; init; }

    /// <summary>The home; absent: the current one.</summary>
    [JsonPropertyName("familyid")]
    public string? FamilyId { get; init; }

    /// <summary>How many; absent: 30, 0: all.</summary>
    public int? Num { get; init; }

    /// <summary>The first order number; absent: -9999999.</summary>
    public long? BeginIndex { get; init; }
}

/// <summary>Things by id.</summary>
internal sealed record ThingsRequest
{
    /// <summary>1 to 10 entries.</summary>
    public required IReadOnlyList<ThingRef> ThingList { get; init; }
}

/// <summary>Names a thing.</summary>
internal sealed record ThingRef
{
    /// <summary>1 own device, 2 shared device, 3 own group.</summary>
    public required int ItemType { get; init; }

    public required string Id { get; init; }
}

/// <summary>The state of a thing.</summary>
internal sealed record StatusRequest
{
    /// <summary>1 device, 2 group.</summary>
    public required int Type { get; init; }

    public required string Id { get; init; }

    /// <summary>Names joined by a vertical bar; absent or empty: all.</summary>
    public string? Params { get; init; }
}

/// <summary>A command.</summary>
internal sealed record StatusUpdateRequest
{
    /// <summary>1 device, 2 group.</summary>
    public required int Type { get; init; }

    public required string Id { get; init; }

    /// <summary>What to change.</summary>
    public required JsonElement Params { get; init; }
}

/// <summary>Adds a Wi-Fi device.</summary>
internal sealed record AddDeviceRequest
{
    public required string Name { get; init; }

    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    public DeviceSettings? Settings { get; init; }

    /// <summary>Code of an infrared device.</summary>
    public string? IfrCode { get; init; }

    /// <summary>Lower-case hex SHA-256 of deviceid and the device's key.</summary>
    public required string Digest { get; init; }

    /// <summary>Chip id. Required where the factory recorded one; some clients leave it out.</summary>
    public string? Chipid { get; init; }

    /// <summary>The home; absent: the current one.</summary>
    [JsonPropertyName("familyid")]
    public string? FamilyId { get; init; }

    /// <summary>The room; absent: none.</summary>
    [JsonPropertyName("roomid")]
    public string? RoomId { get; init; }

    /// <summary>1 before all others (default), 2 behind them.</summary>
    public int? Sort { get; init; }
}

/// <summary>Removes a device.</summary>
internal sealed record DeleteDeviceRequest
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }
}
