using System.Globalization;
using System.Text.Json.Nodes;

namespace Irori.Tests.CoolKit;

/// <summary>Makes bad frames of a good one, by the schema of its AsyncAPI document.</summary>
internal static class FrameSpoiler
{
    /// <summary>The sample with one thing wrong, and which: what must be there is missing, or of another type; a number is beyond what the document says.</summary>
    public static IEnumerable<(string Field, string What, JsonObject Frame)> Spoil(JsonObject sample, JsonObject schema)
    {
        foreach (var (path, type, required, least, most) in FieldsOf(schema, []))
        {
            var name = string.Join('.', path);
            if (required) yield return (name, $"{name} is missing", With(path, null, remove: true));
            foreach (var wrong in required ? Wrong(type) : []) yield return (name, $"{name} is {wrong}", With(path, JsonNode.Parse(wrong), remove: false));
            foreach (var outside in new[] { least - 1, most + 1 })
            {
                if (outside is { } number) yield return (name, $"{name} is {number}", With(path, number, remove: false));
            }
        }

        JsonObject With(string[] path, JsonNode? value, bool remove)
        {
            var frame = sample.DeepClone().AsObject();
            JsonNode at = frame;
            foreach (var step in path[..^1]) at = at is JsonArray list ? list[int.Parse(step, CultureInfo.InvariantCulture)]! : at[step]!;
            if (remove) at.AsObject().Remove(path[^1]);
            else at[path[^1]] = value;
            return frame;
        }
    }

    private static string[] Wrong(string type) => type switch
    {
        "string" => ["5", "true", "[]", "{}", "null"],
        "integer" => ["\"x\"", "1.5", "[]", "null"],
        "array" => ["\"x\"", "5", "{}", "[5]", "[null]", "null"],
        "object" => ["\"x\"", "5", "[]", "null"],
        "object or array" => ["\"x\"", "5", "null"],
        _ => throw new InvalidOperationException($"What is no {type}?"),
    };

    private static IEnumerable<(string[] Path, string Type, bool Required, int? Least, int? Most)> FieldsOf(JsonObject schema, string[] within)
    {
        var required = schema["required"]?.AsArray().Select(r => (string)r!).ToHashSet() ?? [];
        foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
        {
            string[] path = [.. within, name];
            var type = property!["type"] is JsonArray types ? string.Join(" or ", types.Select(t => (string)t!)) : (string?)property["type"] ?? "string";
            yield return (path, type, required.Contains(name), (int?)property["minimum"], (int?)property["maximum"]);
            var inner = property["items"] is JsonObject items ? FieldsOf(items, [.. path, "0"]) : FieldsOf(property.AsObject(), path);
            foreach (var field in inner) yield return field;
        }
    }
}
