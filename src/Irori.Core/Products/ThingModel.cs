using System.Text.Json;
using System.Text.Json.Serialization;

namespace Irori.Core.Products;

/// <summary>Kinds of property values.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PropertyType>))]
public enum PropertyType
{
    /// <summary>true, false.</summary>
    [JsonStringEnumMemberName("bool")] Bool,

    /// <summary>A whole number.</summary>
    [JsonStringEnumMemberName("int")] Int,

    /// <summary>A number.</summary>
    [JsonStringEnumMemberName("double")] Double,

    /// <summary>Free text.</summary>
    [JsonStringEnumMemberName("text")] Text,

    /// <summary>One of <see cref="Property.Values"/>.</summary>
    [JsonStringEnumMemberName("enum")] Enum,

    /// <summary>A point in time.</summary>
    [JsonStringEnumMemberName("date")] Date,

    /// <summary>An object.</summary>
    [JsonStringEnumMemberName("struct")] Struct,

    /// <summary>A list, merged by <see cref="Property.MergeKey"/> when it has one.</summary>
    [JsonStringEnumMemberName("array")] Array,
}

/// <summary>One value of an enumeration and what people read for it.</summary>
public sealed record PropertyValueName(JsonElement Value, string Title);

/// <summary>One property of a thing: what it means, not what it is now.</summary>
public sealed record Property
{
    /// <summary>Identifier on the wire of the product's own dialect.</summary>
    public required string Name { get; init; }

    /// <summary>What people read.</summary>
    public required string Title { get; init; }

    /// <summary>Kind of value.</summary>
    public required PropertyType Type { get; init; }

    /// <summary>"r" reported only, "rw" can be commanded, "w" only that: nothing reports it.</summary>
    public string Access
    {
        // A model that is read may leave it out.
        get => field ?? "r";
        init;
    }

    /// <summary>Unit of the value, for instance W; of a date ms where it is milliseconds since 1970, else it is ISO 8601.</summary>
    public string? Unit { get; init; }

    /// <summary>Smallest value; of an array of numbers, of each.</summary>
    public double? Min { get; init; }

    /// <summary>Largest value; of an array of numbers, of each.</summary>
    public double? Max { get; init; }

    /// <summary>Smallest change.</summary>
    public double? Step { get; init; }

    /// <summary>Values of an enumeration.</summary>
    public IReadOnlyList<PropertyValueName>? Values { get; init; }

    /// <summary>True: a number is written in quotes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AsText { get; init; }

    /// <summary>What a new device has, or null.</summary>
    public JsonElement? Default { get; init; }

    /// <summary>The value that is an alarm, or null.</summary>
    public JsonElement? Alarm { get; init; }

    /// <summary>The value that only asks the device for something and is no state, or null.</summary>
    public JsonElement? Query { get; init; }

    /// <summary>What an object has, or each object of an array.</summary>
    public IReadOnlyList<Property>? Fields { get; init; }

    /// <summary>How many entries an array has; null: any number, and one for each channel where it is merged by that.</summary>
    public int? Size { get; init; }

    /// <summary>For arrays of objects: the field by which a partial write is merged (CoolKit: outlet).</summary>
    public string? MergeKey { get; init; }
}

/// <summary>A product's properties. Events and services join with the dialects that have them.</summary>
public sealed record ThingModel
{
    /// <summary>No properties: everything passes through.</summary>
    public static ThingModel Empty { get; } = new() { Properties = [] };

    /// <summary>The properties, in display order.</summary>
    public required IReadOnlyList<Property> Properties { get; init; }

    /// <summary>Fields by which partial writes of arrays are merged, by property; null when there are none.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string>? MergeKeys
    {
        get
        {
            var keyed = Properties.Where(p => p.MergeKey is not null).ToDictionary(p => p.Name, p => p.MergeKey!, StringComparer.Ordinal);
            return keyed.Count == 0 ? null : keyed;
        }
    }

    /// <summary>Values that are alarms, as JSON text, by property; null when there are none.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string>? Alarms => Texts(p => p.Alarm);

    /// <summary>Values that only ask for something, as JSON text, by property; null when there are none.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string>? Queries => Texts(p => p.Query);

    /// <summary>Reads a stored or imported model.</summary>
    /// <exception cref="JsonException">The text is not a thing model; the message names the place.</exception>
    public static ThingModel Parse(string json) => JsonSerializer.Deserialize(json, ThingModelJson.Default.ThingModel) ?? Empty;

    private Dictionary<string, string>? Texts(Func<Property, JsonElement?> of)
    {
        var texts = Properties.Where(p => of(p) is not null).ToDictionary(p => p.Name, p => of(p)!.Value.GetRawText(), StringComparer.Ordinal);
        return texts.Count == 0 ? null : texts;
    }

    /// <summary>The stored form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ThingModelJson.Default.ThingModel);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ThingModel))]
internal sealed partial class ThingModelJson : JsonSerializerContext;
