using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Irori.Bench.References;

/// <summary>
/// Bare Kestrel with the two hops of a command and nothing else: devices connect and name themselves; a POST is handed to the device's
/// WebSocket, and answered when the device has answered. No token, no binding, no database, no log.
/// </summary>
internal sealed class KestrelHops
{
    public const string Name = "kestrel";

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<string, Device> _devices = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _waiting = new();
    private long _sequence;

    public static Task RunAsync(int port, string? certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port, listener =>
        {
            if (certificate is not null) listener.UseHttps(X509Certificate2.CreateFromPemFile(certificate + ".pem", certificate + ".key"));
        }));
        var app = builder.Build();
        var hops = new KestrelHops();
        app.UseWebSockets();
        app.MapGet("/", () => "Hello World!");
        app.Map("/api/ws", hops.ServeAsync);
        app.MapPost("/v2/device/thing/status", hops.CommandAsync);
        return app.RunAsync();
    }

    private async Task CommandAsync(HttpContext context)
    {
        var body = new byte[(int)context.Request.ContentLength!];
        await context.Request.Body.ReadExactlyAsync(body);
        var device = _devices[Text(body, "id"u8)!];
        var sequence = Interlocked.Increment(ref _sequence);
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[sequence] = answered;
        await device.SendAsync(Encoding.UTF8.GetBytes(
            $$$"""{"action":"update","deviceid":"{{{device.Id}}}","apikey":"","userAgent":"app","sequence":"{{{sequence}}}","ts":0,"from":"app","params":{"switch":"on"}}"""));
        await answered.Task.WaitAsync(AnswerLimit);
        var answer = """{"error":0,"msg":"","data":{}}"""u8.ToArray();
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer);
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        Device? device = null;
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
                if (part.MessageType == WebSocketMessageType.Close) return;
                var message = buffer.AsMemory(0, part.Count);
                if (device is null)
                {
                    device = new Device(Text(message.Span, "deviceid"u8)!, socket);
                    _devices[device.Id] = device;
                    await device.SendAsync("""{"error":0,"apikey":""}"""u8.ToArray());
                }
                else if (long.TryParse(Text(message.Span, "sequence"u8), out var sequence) && _waiting.TryRemove(sequence, out var answered)) answered.SetResult();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The device is gone.
        }
        finally
        {
            device?.Dispose();
        }
    }

    private static string? Text(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(name)) continue;
            reader.Read();
            return reader.GetString();
        }

        return null;
    }

    private sealed class Device(string id, WebSocket socket) : IDisposable
    {
        private readonly SemaphoreSlim _sending = new(1);

        public string Id => id;

        public void Dispose() => _sending.Dispose();

        public async Task SendAsync(byte[] frame)
        {
            await _sending.WaitAsync();
            try
            {
                await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            }
            finally
            {
                _sending.Release();
            }
        }
    }
}
