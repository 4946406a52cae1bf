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
        await using var stream = new WebSocketBytes(socket);
        var pipe = new Duplex(
            PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true)), PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)));
        var remote = context.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, context.Connection.RemotePort) : null;
        await endpoint.ServeAsync(new MqttTransport(pipe, remote, context.Request.IsHttps, MqttCarrier.WebSocket, socket.Abort));
        await pipe.Input.CompleteAsync();
        await stream.CloseAsync();
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
