using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Irori.Core.States;

/// <summary>The stored form of a state: <c>{"switch":{"v":"on","t":1700000000000,"a":1700000000001}}</c>, and of its report keys: <c>[1,2]</c>.</summary>
public static class StateText
{
    private const int Overhead = 50;

    /// <summary>What a property takes of the state's bound, in characters.</summary>
    public static int SizeOf(string name, StateValue value) => name.Length + value.Json.Length + Overhead;

    /// <summary>Reads stored values.</summary>
    public static Dictionary<string, StateValue> ReadValues(string text)
    {
        var values = new Dictionary<string, StateValue>(StringComparer.Ordinal);
        if (text.Length <= 2) return values;
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var length = Encoding.UTF8.GetBytes(text, utf8);
            Read(utf8.AsSpan(0, length), values);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }

        return values;
    }

    /// <summary>Writes values.</summary>
    public static string WriteValues(IReadOnlyDictionary<string, StateValue> values)
    {
        var text = new StringBuilder("{", 64 * values.Count + 2);
        foreach (var (name, value) in values)
        {
            if (text.Length > 1) text.Append(',');
            text.Append('"').Append(JsonEncodedText.Encode(name).Value).Append("\":{\"v\":").Append(value.Json)
                .Append(",\"t\":").Append(value.SourceTime).Append(",\"a\":").Append(value.Arrival).Append('}');
        }

        return text.Append('}').ToString();
    }

    /// <summary>Reads stored keys.</summary>
    public static Queue<long> ReadKeys(string text)
    {
        var keys = new Queue<long>();
        foreach (var part in text.AsSpan().Trim("[]").Split(','))
        {
            if (long.TryParse(text.AsSpan().Trim("[]")[part], out var key)) keys.Enqueue(key);
        }

        return keys;
    }

    /// <summary>Writes keys.</summary>
    public static string WriteKeys(IReadOnlyCollection<long> keys) => $"[{string.Join(',', keys)}]";

    private static void Read(ReadOnlySpan<byte> utf8, Dictionary<string, StateValue> values)
    {
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            string json = "null";
            long source = 0, arrival = 0;
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = reader.ValueSpan[0];
                reader.Read();
                if (field == (byte)'v') json = Raw(ref reader, utf8);
                else if (field == (byte)'t') source = reader.GetInt64();
                else arrival = reader.GetInt64();
            }

            values[name] = new StateValue(json, source, arrival);
        }
    }

    private static string Raw(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return Encoding.UTF8.GetString(utf8[start..(int)reader.BytesConsumed]);
    }
}
