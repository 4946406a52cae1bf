using System.Text.Json.Nodes;
using Irori.Core.Schedules;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>Scenes of a person (Gizwits Open API, user scenes).</summary>
public abstract class SceneContract(GizwitsFixture fixture)
{
    private GizwitsHouse House { get; } = fixture.House;

    [Fact]
    public async Task A_scene_switches_devices_and_groups_in_order_and_tells_how_far_it_is()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        var group = (string)(await person.PostAsync("/app/group", new JsonObject { ["group_name"] = "Lamps", ["product_key"] = GizwitsHouse.LampKey }))["id"]!;
        (await person.PostAsync($"/app/group/{group}/devices", new JsonObject { ["dids"] = new JsonArray(made.Device.Id) })).Code.ShouldBe(0);
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        var id = await AddAsync(person, "Evening", $$$"""{"task_type":"device","did":"{{{made.Device.Id}}}","attrs":{"LED_OnOff":true}},{"task_type":"delay","time":0},{"task_type":"group","group_id":"{{{group}}}","attrs":{"Fan_OnOff":true}}""");
        (await StatusAsync(person, id)).ShouldBe(3);

        (await person.PostAsync($"/app/scene/{id}/task")).Body.ToJsonString().ShouldBe("{}");
        var first = await lamp.ReceiveCommandAsync();
        first["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":0,"switch":"on"}]}""");
        (await StatusAsync(person, id)).ShouldBe(0);
        await lamp.AnswerAsync(first);
        (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":1,"switch":"on"}]}""");
        await Eventually.HoldsAsync(async () => await StatusAsync(person, id) == 1);
    }

    [Fact]
    public async Task A_scene_whose_device_is_not_there_has_failed()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        var id = await AddAsync(person, "Evening", $$$"""{"task_type":"device","did":"{{{made.Device.Id}}}","attrs":{"LED_OnOff":true}}""");
        (await person.PostAsync($"/app/scene/{id}/task")).Code.ShouldBe(0);
        await Eventually.HoldsAsync(async () => await StatusAsync(person, id) == 2);
    }

    [Fact]
    public async Task A_scene_is_listed_as_it_was_written_with_the_names_of_today()
    {
        using var person = await House.PersonAsync();
        var lamp = (await House.LampOfAsync(person)).Device.Id;
        var group = (string)(await person.PostAsync("/app/group", new JsonObject { ["group_name"] = "Lamps", ["product_key"] = GizwitsHouse.LampKey }))["id"]!;
        var id = await AddAsync(
            person, "Evening", $$$"""{"task_type":"device","did":"{{{lamp}}}","attrs":{"LED_OnOff":true}},{"task_type":"delay","time":3600},{"task_type":"group","group_id":"{{{group}}}","raw":"AQUBZAA="}""");
        (await person.PutAsync($"/app/bindings/{lamp}", new JsonObject { ["dev_alias"] = "Desk", ["remark"] = "left" })).Code.ShouldBe(0);

        var scene = (await person.GetAsync("/app/scene")).Body.AsArray().Single()!;
        ((string)scene["id"]!, (string)scene["scene_name"]!, (string)scene["remark"]!).ShouldBe((id, "Evening", ""));
        ((string)scene["created_at"]!).ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$");
        scene["tasks"]!.AsArray().Select(t => t!.ToJsonString()).ShouldBe(
        [
            $$$"""{"task_type":"device","did":"{{{lamp}}}","product_key":"{{{GizwitsHouse.LampKey}}}","group_id":"","group_name":"","raw":"","attrs":{"LED_OnOff":true},"dev_remark":"left","dev_alias":"Desk","verbose_name":"Lamp","time":0}""",
            """{"task_type":"delay","did":"","product_key":"","group_id":"","group_name":"","raw":"","attrs":{},"dev_remark":"","dev_alias":"","verbose_name":"","time":3600}""",
            $$$"""{"task_type":"group","did":"","product_key":"{{{GizwitsHouse.LampKey}}}","group_id":"{{{group}}}","group_name":"Lamps","raw":"AQUBZAA=","attrs":{},"dev_remark":"","dev_alias":"","verbose_name":"Lamp","time":0}""",
        ]);

        (await person.PutAsync($"/app/scene/{id}", JsonNode.Parse("""{"scene_name":"Night","remark":"mine","tasks":[]}"""))).Body.ToJsonString().ShouldBe("{}");
        scene = (await person.GetAsync("/app/scene")).Body.AsArray().Single()!;
        ((string)scene["scene_name"]!, (string)scene["remark"]!, scene["tasks"]!.AsArray().Count).ShouldBe(("Night", "mine", 0));
        // One task may stand in the scene itself.
        (await person.PutAsync($"/app/scene/{id}", JsonNode.Parse($$$"""{"scene_name":"Night","task_type":"device","did":"{{{lamp}}}","attrs":{"LED_OnOff":false}}"""))).Code.ShouldBe(0);
        scene = (await person.GetAsync("/app/scene")).Body.AsArray().Single()!;
        (scene["tasks"]!.AsArray().Count, (string)scene["remark"]!).ShouldBe((1, "mine"));
        (await person.DeleteAsync($"/app/scene/{id}")).Body.ToJsonString().ShouldBe("{}");
        (await person.GetAsync("/app/scene")).Body.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Bytes_are_Base64_and_enumerations_go_by_number()
    {
        using var person = await House.PersonAsync();
        var (made, mac) = await House.MakeAsync(House.Heater);
        (await House.BindAsync(person, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Code.ShouldBe(0);
        var id = await AddAsync(person, "Warm", $$$"""{"task_type":"device","did":"{{{made.Device.Id}}}","attrs":{"power":true,"mode":2,"label":"AQID"}}""");
        var stored = await House.CoolKit.ReadAsync(async s => (await s.Scenes.FindAsync((await s.Accounts.FindAsync(person.Uid!))!.No, id))!);
        Plan.Parse(stored.Plan).Steps.ShouldHaveSingleItem().Body.ShouldBe("""{"power":true,"mode":"boost","label":"01020300"}""");
        (await person.PostAsync("/app/scene", Scene("Warm", $$$"""{"task_type":"device","did":"{{{made.Device.Id}}}","attrs":{"label":"?"}}"""))).Error.ShouldBe((400, 9025));
    }

    [Fact]
    public async Task Scenes_with_a_wrong_form_or_attribute_are_refused_and_nothing_is_made()
    {
        using var person = await House.PersonAsync();
        var lamp = (await House.LampOfAsync(person)).Device.Id;
        var folder = (string)(await person.PostAsync("/app/group", new JsonObject { ["group_name"] = "Room" }))["id"]!;
        foreach (var task in new[]
        {
            """{"task_type":"wait"}""", "{}", """{"task_type":"delay"}""", """{"task_type":"delay","time":3601}""", """{"task_type":"delay","time":-1}""", """{"task_type":"delay","time":"x"}""",
            $$"""{"task_type":"device","did":"{{lamp}}"}""", $$"""{"task_type":"device","did":"{{lamp}}","raw":"?"}""", $$$"""{"task_type":"group","group_id":"{{{folder}}}","attrs":{"LED_OnOff":true}}""",
        }) (await person.PostAsync("/app/scene", Scene("Evening", task))).Error.ShouldBe((400, 9015), task);
        foreach (var body in new[] { "{}", """{"scene_name":"x"}""", """{"tasks":[]}""", """{"scene_name":"","tasks":[]}""", """{"scene_name":"x","tasks":{}}""" })
            (await person.PostAsync("/app/scene", JsonNode.Parse(body))).Error.ShouldBe((400, 9015), body);
        (await person.PostAsync("/app/scene", Scene("Evening", string.Join(',', Enumerable.Repeat("""{"task_type":"delay","time":1}""", Plan.MaxSteps + 1))))).Error.ShouldBe((400, 9015));
        (await person.PostAsync("/app/scene", Scene("Evening", $$$"""{"task_type":"device","did":"{{{lamp}}}","attrs":{"nothing":1}}"""))).Error.ShouldBe((400, 9025));
        (await person.PostAsync("/app/scene", Scene("Evening", """{"task_type":"device","attrs":{"LED_OnOff":true}}"""))).Error.ShouldBe((404, 9014));
        (await person.PostAsync("/app/scene", Scene("Evening", """{"task_type":"group","group_id":"nothing","attrs":{"LED_OnOff":true}}"""))).Error.ShouldBe((404, 9014));
        (await person.GetAsync("/app/scene")).Body.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task To_a_stranger_and_to_who_shares_the_device_a_scene_does_not_exist()
    {
        using var person = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await House.ShareAsync(guest, made);
        var task = $$$"""{"task_type":"device","did":"{{{made.Device.Id}}}","attrs":{"LED_OnOff":true}}""";
        var id = await AddAsync(person, "Evening", task);
        (await stranger.PostAsync("/app/scene", Scene("Mine", task))).Error.ShouldBe((404, 9014));
        foreach (var other in new[] { stranger, guest })
        {
            foreach (var which in new[] { id, "nothing" })
            {
                (await other.PutAsync($"/app/scene/{which}", Scene("Mine", ""))).Error.ShouldBe((404, 9220));
                (await other.DeleteAsync($"/app/scene/{which}")).Error.ShouldBe((404, 9220));
                (await other.GetAsync($"/app/scene/{which}/task")).Error.ShouldBe((404, 9220));
                (await other.PostAsync($"/app/scene/{which}/task")).Error.ShouldBe((404, 9220));
            }

            (await other.GetAsync("/app/scene")).Body.AsArray().ShouldBeEmpty();
        }

        await AddAsync(guest, "Mine", task);
        (await person.GetAsync("/app/scene")).Body.AsArray().Count.ShouldBe(1);
    }

    private static JsonNode Scene(string name, string tasks) => JsonNode.Parse($$"""{"scene_name":"{{name}}","tasks":[{{tasks}}]}""")!;

    private static async Task<string> AddAsync(GizwitsApp person, string name, string tasks)
    {
        var answer = await person.PostAsync("/app/scene", Scene(name, tasks));
        answer.Code.ShouldBe(0, answer.Body.ToJsonString());
        return (string)answer["id"]!;
    }

    private static async Task<int> StatusAsync(GizwitsApp person, string id) => (int)(await person.GetAsync($"/app/scene/{id}/task"))["status"]!;
}
