using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Irori.Mqtt.Packets;

/// <summary>Reads the fields of one packet's body and never past its end.</summary>
internal ref struct PacketReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public readonly bool IsEmpty => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    /// <summary>A packet id; zero is none.</summary>
    public ushort Id() => UInt16() is var id and not 0 ? id : throw Malformed();

    /// <summary>A number in one to four bytes, no more than it needs.</summary>
    public int VariableInt()
    {
        var value = 0;
        for (var shift = 0; shift <= 21; shift += 7)
        {
            var digit = Byte();
            value |= (digit & 0x7F) << shift;
            if (digit >= 0x80) continue;
            return digit == 0 && shift > 0 ? throw Malformed() : value;
        }

        throw Malformed();
    }

    public ReadOnlySpan<byte> Binary() => Take(UInt16());

    /// <summary>UTF-8 without U+0000.</summary>
    public ReadOnlySpan<byte> Text()
    {
        var text = Binary();
        return Utf8.IsValid(text) && !text.Contains((byte)0) ? text : throw Malformed();
    }

    public string String() => Encoding.UTF8.GetString(Text());

    public KeyValuePair<string, string> Pair() => new(String(), String());

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length) throw Malformed();
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    public ReadOnlySpan<byte> TakeAll() => Take(_rest.Length);

    public readonly void End()
    {
        if (!_rest.IsEmpty) throw Malformed();
    }

    public static MqttException Malformed() => new(MqttReason.MalformedPacket);

    public static MqttException Protocol() => new(MqttReason.ProtocolError);
}
