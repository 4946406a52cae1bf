using Irori.Core;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Monitoring;

/// <summary>
/// Reads the payload of command 0090, by which apps set data points in binary: an action, flags of the points that are set, their values. The flags are one
/// big-endian number; so is each group of bits, whose first point is its lowest bits.
/// </summary>
internal static class ControlPayload
{
    private const byte Control = 0x01;
    private const byte VariableControl = 0x11;

    /// <summary>The values that a payload sets, JSON by name.</summary>
    public static Result<string> Read(DatapointList list, ReadOnlySpan<byte> payload)
    {
        if (payload.Length == 0 || payload[0] != (list.IsVariable ? VariableControl : Control)) return Wrong("raw does not begin with the action that sets data points");
        var points = list.IsVariable ? list.Points : [.. list.Points.Where(p => p.IsWritable)];
        var flags = (points.Count + 7) / 8;
        if (payload.Length < 1 + flags) return Wrong("raw has too few bytes");
        var named = new List<Datapoint>();
        for (var i = 0; i < points.Count; i++)
        {
            if ((payload[flags - (i / 8)] >> (i % 8) & 1) == 1) named.Add(points[i]);
        }

        if (named.Count == 0 || named.Any(p => !p.IsWritable)) return Wrong("raw sets no data point, or one that cannot be set");
        return list.IsVariable ? Packed(named, payload[(1 + flags)..]) : Fixed(points, named, payload[(1 + flags)..]);
    }

    private static Result<string> Fixed(IReadOnlyList<Datapoint> points, List<Datapoint> named, ReadOnlySpan<byte> area)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var point in named)
        {
            var place = point.Place;
            var length = place.Bits ? GroupLength(points, place.ByteOffset) : place.Length;
            if (area.Length < place.ByteOffset + length) return Wrong("raw has too few bytes");
            if (Value(point, area.Slice(place.ByteOffset, length), place.BitOffset) is not { } json) return Wrong($"{point.Property.Name} has no such value");
            values[point.Property.Name] = json;
        }

        return RawJson.Of(values).Text;
    }

    private static Result<string> Packed(List<Datapoint> named, ReadOnlySpan<byte> area)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var bits = (named.Where(p => p.Place.Bits).Sum(p => p.Place.Length) + 7) / 8;
        var (bit, next) = (0, bits);
        foreach (var point in named.OrderBy(p => !p.Place.Bits))
        {
            var length = point.Place.Bits ? bits : point.Place.Length;
            var from = point.Place.Bits ? 0 : next;
            if (area.Length < from + length) return Wrong("raw has too few bytes");
            if (Value(point, area.Slice(from, length), bit) is not { } json) return Wrong($"{point.Property.Name} has no such value");
            values[point.Property.Name] = json;
            if (point.Place.Bits) bit += point.Place.Length;
            else next += length;
        }

        return RawJson.Of(values).Text;
    }

    /// <summary>How many bytes a group of bits has that begins at a byte: its bits go up to its last one.</summary>
    public static int GroupLength(IReadOnlyList<Datapoint> points, int start) =>
        (points.Where(p => p.Place.Bits && p.Place.ByteOffset == start).Max(p => p.Place.BitOffset + p.Place.Length) + 7) / 8;

    private static string? Value(Datapoint point, ReadOnlySpan<byte> bytes, int bit)
    {
        if (point.Place.Form == "binary") return $"\"{Convert.ToHexStringLower(bytes)}\"";
        var number = 0L;
        foreach (var value in bytes[Math.Max(0, bytes.Length - 8)..]) number = (number << 8) | value;
        if (point.Place.Bits) number = number >> bit & ((1L << point.Place.Length) - 1);
        return point.Place.Form switch
        {
            "bool" => number == 0 ? "false" : "true",
            "enum" => number >= 0 && number < point.Enum.Count ? point.Property.Values![(int)number].Value.GetRawText() : null,
            _ => number >= point.Least && number <= point.Most ? point.Shown(number) : null,
        };
    }

    private static Fault Wrong(string reason) => Fault.Invalid(GizwitsFields.Attributes, reason);
}
