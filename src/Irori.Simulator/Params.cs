using System.Text.Json.Nodes;

namespace Irori.Simulator;

/// <summary>How a command's parameters change a state.</summary>
internal static class Params
{
    private const string Outlet = "outlet";

    /// <summary>Lays the parameters over the state. A list of channels (<c>switches</c>) may carry only some of them.</summary>
    public static void Merge(JsonObject state, JsonObject change)
    {
        foreach (var (name, value) in change)
        {
            if (state[name] is JsonArray old && value is JsonArray entries && entries.All(IsChannel)) MergeChannels(old, entries);
            else state[name] = value?.DeepClone();
        }
    }

    private static void MergeChannels(JsonArray old, JsonArray entries)
    {
        foreach (var entry in entries.OfType<JsonObject>())
        {
            var place = old.OfType<JsonObject>().FirstOrDefault(o => JsonNode.DeepEquals(o[Outlet], entry[Outlet]));
            if (place is null) old.Add(entry.DeepClone());
            else
                foreach (var (name, value) in entry) place[name] = value?.DeepClone();
        }
    }

    private static bool IsChannel(JsonNode? entry) => entry is JsonObject channel && channel[Outlet] is not null;
}
