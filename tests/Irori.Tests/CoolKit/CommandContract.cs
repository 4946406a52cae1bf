using System.Text.Json.Nodes;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>A command by HTTP and what becomes of it (CoolKit v2, status).</summary>
public abstract class CommandContract(HouseFixture fixture)
{
    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task An_acknowledged_command_can_be_read_at_once_on_another_connection()
    {
        using var app = await House.PersonAsync();
        using var second = await House.SignInAsync(app.Email);
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        foreach (var value in new[] { "on", "off", "on" })
        {
            var sending = SwitchAsync(app, made, value);
            var command = await lamp.ObeyAsync();
            (await sending).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
            (await StateAsync(second, made)).ShouldBe($$"""{"switch":"{{value}}"}""");
            ((string)command["deviceid"]!).ShouldBe(made.Device.Id);
            ((string)command["apikey"]!).ShouldBe(app.Apikey);
            ((string)command["userAgent"]!).ShouldBe("app");
            ((string)command["sequence"]!).Length.ShouldBe(13);
            command["params"]!.ToJsonString().ShouldBe($$"""{"switch":"{{value}}"}""");
        }

        (await RecordAsync(made)).Outcome.ShouldBe(CommandOutcome.Acknowledged);
    }

    [Fact]
    public async Task Offline_silent_refusing_and_dropping_devices_are_told_apart()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        var offline = await SwitchAsync(app, made, "on");
        (await RecordAsync(made)).Outcome.ShouldBe(CommandOutcome.Offline);

        await using var lamp = await House.ConnectAsync(made);
        var sending = SwitchAsync(app, made, "on");
        await lamp.ReceiveCommandAsync();
        House.Time!.Advance(CommandService.DefaultDeadline);
        var silent = await sending;
        (await RecordAsync(made)).Outcome.ShouldBe(CommandOutcome.Unknown);

        sending = SwitchAsync(app, made, "on");
        await lamp.ObeyAsync(error: 400);
        var refused = await sending;
        (await RecordAsync(made)).Outcome.ShouldBe(CommandOutcome.Rejected);
        (await RecordAsync(made)).Answer.ShouldBe("400");

        sending = SwitchAsync(app, made, "on");
        await lamp.ReceiveCommandAsync();
        lamp.Socket.Abort();
        var dropped = await sending;
        (await RecordAsync(made)).Outcome.ShouldBe(CommandOutcome.Unknown);

