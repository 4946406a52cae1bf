using System.Text.Json.Nodes;
using Irori.Simulator;
using Irori.Simulator.Kinds;
using Shouldly;

namespace Irori.Tests.Simulator;

/// <summary>What a device says by itself, and that nothing which it says is lost or said under two numbers.</summary>
public sealed class ReportTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DeviceKind.Switch, "switch startup rssi fwVersion")]
    [InlineData(DeviceKind.Lamp, "switch startup rssi fwVersion bright")]
    [InlineData(DeviceKind.Thermostat, "switch startup rssi fwVersion mainSwitch deviceType sensorType currentTemperature currentHumidity targets")]
    [InlineData(DeviceKind.Meter, "switch startup rssi fwVersion power voltage current")]
    public async Task The_first_report_says_the_whole_state_of_its_kind(DeviceKind kind, string names)
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server, kind, o => o with { MeterInterval = TimeSpan.FromHours(1), ThermostatInterval = TimeSpan.FromHours(1) });

        var said = (await (await server.NextLinkAsync()).NextAsync("update"))["params"]!.AsObject();

        said.Select(p => p.Key).ShouldBe(names.Split(' '));
        JsonNode.DeepEquals(said, run.Device.State).ShouldBeTrue();
        foreach (var text in said.Where(p => p.Key.StartsWith("current", StringComparison.Ordinal) || p.Key is "power" or "voltage")) text.Value!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_report_without_an_acknowledgement_is_sent_again_under_the_same_number()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Script("update", _ => null);
        await using var run = RunningSimulation.Start(server, options: o => o with { ReplyTimeout = Soon });
        var link = await server.NextLinkAsync();

        var first = await link.NextAsync("update");
        var second = await link.NextAsync("update");
        await run.OnlineAsync();

        JsonNode.DeepEquals(first, second).ShouldBeTrue();
        var number = (long)first["d_seq"]!;
        run.Sent.ShouldBe([number, number]);
        run.Acknowledged.ShouldHaveSingleItem().Number.ShouldBe(number);
    }

    [Fact]
    public async Task A_report_that_the_server_cannot_store_now_is_sent_again_under_the_same_number()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Script("update", f => ScriptedServer.Answer(f, 503));
        await using var run = RunningSimulation.Start(server, options: o => o with { ReplyTimeout = Soon });

        await run.OnlineAsync();

        run.Sent.Count.ShouldBe(2);
        run.Sent.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_report_that_was_under_way_when_the_connection_broke_comes_first_on_the_next_one()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);
        await run.OnlineAsync();
        var first = await server.NextLinkAsync();
        server.Script("update", _ => null);
        var pressing = run.Device.PressAsync(Cancel);
        var press = await NextPressAsync(first);

        first.Abort();

        var second = await server.NextLinkAsync();
        JsonNode.DeepEquals(await second.NextAsync("update"), press).ShouldBeTrue();
        var full = await second.NextAsync("update");
        full["params"]!.AsObject().Count.ShouldBe(4);
        ((long)full["d_seq"]!).ShouldBeGreaterThan((long)press["d_seq"]!);
        await pressing;
    }

    [Fact]
    public async Task A_report_that_is_never_acknowledged_is_given_up_after_six_times()
    {
        await using var server = await ScriptedServer.StartAsync();
        long? lost = null;
        server.Reply = frame =>
        {
            if ((string?)frame["action"] != "update") return ScriptedServer.Accept(frame);
            lost ??= (long)frame["d_seq"]!;
            return lost == (long)frame["d_seq"]! ? null : ScriptedServer.Accept(frame);
        };
        await using var run = RunningSimulation.Start(server, options: o => o with { ReplyTimeout = TimeSpan.FromMilliseconds(30) });

        await run.OnlineAsync();

        run.Sent.Count(n => n == lost).ShouldBe(6);
        run.Acknowledged.ShouldAllBe(a => a.Number > lost);
        server.Dispatches.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_press_toggles_the_switch_and_ends_when_the_server_has_heard_of_it()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);
        await run.OnlineAsync();
        var link = await server.NextLinkAsync();
        await link.NextAsync("update");

        await run.Device.PressAsync(Cancel);
        await run.Device.PressAsync(Cancel);

        (await link.NextAsync("update"))["params"]!.ToJsonString().ShouldBe("""{"switch":"on"}""");
        (await link.NextAsync("update"))["params"]!.ToJsonString().ShouldBe("""{"switch":"off"}""");
        run.Acknowledged.Select(a => a.Json).TakeLast(2).ShouldBe(["""{"switch":"on"}""", """{"switch":"off"}"""]);
        run.Sent.ShouldBe(run.Sent.Order().Distinct());
    }

    [Fact]
    public async Task A_press_while_offline_is_in_the_first_report()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Script("register", f => ScriptedServer.Answer(f, 404, new JsonObject { ["regInterval"] = 0.05 }));
        await using var run = RunningSimulation.Start(server);
        var link = await server.NextLinkAsync();
        await link.NextAsync("register");

        await run.Device.PressAsync(Cancel);

        ((string?)(await link.NextAsync("update"))["params"]!["switch"]).ShouldBe("on");
    }

    [Fact]
    public async Task A_meter_measures_what_its_switch_lets_through()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server, DeviceKind.Meter);
        var link = await server.NextLinkAsync();
        await link.CommandAsync("1", """{"switch":"on"}""");
        await link.NextAnswerAsync();

        // One report may have been measured before the command.
        await link.NextAsync("update");
        await link.NextAsync("update");
        var said = (await link.NextAsync("update"))["params"]!;

        var (power, voltage, current) = (Number(said["power"]), Number(said["voltage"]), Number(said["current"]));
        power.ShouldBeInRange(40, 60);
        voltage.ShouldBeInRange(228, 232);
        current.ShouldBe(power / voltage, 0.006);
    }

    [Fact]
    public async Task A_thermostat_tells_of_what_it_does_by_itself()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server, DeviceKind.Thermostat);
        var link = await server.NextLinkAsync();
        var told = new HashSet<string>();

        while (!told.IsSupersetOf(["on", "off", "currentTemperature"]))
        {
            var said = (await link.NextAsync("update"))["params"]!.AsObject();
            if (said["switch"] is { } to) told.Add(to.GetValue<string>());
            if (said.ContainsKey("currentTemperature") && said.ContainsKey("currentHumidity") && said.Count <= 3) told.Add("currentTemperature");
        }
    }

    [Fact]
    public void A_thermostat_in_automatic_mode_keeps_between_its_targets()
    {
        var heater = Hardware.Of(new DevicePlan("1000000001", "k", DeviceKind.Thermostat), new SimulationOptions { Server = new Uri("http://localhost") }, TimeProvider.System);
        var state = heater.FirstState();
        var dice = new Dice(new Random(1));

        heater.Tick(state, dice).ShouldContain("switch", "19 degrees are below the lower target");
        for (var round = 0; round < 3; round++)
        {
            SwitchedAt(heater, state, dice, "off").ShouldBeInRange(21.5, 22.5);
            SwitchedAt(heater, state, dice, "on").ShouldBeInRange(19.5, 20.5);
        }
    }

    [Fact]
    public void A_thermostat_in_manual_mode_goes_where_the_switch_says_within_nature()
    {
        var heater = Hardware.Of(new DevicePlan("1000000001", "k", DeviceKind.Thermostat), new SimulationOptions { Server = new Uri("http://localhost") }, TimeProvider.System);
        var state = heater.FirstState();
        state["mainSwitch"] = "off";
        var dice = new Dice(new Random(1));

        for (var tick = 0; tick < 200; tick++) heater.Tick(state, dice).ShouldNotContain("switch");
        Number(state["currentTemperature"]).ShouldBeInRange(14, 14.5);
        state["switch"] = "on";
        for (var tick = 0; tick < 200; tick++) heater.Tick(state, dice).ShouldNotContain("switch");
        Number(state["currentTemperature"]).ShouldBeInRange(31.5, 32);
    }

    private static double SwitchedAt(Hardware heater, JsonObject state, Dice dice, string to)
    {
        for (var tick = 0; (string?)state["switch"] != to; tick++)
        {
            tick.ShouldBeLessThan(100);
            heater.Tick(state, dice);
        }

        return Number(state["currentTemperature"]);
    }

    private static async Task<JsonObject> NextPressAsync(ScriptedLink link)
    {
        while (true)
        {
            var update = await link.NextAsync("update");
            if (update["params"]!.AsObject().Count == 1) return update;
        }
    }

    private static double Number(JsonNode? text) => double.Parse(text!.GetValue<string>());
}
