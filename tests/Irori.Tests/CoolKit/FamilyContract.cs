using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Homes and rooms are made, renamed, sorted and deleted, and things change their places in them (CoolKit v2, family and room).</summary>
public abstract class FamilyContract(HouseFixture fixture)
{
    private const string Unknown = "5f3b20f1a0b1c2d3e4f50617";

    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task A_home_is_made_with_rooms_at_an_end_of_the_order()
    {
        using var app = await House.PersonAsync();
        var first = await CurrentAsync(app);
        var back = await CreateAsync(app, "Cottage", 2, "Kitchen", "Attic");
        var front = await CreateAsync(app, "Boat", 1);

        ((string)back["name"]!).ShouldBe("Cottage");
        ((string)back["id"]!).Length.ShouldBe(24);
        back["roomList"]!.AsArray().Select(r => ((string)r!["name"]!, (long)r["index"]!)).ShouldBe([("Kitchen", 0), ("Attic", 1)]);
        front["roomList"]!.AsArray().ShouldBeEmpty();
        var list = (await app.GetAsync("/v2/family"))["data"]!;
        Families(list).Select(f => (string)f["id"]!).ShouldBe([(string)front["id"]!, first, (string)back["id"]!]);
        Families(list).Select(f => (long)f["index"]!).ShouldBe(Families(list).Select(f => (long)f["index"]!).Order());
        ((string)list["currentFamilyId"]!).ShouldBe(first);
        Families(list)[2]["roomList"]!.ToJsonString().ShouldBe(back["roomList"]!.ToJsonString());
    }

    [Fact]
    public async Task Homes_and_rooms_have_limits()
    {
        using var app = await House.PersonAsync();
        var home = await CurrentAsync(app);
        (await app.PostAsync("/v2/family", Family("Too large", 2, [.. Enumerable.Repeat("Room", 101)]))).Error().ShouldBe(20002);
        for (var i = 0; i < 19; i++) await CreateAsync(app, $"Home {i}", 2);
        (await app.PostAsync("/v2/family", Family("One too many", 2))).Error().ShouldBe(20002);
        Families((await app.GetAsync("/v2/family"))["data"]!).Count.ShouldBe(20);

        for (var i = 0; i < 100; i++) (await app.PostAsync("/v2/family/room", Room(home, $"Room {i}", 1 + (i % 2)))).Error().ShouldBe(0);
        (await app.PostAsync("/v2/family/room", Room(home, "One too many", 1))).Error().ShouldBe(20002);
        (await RoomsAsync(app, home)).Count.ShouldBe(100);
    }

    [Fact]
    public async Task A_room_is_made_at_an_end_of_the_order_renamed_and_sorted()
    {
        using var app = await House.PersonAsync();
        var home = await CurrentAsync(app);
        var kitchen = await CreateRoomAsync(app, home, "Kitchen", 2);
        var hall = await CreateRoomAsync(app, home, "Hall", 1);
        var attic = await CreateRoomAsync(app, home, "Attic", 2);
        (await RoomsAsync(app, home)).ShouldBe([(hall, "Hall"), (kitchen, "Kitchen"), (attic, "Attic")]);

        (await app.PutAsync("/v2/family/room", new JsonObject { ["id"] = kitchen, ["name"] = "Galley" })).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        (await SortAsync(app, home, attic, kitchen, hall)).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        (await RoomsAsync(app, home)).ShouldBe([(attic, "Attic"), (kitchen, "Galley"), (hall, "Hall")]);
        var rooms = Families((await app.GetAsync("/v2/family"))["data"]!)[0]["roomList"]!.AsArray();
        rooms.Select(r => (long)r!["index"]!).ShouldBe([0, 1, 2]);

        (await SortAsync(app, null, hall, attic, kitchen)).Error().ShouldBe(0, "without a home it is the current one");
        foreach (var wrong in new string[][] { [hall, attic], [hall, attic, attic], [hall, attic, kitchen, kitchen], [] }) (await SortAsync(app, home, wrong)).Error().ShouldBe(400);
        (await SortAsync(app, home, hall, attic, Unknown)).Error().ShouldBe(405);
        (await RoomsAsync(app, home)).Select(r => r.Id).ShouldBe([hall, attic, kitchen]);
    }

