using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Irori.Chaos.Stages;
using Irori.Simulator;

namespace Irori.Chaos.Actors;

/// <summary>What an app shows of a device.</summary>
internal sealed class Shown
{
    /// <summary>The newest values of the two properties that count; 0: none yet.</summary>
    public long Reported { get; set; }

    public long Commanded { get; set; }

    /// <summary>Null: not told yet.</summary>
    public bool? Online { get; set; }
}

/// <summary>
/// The long connection of an app to one node. When it is open it reads what the node has, as apps do, and from then on shows what it is told. It remembers
/// when pushes went backwards.
/// </summary>
internal sealed class Listener(int number, Stage stage, App app, IReadOnlyList<Device> devices, Dice dice)
{
    private const int MaxFrame = 64 * 1024;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(60);
    private static readonly byte[] Ping = "ping"u8.ToArray();
    private static readonly byte[] Pong = "pong"u8.ToArray();

    private readonly Dictionary<string, Device> _known = devices.ToDictionary(d => d.Made.Id, StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly ConcurrentQueue<(Device Device, TimeSpan At)> _offline = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<(Device Device, string Property), long> _told = [];
    private Dictionary<string, Shown> _shown = new(StringComparer.Ordinal);
    private bool _read;
    private TimeSpan _stalest;
    private long _sequence;

    /// <summary>The node.</summary>
    public int Number => number;

    /// <summary>Devices that it was told to be offline, and when.</summary>
    public IReadOnlyCollection<(Device Device, TimeSpan At)> Offline => _offline;

    /// <summary>True when it is open and has read what there was.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock) return _read;
        }
    }

    /// <summary>What it saw that must never be, since it was last asked.</summary>
    public IEnumerable<string> TakeWrong()
    {
        while (_wrong.TryDequeue(out var wrong)) yield return wrong;
    }

    /// <summary>The greatest age of a state that it was told as new, since it was last asked.</summary>
    public TimeSpan TakeStalest()
    {
        lock (_lock)
        {
            var stalest = _stalest;
            _stalest = TimeSpan.Zero;
            return stalest;
        }
    }

    /// <summary>What it shows of a device.</summary>
    public Shown Of(Device device)
    {
        lock (_lock)
        {
            var shown = _shown.GetValueOrDefault(device.Made.Id) ?? new Shown();
            return new Shown { Reported = shown.Reported, Commanded = shown.Commanded, Online = shown.Online };
        }
    }

    /// <summary>Is connected, again and again, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(cancel);
            }
            catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or JsonException)
            {
                // The node was killed.
            }

            lock (_lock) _read = false;
            await Task.Delay(TimeSpan.FromMilliseconds(dice.Between(200, 600)), cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await socket.ConnectAsync(new UriBuilder(stage.Nodes[number].Address) { Scheme = "ws", Path = "/api/ws" }.Uri, cancel);
        lock (_lock)
        {
            _shown = new Dictionary<string, Shown>(StringComparer.Ordinal);
            _told.Clear();
        }

        var household = stage.Household;
        var hello = new JsonObject
        {
            ["action"] = "userOnline", ["at"] = household.Token, ["apikey"] = household.Apikey, ["appid"] = household.AppId, ["nonce"] = "chaos123", ["ts"] = 1, ["version"] = 8,
            ["userAgent"] = "app", ["sequence"] = $"{++_sequence}",
        };
        await socket.SendAsync(Encoding.UTF8.GetBytes(hello.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, cancel);
        var welcome = await ReceiveAsync(socket, cancel);
        if ((int?)welcome?["error"] != 0) return;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reading = ReadAsync(socket, ends.Token);
        try
        {
            while (await ReceiveAsync(socket, cancel) is { } frame) Take(frame);
        }
        finally
        {
            await ends.CancelAsync();
            await reading;
        }
    }

    private async Task ReadAsync(ClientWebSocket socket, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            if (await app.ReadAsync(number, cancel) is { } things)
            {
                lock (_lock)
                {
                    foreach (var thing in things) TakeRead(thing);
                    _read = true;
                }

                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(300), cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            for (; ; await socket.SendAsync(Ping, WebSocketMessageType.Text, endOfMessage: true, cancel)) await Task.Delay(Heartbeat, cancel);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
        {
            // The connection is over.
        }
    }

    // What was pushed meanwhile is newer.
    private void TakeRead(JsonNode thing)
    {
        var shown = Find((string)thing["deviceid"]!);
        shown.Reported = Math.Max(shown.Reported, Number64(thing["params"], Device.Reported));
        shown.Commanded = Math.Max(shown.Commanded, Number64(thing["params"], Device.Commanded));
        shown.Online ??= (bool)thing["online"]!;
    }

    private void Take(JsonNode frame)
    {
        if ((string?)frame["deviceid"] is not { } id || !_known.TryGetValue(id, out var device) || frame["params"] is not JsonObject values) return;
        lock (_lock)
        {
            var shown = Find(id);
            switch ((string?)frame["action"])
            {
                case "sysmsg":
                    shown.Online = (bool)values["online"]!;
                    if (shown.Online == false) _offline.Enqueue((device, Moment.Now));
                    break;
                case "update":
                    shown.Reported = Math.Max(shown.Reported, Told(device, Device.Reported, Number64(values, Device.Reported)));
                    shown.Commanded = Math.Max(shown.Commanded, Told(device, Device.Commanded, Number64(values, Device.Commanded)));
                    break;
            }
        }
    }

    // What was read may be newer than a push that was on its way; pushes among themselves never go backwards.
    private long Told(Device device, string property, long now)
    {
        if (now == 0) return 0;
        var before = _told.GetValueOrDefault((device, property));
        if (now < before) _wrong.Enqueue($"{stage.Nodes[number].Name} told {property} = {now} of {device.Made.Id} after {before}");
        if (property == Device.Reported && device.Staleness(now) is var age && age > _stalest) _stalest = age;
        _told[(device, property)] = now;
        return now;
    }

    private Shown Find(string id)
    {
        if (!_shown.TryGetValue(id, out var shown)) _shown[id] = shown = new Shown();
        return shown;
    }

    private static long Number64(JsonNode? values, string property) => (values as JsonObject)?[property] is JsonValue value && value.TryGetValue<long>(out var number) ? number : 0;

    private static async Task<JsonNode?> ReceiveAsync(ClientWebSocket socket, CancellationToken cancel)
    {
        var buffer = new byte[MaxFrame];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancel);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (!part.EndOfMessage) continue;
            var text = buffer.AsSpan(0, length);
            if (!text.SequenceEqual(Pong)) return JsonNode.Parse(text);
            length = 0;
        }
    }
}
