using System.Text.Json;

namespace Irori.Core.Scenes;

/// <summary>What a report changed of a property.</summary>
/// <param name="Old">The value before, JSON; null: it was not known.</param>
/// <param name="New">The value, JSON.</param>
public sealed record Change(string? Old, string New)
{
    /// <summary>Reads the changes of one report.</summary>
    public static IReadOnlyDictionary<string, Change> Read(string json) => JsonSerializer.Deserialize(json, SceneJson.Default.DictionaryStringChange)!;

    /// <summary>Writes the changes of one report.</summary>
    public static string Write(Dictionary<string, Change> changes) => JsonSerializer.Serialize(changes, SceneJson.Default.DictionaryStringChange);
}
