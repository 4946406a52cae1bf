using System.Text.Json.Nodes;
using Irori.Simulator;
using Shouldly;

namespace Irori.Tests.Simulator;

/// <summary>What a device does with commands, well or badly.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task A_command_is_acknowledged_under_its_sequence_and_merged_into_the_state()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server, DeviceKind.Lamp);
        await run.OnlineAsync();
        var link = await server.NextLinkAsync();

        await link.CommandAsync("1595000000123", """{"switch":"on","bright":80}""");

        (await link.NextAnswerAsync()).ToJsonString().ShouldBe(
            $$"""{"error":0,"userAgent":"device","deviceid":"1000000001","apikey":"{{ScriptedServer.Owner}}","sequence":"1595000000123"}""");
        var state = run.Device.State;
        ((string?)state["switch"], (int?)state["bright"], (string?)state["startup"]).ShouldBe(("on", 80, "stay"));
    }

    [Fact]
    public async Task A_command_may_carry_only_some_of_the_channels()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);
        await run.OnlineAsync();
        var link = await server.NextLinkAsync();

        await link.CommandAsync("1", """{"switches":[{"outlet":0,"switch":"on"},{"outlet":1,"switch":"on"}]}""");
        await link.CommandAsync("2", """{"switches":[{"outlet":1,"switch":"off"},{"outlet":2,"switch":"on"}]}""");
        await link.NextAnswerAsync();
        await link.NextAnswerAsync();

        run.Device.State["switches"]!.ToJsonString().ShouldBe(
            """[{"outlet":0,"switch":"on"},{"outlet":1,"switch":"off"},{"outlet":2,"switch":"on"}]""");
    }

    [Fact]
    public async Task A_silent_device_answers_nothing_until_it_is_normal_again()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);
        await run.OnlineAsync();
        var link = await server.NextLinkAsync();
        run.Device.Behaviour = Behaviour.Silent;
        await link.CommandAsync("1", """{"switch":"on"}""");

        // Its own report shows that the command before it was received.
        await run.Device.PressAsync(TestContext.Current.CancellationToken);
        await link.SendAsync("""{"action":"update","deviceid":"9999999999","apikey":"x","sequence":"2","params":{}}""");
        run.Device.Behaviour = Behaviour.Normal;
        await link.CommandAsync("3", """{"startup":"on"}""");

        ((string?)(await link.NextAnswerAsync())["sequence"]).ShouldBe("3");
        ((string?)run.Device.State["switch"]).ShouldBe("on");
    }

    [Fact]
    public async Task A_refusing_device_answers_error_400_and_stays_as_it_is()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);
        await run.OnlineAsync();
        var link = await server.NextLinkAsync();
        run.Device.Behaviour = Behaviour.Refuse;

        await link.CommandAsync("1", """{"switch":"on"}""");

        var answer = await link.NextAnswerAsync();
        ((int?)answer["error"], (string?)answer["sequence"]).ShouldBe((400, "1"));
        ((string?)run.Device.State["switch"]).ShouldBe("off");
    }

    [Fact]
    public async Task A_slow_device_obeys_late_but_in_order_and_goes_on_receiving()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);
        await run.OnlineAsync();
        var link = await server.NextLinkAsync();
        run.Device.Behaviour = Behaviour.Slow(TimeSpan.FromMilliseconds(400));
        var start = TimeProvider.System.GetTimestamp();
        await link.CommandAsync("1", """{"switch":"on"}""");
        await link.CommandAsync("2", """{"switch":"off"}""");

        await run.Device.PressAsync(TestContext.Current.CancellationToken);
        ((string?)run.Device.State["switch"]).ShouldBe("on", "it goes on receiving and has not obeyed yet");
        foreach (var sequence in new[] { "1", "2" }) ((string?)(await link.NextAnswerAsync())["sequence"]).ShouldBe(sequence);
        TimeProvider.System.GetElapsedTime(start).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(390));
        ((string?)run.Device.State["switch"]).ShouldBe("off");
    }

    [Fact]
    public async Task A_command_without_parameters_is_answered_with_error_400()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);
        await run.OnlineAsync();
        var link = await server.NextLinkAsync();

        await link.CommandAsync("1", "0");

        ((int?)(await link.NextAnswerAsync())["error"]).ShouldBe(400);
    }

    [Fact]
    public async Task A_dropping_device_cuts_the_connection_and_comes_back()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);
        await run.OnlineAsync();
        var link = await server.NextLinkAsync();
        run.Device.Behaviour = Behaviour.Drop;

        await link.CommandAsync("1", """{"switch":"on"}""");

        await link.EndAsync();
        await (await server.NextLinkAsync()).NextAsync("update");
        ((string?)run.Device.State["switch"]).ShouldBe("off");
    }

    [Theory]
    [InlineData("""{"action":"notify","deviceid":"1000000001","apikey":"x","cmd":"addNotify","params":{},"sequence":"9"}""")]
    [InlineData("""{"action":"upgrade","deviceid":"1000000001","apikey":"x","params":{},"sequence":"9"}""")]
    [InlineData("""{"error":0,"d_seq":5}""")]
    [InlineData("""{"error":"0","d_seq":"5"}""")]
    [InlineData("""{"action":7}""")]
    [InlineData("""{"action":"update","action":"update"}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{")]
    public async Task What_the_firmware_does_not_know_is_ignored(string frame)
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);
        await run.OnlineAsync();
        var link = await server.NextLinkAsync();

        await link.SendAsync(frame);
        await link.CommandAsync("1", """{"switch":"on"}""");

        ((string?)(await link.NextAnswerAsync())["sequence"]).ShouldBe("1");
        server.Dispatches.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_frame_in_pieces_is_one_frame_and_one_without_end_is_not_waited_for()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var run = RunningSimulation.Start(server);
        await run.OnlineAsync();
        var link = await server.NextLinkAsync();

        await link.CommandAsync("1", $$"""{"name":"{{new string('x', 20_000)}}"}""");
        await link.NextAnswerAsync();
        await link.CommandAsync("2", $$"""{"name":"{{new string('x', 70_000)}}"}""");

        await link.EndAsync();
        run.Device.State["name"]!.GetValue<string>().Length.ShouldBe(20_000);
    }
}
