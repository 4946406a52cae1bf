using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Irori.Dialects.Gizwits.Wire;

/// <summary>A JSON object that is passed on as it is.</summary>
[JsonConverter(typeof(RawJsonConverter))]
internal readonly record struct RawJson(string Text)
{
    /// <summary>An object of values, which are JSON.</summary>
    public static RawJson Of(IEnumerable<KeyValuePair<string, string>> values)
    {
        var text = new StringBuilder("{");
        foreach (var (name, json) in values)
        {
            if (text.Length > 1) text.Append(',');
            text.Append('"').Append(JsonEncodedText.Encode(name).Value).Append("\":").Append(json);
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
