using System.Text.Json;
using Irori.Core;
using Irori.Core.Products;
using Irori.Core.States;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Monitoring;

/// <summary>Values of data points as apps write and read them (Gizwits Open API, control and devdata.latest).</summary>
internal static class AttributeValues
{
    /// <summary>A state by the names and with the values of this dialect, as JSON.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Shown(ProductView product, IReadOnlyDictionary<string, StateValue> state) =>
        product.ProjectionIn(GizwitsDialect.Name) is { } projection ? projection.Show(state) : state.Select(v => KeyValuePair.Create(v.Key, v.Value.Json));

    /// <summary>What an app is shown of a state: truth values as 0 and 1, everything else as it is.</summary>
    public static RawJson Show(ProductView product, IReadOnlyDictionary<string, StateValue> state) =>
        RawJson.Of(Shown(product, state).Select(v => KeyValuePair.Create(v.Key, v.Value switch { "true" => "1", "false" => "0", var json => json })));

    /// <summary>What it is shown on its connection: truth values as such, and bytes as a list of numbers.</summary>
    public static RawJson Show(ProductView product, IEnumerable<KeyValuePair<string, string>> shown)
    {
        var binary = DatapointList.ModelOf(product).Properties.Where(p => p.Wire?.Form == "binary").Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        return RawJson.Of(shown.Select(v => binary.Contains(v.Key) && BytesOf(v.Value.Trim('"')) is { } bytes ? KeyValuePair.Create(v.Key, $"[{string.Join(',', bytes)}]") : v));
    }

    /// <summary>The bytes that a text names in hex, or null.</summary>
    public static byte[]? BytesOf(string text) => text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;

    /// <summary>The command's JSON in the product's own names for what an app asks, or what is wrong with that.</summary>
    public static Result<string> Read(ProductView product, JsonElement attrs, IReadOnlyDictionary<string, StateValue> state)
    {
        var points = DatapointList.Of(product);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var attr in attrs.EnumerateObject())
        {
            if (points.Find(attr.Name) is not { IsWritable: true } point) return Wrong($"{attr.Name} is no data point that can be written");
            if (Value(point, attr.Value) is not { } json) return Wrong($"{attr.Name} has no such value");
            values[attr.Name] = json;
        }

        if (values.Count == 0) return Wrong("attrs has no data point");
        return Own(product, RawJson.Of(values).Text, state);
    }

    /// <summary>The same values with bytes, which scenes write as Base64, as hex.</summary>
    public static Result<JsonElement?> FromBase64(ProductView product, JsonElement? attrs)
    {
        if (attrs is not { ValueKind: JsonValueKind.Object } asked) return attrs;
        var points = DatapointList.Of(product);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var attr in asked.EnumerateObject())
        {
            values[attr.Name] = attr.Value.GetRawText();
            if (points.Find(attr.Name) is not { Place.Form: "binary", Property.Wire: not null } || attr.Value.ValueKind != JsonValueKind.String) continue;
            if (!attr.Value.TryGetBytesFromBase64(out var bytes)) return Wrong($"{attr.Name} is no Base64");
            values[attr.Name] = $"\"{Convert.ToHexStringLower(bytes)}\"";
        }

        using var document = JsonDocument.Parse(RawJson.Of(values).Text);
        return document.RootElement.Clone();
    }

    /// <summary>Values by name, as JSON, in the product's own names.</summary>
    public static Result<string> Own(ProductView product, string shown, IReadOnlyDictionary<string, StateValue> state)
    {
        if (product.ProjectionIn(GizwitsDialect.Name) is not { } projection) return shown;
        using var asked = JsonDocument.Parse(shown);
        return projection.Own(asked.RootElement, state, GizwitsFields.Attributes);
    }

    // As it is stored: truth values as such, enumerations as their values, bytes as hex of full length.
    private static string? Value(Datapoint point, JsonElement value) => point.Place.Form switch
    {
        "bool" => value.ValueKind switch
        {
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number when value.TryGetInt32(out var bit) && bit is 0 or 1 => bit == 1 ? "true" : "false",
            _ => null,
        },
        "enum" => EnumOf(point, value),
        "binary" => BinaryOf(point, value),
        _ => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && point.Raw(number) >= point.Least && point.Raw(number) <= point.Most ? value.GetRawText() : null,
    };

    private static string? EnumOf(Datapoint point, JsonElement value)
    {
        var index = value.ValueKind switch
        {
            JsonValueKind.String => point.Enum.ToList().IndexOf(value.GetString()!),
            JsonValueKind.Number when value.TryGetInt32(out var number) => number,
            _ => -1,
        };
        return index >= 0 && index < point.Enum.Count ? point.Property.Values![index].Value.GetRawText() : null;
    }

    // In hex, or as a list of numbers. Text of another vendor's product is no hex, and is passed on as it is.
    private static string? BinaryOf(Datapoint point, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array && point.Property.Wire is not null) return ListOf(point, value);
        if (value.ValueKind != JsonValueKind.String) return null;
        var text = value.GetString()!;
        if (point.Property.Wire is null) return text.Length <= point.Place.Length ? value.GetRawText() : null;
        return text.Length % 2 == 0 && text.Length <= point.Place.Length * 2 && text.All(char.IsAsciiHexDigit) ? $"\"{text.ToLowerInvariant().PadRight(point.Place.Length * 2, '0')}\"" : null;
    }

    private static string? ListOf(Datapoint point, JsonElement value)
    {
        if (value.GetArrayLength() > point.Place.Length) return null;
        var bytes = new byte[point.Place.Length];
        foreach (var (place, item) in value.EnumerateArray().Index())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetByte(out bytes[place])) return null;
        }

        return $"\"{Convert.ToHexStringLower(bytes)}\"";
    }

    private static Fault Wrong(string reason) => Fault.Invalid(GizwitsFields.Attributes, reason);
}
