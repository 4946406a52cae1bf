using System.Text;
using System.Text.Json;

namespace Irori.Dialects.Gizwits.Monitoring;

/// <summary>
/// Writes the payload by which a device tells its state in binary: an action, then every data point in its place, or with a variable length flags of the points
/// that are there, and their values. The other direction of <see cref="ControlPayload"/>; what is not known is 0.
/// </summary>
internal static class StatusPayload
{
    /// <summary>The answer to a question.</summary>
    public const byte Answer = 0x03;

    /// <summary>A report.</summary>
    public const byte Report = 0x04;

    /// <summary>What is added to an action with a variable length.</summary>
    public const byte Variable = 0x10;

    /// <summary>The payload of values, which are JSON by the names that this dialect shows.</summary>
    /// <param name="list">The product's data points.</param>
    /// <param name="shown">The values.</param>
    /// <param name="action"><see cref="Answer"/> or <see cref="Report"/>.</param>
    /// <param name="wanted">With a variable length, which points; null: all that are known.</param>
    public static byte[] Write(DatapointList list, IReadOnlyDictionary<string, string> shown, byte action, Func<Datapoint, bool>? wanted = null)
    {
        if (!list.IsVariable) return [action, .. Fixed(list.Points, shown)];
        var named = list.Points.Where(p => shown.ContainsKey(p.Property.Name) && wanted?.Invoke(p) != false).ToList();
        return [(byte)(action + Variable), .. Flags(list.Points, named), .. Packed(named, shown)];
    }

    private static byte[] Fixed(IReadOnlyList<Datapoint> points, IReadOnlyDictionary<string, string> shown)
    {
        var area = new byte[points.Count == 0 ? 0 : points.Max(p => p.Place.ByteOffset + LengthOf(points, p))];
        foreach (var point in points)
        {
            if (shown.TryGetValue(point.Property.Name, out var json)) Put(point, json, area.AsSpan(point.Place.ByteOffset, LengthOf(points, point)), point.Place.BitOffset);
        }

        return area;
    }

    private static int LengthOf(IReadOnlyList<Datapoint> points, Datapoint point) =>
        point.Place.Bits ? ControlPayload.GroupLength(points, point.Place.ByteOffset) : point.Place.Length;

    private static byte[] Flags(IReadOnlyList<Datapoint> points, List<Datapoint> named)
    {
        var flags = new byte[(points.Count + 7) / 8];
        for (var i = 0; i < points.Count; i++)
        {
            if (named.Contains(points[i])) flags[flags.Length - 1 - (i / 8)] |= (byte)(1 << (i % 8));
        }

        return flags;
    }

    private static byte[] Packed(List<Datapoint> named, IReadOnlyDictionary<string, string> shown)
    {
        var bits = (named.Where(p => p.Place.Bits).Sum(p => p.Place.Length) + 7) / 8;
        var area = new byte[bits + named.Where(p => !p.Place.Bits).Sum(p => p.Place.Length)];
        var (bit, next) = (0, bits);
        foreach (var point in named.OrderBy(p => !p.Place.Bits))
        {
            var json = shown[point.Property.Name];
            if (point.Place.Bits)
            {
                Put(point, json, area.AsSpan(0, bits), bit);
                bit += point.Place.Length;
            }
            else
            {
                Put(point, json, area.AsSpan(next, point.Place.Length), 0);
                next += point.Place.Length;
            }
        }

        return area;
    }

    private static void Put(Datapoint point, string json, Span<byte> bytes, int bit)
    {
        using var value = JsonDocument.Parse(json);
        if (point.Place.Form == "binary")
        {
            PutBytes(value.RootElement, bytes);
            return;
        }

        var number = Number(point, value.RootElement);
        if (point.Place.Bits) number = (number & ((1L << point.Place.Length) - 1)) << bit;
        for (var i = bytes.Length - 1; i >= 0 && number != 0; i--, number >>= 8) bytes[i] |= (byte)number;
    }

    // Bytes are kept as hex; text of another vendor's product stands as it is.
    private static void PutBytes(JsonElement value, Span<byte> bytes)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        var content = AttributeValues.BytesOf(text) ?? Encoding.UTF8.GetBytes(text);
        content.AsSpan(0, Math.Min(content.Length, bytes.Length)).CopyTo(bytes);
    }

    private static long Number(Datapoint point, JsonElement value)
    {
        if (point.Property.Values is { } values && point.Place.Form == "enum")
            return Math.Max(0, values.Index().Where(v => JsonElement.DeepEquals(v.Item.Value, value)).Select(v => v.Index).DefaultIfEmpty(0).First());
        return value.ValueKind switch
        {
            JsonValueKind.True => 1,
            JsonValueKind.Number => Math.Max(0, point.Raw(value.GetDouble())),
            _ => 0,
        };
    }
}
