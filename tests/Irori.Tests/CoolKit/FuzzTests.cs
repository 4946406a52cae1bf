using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Irori.Core.Devices;
using Irori.Server.Hosting;
using Irori.Tests.Server;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Broken frames over real sockets: nothing escapes, nothing grows, and the connection that is left still works.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Window = 16;
    private const int GrowthLimit = 64 * 1024 * 1024;

    [Fact]
    public async Task Broken_frames_of_apps_and_devices_meet_no_unhandled_exception_and_memory_stays_flat()
    {
        var log = new CollectedLog();
        await using var house = await CoolKitHouse.StartAsync(options: new ServerOptions { Log = l => l.ClearProviders().AddProvider(log) });
        using var app = await house.SignedInAsync();
        var offline = await house.AddAsync(app);
        var lamp = await house.AddAsync(app);
        var mutator = new FrameMutator(Effort.Seed);
        var count = Effort.Of(quick: 4_000, full: 100_000);
        output.WriteLine($"IRORITEST_SEED={Effort.Seed}, {count} frames");

        var parsed = await SendAllAsync(house, mutator, AppFrames(app, offline), count / 20) + await SendAllAsync(house, mutator, DeviceFrames(lamp), count / 20);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        parsed += await SendAllAsync(house, mutator, AppFrames(app, offline), count * 9 / 20);
        parsed += await SendAllAsync(house, mutator, DeviceFrames(lamp), count * 9 / 20);
        var after = GC.GetTotalMemory(forceFullCollection: true);

        log.Errors.ShouldBeEmpty();
        parsed.ShouldBeGreaterThan(count / 2);
        (after - before).ShouldBeLessThan(GrowthLimit, $"{before} bytes before, {after} after");
        await using var device = await house.ConnectAsync(lamp);
        (await device.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(0);
        ((string)(await app.GetAsync($"/v2/device/thing/status?type=1&id={device.Id}&params=switch"))["data"]!["params"]!["switch"]!).ShouldBe("on");
    }

    private static async Task<int> SendAllAsync(CoolKitHouse house, FrameMutator mutator, IReadOnlyList<string> frames, int count)
    {
        var parsed = 0;
        for (var sent = 0; sent < count;)
        {
            await using var socket = await TestSocket.OpenAsync(house.Server.Http);
            var peer = new Peer(socket);
            // The first frame is whole now and then, so that also what is behind the handshake meets the others.
            if (sent % 4 != 3) await socket.SendAsync(frames[0]);
            for (var i = 0; i < 500 && sent < count && !peer.IsGone; i++)
            {
                var broken = mutator.Mutate(frames[sent++ % frames.Count]);
                if (IsJson(broken)) parsed++;
                peer.LastSent = broken;
                if (!await TrySendAsync(socket, mutator.Fragment(broken), sent % 7 == 0 ? WebSocketMessageType.Binary : WebSocketMessageType.Text)) break;
                if (i % Window == 0 && !await peer.CaughtUpAsync($"barrier-{sent}")) break;
            }

            await peer.CaughtUpAsync("barrier-last");
            socket.Abort();
            await peer.Gone;
        }

        return parsed;
    }

    private static async Task<bool> TrySendAsync(TestSocket socket, IEnumerable<ReadOnlyMemory<byte>> parts, WebSocketMessageType type)
    {
        try
        {
            var pieces = parts.ToList();
            for (var i = 0; i < pieces.Count; i++) await socket.SendAsync(pieces[i], type, i == pieces.Count - 1);
            return true;
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private static bool IsJson(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 128 });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static List<string> AppFrames(CoolKitApp app, MadeDevice device) =>
    [
        $$$"""{"action":"userOnline","version":8,"ts":1571141259,"at":"{{{app.Token}}}","userAgent":"app","apikey":"{{{app.Apikey}}}","appid":"{{{app.AppId}}}","nonce":"2plz69ax","sequence":"1571141530100"}""",
        $$$"""{"action":"update","deviceid":"{{{device.Device.Id}}}","apikey":"{{{app.Apikey}}}","userAgent":"app","sequence":"1585297259553","params":{"switch":"on","switches":[{"outlet":0,"switch":"on"}]}}""",
        $$$"""{"action":"query","deviceid":"{{{device.Device.Id}}}","apikey":"{{{app.Apikey}}}","sequence":1585297259554,"params":["switch","timers"],"userAgent":"app"}""",
        """{"error":0,"deviceid":"1000000001","apikey":"nobody","sequence":"1585297259553"}""",
    ];

    private static List<string> DeviceFrames(MadeDevice device) =>
    [
        $$$"""{"action":"register","userAgent":"device","version":8,"deviceid":"{{{device.Device.Id}}}","apikey":"{{{device.Key}}}","model":"PSC-B01-GL","romVersion":"3.5.0","ts":14,"d_seq":1595000000001}""",
        $$$"""{"action":"update","userAgent":"device","apikey":"x","deviceid":"{{{device.Device.Id}}}","d_seq":1595000000002,"params":{"switch":"on","rssi":-61,"switches":[{"outlet":0,"switch":"on"}]}}""",
        $$$"""{"action":"date","userAgent":"device","apikey":"x","deviceid":"{{{device.Device.Id}}}","d_seq":1595000000003}""",
        $$$"""{"action":"query","userAgent":"device","apikey":"x","deviceid":"{{{device.Device.Id}}}","params":["timers"]}""",
        $$$"""{"error":0,"userAgent":"device","apikey":"x","deviceid":"{{{device.Device.Id}}}","sequence":"1595000000123"}""",
    ];

    /// <summary>Takes what the server says, and knows when it has handled everything that was sent before a barrier.</summary>
    private sealed class Peer
    {
        private readonly TestSocket _socket;
        private readonly Channel<string> _said = Channel.CreateUnbounded<string>();

        public Peer(TestSocket socket)
        {
            _socket = socket;
            Gone = ReadAsync();
        }

        public Task Gone { get; }

        public byte[] LastSent { get; set; } = [];

        public bool IsGone => Gone.IsCompleted;

        /// <summary>False when the connection is over.</summary>
        public async Task<bool> CaughtUpAsync(string barrier)
        {
            var frame = Encoding.UTF8.GetBytes($$"""{"action":"query","deviceid":"1000ffffff","apikey":"x","params":[],"sequence":"{{barrier}}"}""");
            if (IsGone || !await TrySendAsync(_socket, [frame], WebSocketMessageType.Text)) return false;
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await foreach (var said in _said.Reader.ReadAllAsync(limit.Token))
                {
                    if (said.Contains(barrier, StringComparison.Ordinal)) return true;
                }
            }
            catch (OperationCanceledException e) when (!IsGone)
            {
                throw new InvalidOperationException($"The server says no more after {Encoding.UTF8.GetString(LastSent)}", e);
            }

            return false;
        }

        private async Task ReadAsync()
        {
            try
            {
                while (await _socket.ReceiveTextAsync() is { } said) _said.Writer.TryWrite(said);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
            {
                // The server has cut a connection that was beyond repair, or the test has.
            }
            finally
            {
                _said.Writer.TryComplete();
            }
        }
    }
}
