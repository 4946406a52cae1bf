using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Irori.Server.Hosting;
using Irori.Tests.Server;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Broken frames over real sockets: nothing escapes, nothing grows, and the connection that is left still works.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
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
        var fuzzer = new FrameFuzzer(() => TestSocket.OpenAsync(house.Server.Http), name => $$"""{"action":"query","deviceid":"1000ffffff","apikey":"x","params":[],"sequence":"{{name}}"}""");
        var count = Effort.Of(quick: 4_000, full: 100_000);
        output.WriteLine($"IRORITEST_SEED={Effort.Seed}, {count} frames");

        var parsed = await fuzzer.SendAllAsync(mutator, AppFrames(app, offline), count / 20) + await fuzzer.SendAllAsync(mutator, DeviceFrames(lamp), count / 20);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        parsed += await fuzzer.SendAllAsync(mutator, AppFrames(app, offline), count * 9 / 20);
        parsed += await fuzzer.SendAllAsync(mutator, DeviceFrames(lamp), count * 9 / 20);
        var after = GC.GetTotalMemory(forceFullCollection: true);

        log.Errors.ShouldBeEmpty();
        parsed.ShouldBeGreaterThan(count / 2);
        (after - before).ShouldBeLessThan(GrowthLimit, $"{before} bytes before, {after} after");
        await using var device = await house.ConnectAsync(lamp);
        (await device.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(0);
        ((string)(await app.GetAsync($"/v2/device/thing/status?type=1&id={device.Id}&params=switch"))["data"]!["params"]!["switch"]!).ShouldBe("on");
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
}
