using System.Text.Json;
using System.Text.Json.Nodes;

namespace Irori.Core.States;

/// <summary>Arrays of objects of which a write may carry only some entries (CoolKit: <c>switches</c> by <c>outlet</c>).</summary>
public static class KeyedArray
{
    /// <summary>Longer arrays are not merged: they replace what was there.</summary>
    public const int MaxEntries = 256;

    /// <summary>The old array with the entries of the new one laid over those of the same key; if either is not such an array, the new value.</summary>
    public static string Merge(string old, string fresh, string key)
    {
        try
        {
            if (JsonNode.Parse(old) is not JsonArray { Count: <= MaxEntries } target || JsonNode.Parse(fresh) is not JsonArray { Count: <= MaxEntries } entries) return fresh;
            var places = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
            foreach (var place in target.OfType<JsonObject>())
                if (place[key] is { } id) places.TryAdd(id.ToJsonString(), place);
            foreach (var entry in entries)
            {
                if (entry is not JsonObject change || change[key] is not { } id) return fresh;
                if (places.TryGetValue(id.ToJsonString(), out var place)) Lay(change, place);
                else
                {
                    place = change.DeepClone().AsObject();
                    target.Add(place);
                    places[id.ToJsonString()] = place;
                }
            }

            return target.ToJsonString();
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // Not JSON, or an entry that has a name twice: there is nothing to lay over another.
            return fresh;
        }
    }

    private static void Lay(JsonObject change, JsonObject place)
    {
        foreach (var (name, value) in change) place[name] = value?.DeepClone();
    }
}
