using System.Net.WebSockets;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.Feeds;
using Irori.Core.Limits;
using Irori.Core.Products;
using Irori.Dialects.Gizwits.Wire;
using Irori.Dialects.Web;

namespace Irori.Dialects.Gizwits.Realtime;

/// <summary>
/// An app's long connection: it signs in, once or again, keeps its heartbeat, and goes on in its <see cref="AppSession"/>.
/// </summary>
internal sealed class AppConnection : IDisposable
{
    private const int MaxFrame = 64 * 1024;
    private static readonly TimeSpan LoginLimit = TimeSpan.FromSeconds(20);

    private readonly Services _services;
    private readonly Socket _socket;
    private readonly string? _ip;
    private readonly Turns _turns = new();
    private readonly ITimer _silence;
    private TimeSpan _patience;
    private AppSession? _session;

    /// <summary>The connection ends itself when nobody signs in.</summary>
    public AppConnection(Services services, Socket socket, string? ip)
    {
        (_services, _socket, _ip) = (services, socket, ip);
        _silence = services.Time.CreateTimer(static c => _ = ((AppConnection)c!).GoAsync(), this, LoginLimit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What every app connection uses.</summary>
    internal sealed record Services(
        SessionService Sessions, DeviceService Devices, ProductService Products, CommandService Commands, FeedHub Feeds, CallLimiter Limits, TimeProvider Time, Guard Guard);

    /// <summary>Runs to the end of the connection.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            while (await _socket.ReceiveAsync(ended.Token) is { } message)
            {
                if (_session is not null) _silence.Change(_patience, Timeout.InfiniteTimeSpan);
                if (!await TakeAsync(message, ended.Token)) return;
            }
        }
        finally
        {
            await ended.CancelAsync();
            if (_session is { } session) await session.LeaveAsync();
            // What runs ends by the deadline of its command at the latest.
            await _turns.AllBackAsync();
        }
    }

    public void Dispose()
    {
        _silence.Dispose();
        _turns.Dispose();
    }

    // False: the connection is over. Heartbeats and sign-ins are answered in turn; everything else is answered beside it.
    private async Task<bool> TakeAsync(ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        if (message.Length > MaxFrame || JsonText.Parse(message.ToArray()) is not { } frame)
        {
            await _socket.SendAsync(FrameText.Invalid(Fault.Invalid("frame", $"A frame is a JSON object of at most {MaxFrame} bytes")), cancel);
            return true;
        }

        var cmd = frame.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("cmd", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        switch (cmd)
        {
            case null:
                frame.Dispose();
                await _socket.SendAsync(FrameText.Invalid(Fault.Invalid("cmd", "cmd is missing")), cancel);
                return true;
            case FrameText.Ping:
                frame.Dispose();
                await _socket.SendAsync(FrameText.Pong, cancel);
                return true;
            case FrameText.Login:
                using (frame) return await LoginAsync(frame.RootElement, cancel);
            case var _ when _session is null:
                frame.Dispose();
                await _socket.SendAsync(FrameText.NotSignedIn, cancel);
                return true;
            default:
                if (await _turns.TakeAsync(cancel))
                {
                    _session.Handle(cmd, frame, _turns, cancel);
                    return true;
                }

                frame.Dispose();
                return false;
        }
    }

    // Who signs in again goes on with that; who fails is sent away.
    private async Task<bool> LoginAsync(JsonElement frame, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, GizwitsJson.TypeOf<LoginFrame>()).Try(out var login, out var fault) || (fault = login.Data.Check()) is not null)
        {
            await _socket.SendAsync(FrameText.Invalid(fault), cancel);
            return true;
        }

        var opened = await _services.Guard.RunAsync("A sign-in on a long connection", () => OpenAsync(login.Data, cancel), cancel);
        if (!opened.Try(out var session, out fault))
        {
            // Only who is wrong is told so: a token that could not be looked at may be good.
            var ours = fault.Kind is FaultKind.Unavailable or FaultKind.Throttled;
            await _socket.SendAsync(ours ? FrameText.Invalid(fault) : FrameText.SignedIn(false), cancel);
            await _socket.CloseAsync(ours ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.PolicyViolation, "The login failed");
            return false;
        }

        if (_session is { } before) await before.LeaveAsync();
        _session = session;
        // A heartbeat that is late by half is none.
        _patience = TimeSpan.FromSeconds((login.Data.HeartbeatInterval ?? LoginTerms.MaxHeartbeat) * 1.5);
        _silence.Change(_patience, Timeout.InfiniteTimeSpan);
        // Nothing may come before the answer.
        await _socket.SendAsync(FrameText.SignedIn(true), cancel);
        session.Start(cancel);
        return true;
    }

    private async Task<Result<AppSession>> OpenAsync(LoginTerms terms, CancellationToken cancel)
    {
        if (!(await _services.Sessions.AuthenticateAsync(terms.Token, _ip, cancel)).Try(out var who, out var fault)) return fault;
        if (who.App.Dialect != GizwitsDialect.Name || who.App.Id != terms.Appid || who.Account.Id != terms.Uid) return new Fault(FaultKind.SessionEnded, "appid or uid does not belong to the token");
        if (_services.Limits.SignsIn(who.Account) is { } crowded) return crowded;
        return new AppSession(_services, _socket, await _services.Feeds.OpenAsync(who, cancel, takesBindings: true), terms);
    }

    private async Task GoAsync()
    {
        await _socket.SendAsync(_session is null ? FrameText.NotSignedIn : FrameText.NoHeartbeat, CancellationToken.None);
        await _socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, _session is null ? "Nobody has signed in" : "No heartbeat");
    }
}
