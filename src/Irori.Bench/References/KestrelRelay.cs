using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Irori.Bench.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Irori.Bench.References;

/// <summary>
/// Bare Kestrel that passes what a device reports to the app that wants it and acknowledges it: no token, no binding, no database, no state, no log. An app
/// names the devices that it wants as <c>first-count</c> in place of its account.
/// </summary>
internal sealed class KestrelRelay
{
    public const string Name = "relay";

    private readonly ConcurrentDictionary<int, Peer> _apps = new();

    public static Task RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        app.UseWebSockets();
        app.MapGet("/", () => "Hello World!");
        app.Map("/api/ws", new KestrelRelay().ServeAsync);
        return app.RunAsync();
    }

    /// <summary>What an app calls itself that wants some devices.</summary>
    public static string AccountOf(int first, int count) => $"{first}-{count}";

    private async Task ServeAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var peer = new Peer(socket);
        var buffer = new byte[1024];
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
                if (part.MessageType == WebSocketMessageType.Close) return;
                await TakeAsync(peer, buffer.AsMemory(0, part.Count));
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The device or app is gone.
        }
    }

    private async Task TakeAsync(Peer peer, ReadOnlyMemory<byte> message)
    {
        using var document = JsonDocument.Parse(message);
        var frame = document.RootElement;
        switch (frame.GetProperty("action").GetString())
        {
            case "userOnline":
                var wanted = frame.GetProperty("apikey").GetString()!.Split('-').Select(int.Parse).ToArray();
                for (var i = 0; i < wanted[1]; i++) _apps[wanted[0] + i] = peer;
                await peer.SendAsync("""{"error":0}""");
                break;
            case "update":
                var id = frame.GetProperty("deviceid").GetString()!;
                await _apps[(int)(long.Parse(id) - DeviceIds.First)].SendAsync(
                    $$"""{"action":"update","deviceid":"{{id}}","apikey":"","userAgent":"device","params":{{frame.GetProperty("params").GetRawText()}}}""");
                await peer.SendAsync($$"""{"error":0,"deviceid":"{{id}}","apikey":"","d_seq":{{frame.GetProperty("d_seq").GetRawText()}}}""");
                break;
            default:
                await peer.SendAsync("""{"error":0,"apikey":""}""");
                break;
        }
    }

    private sealed class Peer(WebSocket socket) : IDisposable
    {
        private readonly SemaphoreSlim _sending = new(1);

        public void Dispose() => _sending.Dispose();

        public async Task SendAsync(string frame)
        {
            await _sending.WaitAsync();
            try
            {
                await socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            }
            finally
            {
                _sending.Release();
            }
        }
    }
}
