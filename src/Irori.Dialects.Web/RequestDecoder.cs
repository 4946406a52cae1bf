using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Irori.Core;

namespace Irori.Dialects.Web;

/// <summary>Reads parameters into typed requests. Unknown fields are ignored; a missing or mistyped one is named.</summary>
internal static class RequestDecoder
{
    /// <summary>Reads a JSON body.</summary>
    public static Result<T> Body<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type)
    {
        using var document = JsonText.Parse(body.IsEmpty ? "{}"u8.ToArray() : body);
        return document is null ? Fault.Invalid("body", "The body is not JSON") : Element(document.RootElement, type);
    }

    /// <summary>Reads an object that was parsed before.</summary>
    public static Result<T> Element<T>(JsonElement element, JsonTypeInfo<T> type)
    {
        if (element.ValueKind != JsonValueKind.Object) return Fault.Invalid("body", "The body must be a JSON object");
        foreach (var property in type.Properties)
        {
            if (property.IsRequired && !element.TryGetProperty(property.Name, out _)) return Fault.Invalid(property.Name, $"{property.Name} is missing");
        }

        try
        {
            return element.Deserialize(type)!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            var field = Field((e as JsonException)?.Path);
            return Fault.Invalid(field, $"{field} is missing or has the wrong type");
        }
    }

    /// <summary>
    /// Reads the parameters of a path or query, where numbers and truth values are written as text; what they do not have is taken from the body.
    /// </summary>
    public static Result<T> Values<T>(Func<string, string?> given, ReadOnlyMemory<byte> body, JsonTypeInfo<T> type)
    {
        using var rest = JsonText.Parse(body.IsEmpty ? "{}"u8.ToArray() : body);
        if (rest?.RootElement.ValueKind != JsonValueKind.Object) return Fault.Invalid("body", "The body must be a JSON object");
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var property in type.Properties)
            {
                if (given(property.Name) is { } text)
                {
                    writer.WritePropertyName(property.Name);
                    if (IsText(property.PropertyType) || !IsScalar(text)) writer.WriteStringValue(text);
                    else writer.WriteRawValue(text, skipInputValidation: true);
                }
                else if (rest.RootElement.TryGetProperty(property.Name, out var value))
                {
                    writer.WritePropertyName(property.Name);
                    value.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return Body(buffer.ToArray(), type);
    }

    private static bool IsText(Type type) => type == typeof(string);

    private static bool IsScalar(string text) => text is "true" or "false" || (long.TryParse(text, out var number) && number.ToString() == text);

    // "$.settings.opsNotify" names the field settings.opsNotify.
    private static string Field(string? path) => path is { Length: > 2 } && path.StartsWith("$.", StringComparison.Ordinal)
        ? Encoding.UTF8.GetByteCount(path) <= 100 ? path[2..] : "body"
        : "body";
}
