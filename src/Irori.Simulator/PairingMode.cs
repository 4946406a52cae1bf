using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Irori.Simulator;

/// <summary>What a device was told in pairing mode.</summary>
/// <param name="Wifi">The Wi-Fi that it is to join.</param>
/// <param name="ServerName">The host of its server.</param>
/// <param name="Port">The port, for asking where to connect.</param>
public sealed record Paired(string Wifi, string ServerName, int Port)
{
    /// <summary>The address of the server. Old firmware speaks without TLS.</summary>
    public Uri Server(bool plain) => new($"{(plain ? Uri.UriSchemeHttp : Uri.UriSchemeHttps)}://{ServerName}:{Port}");
}

/// <summary>
/// A device in pairing mode, as the Wi-Fi that it opens shows it: it says who it is (<c>GET /device</c>) and takes its Wi-Fi and server
/// (<c>POST /ap</c>), once.
/// </summary>
public sealed class PairingMode : IAsyncDisposable
{
    private const int MaxBody = 1024;

    private readonly WebApplication _app;
    private readonly DevicePlan _plan;
    private readonly bool _old;
    private readonly TaskCompletionSource<Paired> _paired = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PairingMode(DevicePlan plan, IPEndPoint at, bool old)
    {
        _plan = plan;
        _old = old;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "Irori", ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Limits.MaxRequestBodySize = MaxBody;
            k.Listen(at);
        });
        _app = builder.Build();
        _app.MapGet("/device", (RequestDelegate)TellAsync);
        _app.MapPost("/ap", (RequestDelegate)TakeAsync);
    }

    /// <summary>Where it answers.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Lets a device listen in pairing mode; port 0 is a free one.</summary>
    /// <param name="plan">The device.</param>
    /// <param name="at">Where it listens.</param>
    /// <param name="old">True for the oldest firmware, which knows the Wi-Fi by another name.</param>
    /// <param name="cancel">Ends the start.</param>
    public static async Task<PairingMode> StartAsync(DevicePlan plan, IPEndPoint at, bool old = false, CancellationToken cancel = default)
    {
        var mode = new PairingMode(plan, at, old);
        try
        {
            await mode._app.StartAsync(cancel);
            return mode;
        }
        catch
        {
            await mode.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it was told its Wi-Fi and its server.</summary>
    public Task<Paired> PairedAsync(CancellationToken cancel) => _paired.Task.WaitAsync(cancel);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task TellAsync(HttpContext context) => WriteAsync(context, new PairingSelf { DeviceId = _plan.Id, ApiKey = _plan.Key, ChipId = _plan.ChipId }, PairingModeJson.Default.PairingSelf);

    private async Task TakeAsync(HttpContext context)
    {
        var order = await ReadAsync(context);
        var wifi = _old ? order?.OldSsid : order?.Ssid;
        var taken = order is { ServerName.Length: > 0, Password: not null, Port: > 0 and <= ushort.MaxValue } && wifi is { Length: > 0 };
        await WriteAsync(context, new PairingTaken(taken ? 0 : 400), PairingModeJson.Default.PairingTaken);
        await context.Response.CompleteAsync();
        if (taken) _paired.TrySetResult(new Paired(wifi!, order!.ServerName!, order.Port!.Value));
    }

    private static async Task<PairingAsked?> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, PairingModeJson.Default.PairingAsked, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task WriteAsync<T>(HttpContext context, T answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}

/// <summary>Who it is.</summary>
internal sealed record PairingSelf
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    [JsonPropertyName("apikey")]
    public required string ApiKey { get; init; }

    [JsonPropertyName("chipid")]
    public string? ChipId { get; init; }

    [JsonPropertyName("accept")]
    public string Accept => "post";
}

/// <summary>What it is told.</summary>
internal sealed record PairingAsked
{
    [JsonPropertyName("ssid")]
    public string? Ssid { get; init; }

    [JsonPropertyName("SSID")]
    public string? OldSsid { get; init; }

    [JsonPropertyName("password")]
    public string? Password { get; init; }

    [JsonPropertyName("serverName")]
    public string? ServerName { get; init; }

    [JsonPropertyName("port")]
    public int? Port { get; init; }
}

/// <summary>Whether it took it.</summary>
internal sealed record PairingTaken([property: JsonPropertyName("error")] int Error);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(PairingSelf))]
[JsonSerializable(typeof(PairingAsked))]
[JsonSerializable(typeof(PairingTaken))]
internal sealed partial class PairingModeJson : JsonSerializerContext;
