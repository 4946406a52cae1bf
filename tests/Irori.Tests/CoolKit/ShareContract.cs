using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Devices are shared silently, with rights over their timers, and taken back (CoolKit v2, share).</summary>
public abstract class ShareContract(HouseFixture fixture)
{
    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task A_shared_device_is_there_at_once_for_its_receiver()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var (made, other) = (await House.AddAsync(owner, "Lamp"), await House.AddAsync(owner, "Other"));
        await using var lamp = await House.ConnectAsync(made);
        await using var socket = await AppSocket.ConnectAsync(House, guest);

        var answer = await ShareAsync(owner, guest.Email, permit: 5, "flatmate", made, other);

        var updated = answer["data"]!["updatedThingList"]!.AsArray();
        updated.Select(t => (string)t!["itemData"]!["deviceid"]!).ShouldBe([made.Device.Id, other.Device.Id]);
        var to = updated[0]!["itemData"]!["shareTo"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)to["apikey"]!, (int)to["permit"]!, (string)to["email"]!, (string)to["comment"]!, (string)to["nickname"]!).ShouldBe((guest.Apikey, 5, guest.Email, "flatmate", "Somebody"));
        to["phoneNumber"].ShouldBeNull();
        ((long)to["shareTime"]!).ShouldBeGreaterThan(1_000_000_000_000);

        var thing = await ThingAsync(guest, made, 2);
        var by = thing["sharedBy"]!;
        ((string)by["apikey"]!, (int)by["permit"]!, (string)by["email"]!, (string)by["comment"]!).ShouldBe((owner.Apikey, 5, owner.Email, "flatmate"));
        thing["shareTo"].ShouldBeNull();
        ((string)thing["devicekey"]!).ShouldBe("");
        ((string)thing["family"]!["familyid"]!).ShouldBe((string)(await guest.GetAsync("/v2/family"))["data"]!["currentFamilyId"]!);

        await lamp.ReportAsync(new JsonObject { ["switch"] = "on" });
        var pushed = await socket.ReceiveAsync(f => (string?)f["action"] == "update");
        ((string)pushed["deviceid"]!, (string)pushed["apikey"]!).ShouldBe((lamp.Id, owner.Apikey));
        var switching = guest.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = lamp.Id, ["params"] = new JsonObject { ["switch"] = "off" } });
        await lamp.ObeyAsync();
        (await switching).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_receiver_is_named_by_his_phone_number_first()
    {
        using var owner = await House.PersonAsync();
        await House.AddAccountAsync("+8615800000001");
        var made = await House.AddAsync(owner);
        var user = new JsonObject { ["countryCode"] = "+86", ["phoneNumber"] = "+8615800000001", ["email"] = "not even an address" };
        var answer = await owner.PostAsync("/v2/device/share", Body(user, 0, made));
        answer.Error().ShouldBe(0, answer.ToJsonString());
        var to = answer["data"]!["updatedThingList"]![0]!["itemData"]!["shareTo"]![0]!;
        ((string)to["phoneNumber"]!).ShouldBe("+8615800000001");
        to["email"].ShouldBeNull();
    }

    [Fact]
    public async Task Sharing_again_changes_rights_and_note()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await ShareAsync(owner, guest.Email, 15, "first", made);
        var again = await ShareAsync(owner, guest.Email, 3, "second", made);
        var to = again["data"]!["updatedThingList"]![0]!["itemData"]!["shareTo"]!.AsArray().ShouldHaveSingleItem()!;
        ((int)to["permit"]!, (string)to["comment"]!).ShouldBe((3, "second"));
    }

    [Fact]
    public async Task Rights_are_changed_by_the_owner()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await ShareAsync(owner, guest.Email, 0, "", made);

        var changed = await PermitAsync(owner, made.Device.Id, guest.Apikey!, 9);
        var thing = changed["data"]!["updatedThing"]!;
        ((int)thing["itemType"]!).ShouldBe(1);
        ((int)thing["itemData"]!["shareTo"]![0]!["permit"]!).ShouldBe(9);
        ((int)(await ThingAsync(guest, made, 2))["sharedBy"]!["permit"]!).ShouldBe(9);

        foreach (var permit in new[] { -1, 16 }) (await PermitAsync(owner, made.Device.Id, guest.Apikey!, permit)).Error().ShouldBe(400);
        (await PermitAsync(guest, made.Device.Id, guest.Apikey!, 15)).Error().ShouldBe(406);
        (await PermitAsync(owner, made.Device.Id, stranger.Apikey!, 1)).Error().ShouldBe(405);
        (await PermitAsync(owner, made.Device.Id, "nobody", 1)).Error().ShouldBe(405);
        var foreign = await PermitAsync(stranger, made.Device.Id, guest.Apikey!, 1);
        foreign.Error().ShouldBe(405);
        foreign.ToJsonString().ShouldBe((await PermitAsync(stranger, "10000fffff", guest.Apikey!, 1)).ToJsonString());
        ((int)(await ThingAsync(guest, made, 2))["sharedBy"]!["permit"]!).ShouldBe(9);
    }

    [Fact]
    public async Task What_is_taken_back_is_gone_at_once_with_the_receivers_groups_around_it()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var (made, own) = (await House.AddAsync(owner), await House.AddAsync(guest));
        await ShareAsync(owner, guest.Email, 0, "", made);
        var around = await guest.PostAsync("/v2/device/group", new JsonObject { ["name"] = "Around", ["mainDeviceId"] = made.Device.Id });
        var with = await guest.PostAsync("/v2/device/group", new JsonObject { ["name"] = "With", ["mainDeviceId"] = own.Device.Id, ["deviceidList"] = new JsonArray(made.Device.Id) });
        await using var lamp = await House.ConnectAsync(made);
        await using var socket = await AppSocket.ConnectAsync(House, guest);

        var answer = await CancelAsync(owner, made.Device.Id, guest.Apikey!);

        answer["data"]!["updatedThing"]!["itemData"]!["shareTo"]!.AsArray().ShouldBeEmpty();
        (await guest.GetAsync($"/v2/device/thing/status?type=1&id={made.Device.Id}")).Error().ShouldBe(405);
        var groups = (await guest.GetAsync("/v2/device/group"))["data"]!["groupList"]!.AsArray();
        ((string)groups.ShouldHaveSingleItem()!["itemData"]!["id"]!).ShouldBe((string)with["data"]!["itemData"]!["id"]!);
        around.Error().ShouldBe(0);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "on" });
        (await socket.UntilPongAsync()).ShouldNotContain(f => (string?)f["action"] == "update");
        (await CancelAsync(owner, made.Device.Id, guest.Apikey!)).Error().ShouldBe(405);
    }

    [Fact]
    public async Task Only_the_owner_takes_a_device_back_and_the_receiver_gives_it_back_by_deleting_it()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await ShareAsync(owner, guest.Email, 0, "", made);
        (await CancelAsync(guest, made.Device.Id, guest.Apikey!)).Error().ShouldBe(406);
        (await CancelAsync(stranger, made.Device.Id, guest.Apikey!)).Error().ShouldBe(405);
        (await CancelAsync(owner, made.Device.Id, owner.Apikey!)).Error().ShouldBe(405);
        (await ThingAsync(guest, made, 2)).ShouldNotBeNull();

        (await guest.DeleteAsync($"/v2/device?deviceid={made.Device.Id}")).Error().ShouldBe(0);
        (await ThingAsync(owner, made, 1))["shareTo"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_wrong_with_a_share_has_its_code_and_shares_nothing()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var (made, other) = (await House.AddAsync(owner), await House.AddAsync(stranger));
        await ShareAsync(stranger, owner.Email, 15, "", other);
        JsonObject to = new() { ["email"] = guest.Email };

        await FailsAsync(30008, Body(new JsonObject { ["email"] = House.NewEmail() }, 0, made));
        await FailsAsync(30008, Body(new JsonObject { ["countryCode"] = "+86", ["phoneNumber"] = "+8615800009999" }, 0, made));
        await FailsAsync(400, Body(new JsonObject { ["phoneNumber"] = "+8615800000001" }, 0, made));
        await FailsAsync(400, Body(new JsonObject { ["countryCode"] = "+49", ["phoneNumber"] = "+8615800000001" }, 0, made));
        await FailsAsync(400, Body(new JsonObject { ["email"] = "nobody" }, 0, made));
        await FailsAsync(400, Body([], 0, made));
        await FailsAsync(400, Body(new JsonObject { ["email"] = "", ["phoneNumber"] = null }, 0, made));
        await FailsAsync(400, Body(new JsonObject { ["email"] = owner.Email }, 0, made));
        await FailsAsync(400, Body(to, 16, made));
        await FailsAsync(400, Body(to, -1, made));
        await FailsAsync(400, Body(to, 0));
        var long_ = Body(to, 0, made);
        long_["comment"] = new string('x', 257);
        await FailsAsync(400, long_);
        var asked = Body(to, 0, made);
        asked["shareType"] = 2;
        await FailsAsync(400, asked);
        await FailsAsync(406, Body(to, 0, made, other));
        var absent = Body(to, 0, made);
        absent["deviceidList"]!.AsArray().Add("10000fffff");
        await FailsAsync(405, absent);
        (await ThingAsync(owner, made, 1))["shareTo"]!.AsArray().ShouldBeEmpty();
        (await stranger.PostAsync("/v2/device/share", Body(to, 0, made))).Error().ShouldBe(405);

        async Task FailsAsync(int code, JsonObject body)
        {
            var answer = await owner.PostAsync("/v2/device/share", body);
            answer.Error().ShouldBe(code, $"{body} {answer.ToJsonString()}");
        }
    }

    [Fact]
    public async Task A_receiver_changes_timers_as_far_as_he_may()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await using var lamp = await House.ConnectAsync(made);
        await ShareAsync(owner, guest.Email, permit: 1 + 8, "", made);
        var (one, two) = (Timer("one", "on"), Timer("two", "off"));

        await IsDoneAsync(guest, one);
        await IsDoneAsync(guest, one, two);
        var off = Timer("two", "off");
        off["enabled"] = 0;
        await IsDoneAsync(guest, one, off);
        (await SetAsync(guest, Timer("one", "off"), off)).Error().ShouldBe(406, "he may not change one");
        (await SetAsync(guest, one)).Error().ShouldBe(406, "he may not delete one");
        var status = await guest.GetAsync($"/v2/device/thing/status?type=1&id={lamp.Id}&params=timers");
        JsonNode.DeepEquals(status["data"]!["params"]!["timers"], new JsonArray(one, off)).ShouldBeTrue(status.ToJsonString());
        await IsDoneAsync(owner);

        async Task IsDoneAsync(CoolKitApp app, params JsonObject[] timers)
        {
            var setting = SetAsync(app, timers);
            await lamp.ObeyAsync();
            (await setting).Error().ShouldBe(0);
        }

        Task<JsonObject> SetAsync(CoolKitApp app, params JsonObject[] timers) => app.PostAsync("/v2/device/thing/status", new JsonObject
        {
            ["type"] = 1, ["id"] = lamp.Id, ["params"] = new JsonObject { ["timers"] = new JsonArray([.. timers.Select(t => t.DeepClone())]) },
        });
    }

    private static JsonObject Timer(string id, string value) => new()
    {
        ["mId"] = id, ["enabled"] = 1, ["type"] = "repeat", ["coolkit_timer_type"] = "repeat", ["at"] = "36 8 * * 1,3", ["do"] = new JsonObject { ["switch"] = value },
    };

    private static JsonObject Body(JsonObject user, int permit, params MadeDevice[] made) => new()
    {
        ["deviceidList"] = new JsonArray([.. made.Select(m => (JsonNode)m.Device.Id)]), ["user"] = user.DeepClone(), ["permit"] = permit,
    };

    private static async Task<JsonObject> ShareAsync(CoolKitApp owner, string email, int permit, string comment, params MadeDevice[] made)
    {
        var body = Body(new JsonObject { ["email"] = email }, permit, made);
        body["comment"] = comment;
        body["shareType"] = 1;
        var answer = await owner.PostAsync("/v2/device/share", body);
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer;
    }

    private static Task<JsonObject> PermitAsync(CoolKitApp app, string deviceId, string apikey, int permit) =>
        app.PostAsync("/v2/device/share/permit", new JsonObject { ["deviceid"] = deviceId, ["apikey"] = apikey, ["permit"] = permit });

    private static Task<JsonObject> CancelAsync(CoolKitApp app, string deviceId, string apikey) => app.DeleteAsync($"/v2/device/share?deviceid={deviceId}&apikey={apikey}");

    private static async Task<JsonObject> ThingAsync(CoolKitApp app, MadeDevice made, int type)
    {
        var answer = await app.PostAsync("/v2/device/thing", new JsonObject { ["thingList"] = new JsonArray(new JsonObject { ["itemType"] = type, ["id"] = made.Device.Id }) });
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer["data"]!["thingList"]![0]!["itemData"]!.AsObject();
    }
}
