using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>A parameter of an operation.</summary>
/// <param name="Name">Its name on the wire; within a list or an object, its path.</param>
/// <param name="Required">Whether it must be there.</param>
/// <param name="Type">string, integer, number, boolean, object or array.</param>
/// <param name="Sample">A value of the right type.</param>
internal sealed record Field(string Name, bool Required, string Type, JsonNode Sample)
{
    /// <summary>What an object, or an element of a list, consists of.</summary>
    public IReadOnlyList<Field> Parts { get; init; } = [];

    /// <summary>A list may be sent where the document has an object.</summary>
    public bool OrArray { get; init; }
}

/// <summary>
/// An operation as the OpenAPI documents of both versions describe it. What holds for every operation is tested with this list, so that a new one is
/// tested from its first day.
/// </summary>
internal sealed record Operation(string Id, HttpMethod Method, string Path, string Authorization, IReadOnlyList<Field> Fields)
{
    // What every call of v1 carries; the app's id is no parameter here, because it belongs to the authorization.
    private const string AppId = "appid";

    /// <summary>Every operation of v2, in the vendor's envelope.</summary>
    public static IReadOnlyDictionary<string, Operation> OfV2 { get; } = new Document("coolkit-v2").Read(version: 2, "/v2/").ToDictionary(o => o.Id);

    /// <summary>Every operation of v1.</summary>
    public static IReadOnlyDictionary<string, Operation> OfV1 { get; } = new Document("coolkit-v1").Read(version: 1, "/api/").ToDictionary(o => o.Id);

    /// <summary>Every operation of both versions.</summary>
    public static IReadOnlyDictionary<string, Operation> All { get; } = OfV2.Concat(OfV1).ToDictionary(o => o.Key, o => o.Value);

    /// <summary>1 or 2.</summary>
    public required int Version { get; init; }

    /// <summary>It fails with a number in <c>code</c> and a text in <c>error</c> (v1, adding).</summary>
    public required bool FailsByCode { get; init; }

    /// <summary>The app may sign it.</summary>
    public bool TakesSignature => Authorization.StartsWith("Sign", StringComparison.Ordinal);

    /// <summary>It takes an access token.</summary>
    public bool TakesToken => Authorization.Contains("Bearer", StringComparison.Ordinal);

    /// <summary>It takes an access token that is too old, too.</summary>
    public bool TakesOldToken => Authorization.Contains("too old", StringComparison.Ordinal);

    public bool TakesBody => Method == HttpMethod.Post || Method == HttpMethod.Put;

    /// <summary>The code for a signature that is missing or wrong: 401 in v1, but 406 at the sign-in.</summary>
    public int BadSignature => Version == 2 || Id == "loginUserV1" ? 406 : 401;

    /// <summary>The code for an app that may not call: 401 in v1, but 406 at the sign-in.</summary>
    public int AppRefused => Version == 2 ? 407 : BadSignature;

    /// <summary>The code for an access token that is too old: only v2 tells it apart.</summary>
    public int Expired => Version == 2 ? 402 : 401;

    /// <summary>A request with every required field, and those optional ones that are asked for.</summary>
    public JsonObject Sample(bool optional = false) =>
        new(Fields.Where(f => f.Required || optional).Select(f => KeyValuePair.Create<string, JsonNode?>(f.Name, f.Sample.DeepClone())));

    /// <summary>The call with these values, where they belong, without authorization.</summary>
    public Call Call(JsonObject values)
    {
        if (TakesBody) return new Call(Method, Path) { Body = values.ToJsonString() };
        var query = string.Join('&', values.Where(v => v.Value is not null).Select(v => $"{v.Key}={Uri.EscapeDataString(v.Value!.ToString())}"));
        return new Call(Method, query.Length > 0 ? $"{Path}?{query}" : Path);
    }

    /// <summary>The call in the name of an app: in a header, in v1 among the parameters.</summary>
    public Call Named(Call call, string appId) => Version == 2
        ? call with { AppId = appId }
        : call with { Path = $"{call.Path}{(call.Path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{AppId}={appId}" };

    /// <summary>The call as this app authorizes it: by its signature where that is taken, else by its token.</summary>
    public Call Authorize(CoolKitApp app, Call call) => TakesSignature ? Sign(app, call) : Bear(app, call);

    public Call Sign(CoolKitApp app, Call call) => Signed(app, Named(call, app.AppId));

    public Call Bear(CoolKitApp app, Call call) => Named(call, app.AppId) with { Authorization = $"Bearer {app.Token}" };

    public Task<JsonObject> SendAsync(CoolKitApp app, JsonObject values) => app.SendAsync(Authorize(app, Call(values)));

    /// <summary>The code of an answer; 0 for a success.</summary>
    public int ErrorOf(JsonObject answer) => FailsByCode ? (int?)answer["code"] ?? 0 : (int?)answer["error"] ?? 0;

