using System.Text.Json.Serialization;

namespace Irori.Simulator.Net;

/// <summary>A device asks where its server is.</summary>
internal sealed record DispatchRequest
{
    [JsonPropertyName("accept")]
    public string Accept => "ws;2";

    [JsonPropertyName("version")]
    public required int Version { get; init; }

    [JsonPropertyName("ts")]
    public required long Ts { get; init; }

    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    [JsonPropertyName("apikey")]
    public required string ApiKey { get; init; }

    [JsonPropertyName("model")]
    public required string Model { get; init; }

    [JsonPropertyName("romVersion")]
    public required string RomVersion { get; init; }
}

/// <summary>Where it is, or an error.</summary>
internal sealed record DispatchReply
{
    [JsonPropertyName("error")]
    public int? Error { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    [JsonPropertyName("IP")]
    public string? Host { get; init; }

    [JsonPropertyName("port")]
    public int? Port { get; init; }
}