    [Fact]
    public async Task A_home_is_renamed_and_without_an_id_it_is_the_current_one()
    {
        using var app = await House.PersonAsync();
        var first = await CurrentAsync(app);
        var cottage = (string)(await CreateAsync(app, "Cottage", 2))["id"]!;
        (await app.PutAsync("/v2/family", new JsonObject { ["name"] = "Flat" })).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        (await app.PutAsync("/v2/family", new JsonObject { ["id"] = cottage, ["name"] = "Hut" })).Error().ShouldBe(0);
        Families((await app.GetAsync("/v2/family"))["data"]!).Select(f => ((string)f["id"]!, (string)f["name"]!)).ShouldBe([(first, "Flat"), (cottage, "Hut")]);
    }

    [Fact]
    public async Task Another_home_becomes_the_current_one()
    {
        using var app = await House.PersonAsync();
        using var second = await House.SignInAsync(app.Email);
        await CurrentAsync(app);
        var cottage = (string)(await CreateAsync(app, "Cottage", 2))["id"]!;
        (await app.PostAsync("/v2/family/current", new JsonObject { ["id"] = cottage })).Error().ShouldBe(0);
        (await CurrentAsync(second)).ShouldBe(cottage);
        var made = await House.AddAsync(app);
        Place(await ThingAsync(app, made.Device.Id)).ShouldBe((cottage, null));
        (await app.PostAsync("/v2/family/current", new JsonObject { ["id"] = Unknown })).Error().ShouldBe(405);
        (await CurrentAsync(app)).ShouldBe(cottage);
    }

    [Fact]
    public async Task The_things_of_a_home_that_is_deleted_stand_behind_those_of_another()
    {
        using var app = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var first = await CurrentAsync(app);
        var cottage = await CreateAsync(app, "Cottage", 2, "Kitchen");
        var id = (string)cottage["id"]!;
        var here = await House.AddAsync(app, "Here");
        (await app.PostAsync("/v2/family/current", new JsonObject { ["id"] = id })).Error().ShouldBe(0);
        var (one, two) = (await House.AddAsync(app, "One"), await House.AddAsync(app, "Two"));
        await House.ShareAsync(guest, one);
        (await SetRoomAsync(app, (string)cottage["roomList"]![0]!["id"]!, [], [(1, one.Device.Id)])).Error().ShouldBe(0);

        (await app.DeleteAsync($"/v2/family?id={id}&deviceFamily={first}&switchFamily={first}")).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");

        (await CurrentAsync(app)).ShouldBe(first);
        (await IdsAsync(app, first)).ShouldBe([here.Device.Id, two.Device.Id, one.Device.Id]);
        Place(await ThingAsync(app, one.Device.Id)).ShouldBe((first, null));
        (await app.GetAsync($"/v2/device/thing?familyid={id}")).Error().ShouldBe(405);
        Place(await ThingAsync(guest, one.Device.Id, 2)).ShouldBe((await CurrentAsync(guest), null), "a guest's place is his own");
    }

    [Fact]
    public async Task A_home_is_deleted_only_when_its_things_have_another()
    {
        using var app = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var first = await CurrentAsync(app);
        var foreign = await CurrentAsync(stranger);
        (await DeleteAsync(first, first, first)).ShouldBe(20003);
        (await DeleteAsync(first, foreign, foreign)).ShouldBe(20003);
        var cottage = (string)(await CreateAsync(app, "Cottage", 2))["id"]!;
        (await DeleteAsync(cottage, cottage, first)).ShouldBe(400);
        (await DeleteAsync(cottage, first, cottage)).ShouldBe(400);
        (await DeleteAsync(cottage, foreign, first)).ShouldBe(405);
        (await DeleteAsync(cottage, first, foreign)).ShouldBe(405);
        (await DeleteAsync(Unknown, first, first)).ShouldBe(405);
        (await DeleteAsync(foreign, first, first)).ShouldBe(405);
        Families((await app.GetAsync("/v2/family"))["data"]!).Count.ShouldBe(2);
        (await app.DeleteAsync("/v2/family", new JsonObject { ["id"] = cottage, ["deviceFamily"] = first, ["switchFamily"] = first })).Error().ShouldBe(0, "in the body");

        async Task<int> DeleteAsync(string id, string receiver, string current) =>
            (await app.DeleteAsync($"/v2/family?id={id}&deviceFamily={receiver}&switchFamily={current}")).Error();
    }

