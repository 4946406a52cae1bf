using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Core.States;

namespace Irori.Dialects.CoolKit.Wire;

/// <summary>A JSON object that is passed on as it is, byte for byte.</summary>
[JsonConverter(typeof(RawJsonConverter))]
internal readonly record struct RawJson(string Text)
{
    public static RawJson Empty { get; } = new("{}");

    /// <summary>A device's values as CoolKit's <c>params</c>: all, or those that were asked for.</summary>
    public static RawJson Params(IReadOnlyDictionary<string, StateValue> values, IReadOnlyCollection<string>? wanted = null)
    {
        var text = new StringBuilder("{");
        foreach (var (name, value) in values)
        {
            if (wanted is { Count: > 0 } && !wanted.Contains(name)) continue;
            if (text.Length > 1) text.Append(',');
            text.Append('"').Append(JsonEncodedText.Encode(name).Value).Append("\":").Append(value.Json);
        }

        return new RawJson(text.Append('}').ToString());
    }
}

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.ValueKind == JsonValueKind.Object ? new RawJson(document.RootElement.GetRawText()) : throw new JsonException();
    }

    // What is stored was parsed when it came in.
    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) => writer.WriteRawValue(value.Text, skipInputValidation: true);
}
