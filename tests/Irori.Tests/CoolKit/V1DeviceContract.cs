using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Devices in CoolKit v1: the same ones as in v2, in v1's shape.</summary>
public abstract class V1DeviceContract(HouseFixture fixture)
{
    private const string Devices = "/api/user/device";
    private const string Status = "/api/user/device/status";

    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task A_device_of_v2_is_listed_with_every_documented_field()
    {
        using var app = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        var made = await House.AddAsync(app, "Küche");
        await using var lamp = await House.ConnectAsync(made);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(0);

        var list = await v1.GetAsync(Devices, new JsonObject { ["lang"] = "en", ["getTags"] = 1 });

        list.Error().ShouldBe(0);
        var device = list["devicelist"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        ((string)device["name"]!, (string)device["type"]!, (string)device["deviceid"]!, (string)device["apikey"]!).ShouldBe(("Küche", "10", made.Device.Id, app.Apikey!));
        ((string)device["extra"]!["extra"]!["model"]!, (int)device["extra"]!["extra"]!["uiid"]!, (int)device["uiid"]!).ShouldBe(("PSC-B01-GL", 1, 1));
        ((string)device["extra"]!["_id"]!).ShouldNotBeEmpty();
        device["params"]!.ToJsonString().ShouldBe("""{"switch":"on"}""");
        ((bool)device["online"]!, (string)device["devicekey"]!, (string)device["ip"]!).ShouldBe((true, made.Key, "127.0.0.1"));
        device["settings"]!.ToJsonString().ShouldBe("""{"opsNotify":0,"opsHistory":1,"alarmNotify":1,"wxAlarmNotify":0,"wxOpsNotify":0,"wxDoorbellNotify":0,"appDoorbellNotify":0}""");
        ((string)device["brandName"]!, (string)device["productModel"]!, (bool)device["showBrand"]!).ShouldBe(("Demo", "Basic", true));
        V1App.Time(device["createdAt"]).ShouldBeLessThanOrEqualTo(V1App.Time(device["onlineTime"]).AddSeconds(1));
        device["tags"]!.ToJsonString().ShouldBe("{}");
        (await v1.GetAsync(Devices))["devicelist"]![0]!.AsObject().ContainsKey("tags").ShouldBeFalse();
        var one = await v1.GetAsync($"{Devices}/{lamp.Id}", new JsonObject { ["deviceid"] = lamp.Id });
        one["device"]!.ToJsonString().ShouldBe(device.ToJsonString(), "as the document's table has it");
        one.Remove("device");
        one.ToJsonString().ShouldBe(device.ToJsonString(), "as the document's example has it");
        ((string)device["_id"]!).Length.ShouldBe(24);
        foreach (var empty in new[] { "devGroups", "groups", "sharedTo" }) device[empty]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_device_that_v1_added_is_in_v2_and_cannot_be_added_again()
    {
        using var app = await House.PersonAsync();
        using var other = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        var made = await House.MakeAsync();
        JsonObject body = new() { ["deviceid"] = made.Device.Id, ["apikey"] = made.Key, ["name"] = "Lamp", ["chipid"] = "00E0604B" };

        var added = await v1.PostAsync($"{Devices}/add", body);

        ((string)added["deviceid"]!, (string)added["name"]!, (string)added["devicekey"]!).ShouldBe((made.Device.Id, "Lamp", made.Key));
        ((string)(await app.GetAsync("/v2/device/thing"))["data"]!["thingList"]![0]!["itemData"]!["deviceid"]!).ShouldBe(made.Device.Id);
        (await v1.PostAsync($"{Devices}/add", body)).ToJsonString().ShouldBe("""{"code":409,"error":"The device belongs to an account already"}""");
        (await (await V1App.SignInAsync(other)).PostAsync($"{Devices}/add", body))["code"]!.GetValue<int>().ShouldBe(409);
    }

    [Fact]
    public async Task What_is_wrong_with_adding_has_its_code()
    {
        using var app = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        var made = await House.MakeAsync();
        JsonObject Body(string id, string key, string name = "Lamp") => new() { ["deviceid"] = id, ["apikey"] = key, ["name"] = name };

        (await Code(Body(made.Device.Id, made.Key, ""))).ShouldBe(400);
        (await Code(new JsonObject { ["deviceid"] = made.Device.Id, ["name"] = "x" })).ShouldBe(400);
        (await Code(Body("no-id", made.Key))).ShouldBe(401);
        (await Code(Body("10ffffffff", made.Key))).ShouldBe(404);
        (await Code(Body(made.Device.Id, "another key"))).ShouldBe(404);
        var blind = await House.AddAppAsync(allProducts: false);
        using var poor = await House.SignInAsync(app.Email, blind);
        var refused = await (await V1App.SignInAsync(poor)).PostAsync($"{Devices}/add", Body(made.Device.Id, made.Key));
        ((int)refused["code"]!).ShouldBe(403);
        (await v1.GetAsync(Devices))["devicelist"]!.AsArray().ShouldBeEmpty();

        async Task<int> Code(JsonObject body) => (int)(await v1.PostAsync($"{Devices}/add", body))["code"]!;
    }

    [Fact]
    public async Task A_guest_sees_whose_device_it_is_and_never_its_key_and_a_stranger_nothing()
    {
        using var app = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await House.ShareAsync(guest, made, permit: 3);

        var shared = (await (await V1App.SignInAsync(guest)).GetAsync(Devices))["devicelist"]!.AsArray().ShouldHaveSingleItem()!;

        (shared["sharedBy"]!.ToJsonString(), (string)shared["devicekey"]!, (string)shared["apikey"]!).ShouldBe(($$"""{"apikey":"{{app.Apikey}}","permit":3}""", "", app.Apikey!));
        var nobody = await V1App.SignInAsync(stranger);
        (await nobody.GetAsync(Devices))["devicelist"]!.AsArray().ShouldBeEmpty();
        var absent = await nobody.GetAsync($"{Devices}/10ffffffff");
        foreach (var answer in new[]
        {
            absent, await nobody.GetAsync($"{Devices}/{made.Device.Id}"), await nobody.DeleteAsync($"{Devices}/{made.Device.Id}"),
            await nobody.GetAsync(Status, new JsonObject { ["deviceid"] = made.Device.Id }),
            await nobody.PostAsync(Status, new JsonObject { ["deviceid"] = made.Device.Id, ["params"] = new JsonObject { ["switch"] = "on" } }),
        })
            answer.ToJsonString().ShouldBe(absent.ToJsonString(), "a foreign device is like one that does not exist");
        absent.Error().ShouldBe(404);
    }

    [Fact]
    public async Task A_removed_device_is_answered_and_gone_in_both_versions()
    {
        using var app = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        var made = await House.AddAsync(app);

        var removed = await v1.DeleteAsync($"{Devices}/{made.Device.Id}", new JsonObject { ["deviceid"] = made.Device.Id, ["isSub"] = 0 });

        ((string)removed["deviceid"]!).ShouldBe(made.Device.Id);
        (await v1.GetAsync(Devices))["devicelist"]!.AsArray().ShouldBeEmpty();
        ((int)(await app.GetAsync("/v2/device/thing"))["data"]!["total"]!).ShouldBe(0);
        (await v1.DeleteAsync($"{Devices}/{made.Device.Id}")).Error().ShouldBe(404);
    }

    [Fact]
    public async Task A_command_over_HTTP_reaches_the_device_and_feeds_of_both_versions_hear_of_it()
    {
        using var app = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        await using var feed = await TestSocket.OpenAsync(House.Server.Http);
        await feed.SendAsync(new JsonObject { ["action"] = "userOnline", ["at"] = v1.Token, ["apikey"] = v1.Apikey, ["nonce"] = "abcdefgh", ["ts"] = 1, ["userAgent"] = "app", ["sequence"] = 1571141530100, ["version"] = 8 });
        var welcome = await feed.ReceiveAsync();
        (welcome.Error(), (int)welcome["config"]!["hbl"]!, (int)welcome["config"]!["hb"]!).ShouldBe((0, 1, 1));
        welcome["sequence"]!.ToJsonString().ShouldBe("1571141530100");
        await using var second = await AppSocket.ConnectAsync(House, app);

        var switching = v1.PostAsync(Status, new JsonObject { ["deviceid"] = lamp.Id, ["params"] = new JsonObject { ["switch"] = "on" } });
        await lamp.ObeyAsync();

        (await switching).ToJsonString().ShouldBe($$"""{"error":0,"deviceid":"{{lamp.Id}}"}""");
        (await v1.GetAsync(Status, new JsonObject { ["deviceid"] = lamp.Id, ["params"] = "switch|timers" })).ToJsonString().ShouldBe("""{"error":0,"params":{"switch":"on"}}""");
        await feed.ReceiveAsync(f => (string?)f["action"] == "update" && (string?)f["params"]!["switch"] == "on");
        await second.ReceiveAsync(f => (string?)f["action"] == "update" && (string?)f["params"]!["switch"] == "on");
    }

    [Fact]
    public async Task A_command_may_be_a_list_of_objects_over_HTTP_and_the_long_connection()
    {
        using var app = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        await using var lamp = await House.ConnectAsync(await House.AddAsync(app));
        await using var socket = await AppSocket.ConnectAsync(House, app);
        JsonArray Parts() => [new JsonObject { ["switch"] = "on" }, new JsonObject { ["bright"] = 5 }];

        var switching = v1.PostAsync(Status, new JsonObject { ["deviceid"] = lamp.Id, ["params"] = Parts() });
        (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe(Parts().ToJsonString());
        (await switching).Error().ShouldBe(0);
        var asking = socket.AskAsync(AppSocket.Update(app, lamp.Id, Parts()));
        (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe(Parts().ToJsonString());
        (await asking).Error().ShouldBe(0);
        (await v1.GetAsync(Status, new JsonObject { ["deviceid"] = lamp.Id }))["params"]!.ToJsonString().ShouldBe("""{"switch":"on","bright":5}""");
    }

    [Fact]
    public async Task An_offline_a_silent_and_a_refusing_device_did_not_respond()
    {
        using var app = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        var made = await House.AddAsync(app);
        JsonObject body = new() { ["deviceid"] = made.Device.Id, ["params"] = new JsonObject { ["switch"] = "on" } };

        (await v1.PostAsync(Status, body)).Error().ShouldBe(504);
        await using var lamp = await House.ConnectAsync(made);
        var refused = v1.PostAsync(Status, body);
        await lamp.AnswerAsync(await lamp.ReceiveCommandAsync(), 400);
        (await refused).Error().ShouldBe(504);
        (await v1.PostAsync(Status, new JsonObject { ["deviceid"] = made.Device.Id, ["params"] = "on" })).Error().ShouldBe(400);
        (await v1.PostAsync(Status, new JsonObject { ["params"] = new JsonObject() })).Error().ShouldBe(400);
        (await v1.GetAsync(Status)).Error().ShouldBe(400);
    }

    [Theory]
    [InlineData("GET", "/api/user/device")]
    [InlineData("GET", "/api/user/device/1000000001")]
    [InlineData("DELETE", "/api/user/device/1000000001")]
    [InlineData("GET", "/api/user/device/status")]
    [InlineData("POST", "/api/user/device/status")]
    [InlineData("POST", "/api/user/device/add")]
    [InlineData("POST", "/api/user/password")]
    public async Task Without_a_token_that_is_good_nothing_is_answered(string method, string path)
    {
        using var app = House.App();
        foreach (var authorization in new[] { null, "Bearer x", "Sign x", "Bearer ", "x" })
        {
            var answer = await app.SendAsync(new Call(HttpMethod.Parse(method), path) { Body = method == "POST" ? "{}" : null, Authorization = authorization, Nonce = null });
            ((int?)answer["code"] ?? answer.Error()).ShouldBe(401, $"{method} {path} with {authorization}");
        }
    }

    [Fact]
    public async Task An_address_that_is_not_there_is_answered_in_JSON()
    {
        using var app = House.App();
        (await app.SendAsync(new Call(HttpMethod.Get, "/api/no/such"))).Error().ShouldBe(404);
    }
}
