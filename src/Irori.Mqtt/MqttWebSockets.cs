using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Irori.Mqtt.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Irori.Mqtt;

/// <summary>MQTT over WebSocket (MQTT 5, section 6): binary frames, cut anywhere, under one of the registered subprotocols.</summary>
public static class MqttWebSockets
{
    private const int PieceSize = 4 * 1024;
    private static readonly string[] Protocols = ["mqtt", "mqttv3.1"];

    /// <summary>Serves an endpoint at a path. The application must use WebSockets.</summary>
    public static IEndpointConventionBuilder MapMqtt(this IEndpointRouteBuilder routes, string path, MqttEndpoint endpoint) =>
        routes.Map(path, context => ServeAsync(context, endpoint)).WithMetadata(new ExcludeFromDescriptionAttribute());

    private static async Task ServeAsync(HttpContext context, MqttEndpoint endpoint)
    {
        var protocol = context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(p => Protocols.Contains(p, StringComparer.Ordinal));
        if (!context.WebSockets.IsWebSocketRequest || protocol is null)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = protocol, KeepAliveInterval = TimeSpan.Zero });
        await using var frames = WebSocketStream.Create(socket, WebSocketMessageType.Binary);
        // A pipe of its own, because a WebSocket whose reader is called off is broken.
        var input = new Pipe(new PipeOptions(pauseWriterThreshold: 16 * PieceSize, resumeWriterThreshold: 8 * PieceSize, useSynchronizationContext: false));
        var receiving = ReceiveAsync(socket, input.Writer);
        var remote = context.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, context.Connection.RemotePort) : null;
        var pipe = new Duplex(input.Reader, PipeWriter.Create(frames, new StreamPipeWriterOptions(leaveOpen: true)));
        await endpoint.ServeAsync(new MqttTransport(pipe, remote, context.Request.IsHttps, MqttCarrier.WebSocket, socket.Abort));
        await input.Reader.CompleteAsync();
        // The client may take its time for its goodbye; whoever does not say it is cut off by the endpoint.
        await CloseAsync(socket, WebSocketCloseStatus.NormalClosure);
        await receiving;
    }

    private static async Task ReceiveAsync(WebSocket socket, PipeWriter to)
    {
        try
        {
            while (true)
            {
                // No buffer is held while nothing comes.
                var part = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Binary && !part.EndOfMessage) part = await socket.ReceiveAsync(to.GetMemory(PieceSize), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close) break;
                if (part.MessageType == WebSocketMessageType.Text)
                {
                    await CloseAsync(socket, WebSocketCloseStatus.InvalidMessageType);
                    break;
                }

                to.Advance(part.Count);
                // Who reads no more still waits for the goodbye.
                await to.FlushAsync();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The connection is gone.
        }

        await to.CompleteAsync();
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus why)
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(why, "", CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            socket.Abort();
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
