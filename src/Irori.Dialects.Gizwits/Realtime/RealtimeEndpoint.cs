using System.Net.WebSockets;
using Irori.Core;
using Irori.Core.Limits;
using Irori.Dialects.Gizwits.Wire;
using Irori.Dialects.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Irori.Dialects.Gizwits.Realtime;

/// <summary>The long connection of apps, on the ports that bindings name. The application's heartbeat is the app's; the server's own pings find a phone that is gone sooner.</summary>
internal sealed partial class RealtimeEndpoint(AppConnection.Services services, ILogger<RealtimeEndpoint> log)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PongLimit = TimeSpan.FromSeconds(30);

    public void Map(IEndpointRouteBuilder routes) => routes.Map("/ws/app/v1", ServeAsync).WithMetadata(new ExcludeFromDescriptionAttribute());

    private async Task ServeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Operations.NoSuchAsync(context);
            return;
        }

        var from = context.Connection.RemoteIpAddress;
        if (services.Limits.Connects(from) is { } crowded)
        {
            await Operations.FailAsync(context, GizwitsFaults.Throttled, crowded);
            return;
        }

        using var accepted = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = Quiet, KeepAliveTimeout = PongLimit });
        using var socket = new Socket(accepted, services.Limits.NewPace(), services.Time);
        try
        {
            using var app = new AppConnection(services, socket, from?.ToString());
            await app.RunAsync(context.RequestAborted);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.Failed(log, e);
            await socket.CloseAsync(WebSocketCloseStatus.InternalServerError, "The server failed");
        }

        await socket.FinishAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(5211, LogLevel.Error, "A long connection failed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
