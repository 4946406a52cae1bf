using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Irori.Core.Products;

/// <summary>A place in a product's state, as <see cref="ProjectedProperty.Path"/> writes it.</summary>
/// <param name="Property">The property.</param>
/// <param name="Key">The field by which entries of a list are told apart, or null.</param>
/// <param name="Entry">The value of that field, JSON.</param>
/// <param name="Field">The field of the object or of the entry, or null.</param>
public sealed partial record ProjectionPath(string Property, string? Key, string Entry, string? Field)
{
    /// <summary>A property as it is.</summary>
    public static ProjectionPath Of(string property) => new(property, Key: null, Entry: "", Field: null);

    /// <summary>Whether a text is such a place.</summary>
    public static bool IsPath(string text) => Form().IsMatch(text);

    /// <summary>Reads a place.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static ProjectionPath Parse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success) throw new FormatException($"{text} is no path of a projection");
        var entry = match.Groups["entry"].Value;
        return new ProjectionPath(
            match.Groups["property"].Value,
            match.Groups["key"] is { Success: true } key ? key.Value : null,
            long.TryParse(entry, out _) ? entry : $"\"{JsonEncodedText.Encode(entry)}\"",
            match.Groups["field"] is { Success: true } field ? field.Value : null);
    }

    /// <summary>What stands there in the property's value, or null.</summary>
    public JsonElement? Find(JsonElement value)
    {
        JsonElement? place = value;
        if (Key is not null)
        {
            using var wanted = JsonDocument.Parse(Entry);
            place = value.ValueKind == JsonValueKind.Array
                ? value.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object && e.TryGetProperty(Key, out var key) && JsonElement.DeepEquals(key, wanted.RootElement)).Cast<JsonElement?>().FirstOrDefault()
                : null;
        }

        if (Field is null || place is null) return place;
        return place.Value.ValueKind == JsonValueKind.Object && place.Value.TryGetProperty(Field, out var found) ? found : null;
    }

    /// <summary>Puts a value there into what is asked of the product. Lists are merged by their key, so only the entry is named; an object is asked whole.</summary>
    public void Put(JsonObject asked, JsonNode? value, string? present)
    {
        if (Key is null && Field is null) asked[Property] = value;
        else if (Key is null) Whole(asked, present)[Field!] = value;
        else EntryOf(asked)[Field!] = value;
    }

    private JsonObject Whole(JsonObject asked, string? present)
    {
        if (asked[Property] is JsonObject known) return known;
        var whole = (present is null ? null : JsonNode.Parse(present)) as JsonObject ?? [];
        asked[Property] = whole;
        return whole;
    }

    private JsonObject EntryOf(JsonObject asked)
    {
        if (asked[Property] is not JsonArray entries) asked[Property] = entries = [];
        var key = JsonNode.Parse(Entry);
        foreach (var known in entries.OfType<JsonObject>())
        {
            if (JsonNode.DeepEquals(known[Key!], key)) return known;
        }

        var fresh = new JsonObject { [Key!] = key };
        entries.Add((JsonNode)fresh);
        return fresh;
    }

    [GeneratedRegex(@"^(?<property>[^.\[\]=]+)((\[(?<key>[^.\[\]=]+)=(?<entry>[^.\[\]=]+)\])?\.(?<field>[^.\[\]=]+))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
