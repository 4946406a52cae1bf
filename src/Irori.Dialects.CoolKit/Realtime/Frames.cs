using System.Text.Json;
using System.Text.Json.Serialization;

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

/// <summary>A device says who it is.</summary>
internal sealed record RegisterFrame
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>The factory key.</summary>
    public required string Apikey { get; init; }

    public string? Model { get; init; }
}

/// <summary>A device reports.</summary>
internal sealed record ReportFrame
{
    public required JsonElement Params { get; init; }
}
