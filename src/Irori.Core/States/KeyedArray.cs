using System.Text.Json;
using System.Text.Json.Nodes;

namespace Irori.Core.States;

/// <summary>Arrays of objects of which a write may carry only some entries (CoolKit: <c>switches</c> by <c>outlet</c>).</summary>
public static class KeyedArray
{
    /// <summary>The old array with the entries of the new one laid over those of the same key; if either is not such an array, the new value.</summary>
    public static string Merge(string old, string fresh, string key)
    {
        if (Parse(old) is not { } target || Parse(fresh) is not { } entries) return fresh;
        foreach (var entry in entries)
        {
            if (entry is not JsonObject change || change[key] is not { } id) return fresh;
            var place = target.OfType<JsonObject>().FirstOrDefault(o => JsonNode.DeepEquals(o[key], id));
            if (place is null) target.Add(change.DeepClone());
            else
                foreach (var (name, value) in change) place[name] = value?.DeepClone();
        }

        return target.ToJsonString();
    }

    private static JsonArray? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonArray;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
