using System.Text.Json;

namespace Irori.Dialects.CoolKit.Realtime;

/// <summary>What every frame is told apart and matched by, read once.</summary>
/// <param name="Action">What it asks for; null for an answer.</param>
/// <param name="DeviceId">The device that it concerns.</param>
/// <param name="Error">The code of an answer; null for a request.</param>
/// <param name="Sequence">The asker's number as JSON, text or number, to be echoed in the same type.</param>
/// <param name="DeviceSequence">A device's own number as JSON, to be echoed.</param>
internal readonly record struct FrameHead(string? Action, string? DeviceId, int? Error, string? Sequence, string? DeviceSequence)
{
    private const int MaxNumber = 64;

    /// <summary>A device's own number of a report, where it is one.</summary>
    public long? ReportKey => long.TryParse(DeviceSequence?.Trim('"'), out var number) ? number : null;

    /// <summary>The number by which an answer finds its command, where it is one.</summary>
    public long? WireId => long.TryParse(Sequence?.Trim('"'), out var number) ? number : null;

    /// <summary>Reads the head of an object.</summary>
    public static FrameHead Of(JsonElement frame) => new(
        Text(frame, "action"),
        Text(frame, "deviceid"),
        frame.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Number && error.TryGetInt32(out var code) ? code : null,
        Number(frame, "sequence"),
        Number(frame, "d_seq"));

    private static string? Text(JsonElement frame, string name) =>
        frame.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Number(JsonElement frame, string name)
    {
        if (!frame.TryGetProperty(name, out var value) || value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) return null;
        var raw = value.GetRawText();
        return raw.Length <= MaxNumber ? raw : null;
    }
}
