using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Irori.Tests.CoolKit;
using Irori.Tests.Server;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>Broken frames over real sockets: nothing escapes, nothing grows, and the connection that is left still works.</summary>
public sealed class RealtimeFuzzTests(ITestOutputHelper output)
{
    private const int GrowthLimit = 64 * 1024 * 1024;

    [Fact]
    public async Task Broken_frames_of_apps_meet_no_unhandled_exception_and_memory_stays_flat()
    {
        var log = new CollectedLog();
        await using var house = await GizwitsHouse.StartAsync(options: HouseFixture.Options() with { Log = l => l.ClearProviders().AddProvider(log) });
        using var person = await house.PersonAsync();
        var made = await house.LampOfAsync(person);
        var mutator = new FrameMutator(Effort.Seed);
        var fuzzer = new FrameFuzzer(() => GizwitsSocket.OpenAsync(house), name => $$"""{"cmd":"subscribe_req","data":[{"did":"{{name}}"}]}""", unsigned: "1009");
        var count = Effort.Of(quick: 3_000, full: 100_000);
        output.WriteLine($"IRORITEST_SEED={Effort.Seed}, {count} frames");

        var parsed = await fuzzer.SendAllAsync(mutator, Frames(person, made), count / 10);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        parsed += await fuzzer.SendAllAsync(mutator, Frames(person, made), count * 9 / 10);
        var after = GC.GetTotalMemory(forceFullCollection: true);

        log.Errors.ShouldBeEmpty();
        parsed.ShouldBeGreaterThan(count / 2);
        (after - before).ShouldBeLessThan(GrowthLimit, $"{before} bytes before, {after} after");
        await using var socket = await GizwitsSocket.ConnectAsync(house, person);
        await using var lamp = await house.CoolKit.ConnectAsync(made);
        (await lamp.ReportAsync(JsonNode.Parse("""{"bright":255}""")!)).Error().ShouldBe(0);
        (await socket.ReceiveAttributesAsync()).ShouldContain("\"Brightness\":100");
    }

    private static List<string> Frames(GizwitsApp person, MadeDevice made) =>
    [
        GizwitsSocket.Login(person, subscribe: true).ToJsonString(),
        GizwitsSocket.Subscribe(made.Device.Id, "nothing").ToJsonString(),
        GizwitsSocket.Write(made.Device.Id, """{"LED_OnOff":true,"Brightness":50}""", 1).ToJsonString(),
        GizwitsSocket.Read(made.Device.Id, 2).ToJsonString(),
        GizwitsSocket.Say(made.Device.Id, 0, 0, 0, 3, 11, 0, 0, 147, 1, 2, 3, 4, 1, 4, 0, 50).ToJsonString(),
        GizwitsSocket.Say(made.Device.Id, 0, 0, 0, 3, 4, 0, 0, 144, 2).ToJsonString(),
        """{"cmd":"c2s_ack","res_sn":1,"did":"x"}""",
        """{"cmd":"ping"}""",
    ];
}
