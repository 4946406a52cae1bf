using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>An app that speaks CoolKit v1: the app's id, nonce, time and version go with the parameters of every call.</summary>
internal sealed class V1App(CoolKitApp app)
{
    public string? Token { get; set; }

    public string? RefreshToken { get; set; }

    public string? Apikey { get; private set; }

    /// <summary>A person of a test, signed in by v1 as well.</summary>
    public static async Task<V1App> SignInAsync(CoolKitApp app)
    {
        var v1 = new V1App(app);
        (await v1.LoginAsync(app.Email)).ContainsKey("error").ShouldBeFalse();
        return v1;
    }

    public async Task<JsonObject> LoginAsync(string email, string password = CoolKitHouse.Password)
    {
        var answer = await SignedAsync("/api/user/login", new JsonObject { ["email"] = email, ["phoneNumber"] = null, ["password"] = password });
        Take(answer);
        return answer;
    }

    /// <summary>Goes on with the tokens of an answer, where it has some.</summary>
    public void Take(JsonObject answer)
    {
        if (answer["at"] is not { } token) return;
        Token = (string)token!;
        RefreshToken = (string)answer["rt"]!;
        Apikey = (string)answer["user"]!["apikey"]!;
    }

    /// <summary>POST with the app's signature over the exact body; clients send it as text.</summary>
    public Task<JsonObject> SignedAsync(string path, JsonObject values)
    {
        var text = With(values).ToJsonString();
        return app.SendAsync(new Call(HttpMethod.Post, path) { Body = text, Authorization = $"Sign {app.Sign(text)}", ContentType = "text/plain", Nonce = null });
    }

    /// <summary>GET with the app's signature over the sorted query.</summary>
    public Task<JsonObject> SignedGetAsync(string path, JsonObject values)
    {
        var pairs = With(values).Select(v => (v.Key, Value: v.Value!.ToString())).OrderBy(v => v.Key, StringComparer.Ordinal).ToList();
        var signature = app.Sign(string.Join('&', pairs.Select(p => $"{p.Key}={p.Value}")));
        return app.SendAsync(new Call(HttpMethod.Get, $"{path}?{Query(pairs)}") { Authorization = $"Sign {signature}", Nonce = null });
    }

    public Task<JsonObject> GetAsync(string path, JsonObject? values = null) => QueryAsync(HttpMethod.Get, path, values);

    public Task<JsonObject> DeleteAsync(string path, JsonObject? values = null) => QueryAsync(HttpMethod.Delete, path, values);

    public Task<JsonObject> PostAsync(string path, JsonObject values) => BodyAsync(HttpMethod.Post, path, values);

    public Task<JsonObject> PutAsync(string path, JsonObject values) => BodyAsync(HttpMethod.Put, path, values);

    private Task<JsonObject> BodyAsync(HttpMethod method, string path, JsonObject values) =>
        app.SendAsync(new Call(method, path) { Body = With(values).ToJsonString(), Authorization = $"Bearer {Token}", Nonce = null });

    private Task<JsonObject> QueryAsync(HttpMethod method, string path, JsonObject? values)
    {
        var query = Query(With(values ?? []).Select(v => (v.Key, v.Value!.ToString())));
        return app.SendAsync(new Call(method, $"{path}?{query}") { Authorization = $"Bearer {Token}", Nonce = null });
    }

    private static string Query(IEnumerable<(string Key, string Value)> pairs) =>
        string.Join('&', pairs.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));

    private JsonObject With(JsonObject values)
    {
        var all = values.DeepClone().AsObject();
        all["appid"] ??= app.AppId;
        all["nonce"] = "asbsedwq";
        all["ts"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        all["version"] = 8;
        return all;
    }

    /// <summary>A moment as v1 writes it.</summary>
    public static DateTimeOffset Time(JsonNode? text) => DateTimeOffset.ParseExact((string)text!, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
