using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>A thing of a home (CoolKit v2, thing).</summary>
internal sealed record ThingData
{
    /// <summary>1 own device, 2 device shared by somebody else, 3 own group.</summary>
    public required int ItemType { get; init; }

    /// <summary>A device for 1 and 2, a group for 3.</summary>
    public required ThingItem ItemData { get; init; }

    /// <summary>Its place in the home's order; may be negative.</summary>
    public required long Index { get; init; }
}

/// <summary>What a thing is.</summary>
[JsonDerivedType(typeof(DeviceData))]
[JsonDerivedType(typeof(GroupData))]
internal abstract record ThingItem;

/// <summary>A group (CoolKit v2, group).</summary>
internal sealed record GroupData : ThingItem
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string MainDeviceId { get; init; }

    public required PlaceData Family { get; init; }

    /// <summary>The state that is shown for it.</summary>
    public required RawJson Params { get; init; }
}

/// <summary>A device (CoolKit v2, device).</summary>
internal sealed record DeviceData : ThingItem
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

    public required PlaceData Family { get; init; }

    /// <summary>By whom it was shared; only for itemType 2.</summary>
    public SharePersonData? SharedBy { get; init; }

    /// <summary>With whom it is shared; only for itemType 1.</summary>
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

    /// <summary>As mac; only in v1.</summary>
    public string? StaMac { get; init; }
}

/// <summary>A device behind a gateway.</summary>
internal sealed record SubDeviceData
{
    /// <summary>How the gateway knows it.</summary>
    public required string SubDevId { get; init; }

    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>Number of its user interface.</summary>
    public required int Uiid { get; init; }
}

/// <summary>A group in which a device is.</summary>
internal sealed record DeviceGroupData(int Type, string GroupId);

/// <summary>What the factory configured a device with. Cameras have the three fields; what else there is, is passed on.</summary>
internal sealed record DeviceConfigData
{
    public string? P2pServerName { get; init; }

    /// <summary>For the owner only. Spelt so on the wire.</summary>
    public string? P2pAccout { get; init; }

    /// <summary>For the owner only.</summary>
    public string? P2pLicense { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; set; }

    /// <summary>As somebody sees it.</summary>
    public static DeviceConfigData? Read(string? json, bool owner)
    {
        if (json is null || JsonSerializer.Deserialize(json, CoolKitJson.TypeOf<DeviceConfigData>()) is not { } whole) return null;
        return owner ? whole : whole with { P2pAccout = null, P2pLicense = null };
    }
}

/// <summary>Where a device or group stands.</summary>
internal sealed record PlaceData
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

/// <summary>What became of each of several commands.</summary>
internal sealed record BatchStatusData(IReadOnlyList<BatchResultData> RespList);

/// <summary>What became of a command.</summary>
/// <param name="Type">1 device, 2 group.</param>
/// <param name="Id">Its id.</param>
/// <param name="Error">0: none. Always so for a group, and where nobody waited.</param>
internal sealed record BatchResultData(int Type, string Id, int Error);

/// <summary>A thing that was changed.</summary>
internal sealed record UpdatedThingData(ThingData UpdatedThing);

/// <summary>Things that were changed.</summary>
internal sealed record UpdatedThingsData(IReadOnlyList<ThingData> UpdatedThingList);

/// <summary>Groups.</summary>
internal sealed record GroupListData(IReadOnlyList<ThingData> GroupList);

/// <summary>How a device was operated.</summary>
internal sealed record HistoryData(IReadOnlyList<HistoryEntryData> Histories);

/// <summary>A device was operated.</summary>
internal sealed record HistoryEntryData
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>app, or device: on the device itself.</summary>
    public required string UserAgent { get; init; }

    /// <summary>The channels as JSON text of a list, ["switch"] of a device with one. Spelt so on the wire.</summary>
    public string? OpsSwitchs { get; init; }

    /// <summary>What was asked or reported, as it came.</summary>
    public required string Request { get; init; }

    /// <summary>Address or phone number of who operated it through an app.</summary>
    public string? OpsAccount { get; init; }

    /// <summary>When, in milliseconds.</summary>
    public required long OpsTime { get; init; }
}

/// <summary>Firmware for those devices that can be upgraded.</summary>
internal sealed record FirmwareData(IReadOnlyList<FirmwareOfferData> OtaInfoList);

/// <summary>Firmware to which a device can be upgraded.</summary>
internal sealed record FirmwareOfferData
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    public required string Version { get; init; }

    /// <summary>Its files, one for each partition.</summary>
    public required IReadOnlyList<FirmwareFileData> BinList { get; init; }

    /// <summary>Reserved: always empty.</summary>
    public string Type { get; init; } = "";

    /// <summary>Reserved: always empty.</summary>
    public string ForceTime { get; init; } = "";
}

/// <summary>A file of firmware.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DownloadUrl">Where it is fetched.</param>
/// <param name="Digest">SHA-256, lower-case hex.</param>
internal sealed record FirmwareFileData(string Name, string DownloadUrl, string Digest);
