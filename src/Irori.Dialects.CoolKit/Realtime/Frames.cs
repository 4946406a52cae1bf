using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Core;

namespace Irori.Dialects.CoolKit.Realtime;

/// <summary>An app signs in on its connection (CoolKit v2, handshake).</summary>
internal sealed record UserOnlineFrame
{
    public required string At { get; init; }

    public required string Apikey { get; init; }

    /// <summary>Some clients leave it out.</summary>
    public string? Appid { get; init; }
}

/// <summary>An app commands a device (CoolKit v2, update).</summary>
internal sealed record CommandFrame
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>The app's own person, or the owner of a shared device.</summary>
    public required string Apikey { get; init; }

    public string? SelfApikey { get; init; }

    public required JsonElement Params { get; init; }
}

/// <summary>An owner asks a device to install firmware (CoolKit v2, OTA).</summary>
internal sealed record UpgradeFrame
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    public required string Apikey { get; init; }

    public required UpgradeTerms Params { get; init; }
}

/// <summary>Which firmware, and where it is.</summary>
internal sealed record UpgradeTerms
{
    public required string Model { get; init; }

    public required string Version { get; init; }

    public required IReadOnlyList<UpgradeFile> BinList { get; init; }

    /// <summary>What is wrong, or null.</summary>
    public Fault? Check() => BinList.Count == 0 || BinList.Any(b => b is null) ? Fault.Invalid("params.binList", "params.binList has the files of the firmware") : null;
}

/// <summary>A file of firmware.</summary>
internal sealed record UpgradeFile
{
    public required string DownloadUrl { get; init; }

    /// <summary>SHA-256 of the file.</summary>
    public required string Digest { get; init; }

    public required string Name { get; init; }
}

/// <summary>An app reads a device's state (CoolKit v2, query).</summary>
internal sealed record QueryFrame
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    public required string Apikey { get; init; }

    public string? SelfApikey { get; init; }

    /// <summary>Names; none: all.</summary>
    public required IReadOnlyList<string> Params { get; init; }
}

/// <summary>An owner shares a device, changes a share or ends it (CoolKit v1, share).</summary>
internal sealed record ShareFrame
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>The caller's.</summary>
    public required string Apikey { get; init; }

    public required ShareTerms Params { get; init; }
}

/// <summary>To whom a device is shared, and how. The names that apps send are not needed: they are known.</summary>
internal sealed record ShareTerms
{
    /// <summary>The receiver's e-mail address or phone number.</summary>
    public required string Uid { get; init; }

    /// <summary>Rights over timers: the sum of 1 add, 2 edit, 4 delete, 8 enable.</summary>
    public int? Permit { get; init; }

    /// <summary>The owner's note.</summary>
    public string? Note { get; init; }
}

/// <summary>A device says who it is.</summary>
internal sealed record RegisterFrame
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>The factory key.</summary>
    public required string Apikey { get; init; }

    public string? Model { get; init; }
}

/// <summary>A gateway speaks of devices behind it.</summary>
internal sealed record SubDevicesFrame
{
    public required SubDevicesTerms Params { get; init; }
}

/// <summary>The devices.</summary>
internal sealed record SubDevicesTerms
{
    public required IReadOnlyList<SubDeviceFrame> SubDevices { get; init; }
}

/// <summary>A device behind a gateway.</summary>
internal sealed record SubDeviceFrame
{
    /// <summary>Its address with the number of its user interface, by which the gateway knows it.</summary>
    public string? SubDevId { get; init; }

    /// <summary>Its id, once it has one.</summary>
    [JsonPropertyName("deviceid")]
    public string? DeviceId { get; init; }

    /// <summary>Number of its user interface; needed where it joins.</summary>
    public int? Uiid { get; init; }
}

/// <summary>A device reports.</summary>
internal sealed record ReportFrame
{
    public required JsonElement Params { get; init; }
}
