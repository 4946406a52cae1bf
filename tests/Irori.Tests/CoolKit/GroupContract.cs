using System.Text.Json.Nodes;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Groups of devices that are controlled as one (CoolKit v2, group).</summary>
public abstract class GroupContract(HouseFixture fixture)
{
    private const string Unknown = "5fc4b1845a5a2a0007ec8b12";

    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task A_group_is_a_thing_of_the_home_beside_its_devices()
    {
        using var app = await House.PersonAsync();
        var (main, other) = (await House.AddAsync(app, "Main"), await House.AddAsync(app, "Other"));
        var family = (await app.GetAsync("/v2/family"))["data"]!["currentFamilyId"]!;

        var made = await CreateAsync(app, main, "Hall", other);

        ((int)made["itemType"]!).ShouldBe(3);
        var item = made["itemData"]!;
        var id = (string)item["id"]!;
        id.Length.ShouldBe(24);
        ((string)item["name"]!, (string)item["mainDeviceId"]!, item["params"]!.ToJsonString()).ShouldBe(("Hall", main.Device.Id, "{}"));
        ((string)item["family"]!["familyid"]!).ShouldBe((string)family!);
        item["family"]!["roomid"].ShouldBeNull();
        ((long)item["family"]!["index"]!).ShouldBe((long)made["index"]!);

        var list = await app.GetAsync("/v2/device/thing");
        ((int)list["data"]!["total"]!).ShouldBe(3);
        var things = list["data"]!["thingList"]!.AsArray();
        things.Select(t => (int)t!["itemType"]!).ShouldBe([3, 1, 1]);
        things[0]!.ToJsonString().ShouldBe(made.ToJsonString());
        foreach (var device in things.Skip(1)) device!["itemData"]!["devGroups"]!.ToJsonString().ShouldBe($$"""[{"type":1,"groupId":"{{id}}"}]""");
        (await app.GetAsync("/v2/device/group?lang=en"))["data"]!["groupList"]![0]!.ToJsonString().ShouldBe(made.ToJsonString());
        var got = await app.PostAsync("/v2/device/thing", new JsonObject { ["thingList"] = new JsonArray(Ref(1, other.Device.Id), Ref(3, id)) });
        got["data"]!["thingList"]!.AsArray().Select(t => (int)t!["itemType"]!).ShouldBe([1, 3]);
        got["data"]!["thingList"]![1]!.ToJsonString().ShouldBe(made.ToJsonString());
        (await app.GetAsync("/v2/device/thing?num=1"))["data"]!["thingList"]!.AsArray().ShouldHaveSingleItem()!.ToJsonString().ShouldBe(made.ToJsonString());
        (await app.GetAsync($"/v2/device/thing?beginIndex={(long)made["index"]! + 1}"))["data"]!["thingList"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_group_stands_where_it_was_put()
    {
        using var app = await House.PersonAsync();
        var main = await House.AddAsync(app);
        var cottage = await House.AddHomeAsync(app, "Cottage", "Kitchen");
        var body = Body(main, "Far", []);
        body["familyid"] = cottage.Id;
        body["roomid"] = cottage.Rooms[0].Id;
        body["sort"] = 2;
        var group = (await app.PostAsync("/v2/device/group", body))["data"]!["itemData"]!;
        ((string)group["family"]!["familyid"]!, (string)group["family"]!["roomid"]!).ShouldBe((cottage.Id, cottage.Rooms[0].Id));
        (await app.GetAsync("/v2/device/group"))["data"]!["groupList"]!.AsArray().ShouldBeEmpty("only the current home's are listed");
        var (last, first) = (Body(main, "Last", []), Body(main, "First", []));
        last["sort"] = 2;
        first["sort"] = 1;
        foreach (var wanted in new[] { last, first }) (await app.PostAsync("/v2/device/group", wanted)).Error().ShouldBe(0);
        Names(await app.GetAsync("/v2/device/thing")).ShouldBe(["First", "Lamp", "Last"]);
    }

    [Fact]
    public async Task Devices_of_another_user_interface_are_left_out()
    {
        using var app = await House.PersonAsync();
        var main = await House.AddAsync(app);
        var plug = await AddPlugAsync(app);
        var same = await House.AddAsync(app);
        var group = (string)(await CreateAsync(app, main, "Hall", plug, same))["itemData"]!["id"]!;
        (await MembersAsync(app, group)).ShouldBe([main.Device.Id, same.Device.Id], ignoreOrder: true);
        (await SetAsync(app, group, main.Device.Id, plug.Device.Id)).Error().ShouldBe(0);
        (await MembersAsync(app, group)).ShouldBe([main.Device.Id]);
    }

    [Fact]
    public async Task The_devices_of_a_group_are_replaced_and_those_that_changed_are_answered()
    {
        using var app = await House.PersonAsync();
        var (main, a, b) = (await House.AddAsync(app), await House.AddAsync(app), await House.AddAsync(app));
        var group = (string)(await CreateAsync(app, main, "Hall", a))["itemData"]!["id"]!;
        var changed = (await SetAsync(app, group, b.Device.Id, main.Device.Id))["data"]!["updatedThingList"]!.AsArray();
        changed.Select(t => (string)t!["itemData"]!["deviceid"]!).ShouldBe([b.Device.Id, a.Device.Id], ignoreOrder: true);
        changed.Single(t => (string)t!["itemData"]!["deviceid"]! == b.Device.Id)!["itemData"]!["devGroups"]!.AsArray().Count.ShouldBe(1);
        changed.Single(t => (string)t!["itemData"]!["deviceid"]! == a.Device.Id)!["itemData"]!["devGroups"]!.AsArray().ShouldBeEmpty();
        (await MembersAsync(app, group)).ShouldBe([main.Device.Id, b.Device.Id], ignoreOrder: true);

        (await SetAsync(app, group, a.Device.Id)).Error().ShouldBe(400, "the main device must stay");
        (await SetAsync(app, group)).Error().ShouldBe(400);
        (await SetAsync(app, group, main.Device.Id, "10000fffff")).Error().ShouldBe(405);
        (await MembersAsync(app, group)).ShouldBe([main.Device.Id, b.Device.Id], ignoreOrder: true);
        (await SetAsync(app, group, [main.Device.Id, .. Enumerable.Range(0, 200).Select(i => $"10000{i:x5}")])).Error().ShouldBe(400);
    }

    [Fact]
    public async Task A_command_goes_to_every_device_and_does_not_wait_for_them()
    {
        using var app = await House.PersonAsync();
        var (main, other, offline) = (await House.AddAsync(app), await House.AddAsync(app), await House.AddAsync(app));
        var group = (string)(await CreateAsync(app, main, "Hall", other, offline))["itemData"]!["id"]!;
        await using var first = await House.ConnectAsync(main);
        await using var second = await House.ConnectAsync(other);

        var answer = await SwitchAsync(app, group, "on");

        answer.ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        foreach (var lamp in new[] { first, second })
        {
            var command = await lamp.ObeyAsync();
            command["params"]!.ToJsonString().ShouldBe("""{"switch":"on"}""");
        }

        (await StateAsync(app, group)).ShouldBe("""{"switch":"on"}""");
        (await WaitForAsync(offline)).Outcome.ShouldBe(CommandOutcome.Offline);
        foreach (var wrong in new[] { "", "x" })
            (await app.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 2, ["id"] = group, ["params"] = wrong })).Error().ShouldBe(400);
    }

