using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.Products;
using Irori.Core.States;
using Irori.Dialects.Gizwits.Bindings;
using Irori.Dialects.Gizwits.Monitoring;
using Irori.Dialects.Gizwits.Wire;
using Irori.Dialects.Web;

namespace Irori.Dialects.Gizwits.Realtime;

/// <summary>
/// A person on an app's connection: he subscribes to devices, reads and commands them in data points or bytes, and is pushed what his feed brings. What he says to
/// one device is done in the order in which it came; what has waited longer than <see cref="Patience"/> is not sent any more.
/// </summary>
internal sealed class AppSession(AppConnection.Services services, Socket socket, Feed feed, LoginTerms terms)
{
    private const int SweepAt = 2 * Turns.Max;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, byte>? _subscribed = terms.AutoSubscribe == false ? new(StringComparer.Ordinal) : null;
    private readonly Dictionary<string, Task> _last = new(StringComparer.Ordinal);
    private readonly bool _custom = terms.P0Type == LoginTerms.Custom;
    private Task _pushing = Task.CompletedTask;

    private Principal Who => feed.Principal;

    /// <summary>Begins to push.</summary>
    public void Start(CancellationToken cancel) => _pushing = PushAsync(cancel);

    /// <summary>The person is gone, or has signed in anew.</summary>
    public async Task LeaveAsync()
    {
        services.Feeds.Close(feed, FeedEnd.Left);
        await _pushing;
    }

    /// <summary>Answers a frame, and gives its turn back then. Called by one reader, which does not wait for it.</summary>
    public void Handle(string cmd, JsonDocument frame, Turns turns, CancellationToken cancel)
    {
        if (_last.Count >= SweepAt)
        {
            foreach (var (did, task) in _last)
            {
                if (task.IsCompleted) _last.Remove(did);
            }
        }

        var to = frame.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object && data.TryGetProperty("did", out var named) && named.ValueKind == JsonValueKind.String
            ? named.GetString()!
            : null;
        var handling = HandleAsync(cmd, frame, to is null ? Task.CompletedTask : _last.GetValueOrDefault(to, Task.CompletedTask), turns, cancel);
        if (to is not null) _last[to] = handling;
    }

    private async Task HandleAsync(string cmd, JsonDocument document, Task before, Turns turns, CancellationToken cancel)
    {
        try
        {
            using (document)
            {
                var came = services.Time.GetTimestamp();
                await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                var answered = await services.Guard.RunAsync("A frame of an app", () => AnswerAsync(cmd, document.RootElement, came, cancel), cancel);
                var answer = answered.Try(out var written, out var fault) ? written : [FrameText.Invalid(fault)];
                foreach (var frame in answer) await socket.SendAsync(frame, cancel);
            }
        }
        finally
        {
            turns.GiveBack();
        }
    }

    private async Task<Result<ReadOnlyMemory<byte>[]>> AnswerAsync(string cmd, JsonElement frame, long came, CancellationToken cancel) => cmd switch
    {
        _ when services.Limits.Says(Who) is { } over => over,
        FrameText.Subscribe => await SubscribeAsync(frame, cancel),
        FrameText.Say => await SayAsync(frame, came, cancel),
        FrameText.Read or FrameText.Write or FrameText.Acknowledge when _custom => Fault.Invalid("cmd", $"{cmd} is not for who signs in with p0_type {LoginTerms.Custom}"),
        FrameText.Read => await ReadAsync(frame, cancel),
        FrameText.Write => await WriteAsync(frame, came, cancel),
        FrameText.Acknowledge => Acknowledge(frame),
        _ => Fault.Invalid("cmd", "cmd is unknown"),
    };

