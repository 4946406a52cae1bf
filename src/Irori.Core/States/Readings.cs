using System.Text.Json;

namespace Irori.Core.States;

/// <summary>Reads a JSON object of properties into readings, value by value and untouched.</summary>
public static class Readings
{
    /// <summary>Longest property name, in characters.</summary>
    public const int MaxName = 128;

    /// <summary>The readings of an object's text.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static IReadOnlyList<Reading> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Of(document.RootElement);
    }

    /// <summary>The readings of an object; none when it is something else. Of a name that is there twice, the last counts.</summary>
    public static IReadOnlyList<Reading> Of(JsonElement properties)
    {
        if (properties.ValueKind != JsonValueKind.Object) return [];
        var readings = new OrderedDictionary<string, Reading>(StringComparer.Ordinal);
        foreach (var property in properties.EnumerateObject()) readings[property.Name] = new Reading(property.Name, property.Value.GetRawText());
        return [.. readings.Values];
    }
}
