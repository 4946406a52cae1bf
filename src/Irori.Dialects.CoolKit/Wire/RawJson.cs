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
    public static RawJson Params(IReadOnlyDictionary<string, StateValue> values, IReadOnlyCollection<string>? wanted = null) =>
        Of(values.Select(v => (v.Key, v.Value.Json)), wanted);

    /// <summary>The values of an object: all, or those that were asked for.</summary>
    public static RawJson Pick(string json, IReadOnlyCollection<string>? wanted)
    {
        if (wanted is not { Count: > 0 }) return new RawJson(json);
        using var document = JsonDocument.Parse(json);
        return Of(document.RootElement.EnumerateObject().Select(p => (p.Name, p.Value.GetRawText())), wanted);
    }

    /// <summary>An object of values, which are JSON: all, or those that were asked for.</summary>
    public static RawJson Of(IEnumerable<(string Name, string Json)> values, IReadOnlyCollection<string>? wanted = null)
    {
        var text = new StringBuilder("{");
        foreach (var (name, json) in values)
        {
            if (wanted is { Count: > 0 } && !wanted.Contains(name)) continue;
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
