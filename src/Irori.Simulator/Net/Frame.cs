using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Irori.Simulator.Net;

/// <summary>Any frame of the device's WebSocket, in either direction. What a frame does not have is null.</summary>
internal sealed record Frame
{
    [JsonPropertyName("error")]
    public int? Error { get; init; }

    [JsonPropertyName("action")]
    public string? Action { get; init; }

    [JsonPropertyName("userAgent")]
    public string? UserAgent { get; init; }

    [JsonPropertyName("deviceid")]
    public string? DeviceId { get; init; }

    [JsonPropertyName("apikey")]
    public string? ApiKey { get; init; }

    [JsonPropertyName("version")]
    public int? Version { get; init; }

    [JsonPropertyName("model")]
    public string? Model { get; init; }

    [JsonPropertyName("romVersion")]
    public string? RomVersion { get; init; }

    [JsonPropertyName("chipid")]
    public string? ChipId { get; init; }

    /// <summary>Seconds since the device was switched on when it sends one; servers send anything.</summary>
    [JsonPropertyName("ts")]
    public JsonNode? Ts { get; init; }

    /// <summary>The device's own number of a request, which the reply repeats.</summary>
    [JsonPropertyName("d_seq")]
    public long? DeviceSequence { get; init; }

    /// <summary>The server's name of a command, which the answer repeats as it is.</summary>
    [JsonPropertyName("sequence")]
    public JsonNode? Sequence { get; init; }

    [JsonPropertyName("params")]
    public JsonNode? Params { get; init; }

    [JsonPropertyName("config")]
    public FrameConfig? Config { get; init; }

    /// <summary>What became of each device behind a gateway of which it spoke.</summary>
    [JsonPropertyName("subDevices")]
    public IReadOnlyList<SubDeviceOutcome>? SubDevices { get; init; }

    /// <summary>True for a request; what has no action but an error code is a reply.</summary>
    [JsonIgnore]
    public bool IsRequest => Action is not null && DeviceId is not null && ApiKey is not null;

    /// <summary>The frame in these bytes; null when they hold none.</summary>
    public static Frame? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, WireJson.Default.Frame);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The bytes of this frame.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, WireJson.Default.Frame);
}

/// <summary>What became of a device behind a gateway.</summary>
internal sealed record SubDeviceOutcome
{
    [JsonPropertyName("deviceid")]
    public string? DeviceId { get; init; }

    [JsonPropertyName("error")]
    public int Error { get; init; }
}

/// <summary>What the reply to <c>register</c> tells a device to do, in seconds; and what a device says to a question in a command.</summary>
internal sealed record FrameConfig
{
    /// <summary>The energy of each of the last hundred days.</summary>
    [JsonPropertyName("hundredDaysKwhData")]
    public string? HundredDaysKwhData { get; init; }

    [JsonPropertyName("hbInterval")]
    public double? HeartbeatInterval { get; init; }

    [JsonPropertyName("regInterval")]
    public double? RegisterInterval { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Frame))]
[JsonSerializable(typeof(DispatchRequest))]
[JsonSerializable(typeof(DispatchReply))]
internal sealed partial class WireJson : JsonSerializerContext;
