using System.Globalization;
using System.Text.Json;
using Irori.Core.Products;

namespace Irori.Dialects.Gizwits.Monitoring;

/// <summary>One property as a data point: its type on the wire and its place in frames (Gizwits Open API, datapoint).</summary>
/// <param name="Property">The property as this dialect shows it.</param>
/// <param name="Place">Where it stands.</param>
internal sealed record Datapoint(Property Property, WirePlace Place)
{
    /// <summary>Values of an enumeration as text, in the order of their numbers.</summary>
    public IReadOnlyList<string> Enum => TextsOf(Property);

    /// <summary>What a number on the wire is multiplied by.</summary>
    public double Ratio => RatioOf(Property);

    /// <summary>status_writable, status_readonly, alert or fault.</summary>
    public string Kind => Property.Notice switch
    {
        Notice.Alert => "alert",
        Notice.Fault => "fault",
        _ => IsWritable ? "status_writable" : "status_readonly",
    };

    /// <summary>Whether it can be commanded.</summary>
    public bool IsWritable => Property.Notice is null && Property.Access.Contains('w', StringComparison.Ordinal);

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber => Place.Form.StartsWith("uint", StringComparison.Ordinal);

    /// <summary>The smallest number on the wire.</summary>
    public long Least => Property.Min is { } min ? Raw(min) : 0;

    /// <summary>The largest number on the wire.</summary>
    public long Most => Property.Max is { } max ? Raw(max) : Place.Length >= 4 ? uint.MaxValue : (1L << (8 * Place.Length)) - 1;

    /// <summary>Values of an enumeration as text.</summary>
    public static IReadOnlyList<string> TextsOf(Property property) =>
        property.Values is { } values ? [.. values.Select(v => v.Value.ValueKind == JsonValueKind.String ? v.Value.GetString()! : v.Value.GetRawText())] : [];

    /// <summary>What a number on the wire is multiplied by.</summary>
    public static double RatioOf(Property property) => property.Step ?? (property.Type == PropertyType.Double ? 0.1 : 1);

    /// <summary>The number on the wire of a shown one.</summary>
    public long Raw(double shown) => (long)Math.Round((shown - Place.Addition) / Ratio, MidpointRounding.AwayFromZero);

    /// <summary>The shown number of one on the wire, as JSON.</summary>
    public string Shown(long raw) => Math.Round((raw * Ratio) + Place.Addition, 6).ToString("0.######", CultureInfo.InvariantCulture);
}

/// <summary>
/// A product's data points, in the order of their numbers. Where no vendor has laid them out, they follow his rule: what can be commanded first, then what is
/// only reported, alerts and faults; within each, bits before bytes, each group of bits filled up to whole bytes.
/// </summary>
internal sealed class DatapointList
{
    private const int TextLength = 64;

    private DatapointList(IReadOnlyList<Datapoint> points, bool variable) => (Points, IsVariable) = (points, variable);

    /// <summary>The data points by number.</summary>
    public IReadOnlyList<Datapoint> Points { get; }

    /// <summary>Whether frames hold only the points that they name.</summary>
    public bool IsVariable { get; }

    /// <summary>The data points of a product as this dialect shows it. Objects and lists have no such form and are left out.</summary>
    public static DatapointList Of(ProductView product)
    {
        var model = ModelOf(product);
        var known = model.Properties.Where(p => p.Type is not (PropertyType.Struct or PropertyType.Array)).ToList();
        var laid = known.Count > 0 && known.All(p => p.Wire is not null);
        return new DatapointList(laid ? [.. known.Select(p => new Datapoint(p, p.Wire!)).OrderBy(p => p.Place.Id)] : Lay(known, model.VariableLength), model.VariableLength);
    }

    /// <summary>The thing model of a product as this dialect shows it.</summary>
    public static ThingModel ModelOf(ProductView product) => product.ProjectionIn(GizwitsDialect.Name)?.Model ?? product.Model;

    /// <summary>The data point of a name, or null.</summary>
    public Datapoint? Find(string name) => Points.FirstOrDefault(p => p.Property.Name == name);

    private static List<Datapoint> Lay(IReadOnlyList<Property> properties, bool variable)
    {
        var points = new List<Datapoint>(properties.Count);
        var next = 0;
        foreach (var group in properties.GroupBy(GroupOf).OrderBy(g => g.Key))
        {
            var bit = 0;
            foreach (var property in group.Where(IsBits))
            {
                var length = property.Type == PropertyType.Bool ? 1 : BitsOf(Datapoint.TextsOf(property).Count);
                points.Add(new Datapoint(property, new WirePlace(points.Count, property.Type == PropertyType.Bool ? "bool" : "enum", Bits: true, length, variable ? 0 : next, variable ? 0 : bit, 0)));
                bit += length;
            }

            next += (bit + 7) / 8;
            foreach (var property in group.Where(p => !IsBits(p)))
            {
                var place = BytesOf(property);
                points.Add(new Datapoint(property, place with { Id = points.Count, ByteOffset = variable ? 0 : next }));
                next += place.Length;
            }
        }

        return points;
    }

    private static int GroupOf(Property property) => property.Notice switch
    {
        Notice.Alert => 2,
        Notice.Fault => 3,
        _ => property.Access.Contains('w', StringComparison.Ordinal) ? 0 : 1,
    };

    private static bool IsBits(Property property) => property.Type == PropertyType.Bool || (property.Type == PropertyType.Enum && property.Values is { Count: > 0 });

    private static int BitsOf(int count)
    {
        var bits = 1;
        while (1 << bits < count) bits++;
        return bits;
    }

    private static WirePlace BytesOf(Property property)
    {
        if (property.Type is not (PropertyType.Int or PropertyType.Double or PropertyType.Date)) return new WirePlace(0, "binary", Bits: false, TextLength, 0, 0, 0);
        var addition = property.Min ?? 0;
        var most = property.Max is { } max ? Math.Round((max - addition) / Datapoint.RatioOf(property)) : uint.MaxValue;
        var length = most <= byte.MaxValue ? 1 : most <= ushort.MaxValue ? 2 : 4;
        return new WirePlace(0, $"uint{8 * length}", Bits: false, length, 0, 0, addition);
    }
}