    [Fact]
    public async Task A_stored_state_is_shown_and_nothing_is_sent()
    {
        using var app = await House.PersonAsync();
        var main = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(main);
        var group = (string)(await CreateAsync(app, main, "Hall"))["itemData"]!["id"]!;
        var values = new JsonObject { ["switch"] = "on", ["bright"] = 7, ["odd"] = new JsonArray(1, null) };
        (await app.PostAsync("/v2/device/group/status", new JsonObject { ["id"] = group, ["params"] = values.DeepClone() })).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        (await StateAsync(app, group)).ShouldBe(values.ToJsonString());
        (await StateAsync(app, group, "&params=bright%7Cnone")).ShouldBe("""{"bright":7}""");
        (await app.GetAsync("/v2/device/group"))["data"]!["groupList"]![0]!["itemData"]!["params"]!.ToJsonString().ShouldBe(values.ToJsonString());
        await lamp.Socket.SendAsync("""{"action":"date","d_seq":1}""");
        (await lamp.Socket.ReceiveAsync())["date"].ShouldNotBeNull();
        (await app.PostAsync("/v2/device/group/status", new JsonObject { ["id"] = group, ["params"] = new JsonObject { ["x"] = new string('x', 17_000) } })).Error().ShouldBe(400);
        (await StateAsync(app, group)).ShouldBe(values.ToJsonString());
    }

