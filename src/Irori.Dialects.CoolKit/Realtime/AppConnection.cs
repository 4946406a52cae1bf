using System.Net.WebSockets;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.Feeds;
using Irori.Core.Limits;
using Irori.Core.Sharing;
using Irori.Dialects.CoolKit.V1;
using Irori.Dialects.CoolKit.V2.Devices;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.Realtime;

/// <summary>An app's long connection: handshake, commands, queries, heartbeats, and the pushes of its feed (CoolKit v2, realtime control).</summary>
internal sealed class AppConnection(AppConnection.Services services, Socket socket, string? ip) : IDisposable
{
    private const int MaxFrame = 64 * 1024;

    private readonly Turns _turns = new();
    private Principal _who = null!;
    private ShareFrames _shares = null!;

    /// <summary>What every app connection uses.</summary>
    internal sealed record Services(
        SessionService Sessions, DeviceService Devices, DeviceParams State, CommandService Commands, SharingService Sharing, FeedHub Feeds, CallLimiter Limits, TimeProvider Time, Guard Guard);

    /// <summary>Runs from the handshake to the end of the connection.</summary>
    public async Task RunAsync(JsonDocument handshake, FrameHead head, CancellationToken cancel)
    {
        if (!(await services.Guard.RunAsync("A handshake", () => SignInAsync(handshake.RootElement, cancel), cancel)).Try(out var who, out var fault))
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
            await _turns.AllBackAsync();
        }
    }

    public void Dispose() => _turns.Dispose();

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
        if (!RequestDecoder.Element(frame, CoolKitJson.TypeOf<UserOnlineFrame>()).Try(out var online, out var fault)) return fault;
        if (!(await services.Sessions.AuthenticateAsync(online.At, ip, cancel)).Try(out var who, out fault)) return fault;
        var fits = who.App.Dialect == CoolKitDialect.Name && online.Apikey == who.Account.Id && (online.Appid is null || online.Appid == who.App.Id);
        if (!fits) return new Fault(FaultKind.SessionEnded, "apikey or appid does not belong to the access token");
        return services.Limits.SignsIn(who.Account) is { } crowded ? crowded : who;
    }

    private async Task RefuseAsync(JsonElement frame, FrameHead head, Fault fault, CancellationToken cancel)
    {
        var code = CoolKitFaults.OfSocket(fault);
        await socket.SendAsync(
            FrameWriter.Answer(head, code, ApikeyOf(frame), w =>
            {
                w.WriteString("actionName", "userOnline");
                w.WriteString("reason", fault.Kind switch
                {
                    FaultKind.Invalid => "Bad Request",
                    FaultKind.Throttled => fault.Reason,
                    FaultKind.Unavailable => "Internal Server Error",
                    _ => "Authentication Failed",
                });
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

            if (!await _turns.TakeAsync(cancel))
            {
                frame.Dispose();
                return;
            }

            _ = HandleAsync(frame, cancel);
        }
    }

    private async Task HandleAsync(JsonDocument document, CancellationToken cancel)
    {
        try
        {
            using (document)
            {
                var frame = document.RootElement;
                var head = FrameHead.Of(frame);
                var answered = await services.Guard.RunAsync("A frame of an app", () => AnswerAsync(frame, head, cancel), cancel);
                var answer = answered.Try(out var written, out var fault) ? written : Fail(frame, head, fault);
                if (!answer.IsEmpty) await socket.SendAsync(answer, cancel);
            }
        }
        finally
        {
            _turns.GiveBack();
        }
    }

    private async Task<Result<ReadOnlyMemory<byte>>> AnswerAsync(JsonElement frame, FrameHead head, CancellationToken cancel) => head.Action switch
    {
        _ when services.Limits.Says(_who) is { } over => over,
        "update" => await CommandAsync(frame, head, cancel),
        "query" => await QueryAsync(frame, head, cancel),
        "upgrade" => await UpgradeAsync(frame, head, cancel),
        _ when ShareFrames.Are(head) => await _shares.AnswerAsync(frame, head, cancel),
        _ => Fault.Invalid("action", "action is unknown"),
    };

    private async Task<Result<ReadOnlyMemory<byte>>> CommandAsync(JsonElement frame, FrameHead head, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, CoolKitJson.TypeOf<CommandFrame>()).Try(out var command, out var fault)) return fault;
        if (command.Params.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) return Fault.Invalid("params", "params must be an object of what to change, or an array of such");
        if (!(await FindAsync(command.DeviceId, command.Apikey, cancel)).Try(out var device, out fault)) return fault;
        return Obeyed(head, command.Apikey, await services.Commands.SendAsync(_who, device.Id, command.Params.GetRawText(), CommandService.DefaultDeadline, cancel));
    }

    private async Task<Result<ReadOnlyMemory<byte>>> UpgradeAsync(JsonElement frame, FrameHead head, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, CoolKitJson.TypeOf<UpgradeFrame>()).Try(out var upgrade, out var fault)) return fault;
        if (upgrade.Params.Check() is { } wrong) return wrong;
        if (!(await FindAsync(upgrade.DeviceId, upgrade.Apikey, cancel)).Try(out var device, out fault)) return fault;
        // As it came: firmware may know more fields than the document.
        return Obeyed(head, upgrade.Apikey, await services.Commands.UpgradeAsync(_who, device.Id, frame.GetProperty("params").GetRawText(), CommandService.DefaultDeadline, cancel));
    }

    private static Result<ReadOnlyMemory<byte>> Obeyed(FrameHead head, string apikey, Result<CommandAnswer> sent) => sent.Try(out var answer, out var fault)
        ? FrameWriter.Answer(head, 0, apikey, w =>
        {
            w.WriteString("userAgent", "device");
            // What was asked within the command, such as hundredDaysKwh.
            FrameWriter.Raw(w, "config", answer.Said);
        })
        : fault;

    private async Task<Result<ReadOnlyMemory<byte>>> QueryAsync(JsonElement frame, FrameHead head, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, CoolKitJson.TypeOf<QueryFrame>()).Try(out var query, out var fault)) return fault;
        if (query.Check() is { } wrong) return wrong;
        if (!(await FindAsync(query.DeviceId, query.Apikey, cancel)).Try(out var device, out fault)) return fault;
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

        await socket.CloseAsync(feed.End);
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

    private static ReadOnlyMemory<byte> Fail(JsonElement frame, FrameHead head, Fault fault) => FrameWriter.Answer(
        head, ShareFrames.Are(head) ? V1Faults.Of(fault) : CoolKitFaults.OfSocket(fault), ApikeyOf(frame), w => w.WriteString("reason", fault.Reason));

    private static string? ApikeyOf(JsonElement frame) => frame.TryGetProperty("apikey", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
}
