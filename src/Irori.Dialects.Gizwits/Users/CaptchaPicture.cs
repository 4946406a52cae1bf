using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Irori.Dialects.Gizwits.Users;

/// <summary>
/// Draws a text as a PNG picture that programs do not read at a glance: leaning letters of uneven size, lines and dots. It keeps simple programs from
/// sending messages; who trains a reader for it gets through, and then meets the limits per number.
/// </summary>
internal static class CaptchaPicture
{
    private const int Width = 200;
    private const int Height = 70;
    private const int GlyphWidth = 5;
    private const int GlyphHeight = 7;

    // Five columns, seven rows, from the top; a row is five bits.
    private static readonly Dictionary<char, byte[]> Glyphs = new()
    {
        ['A'] = [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
        ['C'] = [0b01110, 0b10001, 0b10000, 0b10000, 0b10000, 0b10001, 0b01110],
        ['E'] = [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111],
        ['F'] = [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b10000],
        ['H'] = [0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
        ['J'] = [0b00111, 0b00010, 0b00010, 0b00010, 0b00010, 0b10010, 0b01100],
        ['K'] = [0b10001, 0b10010, 0b10100, 0b11000, 0b10100, 0b10010, 0b10001],
        ['L'] = [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111],
        ['M'] = [0b10001, 0b11011, 0b10101, 0b10101, 0b10001, 0b10001, 0b10001],
        ['N'] = [0b10001, 0b11001, 0b10101, 0b10101, 0b10011, 0b10001, 0b10001],
        ['P'] = [0b11110, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000, 0b10000],
        ['R'] = [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001],
        ['T'] = [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100],
        ['U'] = [0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
        ['W'] = [0b10001, 0b10001, 0b10001, 0b10101, 0b10101, 0b11011, 0b10001],
        ['X'] = [0b10001, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001, 0b10001],
        ['Y'] = [0b10001, 0b10001, 0b01010, 0b00100, 0b00100, 0b00100, 0b00100],
        ['3'] = [0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110],
        ['4'] = [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
        ['7'] = [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
        ['9'] = [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00001, 0b01110],
    };

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>The picture. It is the same each time for one name, so that fetching it often does not help to tell letters from noise.</summary>
    public static byte[] Draw(string text, string name)
    {
        var chance = new Random(BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))));
        var grey = new byte[Width * Height];
        Array.Fill(grey, (byte)0xff);
        for (var i = 0; i < 250; i++) grey[chance.Next(grey.Length)] = (byte)chance.Next(60, 200);
        for (var i = 0; i < text.Length; i++) Letter(grey, Glyphs[text[i]], 12 + (i * 36), chance);
        for (var i = 0; i < 5; i++) Line(grey, chance);
        return Png(grey);
    }

    private static void Letter(byte[] grey, byte[] glyph, int left, Random chance)
    {
        var (across, down) = (4.5 + (chance.NextDouble() * 1.5), 5.5 + (chance.NextDouble() * 1.5));
        var (lean, top, ink) = ((chance.NextDouble() - 0.5) * 0.6, chance.Next(6, 18), (byte)chance.Next(20, 110));
        for (var y = 0; y < down * GlyphHeight; y++)
        {
            for (var x = 0; x < across * GlyphWidth; x++)
            {
                if ((glyph[(int)(y / down)] >> (GlyphWidth - 1 - (int)(x / across)) & 1) == 0) continue;
                Dot(grey, left + x + (int)(lean * ((down * GlyphHeight / 2) - y)), top + y, ink);
            }
        }
    }

    private static void Line(byte[] grey, Random chance)
    {
        var (from, to, ink) = (chance.Next(Height), chance.Next(Height), (byte)chance.Next(20, 140));
        for (var x = 0; x < Width; x++)
        {
            var y = from + ((to - from) * x / Width);
            Dot(grey, x, y, ink);
            Dot(grey, x, y + 1, ink);
        }
    }

    private static void Dot(byte[] grey, int x, int y, byte ink)
    {
        if (x is >= 0 and < Width && y is >= 0 and < Height) grey[(y * Width) + x] = ink;
    }

    private static byte[] Png(byte[] grey)
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, Width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), Height);
        head[8] = 8;
        Chunk(file, "IHDR"u8, head);
        using var packed = new MemoryStream();
        using (var pack = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var y = 0; y < Height; y++)
            {
                pack.WriteByte(0);
                pack.Write(grey, y * Width, Width);
            }
        }

        Chunk(file, "IDAT"u8, packed.ToArray());
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(kind);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(data, Crc(kind, uint.MaxValue)));
        file.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> data, uint crc)
    {
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xedb88320;
        }

        return crc;
    }
}
