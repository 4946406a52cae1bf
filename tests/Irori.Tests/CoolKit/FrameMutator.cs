using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Irori.Tests.CoolKit;

/// <summary>Breaks valid frames in every way in which a frame can be broken; the same seed breaks them in the same way.</summary>
internal sealed class FrameMutator(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A broken copy. Most still parse as JSON, so that they reach what is behind the parser.</summary>
    public byte[] Mutate(string frame) => _random.Next(8) switch
    {
        0 => FlipBits(Encoding.UTF8.GetBytes(frame)),
        1 => Encoding.UTF8.GetBytes(frame[.._random.Next(frame.Length)]),
        2 => Encoding.UTF8.GetBytes(Escape(frame)),
        _ => Encoding.UTF8.GetBytes(Restructure(frame)),
    };

    /// <summary>Cuts a message into the pieces in which it is sent.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Fragment(byte[] message)
    {
        var start = 0;
        while (_random.Next(4) == 0 && start < message.Length)
        {
            var length = _random.Next(message.Length - start + 1);
            yield return message.AsMemory(start, length);
            start += length;
        }

        yield return message.AsMemory(start);
    }

    private byte[] FlipBits(byte[] bytes)
    {
        for (var i = _random.Next(1, 4); i > 0 && bytes.Length > 0; i--) bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
        return bytes;
    }

    private string Escape(string frame)
    {
        string[] escapes = ["\\u0000", "\\ud800", "\\udc00\\ud800", "\\u00e4", "\\\"", "\\n"];
        var quote = frame.LastIndexOf('"');
        return frame.Insert(quote, escapes[_random.Next(escapes.Length)]);
    }

    private string Restructure(string frame)
    {
        var root = JsonNode.Parse(frame)!.AsObject();
        var place = root;
        if (_random.Next(3) == 0 && root.Select(f => f.Value).OfType<JsonObject>().FirstOrDefault(o => o.Count > 0) is { } inner) place = inner;
        var name = place.ElementAt(_random.Next(place.Count)).Key;
        switch (_random.Next(5))
        {
            case 0:
                place.Remove(name);
                break;
            case 1:
                place[name] = Other();
                break;
            case 2:
                place[name] = Deep(_random.Next(1, 80));
                break;
            case 3 when _random.Next(20) == 0:
                place[name] = new string('x', _random.Next(200_000));
                break;
            default:
                place[$"extra{_random.Next(100)}"] = Other();
                break;
        }

        return root.ToJsonString(new JsonSerializerOptions { MaxDepth = 128 });
    }

    private JsonNode? Other() => _random.Next(9) switch
    {
        0 => null,
        1 => _random.Next(),
        2 => -1.5e300,
        3 => true,
        4 => "",
        5 => "käse\t\"\\",
        6 => new JsonArray(1, "a", null),
        7 => new JsonObject { ["a"] = new JsonArray() },
        _ => long.MaxValue,
    };

    private static JsonNode Deep(int levels)
    {
        JsonNode node = 1;
        for (var i = 0; i < levels; i++) node = i % 2 == 0 ? new JsonArray(node) : new JsonObject { ["d"] = node };
        return node;
    }
}
