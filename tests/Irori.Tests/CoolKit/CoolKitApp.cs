using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Irori.Tests.CoolKit;

/// <summary>An app that speaks CoolKit v2, as the vendor's document says, byte by byte.</summary>
internal sealed class CoolKitApp(Uri server, string appId, string appSecret) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server };

    public string AppId => appId;

    public string? Token { get; set; }

    public string? RefreshToken { get; set; }

    public string? Apikey { get; set; }

    public async Task<JsonObject> LoginAsync(string email, string password)
    {
        var answer = await SignedAsync("/v2/user/login", new JsonObject { ["countryCode"] = "+49", ["email"] = email, ["password"] = password });
        if ((int)answer["error"]! != 0) return answer;
        Token = (string)answer["data"]!["at"]!;
        RefreshToken = (string)answer["data"]!["rt"]!;
        Apikey = (string)answer["data"]!["user"]!["apikey"]!;
        return answer;
    }

    /// <summary>POST with the app's signature over the exact body.</summary>
    public Task<JsonObject> SignedAsync(string path, JsonNode body)
    {
        var text = body.ToJsonString();
        return SendAsync(HttpMethod.Post, path, text, $"Sign {Sign(text)}");
    }

    public Task<JsonObject> SignedGetAsync(string path, string query) => SendAsync(HttpMethod.Get, $"{path}?{query}", null, $"Sign {Sign(query)}");

    public Task<JsonObject> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, $"Bearer {Token}");

    public Task<JsonObject> PostAsync(string path, JsonNode body) => SendAsync(HttpMethod.Post, path, body.ToJsonString(), $"Bearer {Token}");

    public Task<JsonObject> DeleteAsync(string path, JsonNode? body = null) => SendAsync(HttpMethod.Delete, path, body?.ToJsonString(), $"Bearer {Token}");

    public async Task<JsonObject> SendAsync(HttpMethod method, string path, string? body, string? authorization, string? nonce = "abcd1234", bool withApp = true)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        if (withApp) request.Headers.TryAddWithoutValidation("X-CK-Appid", appId);
        if (nonce is not null) request.Headers.TryAddWithoutValidation("X-CK-Nonce", nonce);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if ((int)response.StatusCode != 200) throw new InvalidOperationException($"HTTP {(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!.AsObject();
    }

    public string Sign(string text) => Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(appSecret), Encoding.UTF8.GetBytes(text)));

    public void Dispose() => _http.Dispose();

    /// <summary>The proof of possession that device.add asks for.</summary>
    public static string Digest(string deviceId, string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(deviceId + key)));
}
