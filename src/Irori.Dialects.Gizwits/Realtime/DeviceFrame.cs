using System.Buffers.Binary;

namespace Irori.Dialects.Gizwits.Realtime;

/// <summary>
/// A frame of the device's own protocol, as c2s_raw and s2c_raw carry it: 00 00 00 03, the length of what follows in one to four bytes of seven bits (lowest
/// first), a flag, the command, a number with commands that are acknowledged, and the payload.
/// </summary>
/// <param name="Command">What it is, one of the constants.</param>
/// <param name="Number">The number by which it is acknowledged; null for a command without.</param>
/// <param name="Payload">Its content.</param>
internal sealed record DeviceFrame(ushort Command, uint? Number, byte[] Payload)
{
    /// <summary>An app tells a device something.</summary>
    public const ushort ToDevice = 0x0090;

    /// <summary>A device tells apps something.</summary>
    public const ushort FromDevice = 0x0091;

    /// <summary>Either tells the other something, to be acknowledged.</summary>
    public const ushort Asked = 0x0093;

    /// <summary>Acknowledges <see cref="Asked"/>.</summary>
    public const ushort Acknowledged = 0x0094;

    private const int HeadLength = 4;
    private const int MaxLengthBytes = 4;
    private const int FlagAndCommand = 3;
    private const int NumberLength = 4;

    private static ReadOnlySpan<byte> Head => [0, 0, 0, 3];

    /// <summary>Reads a frame; null when it is none.</summary>
    public static DeviceFrame? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(Head)) return null;
        bytes = bytes[HeadLength..];
        var (length, shift) = (0, 0);
        while (true)
        {
            if (bytes.IsEmpty || shift == 7 * MaxLengthBytes) return null;
            length |= (bytes[0] & 0x7f) << shift;
            var more = bytes[0] >= 0x80;
            bytes = bytes[1..];
            if (!more) break;
            shift += 7;
        }

        if (length != bytes.Length || length < FlagAndCommand) return null;
        var command = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
        bytes = bytes[FlagAndCommand..];
        if (command is not (Asked or Acknowledged)) return new DeviceFrame(command, null, bytes.ToArray());
        return bytes.Length < NumberLength ? null : new DeviceFrame(command, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[NumberLength..].ToArray());
    }

    /// <summary>The frame as bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new List<byte>(Payload.Length + 16);
        bytes.AddRange(Head);
        var length = FlagAndCommand + (Number is null ? 0 : NumberLength) + Payload.Length;
        do
        {
            bytes.Add((byte)((length & 0x7f) | (length > 0x7f ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        bytes.Add(0);
        bytes.Add((byte)(Command >> 8));
        bytes.Add((byte)Command);
        if (Number is { } number)
        {
            Span<byte> written = stackalloc byte[NumberLength];
            BinaryPrimitives.WriteUInt32BigEndian(written, number);
            bytes.AddRange(written);
        }

        bytes.AddRange(Payload);
        return [.. bytes];
    }
}
