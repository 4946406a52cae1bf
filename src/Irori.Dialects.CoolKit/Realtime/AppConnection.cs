using System.Net.WebSockets;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.Feeds;
using Irori.Core.Sharing;
using Irori.Dialects.CoolKit.V2.Devices;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.Extensions.Logging;

namespace Irori.Dialects.CoolKit.Realtime;

/// <summary>An app's long connection: handshake, commands, queries, heartbeats, and the pushes of its feed (CoolKit v2, realtime control).</summary>
internal sealed partial class AppConnection(AppConnection.Services services, Socket socket, string? ip) : IDisposable
{
    private const int MaxRunning = 32;
    private const int MaxFrame = 64 * 1024;

    private readonly SemaphoreSlim _running = new(MaxRunning);
    private Principal _who = null!;
    private ShareFrames _shares = null!;

    /// <summary>What every app connection uses.</summary>
    internal sealed record Services(
        SessionService Sessions, DeviceService Devices, DeviceParams State, CommandService Commands, SharingService Sharing, FeedHub Feeds, TimeProvider Time, ILogger<AppConnection> Log);

    /// <summary>Runs from the handshake to the end of the connection.</summary>
    public async Task RunAsync(JsonDocument handshake, FrameHead head, CancellationToken cancel)
    {
        if (!(await SignInAsync(handshake.RootElement, cancel)).Try(out var who, out var fault))
        {
            await RefuseAsync(handshake.RootElement, head, fault, cancel);
            return;
        }

        _who = who;
        _shares = new ShareFrames(services.Sharing, who);
        var feed = await services.Feeds.OpenAsync(who, cancel, takesOffers: true);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var pushing = Task.CompletedTask;
        try
        {
            // Nothing may come before the answer to the handshake.
            await socket.SendAsync(FrameWriter.Answer(head, 0, who.Account.Id, WriteConfig), cancel);
            pushing = PushAsync(feed, ended.Token);
            await ReadAsync(ended.Token);
        }
        finally
        {
            services.Feeds.Close(feed, FeedEnd.Left);
            await ended.CancelAsync();
            await pushing;
            // What runs ends by the deadline of its command at the latest.
            for (var i = 0; i < MaxRunning; i++) await _running.WaitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _running.Dispose();

    private static void WriteConfig(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("config");
        writer.WriteNumber("hb", 1);
        // The name of it in the document of v1.
        writer.WriteNumber("hbl", 1);
        writer.WriteNumber("hbInterval", RealtimeEndpoint.HeartbeatSeconds);
        writer.WriteEndObject();
    }

    private async Task<Result<Principal>> SignInAsync(JsonElement frame, CancellationToken cancel)
    {
        try
        {
            if (!RequestDecoder.Element(frame, CoolKitJson.TypeOf<UserOnlineFrame>()).Try(out var online, out var fault)) return fault;
            if (!(await services.Sessions.AuthenticateAsync(online.At, ip, cancel)).Try(out var who, out fault)) return fault;
            var fits = who.App.Dialect == CoolKitDialect.Name && online.Apikey == who.Account.Id && (online.Appid is null || online.Appid == who.App.Id);
            return fits ? who : new Fault(FaultKind.SessionEnded, "apikey or appid does not belong to the access token");
        }
        catch (UnavailableException)
        {
            return UnavailableException.Fault;
        }
    }

    private async Task RefuseAsync(JsonElement frame, FrameHead head, Fault fault, CancellationToken cancel)
    {
        var malformed = fault.Kind == FaultKind.Invalid;
        var code = CoolKitFaults.OfSocket(fault);
        var apikey = frame.TryGetProperty("apikey", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        await socket.SendAsync(
            FrameWriter.Answer(head, code, apikey, w =>
            {
                w.WriteString("actionName", "userOnline");
                w.WriteString("reason", malformed ? "Bad Request" : code == CoolKitFaults.Internal ? "Internal Server Error" : "Authentication Failed");
            }),
            cancel);
        await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "The handshake failed");
    }

    // Commands and queries run beside each other, up to a bound; heartbeats are answered at once.
    private async Task ReadAsync(CancellationToken cancel)
    {
        while (await socket.ReceiveAsync(cancel) is { } message)
        {
            if (RealtimeEndpoint.IsPing(message.Span))
            {
                await socket.SendAsync("pong"u8.ToArray(), cancel);
                continue;
            }

            if (message.Length > MaxFrame || RealtimeEndpoint.Parse(message.ToArray()) is not { } frame)
            {
                await socket.SendAsync(FrameWriter.Answer(default, CoolKitFaults.BadParameter, null, w => w.WriteString("reason", "Bad Request")), cancel);
                continue;
            }

            var turn = _running.WaitAsync(cancel);
            await turn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // Not by the token: a turn that was had must be given back.
            if (!turn.IsCompletedSuccessfully)
            {
                frame.Dispose();
                return;
            }

            _ = HandleAsync(frame, cancel);
        }
    }

    private async Task HandleAsync(JsonDocument frame, CancellationToken cancel)
    {
        try
        {
            using (frame) await AnswerAsync(frame.RootElement, cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.Failed(services.Log, e);
        }
        catch (OperationCanceledException)
        {
            // The connection is gone; whatever was sent goes on without a listener.
        }
        finally
        {
            _running.Release();
        }
    }

    private async Task AnswerAsync(JsonElement frame, CancellationToken cancel)
    {
        var head = FrameHead.Of(frame);
        var answer = await AnswerAsync(frame, head, cancel);
        if (!answer.IsEmpty) await socket.SendAsync(answer, cancel);
    }

    private async Task<ReadOnlyMemory<byte>> AnswerAsync(JsonElement frame, FrameHead head, CancellationToken cancel)
    {
        try
        {
            return head.Action switch
            {
                "update" => await CommandAsync(frame, head, cancel),
                "query" => await QueryAsync(frame, head, cancel),
                "upgrade" => await UpgradeAsync(frame, head, cancel),
                "share" => await _shares.ShareAsync(frame, head, cancel),
                "updateShare" => await _shares.ChangeAsync(frame, head, cancel),
                "cancelShare" => await _shares.EndAsync(frame, head, cancel),
                // What the server asks is whether a share is accepted.
                null when head.Error is not null => await TakeAnswerAsync(frame, head, cancel),
                _ => Fail(head, Fault.Invalid("action", "action is unknown")),
            };
        }
        catch (UnavailableException)
        {
            return Fail(head, UnavailableException.Fault);
        }
    }

    private async Task<ReadOnlyMemory<byte>> TakeAnswerAsync(JsonElement frame, FrameHead head, CancellationToken cancel)
    {
        await _shares.TakeAnswerAsync(frame, head, cancel);
        return default;
    }

    private async Task<ReadOnlyMemory<byte>> CommandAsync(JsonElement frame, FrameHead head, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, CoolKitJson.TypeOf<CommandFrame>()).Try(out var command, out var fault)) return Fail(head, fault);
        if (command.Params.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) return Fail(head, Fault.Invalid("params", "params must be an object of what to change, or an array of such"));
        if (!(await FindAsync(command.DeviceId, command.Apikey, cancel)).Try(out var device, out fault)) return Fail(head, fault);
        var sent = await services.Commands.SendAsync(_who, device.Id, command.Params.GetRawText(), CommandService.DefaultDeadline, cancel);
        return sent.Try(out var answer, out var failed)
            ? FrameWriter.Answer(head, 0, command.Apikey, w =>
            {
                w.WriteString("userAgent", "device");
                // What was asked within the command, such as hundredDaysKwh.
                FrameWriter.Raw(w, "config", answer.Said);
            })
            : Fail(head, failed, command.Apikey);
    }

    private async Task<ReadOnlyMemory<byte>> UpgradeAsync(JsonElement frame, FrameHead head, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, CoolKitJson.TypeOf<UpgradeFrame>()).Try(out var upgrade, out var fault)) return Fail(head, fault);
        if (upgrade.Params.Check() is { } wrong) return Fail(head, wrong);
        if (!(await FindAsync(upgrade.DeviceId, upgrade.Apikey, cancel)).Try(out var device, out fault)) return Fail(head, fault);
        // As it came: firmware may know more fields than the document.
        var sent = await services.Commands.UpgradeAsync(_who, device.Id, frame.GetProperty("params").GetRawText(), CommandService.DefaultDeadline, cancel);
        return sent.Fault is { } failed
            ? Fail(head, failed, upgrade.Apikey)
            : FrameWriter.Answer(head, 0, upgrade.Apikey, w => w.WriteString("userAgent", "device"));
    }

    private async Task<ReadOnlyMemory<byte>> QueryAsync(JsonElement frame, FrameHead head, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, CoolKitJson.TypeOf<QueryFrame>()).Try(out var query, out var fault)) return Fail(head, fault);
        if (!(await FindAsync(query.DeviceId, query.Apikey, cancel)).Try(out var device, out fault)) return Fail(head, fault);
        var state = await services.State.ReadAsync(device, query.Params, cancel);
        return FrameWriter.Answer(head, 0, query.Apikey, w => FrameWriter.Raw(w, "params", state.Text));
    }

    // The apikey of a frame is the caller's or the owner's; with anybody else's the frame is refused.
    private async Task<Result<VisibleDevice>> FindAsync(string deviceId, string apikey, CancellationToken cancel)
    {
        if (!(await services.Devices.FindAsync(_who, deviceId, cancel)).Try(out var device, out var fault)) return fault;
        return apikey == _who.Account.Id || apikey == device.OwnerId ? device : Fault.NotAllowed("apikey is neither the caller's nor the owner's");
    }

    private async Task PushAsync(Feed feed, CancellationToken cancel)
    {
        try
        {
            while (await feed.TakeAsync(cancel) is { } changes)
            {
                foreach (var offer in feed.TakeOffers())
                {
                    if (!await socket.SendAsync(ShareFrames.Question(offer), cancel)) return;
                }

                foreach (var change in changes)
                {
                    if (change.Online is { } online && !await socket.SendAsync(Presence(change, online), cancel)) return;
                    if (change.Values.Count > 0 && !await socket.SendAsync(Update(change), cancel)) return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await (feed.End switch
        {
            FeedEnd.Left => Task.CompletedTask,
            FeedEnd.SessionEnded => socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "The session has ended"),
            FeedEnd.TooSlow => socket.CloseAsync((WebSocketCloseStatus)1013, "Too many changes wait"),
            _ => socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The server stops"),
        });
    }

    private ReadOnlyMemory<byte> Presence(FeedChange change, bool online) => FrameWriter.Write(w =>
    {
        w.WriteString("action", "sysmsg");
        w.WriteString("deviceid", change.DeviceId);
        w.WriteString("apikey", change.OwnerId);
        w.WriteNumber("ts", services.Time.GetUtcNow().ToUnixTimeSeconds());
        w.WriteStartObject("params");
        w.WriteBoolean("online", online);
        w.WriteEndObject();
    });

    private static ReadOnlyMemory<byte> Update(FeedChange change) => FrameWriter.Write(w =>
    {
        w.WriteString("action", "update");
        w.WriteString("deviceid", change.DeviceId);
        w.WriteString("apikey", change.OwnerId);
        w.WriteString("userAgent", "device");
        FrameWriter.Raw(w, "params", RawJson.Params(change.Values).Text);
    });

    /// <summary>The answer to a frame that could not be carried out.</summary>
    internal static ReadOnlyMemory<byte> Fail(FrameHead head, Fault fault, string? apikey = null) =>
        FrameWriter.Answer(head, CoolKitFaults.OfSocket(fault), apikey, w => w.WriteString("reason", fault.Reason));

    private static partial class Log
    {
        [LoggerMessage(5021, LogLevel.Error, "A frame of an app could not be handled")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
