using System.Text.Json;

namespace Irori.Server.Files;

/// <summary>
/// Reads the fields of one JSON object that a person wrote, and notes every mistake as a sentence that names the field and the fix.
/// A field that is wrong is answered as if it were missing.
/// </summary>
public sealed class JsonFields
{
    private readonly JsonElement _object;
    private readonly string _path;
    private readonly List<string> _known = [];

    /// <summary>The fields of an element that should be an object.</summary>
    public JsonFields(JsonElement element, string path, List<string> mistakes)
    {
        _object = element;
        _path = path;
        Mistakes = mistakes;
        if (element.ValueKind != JsonValueKind.Object) mistakes.Add($"{(path.Length == 0 ? "The whole" : path.TrimEnd('.'))} must be a JSON object in braces.");
    }

    /// <summary>What was found wrong so far, here and in fields read before.</summary>
    public List<string> Mistakes { get; }

    /// <summary>Notes a mistake in a field.</summary>
    public void Wrong(string name, string fix) => Mistakes.Add($"{_path}{name} {fix}.");

    /// <summary>Text of 1 to <paramref name="max"/> characters that must be there; the empty text when it is not.</summary>
    public string Required(string name, int max, string example)
    {
        if (Find(name) is null) Wrong(name, $"is missing; add it, for instance {JsonSerializer.Serialize(example, FileJson.Default.String)}");
        return Text(name, max) ?? "";
    }

    /// <summary>Text of 1 to <paramref name="max"/> characters, or null.</summary>
    public string? Text(string name, int max)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Trim().Length > 0 && text.Length <= max && !text.Any(char.IsControl)) return text;
        Wrong(name, $"must be text in quotes, of 1 to {max} characters");
        return null;
    }

    /// <summary>One of some words, or null.</summary>
    public string? Word(string name, IReadOnlyList<string> allowed)
    {
        if (Find(name) is not { } value) return null;
        var word = value.ValueKind == JsonValueKind.String ? allowed.FirstOrDefault(a => a.Equals(value.GetString(), StringComparison.OrdinalIgnoreCase)) : null;
        if (word is null) Wrong(name, $"must be one of {string.Join(", ", allowed.Select(a => $"\"{a}\""))}");
        return word;
    }

    /// <summary>A whole number, or null.</summary>
    public int? Whole(string name, int min, int max)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max) return number;
        Wrong(name, $"must be a whole number from {min} to {max}, without quotes");
        return null;
    }

    /// <summary>A number, or null.</summary>
    public double? Number(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)) return number;
        Wrong(name, "must be a number, without quotes");
        return null;
    }

    /// <summary>true or false, or null.</summary>
    public bool? Flag(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Wrong(name, "must be true or false, without quotes");
        return null;
    }

    /// <summary>Any value, or null.</summary>
    public JsonElement? Any(string name) => Find(name);

    /// <summary>An object, or null.</summary>
    public JsonFields? Object(string name) => Find(name) is { } value ? new JsonFields(value, $"{_path}{name}.", Mistakes) : null;

    /// <summary>A list of objects, or null.</summary>
    public IReadOnlyList<JsonFields>? List(string name, int max)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= max)
            return [.. value.EnumerateArray().Select((item, i) => new JsonFields(item, $"{_path}{name}[{i}].", Mistakes))];
        Wrong(name, $"must be a list in brackets, of at most {max} objects");
        return null;
    }

    /// <summary>Notes every field that was not asked for.</summary>
    public void NothingElse()
    {
        if (_object.ValueKind != JsonValueKind.Object) return;
        foreach (var field in _object.EnumerateObject().Where(f => !_known.Contains(f.Name)))
            Wrong(field.Name, $"is not a field; correct the name or remove it. Known here are {string.Join(", ", _known)}");
    }

    // null counts as left out.
    private JsonElement? Find(string name)
    {
        if (!_known.Contains(name)) _known.Add(name);
        return _object.ValueKind == JsonValueKind.Object && _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }
}
