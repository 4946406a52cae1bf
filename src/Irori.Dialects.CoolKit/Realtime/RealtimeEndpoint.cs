using System.Net.WebSockets;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Installation;
using Irori.Core.Limits;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Irori.Dialects.CoolKit.Realtime;

/// <summary>
/// The long connection of apps and devices, at one address: the first frame says which it is (CoolKit v2, realtime control). Liveness is
/// checked by WebSocket pings of the server after <see cref="Quiet"/>, because old firmware sends only pings, which no application sees.
/// </summary>
internal sealed partial class RealtimeEndpoint(
    AppConnection.Services apps, DeviceConnection.Services devices, CallLimiter limits, TimeProvider time, ILogger<RealtimeEndpoint> log)
{
    /// <summary>Seconds between two heartbeats that clients are asked for.</summary>
    public const int HeartbeatSeconds = 145;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PongLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstFrameLimit = TimeSpan.FromSeconds(20);

    public void Map(IEndpointRouteBuilder routes) => routes.Map("/api/ws", ServeAsync).WithMetadata(new ExcludeFromDescriptionAttribute());

    /// <summary>Parses a frame; null when it is not a JSON object.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> message)
    {
        var document = JsonText.Parse(message);
        if (document?.RootElement.ValueKind == JsonValueKind.Object) return document;
        document?.Dispose();
        return null;
    }

    /// <summary>True for the text heartbeat of apps.</summary>
    public static bool IsPing(ReadOnlySpan<byte> message) => message.SequenceEqual("ping"u8);

    private async Task ServeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Operations.FailAsync(context, CoolKitFaults.NoSuchOperation, new(Core.FaultKind.NotVisible, "This address is for WebSocket connections"));
            return;
        }

        if (limits.Connects(context.Connection.RemoteIpAddress) is { } crowded)
        {
            Dispatch.SayBusy(context);
            await Operations.FailAsync(context, CoolKitFaults.OfHttp(crowded), crowded);
            return;
        }

        using var accepted = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = Quiet, KeepAliveTimeout = PongLimit });
        using var socket = new Socket(accepted, limits.NewPace(), time);
        try
        {
            await GreetAsync(context, socket);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.Failed(log, e);
            await socket.CloseAsync(WebSocketCloseStatus.InternalServerError, "The server failed");
        }

        await socket.FinishAsync();
    }

    private async Task GreetAsync(HttpContext context, Socket socket)
    {
        var cancel = context.RequestAborted;
        var ip = context.Connection.RemoteIpAddress?.ToString();
        using var limit = new CancellationTokenSource(FirstFrameLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        while (await socket.ReceiveAsync(both.Token) is { } message)
        {
            if (IsPing(message.Span))
            {
                await socket.SendAsync("pong"u8.ToArray(), cancel);
                continue;
            }

            using var frame = Parse(message);
            var head = frame is null ? default : FrameHead.Of(frame.RootElement);
            switch (head.Action)
            {
                case "userOnline" when context.Features.Get<OldListener>() is null:
                    using (var app = new AppConnection(apps, socket, ip)) await app.RunAsync(frame!, head, cancel);
                    return;
                case "register":
                    await new DeviceConnection(devices, socket, ip).RunAsync(frame!, head, cancel);
                    return;
                default:
                    // Before the handshake, nothing is answered but that it is missing.
                    await socket.SendAsync(FrameWriter.Answer(head, CoolKitFaults.Refused, null, w => w.WriteString("reason", "Authentication Failed")), cancel);
                    await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "The first frame must be userOnline or register");
                    return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5011, LogLevel.Error, "A long connection failed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
