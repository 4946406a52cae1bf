using System.Globalization;
using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Irori.Dialects.CoolKit;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>What people change of a device in CoolKit v1, how it was operated, and devices that are added by a code.</summary>
public abstract class V1InfoContract(HouseFixture fixture)
{
    private const string Devices = "/api/user/device";
    private const string Tags = "/api/user/tags";
    private const string History = "/api/user/deviceHistory";

    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task An_owner_renames_a_device_in_both_versions()
    {
        using var app = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        var made = await House.AddAsync(app, "Old");

        var renamed = await v1.PostAsync($"{Devices}/{made.Device.Id}", new JsonObject { ["deviceid"] = made.Device.Id, ["apikey"] = v1.Apikey, ["name"] = "Küche", ["group"] = "" });

        (renamed.Error(), (string)renamed["deviceid"]!, (string)renamed["device"]!["name"]!).ShouldBe((0, made.Device.Id, "Küche"));
        ((string)(await app.GetAsync("/v2/device/thing"))["data"]!["thingList"]![0]!["itemData"]!["name"]!).ShouldBe("Küche");
        foreach (var name in new[] { "", new string('x', 129) })
            (await v1.PostAsync($"{Devices}/{made.Device.Id}", new JsonObject { ["name"] = name })).Error().ShouldBe(400);
        (await v1.PostAsync($"{Devices}/{made.Device.Id}", [])).Error().ShouldBe(400);
        ((string)(await v1.GetAsync($"{Devices}/{made.Device.Id}"))["name"]!).ShouldBe("Küche");
    }

    [Theory]
    [InlineData(Tags)]
    [InlineData("/api/user/api/user/tags")]
    public async Task Channels_have_names_beside_what_other_tags_say(string path)
    {
        using var app = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        var made = await House.AddAsync(app);
        (await app.PostAsync("/v2/device/tags", new JsonObject { ["deviceid"] = made.Device.Id, ["tags"] = new JsonObject { ["mine"] = 1 } })).Error().ShouldBe(0);

        (await v1.PostAsync(path, Tag(made, "ck_channel_name", new JsonObject { ["0"] = "Desk", ["1"] = "Shelf" }))).ToJsonString().ShouldBe("""{"error":0}""");

        (await v1.GetAsync($"{Devices}/{made.Device.Id}"))["tags"]!.ToJsonString().ShouldBe("""{"mine":1,"ck_channel_name":{"0":"Desk","1":"Shelf"}}""");
        (await v1.PostAsync(path, Tag(made, "", new JsonObject()))).Error().ShouldBe(400);
        (await v1.PostAsync(path, Tag(made, new string('k', 65), new JsonObject()))).Error().ShouldBe(400);
        (await v1.PostAsync(path, Tag(made, "ck_channel_name", "text"))).Error().ShouldBe(400);
        (await v1.PostAsync(path, Tag(made, "ck_channel_name", new JsonObject { ["0"] = new string('x', 20_000) }))).Error().ShouldBe(400);
        (await v1.GetAsync($"{Devices}/{made.Device.Id}"))["tags"]!.ToJsonString().ShouldBe("""{"mine":1,"ck_channel_name":{"0":"Desk","1":"Shelf"}}""");
    }

