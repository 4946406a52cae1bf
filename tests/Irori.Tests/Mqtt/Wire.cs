using System.Buffers.Binary;
using System.Text;

namespace Irori.Tests.Mqtt;

/// <summary>
/// The other side of the codec, for tests: written for clarity from the standard, and sharing nothing with the server's.
/// </summary>
internal static class Wire
{
    /// <summary>How a property's value is written (MQTT 5, section 2.2.2.2).</summary>
    public enum Kind
    {
        Byte,
        Short,
        Long,
        Number,
        Text,
        Data,
        Pair,
    }

    public static IReadOnlyDictionary<int, Kind> Properties { get; } = new Dictionary<int, Kind>
    {
        [0x01] = Kind.Byte, [0x02] = Kind.Long, [0x03] = Kind.Text, [0x08] = Kind.Text, [0x09] = Kind.Data, [0x0B] = Kind.Number, [0x11] = Kind.Long, [0x12] = Kind.Text,
        [0x13] = Kind.Short, [0x15] = Kind.Text, [0x16] = Kind.Data, [0x17] = Kind.Byte, [0x18] = Kind.Long, [0x19] = Kind.Byte, [0x1A] = Kind.Text, [0x1C] = Kind.Text,
        [0x1F] = Kind.Text, [0x21] = Kind.Short, [0x22] = Kind.Short, [0x23] = Kind.Short, [0x24] = Kind.Byte, [0x25] = Kind.Byte, [0x26] = Kind.Pair, [0x27] = Kind.Long,
        [0x28] = Kind.Byte, [0x29] = Kind.Byte, [0x2A] = Kind.Byte,
    };

    public static byte[] Packet(int head, byte[] body) => [(byte)head, .. Number(body.Length), .. body];

    public static byte[] Number(int value)
    {
        var bytes = new List<byte>();
        do
        {
            var digit = value % 128;
            value /= 128;
            bytes.Add((byte)(value > 0 ? digit + 128 : digit));
        }
        while (value > 0);
        return [.. bytes];
    }

    public static byte[] Short(int value) => [(byte)(value >> 8), (byte)value];

    public static byte[] Long(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Data(byte[] data) => [.. Short(data.Length), .. data];

    public static byte[] Text(string text) => Data(Encoding.UTF8.GetBytes(text));

    /// <summary>A list of properties with its length before it.</summary>
    public static byte[] PropertyList(IEnumerable<(int Id, object Value)> properties)
    {
        var bytes = new List<byte>();
        foreach (var (id, value) in properties)
        {
            bytes.AddRange(Number(id));
            bytes.AddRange(Properties[id] switch
            {
                Kind.Byte => [Convert.ToByte(value)],
                Kind.Short => Short(Convert.ToInt32(value)),
                Kind.Long => Long(Convert.ToUInt32(value)),
                Kind.Number => Number(Convert.ToInt32(value)),
                Kind.Text => Text((string)value),
                Kind.Data => Data((byte[])value),
                _ => [.. Text(((KeyValuePair<string, string>)value).Key), .. Text(((KeyValuePair<string, string>)value).Value)],
            });
        }

        return [.. Number(bytes.Count), .. bytes];
    }
}

/// <summary>Reads the fields of a packet of the server.</summary>
internal sealed class WireReader(byte[] body)
{
    private int _at;

    public bool IsEmpty => _at == body.Length;

    public byte Byte() => body[_at++];

    public int Short() => (Byte() << 8) | Byte();

    public uint Long() => ((uint)Short() << 16) | (uint)Short();

    public int Number()
    {
        var (value, scale) = (0, 1);
        while (true)
        {
            var digit = Byte();
            value += (digit & 127) * scale;
            if (digit < 128) return value;
            scale *= 128;
        }
    }

    public byte[] Take(int count)
    {
        var taken = body[_at..(_at + count)];
        _at += count;
        return taken;
    }

    public byte[] Data() => Take(Short());

    public string Text() => Encoding.UTF8.GetString(Data());

    public byte[] Rest() => Take(body.Length - _at);

    public List<(int Id, object Value)> PropertyList()
    {
        var length = Number();
        var inner = new WireReader(Take(length));
        var found = new List<(int, object)>();
        while (!inner.IsEmpty)
        {
            var id = inner.Number();
            found.Add((id, Wire.Properties[id] switch
            {
                Wire.Kind.Byte => inner.Byte(),
                Wire.Kind.Short => inner.Short(),
                Wire.Kind.Long => inner.Long(),
                Wire.Kind.Number => inner.Number(),
                Wire.Kind.Text => inner.Text(),
                Wire.Kind.Data => inner.Data(),
                _ => new KeyValuePair<string, string>(inner.Text(), inner.Text()),
            }));
        }

        return found;
    }
}
