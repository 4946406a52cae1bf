using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>The first page in one call, and what people are told afterwards (CoolKit v2, homepage and message center).</summary>
public abstract class HomepageContract(HouseFixture fixture)
{
    private const string Unknown = "5f3b20f1a0b1c2d3e4f50617";

    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task Every_part_is_what_its_own_operation_answers()
    {
        using var app = await House.PersonAsync();
        using var friend = await House.PersonAsync();
        for (var i = 0; i < 3; i++) await House.AddAsync(app, $"Lamp {i}");
        await ShareAsync(friend, app, await House.AddAsync(friend, "Shared"));
        var body = new JsonObject
        {
            ["lang"] = "cn", ["clientInfo"] = new JsonObject { ["model"] = "xxx", ["os"] = "iOs" }, ["getUser"] = new JsonObject(), ["getFamily"] = new JsonObject(),
            ["getThing"] = new JsonObject { ["num"] = 2 }, ["getScene"] = new JsonObject(), ["getMessage"] = new JsonObject(),
        };

        var data = (await app.PostAsync("/v2/homepage", body))["data"]!.AsObject();

        data.Select(p => p.Key).ShouldBe(["userInfo", "familyInfo", "thingInfo", "messageInfo"], "scenes are not available yet");
        data["userInfo"]!.ToJsonString().ShouldBe((await app.GetAsync("/v2/user/profile"))["data"]!["user"]!.ToJsonString());
        data["familyInfo"]!.ToJsonString().ShouldBe((await app.GetAsync("/v2/family"))["data"]!.ToJsonString());
        data["thingInfo"]!.ToJsonString().ShouldBe((await app.GetAsync("/v2/device/thing?num=2"))["data"]!.ToJsonString());
        data["messageInfo"]!.ToJsonString().ShouldBe((await app.GetAsync("/v2/message/read"))["data"]!.ToJsonString());
        data["thingInfo"]!["thingList"]!.AsArray().Count.ShouldBe(2);
        data["messageInfo"]!["messageList"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_app_without_a_grant_sees_that_there_is_more_but_not_what()
    {
        using var app = await House.PersonAsync();
        await House.AddAsync(app);
        using var narrow = await House.SignInAsync(app.Email, await House.AddAppAsync(allProducts: false));
        var things = (await narrow.PostAsync("/v2/homepage", new JsonObject { ["getThing"] = new JsonObject() }))["data"]!["thingInfo"]!;
        (things["thingList"]!.AsArray().Count, (int)things["total"]!).ShouldBe((0, 1));
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_answered()
    {
        using var app = await House.PersonAsync();
        (await app.PostAsync("/v2/homepage", new JsonObject())).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        var data = (await app.PostAsync("/v2/homepage", new JsonObject { ["getThing"] = new JsonObject() }))["data"]!.AsObject();
        data.Select(p => p.Key).ShouldBe(["thingInfo"]);
        (await app.PostAsync("/v2/homepage", new JsonObject { ["getFamily"] = null })).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
    }

    [Fact]
    public async Task Things_and_messages_are_those_of_the_current_home()
    {
        using var app = await House.PersonAsync();
        using var friend = await House.PersonAsync();
        await House.AddAsync(app, "Here");
        var shared = await House.AddAsync(friend, "Shared");
        await ShareAsync(friend, app, shared);
        await app.GetAsync("/v2/device/thing");
        await CancelAsync(friend, app, shared);
        var cottage = await House.AddHomeAsync(app, "Cottage");
        (await app.PostAsync("/v2/family/current", new JsonObject { ["id"] = cottage.Id })).Error().ShouldBe(0);
        var data = (await app.PostAsync("/v2/homepage", new JsonObject { ["getThing"] = new JsonObject(), ["getMessage"] = new JsonObject() }))["data"]!;
        data["thingInfo"]!["thingList"]!.AsArray().ShouldBeEmpty();
        // Where it stood when it was taken back is known; where it would stand when it was shared was not.
        Types(data["messageInfo"]!).ShouldBe(["shareNotify_v2"]);
    }

    [Theory]
    [InlineData("getThing", "num", -1)]
    [InlineData("getMessage", "num", 0)]
    [InlineData("getMessage", "num", 31)]
    [InlineData("getMessage", "from", -1)]
    public async Task A_wrong_part_is_named(string part, string field, int value)
    {
        using var app = await House.PersonAsync();
        var answer = await app.PostAsync("/v2/homepage", new JsonObject { ["getUser"] = new JsonObject(), [part] = new JsonObject { [field] = value } });
        answer.Error().ShouldBe(400);
        ((string)answer["msg"]!).ShouldContain(part);
        ((string)answer["msg"]!).ShouldContain(field);
    }

    [Fact]
    public async Task People_are_told_of_shares_that_begin_and_end_newest_first()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner, "Lamp");
        await ShareAsync(owner, guest, made);
        await CancelAsync(owner, guest, made);

        var answer = await guest.GetAsync("/v2/message/read");

        var list = answer["data"]!["messageList"]!.AsArray();
        Types(answer["data"]!).ShouldBe(["cancelShareNotify_v2", "shareNotify_v2"]);
        var message = list[1]!;
        ((string)message["msgid"]!).Length.ShouldBe(24);
        ((long)message["date"]!).ShouldBeGreaterThan(1_000_000_000_000);
        var content = message["message"]!;
        ((string)content["deviceid"]!, (string)content["deviceName"]!, (string)content["apikey"]!).ShouldBe((made.Device.Id, "Lamp", owner.Apikey));
        ((string)content["text"]!).ShouldContain("Lamp");
        (await owner.GetAsync("/v2/message/read"))["data"]!["messageList"]!.AsArray().ShouldBeEmpty();

        await ShareAsync(owner, guest, made);
        (await guest.DeleteAsync($"/v2/device?deviceid={made.Device.Id}")).Error().ShouldBe(0);
        Types((await guest.GetAsync("/v2/message/read"))["data"]!).ShouldBe(["shareNotify_v2", "cancelShareNotify_v2", "shareNotify_v2"], "who gives it back knows it");
    }

    [Fact]
    public async Task Messages_are_paged_by_the_time_of_the_last_one()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner, "Lamp");
        for (var i = 0; i < 17; i++)
        {
            await ShareAsync(owner, guest, made);
            await CancelAsync(owner, guest, made);
        }

