using System.Text.Json;
using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Homes and things, and what of them who sees (CoolKit v2, family and device).</summary>
public abstract class ThingContract(HouseFixture fixture)
{
    private CoolKitHouse House { get; } = fixture.House;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_home_is_made_when_somebody_looks_for_it()
    {
        using var app = await House.PersonAsync();
        var lists = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => app.GetAsync(i % 2 == 0 ? "/v2/family" : "/v2/family?lang=en")));
        var data = lists[0]["data"]!;
        foreach (var list in lists) list.ToJsonString().ShouldBe(lists[0].ToJsonString());
        var family = data["familyList"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)family["id"]!).Length.ShouldBe(24);
        ((string)family["apikey"]!).ShouldBe(app.Apikey);
        ((string)family["name"]!).ShouldNotBeEmpty();
        family["index"]!.GetValueKind().ShouldBe(JsonValueKind.Number);
        family["roomList"]!.AsArray().ShouldBeEmpty();
        ((string)data["currentFamilyId"]!).ShouldBe((string)family["id"]!);
        ((bool)data["hasChangedCurrentFamily"]!).ShouldBeFalse();
    }

    [Fact]
    public async Task Homes_come_with_their_rooms_in_order()
    {
        using var app = await House.PersonAsync();
        await app.GetAsync("/v2/family");
        var cottage = await House.AddHomeAsync(app, "Cottage", "Kitchen", "Attic");
        var data = (await app.GetAsync("/v2/family"))["data"]!;
        var families = data["familyList"]!.AsArray();
        families.Count.ShouldBe(2);
        ((string)families[1]!["id"]!).ShouldBe(cottage.Id);
        var rooms = families[1]!["roomList"]!.AsArray();
        rooms.Select(r => (string)r!["name"]!).ShouldBe(["Kitchen", "Attic"]);
        rooms.Select(r => (string)r!["id"]!).ShouldBe(cottage.Rooms.Select(r => r.Id));
        ((long)rooms[0]!["index"]!).ShouldBeLessThan((long)rooms[1]!["index"]!);
        ((string)data["currentFamilyId"]!).ShouldBe((string)families[0]!["id"]!);
    }

    [Fact]
    public async Task An_owned_device_has_every_documented_field()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app, "Lamp");
        await using var lamp = await House.ConnectAsync(made);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "off", ["rssi"] = -60, ["odd"] = new JsonArray(1, null, new JsonObject()) });
        var thing = (await ListAsync(app, "")).ShouldHaveSingleItem();
        ((int)thing["itemType"]!).ShouldBe(1);
        thing["index"]!.GetValueKind().ShouldBe(JsonValueKind.Number);
        var item = thing["itemData"]!.AsObject();
        Has(item, JsonValueKind.String, "name", "deviceid", "apikey", "brandName", "brandLogo", "productModel", "devicekey");
        Has(item, JsonValueKind.Object, "extra", "tags", "settings", "family", "params", "deviceFeature");
        Has(item, JsonValueKind.Array, "denyFeatures");
        Has(item["extra"]!.AsObject(), JsonValueKind.String, "model", "ui", "description", "manufacturer", "mac", "apmac", "modelInfo", "brandId");
        Has(item["family"]!.AsObject(), JsonValueKind.String, "familyid");
        Has(item["family"]!.AsObject(), JsonValueKind.Number, "index");
        foreach (var flag in new[] { "showBrand", "online", "isSupportGroup", "isSupportChannelSplit" })
            item[flag]!.GetValueKind().ShouldBeOneOf(JsonValueKind.True, JsonValueKind.False);
        ((string)item["name"]!).ShouldBe("Lamp");
        ((string)item["deviceid"]!).ShouldBe(made.Device.Id);
        ((string)item["devicekey"]!).ShouldBe(made.Key);
        ((string)item["apikey"]!).ShouldBe(app.Apikey);
        ((string)item["brandName"]!).ShouldBe("Demo");
        ((string)item["productModel"]!).ShouldBe("Basic");
        ((int)item["extra"]!["uiid"]!).ShouldBe(1);
        ((string)item["extra"]!["model"]!).ShouldBe("PSC-B01-GL");
        ((bool)item["online"]!).ShouldBeTrue();
        item["settings"]!.ToJsonString().ShouldBe("""{"opsNotify":0,"opsHistory":1,"alarmNotify":1}""");
        item["params"]!.ToJsonString().ShouldBe("""{"switch":"off","rssi":-60,"odd":[1,null,{}]}""");
        item["family"]!["roomid"].ShouldBeNull();
        item["sharedBy"].ShouldBeNull();
        ((long)item["family"]!["index"]!).ShouldBe((long)thing["index"]!);
    }

    [Fact]
    public async Task A_guest_sees_whose_device_it_is_and_never_its_key()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made, permit: 5);
        var home = (string)(await guest.GetAsync("/v2/family"))["data"]!["currentFamilyId"]!;
        var thing = (await ListAsync(guest, "")).ShouldHaveSingleItem();
        ((int)thing["itemType"]!).ShouldBe(2);
        var item = thing["itemData"]!;
        ((string)item["apikey"]!).ShouldBe(owner.Apikey);
        ((string)item["devicekey"]!).ShouldBe("");
        ((string)item["sharedBy"]!["apikey"]!).ShouldBe(owner.Apikey);
        ((int)item["sharedBy"]!["permit"]!).ShouldBe(5);
        ((string)item["family"]!["familyid"]!).ShouldBe(home);
        thing.ToJsonString().ShouldNotContain(made.Key);
        var got = await GetAsync(guest, (2, made.Device.Id));
        got["data"]!["thingList"]![0]!.ToJsonString().ShouldBe(thing.ToJsonString());
        ((string)(await GetAsync(owner, (1, made.Device.Id)))["data"]!["thingList"]![0]!["itemData"]!["devicekey"]!).ShouldBe(made.Key);
        (await GetAsync(guest, (1, made.Device.Id))).Error().ShouldBe(405);
        (await GetAsync(owner, (2, made.Device.Id))).Error().ShouldBe(405);
    }

    [Fact]
    public async Task Things_are_paged_by_their_order_number()
    {
        using var app = await House.PersonAsync();
        var ids = new List<string>();
        for (var i = 0; i < 32; i++) ids.Add((await House.AddAsync(app, $"Lamp {i}")).Device.Id);
        ids.Reverse();

        var first = await app.GetAsync("/v2/device/thing");
        ((int)first["data"]!["total"]!).ShouldBe(32);
        Ids(first).ShouldBe(ids.Take(30));
        Ids(await app.GetAsync("/v2/device/thing?num=0")).ShouldBe(ids);
        Ids(await app.GetAsync("/v2/device/thing?num=100&lang=cn")).ShouldBe(ids);
        Ids(await app.GetAsync("/v2/device/thing?num=30&beginIndex=-9999999")).ShouldBe(ids.Take(30));

        var paged = new List<string>();
        for (var begin = -9999999L; ;)
        {
            var page = await app.GetAsync($"/v2/device/thing?num=5&beginIndex={begin}");
            ((int)page["data"]!["total"]!).ShouldBe(32);
            if (page["data"]!["thingList"]!.AsArray() is not [.., { } last]) break;
            Ids(page).Count.ShouldBeLessThanOrEqualTo(5);
            paged.AddRange(Ids(page));
            begin = (long)last["index"]! + 1;
        }

        paged.ShouldBe(ids);
        (await app.GetAsync("/v2/device/thing?num=-1")).Error().ShouldBe(400);
        Ids(await app.GetAsync("/v2/device/thing?beginIndex=9223372036854775807")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Things_are_listed_home_by_home()
    {
        using var app = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var here = await House.AddAsync(app);
        var cottage = await House.AddHomeAsync(app, "Cottage", "Kitchen");
        var there = await House.MakeAsync();
        var body = CoolKitHouse.AddBody(there);
        body["familyid"] = cottage.Id;
        body["roomid"] = cottage.Rooms[0].Id;
        (await app.PostAsync("/v2/device/add", body)).Error().ShouldBe(0);

        Ids(await app.GetAsync("/v2/device/thing")).ShouldBe([here.Device.Id]);
        var things = await app.GetAsync($"/v2/device/thing?familyid={cottage.Id}");
        Ids(things).ShouldBe([there.Device.Id]);
        ((int)things["data"]!["total"]!).ShouldBe(1);
        var place = things["data"]!["thingList"]![0]!["itemData"]!["family"]!;
        ((string)place["familyid"]!).ShouldBe(cottage.Id);
        ((string)place["roomid"]!).ShouldBe(cottage.Rooms[0].Id);
        var foreign = await stranger.GetAsync($"/v2/device/thing?familyid={cottage.Id}");
        foreign.Error().ShouldBe(405);
        foreign.ToJsonString().ShouldBe((await stranger.GetAsync("/v2/device/thing?familyid=5f3b20f1a0b1c2d3e4f50617")).ToJsonString());
    }

    [Fact]
    public async Task An_app_without_a_grant_sees_that_there_is_more_but_not_what()
    {
        using var app = await House.PersonAsync();
        await House.AddAsync(app);
        using var narrow = await House.SignInAsync(app.Email, await House.AddAppAsync(allProducts: false));
        var things = await narrow.GetAsync("/v2/device/thing");
        Ids(things).ShouldBeEmpty();
        ((int)things["data"]!["total"]!).ShouldBe(1);
    }

    [Fact]
    public async Task One_to_ten_things_are_answered_in_the_order_of_the_question()
    {
        using var app = await House.PersonAsync();
        var ids = new List<string>();
        for (var i = 0; i < 11; i++) ids.Add((await House.AddAsync(app)).Device.Id);
        var ten = ids.Take(10).Select(id => (1, id)).ToArray();
        Ids(await GetAsync(app, ten)).ShouldBe(ids.Take(10));
        Ids(await GetAsync(app, (1, ids[3]))).ShouldBe([ids[3]]);
        (await GetAsync(app, [.. ten, (1, ids[10])])).Error().ShouldBe(400);
        (await GetAsync(app)).Error().ShouldBe(400);
        (await GetAsync(app, (1, ids[0]), (1, "10000fffff"))).Error().ShouldBe(405);
        foreach (var type in new[] { 0, 4, 5, -1 }) (await GetAsync(app, (type, ids[0]))).Error().ShouldBe(400);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_thing_with_a_state_is_a_device_or_a_group(int type)
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        (await SwitchAsync(app, type, made.Device.Id)).Error().ShouldBe(400);
        (await app.GetAsync($"/v2/device/thing/status?type={type}&id={made.Device.Id}")).Error().ShouldBe(400);
    }

    [Fact]
    public async Task A_state_is_read_whole_or_by_names()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        var path = $"/v2/device/thing/status?type=1&id={made.Device.Id}";
        (await app.GetAsync(path)).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{"params":{}}}""");
        await using var lamp = await House.ConnectAsync(made);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "on", ["bright"] = 1.50, ["name with blank"] = true, ["none"] = null });
        Params(await app.GetAsync(path)).ShouldBe("""{"switch":"on","bright":1.5,"name with blank":true,"none":null}""");
        Params(await app.GetAsync(path + "&params=")).ShouldBe("""{"switch":"on","bright":1.5,"name with blank":true,"none":null}""");
        Params(await app.GetAsync(path + "&params=switch")).ShouldBe("""{"switch":"on"}""");
        Params(await app.GetAsync(path + "&params=bright%7Cswitch%7Cunknown")).ShouldBe("""{"switch":"on","bright":1.5}""");
        Params(await app.GetAsync(path + "&params=name%20with%20blank")).ShouldBe("""{"name with blank":true}""");
        Params(await app.GetAsync(path + "&params=unknown")).ShouldBe("{}");
    }

    [Fact]
    public async Task A_strangers_device_is_answered_like_one_that_does_not_exist()
    {
        using var owner = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await using var lamp = await House.ConnectAsync(made);
        Func<string, Task<JsonObject>>[] questions =
        [
            id => GetAsync(stranger, (1, id)),
            id => GetAsync(stranger, (2, id)),
            id => stranger.GetAsync($"/v2/device/thing/status?type=1&id={id}"),
            id => SwitchAsync(stranger, 1, id),
            id => stranger.DeleteAsync($"/v2/device?deviceid={id}"),
        ];
        foreach (var ask in questions)
        {
            var foreign = await ask(made.Device.Id);
            foreign.Error().ShouldBe(405);
            foreign.ToJsonString().ShouldBe((await ask("10000fffff")).ToJsonString());
            foreign.ToJsonString().ShouldBe((await ask(new string('x', 1000))).ToJsonString());
        }

        Ids(await owner.GetAsync("/v2/device/thing")).ShouldBe([made.Device.Id]);
        await lamp.Socket.SendAsync("""{"action":"date","d_seq":1}""");
        (await lamp.Socket.ReceiveAsync())["date"].ShouldNotBeNull();
    }

    [Fact]
    public async Task A_device_of_the_next_owner_shows_nothing_of_the_last()
    {
        using var owner = await House.PersonAsync();
        using var next = await House.PersonAsync();
        var made = await House.AddAsync(owner, "Secret name");
        (await owner.DeleteAsync($"/v2/device?deviceid={made.Device.Id}")).Error().ShouldBe(0);
        var before = (await House.ReadAsync(s => s.Devices.FindAsync(made.Device.Id)))!.OwnerSince;
        (await next.PostAsync("/v2/device/add", CoolKitHouse.AddBody(made, "Mine"))).Error().ShouldBe(0);
        var thing = (await ListAsync(next, "")).ShouldHaveSingleItem();
        thing.ToJsonString().ShouldNotContain("Secret name");
        thing.ToJsonString().ShouldNotContain(owner.Apikey!);
        (await House.ReadAsync(s => s.Devices.FindAsync(made.Device.Id)))!.OwnerSince!.Value.ShouldBeGreaterThan(before!.Value);
    }

    private static void Has(JsonObject item, JsonValueKind kind, params string[] names)
    {
        foreach (var name in names) (item[name]?.GetValueKind()).ShouldBe(kind, name);
    }

    private static string Params(JsonObject answer)
    {
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer["data"]!["params"]!.ToJsonString();
    }

    private static IReadOnlyList<string> Ids(JsonObject answer)
    {
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return [.. answer["data"]!["thingList"]!.AsArray().Select(t => (string)t!["itemData"]!["deviceid"]!)];
    }

    private static async Task<IReadOnlyList<JsonObject>> ListAsync(CoolKitApp app, string query)
    {
        var answer = await app.GetAsync("/v2/device/thing" + query);
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return [.. answer["data"]!["thingList"]!.AsArray().Select(t => t!.AsObject())];
    }

    private static Task<JsonObject> GetAsync(CoolKitApp app, params (int Type, string Id)[] things) => app.PostAsync(
        "/v2/device/thing",
        new JsonObject { ["thingList"] = new JsonArray([.. things.Select(t => (JsonNode)new JsonObject { ["itemType"] = t.Type, ["id"] = t.Id })]) });

    private static Task<JsonObject> SwitchAsync(CoolKitApp app, int type, string id) => app.PostAsync(
        "/v2/device/thing/status", new JsonObject { ["type"] = type, ["id"] = id, ["params"] = new JsonObject { ["switch"] = "on" } });
}