    [Fact]
    public async Task The_things_of_a_room_that_is_deleted_stay_in_the_home()
    {
        using var app = await House.PersonAsync();
        var home = await CurrentAsync(app);
        var room = await CreateRoomAsync(app, home, "Kitchen", 1);
        var made = await House.AddAsync(app);
        (await SetRoomAsync(app, room, [], [(1, made.Device.Id)])).Error().ShouldBe(0);
        Place(await ThingAsync(app, made.Device.Id)).ShouldBe((home, room));

        (await app.DeleteAsync($"/v2/family/room?id={room}")).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        Place(await ThingAsync(app, made.Device.Id)).ShouldBe((home, null));
        (await RoomsAsync(app, home)).ShouldBeEmpty();
        (await app.DeleteAsync($"/v2/family/room?id={room}")).Error().ShouldBe(405);
    }

    [Fact]
    public async Task Things_are_sorted_all_of_them_at_once()
    {
        using var app = await House.PersonAsync();
        using var friend = await House.PersonAsync();
        var home = await CurrentAsync(app);
        var (a, b) = (await House.AddAsync(app, "A"), await House.AddAsync(app, "B"));
        var shared = await House.AddAsync(friend, "Shared");
        await House.ShareAsync(app, shared);
        var group = await GroupAsync(app, a.Device.Id);
        (int, string)[] order = [(2, shared.Device.Id), (1, a.Device.Id), (3, group), (1, b.Device.Id)];

        (await SortThingsAsync(app, home, order)).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");

        var things = (await app.GetAsync("/v2/device/thing?num=0"))["data"]!["thingList"]!.AsArray();
        things.Select(t => ((int)t!["itemType"]!, IdOf(t))).ShouldBe(order);
        things.Select(t => (long)t!["index"]!).ShouldBe([0, 1, 2, 3]);
        var reversed = order.Reverse().ToArray();
        (await SortThingsAsync(app, null, reversed)).Error().ShouldBe(0, "without a home it is the current one");
        (await SortThingsAsync(app, home, order[..3])).Error().ShouldBe(400);
        (await SortThingsAsync(app, home, [.. order[..3], order[0]])).Error().ShouldBe(400);
        (await SortThingsAsync(app, home, [.. order, order[0]])).Error().ShouldBe(400);
        (await SortThingsAsync(app, home, [.. order[..3], (1, "10000fffff")])).Error().ShouldBe(405);
        (await SortThingsAsync(app, home, [.. order[..3], (2, b.Device.Id)])).Error().ShouldBe(405);
        (await SortThingsAsync(app, home, [.. order[..3], (4, b.Device.Id)])).Error().ShouldBe(400);
        (await SortThingsAsync(app, Unknown, order)).Error().ShouldBe(405);
        var after = (await app.GetAsync("/v2/device/thing?num=0"))["data"]!["thingList"]!.AsArray();
        after.Select(t => ((int)t!["itemType"]!, IdOf(t))).ShouldBe(reversed);
        (await IdsAsync(friend, await CurrentAsync(friend))).ShouldBe([shared.Device.Id]);
    }

    [Fact]
    public async Task What_leaves_and_enters_a_room_is_found_from_what_was_and_what_shall_be()
    {
        using var app = await House.PersonAsync();
        using var friend = await House.PersonAsync();
        var home = await CurrentAsync(app);
        var kitchen = await CreateRoomAsync(app, home, "Kitchen", 1);
        var (a, b, c) = (await House.AddAsync(app, "A"), await House.AddAsync(app, "B"), await House.AddAsync(app, "C"));
        var shared = await House.AddAsync(friend, "Shared");
        await House.ShareAsync(app, shared);
        var group = await GroupAsync(app, a.Device.Id);

        (await SetRoomAsync(app, kitchen, [], [(1, a.Device.Id), (1, b.Device.Id), (2, shared.Device.Id), (3, group)])).Error().ShouldBe(0);
        (await InRoomAsync(app, kitchen)).ShouldBe([a.Device.Id, b.Device.Id, shared.Device.Id, group], ignoreOrder: true);

        (await SetRoomAsync(app, kitchen, [(1, a.Device.Id), (3, group)], [(1, a.Device.Id), (1, c.Device.Id)])).Error().ShouldBe(0);
        (await InRoomAsync(app, kitchen)).ShouldBe([a.Device.Id, b.Device.Id, shared.Device.Id, c.Device.Id], ignoreOrder: true, "what was not named stays");

        var cottage = await CreateAsync(app, "Cottage", 2, "Attic");
        var attic = (string)cottage["roomList"]![0]!["id"]!;
        (await SetRoomAsync(app, kitchen, [(3, group)], [])).Error().ShouldBe(400, "the group is not in the room");
        (await SetRoomAsync(app, attic, [], [(1, a.Device.Id)])).Error().ShouldBe(405, "the device stands in another home");
        (await SetRoomAsync(app, kitchen, [], [(1, "10000fffff")])).Error().ShouldBe(405);
        (await SetRoomAsync(app, kitchen, [(1, shared.Device.Id)], [])).Error().ShouldBe(405, "it is not his own");
        (await SetRoomAsync(app, kitchen, [], [(0, a.Device.Id)])).Error().ShouldBe(400);
        (await SetRoomAsync(app, Unknown, [], [(1, a.Device.Id)])).Error().ShouldBe(405);
        (await InRoomAsync(app, kitchen)).ShouldBe([a.Device.Id, b.Device.Id, shared.Device.Id, c.Device.Id], ignoreOrder: true);
        Place(await ThingAsync(friend, shared.Device.Id)).Room.ShouldBeNull();
    }

