using System.Globalization;
using System.Text;
using System.Text.Json;
using Irori.Storage.States;

namespace Irori.Storage.History;

/// <summary>
/// The points of one report as one row holds them: values by the numbers of their properties, <c>{"12":"on","13":21.5}</c>, and likewise the
/// source times of those that were not so at their arrival.
/// </summary>
internal static class PackedPoints
{
    /// <summary>Packs the points of one report.</summary>
    /// <param name="points">All of one arrival.</param>
    /// <param name="number">The number of a property.</param>
    public static (string? Times, string Values) Pack(IReadOnlyList<PointRow> points, Func<string, long> number)
    {
        StringBuilder? times = null;
        var values = new StringBuilder(32 * points.Count);
        foreach (var point in points)
        {
            var property = number(point.Property);
            Append(values, property).Append(point.Value);
            if (point.SourceTime is { } time) Append(times ??= new StringBuilder(), property).Append(time);
        }

        return (times?.Append('}').ToString(), values.Append('}').ToString());
    }

    /// <summary>What every text matches by LIKE that holds the property; texts without it may, too.</summary>
    public static string Pattern(long property) => string.Create(CultureInfo.InvariantCulture, $"%\"{property}\":%");

    /// <summary>The JSON text of a property in what was packed; null when it is not there.</summary>
    public static string? Find(string? packed, long property)
    {
        if (packed is null) return null;
        var utf8 = Encoding.UTF8.GetBytes(packed);
        var name = Encoding.ASCII.GetBytes(property.ToString(CultureInfo.InvariantCulture));
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (found) return Encoding.UTF8.GetString(utf8.AsSpan(start..(int)reader.BytesConsumed));
        }

        return null;
    }

    private static StringBuilder Append(StringBuilder text, long property) => text.Append(text.Length == 0 ? "{\"" : ",\"").Append(property).Append("\":");
}
