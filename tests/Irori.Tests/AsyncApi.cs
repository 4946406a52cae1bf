using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using YamlDotNet.Serialization;

namespace Irori.Tests;

/// <summary>An AsyncAPI document, to which frames are held.</summary>
internal sealed class AsyncApi
{
    private static readonly ConcurrentDictionary<string, AsyncApi> Known = new(StringComparer.Ordinal);

    private readonly JsonNode _document;

    private AsyncApi(JsonNode document)
    {
        _document = document;
        foreach (var (name, operation) in Operations)
        {
            var (own, reply) = (MessagesOf(operation), operation["reply"] is JsonObject { } answer ? MessagesOf(answer) : []);
            var sends = (string?)operation["action"] switch
            {
                "send" => true,
                "receive" => false,
                var other => throw new InvalidOperationException($"{name} neither sends nor receives: {other}"),
            };
            foreach (var (key, message) in sends ? own : reply) OfServer[key] = message;
            foreach (var (key, message) in sends ? reply : own) OfClient[key] = message;
        }
    }

    /// <summary>What the server sends, by name.</summary>
    public Dictionary<string, JsonSchema> OfServer { get; } = new(StringComparer.Ordinal);

    /// <summary>What clients send, by name.</summary>
    public Dictionary<string, JsonSchema> OfClient { get; } = new(StringComparer.Ordinal);

    /// <summary>Every operation by its name.</summary>
    public IEnumerable<(string Name, JsonObject Operation)> Operations => _document["operations"]!.AsObject().Select(o => (o.Key, o.Value!.AsObject()));

    /// <summary>What clients ask on a channel, each by the name of its message: the schema of its payload, with nothing referred to. <paramref name="by"/>: the field that says what.</summary>
    public IReadOnlyDictionary<string, JsonObject> AskedOn(string channel, string by = "action") => Operations
        .Where(o => (string?)o.Operation["action"] == "receive" && ((string)o.Operation["channel"]!["$ref"]!).EndsWith($"/{channel}", StringComparison.Ordinal))
        .SelectMany(o => o.Operation["messages"]!.AsArray())
        .Select(m => (Name: ((string)m!["$ref"]!).Split('/')[^1], Payload: Whole(Whole(m)["payload"]!).AsObject()))
        .Where(m => m.Payload["properties"]?[by] is not null)
        .ToDictionary(m => m.Name, m => m.Payload);

    /// <summary>The document of a name.</summary>
    public static AsyncApi Of(string name) => Known.GetOrAdd(name, n =>
    {
        var yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(File.ReadAllText(Path.Combine(Repository.Root, "docs", "asyncapi", $"{n}.yaml")));
        return new AsyncApi(JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(yaml))!);
    });

    /// <summary>The name of the message that a text is, of those given; null when it is none.</summary>
    public static string? NameOf(Dictionary<string, JsonSchema> messages, string text)
    {
        using var frame = text.StartsWith('{') ? JsonDocument.Parse(text) : JsonSerializer.SerializeToDocument(text);
        var node = Plain(frame.RootElement);
        return messages.FirstOrDefault(m => m.Value.Evaluate(node).IsValid).Key;
    }

    // A name may stand twice in what a server passes on; the last counts.
    private static JsonNode? Plain(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array) return new JsonArray([.. element.EnumerateArray().Select(Plain)]);
        if (element.ValueKind != JsonValueKind.Object) return element.ValueKind == JsonValueKind.Null ? null : JsonValue.Create(element);
        var node = new JsonObject();
        foreach (var property in element.EnumerateObject()) node[property.Name] = Plain(property.Value);
        return node;
    }

    private IEnumerable<(string Name, JsonSchema Payload)> MessagesOf(JsonNode operation) => operation["messages"]!.AsArray().Select(m =>
    {
        var name = ((string)m!["$ref"]!).Split('/')[^1];
        return (name, JsonSerializer.Deserialize<JsonSchema>(Whole(Whole(m)["payload"]!))!);
    });

    // With what a reference refers to in its place.
    private JsonNode Whole(JsonNode node) => node switch
    {
        JsonObject o when o["$ref"] is { } to => Whole(Find((string)to!)),
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, p.Value is { } value ? Whole(value) : null))),
        JsonArray a => new JsonArray([.. a.Select(v => v is null ? null : Whole(v))]),
        _ => node.DeepClone(),
    };

    private JsonNode Find(string path) =>
        path.Split('/').Skip(1).Aggregate(_document, (at, part) => at[part] ?? throw new InvalidOperationException($"{path} is not there"));
}
