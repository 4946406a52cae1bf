using System.Text.Json.Nodes;
using Irori.Core.Commands;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>An owner asks a device to install firmware, over the long connection (CoolKit v2, OTA).</summary>
public abstract class UpgradeContract(HouseFixture fixture)
{
    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task A_device_gets_what_the_app_says_and_its_answer_comes_back()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "on", ["fwVersion"] = "3.4.0" });
        await using var socket = await AppSocket.ConnectAsync(House, app);
        var frame = Frame(app, lamp.Id);
        frame["params"]!["more"] = "kept";
        await socket.SendAsync(frame);

        var command = await lamp.Socket.ReceiveAsync(f => (string?)f["action"] == "upgrade");
        ((string)command["deviceid"]!, (string)command["apikey"]!, (string)command["userAgent"]!).ShouldBe((lamp.Id, app.Apikey, "app"));
        command["params"]!.ToJsonString().ShouldBe(frame["params"]!.ToJsonString());
        await lamp.AnswerAsync(command);

        var answer = await socket.AnswerAsync(frame);
        (answer.Error(), (string)answer["userAgent"]!, (string)answer["deviceid"]!, (string)answer["apikey"]!).ShouldBe((0, "device", lamp.Id, app.Apikey));
        var status = await app.GetAsync($"/v2/device/thing/status?type=1&id={lamp.Id}");
        status["data"]!["params"]!.ToJsonString().ShouldBe("""{"switch":"on","fwVersion":"3.4.0"}""", "what it was asked is not what it is");
        (await app.GetAsync($"/v2/device/history?deviceid={lamp.Id}"))["data"]!["histories"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_device_that_goes_without_an_answer_may_be_upgrading()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        await using var socket = await AppSocket.ConnectAsync(House, app);
        var frame = Frame(app, lamp.Id);
        await socket.SendAsync(frame);
        await lamp.Socket.ReceiveAsync(f => (string?)f["action"] == "upgrade");
        lamp.Socket.Abort();
        (await socket.AnswerAsync(frame)).Error().ShouldBe(504);
        (await House.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 1)))[0].Outcome.ShouldBe(CommandOutcome.Unknown);
    }

    [Fact]
    public async Task Only_the_owner_upgrades_and_what_is_wrong_has_its_code()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        await using var mine = await AppSocket.ConnectAsync(House, owner);
        (await mine.AskAsync(Frame(owner, made.Device.Id))).Error().ShouldBe(503);
        await using var lamp = await House.ConnectAsync(made);
        await using var theirs = await AppSocket.ConnectAsync(House, guest);
        await using var foreign = await AppSocket.ConnectAsync(House, stranger);
        (await theirs.AskAsync(Frame(guest, made.Device.Id))).Error().ShouldBe(406);
        (await foreign.AskAsync(Frame(stranger, made.Device.Id))).Error().ShouldBe(405);
        (await foreign.AskAsync(Frame(stranger, "10000fffff"))).Error().ShouldBe(405);
        await FailsAsync(400, f => f.Remove("params"));
        await FailsAsync(400, f => f["params"] = new JsonArray());
        await FailsAsync(400, f => f["params"]!.AsObject().Remove("model"));
        await FailsAsync(400, f => f["params"]!.AsObject().Remove("version"));
        await FailsAsync(400, f => f["params"]!["binList"] = new JsonArray());
        await FailsAsync(400, f => f["params"]!["binList"] = new JsonArray([null]));
        await FailsAsync(400, f => f["params"]!["binList"]![0]!.AsObject().Remove("downloadUrl"));
        await FailsAsync(406, f => f["apikey"] = stranger.Apikey);
        await lamp.Socket.SendAsync("""{"action":"date","d_seq":1}""");
        (await lamp.Socket.ReceiveAsync())["date"].ShouldNotBeNull();

        async Task FailsAsync(int code, Action<JsonObject> spoil)
        {
            var frame = Frame(owner, made.Device.Id);
            spoil(frame);
            var answer = await mine.AskAsync(frame);
            answer.Error().ShouldBe(code, $"{frame} {answer.ToJsonString()}");
        }
    }

    private static JsonObject Frame(CoolKitApp app, string deviceId) => new()
    {
        ["action"] = "upgrade", ["deviceid"] = deviceId, ["apikey"] = app.Apikey, ["userAgent"] = "app", ["sequence"] = AppSocket.NextSequence(),
        ["params"] = new JsonObject
        {
            ["model"] = "PSC-B01-GL", ["version"] = "3.5.0",
            ["binList"] = new JsonArray(new JsonObject { ["downloadUrl"] = "http://127.0.0.1/user1.bin", ["digest"] = new string('a', 64), ["name"] = "user1.bin" }),
        },
    };
}