    [Fact]
    public async Task Names_and_ends_are_checked_and_nothing_changes()
    {
        using var app = await House.PersonAsync();
        var home = await CurrentAsync(app);
        var room = await CreateRoomAsync(app, home, "Kitchen", 1);
        var before = (await app.GetAsync("/v2/family")).ToJsonString();
        foreach (var name in new[] { "", new string('x', 129) })
        {
            (await app.PostAsync("/v2/family", Family(name, 1))).Error().ShouldBe(400);
            (await app.PostAsync("/v2/family", Family("Home", 1, name))).Error().ShouldBe(400);
            (await app.PostAsync("/v2/family/room", Room(home, name, 1))).Error().ShouldBe(400);
            (await app.PutAsync("/v2/family", new JsonObject { ["id"] = home, ["name"] = name })).Error().ShouldBe(400);
            (await app.PutAsync("/v2/family/room", new JsonObject { ["id"] = room, ["name"] = name })).Error().ShouldBe(400);
        }

        foreach (var sort in new[] { 0, 3, -1 })
        {
            (await app.PostAsync("/v2/family", Family("Home", sort))).Error().ShouldBe(400);
            (await app.PostAsync("/v2/family/room", Room(home, "Room", sort))).Error().ShouldBe(400);
        }

        (await app.GetAsync("/v2/family")).ToJsonString().ShouldBe(before);
    }

    [Fact]
    public async Task A_strangers_home_and_room_are_answered_like_those_that_do_not_exist()
    {
        using var owner = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var home = await CurrentAsync(owner);
        var mine = await CurrentAsync(stranger);
        await CreateAsync(stranger, "Second", 2);
        var room = await CreateRoomAsync(owner, home, "Kitchen", 1);
        var before = (await owner.GetAsync("/v2/family")).ToJsonString();
        Func<string, string, Task<JsonObject>>[] questions =
        [
            (h, _) => stranger.PutAsync("/v2/family", new JsonObject { ["id"] = h, ["name"] = "x" }),
            (h, _) => stranger.DeleteAsync($"/v2/family?id={h}&deviceFamily={mine}&switchFamily={mine}"),
            (h, _) => stranger.PostAsync("/v2/family/current", new JsonObject { ["id"] = h }),
            (h, _) => stranger.PostAsync("/v2/family/room", Room(h, "x", 1)),
            (_, r) => stranger.PutAsync("/v2/family/room", new JsonObject { ["id"] = r, ["name"] = "x" }),
            (_, r) => stranger.DeleteAsync($"/v2/family/room?id={r}"),
            (h, r) => SortAsync(stranger, h, r),
            (h, _) => SortThingsAsync(stranger, h, []),
            (_, r) => SetRoomAsync(stranger, r, [], []),
        ];
        foreach (var ask in questions)
        {
            var foreign = await ask(home, room);
            foreign.Error().ShouldBe(405, foreign.ToJsonString());
            foreign.ToJsonString().ShouldBe((await ask(Unknown, Unknown)).ToJsonString());
        }

        (await owner.GetAsync("/v2/family")).ToJsonString().ShouldBe(before);
    }

