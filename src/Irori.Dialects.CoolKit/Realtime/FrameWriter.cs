using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Irori.Dialects.CoolKit.Realtime;

/// <summary>Writes frames. Only what a frame always has is a parameter; the rest is added by the caller.</summary>
internal static class FrameWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A frame of whatever the callback writes between the braces.</summary>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            content(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>
    /// The answer to a frame. It carries what the frame was matched by: <c>sequence</c> and <c>d_seq</c> as they came, device and, where known, the
    /// account's id.
    /// </summary>
    public static ReadOnlyMemory<byte> Answer(FrameHead head, int error, string? apikey, Action<Utf8JsonWriter>? content = null) => Write(w =>
    {
        w.WriteNumber("error", error);
        if (head.DeviceId is { } device) w.WriteString("deviceid", device);
        if (apikey is not null) w.WriteString("apikey", apikey);
        content?.Invoke(w);
        Raw(w, "sequence", head.Sequence);
        Raw(w, "d_seq", head.DeviceSequence);
    });

    /// <summary>A value that is written as it came in.</summary>
    public static void Raw(Utf8JsonWriter writer, string name, string? json)
    {
        if (json is null) return;
        writer.WritePropertyName(name);
        writer.WriteRawValue(json, skipInputValidation: true);
    }
}
