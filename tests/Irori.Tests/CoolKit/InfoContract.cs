using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Name, room, tags, settings and the history of a device (CoolKit v2, update info, tags, settings, history).</summary>
public abstract class InfoContract(HouseFixture fixture)
{
    private const string Unknown = "5f3b20f1a0b1c2d3e4f50617";
    private const string Done = """{"error":0,"msg":"","data":{}}""";

    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task An_owner_renames_his_device_for_everybody()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner, "Lamp");
        await House.ShareAsync(guest, made);
        (await InfoAsync(owner, made, name: "Sun")).ToJsonString().ShouldBe(Done);
        foreach (var (app, type) in new[] { (owner, 1), (guest, 2) }) ((string)(await ThingAsync(app, made, type))["name"]!).ShouldBe("Sun");

        foreach (var name in new[] { "", new string('x', 129) }) (await InfoAsync(owner, made, name)).Error().ShouldBe(400);
        (await InfoAsync(guest, made, name: "Moon")).Error().ShouldBe(406);
        ((string)(await ThingAsync(owner, made, 1))["name"]!).ShouldBe("Sun");
    }

    [Fact]
    public async Task A_device_goes_into_a_room_of_the_home_in_which_its_person_has_it()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        var (mine, theirs) = (await RoomAsync(owner), await RoomAsync(guest));
        var elsewhere = (await House.AddHomeAsync(owner, "Cottage", "Attic")).Rooms[0].Id;
        (await InfoAsync(owner, made, room: mine)).ToJsonString().ShouldBe(Done);
        (await InfoAsync(guest, made, room: theirs)).ToJsonString().ShouldBe(Done);
        ((string?)(await ThingAsync(owner, made, 1))["family"]!["roomid"]).ShouldBe(mine);
        ((string?)(await ThingAsync(guest, made, 2))["family"]!["roomid"]).ShouldBe(theirs);

        foreach (var wrong in new[] { theirs, elsewhere, Unknown, "x" }) (await InfoAsync(owner, made, room: wrong, name: "Not so")).Error().ShouldBe(405);
        var thing = await ThingAsync(owner, made, 1);
        ((string)thing["name"]!, (string?)thing["family"]!["roomid"]).ShouldBe(("Lamp", mine));
        (await InfoAsync(owner, made, room: "")).ToJsonString().ShouldBe(Done);
        (await ThingAsync(owner, made, 1))["family"]!["roomid"].ShouldBeNull();
    }

    [Fact]
    public async Task Tags_are_replaced_or_merged()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        (await TagsAsync(app, made, """{"key1":"value1","key2":"value2"}""", null)).ShouldBe("""{"key1":"value1","key2":"value2"}""");
        (await TagsAsync(app, made, """{"key3":"value3","key2":{"deep":[1,null]}}""", "merge")).ShouldBe("""{"key1":"value1","key2":{"deep":[1,null]},"key3":"value3"}""");
        (await TagsAsync(app, made, """{"key3":"value3"}""", "replace")).ShouldBe("""{"key3":"value3"}""");
        (await ThingAsync(app, made, 1))["tags"]!.ToJsonString().ShouldBe("""{"key3":"value3"}""");
        (await TagsAsync(app, made, "{}", null)).ShouldBe("{}");
    }

    [Fact]
    public async Task Tags_that_are_merged_at_once_lose_nothing()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => TagsAsync(app, made, $$"""{"key{{i}}":{{i}}}""", "merge")));
        (await ThingAsync(app, made, 1))["tags"]!.AsObject().Count.ShouldBe(8);
    }

    [Fact]
    public async Task What_is_wrong_with_tags_has_its_code()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        await TagsAsync(owner, made, """{"a":1}""", null);
        (await owner.PostAsync("/v2/device/tags", Tags(made.Device.Id, """{"b":1}""", "other"))).Error().ShouldBe(400);
        (await owner.PostAsync("/v2/device/tags", Tags(made.Device.Id, $$"""{"b":"{{new string('x', 17_000)}}"}""", "merge"))).Error().ShouldBe(400);
        (await guest.PostAsync("/v2/device/tags", Tags(made.Device.Id, """{"b":1}""", null))).Error().ShouldBe(406);
        (await ThingAsync(guest, made, 2))["tags"]!.ToJsonString().ShouldBe("""{"a":1}""");
    }

    [Fact]
    public async Task Settings_are_each_persons_own_and_only_what_is_sent_changes()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var (made, other) = (await House.AddAsync(owner), await House.AddAsync(owner));
        await House.ShareAsync(guest, made);
        var answer = await SettingsAsync(owner, """{"opsNotify":1,"minTemperature":-12.5,"dailyKwh":200,"unknown":{}}""", made.Device.Id, other.Device.Id);
        var things = answer["data"]!["updatedThingList"]!.AsArray();
        things.Select(t => (string)t!["itemData"]!["deviceid"]!).ShouldBe([made.Device.Id, other.Device.Id]);
        foreach (var thing in things)
            thing!["itemData"]!["settings"]!.ToJsonString().ShouldBe("""{"opsNotify":1,"opsHistory":1,"alarmNotify":1,"minTemperature":-12.5,"dailyKwh":200}""");
        await SettingsAsync(owner, """{"alarmNotify":0}""", made.Device.Id);
        (await ThingAsync(owner, made, 1))["settings"]!.ToJsonString().ShouldBe("""{"opsNotify":1,"opsHistory":1,"alarmNotify":0,"minTemperature":-12.5,"dailyKwh":200}""");
        (await SettingsAsync(guest, """{"doorOnNotify":1}""", made.Device.Id))["data"]!["updatedThingList"]![0]!["itemData"]!["settings"]!.ToJsonString()
            .ShouldBe("""{"opsNotify":0,"opsHistory":1,"alarmNotify":1,"doorOnNotify":1}""");
    }

    [Theory]
    [InlineData("""{"opsNotify":2}""", 400)]
    [InlineData("""{"alarmNotify":-1}""", 400)]
    [InlineData("""{"maxTemperature":100000}""", 400)]
    [InlineData("""{"dailyKwh":-1}""", 400)]
    [InlineData("""{"opsNotify":true}""", 400)]
    [InlineData("""{"maxHumidity":99999,"minHumidity":-99999,"monthlyKwh":-99999}""", 0)]
    public async Task Settings_have_ranges(string settings, int error)
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        (await app.PostAsync("/v2/device/settings", Settings(settings, made.Device.Id))).Error().ShouldBe(error);
        if (error != 0) (await ThingAsync(app, made, 1))["settings"]!.ToJsonString().ShouldBe("""{"opsNotify":0,"opsHistory":1,"alarmNotify":1}""");
    }

    [Fact]
    public async Task Settings_change_for_all_devices_or_for_none()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        (await app.PostAsync("/v2/device/settings", Settings("""{"opsNotify":1}""", made.Device.Id, "10000fffff"))).Error().ShouldBe(405);
        (await app.PostAsync("/v2/device/settings", Settings("""{"opsNotify":1}"""))).Error().ShouldBe(400);
        ((int)(await ThingAsync(app, made, 1))["settings"]!["opsNotify"]!).ShouldBe(0);
    }

    [Fact]
    public async Task How_a_device_was_operated_is_told_newest_first()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        await using var lamp = await House.ConnectAsync(made);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "off", ["rssi"] = -60 });
        await SwitchAsync(owner, lamp, new JsonObject { ["switch"] = "on" });
        House.Time!.Advance(TimeSpan.FromMilliseconds(5));
        await SwitchAsync(guest, lamp, Channels(2, 0));
        House.Time.Advance(TimeSpan.FromMilliseconds(5));
        await lamp.ReportAsync(new JsonObject { ["switch"] = "off" });
        await lamp.ReportAsync(new JsonObject { ["switch"] = "off", ["rssi"] = -70 });
        House.Time.Advance(TimeSpan.FromMilliseconds(5));
        await SwitchAsync(owner, lamp, new JsonObject { ["bright"] = 5 });

        var list = await HistoryAsync(owner, made, "");

        list.Select(h => (string)h["deviceid"]!).ShouldAllBe(id => id == made.Device.Id);
        list.Select(h => ((string)h["userAgent"]!, (string?)h["opsSwitchs"], (string?)h["opsAccount"], (string)h["request"]!)).ShouldBe(
        [
            ("app", null, owner.Email, """{"bright":5}"""),
            ("device", """["switch"]""", null, """{"switch":"off"}"""),
            ("app", "[2,0]", guest.Email, Channels(2, 0).ToJsonString()),
            ("app", """["switch"]""", owner.Email, """{"switch":"on"}"""),
        ]);
        var times = list.Select(h => (long)h["opsTime"]!).ToList();
        times.ShouldBe(times.OrderDescending());
        (await HistoryAsync(owner, made, "&num=1")).ShouldHaveSingleItem().ToJsonString().ShouldBe(list[0].ToJsonString());
        (await HistoryAsync(owner, made, $"&from={times[1]}")).Select(h => h.ToJsonString()).ShouldBe(list.Skip(2).Select(h => h.ToJsonString()));
        foreach (var wrong in new[] { "num=0", "num=31", "from=-1", "from=9223372036854775807" })
            (await owner.GetAsync($"/v2/device/history?deviceid={made.Device.Id}&{wrong}")).Error().ShouldBe(400);
    }

    [Fact]
    public async Task What_failed_was_no_operation()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await app.PostAsync("/v2/device/thing/status", Command(made.Device.Id, new JsonObject { ["switch"] = "on" }));
        await using var lamp = await House.ConnectAsync(made);
        var refused = app.PostAsync("/v2/device/thing/status", Command(made.Device.Id, new JsonObject { ["switch"] = "on" }));
        await lamp.ObeyAsync(error: 400);
        (await refused).Error().ShouldBe(4002);
        (await HistoryAsync(app, made, "")).ShouldBeEmpty();
    }

    [Fact]
    public async Task History_is_kept_while_the_owner_wants_it()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        await using var lamp = await House.ConnectAsync(made);
        await SwitchAsync(owner, lamp, new JsonObject { ["switch"] = "on" });
        await SettingsAsync(guest, """{"opsHistory":0}""", made.Device.Id);
        await SwitchAsync(owner, lamp, new JsonObject { ["switch"] = "off" });
        (await HistoryAsync(owner, made, "")).Count.ShouldBe(2, "a receiver does not decide");
        await SettingsAsync(owner, """{"opsHistory":0}""", made.Device.Id);
        await SwitchAsync(owner, lamp, new JsonObject { ["switch"] = "on" });
        await lamp.ReportAsync(new JsonObject { ["switch"] = "off" });
        (await HistoryAsync(owner, made, "")).Count.ShouldBe(2);
        await SettingsAsync(owner, """{"opsHistory":1}""", made.Device.Id);
        await SwitchAsync(owner, lamp, new JsonObject { ["switch"] = "on" });
        (await HistoryAsync(owner, made, "")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Only_the_owner_clears_the_history()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        await using var lamp = await House.ConnectAsync(made);
        await SwitchAsync(owner, lamp, new JsonObject { ["switch"] = "on" });
        (await guest.DeleteAsync($"/v2/device/history?deviceid={made.Device.Id}")).Error().ShouldBe(406);
        (await HistoryAsync(owner, made, "")).Count.ShouldBe(1);
        (await owner.DeleteAsync($"/v2/device/history?deviceid={made.Device.Id}")).ToJsonString().ShouldBe(Done);
        (await HistoryAsync(owner, made, "")).ShouldBeEmpty();
        await SwitchAsync(owner, lamp, new JsonObject { ["switch"] = "off" });
        (await HistoryAsync(owner, made, "")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_reads_what_was_before_he_had_the_device()
    {
        using var owner = await House.PersonAsync();
        using var next = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await using (var lamp = await House.ConnectAsync(made)) await SwitchAsync(owner, lamp, new JsonObject { ["switch"] = "on" });
        House.Time!.Advance(TimeSpan.FromSeconds(1));
        (await next.PostAsync("/v2/device/add", CoolKitHouse.AddBody(made))).Error().ShouldBe(0);
        (await HistoryAsync(next, made, "")).ShouldBeEmpty();
        await using (var lamp = await House.ConnectAsync(made)) await SwitchAsync(next, lamp, new JsonObject { ["switch"] = "off" });
        House.Time.Advance(TimeSpan.FromSeconds(1));
        (await next.PostAsync("/v2/device/share", new JsonObject
        {
            ["deviceidList"] = new JsonArray(made.Device.Id), ["user"] = new JsonObject { ["email"] = guest.Email }, ["permit"] = 0,
        })).Error().ShouldBe(0);
        (await HistoryAsync(guest, made, "")).ShouldBeEmpty();
        (await HistoryAsync(next, made, "")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_strangers_device_is_answered_like_one_that_does_not_exist()
    {
        using var owner = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        Func<string, Task<JsonObject>>[] questions =
        [
            id => stranger.PostAsync("/v2/device/update-info", new JsonObject { ["deviceid"] = id, ["name"] = "x" }),
            id => stranger.PostAsync("/v2/device/tags", Tags(id, """{"x":1}""", null)),
            id => stranger.PostAsync("/v2/device/settings", Settings("""{"opsNotify":1}""", id)),
            id => stranger.GetAsync($"/v2/device/history?deviceid={id}"),
            id => stranger.DeleteAsync($"/v2/device/history?deviceid={id}"),
        ];
        foreach (var ask in questions)
        {
            var foreign = await ask(made.Device.Id);
            foreign.Error().ShouldBe(405, foreign.ToJsonString());
            foreign.ToJsonString().ShouldBe((await ask("10000fffff")).ToJsonString());
        }

        var thing = await ThingAsync(owner, made, 1);
        ((string)thing["name"]!, thing["tags"]!.ToJsonString()).ShouldBe(("Lamp", "{}"));
    }

    private static JsonObject Tags(string id, string tags, string? type)
    {
        var body = new JsonObject { ["deviceid"] = id, ["tags"] = JsonNode.Parse(tags) };
        if (type is not null) body["type"] = type;
        return body;
    }

    private static JsonObject Settings(string settings, params string[] ids) =>
        new() { ["deviceidList"] = new JsonArray([.. ids.Select(i => (JsonNode)i)]), ["settings"] = JsonNode.Parse(settings) };

    private static JsonObject Command(string id, JsonObject values) => new() { ["type"] = 1, ["id"] = id, ["params"] = values };

    private static JsonObject Channels(params int[] outlets) =>
        new() { ["switches"] = new JsonArray([.. outlets.Select(o => (JsonNode)new JsonObject { ["switch"] = "on", ["outlet"] = o })]) };

    private static Task<JsonObject> InfoAsync(CoolKitApp app, MadeDevice made, string? name = null, string? room = null)
    {
        var body = new JsonObject { ["deviceid"] = made.Device.Id };
        if (name is not null) body["name"] = name;
        if (room is not null) body["roomid"] = room;
        return app.PostAsync("/v2/device/update-info", body);
    }

    private static async Task<string> TagsAsync(CoolKitApp app, MadeDevice made, string tags, string? type)
    {
        var answer = await app.PostAsync("/v2/device/tags", Tags(made.Device.Id, tags, type));
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer["data"]!["updatedThing"]!["itemData"]!["tags"]!.ToJsonString();
    }

    private static async Task<JsonObject> SettingsAsync(CoolKitApp app, string settings, params string[] ids)
    {
        var answer = await app.PostAsync("/v2/device/settings", Settings(settings, ids));
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer;
    }

    private static async Task SwitchAsync(CoolKitApp app, CoolKitDevice lamp, JsonObject values)
    {
        var sending = app.PostAsync("/v2/device/thing/status", Command(lamp.Id, values));
        await lamp.ObeyAsync();
        (await sending).Error().ShouldBe(0);
    }

    private static async Task<IReadOnlyList<JsonObject>> HistoryAsync(CoolKitApp app, MadeDevice made, string more)
    {
        var answer = await app.GetAsync($"/v2/device/history?deviceid={made.Device.Id}{more}");
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return [.. answer["data"]!["histories"]!.AsArray().Select(h => h!.AsObject())];
    }

    private static async Task<string> RoomAsync(CoolKitApp app)
    {
        var home = (string)(await app.GetAsync("/v2/family"))["data"]!["currentFamilyId"]!;
        return (string)(await app.PostAsync("/v2/family/room", new JsonObject { ["familyid"] = home, ["name"] = "Room", ["sort"] = 1 }))["data"]!["id"]!;
    }

    private static async Task<JsonObject> ThingAsync(CoolKitApp app, MadeDevice made, int type)
    {
        var answer = await app.PostAsync("/v2/device/thing", new JsonObject { ["thingList"] = new JsonArray(new JsonObject { ["itemType"] = type, ["id"] = made.Device.Id }) });
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer["data"]!["thingList"]![0]!["itemData"]!.AsObject();
    }
}
