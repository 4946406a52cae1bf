using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>Groups of devices (Gizwits Open API, device groups).</summary>
public abstract class GroupContract(GizwitsFixture fixture)
{
    private GizwitsHouse House { get; } = fixture.House;

    [Fact]
    public async Task A_folder_takes_any_device_and_a_group_of_a_product_only_its_own()
    {
        using var person = await House.PersonAsync();
        var lamp = await House.LampOfAsync(person);
        var (heater, mac) = await House.MakeAsync(House.Heater);
        (await House.BindAsync(person, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Code.ShouldBe(0);
        var (room, lamps) = (await CreateAsync(person, "Bath"), await CreateAsync(person, "Lamps", GizwitsHouse.LampKey));

        (await AddAsync(person, room, lamp.Device.Id, heater.Device.Id)).Body.ToJsonString().ShouldBe($$"""{"success":["{{lamp.Device.Id}}","{{heater.Device.Id}}"],"failed":[]}""");
        var mixed = await person.PostAsync($"/app/group/{lamps}/devices?show_detail=1", Dids(lamp.Device.Id, heater.Device.Id, "nothing"));
        mixed["success"]!.ToJsonString().ShouldBe($"""["{lamp.Device.Id}"]""");
        mixed["failed"]!.ToJsonString().ShouldBe($"""["{heater.Device.Id}","nothing"]""");
        mixed["detail"]!.AsArray().Select(d => ((string)d!["did"]!, (int)d["error_code"]!)).ShouldBe([(heater.Device.Id, 9002), ("nothing", 9014)]);
        (await AddAsync(person, lamps, lamp.Device.Id)).Body["success"]!.AsArray().Count.ShouldBe(1);

        var listed = (await person.GetAsync("/app/group")).Body.AsArray();
        listed.Select(g => ((string)g!["id"]!, (string)g["group_name"]!, (string)g["product_key"]!, (string)g["verbose_name"]!)).ShouldBe([(room, "Bath", "", ""), (lamps, "Lamps", GizwitsHouse.LampKey, "Lamp")]);
        (await person.GetAsync($"/app/group/{room}/devices")).Body.AsArray().Select(d => ((string)d!["did"]!, (string)d["type"]!, (string)d["product_key"]!)).ShouldBe(
            [(lamp.Device.Id, "normal", GizwitsHouse.LampKey), (heater.Device.Id, "normal", GizwitsHouse.HeaterKey)]);
        (await person.DeleteAsync($"/app/group/{room}/devices", Dids(lamp.Device.Id, "nothing"))).Body.ToJsonString().ShouldBe($$"""{"success":["{{lamp.Device.Id}}"],"failed":["nothing"]}""");
        (await person.GetAsync($"/app/group/{room}/devices")).Body.AsArray().Count.ShouldBe(1);
        // Who gives a device up has it in no group.
        (await person.DeleteAsync("/app/bindings", new JsonObject { ["devices"] = new JsonArray(new JsonObject { ["did"] = heater.Device.Id }) })).Code.ShouldBe(0);
        (await person.GetAsync($"/app/group/{room}/devices")).Body.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_group_is_renamed_and_deleted_by_its_owner_and_is_nothing_to_others()
    {
        using var person = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var group = await CreateAsync(person, "Bath");
        foreach (var id in new[] { group, "5f3b20f1a0b1c2d3e4f50617" })
        {
            (await stranger.PutAsync($"/app/group/{id}", new JsonObject { ["group_name"] = "Mine" })).Error.ShouldBe((404, 9014));
            (await stranger.DeleteAsync($"/app/group/{id}")).Error.ShouldBe((404, 9014));
            (await stranger.GetAsync($"/app/group/{id}/devices")).Error.ShouldBe((404, 9014));
            (await AddAsync(stranger, id, "nothing")).Error.ShouldBe((404, 9014));
            (await stranger.DeleteAsync($"/app/group/{id}/devices", Dids("nothing"))).Error.ShouldBe((404, 9014));
            (await stranger.PostAsync($"/app/group/{id}/control", new JsonObject { ["attrs"] = new JsonObject { ["LED_OnOff"] = true } })).Error.ShouldBe((404, 9014));
        }

        House.Time.Advance(TimeSpan.FromSeconds(5));
        (await person.PutAsync($"/app/group/{group}", new JsonObject { ["group_name"] = "Kitchen" })).Body.ToJsonString().ShouldBe("{}");
        var shown = (await person.GetAsync("/app/group")).Body.AsArray().Single()!;
        ((string)shown["group_name"]!).ShouldBe("Kitchen");
        ((string)shown["updated_at"]!).ShouldNotBe((string)shown["created_at"]!);
        (await person.DeleteAsync($"/app/group/{group}")).Body.ToJsonString().ShouldBe("{}");
        (await person.GetAsync("/app/group")).Body.AsArray().ShouldBeEmpty();
        (await person.DeleteAsync($"/app/group/{group}")).Error.ShouldBe((404, 9014));
    }

    [Fact]
    public async Task Names_products_and_lists_are_checked()
    {
        using var person = await House.PersonAsync();
        var group = await CreateAsync(person, "Bath");
        foreach (var body in new[] { "{}", """{"group_name":""}""", """{"group_name":7}""" }) (await person.PostAsync("/app/group", JsonNode.Parse(body))).Error.ShouldBe((400, 9015), body);
        (await person.PostAsync("/app/group", new JsonObject { ["group_name"] = new string('x', 65) })).Error.ShouldBe((400, 9015));
        (await person.PostAsync("/app/group", new JsonObject { ["group_name"] = "x", ["product_key"] = "nothing" })).Error.ShouldBe((400, 9002));
        (await person.PutAsync($"/app/group/{group}", new JsonObject { ["group_name"] = " " })).Error.ShouldBe((400, 9015));
        foreach (var body in new[] { "{}", """{"dids":[]}""", """{"dids":[1]}""" })
        {
            (await person.PostAsync($"/app/group/{group}/devices", JsonNode.Parse(body))).Error.ShouldBe((400, 9015), body);
            (await person.DeleteAsync($"/app/group/{group}/devices", JsonNode.Parse(body))).Error.ShouldBe((400, 9015), body);
        }
    }

    [Fact]
    public async Task A_group_of_a_product_is_controlled_and_tells_who_got_it()
    {
        using var person = await House.PersonAsync();
        var (one, two) = (await House.LampOfAsync(person), await House.LampOfAsync(person));
        var lamps = await CreateAsync(person, "Lamps", GizwitsHouse.LampKey);
        (await AddAsync(person, lamps, one.Device.Id, two.Device.Id)).Code.ShouldBe(0);
        await using var lamp = await House.CoolKit.ConnectAsync(one);
        var sending = ControlAsync(person, lamps, """{"LED_OnOff":true}""");
        (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":0,"switch":"on"}]}""");
        (await sending).Body.ToJsonString().ShouldBe($$"""[{"did":"{{one.Device.Id}}","result":true},{"did":"{{two.Device.Id}}","result":false}]""");
        (await ControlAsync(person, lamps, """{"nothing":true}""")).Error.ShouldBe((400, 9025));
        (await person.PostAsync($"/app/group/{lamps}/control", new JsonObject())).Error.ShouldBe((400, 9015));
        var room = await CreateAsync(person, "Room");
        (await AddAsync(person, room, one.Device.Id)).Code.ShouldBe(0);
        (await ControlAsync(person, room, """{"LED_OnOff":true}""")).Error.ShouldBe((400, 9015));
    }

    private static async Task<string> CreateAsync(GizwitsApp person, string name, string? productKey = null)
    {
        var body = new JsonObject { ["group_name"] = name };
        if (productKey is not null) body["product_key"] = productKey;
        return (string)(await person.PostAsync("/app/group", body))["id"]!;
    }

    private static Task<GizwitsAnswer> AddAsync(GizwitsApp person, string group, params string[] dids) => person.PostAsync($"/app/group/{group}/devices", Dids(dids));

    private static Task<GizwitsAnswer> ControlAsync(GizwitsApp person, string group, string attrs) =>
        person.PostAsync($"/app/group/{group}/control", new JsonObject { ["attrs"] = JsonNode.Parse(attrs) });

    private static JsonObject Dids(params string[] dids) => new() { ["dids"] = new JsonArray([.. dids.Select(d => (JsonNode)d)]) };
}
