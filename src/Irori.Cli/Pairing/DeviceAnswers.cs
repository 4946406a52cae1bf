using System.Text.Json.Serialization;

namespace Irori.Cli.Pairing;

/// <summary>A device in pairing mode says who it is.</summary>
internal sealed record PairedDevice
{
    /// <summary>Its id.</summary>
    [JsonPropertyName("deviceid")]
    public string? Id { get; init; }

    /// <summary>Its factory key: who knows it can add the device.</summary>
    [JsonPropertyName("apikey")]
    public string? Key { get; init; }

    /// <summary>The id of its chip, which newer firmware tells.</summary>
    [JsonPropertyName("chipid")]
    public string? ChipId { get; init; }

    // A key is a secret, also in a message about the record.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append($"{nameof(Id)} = {Id}");
        return true;
    }
}

/// <summary>What a device in pairing mode is told: the Wi-Fi, and where its server is.</summary>
internal sealed record PairingOrder
{
    [JsonPropertyName("version")]
    public int Version => 4;

    [JsonPropertyName("ssid")]
    public string? Ssid { get; init; }

    /// <summary>The name of <see cref="Ssid"/> in the oldest firmware.</summary>
    [JsonPropertyName("SSID")]
    public string? OldSsid { get; init; }

    [JsonPropertyName("password")]
    public required string Password { get; init; }

    [JsonPropertyName("serverName")]
    public required string ServerName { get; init; }

    [JsonPropertyName("port")]
    public required int Port { get; init; }

    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append($"{nameof(ServerName)} = {ServerName}, {nameof(Port)} = {Port}");
        return true;
    }
}

/// <summary>Whether it was taken.</summary>
internal sealed record PairingReply
{
    [JsonPropertyName("error")]
    public int? Error { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PairedDevice))]
[JsonSerializable(typeof(PairingOrder))]
[JsonSerializable(typeof(PairingReply))]
internal sealed partial class PairingJson : JsonSerializerContext;
