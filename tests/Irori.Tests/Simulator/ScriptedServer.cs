using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Irori.Tests.Simulator;

/// <summary>The server side of the device protocol on a free port, which answers as a test tells it to.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public const string Owner = "0190aaaa-0000-7000-8000-000000000001";

    private readonly Channel<ScriptedLink> _links = Channel.CreateUnbounded<ScriptedLink>();
    private readonly CancellationTokenSource _stop = new();
    private readonly WebApplication _app;
    private readonly bool _secure;

    private ScriptedServer(X509Certificate2? certificate)
    {
        _secure = certificate is not null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l =>
        {
            if (certificate is not null) l.UseHttps(certificate);
        }));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.MapPost("/dispatch/device", DispatchAsync);
        _app.Map("/api/ws", ServeAsync);
    }

    /// <summary>Answers dispatch; by default with this server.</summary>
    public Func<HttpContext, Task>? Dispatch { get; set; }

    /// <summary>Answers a request of a device; null is silence.</summary>
    public Func<JsonObject, JsonObject?> Reply { get; set; } = Accept;

    public ConcurrentQueue<JsonObject> Dispatches { get; } = [];

    public Uri Address => new(_app.Urls.First());

    public static async Task<ScriptedServer> StartAsync(bool secure = false)
    {
        var server = new ScriptedServer(secure ? Certificate() : null);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>What the server says when all is well.</summary>
    public static JsonObject Accept(JsonObject request) => Answer(request, 0, new JsonObject { ["hb"] = 1, ["hbInterval"] = 145 });

    public static JsonObject Answer(JsonObject request, int error, JsonObject? config = null)
    {
        var reply = new JsonObject { ["error"] = error, ["deviceid"] = request["deviceid"]!.DeepClone(), ["apikey"] = Owner, ["d_seq"] = request["d_seq"]!.DeepClone() };
        if (config is not null) reply["config"] = config;
        return reply;
    }

    /// <summary>Accepts everything but gives an action its own answers, one after another, before it is accepted too.</summary>
    public void Script(string action, params Func<JsonObject, JsonObject?>[] answers)
    {
        var queue = new ConcurrentQueue<Func<JsonObject, JsonObject?>>(answers);
        Reply = frame => (string?)frame["action"] == action && queue.TryDequeue(out var answer) ? answer(frame) : Accept(frame);
    }

    /// <summary>The next connection that a device makes.</summary>
    public async Task<ScriptedLink> NextLinkAsync() => await _links.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(ScriptedLink.Patient);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    private async Task DispatchAsync(HttpContext context)
    {
        Dispatches.Enqueue((await JsonNode.ParseAsync(context.Request.Body))!.AsObject());
        if (Dispatch is { } scripted) await scripted(context);
        else await WriteAsync(context, $$"""{"error":0,"reason":"ok","IP":"127.0.0.1","port":{{Address.Port}}}""");
    }

    public static Task WriteAsync(HttpContext context, string body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest || context.Request.IsHttps != _secure) throw new InvalidOperationException("Not a device");
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var link = new ScriptedLink(socket, context);
        _links.Writer.TryWrite(link);
        await link.RunAsync(frame => Reply(frame), _stop.Token);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }
}

/// <summary>One connection of a device, seen from the server.</summary>
internal sealed class ScriptedLink(WebSocket socket, HttpContext context)
{
    public static readonly TimeSpan Patient = TimeSpan.FromSeconds(30);

    private readonly Channel<JsonObject> _frames = Channel.CreateUnbounded<JsonObject>();
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _sending = Task.CompletedTask;

    /// <summary>The next frame of this action; the frames before it are skipped.</summary>
    public Task<JsonObject> NextAsync(string action) => NextAsync(f => (string?)f["action"] == action);

    /// <summary>The next answer to a command.</summary>
    public Task<JsonObject> NextAnswerAsync() => NextAsync(f => f["action"] is null);

    /// <summary>Waits until the connection has ended.</summary>
    public Task EndAsync() => _ended.Task.WaitAsync(Patient);

    public Task CommandAsync(string sequence, string parameters) => SendAsync(
        $$"""{"action":"update","deviceid":"1000000001","apikey":"{{ScriptedServer.Owner}}","userAgent":"app","sequence":"{{sequence}}","ts":0,"from":"app","params":{{parameters}}}""");

    /// <summary>Sends after what is being sent: a socket takes one message at a time.</summary>
    public Task SendAsync(string text)
    {
        lock (_lock) return _sending = SendAsync(_sending, text);
    }

    public Task CloseAsync() => socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    public void Abort() => context.Abort();

    public async Task RunAsync(Func<JsonObject, JsonObject?> reply, CancellationToken cancel)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (await socket.ReceiveAsync(buffer, cancel) is { MessageType: WebSocketMessageType.Text } part)
            {
                var frame = JsonNode.Parse(Encoding.UTF8.GetString(buffer, 0, part.Count))!.AsObject();
                var answer = frame["action"] is null ? null : reply(frame);
                _frames.Writer.TryWrite(frame);
                if (answer is not null) await SendAsync(answer.ToJsonString());
            }

            await CloseAsync();
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // Cut, which a test wanted.
        }
        finally
        {
            _frames.Writer.TryComplete();
            _ended.TrySetResult();
        }
    }

    private async Task SendAsync(Task before, string text)
    {
        await before;
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The device has left; who waits for its answer will see that.
        }
    }

    private async Task<JsonObject> NextAsync(Func<JsonObject, bool> wanted)
    {
        while (true)
        {
            var frame = await _frames.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patient);
            if (wanted(frame)) return frame;
        }
    }
}
