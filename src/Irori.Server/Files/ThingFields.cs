using System.Text.Json;
using Irori.Core.Products;
using Irori.Core.States;

namespace Irori.Server.Files;

/// <summary>A property of a thing model as an operator writes it down.</summary>
internal static class ThingFields
{
    private const int MaxFields = 64;

    private static readonly string[] Types = [.. Enum.GetNames<PropertyType>().Select(n => n.ToLowerInvariant())];

    public static Property Read(JsonFields property)
    {
        if (property.Any("type") is null) property.Wrong("type", $"is missing; add one of {string.Join(", ", Types)}");
        var read = new Property
        {
            Name = property.Required("name", Readings.MaxName, "switch"),
            Title = property.Required("title", 64, "Switch"),
            Type = Enum.Parse<PropertyType>(property.Word("type", Types) ?? "text", ignoreCase: true),
            Access = property.Word("access", ["r", "rw", "w"]) ?? "r",
            Unit = property.Text("unit", 16),
            Min = property.Number("min"),
            Max = property.Number("max"),
            Step = property.Number("step"),
            AsText = property.Flag("asText") ?? false,
            Default = property.Any("default")?.Clone(),
            Alarm = property.Any("alarm")?.Clone(),
            Query = property.Any("query")?.Clone(),
            Values = Values(property),
            Fields = property.List("fields", MaxFields)?.Select(Read).ToList(),
            Size = property.Whole("size", 1, KeyedArray.MaxEntries),
            MergeKey = property.Text("mergeKey", Readings.MaxName),
        };
        if (read.Min > read.Max) property.Wrong("min", "is above max; exchange them");
        if (read.Step <= 0) property.Wrong("step", "must be above 0");
        if (read.Type == PropertyType.Enum && read.Values is null or []) property.Wrong("values", "is missing; an enum needs the list of its values, each with value and title");
        if (read.Type != PropertyType.Array && read.MergeKey is not null) property.Wrong("mergeKey", "is only for a property of type array; remove it");
        if (read.Type != PropertyType.Array && read.Size is not null) property.Wrong("size", "is only for a property of type array; remove it");
        if (read.Type is not (PropertyType.Array or PropertyType.Struct) && read.Fields is not null) property.Wrong("fields", "is only for a property of type array or struct; remove it");
        property.NothingElse();
        return read;
    }

    private static List<PropertyValueName>? Values(JsonFields property)
    {
        if (property.List("values", 256) is not { } listed) return null;
        var values = new List<PropertyValueName>();
        foreach (var item in listed)
        {
            var value = item.Any("value");
            if (value is not { ValueKind: JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False })
                item.Wrong("value", "must be there, as text, a number, true or false");
            values.Add(new PropertyValueName(value?.Clone() ?? default, item.Required("title", 64, "On")));
            item.NothingElse();
        }

        return values;
    }
}
