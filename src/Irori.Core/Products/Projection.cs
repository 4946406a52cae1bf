using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Irori.Core.States;

namespace Irori.Core.Products;

/// <summary>A value of the product and what another dialect shows for it.</summary>
public sealed record ProjectedValue(JsonElement Native, JsonElement Shown);

/// <summary>One property as another dialect shows it, and where it is found in the product's own.</summary>
public sealed record ProjectedProperty
{
    /// <summary>The property as it is shown.</summary>
    public required Property Shown { get; init; }

    /// <summary>
    /// Where it is: a property (<c>switch</c>), a field of an object (<c>colour.r</c>), or a field of a list's entry
    /// (<c>switches[outlet=0].switch</c>).
    /// </summary>
    public required string Path { get; init; }

    /// <summary>Values by table; null: as they are. What is not in it is not shown and cannot be asked for.</summary>
    public IReadOnlyList<ProjectedValue>? Values { get; init; }

    /// <summary>
    /// Numbers: shown = own * factor (null: 1) + offset, rounded to a whole number where the shown property has no other, and back again unless
    /// <see cref="Fractional"/>; halves away from zero. Where the shown numbers are fewer, what is written is read again as it was written.
    /// </summary>
    public double? Factor { get; init; }

    /// <summary>See <see cref="Factor"/>.</summary>
    public double Offset { get; init; }

    /// <summary>True: the product's own number may have a fraction.</summary>
    public bool Fractional { get; init; }

    /// <summary>The product's own property in which it is.</summary>
    [JsonIgnore]
    public string Own => ProjectionPath.Parse(Path).Property;

    /// <summary>Reads the stored form.</summary>
    public static ProjectedProperty Parse(string json) => JsonSerializer.Deserialize(json, ThingModelJson.Default.ProjectedProperty)!;

    /// <summary>The stored form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ThingModelJson.Default.ProjectedProperty);

    /// <summary>Whether a text is a stored form whose place can be found.</summary>
    public static bool IsStored(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ThingModelJson.Default.ProjectedProperty) is { } read && ProjectionPath.IsPath(read.Path);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>What is shown for a value (JSON) of <see cref="Own"/>; null: nothing.</summary>
    public string? Show(string json)
    {
        using var document = JsonDocument.Parse(json);
        return ProjectionPath.Parse(Path).Find(document.RootElement) is { } own ? Show(own) : null;
    }

    private string? Show(JsonElement own)
    {
        if (Values is { } values)
        {
            foreach (var value in values)
            {
                if (JsonElement.DeepEquals(value.Native, own)) return value.Shown.GetRawText();
            }

            return null;
        }

        if (this is { Factor: null or 1, Offset: 0 } || own.ValueKind != JsonValueKind.Number) return own.GetRawText();
        var shown = (own.GetDouble() * (Factor ?? 1)) + Offset;
        return Projection.Number(Shown.Type == PropertyType.Int ? Math.Round(shown, MidpointRounding.AwayFromZero) : Math.Round(shown, 6));
    }
}

/// <summary>
/// How another dialect shows a product (model: projection). The state stays in the product's own names and values; what the projection does not name is not
/// shown there.
/// </summary>
public sealed record Projection
{
    /// <summary>The properties, in display order.</summary>
    public required IReadOnlyList<ProjectedProperty> Properties { get; init; }

    /// <summary>The thing model as the dialect sees it.</summary>
    [JsonIgnore]
    public ThingModel Model => new() { Properties = [.. Properties.Select(p => p.Shown)] };

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="JsonException">The text is not a projection.</exception>
    public static Projection Parse(string json)
    {
        var read = JsonSerializer.Deserialize(json, ThingModelJson.Default.Projection) ?? throw new JsonException("The projection is null");
        // The generated reader does not know what stands there when nothing is written.
        return new Projection { Properties = [.. read.Properties.Select(p => p with { Shown = p.Shown with { Access = p.Shown.Access ?? "r" } })] };
    }

    /// <summary>The stored form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ThingModelJson.Default.Projection);

    /// <summary>Values as the dialect shows them, JSON by name.</summary>
    public IEnumerable<KeyValuePair<string, string>> Show(IReadOnlyDictionary<string, StateValue> state)
    {
        foreach (var property in Properties)
        {
            if (state.TryGetValue(property.Own, out var stored) && property.Show(stored.Json) is { } json) yield return new(property.Shown.Name, json);
        }
    }

    /// <summary>
    /// The product's own JSON of values that the dialect asks for. <see cref="FaultKind.Invalid"/> with <paramref name="field"/>: a name is unknown, may only be
    /// read, or has a value that is not possible.
    /// </summary>
    /// <param name="asked">An object.</param>
    /// <param name="state">The present state: an object of which one field is asked keeps the others.</param>
    /// <param name="field">Field of faults.</param>
    public Result<string> Own(JsonElement asked, IReadOnlyDictionary<string, StateValue> state, string field)
    {
        var own = new JsonObject();
        foreach (var value in asked.EnumerateObject())
        {
            var property = Properties.FirstOrDefault(p => p.Shown.Name == value.Name);
            if (property is null || !property.Shown.Access.Contains('w', StringComparison.Ordinal)) return Fault.Invalid(field, $"{value.Name} is unknown, or may only be read");
            if (Own(property, value.Value) is not { } node) return Fault.Invalid(field, $"{value.Name} has no such value");
            var path = ProjectionPath.Parse(property.Path);
            path.Put(own, node, state.TryGetValue(path.Property, out var stored) ? stored.Json : null);
        }

        return own.ToJsonString();
    }

    private static JsonNode? Own(ProjectedProperty property, JsonElement shown)
    {
        if (property.Values is { } values)
        {
            foreach (var value in values)
            {
                if (JsonElement.DeepEquals(value.Shown, shown)) return JsonNode.Parse(value.Native.GetRawText());
            }

            return null;
        }

        if (property is { Factor: null or 1, Offset: 0 }) return JsonNode.Parse(shown.GetRawText());
        if (shown.ValueKind != JsonValueKind.Number) return null;
        var own = (shown.GetDouble() - property.Offset) / (property.Factor ?? 1);
        return JsonNode.Parse(Number(property.Fractional ? Math.Round(own, 6) : Math.Round(own, MidpointRounding.AwayFromZero)));
    }

    internal static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
