using System.Text.Json.Nodes;

namespace Irori.Tests.CoolKit;

/// <summary>A parameter of an operation.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Required">Whether it must be there.</param>
/// <param name="Type">string, integer, boolean, object or array.</param>
/// <param name="Sample">A value of the right type.</param>
internal sealed record Field(string Name, bool Required, string Type, JsonNode Sample);

/// <summary>
/// An operation as the OpenAPI document describes it. What holds for every operation is tested with this list, so that a new one is tested
/// from its first day.
/// </summary>
internal sealed record Operation(string Id, HttpMethod Method, string Path, string Authorization, IReadOnlyList<Field> Fields)
{
    private static readonly JsonObject Document = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(Repository.Root, "docs/openapi/coolkit-v2.json")))!.AsObject();

    /// <summary>Every operation in the vendor's envelope.</summary>
    public static IReadOnlyDictionary<string, Operation> All { get; } = Read().ToDictionary(o => o.Id);

    /// <summary>The app may sign it.</summary>
    public bool TakesSignature => Authorization.StartsWith("Sign", StringComparison.Ordinal);

    /// <summary>It takes an access token.</summary>
    public bool TakesToken => Authorization.Contains("Bearer", StringComparison.Ordinal);

    /// <summary>It takes an access token that is too old, too.</summary>
    public bool TakesOldToken => Authorization.Contains("too old", StringComparison.Ordinal);

    public bool TakesBody => Method == HttpMethod.Post || Method == HttpMethod.Put;

    /// <summary>A request with every required field, and those optional ones that are asked for.</summary>
    public JsonObject Sample(bool optional = false) =>
        new(Fields.Where(f => f.Required || optional).Select(f => KeyValuePair.Create<string, JsonNode?>(f.Name, f.Sample.DeepClone())));

    /// <summary>The call with these values, where they belong, without authorization.</summary>
    public Call Call(JsonObject values)
    {
        if (TakesBody) return new Call(Method, Path) { Body = values.ToJsonString() };
        var query = QueryOf(values);
        return new Call(Method, query.Length > 0 ? $"{Path}?{query}" : Path);
    }

    /// <summary>The call as this app authorizes it: by its signature where that is taken, else by its token.</summary>
    public Call Authorize(CoolKitApp app, Call call) => TakesSignature ? Sign(app, call) : Bear(app, call);

    public static Call Sign(CoolKitApp app, Call call) => call with { AppId = app.AppId, Authorization = $"Sign {app.Sign(Signed(call))}" };

    public static Call Bear(CoolKitApp app, Call call) => call with { AppId = app.AppId, Authorization = $"Bearer {app.Token}" };

    public Task<JsonObject> SendAsync(CoolKitApp app, JsonObject values) => app.SendAsync(Authorize(app, Call(values)));

    private static string Signed(Call call)
    {
        if (call.Method != HttpMethod.Get) return call.Body ?? "";
        var start = call.Path.IndexOf('?', StringComparison.Ordinal);
        return start < 0 ? "" : Uri.UnescapeDataString(call.Path[(start + 1)..]);
    }

    private static string QueryOf(JsonObject values) =>
        string.Join('&', values.Where(v => v.Value is not null).Select(v => $"{v.Key}={Uri.EscapeDataString(v.Value!.ToString())}"));

    private static IEnumerable<Operation> Read()
    {
        foreach (var (path, methods) in Document["paths"]!.AsObject())
        {
            if (!path.StartsWith("/v2/", StringComparison.Ordinal)) continue;
            foreach (var (method, operation) in methods!.AsObject())
            {
                var parameters = operation!["parameters"]!.AsArray();
                var authorization = (string)parameters.Single(p => (string)p!["name"]! == "Authorization")!["description"]!;
                var body = operation["requestBody"]?["content"]?["application/json"]?["schema"];
                var fields = body is null ? parameters.Where(p => (string)p!["in"]! == "query").Select(p => FieldOf((string)p!["name"]!, (bool?)p["required"] ?? false, p["schema"]!)) : FieldsOf(body);
                yield return new Operation((string)operation["operationId"]!, HttpMethod.Parse(method), path, authorization, [.. fields]);
            }
        }
    }

    private static IEnumerable<Field> FieldsOf(JsonNode schema)
    {
        var type = Resolve(schema);
        var required = type["required"]?.AsArray().Select(r => (string)r!).ToHashSet() ?? [];
        return type["properties"]?.AsObject().Select(p => FieldOf(p.Key, required.Contains(p.Key), p.Value!)) ?? [];
    }

    private static Field FieldOf(string name, bool required, JsonNode schema)
    {
        var resolved = Resolve(schema);
        var type = resolved["type"] is JsonArray types ? types.Select(t => (string)t!).Single(t => t != "null") : (string)resolved["type"]!;
        return new Field(name, required, type, SampleOf(type, resolved));
    }

    private static JsonNode SampleOf(string type, JsonNode schema) => type switch
    {
        "string" => "x",
        "integer" or "number" => 1,
        "boolean" => true,
        "array" => new JsonArray(SampleOf((string?)Resolve(schema["items"]!)["type"] ?? "object", Resolve(schema["items"]!))),
        "object" => new JsonObject(FieldsOf(schema).Where(f => f.Required).Select(f => KeyValuePair.Create<string, JsonNode?>(f.Name, f.Sample.DeepClone()))),
        _ => throw new InvalidOperationException($"What is a sample of {type}?"),
    };

    private static JsonNode Resolve(JsonNode schema)
    {
        if (schema["oneOf"] is JsonArray choices) return Resolve(choices.Single(c => (string?)c!["type"] != "null")!);
        return schema["$ref"] is { } reference ? Document["components"]!["schemas"]![((string)reference!).Split('/')[^1]]! : schema;
    }
}
