using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Groups in CoolKit v1: folders of devices.</summary>
public abstract class V1GroupContract(HouseFixture fixture)
{
    private const string Group = "/api/group";

    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task Groups_are_made_listed_in_order_changed_and_deleted()
    {
        using var app = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        (await v1.GetAsync(Group, new JsonObject { ["groupType"] = 0 })).ToJsonString().ShouldBe("""{"error":0,"groupinfos":[]}""");
        var upper = await MakeAsync(v1, "First floor", 2);
        var lower = await MakeAsync(v1, "Ground floor", 1);

        var list = (await v1.GetAsync(Group, new JsonObject { ["groupType"] = 0 }))["groupinfos"]!.AsArray();
        list.Select(g => ((string)g!["id"]!, (string)g["name"]!, (int)g["index"]!)).ShouldBe([(lower, "Ground floor", 1), (upper, "First floor", 2)]);
        V1App.Time(list[0]!["createdAt"]).Year.ShouldBeGreaterThan(2000);

        (await v1.PutAsync(Group, new JsonObject { ["id"] = upper, ["name"] = "Cellar", ["index"] = 0, ["groupType"] = 0 })).ToJsonString().ShouldBe("""{"error":0}""");
        (await NamesAsync(v1)).ShouldBe(["Cellar", "Ground floor"]);
        (await v1.DeleteAsync(Group, new JsonObject { ["id"] = upper, ["type"] = 0, ["apikey"] = v1.Apikey })).ToJsonString().ShouldBe("""{"error":0}""");
        (await NamesAsync(v1)).ShouldBe(["Ground floor"]);
    }

    [Fact]
    public async Task A_device_is_in_as_many_groups_as_one_likes_and_leaves_them_alone()
    {
        using var app = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        var made = await House.AddAsync(app);
        var (one, two, three) = (await MakeAsync(v1, "one", 1), await MakeAsync(v1, "two", 2), await MakeAsync(v1, "three", 3));

        (await MoveAsync(v1, Move("", one), Move("", two))).ToJsonString().ShouldBe("""{"error":0}""");
        (await GroupsAsync()).ShouldBe([one, two], ignoreOrder: true);
        (await v1.PostAsync($"{Group}/addDevice", new JsonObject { ["deviceinfos"] = Move(one, three), ["groupType"] = 0 })).Error().ShouldBe(0, "one move alone, as the document's example has it");
        (await GroupsAsync()).ShouldBe([two, three], ignoreOrder: true);
        (await MoveAsync(v1, Move(two, ""))).Error().ShouldBe(0);
        (await GroupsAsync()).ShouldBe([three]);
        (await v1.DeleteAsync(Group, new JsonObject { ["id"] = three, ["type"] = 0 })).Error().ShouldBe(0);
        (await GroupsAsync()).ShouldBeEmpty();

        JsonObject Move(string from, string to) => new() { ["source_id"] = from, ["target_id"] = to, ["deviceid"] = made.Device.Id, ["type"] = 1 };

        async Task<IEnumerable<string>> GroupsAsync() => (await v1.GetAsync("/api/user/device"))["devicelist"]![0]!["groups"]!.AsArray().Select(g => (string)g!);
    }

    [Fact]
    public async Task What_is_wrong_with_a_group_changes_nothing()
    {
        using var app = await House.PersonAsync();
        var v1 = await V1App.SignInAsync(app);
        var id = await MakeAsync(v1, "Floor", 1);

        (await v1.PostAsync(Group, new JsonObject { ["name"] = "", ["index"] = 0, ["groupType"] = 0 })).Error().ShouldBe(400);
        (await v1.PostAsync(Group, new JsonObject { ["name"] = new string('x', 129), ["index"] = 0 })).Error().ShouldBe(400);
        (await v1.PostAsync(Group, new JsonObject { ["name"] = "x", ["index"] = "many" })).Error().ShouldBe(400);
        (await v1.PostAsync(Group, new JsonObject { ["name"] = "x", ["index"] = 0, ["groupType"] = 1 })).Error().ShouldBe(400);
        (await v1.PutAsync(Group, new JsonObject { ["id"] = id, ["name"] = "", ["index"] = 0 })).Error().ShouldBe(400);
        (await v1.PutAsync(Group, new JsonObject { ["id"] = id, ["name"] = "y" })).Error().ShouldBe(400);
        (await v1.DeleteAsync(Group, new JsonObject { ["id"] = id, ["type"] = 1 })).Error().ShouldBe(400);
        (await v1.DeleteAsync(Group)).Error().ShouldBe(400);
        (await v1.GetAsync(Group, new JsonObject { ["groupType"] = 5 })).Error().ShouldBe(400);
        (await v1.PostAsync($"{Group}/addDevice", new JsonObject { ["deviceinfos"] = "x" })).Error().ShouldBe(400);
        (await v1.PostAsync($"{Group}/addDevice", new JsonObject { ["deviceinfos"] = new JsonArray(1) })).Error().ShouldBe(400);
        (await v1.PostAsync($"{Group}/addDevice", new JsonObject { ["deviceinfos"] = new JsonArray(new JsonObject { ["target_id"] = id }) })).Error().ShouldBe(400);

        (await NamesAsync(v1)).ShouldBe(["Floor"]);
    }

    [Fact]
    public async Task A_strangers_group_and_device_are_like_ones_that_do_not_exist()
    {
        using var app = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var (v1, foreign) = (await V1App.SignInAsync(app), await V1App.SignInAsync(stranger));
        var made = await House.AddAsync(app);
        var id = await MakeAsync(v1, "Mine", 1);
        var own = await MakeAsync(foreign, "Other", 1);
        var nowhere = new string('0', 24);

        foreach (var group in new[] { id, nowhere })
        {
            (await foreign.PutAsync(Group, new JsonObject { ["id"] = group, ["name"] = "x", ["index"] = 1 })).Error().ShouldBe(404);
            (await foreign.DeleteAsync(Group, new JsonObject { ["id"] = group, ["type"] = 0 })).Error().ShouldBe(404);
            (await MoveAsync(foreign, new JsonObject { ["target_id"] = group, ["deviceid"] = made.Device.Id })).Error().ShouldBe(404);
        }

        (await MoveAsync(foreign, new JsonObject { ["target_id"] = own, ["deviceid"] = made.Device.Id })).Error().ShouldBe(404);
        (await NamesAsync(v1)).ShouldBe(["Mine"]);
        (await NamesAsync(foreign)).ShouldBe(["Other"]);
    }

    private static async Task<string> MakeAsync(V1App v1, string name, int index)
    {
        var made = await v1.PostAsync(Group, new JsonObject { ["index"] = index, ["name"] = name, ["groupType"] = 0, ["apikey"] = v1.Apikey });
        made.Error().ShouldBe(0);
        return (string)made["groupid"]!;
    }

    private static async Task<IEnumerable<string>> NamesAsync(V1App v1) =>
        (await v1.GetAsync(Group, new JsonObject { ["groupType"] = 0 }))["groupinfos"]!.AsArray().Select(g => (string)g!["name"]!);

    private static Task<JsonObject> MoveAsync(V1App v1, params JsonObject[] moves) =>
        v1.PostAsync($"{Group}/addDevice", new JsonObject { ["deviceinfos"] = new JsonArray([.. moves]), ["groupType"] = 0, ["apikey"] = v1.Apikey });
}
