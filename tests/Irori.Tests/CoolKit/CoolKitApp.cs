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

    /// <summary>The login of the person, where it is an address.</summary>
    public string Email { get; init; } = "";

    public string? Token { get; set; }

    public string? RefreshToken { get; set; }

    public string? Apikey { get; set; }

    /// <summary>When the last answer asked to come back.</summary>
    public TimeSpan? RetryAfter { get; private set; }

    public async Task<JsonObject> LoginAsync(string email, string password)
    {
        var answer = await SignedAsync("/v2/user/login", new JsonObject { ["countryCode"] = "+49", ["email"] = email, ["password"] = password });
        Take(answer);
        return answer;
    }

    /// <summary>Goes on with the tokens of an answer, where it has some.</summary>
    public void Take(JsonObject answer)
    {
        if (answer["data"]?["at"] is not { } token) return;
        Token = (string)token!;
        RefreshToken = (string)answer["data"]!["rt"]!;
        Apikey = (string?)answer["data"]!["user"]?["apikey"] ?? Apikey;
    }

    /// <summary>POST with the app's signature over the exact body.</summary>
    public Task<JsonObject> SignedAsync(string path, JsonNode body)
    {
        var text = body.ToJsonString();
        return SendAsync(new Call(HttpMethod.Post, path) { Body = text, Authorization = $"Sign {Sign(text)}", AppId = AppId });
    }

    public Task<JsonObject> SignedGetAsync(string path, string query) =>
        SendAsync(new Call(HttpMethod.Get, $"{path}?{query}") { Authorization = $"Sign {Sign(Uri.UnescapeDataString(query))}", AppId = AppId });

    public Task<JsonObject> GetAsync(string path) => BearerAsync(HttpMethod.Get, path, null);

    public Task<JsonObject> PostAsync(string path, JsonNode body) => BearerAsync(HttpMethod.Post, path, body);

    public Task<JsonObject> PutAsync(string path, JsonNode body) => BearerAsync(HttpMethod.Put, path, body);

    public Task<JsonObject> DeleteAsync(string path, JsonNode? body = null) => BearerAsync(HttpMethod.Delete, path, body);

    /// <summary>Sends what the call says and nothing else.</summary>
    public async Task<JsonObject> SendAsync(Call call)
    {
        using var request = new HttpRequestMessage(call.Method, call.Path);
        if (call.Body is { } body)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(call.ContentType);
            if (call.Chunked) request.Headers.TransferEncodingChunked = true;
        }

        Add(request, "X-CK-Appid", call.AppId);
        Add(request, "X-CK-Nonce", call.Nonce);
        Add(request, "Authorization", call.Authorization);
        Add(request, "Date", call.Date);
        Add(request, "X-Forwarded-For", call.ForwardedFor);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if ((int)response.StatusCode != 200) throw new InvalidOperationException($"HTTP {(int)response.StatusCode}: {text}");
        RetryAfter = response.Headers.RetryAfter?.Delta;
        return JsonNode.Parse(text)!.AsObject();
    }

    public string Sign(string text) => Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(appSecret), Encoding.UTF8.GetBytes(text)));

    public void Dispose() => _http.Dispose();

    private static void Add(HttpRequestMessage request, string name, string? value)
    {
        if (value is not null) request.Headers.TryAddWithoutValidation(name, value);
    }

    private Task<JsonObject> BearerAsync(HttpMethod method, string path, JsonNode? body) =>
        SendAsync(new Call(method, path) { Body = body?.ToJsonString(), Authorization = $"Bearer {Token}", AppId = AppId });

    /// <summary>The proof of possession that device.add asks for.</summary>
    public static string Digest(string deviceId, string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(deviceId + key)));
}
