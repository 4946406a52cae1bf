using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Irori.Tests.Gizwits;

/// <summary>An answer with its HTTP status.</summary>
internal sealed record GizwitsAnswer(HttpStatusCode Status, JsonNode Body)
{
    /// <summary>The vendor's code; 0 for a success.</summary>
    public int Code => Body is JsonObject fields && fields["error_code"] is { } code ? (int)code : 0;

    /// <summary>Status and code, for one comparison.</summary>
    public (int Status, int Code) Error => ((int)Status, Code);

    public JsonNode? this[string name] => Body[name];
}

/// <summary>An app that speaks the Gizwits Open API, as the vendor's document says, header by header.</summary>
internal sealed class GizwitsApp(Uri server, string appId, string appSecret) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server };

    public string AppId => appId;

    public string? Token { get; set; }

    public string? Uid { get; private set; }

    /// <summary>Signs up with a name.</summary>
    public async Task<GizwitsAnswer> RegisterAsync(string name, string password)
    {
        var answer = await SendAsync(HttpMethod.Post, "/app/users", new JsonObject { ["username"] = name, ["password"] = password });
        Take(answer);
        return answer;
    }

    public async Task<GizwitsAnswer> LoginAsync(string username, string password)
    {
        var answer = await SendAsync(HttpMethod.Post, "/app/login", new JsonObject { ["username"] = username, ["password"] = password });
        Take(answer);
        return answer;
    }

    /// <summary>Goes on with the token of an answer, where it has one.</summary>
    public void Take(GizwitsAnswer answer)
    {
        if (answer.Code != 0) return;
        Token = (string)answer["token"]!;
        Uid = (string)answer["uid"]!;
    }

    /// <summary>A token of the app itself.</summary>
    public async Task<string> AppTokenAsync() =>
        (string)(await SendAsync(HttpMethod.Post, "/app/request_token", null, ("X-Gizwits-Application-Auth", Md5(appId + appSecret))))["token"]!;

    public Task<GizwitsAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<GizwitsAnswer> PostAsync(string path, JsonNode? body = null, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, body, headers);

    public Task<GizwitsAnswer> PutAsync(string path, JsonNode? body = null) => SendAsync(HttpMethod.Put, path, body);

    public Task<GizwitsAnswer> DeleteAsync(string path, JsonNode? body = null) => SendAsync(HttpMethod.Delete, path, body);

    /// <summary>Sends the app's id and the token, unless a header is given: an empty one is left out.</summary>
    public async Task<GizwitsAnswer> SendAsync(HttpMethod method, string path, JsonNode? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        var said = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["X-Gizwits-Application-Id"] = appId, ["X-Gizwits-User-token"] = Token ?? "" };
        foreach (var (name, value) in headers) said[name] = value;
        foreach (var (name, value) in said.Where(h => h.Value.Length > 0)) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new GizwitsAnswer(response.StatusCode, JsonNode.Parse(text)!);
    }

    [SuppressMessage("Security", "CA5351", Justification = "The vendor's wire asks for it")]
    public static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    public void Dispose() => _http.Dispose();
}
