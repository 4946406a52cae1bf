using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Core;
using Irori.Dialects.CoolKit.Wire;

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
    /// <summary>The type of an own group.</summary>
    public const int Group = 3;

    /// <summary>1 own device, 2 shared device, 3 own group.</summary>
    public required int ItemType { get; init; }

    public required string Id { get; init; }

    /// <summary>What is wrong with a list of things, or null.</summary>
    public static Fault? Check(string field, IReadOnlyList<ThingRef> things) => things.All(t => t is { ItemType: >= 1 and <= Group })
        ? null
        : Fault.Invalid($"{field}.itemType", $"itemType of each entry of {field} is 1 for an own device, 2 for a shared device, 3 for an own group");
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

/// <summary>Commands to several things.</summary>
internal sealed record BatchStatusRequest
{
    /// <summary>1 to 10 entries, each id once.</summary>
    public required IReadOnlyList<StatusUpdateRequest> ThingList { get; init; }

    /// <summary>How long to wait for the answers, 0 to 8000 milliseconds; absent: 0, not at all.</summary>
    public int? Timeout { get; init; }
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

/// <summary>Adds a GSM device.</summary>
internal sealed record AddGsmRequest
{
    /// <summary>What stands behind addGsm?id= in the QR code.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The home; absent: the current one.</summary>
    [JsonPropertyName("familyid")]
    public string? FamilyId { get; init; }

    /// <summary>The room; absent: none.</summary>
    [JsonPropertyName("roomid")]
    public string? RoomId { get; init; }

    /// <summary>1 before all others (default), 2 behind them.</summary>
    public int? Sort { get; init; }
}

/// <summary>Names a device.</summary>
internal sealed record DeviceIdRequest
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>What is wrong with a list of device ids, or null.</summary>
    public static Fault? Check(string field, IReadOnlyList<string?> ids, int most) =>
        ids.Count is 0 || ids.Count > most || ids.Contains(null) ? Fault.Invalid(field, $"{field} has 1 to {most} device ids") : null;
}

/// <summary>A new name or room of a device; what is absent stays.</summary>
internal sealed record UpdateInfoRequest
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    public string? Name { get; init; }

    /// <summary>A room of the home in which the device stands; empty: none.</summary>
    [JsonPropertyName("roomid")]
    public string? RoomId { get; init; }
}

/// <summary>New tags of a device.</summary>
internal sealed record TagsRequest
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>replace (default): these and no others; merge: these beside the others.</summary>
    public string? Type { get; init; }

    public required RawJson Tags { get; init; }
}

/// <summary>New settings of devices; what is absent stays.</summary>
internal sealed record SettingsRequest
{
    [JsonPropertyName("deviceidList")]
    public required IReadOnlyList<string> DeviceIdList { get; init; }

    public required DeviceSettings Settings { get; init; }
}

/// <summary>The groups of the current home.</summary>
internal sealed record GroupListRequest
{
    /// <summary>cn or en.</summary>
    public string? Lang { get; init; }
}

/// <summary>A new group.</summary>
internal sealed record CreateGroupRequest
{
    /// <summary>1 to 50 characters.</summary>
    public required string Name { get; init; }

    public required string MainDeviceId { get; init; }

    /// <summary>The home; absent: the current one.</summary>
    [JsonPropertyName("familyid")]
    public string? FamilyId { get; init; }

    /// <summary>The room; absent: none.</summary>
    [JsonPropertyName("roomid")]
    public string? RoomId { get; init; }

    /// <summary>1 before all others (default), 2 behind them.</summary>
    public int? Sort { get; init; }

    /// <summary>Further devices; those of another user interface than the main device's are left out.</summary>
    [JsonPropertyName("deviceidList")]
    public IReadOnlyList<string>? DeviceIdList { get; init; }
}

/// <summary>A new name of a group.</summary>
internal sealed record UpdateGroupRequest
{
    public required string Id { get; init; }

    /// <summary>1 to 50 characters.</summary>
    public required string Name { get; init; }
}

/// <summary>Names a group.</summary>
internal sealed record GroupIdRequest
{
    public required string Id { get; init; }
}

/// <summary>The state that a group shall show.</summary>
internal sealed record GroupStatusRequest
{
    public required string Id { get; init; }

    public required RawJson Params { get; init; }
}

/// <summary>The devices of a group.</summary>
internal sealed record GroupDevicesRequest
{
    public required string Id { get; init; }

    /// <summary>All of them, with the main device.</summary>
    [JsonPropertyName("deviceidList")]
    public required IReadOnlyList<string> DeviceIdList { get; init; }
}

/// <summary>Shares devices.</summary>
internal sealed record ShareRequest
{
    [JsonPropertyName("deviceidList")]
    public required IReadOnlyList<string> DeviceIdList { get; init; }

    public required ShareUser User { get; init; }

    /// <summary>Rights over timers: the sum of 1 add, 2 edit, 4 delete, 8 enable.</summary>
    public required int Permit { get; init; }

    public string? Comment { get; init; }

    /// <summary>1: silent, the receiver is not asked. There is no other.</summary>
    public int? ShareType { get; init; }
}

/// <summary>With whom to share: a phone number, or an address.</summary>
internal sealed record ShareUser
{
    /// <summary>Goes with the phone number, which begins with it.</summary>
    public string? CountryCode { get; init; }

    public string? PhoneNumber { get; init; }

    public string? Email { get; init; }
}

/// <summary>New rights of a receiver.</summary>
internal sealed record SharePermitRequest
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>Id of the receiver's account, from shareTo.</summary>
    public required string Apikey { get; init; }

    /// <summary>Rights over timers: the sum of 1 add, 2 edit, 4 delete, 8 enable.</summary>
    public required int Permit { get; init; }
}

/// <summary>Takes a device back.</summary>
internal sealed record CancelShareRequest
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>Id of the receiver's account, from shareTo.</summary>
    public required string Apikey { get; init; }
}

/// <summary>How a device was operated.</summary>
internal sealed record HistoryRequest
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>Before this, in milliseconds; absent: from now on.</summary>
    public long? From { get; init; }

    /// <summary>How many, 1 to 30; absent: 30.</summary>
    public int? Num { get; init; }
}

/// <summary>Which firmware devices have.</summary>
internal sealed record FirmwareRequest
{
    /// <summary>1 to 30 entries.</summary>
    public required IReadOnlyList<FirmwareOfDevice> DeviceInfoList { get; init; }
}

/// <summary>Which firmware a device has.</summary>
internal sealed record FirmwareOfDevice
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>The module's name.</summary>
    public required string Model { get; init; }

    public required string Version { get; init; }
}
