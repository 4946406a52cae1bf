using System.Text.Json.Serialization;
using Irori.Dialects.CoolKit.V2.Devices;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.V1.Devices;

/// <summary>A device (CoolKit v1, device).</summary>
internal sealed record DeviceV1
{
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
