using Irori.Core.Devices;
using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Sharing over the long connection (CoolKit v1): the receiver is asked, and the sender waits for his answer.</summary>
public abstract class V1ShareContract(HouseFixture fixture)
{
    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task A_receiver_who_accepts_has_the_device_until_it_is_taken_back()
    {
        await using var scene = await Scene.StartAsync(House);

        var (answer, question) = await scene.ShareAsync(permit: 5, result: 2);

        (answer.Error(), (int)answer["result"]!, (string)answer["apikey"]!, (string)answer["deviceid"]!).ShouldBe((0, 2, scene.Owner.Apikey, scene.Made.Device.Id));
        ((string)question["apikey"]!, (string)question["deviceid"]!, (string)question["userAgent"]!).ShouldBe((scene.Owner.Apikey, scene.Made.Device.Id, "app"));
        var terms = question["params"]!;
        ((string)terms["uid"]!, (string)terms["deviceName"]!, (int)terms["permit"]!, (string)terms["note"]!).ShouldBe((scene.Owner.Email, "Lamp", 5, "for you"));
        ((long)terms["shareTime"]!).ShouldBeGreaterThan(1_000_000_000_000);
        var shared = (await DevicesAsync(scene.Guest)).ShouldHaveSingleItem()!;
        shared["sharedBy"]!.ToJsonString().ShouldBe($$"""{"apikey":"{{scene.Owner.Apikey}}","permit":5}""");

        // What the guest may do, and see, over the connection.
        await using var lamp = await House.ConnectAsync(scene.Made);
        var switching = scene.GuestSocket.AskAsync(AppSocket.Update(scene.Guest, lamp.Id, new JsonObject { ["switch"] = "on" }, scene.Owner.Apikey));
        await lamp.ObeyAsync();
        (await switching).Error().ShouldBe(0);

        (await scene.OwnerSocket.AskAsync(scene.Frame("updateShare", permit: 9))).Error().ShouldBe(0);
        ((int)(await DevicesAsync(scene.Guest))[0]!["sharedBy"]!["permit"]!).ShouldBe(9);
        var cancelled = await scene.OwnerSocket.AskAsync(scene.Frame("cancelShare"));
        cancelled.Error().ShouldBe(0);
        (await DevicesAsync(scene.Guest)).ShouldBeEmpty();
        (await scene.OwnerSocket.AskAsync(scene.Frame("cancelShare"))).Error().ShouldBe(0, "as the document says, again alike");
    }

    [Fact]
    public async Task A_receiver_who_refuses_has_nothing_and_can_be_asked_again()
    {
        await using var scene = await Scene.StartAsync(House);

        ((int)(await scene.ShareAsync(0, result: 3)).Answer["result"]!).ShouldBe(3);
        (await DevicesAsync(scene.Guest)).ShouldBeEmpty();
        ((int)(await scene.ShareAsync(0, result: 2)).Answer["result"]!).ShouldBe(2);
        var again = await scene.OwnerSocket.AskAsync(scene.Frame("share"));
        (again.Error(), (int)again["result"]!).ShouldBe((0, 4));
    }

    [Fact]
    public async Task Nobody_answers_and_the_sender_is_told_after_a_minute_and_waits_three()
    {
        await using var house = await CoolKitHouse.StartAsync(fixture.Engine, s => s, HouseFixture.Options());
        await using var scene = await Scene.StartAsync(house);
        var asked = scene.Frame("share");
        await scene.OwnerSocket.SendAsync(asked);
        var question = await scene.GuestSocket.ReceiveAsync(f => (string?)f["action"] == "share");
        house.Time!.Advance(TimeSpan.FromSeconds(61));

        (await scene.OwnerSocket.AnswerAsync(asked)).Error().ShouldBe(504);
        await scene.AnswerAsync(question, 2);
        (await scene.OwnerSocket.AskAsync(scene.Frame("share"))).Error().ShouldBe(403, "he was asked a moment ago");
        (await DevicesAsync(scene.Guest)).ShouldBeEmpty();
        house.Time.Advance(TimeSpan.FromMinutes(3));
        ((int)(await scene.ShareAsync(0, result: 2)).Answer["result"]!).ShouldBe(2);
    }