    [Fact]
    public async Task What_was_operated_is_listed_newest_first_by_page_and_time()
    {
        using var app = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        await using var lamp = await House.ConnectAsync(await House.AddAsync(app));
        for (var i = 0; i < 5; i++)
        {
            var switching = v1.PostAsync($"{Devices}/status", new JsonObject { ["deviceid"] = lamp.Id, ["params"] = new JsonObject { ["switch"] = i % 2 == 0 ? "on" : "off", ["step"] = i } });
            await lamp.ObeyAsync();
            (await switching).Error().ShouldBe(0);
        }

        var all = await ListAsync(new JsonObject());

        all.Select(Step).ShouldBe([4, 3, 2, 1, 0]);
        var newest = all[0]!;
        ((string)newest["userAgent"]!, (string)newest["apikey"]!, (string)newest["opsAccount"]!, (string)newest["opsSwitchs"]!, (string)newest["deviceid"]!)
            .ShouldBe(("app", app.Apikey!, app.Email, """["switch"]""", lamp.Id));
        var at = V1App.Time(newest["opsTime"]);
        ((int)newest["opsDate"]!).ShouldBe(int.Parse(at.ToString("yyyyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        ((long)newest["ttlTime"]!).ShouldBe(at.AddDays(90).ToUnixTimeSeconds());
        all.Select(h => (string)h!["hid"]!).Distinct().Count().ShouldBe(5);

        (await ListAsync(new JsonObject { ["pageSize"] = "2", ["currentPage"] = "2" })).Select(Step).ShouldBe([2, 1]);
        (await ListAsync(new JsonObject { ["pageSize"] = 2, ["currentPage"] = 4 })).ShouldBeEmpty();
        (await ListAsync(new JsonObject { ["startTime"] = at.ToUnixTimeSeconds() + 1 })).ShouldBeEmpty();
        (await ListAsync(new JsonObject { ["endTime"] = at.ToUnixTimeSeconds() })).Select(Step).First().ShouldBe(4);
        (await ListAsync(new JsonObject { ["endTime"] = at.ToUnixTimeSeconds() - 3600 })).ShouldBeEmpty();
        foreach (var (field, value) in new[] { ("pageSize", "0"), ("pageSize", "101"), ("currentPage", "0"), ("currentPage", "1001"), ("startTime", "-1"), ("endTime", "99999999999999"), ("startTime", "soon") })
            (await v1.PostAsync(History, new JsonObject { ["deviceid"] = lamp.Id, [field] = value })).Error().ShouldBe(400, field);

        async Task<JsonArray> ListAsync(JsonObject more)
        {
            more["deviceid"] = lamp.Id;
            var answer = await v1.PostAsync(History, more);
            answer.Error().ShouldBe(0, answer.ToJsonString());
            return answer["deviceHistories"]!.AsArray();
        }

        static int Step(JsonNode? entry) => (int)JsonNode.Parse((string)entry!["request"]!)!["step"]!;
    }

    [Fact]
    public async Task A_guest_changes_nothing_and_a_stranger_sees_nothing()
    {
        using var app = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var made = await House.AddAsync(app, "Mine");
        (await app.PostAsync("/v2/device/share", new JsonObject
        {
            ["deviceidList"] = new JsonArray(made.Device.Id), ["user"] = new JsonObject { ["email"] = guest.Email }, ["permit"] = 15, ["shareType"] = 1,
        })).Error().ShouldBe(0);
        var (owner, receiver, nobody) = (await V1App.SignInAsync(app), await V1App.SignInAsync(guest), await V1App.SignInAsync(stranger));

        foreach (var (v1, code) in new[] { (receiver, 403), (nobody, 404) })
        {
            (await v1.PostAsync($"{Devices}/{made.Device.Id}", new JsonObject { ["name"] = "His" })).Error().ShouldBe(code);
            (await v1.PostAsync(Tags, Tag(made, "ck_channel_name", new JsonObject { ["0"] = "His" }))).Error().ShouldBe(code);
        }

        (await nobody.PostAsync(History, new JsonObject { ["deviceid"] = made.Device.Id })).Error().ShouldBe(404);
        (await receiver.PostAsync(History, new JsonObject { ["deviceid"] = made.Device.Id })).ToJsonString().ShouldBe("""{"error":0,"deviceHistories":[]}""");
        var seen = await owner.GetAsync($"{Devices}/{made.Device.Id}");
        ((string)seen["name"]!, seen["tags"]!.ToJsonString()).ShouldBe(("Mine", "{}"));
        ((string)seen["sharedTo"]![0]!["apikey"]!, (int)seen["sharedTo"]![0]!["permit"]!).ShouldBe((guest.Apikey!, 15));
        (await receiver.GetAsync($"{Devices}/{made.Device.Id}")).ContainsKey("sharedTo").ShouldBeFalse();
    }

    [Fact]
    public async Task A_GSM_device_is_added_by_its_code_once()
    {
        using var app = await House.PersonAsync();
        using var other = await House.PersonAsync();
        var (v1, late) = (await V1App.SignInAsync(app), await V1App.SignInAsync(other));
        var id = House.NewDeviceId();
        var code = $"a1b2c3d4e5f60718293a4b{id}";
        var wanted = new NewDevice(id, House.Product.Product.Id, null, new FactoryData()) { Names = [new DeviceName(CoolKitDialect.Name, CoolKitDialect.GsmName, "", code)] };
        (await House.Server.Service<DeviceService>().MakeAsync(wanted, TestContext.Current.CancellationToken)).IsOk.ShouldBeTrue();

        (await CodeAsync(v1, "another-code")).ShouldBe(404);
        (await CodeAsync(v1, code, "")).ShouldBe(400);
        var added = await v1.PostAsync($"{Devices}/addGsm", new JsonObject { ["id"] = code, ["name"] = "Pump" });
        ((string)added["deviceid"]!, (string)added["device"]!["name"]!).ShouldBe((id, "Pump"));
        (await CodeAsync(v1, code)).ShouldBe(409);
        (await CodeAsync(late, code)).ShouldBe(409);
        (await late.GetAsync(Devices))["devicelist"]!.AsArray().ShouldBeEmpty();

        static async Task<int> CodeAsync(V1App app, string id, string name = "Pump") => (int)(await app.PostAsync($"{Devices}/addGsm", new JsonObject { ["id"] = id, ["name"] = name }))["code"]!;
    }

    [Fact]
    public async Task A_part_of_a_bridge_is_named_by_its_own_id()
    {
        using var app = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        var (made, free) = (await House.AddAsync(app), await House.MakeAsync());

        (await v1.DeleteAsync($"{Devices}/{made.Device.Id}", new JsonObject { ["isSub"] = 1, ["subDeviceId"] = "1" })).Error().ShouldBe(404);
        ((int)(await v1.PostAsync($"{Devices}/add", new JsonObject { ["deviceid"] = free.Device.Id, ["apikey"] = free.Key, ["name"] = "x", ["isSub"] = 1 }))["code"]!).ShouldBe(400);
        (await v1.GetAsync(Devices))["devicelist"]!.AsArray().Count.ShouldBe(1);
    }

    private static JsonObject Tag(MadeDevice made, string key, JsonNode value) => new() { ["deviceid"] = made.Device.Id, ["key"] = key, ["value"] = value };
}
