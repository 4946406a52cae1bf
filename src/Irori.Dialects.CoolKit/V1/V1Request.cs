using System.Text.Json.Serialization;

namespace Irori.Dialects.CoolKit.V1;

/// <summary>What every request carries beside its own parameters (CoolKit v1, common parameters). Clients leave out what they do not need.</summary>
internal record V1Request
{
    /// <summary>The app.</summary>
    public string? Appid { get; init; }

    /// <summary>8 letters and digits. Clients repeat it, so it proves nothing.</summary>
    public string? Nonce { get; init; }

    /// <summary>Seconds since 1970.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public long? Ts { get; init; }

    /// <summary>8.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public int? Version { get; init; }
}