    private static JsonObject Family(string name, int sort, params string[] rooms) => new()
    {
        ["name"] = name, ["sort"] = sort, ["roomNameList"] = new JsonArray([.. rooms.Select(r => (JsonNode)r)]),
    };

    private static JsonObject Room(string home, string name, int sort) => new() { ["familyid"] = home, ["name"] = name, ["sort"] = sort };

    private static JsonArray Things((int Type, string Id)[] things) => new([.. things.Select(t => (JsonNode)new JsonObject { ["itemType"] = t.Type, ["id"] = t.Id })]);

    private static async Task<JsonObject> CreateAsync(CoolKitApp app, string name, int sort, params string[] rooms)
    {
        var answer = await app.PostAsync("/v2/family", Family(name, sort, rooms));
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer["data"]!.AsObject();
    }

    private static async Task<string> CreateRoomAsync(CoolKitApp app, string home, string name, int sort)
    {
        var answer = await app.PostAsync("/v2/family/room", Room(home, name, sort));
        answer.Error().ShouldBe(0, answer.ToJsonString());
        ((string)answer["data"]!["name"]!).ShouldBe(name);
        return (string)answer["data"]!["id"]!;
    }

    private static async Task<string> GroupAsync(CoolKitApp app, string main)
    {
        var answer = await app.PostAsync("/v2/device/group", new JsonObject { ["name"] = "Group", ["mainDeviceId"] = main });
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return (string)answer["data"]!["itemData"]!["id"]!;
    }

    private static Task<JsonObject> SortAsync(CoolKitApp app, string? home, params string[] rooms)
    {
        var body = new JsonObject { ["idList"] = new JsonArray([.. rooms.Select(r => (JsonNode)r)]) };
        if (home is not null) body["familyid"] = home;
        return app.PostAsync("/v2/family/room/index", body);
    }

    private static Task<JsonObject> SortThingsAsync(CoolKitApp app, string? home, (int, string)[] things)
    {
        var body = new JsonObject { ["thingList"] = Things(things) };
        if (home is not null) body["familyid"] = home;
        return app.PostAsync("/v2/family/thing/sort", body);
    }

    private static Task<JsonObject> SetRoomAsync(CoolKitApp app, string room, (int, string)[] before, (int, string)[] after) =>
        app.PostAsync("/v2/family/room/thing", new JsonObject { ["roomid"] = room, ["oldThingList"] = Things(before), ["newThingList"] = Things(after) });

    private static IReadOnlyList<JsonObject> Families(JsonNode list) => [.. list["familyList"]!.AsArray().Select(f => f!.AsObject())];

    private static async Task<string> CurrentAsync(CoolKitApp app) => (string)(await app.GetAsync("/v2/family"))["data"]!["currentFamilyId"]!;

    private static async Task<IReadOnlyList<(string Id, string Name)>> RoomsAsync(CoolKitApp app, string home) =>
        [.. Families((await app.GetAsync("/v2/family"))["data"]!).Single(f => (string)f["id"]! == home)["roomList"]!.AsArray().Select(r => ((string)r!["id"]!, (string)r["name"]!))];

    private static string IdOf(JsonNode? thing) => (string)(thing!["itemData"]!["deviceid"] ?? thing["itemData"]!["id"])!;

    private static async Task<IReadOnlyList<string>> IdsAsync(CoolKitApp app, string home) =>
        [.. (await app.GetAsync($"/v2/device/thing?num=0&familyid={home}"))["data"]!["thingList"]!.AsArray().Select(IdOf)];

    private static async Task<IReadOnlyList<string>> InRoomAsync(CoolKitApp app, string room) =>
        [.. (await app.GetAsync("/v2/device/thing?num=0"))["data"]!["thingList"]!.AsArray().Where(t => (string?)t!["itemData"]!["family"]!["roomid"] == room).Select(IdOf)];

    private static async Task<JsonObject> ThingAsync(CoolKitApp app, string id, int type = 1)
    {
        var answer = await app.PostAsync("/v2/device/thing", new JsonObject { ["thingList"] = Things([(type, id)]) });
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer["data"]!["thingList"]![0]!.AsObject();
    }

    private static (string Home, string? Room) Place(JsonObject thing)
    {
        var family = thing["itemData"]!["family"]!;
        return ((string)family["familyid"]!, (string?)family["roomid"]);
    }
}
