using System.Reflection;
using System.Text.Json.Nodes;
using Irori.Core.Products;

namespace Irori.Dialects.CoolKit.Types;

/// <summary>A type of device as apps know it: its number decides what its <c>params</c> mean (CoolKit, UIID).</summary>
/// <param name="Uiid">Number of its user interface.</param>
/// <param name="Name">What people read.</param>
/// <param name="Category">Category, for instance light.</param>
/// <param name="Node">How it reaches the cloud.</param>
/// <param name="Things">Its properties. What it reports beside them is kept, and commands are not held against them.</param>
public sealed record DeviceType(int Uiid, string Name, string Category, ProductNode Node, ThingModel Things);

/// <summary>
/// The documented types of devices, from <c>types.json</c>. There a property stands in full or by its name under <c>shared</c>; a type may be the
/// same as another with more; what speaks for itself has the <c>general</c> properties too.
/// </summary>
public static class DeviceTypes
{
    private const string Resource = "Irori.Dialects.CoolKit.Types.types.json";
    private static readonly Lazy<SortedDictionary<int, DeviceType>> Loaded = new(Load);

    /// <summary>All types, by number.</summary>
    public static IReadOnlyCollection<DeviceType> All => Loaded.Value.Values;

    /// <summary>The type of a number, or null.</summary>
    public static DeviceType? Find(int uiid) => Loaded.Value.GetValueOrDefault(uiid);

    private static SortedDictionary<int, DeviceType> Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!;
        var file = JsonNode.Parse(stream)!.AsObject();
        var shared = file["shared"]!.AsObject();
        var written = file["types"]!.AsArray().ToDictionary(t => (int)t!["uiid"]!, t => t!.AsObject());
        var types = new SortedDictionary<int, DeviceType>();
        foreach (var (uiid, type) in written)
        {
            var node = Enum.Parse<ProductNode>((string?)type["node"] ?? nameof(ProductNode.Device), ignoreCase: true);
            var properties = new OrderedDictionary<string, JsonNode>(StringComparer.Ordinal);
            if (type["sameAs"] is { } other) Add(properties, written[(int)other]["properties"], shared);
            Add(properties, type["properties"], shared);
            if (node != ProductNode.Sub) AddGeneral(properties, file["general"]!.AsArray(), shared);
            var model = new JsonObject { ["properties"] = new JsonArray([.. properties.Values]) };
            types[uiid] = new DeviceType(uiid, (string)type["name"]!, (string)type["category"]!, node, ThingModel.Parse(model.ToJsonString()));
        }

        return types;
    }

    private static void Add(OrderedDictionary<string, JsonNode> properties, JsonNode? written, JsonObject shared)
    {
        foreach (var property in written?.AsArray() ?? [])
        {
            var whole = Whole(property!, shared);
            properties[(string)whole["name"]!] = whole;
        }
    }

    private static void AddGeneral(OrderedDictionary<string, JsonNode> properties, JsonArray names, JsonObject shared)
    {
        foreach (var name in names) properties.TryAdd((string)name!, Whole(name!, shared));
    }

    private static JsonObject Whole(JsonNode written, JsonObject shared)
    {
        var whole = (written is JsonObject ? written : shared[(string)written!]!).DeepClone().AsObject();
        if (whole["fields"] is JsonArray fields) whole["fields"] = new JsonArray([.. fields.Select(f => (JsonNode)Whole(f!, shared))]);
        return whole;
    }
}
