using System.Text;
using System.Text.Json;

namespace Irori.Core;

/// <summary>Lays JSON objects over each other, value by value and untouched.</summary>
public static class JsonMerge
{
    /// <summary>The names of both objects; of a name that is in both, the value of <paramref name="over"/>. Of a name that is there twice, the last counts.</summary>
    /// <exception cref="JsonException">One of them is not JSON.</exception>
    public static string Lay(string under, string over)
    {
        var values = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in (string[])[under, over])
        {
            using var document = JsonDocument.Parse(text);
            foreach (var property in document.RootElement.EnumerateObject()) values[property.Name] = property.Value.GetRawText();
        }

        var merged = new StringBuilder("{");
        foreach (var (name, value) in values)
        {
            if (merged.Length > 1) merged.Append(',');
            merged.Append('"').Append(JsonEncodedText.Encode(name).Value).Append("\":").Append(value);
        }

        return merged.Append('}').ToString();
    }
}
