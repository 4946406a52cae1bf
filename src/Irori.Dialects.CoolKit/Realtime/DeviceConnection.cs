using System.Globalization;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Irori.Core;
using Irori.Core.Devices;
using Irori.Core.Links;
using Irori.Core.Products;
using Irori.Core.States;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.Extensions.Logging;

namespace Irori.Dialects.CoolKit.Realtime;

/// <summary>
/// A device's long connection. It registers with its factory key; while nobody owns it, it is asked to register again after a while. Frames
/// are handled in their order, so that a late report never overtakes the answer to a command; a report is answered after its commit. A gateway speaks for the
/// devices behind it too.
/// </summary>
internal sealed partial class DeviceConnection(DeviceConnection.Services services, Socket socket, string? ip)
{
    private const int Unknown = 403;
    private const int NotBound = 404;
    private const int MaxRegisters = 1_000;
    private const int MaxWaiting = 32;
    private const int MaxModel = 64;
    private const int MaxKey = 128;
    private const int MaxSaid = 8 * 1024;

    // Jittered, so that a house full of devices does not come back in one moment.
    private static readonly (int From, int To) RegisterInterval = (10, 20);

    // The reader itself goes on with a frame until it has to wait: what only passes an answer on costs no change of threads.
    private readonly Channel<Received> _frames = Channel.CreateBounded<Received>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = true });
    private Speaker? _self;
    private SubDevices? _behind;
    private string _deviceId = "";
    // What answers carry: the key that the device showed, and from the welcome on its owner's id.
    private string? _apikey;
    private string? _config;
    private int _registers;

    /// <summary>What every device connection uses.</summary>
    internal sealed record Services(DeviceService Devices, LinkService Links, SubDevices.Services Behind, TimeProvider Time, ILogger<DeviceConnection> Log);

    /// <summary>Runs from the first register to the end of the connection.</summary>
    public async Task RunAsync(JsonDocument first, FrameHead head, CancellationToken cancel)
    {
        var working = Task.CompletedTask;
        try
        {
            if (!await RegisterAsync(first.RootElement, head, cancel)) return;
            working = WorkAsync(cancel);
            while (await socket.ReceiveAsync(cancel) is { } message) await TakeAsync(message.ToArray(), cancel);
        }
        finally
        {
            _frames.Writer.TryComplete();
            await working;
            if (_behind is { } behind) await behind.CloseAsync();
            if (_self is { } self) await services.Links.CloseAsync(self.Link, "disconnected");
        }
    }

    // Heartbeats are answered at once, also while the database does not keep up; what finds no room is refused, and the device sends it again.
    private async Task TakeAsync(byte[] message, CancellationToken cancel)
    {
        if (RealtimeEndpoint.Parse(message) is not { } frame)
        {
            await FailAsync(default, CoolKitFaults.BadParameter, "Bad Request", cancel);
            return;
        }

        var head = FrameHead.Of(frame.RootElement);
        if (head.Action == "date") await TellDateAsync(head, cancel);
        else if (_frames.Writer.TryWrite(new Received(frame, head, message))) return;
        else await FailAsync(head, CoolKitFaults.Internal, "Too much waits, send it again", cancel);
        frame.Dispose();
    }

    // What was received is finished also when the connection is gone: a report that is in is committed.
    private async Task WorkAsync(CancellationToken cancel)
    {
        await foreach (var (frame, head, bytes) in _frames.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                using (frame) await HandleAsync(frame.RootElement, head, bytes, cancel);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                if (e is OperationCanceledException) continue;
                Log.Failed(services.Log, _deviceId, e);
                await FailAsync(head, CoolKitFaults.Internal, "The server failed, send it again", cancel);
            }
        }
    }

    private async Task HandleAsync(JsonElement frame, FrameHead head, byte[] message, CancellationToken cancel)
    {
        if (head.Action == "register")
        {
            if (++_registers > MaxRegisters || !await RegisterAsync(frame, head, cancel))
                await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "The device may not register");
            return;
        }

        if (_self is not { } self)
        {
            await FailAsync(head, CoolKitFaults.Refused, "Register first", cancel);
            return;
        }

        var speaker = _behind is null || head.DeviceId is not { } named || named == _deviceId ? self : _behind.Find(named);
        if (speaker is null)
        {
            if (head.Action is not null) await FailAsync(head, NotBound, "The device is not online behind this one", cancel);
            return;
        }

        switch (head.Action)
        {
            case "update":
                await ReportAsync(speaker, frame, head, message, cancel);
                break;
            case "query":
                await QueryAsync(speaker, frame, head, cancel);
                break;
            case { } action when _behind is { } behind && SubDevices.IsAction(action):
                if ((await behind.HandleAsync(action, frame, cancel)).Try(out var outcomes, out var fault)) await AnswerAsync(self, head, 0, outcomes, cancel);
                else await FailAsync(head, CoolKitFaults.OfHttp(fault), fault.Reason, cancel);
                break;
            case null when head.Error is { } error:
                if (head.WireId is { } wireId) speaker.Link.Answer(wireId, error == 0, error == 0 ? null : $"{error}", null, message, Said(frame));
                break;
            default:
                await FailAsync(head, CoolKitFaults.BadParameter, "action is unknown", cancel);
                break;
        }
    }

    private async Task TellDateAsync(FrameHead head, CancellationToken cancel)
    {
        var now = services.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        await socket.SendAsync(FrameWriter.Answer(head with { DeviceId = _deviceId }, 0, _apikey, w => w.WriteString("date", now)), cancel);
    }

    private async Task ReportAsync(Speaker speaker, JsonElement frame, FrameHead head, byte[] message, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, CoolKitJson.TypeOf<ReportFrame>()).Try(out var report, out var fault) || report.Params.ValueKind != JsonValueKind.Object)
        {
            await FailAsync(head, CoolKitFaults.BadParameter, fault?.Reason ?? "params must be an object", cancel);
            return;
        }

        var readings = Readings.Of(report.Params);
        var said = new Report
        {
            Readings = readings, Key = head.ReportKey, Frame = message, Operable = Operated.In(readings), Body = report.Params.GetRawText(),
        };
        var written = await TryAsync(() => speaker.Link.ReportAsync(said, CancellationToken.None));
        if (!written.Try(out var state, out fault))
        {
            await FailAsync(head, CoolKitFaults.OfHttp(fault), fault.Reason, cancel);
            return;
        }

        switch (state.Outcome)
        {
            case StateOutcome.Accepted or StateOutcome.Repeated:
                await AnswerAsync(speaker, head, 0, null, cancel);
                break;
            case StateOutcome.TooLarge:
                await FailAsync(head, CoolKitFaults.BadParameter, "The state of the device would be too large", cancel);
                break;
            default:
                speaker.Link.Channel.Close(LinkEnd.Superseded);
                break;
        }
    }

    private async Task QueryAsync(Speaker speaker, JsonElement frame, FrameHead head, CancellationToken cancel)
    {
        var wanted = frame.TryGetProperty("params", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Where(n => n.ValueKind == JsonValueKind.String).Select(n => n.GetString()!).ToList()
            : [];
        var read = await TryAsync(async () => Result.Of(RawJson.Params(await speaker.Link.ReadStateAsync(cancel), wanted)));
        if (read.Try(out var state, out var fault))
            // Nothing stored is a zero: small firmware cannot read an empty object.
            await AnswerAsync(speaker, head, 0, w => FrameWriter.Raw(w, "params", state.Text.Length > 2 ? state.Text : "0"), cancel);
        else await FailAsync(head, CoolKitFaults.Internal, fault.Reason, cancel);
    }

    // What a device says to a question within a command stands beside the answer (device protocol: hundredDaysKwh).
    private static string? Said(JsonElement frame) =>
        frame.TryGetProperty("config", out var config) && config.ValueKind == JsonValueKind.Object && config.GetRawText() is { Length: <= MaxSaid } said ? said : null;

    // False when the connection has no future.
    private async Task<bool> RegisterAsync(JsonElement frame, FrameHead head, CancellationToken cancel)
    {
        if (!RequestDecoder.Element(frame, CoolKitJson.TypeOf<RegisterFrame>()).Try(out var register, out var fault)) return await RefuseAsync(head, CoolKitFaults.BadParameter, fault.Reason, cancel);
        if (!Ids.IsHex(register.DeviceId, 10) || register.Apikey.Length is 0 or > MaxKey) return await RefuseAsync(head, Unknown, "Forbidden", cancel);
        if (_deviceId.Length > 0 && register.DeviceId != _deviceId) return await RefuseAsync(head, Unknown, "Forbidden", cancel);
        _deviceId = register.DeviceId;
        if (_self is not null) return await WelcomeAsync(head, cancel);
        _apikey = register.Apikey;
        var model = register.Model is { Length: <= MaxModel } named ? named : "";
        var identified = await TryAsync(() => services.Devices.IdentifyAsync(new DeviceIntroduction(CoolKitDialect.Name, register.DeviceId, register.Apikey, model, ip), cancel));
        if (!identified.Try(out var known, out fault))
        {
            if (fault.Detail == DeviceIntroduction.Adoptable) return await AskAgainAsync(head, cancel);
            return fault.Kind == FaultKind.Unavailable ? await TryLaterAsync(head, fault, cancel) : await RefuseAsync(head, Unknown, "Forbidden", cancel);
        }

        return known.OwnerId is { } owner ? await OpenAsync(head, known, owner, cancel) : await AskAgainAsync(head, cancel);
    }

    private async Task<bool> OpenAsync(FrameHead head, KnownDevice known, string owner, CancellationToken cancel)
    {
        var product = known.Product;
        var identity = new LinkIdentity(known.Device.No, known.Device.Id, product.Product.No, product.Model.MergeKeys, product.Product.KeepsFrames) { OwnerId = owner, Alarms = product.Model.Alarms, Queries = product.Model.Queries, Timers = Timers.Of(product.Product) };
        var channel = new DeviceChannel(socket, known.Device.Id, owner, ip, services.Time);
        if (!(await TryAsync(() => services.Links.OpenAsync(identity, channel, cancel))).Try(out var link, out var fault))
            return fault.Kind == FaultKind.Unavailable ? await TryLaterAsync(head, fault, cancel) : await RefuseAsync(head, Unknown, fault.Reason, cancel);
        _self = new Speaker(link, known.Device.Id, owner);
        if (product.Product.Node == ProductNode.Gateway) _behind = new SubDevices(services.Behind, socket, new LinkKey(known.Device.No, link.Epoch), ip);
        _apikey = owner;
        _config = known.Config;
        return await WelcomeAsync(head, cancel);
    }

    private Task<bool> WelcomeAsync(FrameHead head, CancellationToken cancel) => SendAsync(
        FrameWriter.Answer(head, 0, _apikey, w =>
        {
            // Of a camera, say.
            FrameWriter.Raw(w, "devConfig", _config);
            w.WriteStartObject("config");
            w.WriteNumber("hb", 1);
            w.WriteNumber("hbInterval", RealtimeEndpoint.HeartbeatSeconds);
            w.WriteEndObject();
        }),
        cancel);

    // Known, or to be adopted, but not bound to anybody yet (device protocol: 404).
    private Task<bool> AskAgainAsync(FrameHead head, CancellationToken cancel) => SendAsync(
        FrameWriter.Answer(head, NotBound, _apikey, w => WriteAgain(w, "Not Found")), cancel);

    private Task<bool> TryLaterAsync(FrameHead head, Fault fault, CancellationToken cancel) => SendAsync(
        FrameWriter.Answer(head, CoolKitFaults.Internal, _apikey, w => WriteAgain(w, fault.Reason)), cancel);

    private static void WriteAgain(Utf8JsonWriter writer, string reason)
    {
        writer.WriteString("reason", reason);
        writer.WriteString("actionName", "register");
        writer.WriteStartObject("config");
        writer.WriteNumber("regInterval", RandomNumberGenerator.GetInt32(RegisterInterval.From, RegisterInterval.To));
        writer.WriteEndObject();
    }

    private async Task<bool> RefuseAsync(FrameHead head, int code, string reason, CancellationToken cancel)
    {
        await FailAsync(head, code, reason, cancel);
        return false;
    }

    private async Task<bool> SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel) => await socket.SendAsync(frame, cancel);

    private async Task AnswerAsync(Speaker speaker, FrameHead head, int error, Action<Utf8JsonWriter>? content, CancellationToken cancel) =>
        await socket.SendAsync(FrameWriter.Answer(head with { DeviceId = speaker.DeviceId }, error, speaker.Apikey, content), cancel);

    private async Task FailAsync(FrameHead head, int error, string reason, CancellationToken cancel) =>
        await socket.SendAsync(FrameWriter.Answer(head, error, _apikey, w => w.WriteString("reason", reason)), cancel);

    private static async Task<Result<T>> TryAsync<T>(Func<Task<Result<T>>> work)
    {
        try
        {
            return await work();
        }
        catch (UnavailableException)
        {
            return UnavailableException.Fault;
        }
    }

    /// <summary>A frame that waits for its turn.</summary>
    private sealed record Received(JsonDocument Frame, FrameHead Head, byte[] Bytes);

    private static partial class Log
    {
        [LoggerMessage(5031, LogLevel.Error, "A frame of device {Device} could not be handled")]
        public static partial void Failed(ILogger logger, string device, Exception exception);
    }
}
