using System.Text.Json;
using Irori.Core.Products;

namespace Irori.Dialects.Gizwits.Monitoring;

/// <summary>A vendor's data point file, as <c>GET /app/datapoint</c> answers it and as his console exports it, read into a thing model.</summary>
public static class DatapointFile
{
    private const int MaxPoints = 512;

    /// <summary>The thing model, which lays frames out as the file does; what is wrong is added to the mistakes.</summary>
    public static ThingModel Read(JsonElement file, ICollection<string> mistakes)
    {
        var properties = new List<Property>();
        if (file.ValueKind != JsonValueKind.Object || !file.TryGetProperty("entities", out var entities) || entities.ValueKind != JsonValueKind.Array)
        {
            mistakes.Add("datapoints must be a data point file: an object with the list entities.");
            return ThingModel.Empty;
        }

        foreach (var attr in entities.EnumerateArray().SelectMany(e => Items(e, "attrs")))
        {
            if (properties.Count == MaxPoints)
            {
                mistakes.Add($"datapoints has more than {MaxPoints} data points.");
                break;
            }

            if (ReadOne(attr) is { } property && properties.TrueForAll(p => p.Name != property.Name)) properties.Add(property);
            else mistakes.Add($"datapoints has something that is no data point, or is there twice: {Shortened(attr)}.");
        }

        return new ThingModel { Properties = properties, VariableLength = Text(file, "protocolType") == "var_len" };
    }

    /// <summary>The product_key that stands in the file, or null.</summary>
    public static string? ProductKeyOf(JsonElement file) => file.ValueKind == JsonValueKind.Object && Text(file, "product_key") is { Length: > 0 and <= 64 } key ? key : null;

    private static Property? ReadOne(JsonElement attr)
    {
        var (name, form, kind) = (Text(attr, "name"), Text(attr, "data_type"), Text(attr, "type"));
        if (name is not { Length: > 0 and <= Core.States.Readings.MaxName } || TypeOf(form) is not { } type || kind is not ("status_writable" or "status_readonly" or "alert" or "fault")) return null;
        if (!attr.TryGetProperty("position", out var position) || position.ValueKind != JsonValueKind.Object || Whole(position, "len") is not (> 0 and <= 4096) || Whole(attr, "id") is not >= 0) return null;
        var spec = attr.TryGetProperty("uint_spec", out var given) && given.ValueKind == JsonValueKind.Object ? given : (JsonElement?)null;
        var (ratio, addition) = (spec is { } s ? Number(s, "ratio") ?? 1 : 1, spec is { } t ? Number(t, "addition") ?? 0 : 0);
        if (ratio == 0) return null;
        var texts = Items(attr, "enum").Where(e => e.ValueKind == JsonValueKind.String).ToList();
        if (type == PropertyType.Enum && texts.Count == 0) return null;
        return new Property
        {
            Name = name,
            Title = Text(attr, "display_name") is { Length: > 0 } title ? title : name,
            Type = type == PropertyType.Int && ratio != Math.Truncate(ratio) ? PropertyType.Double : type,
            Access = kind == "status_writable" ? "rw" : "r",
            Unit = Text(attr, "desc") is { Length: > 0 and <= 16 } unit ? unit : null,
            Min = spec is { } low ? (Number(low, "min") * ratio) + addition : null,
            Max = spec is { } high ? (Number(high, "max") * ratio) + addition : null,
            Step = spec is null ? null : ratio,
            Values = type == PropertyType.Enum ? [.. texts.Select(e => new PropertyValueName(e.Clone(), e.GetString()!))] : null,
            Notice = kind switch { "alert" => Notice.Alert, "fault" => Notice.Fault, _ => null },
            Wire = new WirePlace(
                Whole(attr, "id")!.Value, form!, Text(position, "unit") == "bit", Whole(position, "len")!.Value, Whole(position, "byte_offset") ?? 0, Whole(position, "bit_offset") ?? 0, addition),
        };
    }

    private static PropertyType? TypeOf(string? form) => form switch
    {
        "bool" => PropertyType.Bool,
        "enum" => PropertyType.Enum,
        "uint8" or "uint16" or "uint32" => PropertyType.Int,
        "binary" => PropertyType.Text,
        _ => null,
    };

    private static string Shortened(JsonElement element) => element.GetRawText() is { Length: > 100 } text ? text[..100] : element.GetRawText();

    private static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Whole(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static double? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;
}
