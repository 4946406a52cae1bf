using System.Buffers;

namespace Irori.Tests.Mqtt;

/// <summary>Random fields of packets; the same seed makes the same.</summary>
internal sealed class Dice(int seed)
{
    private static readonly string[] Words = ["a", "dev2app", "sys", "ü", "设备", "😀", "x y", "$", ""];
    private readonly Random _random = new(seed);

    public int Next(int limit) => _random.Next(limit);

    public int Next(int from, int limit) => _random.Next(from, limit);

    public bool Maybe() => _random.Next(2) == 0;

    public ushort UInt16() => (ushort)_random.Next(ushort.MaxValue + 1);

    public uint UInt32() => (uint)_random.NextInt64(uint.MaxValue + 1L);

    public byte[] Bytes(int most)
    {
        var bytes = new byte[_random.Next(most + 1)];
        _random.NextBytes(bytes);
        return bytes;
    }

    public string Text(int words) => string.Concat(Enumerable.Range(0, _random.Next(words)).Select(_ => Words[_random.Next(Words.Length)]));

    public string Topic() => string.Join('/', Enumerable.Range(0, _random.Next(1, 6)).Select(_ => Words[_random.Next(Words.Length)])) is { Length: > 0 } topic ? topic : "/";

    public string Filter() => (_random.Next(3)) switch { 0 => $"{Topic()}/#", 1 => $"{Topic()}/+/x", _ => Topic() };

    public List<KeyValuePair<string, string>> Pairs() => [.. Enumerable.Range(0, _random.Next(3)).Select(_ => new KeyValuePair<string, string>(Text(4), Text(4)))];

    /// <summary>The same bytes in pieces, some of them empty.</summary>
    public ReadOnlySequence<byte> Cut(byte[] bytes)
    {
        var first = new Piece(bytes.AsMemory(0, 0), null);
        var last = first;
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(_random.Next(4) == 0 ? 0 : _random.Next(1, 1 + (Maybe() ? 3 : 200)), bytes.Length - at);
            last = new Piece(bytes.AsMemory(at, length), last);
            at += length;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null) return;
            before.Next = this;
            RunningIndex = before.RunningIndex + before.Memory.Length;
        }
    }
}