        foreach (var answer in new[] { offline, silent, refused, dropped }) answer.Error().ShouldBe(4002, answer.ToJsonString());
        ((string)offline["msg"]!).ShouldContain("offline");
        ((string)silent["msg"]!).ShouldContain("did not answer");
        ((string)refused["msg"]!).ShouldContain("refused");
        (await StateAsync(app, made)).ShouldBe("{}");
    }

    [Fact]
    public async Task A_late_acknowledgement_changes_the_state_and_the_record_and_not_the_caller()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        await using var socket = await AppSocket.ConnectAsync(House, app);
        var sending = SwitchAsync(app, made, "on");
        var command = await lamp.ReceiveCommandAsync();
        House.Time!.Advance(CommandService.DefaultDeadline);
        (await sending).Error().ShouldBe(4002);
        (await StateAsync(app, made)).ShouldBe("{}");

        await lamp.AnswerAsync(command);
        var pushed = await socket.ReceiveAsync(f => (string?)f["action"] == "update");
        pushed["params"]!.ToJsonString().ShouldBe("""{"switch":"on"}""");
        (await StateAsync(app, made)).ShouldBe("""{"switch":"on"}""");
        (await RecordAsync(made)).Outcome.ShouldBe(CommandOutcome.Acknowledged);

        await lamp.AnswerAsync(command, error: 400);
        sending = SwitchAsync(app, made, "off");
        await lamp.ObeyAsync();
        (await sending).Error().ShouldBe(0);
        (await House.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 10))).Select(c => c.Outcome).ShouldBe([CommandOutcome.Acknowledged, CommandOutcome.Acknowledged]);
    }

    [Fact]
    public async Task Answers_that_nobody_waits_for_do_no_harm()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        foreach (var answer in new[] { """{"error":0}""", """{"error":0,"sequence":"1"}""", """{"error":0,"sequence":"x"}""", """{"error":"0","sequence":1}""", """{"error":1e400,"sequence":{}}""" })
            await lamp.Socket.SendAsync(answer);
        var sending = SwitchAsync(app, made, "on");
        var command = await lamp.ReceiveCommandAsync();
        await lamp.AnswerAsync(new JsonObject { ["sequence"] = "1234567890123" });
        await lamp.Socket.SendAsync(new JsonObject { ["error"] = 0, ["sequence"] = long.Parse((string)command["sequence"]!) });
        (await sending).Error().ShouldBe(0);
    }

    [Fact]
    public async Task Some_channels_are_switched_and_the_others_stay()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        await lamp.ReportAsync(Channels((0, "off"), (1, "off"), (2, "off"), (3, "off")));
        var sending = app.PostAsync("/v2/device/thing/status", Body(made, Channels((2, "on"))));
        var command = await lamp.ObeyAsync();
        (await sending).Error().ShouldBe(0);
        command["params"]!.ToJsonString().ShouldBe(Channels((2, "on")).ToJsonString());
        (await StateAsync(app, made)).ShouldBe(Channels((0, "off"), (1, "off"), (2, "on"), (3, "off")).ToJsonString());
        await lamp.ReportAsync(Channels((0, "on")));
        (await StateAsync(app, made)).ShouldBe(Channels((0, "on"), (1, "off"), (2, "on"), (3, "off")).ToJsonString());
    }

    [Fact]
    public async Task Many_commands_at_once_are_all_answered_by_their_own_acknowledgement()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        var sending = Enumerable.Range(0, 20).Select(i => app.PostAsync("/v2/device/thing/status", Body(made, new JsonObject { [$"p{i}"] = i }))).ToList();
        var commands = new List<JsonObject>();
        while (commands.Count < 20) commands.Add(await lamp.ReceiveCommandAsync());
        commands.Select(c => (string)c["sequence"]!).Distinct().Count().ShouldBe(20);
        commands.Reverse();
        foreach (var command in commands) await lamp.AnswerAsync(command, command["params"]!["p7"] is null ? 0 : 7);
        var answers = await Task.WhenAll(sending);
        for (var i = 0; i < 20; i++) answers[i].Error().ShouldBe(i == 7 ? 4002 : 0);
        var state = JsonNode.Parse(await StateAsync(app, made))!.AsObject();
        state.Count.ShouldBe(19);
        state["p7"].ShouldBeNull();
    }

    [Fact]
    public async Task A_guest_switches_what_was_shared_with_him()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        await using var lamp = await House.ConnectAsync(made);
        var sending = SwitchAsync(guest, made, "on");
        ((string)(await lamp.ObeyAsync())["apikey"]!).ShouldBe(owner.Apikey);
        (await sending).Error().ShouldBe(0);
        (await StateAsync(owner, made)).ShouldBe("""{"switch":"on"}""");
        (await RecordAsync(made)).Account.ShouldBe(guest.Apikey);
    }

    [Fact]
    public async Task Parameters_are_passed_on_byte_for_byte_up_to_a_bound()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        const string Odd = """{ "a" : 1.50 , "b":"\u00fc<>&'+" , "c":[ ] , "d":{"e":null} }""";
        var call = new Call(HttpMethod.Post, "/v2/device/thing/status")
        {
            Body = $$"""{"type":1,"id":"{{made.Device.Id}}","params":{{Odd}}}""", Authorization = $"Bearer {app.Token}",
        };
        var sending = app.SendAsync(call);
        var frame = (await lamp.Socket.ReceiveTextAsync())!;
        frame.ShouldContain($"\"params\":{Odd}");
        await lamp.AnswerAsync(JsonNode.Parse(frame)!.AsObject());
        (await sending).Error().ShouldBe(0);
        var large = new JsonObject { ["a"] = new string('x', 70_000) };
        (await app.PostAsync("/v2/device/thing/status", Body(made, large))).Error().ShouldBe(400);
    }

    [Fact]
    public async Task A_name_that_is_given_twice_counts_once()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        var sending = app.SendAsync(new Call(HttpMethod.Post, "/v2/device/thing/status")
        {
            Body = $$$"""{"type":1,"id":"{{{made.Device.Id}}}","params":{"switch":"off","switch":"on"}}""", Authorization = $"Bearer {app.Token}",
        });
        await lamp.AnswerAsync(JsonNode.Parse((await lamp.Socket.ReceiveTextAsync())!.Replace("\"switch\":\"off\",", "", StringComparison.Ordinal))!.AsObject());
        (await sending).Error().ShouldBe(0);
        (await StateAsync(app, made)).ShouldBe("""{"switch":"on"}""");
    }

    private static JsonObject Channels(params (int Outlet, string Switch)[] channels) => new()
    {
        ["switches"] = new JsonArray([.. channels.Select(c => (JsonNode)new JsonObject { ["outlet"] = c.Outlet, ["switch"] = c.Switch })]),
    };

    private static JsonObject Body(MadeDevice made, JsonNode values) => new() { ["type"] = 1, ["id"] = made.Device.Id, ["params"] = values };

    private static Task<JsonObject> SwitchAsync(CoolKitApp app, MadeDevice made, string value) =>
        app.PostAsync("/v2/device/thing/status", Body(made, new JsonObject { ["switch"] = value }));

    private static async Task<string> StateAsync(CoolKitApp app, MadeDevice made) =>
        (await app.GetAsync($"/v2/device/thing/status?type=1&id={made.Device.Id}"))["data"]!["params"]!.ToJsonString();

    private async Task<CommandRecord> RecordAsync(MadeDevice made) => (await House.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 1))).Single();
}
