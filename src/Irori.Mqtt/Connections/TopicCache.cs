using System.Text;

namespace Irori.Mqtt.Connections;

/// <summary>The topics that a client used last, so that the same bytes become the same text without a new one. Clients have few.</summary>
internal sealed class TopicCache
{
    private const int Size = 4;

    private readonly (byte[] Bytes, string Text)[] _known = new (byte[], string)[Size];
    private int _next;

    public string Get(ReadOnlySpan<byte> topic)
    {
        foreach (var (bytes, text) in _known)
        {
            if (bytes is not null && topic.SequenceEqual(bytes)) return text;
        }

        var made = Encoding.UTF8.GetString(topic);
        _known[_next] = (topic.ToArray(), made);
        _next = (_next + 1) % Size;
        return made;
    }
}