    [Fact]
    public async Task A_receiver_who_connects_while_the_sender_waits_is_asked_then()
    {
        await using var scene = await Scene.StartAsync(House);
        await scene.GuestSocket.DisposeAsync();
        var asked = scene.Frame("share");
        await scene.OwnerSocket.SendAsync(asked);
        await scene.OwnerSocket.UntilPongAsync();

        await using var late = await AppSocket.ConnectAsync(House, scene.Guest);
        var question = await late.ReceiveAsync(f => (string?)f["action"] == "share");
        await late.SendAsync(Scene.Reply(question, 2));

        ((int)(await scene.OwnerSocket.AnswerAsync(asked))["result"]!).ShouldBe(2);
    }

    [Fact]
    public async Task What_is_wrong_with_a_share_has_its_code()
    {
        await using var scene = await Scene.StartAsync(House);
        var unknown = scene.Frame("share", permit: 1);
        unknown["params"]!["uid"] = House.NewEmail();
        var answer = await scene.OwnerSocket.AskAsync(unknown);
        (answer.Error(), (int)answer["result"]!).ShouldBe((0, 1));
        unknown["action"] = "updateShare";
        (await scene.OwnerSocket.AskAsync(Fresh(unknown))).Error().ShouldBe(404, "somebody who does not exist has no share");

        foreach (var action in new[] { "share", "updateShare", "cancelShare" })
        {
            await ShouldFailAsync(400, action, f => f["params"]!["uid"] = "nobody");
            await ShouldFailAsync(400, action, f => f["params"]!.AsObject().Remove("uid"));
            await ShouldFailAsync(400, action, f => f.Remove("params"));
            await ShouldFailAsync(401, action, f => f["apikey"] = scene.Guest.Apikey);
            await ShouldFailAsync(404, action, f => f["deviceid"] = "10ffffffff");
        }

        await ShouldFailAsync(400, "share", f => f["params"]!["permit"] = 16);
        await ShouldFailAsync(400, "share", f => f["params"]!["note"] = new string('字', 11));
        await ShouldFailAsync(400, "share", f => f["params"]!["uid"] = scene.Owner.Email);
        await ShouldFailAsync(400, "updateShare", f => f["params"]!["permit"] = -1);
        await ShouldFailAsync(400, "updateShare", f => f["params"]!.AsObject().Remove("permit"));

        async Task ShouldFailAsync(int code, string action, Action<JsonObject> break_)
        {
            var frame = scene.Frame(action, permit: 1);
            break_(frame);
            var failed = await scene.OwnerSocket.AskAsync(frame);
            failed.Error().ShouldBe(code, failed.ToJsonString());
            ((string)failed["reason"]!).ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task A_guest_shares_nothing_on_and_a_stranger_sees_nothing()
    {
        await using var scene = await Scene.StartAsync(House);
        await scene.ShareAsync(15, result: 2);
        using var third = await House.PersonAsync();
        await using var thirdSocket = await AppSocket.ConnectAsync(House, third);

        foreach (var action in new[] { "share", "updateShare", "cancelShare" })
        {
            var frame = scene.Frame(action, permit: 1);
            frame["apikey"] = scene.Guest.Apikey;
            frame["params"]!["uid"] = third.Email;
            (await scene.GuestSocket.AskAsync(frame)).Error().ShouldBe(403);
            frame["apikey"] = third.Apikey;
            frame["params"]!["uid"] = scene.Guest.Email;
            (await thirdSocket.AskAsync(Fresh(frame))).Error().ShouldBe(404);
        }

        (await DevicesAsync(scene.Guest)).Count.ShouldBe(1);
        (await DevicesAsync(third)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_the_receiver_answers_and_an_answer_to_nothing_means_nothing()
    {
        await using var scene = await Scene.StartAsync(House);
        using var third = await House.PersonAsync();
        await using var thirdSocket = await AppSocket.ConnectAsync(House, third);
        var asked = scene.Frame("share");
        await scene.OwnerSocket.SendAsync(asked);
        var question = await scene.GuestSocket.ReceiveAsync(f => (string?)f["action"] == "share");

        await thirdSocket.SendAsync(Scene.Reply(question, 2));
        await scene.OwnerSocket.SendAsync(Scene.Reply(question, 2));
        foreach (var broken in new[] { """{"error":0,"sequence":"x","result":2}""", """{"error":0,"sequence":"999999","result":2}""", """{"error":0,"result":"2"}""", """{"error":0}""" })
            await scene.GuestSocket.SendAsync(broken);
        await scene.GuestSocket.SendAsync(Scene.Reply(question, 7));
        foreach (var socket in new[] { thirdSocket, scene.OwnerSocket, scene.GuestSocket }) (await socket.UntilPongAsync()).ShouldBeEmpty();
        (await DevicesAsync(scene.Guest)).ShouldBeEmpty();

        await scene.AnswerAsync(question, 3);
        ((int)(await scene.OwnerSocket.AnswerAsync(asked))["result"]!).ShouldBe(3);
    }

    private static async Task<JsonArray> DevicesAsync(CoolKitApp app) => (await (await V1App.SignInAsync(app)).GetAsync("/api/user/device"))["devicelist"]!.AsArray();

    private static JsonObject Fresh(JsonObject frame)
    {
        var copy = frame.DeepClone().AsObject();
        copy["sequence"] = AppSocket.NextSequence();
        return copy;
    }

    /// <summary>An owner with a lamp and a guest, both connected.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        public required CoolKitApp Owner { get; init; }

        public required CoolKitApp Guest { get; init; }

        public required MadeDevice Made { get; init; }

        public required TestSocket OwnerSocket { get; init; }

        public required TestSocket GuestSocket { get; init; }

        public static async Task<Scene> StartAsync(CoolKitHouse house)
        {
            var (owner, guest) = (await house.PersonAsync(), await house.PersonAsync());
            return new Scene
            {
                Owner = owner, Guest = guest, Made = await house.AddAsync(owner, "Lamp"),
                OwnerSocket = await AppSocket.ConnectAsync(house, owner), GuestSocket = await AppSocket.ConnectAsync(house, guest),
            };
        }

        public JsonObject Frame(string action, int? permit = null) => new()
        {
            ["action"] = action, ["deviceid"] = Made.Device.Id, ["apikey"] = Owner.Apikey, ["userAgent"] = "app", ["sequence"] = AppSocket.NextSequence(),
            ["params"] = new JsonObject { ["uid"] = Guest.Email, ["deviceName"] = "Lamp", ["userName"] = "Owner", ["permit"] = permit, ["note"] = "for you" },
        };

        /// <summary>The owner shares, and the guest answers.</summary>
        public async Task<(JsonObject Answer, JsonObject Question)> ShareAsync(int permit, int result)
        {
            var asked = Frame("share", permit);
            await OwnerSocket.SendAsync(asked);
            var question = await GuestSocket.ReceiveAsync(f => (string?)f["action"] == "share");
            await AnswerAsync(question, result);
            return (await OwnerSocket.AnswerAsync(asked), question);
        }

        public Task AnswerAsync(JsonObject question, int result) => GuestSocket.SendAsync(Reply(question, result));

        public static JsonObject Reply(JsonObject question, int result) => new()
        {
            ["error"] = 0, ["result"] = result, ["deviceid"] = question["deviceid"]!.DeepClone(), ["apikey"] = question["apikey"]!.DeepClone(), ["sequence"] = question["sequence"]!.DeepClone(),
        };

        public async ValueTask DisposeAsync()
        {
            await OwnerSocket.DisposeAsync();
            await GuestSocket.DisposeAsync();
            Owner.Dispose();
            Guest.Dispose();
        }
    }
}
