using System.Buffers;

namespace Irori.Mqtt.Packets;

/// <summary>Cuts packets out of what has arrived (MQTT 5, section 2.1).</summary>
internal static class PacketFrame
{
    /// <summary>Largest remaining length that four bytes can say.</summary>
    public const int MaxLength = 268_435_455;

    private const int MaxHead = 5;

    /// <summary>Takes the next whole packet off the buffer; false when there is none yet. Nothing is copied.</summary>
    /// <exception cref="MqttException">It is larger than <paramref name="limit"/> bytes, also when it has not arrived yet; or its length cannot be read.</exception>
    public static bool TryTake(ref ReadOnlySequence<byte> buffer, int limit, out byte head, out ReadOnlySequence<byte> body)
    {
        head = 0;
        body = default;
        Span<byte> copy = stackalloc byte[MaxHead];
        scoped var start = buffer.FirstSpan;
        if (start.Length < MaxHead && !buffer.IsSingleSegment)
        {
            var few = buffer.Slice(0, Math.Min(MaxHead, buffer.Length));
            few.CopyTo(copy);
            start = copy[..(int)few.Length];
        }

        if (start.Length < 2) return false;
        var (length, used) = (0, 1);
        while (true)
        {
            if (used == start.Length) return used == MaxHead ? throw new MqttException(MqttReason.MalformedPacket) : false;
            var digit = start[used];
            length |= (digit & 0x7F) << (7 * (used - 1));
            used++;
            if (digit < 0x80) break;
            if (used == MaxHead) throw new MqttException(MqttReason.MalformedPacket);
        }

        if (used + (long)length > limit) throw new MqttException(MqttReason.PacketTooLarge);
        if (buffer.Length < used + length) return false;
        head = start[0];
        body = buffer.Slice(used, length);
        buffer = buffer.Slice(body.End);
        return true;
    }
}
