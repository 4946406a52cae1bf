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

    /// <summary>What is wrong with readings that are too many, too long or badly named; null when nothing is.</summary>
    public static Fault? Check(IReadOnlyList<Reading> readings)
    {
        if (readings.Count > DeviceState.MaxProperties) return new Fault(FaultKind.LimitReached, $"At most {DeviceState.MaxProperties} properties at once", "params");
        long size = 0;
        foreach (var reading in readings)
        {
            if (reading.Name.Length is 0 or > MaxName) return Fault.Invalid("params", $"Property names have 1 to {MaxName} characters");
            size += reading.Json.Length + reading.Name.Length;
        }

        return size > DeviceState.MaxSize ? new Fault(FaultKind.LimitReached, $"At most {DeviceState.MaxSize} characters at once", "params") : null;
    }

    /// <summary>
    /// The readings of an object, or of all objects of an array; none when it is something else. Of a name that is there twice, the last counts.
    /// </summary>
    public static IReadOnlyList<Reading> Of(JsonElement properties)
    {
        var readings = new OrderedDictionary<string, Reading>(StringComparer.Ordinal);
        if (properties.ValueKind == JsonValueKind.Array)
            foreach (var part in properties.EnumerateArray()) Add(readings, part);
        else Add(readings, properties);
        return [.. readings.Values];
    }

    private static void Add(OrderedDictionary<string, Reading> readings, JsonElement properties)
    {
        if (properties.ValueKind != JsonValueKind.Object) return;
        foreach (var property in properties.EnumerateObject()) readings[property.Name] = new Reading(property.Name, property.Value.GetRawText());
    }
}