    [Fact]
    public async Task A_group_is_renamed_and_deleted_and_its_devices_stay()
    {
        using var app = await House.PersonAsync();
        var main = await House.AddAsync(app);
        var group = (string)(await CreateAsync(app, main, "Hall"))["itemData"]!["id"]!;
        (await app.PutAsync("/v2/device/group", new JsonObject { ["id"] = group, ["name"] = new string('字', 50) })).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        Names(await app.GetAsync("/v2/device/thing"))[0].ShouldBe(new string('字', 50));
        (await app.DeleteAsync($"/v2/device/group?id={group}")).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        Names(await app.GetAsync("/v2/device/thing")).ShouldBe(["Lamp"]);
        (await app.DeleteAsync($"/v2/device/group?id={group}")).Error().ShouldBe(405);
        (await app.GetAsync("/v2/device/thing"))["data"]!["thingList"]![0]!["itemData"]!["devGroups"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_group_around_a_shared_device_is_its_makers_alone()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        var group = (string)(await CreateAsync(guest, made, "Theirs"))["itemData"]!["id"]!;
        await using var lamp = await House.ConnectAsync(made);
        (await SwitchAsync(guest, group, "on")).Error().ShouldBe(0);
        await lamp.ObeyAsync();
        (await owner.GetAsync("/v2/device/group"))["data"]!["groupList"]!.AsArray().ShouldBeEmpty();
        (await owner.GetAsync("/v2/device/thing"))["data"]!["thingList"]![0]!["itemData"]!["devGroups"]!.AsArray().ShouldBeEmpty();
        (await owner.GetAsync($"/v2/device/thing/status?type=2&id={group}")).Error().ShouldBe(405);
    }

    [Fact]
    public async Task What_is_wrong_with_a_new_group_has_its_code()
    {
        using var app = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var (main, foreign) = (await House.AddAsync(app), await House.AddAsync(stranger));
        await FailsAsync(400, b => b["name"] = "");
        await FailsAsync(400, b => b["name"] = new string('x', 51));
        await FailsAsync(400, b => b["sort"] = 3);
        await FailsAsync(400, b => b["deviceidList"] = new JsonArray([null]));
        await FailsAsync(405, b => b["mainDeviceId"] = foreign.Device.Id);
        await FailsAsync(405, b => b["mainDeviceId"] = "10000fffff");
        await FailsAsync(405, b => b["deviceidList"] = new JsonArray(foreign.Device.Id));
        await FailsAsync(405, b => b["familyid"] = Unknown);
        await FailsAsync(405, b => b["roomid"] = Unknown);
        (await app.GetAsync("/v2/device/group"))["data"]!["groupList"]!.AsArray().ShouldBeEmpty();
        for (var i = 0; i < 100; i++) await CreateAsync(app, main, $"Group {i}");
        await FailsAsync(30009, _ => { });

        async Task FailsAsync(int code, Action<JsonObject> spoil)
        {
            var body = Body(main, "Hall", []);
            spoil(body);
            var answer = await app.PostAsync("/v2/device/group", body);
            answer.Error().ShouldBe(code, $"{body} {answer.ToJsonString()}");
        }
    }

    [Fact]
    public async Task A_strangers_group_is_answered_like_one_that_does_not_exist()
    {
        using var owner = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var (main, mine) = (await House.AddAsync(owner), await House.AddAsync(stranger));
        var group = (string)(await CreateAsync(owner, main, "Hall"))["itemData"]!["id"]!;
        Func<string, Task<JsonObject>>[] questions =
        [
            id => stranger.PostAsync("/v2/device/thing", new JsonObject { ["thingList"] = new JsonArray(Ref(3, id)) }),
            id => stranger.GetAsync($"/v2/device/thing/status?type=2&id={id}"),
            id => SwitchAsync(stranger, id, "on"),
            id => stranger.PutAsync("/v2/device/group", new JsonObject { ["id"] = id, ["name"] = "x" }),
            id => stranger.DeleteAsync($"/v2/device/group?id={id}"),
            id => stranger.PostAsync("/v2/device/group/status", new JsonObject { ["id"] = id, ["params"] = new JsonObject() }),
            id => SetAsync(stranger, id, mine.Device.Id),
        ];
        foreach (var ask in questions)
        {
            var foreign = await ask(group);
            foreign.Error().ShouldBe(405, foreign.ToJsonString());
            foreign.ToJsonString().ShouldBe((await ask(Unknown)).ToJsonString());
            foreach (var malformed in new[] { "nothing", main.Device.Id }) (await ask(malformed)).Error().ShouldBe(400);
        }

        Names(await owner.GetAsync("/v2/device/thing")).ShouldBe(["Hall", "Lamp"]);
    }

    private static JsonObject Ref(int type, string id) => new() { ["itemType"] = type, ["id"] = id };

    private static JsonObject Body(MadeDevice main, string name, MadeDevice[] members) => new()
    {
        ["name"] = name, ["mainDeviceId"] = main.Device.Id, ["deviceidList"] = new JsonArray([.. members.Select(m => (JsonNode)m.Device.Id)]),
    };

    private static async Task<JsonObject> CreateAsync(CoolKitApp app, MadeDevice main, string name, params MadeDevice[] members)
    {
        var answer = await app.PostAsync("/v2/device/group", Body(main, name, members));
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer["data"]!.AsObject();
    }

    private static Task<JsonObject> SetAsync(CoolKitApp app, string group, params string[] devices) =>
        app.PostAsync("/v2/device/group/update", new JsonObject { ["id"] = group, ["deviceidList"] = new JsonArray([.. devices.Select(d => (JsonNode)d)]) });

    private static Task<JsonObject> SwitchAsync(CoolKitApp app, string group, string value) => app.PostAsync(
        "/v2/device/thing/status", new JsonObject { ["type"] = 2, ["id"] = group, ["params"] = new JsonObject { ["switch"] = value } });

    private static async Task<string> StateAsync(CoolKitApp app, string group, string more = "")
    {
        var answer = await app.GetAsync($"/v2/device/thing/status?type=2&id={group}{more}");
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer["data"]!["params"]!.ToJsonString();
    }

    private static IReadOnlyList<string> Names(JsonObject list) => [.. list["data"]!["thingList"]!.AsArray().Select(t => (string)t!["itemData"]!["name"]!)];

    private static async Task<IReadOnlyList<string>> MembersAsync(CoolKitApp app, string group) =>
        [.. (await app.GetAsync("/v2/device/thing?num=0"))["data"]!["thingList"]!.AsArray().Select(t => t!["itemData"]!)
            .Where(d => d["devGroups"]?.AsArray().Any(g => (string)g!["groupId"]! == group) == true).Select(d => (string)d["deviceid"]!)];

    private async Task<MadeDevice> AddPlugAsync(CoolKitApp app)
    {
        var product = await House.AddProductAsync("Other", $"Plug-{House.NewDeviceId()}", adopts: false);
        var made = (await House.Server.Service<DeviceService>().MakeAsync(
            new NewDevice(House.NewDeviceId(), product.Product.Id, null, new FactoryData()), TestContext.Current.CancellationToken)).Value;
        (await app.PostAsync("/v2/device/add", CoolKitHouse.AddBody(made))).Error().ShouldBe(0);
        return made;
    }

    // Nobody waits for a group's commands: their record is the only trace.
    private async Task<CommandRecord> WaitForAsync(MadeDevice made)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            if (await House.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 1)) is [var record]) return record;
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
