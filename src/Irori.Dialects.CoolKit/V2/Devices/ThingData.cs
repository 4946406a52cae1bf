using System.Text.Json.Serialization;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>A thing of a home (CoolKit v2, thing).</summary>
internal sealed record ThingData
{
    /// <summary>1 own device, 2 device shared by somebody else.</summary>
    public required int ItemType { get; init; }

    public required DeviceData ItemData { get; init; }

    /// <summary>Its place in the home's order; may be negative.</summary>
    public required long Index { get; init; }
}

/// <summary>A device (CoolKit v2, device).</summary>
internal sealed record DeviceData
{
    public required string Name { get; init; }

    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>Id of the owner's account.</summary>
    public required string Apikey { get; init; }

    public required ExtraData Extra { get; init; }

    public required string BrandName { get; init; }

    public required string BrandLogo { get; init; }

    public required bool ShowBrand { get; init; }

    public required string ProductModel { get; init; }

    /// <summary>Groups in which it is.</summary>
    public IReadOnlyList<DeviceGroupData>? DevGroups { get; init; }

    public required RawJson Tags { get; init; }

    public DeviceConfigData? DevConfig { get; init; }

    public required DeviceSettings Settings { get; init; }

    public required DeviceFamilyData Family { get; init; }

    /// <summary>By whom it was shared; only for itemType 2.</summary>
    public SharePersonData? SharedBy { get; init; }

    public IReadOnlyList<SharePersonData>? ShareTo { get; init; }

    /// <summary>The factory key, for the owner; empty for everybody else.</summary>
    [JsonPropertyName("devicekey")]
    public required string DeviceKey { get; init; }

    public required bool Online { get; init; }

    /// <summary>The last state.</summary>
    public required RawJson Params { get; init; }

    /// <summary>State of the SIM card of GSM devices.</summary>
    public RawJson? GsmInfoData { get; init; }

    /// <summary>Whether devices of its kind can be grouped. Seen in real answers, not in the document, like the next four.</summary>
    public required bool IsSupportGroup { get; init; }

    public bool IsSupportedOnMP { get; init; }

    public bool IsSupportChannelSplit { get; init; }

    public RawJson DeviceFeature { get; init; } = RawJson.Empty;

    public IReadOnlyList<string> DenyFeatures { get; init; } = [];
}

/// <summary>What the factory wrote down.</summary>
internal sealed record ExtraData
{
    /// <summary>Name of the firmware.</summary>
    public required string Model { get; init; }

    /// <summary>Name of its user interface.</summary>
    public required string Ui { get; init; }

    /// <summary>Number of its user interface, which decides the vocabulary of params.</summary>
    public required int Uiid { get; init; }

    public required string Description { get; init; }

    public required string Manufacturer { get; init; }

    public required string Mac { get; init; }

    public required string Apmac { get; init; }

    /// <summary>Id of the product.</summary>
    public required string ModelInfo { get; init; }

    public required string BrandId { get; init; }

    public string? Chipid { get; init; }
}

/// <summary>A group in which a device is.</summary>
internal sealed record DeviceGroupData(int Type, string GroupId);

/// <summary>Configuration of cameras from the factory.</summary>
internal sealed record DeviceConfigData
{
    public string? P2pServerName { get; init; }

    /// <summary>Spelt so on the wire.</summary>
    public string? P2pAccout { get; init; }

    public string? P2pLicense { get; init; }
}

/// <summary>Where a device stands.</summary>
internal sealed record DeviceFamilyData
{
    [JsonPropertyName("familyid")]
    public required string FamilyId { get; init; }

    public required long Index { get; init; }

    /// <summary>Absent: in no room.</summary>
    [JsonPropertyName("roomid")]
    public string? RoomId { get; init; }
}

/// <summary>The other person of a share.</summary>
internal sealed record SharePersonData
{
    public required string Apikey { get; init; }

    public required int Permit { get; init; }

    public string? PhoneNumber { get; init; }

    public string? Email { get; init; }

    public string? Nickname { get; init; }

    public string? Comment { get; init; }

    /// <summary>In milliseconds.</summary>
    public long? ShareTime { get; init; }
}

/// <summary>A page of a home's things.</summary>
/// <param name="ThingList">The things.</param>
/// <param name="Total">How many the home has, also those that this app may not see.</param>
internal sealed record ThingListData(IReadOnlyList<ThingData> ThingList, int Total);

/// <summary>Things that were asked for.</summary>
internal sealed record ThingsData(IReadOnlyList<ThingData> ThingList);

/// <summary>The state of a thing.</summary>
internal sealed record StatusData(RawJson Params);
