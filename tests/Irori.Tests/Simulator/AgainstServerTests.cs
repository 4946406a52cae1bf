using System.Text.Json.Nodes;
using Irori.Simulator;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Simulator;

/// <summary>Simulated devices at a real server: both sides must mean the same.</summary>
public sealed class AgainstServerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_simulated_device_registers_obeys_reports_and_misbehaves(bool secure)
    {
        await using var house = await CoolKitHouse.StartAsync();
        using var app = await house.SignedInAsync();
        var made = await house.AddAsync(app);
        var options = new SimulationOptions
        {
            Server = secure ? house.Server.Https : house.Server.Http, TrustAnyCertificate = secure, FirstRetry = TimeSpan.FromMilliseconds(50),
        };
        await using var run = RunningSimulation.Start(options, new DevicePlan(made.Device.Id, made.Key, DeviceKind.Lamp));
        var lamp = run.Device;
        await run.OnlineAsync();

        ((int?)(await ReadAsync(app, lamp))["bright"]).ShouldBe(50, "online means that the server has the first report");
        (await SwitchAsync(app, lamp, "on")).Error().ShouldBe(0);
        ((string?)(await ReadAsync(app, lamp))["switch"]).ShouldBe("on");
        await lamp.PressAsync(TestContext.Current.CancellationToken);
        ((string?)(await ReadAsync(app, lamp))["switch"]).ShouldBe("off");

        lamp.Behaviour = Behaviour.Refuse;
        (await SwitchAsync(app, lamp, "on")).Error().ShouldNotBe(0);
        lamp.Behaviour = Behaviour.Drop;
        (await SwitchAsync(app, lamp, "on")).Error().ShouldNotBe(0);
        await run.OnlineAsync();
        lamp.Behaviour = Behaviour.Normal;
        ((string?)(await ReadAsync(app, lamp))["switch"]).ShouldBe("off");

        lamp.Unplug();
        (await SwitchAsync(app, lamp, "on")).Error().ShouldNotBe(0);
        lamp.Plug();
        await run.OnlineAsync();
        (await SwitchAsync(app, lamp, "on")).Error().ShouldBe(0);
    }

    private static Task<JsonObject> SwitchAsync(CoolKitApp app, SimulatedDevice lamp, string to) => app.PostAsync(
        "/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = lamp.Id, ["params"] = new JsonObject { ["switch"] = to } });

    private static async Task<JsonNode> ReadAsync(CoolKitApp app, SimulatedDevice lamp) =>
        (await app.GetAsync($"/v2/device/thing/status?type=1&id={lamp.Id}"))["data"]!["params"]!;
}
