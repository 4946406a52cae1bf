using System.Text.Json;
using System.Text.Json.Serialization;

namespace Irori.Dialects.CoolKit.Wire;

/// <summary>A truth value that is left out by null or by an empty text (CoolKit v2, profile).</summary>
internal sealed class EmptyIsNull : JsonConverter<bool?>
{
    public override bool? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.String when reader.ValueTextEquals(""u8) => null,
        _ => throw new JsonException(),
    };

    public override void Write(Utf8JsonWriter writer, bool? value, JsonSerializerOptions options)
    {
        if (value is { } given) writer.WriteBooleanValue(given);
        else writer.WriteNullValue();
    }
}