    /// <summary>The sentence of an error, of the shape of this operation and without anything else in it.</summary>
    public string ReasonOf(JsonObject answer)
    {
        string[] shape = Version == 2 ? ["error", "msg", "data"] : FailsByCode ? ["code", "error"] : ["error", "msg", "errmsg"];
        answer.Select(p => p.Key).ShouldBe(shape, answer.ToJsonString());
        if (Version == 2) answer["data"]!.AsObject().Count.ShouldBe(0);
        return (string)answer[FailsByCode ? "error" : "msg"]!;
    }

    /// <summary>With a signature over the call as it is.</summary>
    public static Call Signed(CoolKitApp app, Call call)
    {
        var start = call.Path.IndexOf('?', StringComparison.Ordinal);
        var text = call.Method != HttpMethod.Get ? call.Body ?? "" : start < 0 ? "" : Uri.UnescapeDataString(call.Path[(start + 1)..]);
        return call with { Authorization = $"Sign {app.Sign(text)}" };
    }

    /// <summary>A document that the code makes.</summary>
    private sealed class Document(string name)
    {
        private readonly JsonObject _root = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(Repository.Root, "docs/openapi", $"{name}.json")))!.AsObject();

        public IEnumerable<Operation> Read(int version, string under)
        {
            foreach (var (path, methods) in _root["paths"]!.AsObject().Where(p => p.Key.StartsWith(under, StringComparison.Ordinal)))
            {
                foreach (var (method, operation) in methods!.AsObject())
                {
                    var parameters = operation!["parameters"]!.AsArray();
                    var authorization = (string)parameters.Single(p => (string)p!["name"]! == "Authorization")!["description"]!;
                    var body = operation["requestBody"]?["content"]?["application/json"]?["schema"];
                    var fields = body is null
                        ? parameters.Where(p => (string)p!["in"]! == "query").Select(p => FieldOf((string)p!["name"]!, (bool?)p["required"] ?? false, p["schema"]!))
                        : FieldsOf(body);
                    yield return new Operation(
                        (string)operation["operationId"]!,
                        HttpMethod.Parse(method),
                        path.Replace("{deviceid}", "1000abcdef", StringComparison.Ordinal),
                        authorization,
                        // What stands in the path is not looked for in the body.
                        [.. fields.Where(f => f.Name != AppId && !path.Contains($"{{{f.Name}}}", StringComparison.Ordinal))])
                    {
                        Version = version,
                        FailsByCode = operation["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["anyOf"]?.AsArray().Any(s => s!["properties"]?["code"] is not null) ?? false,
                    };
                }
            }
        }

        private IEnumerable<Field> FieldsOf(JsonNode schema, string within = "")
        {
            var type = Resolve(schema);
            var required = type["required"]?.AsArray().Select(r => (string)r!).ToHashSet() ?? [];
            return type["properties"]?.AsObject().Select(p => FieldOf(within + p.Key, required.Contains(p.Key), p.Value!)) ?? [];
        }

        private Field FieldOf(string name, bool required, JsonNode schema)
        {
            var resolved = Resolve(schema);
            var types = TypesOf(resolved);
            var parts = types[0] switch
            {
                "object" => FieldsOf(resolved, $"{name}."),
                "array" => FieldsOf(resolved["items"]!, $"{name}[0]."),
                _ => [],
            };
            return new Field(name, required, types[0], SampleOf(types[0], resolved)) { Parts = [.. parts], OrArray = types is ["object", "array"] };
        }

        private JsonNode SampleOf(string type, JsonNode schema) => type switch
        {
            "string" => "x",
            "integer" or "number" => 1,
            "boolean" => true,
            "array" => new JsonArray(SampleOf(TypesOf(Resolve(schema["items"]!))[0], Resolve(schema["items"]!))),
            "object" => new JsonObject(FieldsOf(schema).Where(f => f.Required).Select(f => KeyValuePair.Create<string, JsonNode?>(f.Name, f.Sample.DeepClone()))),
            _ => throw new InvalidOperationException($"What is a sample of {type}?"),
        };

        // An object before a list, where a field may be either.
        private static string[] TypesOf(JsonNode schema) => schema["type"] switch
        {
            JsonArray types => [.. types.Select(t => (string)t!).Where(t => t != "null").OrderByDescending(t => t == "object")],
            { } type => [(string)type!],
            null => ["object"],
        };

        private JsonNode Resolve(JsonNode schema)
        {
            if (schema["oneOf"] is JsonArray choices) return Resolve(choices.Single(c => (string?)c!["type"] != "null")!);
            return schema["$ref"] is { } reference ? _root["components"]!["schemas"]![((string)reference!).Split('/')[^1]]! : schema;
        }
    }
}