        var all = new List<string>();
        var page = await guest.GetAsync("/v2/message/read");
        page["data"]!["messageList"]!.AsArray().Count.ShouldBe(30);
        for (page = await guest.GetAsync("/v2/message/read?num=7"); page["data"]!["messageList"]!.AsArray() is { Count: > 0 } list;)
        {
            list.Count.ShouldBeLessThanOrEqualTo(7);
            all.AddRange(list.Select(m => (string)m!["msgid"]!));
            page = await guest.GetAsync($"/v2/message/read?num=7&from={(long)list[^1]!["date"]!}");
        }

        all.Count.ShouldBe(34);
        all.Distinct().Count().ShouldBe(34);
        foreach (var wrong in new[] { "num=0", "num=31", "from=-1", "from=9223372036854775807" }) (await guest.GetAsync($"/v2/message/read?{wrong}")).Error().ShouldBe(400);
    }

    [Fact]
    public async Task Messages_of_a_strangers_home_are_not_found()
    {
        using var owner = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var home = (string)(await owner.GetAsync("/v2/family"))["data"]!["currentFamilyId"]!;
        (await owner.GetAsync($"/v2/message/read?familyid={home}")).Error().ShouldBe(0);
        var foreign = await stranger.GetAsync($"/v2/message/read?familyid={home}");
        foreign.Error().ShouldBe(405);
        foreign.ToJsonString().ShouldBe((await stranger.GetAsync($"/v2/message/read?familyid={Unknown}")).ToJsonString());
    }

    private static IReadOnlyList<string> Types(JsonNode data) => [.. data["messageList"]!.AsArray().Select(m => (string)m!["msgType"]!)];

    private static async Task ShareAsync(CoolKitApp owner, CoolKitApp guest, MadeDevice made) => (await owner.PostAsync("/v2/device/share", new JsonObject
    {
        ["deviceidList"] = new JsonArray(made.Device.Id), ["user"] = new JsonObject { ["email"] = guest.Email }, ["permit"] = 0,
    })).Error().ShouldBe(0);

    private static async Task CancelAsync(CoolKitApp owner, CoolKitApp guest, MadeDevice made) =>
        (await owner.DeleteAsync($"/v2/device/share?deviceid={made.Device.Id}&apikey={guest.Apikey}")).Error().ShouldBe(0);
}
