using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Irori.Dialects.CoolKit.V2.Devices;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.V1.Devices;

/// <summary>A device (CoolKit v1, device).</summary>
internal record DeviceV1
{
    /// <summary>The device's number, 24 hex digits.</summary>
    [JsonPropertyName("_id")]
    public required string No { get; init; }

    /// <summary>Version of its state.</summary>
    [JsonPropertyName("__v")]
    public required long Version { get; init; }

    public required string Name { get; init; }

    /// <summary>Always "10".</summary>
    public string Type { get; init; } = "10";

    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>Id of the owner's account.</summary>
    public required string Apikey { get; init; }

    public required ExtraV1 Extra { get; init; }

    /// <summary>When it last came or went, ISO 8601 in UTC; when it was added, if it never came.</summary>
    public required string OnlineTime { get; init; }

    public required string Ip { get; init; }

    /// <summary>Empty: an address is not looked up.</summary>
    public string Location { get; init; } = "";

    public required SettingsV1 Settings { get; init; }

    public required RawJson Params { get; init; }

    public required bool Online { get; init; }

    /// <summary>When the caller got it, ISO 8601 in UTC.</summary>
    public required string CreatedAt { get; init; }

    /// <summary>Ids of the caller's groups in which it is.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>Groups of v2 in which it is.</summary>
    public required IReadOnlyList<DeviceGroupData> DevGroups { get; init; }

    /// <summary>Of an older version: always empty.</summary>
    public string Group { get; init; } = "";

    /// <summary>With whom it is shared; absent for a device that somebody else has shared.</summary>
    public IReadOnlyList<SharePersonData>? SharedTo { get; init; }

    /// <summary>Empty: devices have no page of their own.</summary>
    public string DeviceUrl { get; init; } = "";

    /// <summary>Of a camera.</summary>
    public DeviceConfigData? DevConfig { get; init; }

    /// <summary>By whom it was shared; absent for an own device.</summary>
    public SharedByV1? SharedBy { get; init; }

    /// <summary>The device's key, for the owner; empty for everybody else.</summary>
    [JsonPropertyName("devicekey")]
    public required string DeviceKey { get; init; }

    public required string BrandName { get; init; }

    public required string BrandLogoUrl { get; init; }

    public required string ProductModel { get; init; }

    public required bool ShowBrand { get; init; }

    /// <summary>Number of its user interface, which decides the vocabulary of params.</summary>
    public required int Uiid { get; init; }

    /// <summary>With getTags.</summary>
    public RawJson? Tags { get; init; }
}

/// <summary>One device. The table of the document has it in <c>device</c>, its example at the top: clients find it in both.</summary>
internal sealed record OneDeviceV1 : DeviceV1
{
    [SetsRequiredMembers]
    public OneDeviceV1(DeviceV1 shown)
        : base(shown) => Device = shown;

    public DeviceV1 Device { get; }
}

/// <summary>What the factory wrote down, one level deeper than in v2.</summary>
/// <param name="Id">Id of the product.</param>
/// <param name="Extra">The record.</param>
internal sealed record ExtraV1([property: JsonPropertyName("_id")] string Id, ExtraData Extra);

/// <summary>What a person wants of a device. Messages into other services are not sent, which is what 0 says.</summary>
internal sealed record SettingsV1
{
    public required int OpsNotify { get; init; }

    public required int OpsHistory { get; init; }

    public required int AlarmNotify { get; init; }

    public int WxAlarmNotify { get; init; }

    public int WxOpsNotify { get; init; }

    public int WxDoorbellNotify { get; init; }

    public int AppDoorbellNotify { get; init; }

    public static SettingsV1 Of(DeviceSettings settings) => new()
    {
        OpsNotify = settings.OpsNotify ?? 0, OpsHistory = settings.OpsHistory ?? 1, AlarmNotify = settings.AlarmNotify ?? 1,
    };
}

/// <summary>Who shared a device, and the rights that he gave.</summary>
internal sealed record SharedByV1(string Apikey, int Permit);

/// <summary>All devices of the account. The document prints a bare array too; clients read this.</summary>
internal sealed record DeviceListAnswer(int Error, [property: JsonPropertyName("devicelist")] IReadOnlyList<DeviceV1> DeviceList);

/// <summary>The state of a device.</summary>
internal sealed record StatusV1Answer(int Error, RawJson Params);

/// <summary>A command was carried out.</summary>
internal sealed record StatusUpdatedAnswer(int Error, [property: JsonPropertyName("deviceid")] string DeviceId);

/// <summary>A device was renamed.</summary>
internal sealed record RenamedAnswer(int Error, [property: JsonPropertyName("deviceid")] string DeviceId, DeviceV1 Device);

/// <summary>How a device was operated, newest first.</summary>
internal sealed record HistoryV1Answer(int Error, IReadOnlyList<HistoryV1> DeviceHistories);

/// <summary>A device was operated.</summary>
internal sealed record HistoryV1
{
    /// <summary>Number of the entry.</summary>
    public required string Hid { get; init; }

    /// <summary>app, or device: on the device itself.</summary>
    public required string UserAgent { get; init; }

    /// <summary>Id of the account that operated it through an app; of the owner, when it was on the device itself.</summary>
    public required string Apikey { get; init; }

    /// <summary>His address or phone number.</summary>
    public string? OpsAccount { get; init; }

    /// <summary>The channels as JSON text of a list. Spelt so on the wire.</summary>
    public string? OpsSwitchs { get; init; }

    /// <summary>When, ISO 8601 in UTC.</summary>
    public required string OpsTime { get; init; }

    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>The day in UTC as a number, such as 20261124.</summary>
    public required int OpsDate { get; init; }

    /// <summary>Until when the entry is kept, in seconds since 1970.</summary>
    public required long TtlTime { get; init; }

    /// <summary>0: not told apart.</summary>
    public int SubType { get; init; }

    /// <summary>What was asked or reported, as it came.</summary>
    public required string Request { get; init; }

    /// <summary>0: an ordinary device.</summary>
    public int Type { get; init; }
}