    private async Task<Result<ReadOnlyMemory<byte>[]>> SubscribeAsync(JsonElement frame, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, GizwitsJson.TypeOf<SubscribeFrame>()).Try(out var asked, out var fault)) return fault;
        if (asked.Check() is { } wrong) return wrong;
        var wanted = asked.Data.Select(d => d.Did).Distinct(StringComparer.Ordinal).ToList();
        var seen = (await services.Devices.FindAsync(Who, wanted, cancel)).Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var did in seen) _subscribed?.TryAdd(did, 0);
        var (code, text) = FrameText.ErrorOf(Fault.NotVisible("device"));
        return Frames(FrameText.Subscribed(
            [.. wanted.Where(seen.Contains).Select(d => new Subscribed(d, 0, "ok"))], [.. wanted.Where(d => !seen.Contains(d)).Select(d => new Subscribed(d, code, text))]));
    }

    // The last that the device said: one that is asleep or offline says nothing more.
    private async Task<Result<ReadOnlyMemory<byte>[]>> ReadAsync(JsonElement frame, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, GizwitsJson.TypeOf<ReadFrame>()).Try(out var asked, out var fault)) return fault;
        if (asked.Data.Check() is { } wrong) return wrong;
        if (!(await services.Devices.FindAsync(Who, asked.Data.Did, cancel)).Try(out var device, out fault)) return fault;
        var product = await services.Products.GetAsync(device.Product, cancel);
        var shown = AttributeValues.Shown(product, StateText.ReadValues(device.Values));
        if (asked.Data.Names is { } names && DatapointList.ModelOf(product).VariableLength) shown = shown.Where(v => names.Contains(v.Key, StringComparer.Ordinal));
        return Frames(FrameText.State(device.Id, AttributeValues.Show(product, shown), asked.ReqSn));
    }

    private async Task<Result<ReadOnlyMemory<byte>[]>> WriteAsync(JsonElement frame, long came, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, GizwitsJson.TypeOf<WriteFrame>()).Try(out var asked, out var fault)) return fault;
        if (!(await services.Devices.FindAsync(Who, asked.Data.Did, cancel)).Try(out var device, out fault)) return fault;
        var product = await services.Products.GetAsync(device.Product, cancel);
        if (!ControlBody.Read(product, asked.Data.Attrs, null, StateText.ReadValues(device.Values)).Try(out var body, out fault)) return fault;
        if (!(await SendAsync(device, body, came, asked.ReqSn is not null, cancel)).Try(out var acknowledged, out fault)) return fault;
        return acknowledged && asked.ReqSn is { } number ? Frames(FrameText.Acknowledged(device.Id, number)) : Frames();
    }

    private async Task<Result<ReadOnlyMemory<byte>[]>> SayAsync(JsonElement frame, long came, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, GizwitsJson.TypeOf<SayFrame>()).Try(out var asked, out var fault)) return fault;
        if (asked.Data.Raw.Any(b => b is < 0 or > 255) || DeviceFrame.Parse([.. asked.Data.Raw.Select(b => (byte)b)]) is not { } said)
            return Fault.Invalid("raw", "raw is no whole frame of a device's protocol");
        if (!(await services.Devices.FindAsync(Who, asked.Data.Did, cancel)).Try(out var device, out fault)) return fault;
        // Whoever acknowledges has nothing to ask.
        if (said.Command == DeviceFrame.Acknowledged) return Frames();
        if (said.Command is not (DeviceFrame.ToDevice or DeviceFrame.Asked)) return Fault.Invalid("raw", "raw is a command that apps do not give");
        var product = await services.Products.GetAsync(device.Product, cancel);
        var list = DatapointList.Of(product);
        var state = StateText.ReadValues(device.Values);
        if (ReadPayload.Parse(list, said.Payload) is { } wanted)
        {
            var status = StatusPayload.Write(list, Named(AttributeValues.Shown(product, state)), StatusPayload.Answer, wanted);
            return Frames([.. Confirmation(device, said), FrameText.Said(device.Id, new DeviceFrame(DeviceFrame.FromDevice, null, status).ToBytes())]);
        }

        if (!ControlBody.Read(product, null, [.. said.Payload.Select(b => (int)b)], state).Try(out var body, out fault)) return fault;
        return (await SendAsync(device, body, came, said.Number is not null, cancel)).Try(out var acknowledged, out fault) ? Frames(acknowledged ? Confirmation(device, said) : []) : fault;
    }

    // Devices are acknowledged by the server, once what they say is stored: there is nothing left to do.
    private static Result<ReadOnlyMemory<byte>[]> Acknowledge(JsonElement frame) =>
        RequestDecoder.Element(frame, GizwitsJson.TypeOf<AcknowledgeFrame>()).Try(out _, out var fault) ? Frames() : fault;

    // True: the device has acknowledged it. That one keeps silent is an error only for who wants to know.
    private async Task<Result<bool>> SendAsync(VisibleDevice device, string body, long came, bool wantsToKnow, CancellationToken cancel)
    {
        if (services.Time.GetElapsedTime(came) > Patience) return new Fault(FaultKind.Undelivered, "The device was busy with earlier commands for too long");
        var sent = await services.Commands.SendAsync(Who, device.Id, body, CommandService.DefaultDeadline, cancel);
        if (sent.Try(out var answer, out var fault)) return answer.Outcome == CommandOutcome.Acknowledged;
        return fault.Kind == FaultKind.NoAnswer && !wantsToKnow ? false : fault;
    }

    private async Task PushAsync(CancellationToken cancel)
    {
        // What goes wrong is in the log, and the app comes again.
        var pushed = await services.Guard.RunAsync<Done>("A push", () => PushAllAsync(cancel), cancel);
        if (cancel.IsCancellationRequested) return;
        if (!pushed.IsOk) await socket.CloseAsync(WebSocketCloseStatus.InternalServerError, "The server failed");
        if (feed.End == FeedEnd.SessionEnded) await socket.SendAsync(FrameText.NotSignedIn, cancel);
        await socket.CloseAsync(feed.End);
    }

    private async Task<Result<Done>> PushAllAsync(CancellationToken cancel)
    {
        while (await feed.TakeAsync(cancel) is { } changes)
        {
            foreach (var binding in feed.TakeBindings())
            {
                if (!binding.Bound) _subscribed?.TryRemove(binding.DeviceId, out _);
                if (!await socket.SendAsync(FrameText.Binding(binding.DeviceId, binding.Bound), cancel)) return new Done();
            }

            foreach (var page in changes.Where(c => _subscribed?.ContainsKey(c.DeviceId) != false).Chunk(SubscribeFrame.Max))
            {
                foreach (var frame in await ShowSurelyAsync(page, cancel))
                {
                    if (!await socket.SendAsync(frame, cancel)) return new Done();
                }
            }
        }

        return new Done();
    }

    // What was taken from the feed is not offered again: while the database is away it waits, and the feed keeps what is newer.
    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ShowSurelyAsync(IReadOnlyList<FeedChange> changes, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await ShowAsync(changes, cancel);
            }
            catch (UnavailableException)
            {
                await Task.Delay(Retry, services.Time, cancel);
            }
        }
    }

    // Apps expect the whole state in every frame, but for products of variable length: it is read for all of a page at once, and with it whether he still has the device.
    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ShowAsync(IReadOnlyList<FeedChange> changes, CancellationToken cancel)
    {
        var devices = (await services.Devices.FindAsync(Who, [.. changes.Select(c => c.DeviceId)], cancel)).ToDictionary(d => d.Id, StringComparer.Ordinal);
        var keys = await services.Devices.KeysForOwnerAsync([.. changes.Where(c => c.Online is not null && devices.ContainsKey(c.DeviceId)).Select(c => devices[c.DeviceId])], GizwitsDialect.Name, cancel);
        var frames = new List<ReadOnlyMemory<byte>>();
        foreach (var change in changes)
        {
            if (!devices.TryGetValue(change.DeviceId, out var device)) continue;
            if (change.Online is { } online) frames.Add(FrameText.Presence(device.Id, keys.GetValueOrDefault(device.No, ""), DeviceMapper.MacOf(device), online));
            var product = await services.Products.GetAsync(device.Product, cancel);
            var changed = Named(AttributeValues.Shown(product, change.Values));
            if (changed.Count > 0) frames.Add(StateOf(device, product, changed));
        }

        return frames;
    }

    private ReadOnlyMemory<byte> StateOf(VisibleDevice device, ProductView product, Dictionary<string, string> changed)
    {
        var shown = DatapointList.ModelOf(product).VariableLength ? changed : Named(AttributeValues.Shown(product, StateText.ReadValues(device.Values)));
        return _custom
            ? FrameText.Said(device.Id, new DeviceFrame(DeviceFrame.FromDevice, null, StatusPayload.Write(DatapointList.Of(product), shown, StatusPayload.Report)).ToBytes())
            : FrameText.State(device.Id, AttributeValues.Show(product, shown), null);
    }

    private static ReadOnlyMemory<byte>[] Confirmation(VisibleDevice device, DeviceFrame said) =>
        said.Number is { } number ? Frames(FrameText.Said(device.Id, new DeviceFrame(DeviceFrame.Acknowledged, number, []).ToBytes())) : [];

    private static ReadOnlyMemory<byte>[] Frames(params ReadOnlyMemory<byte>[] frames) => frames;

    private static Dictionary<string, string> Named(IEnumerable<KeyValuePair<string, string>> shown) => new(shown, StringComparer.Ordinal);
}
