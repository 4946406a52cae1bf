using System.Text.Json.Nodes;
using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.Links;
using Irori.Core.Projects;
using Irori.Tests.Core;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>What devices say and are told (Gizwits Open API, device remote monitoring).</summary>
public abstract class MonitoringContract(GizwitsFixture fixture)
{
    private GizwitsHouse House { get; } = fixture.House;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lamp_of_CoolKit_is_switched_by_the_names_and_values_of_its_projection()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        (await lamp.ReportAsync(JsonNode.Parse("""{"switches":[{"outlet":0,"switch":"off"},{"outlet":1,"switch":"on"}],"bright":255,"colour":{"r":1,"g":2},"rssi":-60,"secret":1}""")!)).Error().ShouldBe(0);
        (await LatestAsync(person, made)).ShouldBe("""{"LED_OnOff":0,"Fan_OnOff":1,"Brightness":100,"Red":1,"Signal":-60}""");
        var sending = ControlAsync(person, made, """{"LED_OnOff":true,"Brightness":50,"Red":255}""");
        var command = await lamp.ObeyAsync();
        command["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":0,"switch":"on"}],"bright":128,"colour":{"r":255,"g":2}}""");
        (await sending).Body.ToJsonString().ShouldBe("{}");
        (await LatestAsync(person, made)).ShouldBe("""{"LED_OnOff":1,"Fan_OnOff":1,"Brightness":50,"Red":255,"Signal":-60}""");
        sending = ControlAsync(person, made, """{"LED_OnOff":0,"Fan_OnOff":0}""");
        (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":0,"switch":"off"},{"outlet":1,"switch":"off"}]}""");
        (await sending).Code.ShouldBe(0);
    }

    [Fact]
    public async Task A_lamp_takes_the_bytes_of_its_data_points_too()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        // Two bits, brightness and red can be set: flags 0b0101, the light on, brightness 0x64, red 0.
        var sending = person.PostAsync($"/app/control/{made.Device.Id}", new JsonObject { ["raw"] = new JsonArray(1, 0b0101, 0b01, 0x64, 0) });
        (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":0,"switch":"on"}],"bright":255}""");
        (await sending).Body.ToJsonString().ShouldBe("{}");
    }

    [Fact]
    public async Task A_heater_gets_its_own_names_and_whole_bytes()
    {
        var (made, mac) = await House.MakeAsync(House.Heater);
        using var person = await House.PersonAsync();
        (await House.BindAsync(person, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Code.ShouldBe(0);
        var (link, channel) = await OpenAsync(made);
        var sending = ControlAsync(person, made, """{"power":1,"mode":2,"target":21.5,"label":"a1"}""");
        link.Answer(await channel.FirstSent.Task.WaitAsync(Cancel), accepted: true, null, null, default).ShouldBeTrue();
        (await sending).Code.ShouldBe(0);
        (await LatestAsync(person, made)).ShouldBe("""{"power":1,"mode":"boost","target":21.5,"label":"a1000000"}""");
        ((long)(await person.GetAsync($"/app/devdata/{made.Device.Id}/latest"))["updated_at"]!).ShouldBeInRange(House.Time.GetUtcNow().ToUnixTimeSeconds() - 60, House.Time.GetUtcNow().ToUnixTimeSeconds());
    }

    [Fact]
    public async Task What_is_no_writable_data_point_or_no_value_of_it_is_an_invalid_attribute()
    {
        var (made, mac) = await House.MakeAsync(House.Heater);
        using var person = await House.PersonAsync();
        (await House.BindAsync(person, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Code.ShouldBe(0);
        foreach (var attrs in new[]
        {
            "{}", """{"nothing":1}""", """{"water":1}""", """{"dry":true}""", """{"power":2}""", """{"power":"on"}""", """{"mode":"slow"}""", """{"mode":3}""", """{"mode":true}""", """{"target":81}""", """{"target":-20.5}""",
            """{"target":"20"}""", """{"label":"x"}""", """{"label":"0011223344"}""", """{"label":"a"}""", """{"power":true,"nothing":1}""",
        }) (await ControlAsync(person, made, attrs)).Error.ShouldBe((400, 9025), attrs);
        foreach (var raw in new[] { "[]", "[2]", "[1]", "[1,0]", "[1,1]", "[1,2,6,0,0,0,0,0]", "[1,4,0,201]" })
            (await person.PostAsync($"/app/control/{made.Device.Id}", JsonNode.Parse($$"""{"raw":{{raw}}}"""))).Error.ShouldBe((400, 9025), raw);
        foreach (var body in new[] { "{}", """{"attrs":[]}""", """{"raw":[256]}""", """{"raw":["a"]}""", """{"attrs":1}""" })
            (await person.PostAsync($"/app/control/{made.Device.Id}", JsonNode.Parse(body))).Error.ShouldBe((400, 9015), body);
        (await House.CoolKit.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 1))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Offline_refusing_and_silent_devices_are_told_apart()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        (await ControlAsync(person, made, """{"LED_OnOff":true}""")).Error.ShouldBe((400, 9042));
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        var sending = ControlAsync(person, made, """{"LED_OnOff":true}""");
        await lamp.ObeyAsync(error: 400);
        (await sending).Error.ShouldBe((400, 9021));
        sending = ControlAsync(person, made, """{"LED_OnOff":true}""");
        await lamp.ReceiveCommandAsync();
        House.Time.Advance(CommandService.DefaultDeadline);
        (await sending).Body.ToJsonString().ShouldBe("{}");
        (await House.CoolKit.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 1))).Single().Outcome.ShouldBe(CommandOutcome.Unknown);
    }

    [Fact]
    public async Task A_stranger_finds_no_device_and_an_app_alone_finds_only_what_a_back_end_may()
    {
        using var owner = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        using var client = House.App();
        using var cloud = await House.OtherAppAsync(AppKind.Cloud);
        using var closed = await House.OtherAppAsync(AppKind.Cloud, allProducts: false);
        var made = await House.LampOfAsync(owner);
        var now = House.Time.GetUtcNow().ToUnixTimeSeconds();
        foreach (var did in new[] { made.Device.Id, "nothing" })
        {
            foreach (var path in new[] { $"/app/devdata/{did}/latest", $"/app/devices/{did}" })
            {
                (await stranger.GetAsync(path)).Error.ShouldBe((404, 9014), path);
                (await closed.GetAsync(path)).Error.ShouldBe((404, 9014), path);
                (await client.GetAsync(path)).Error.ShouldBe((400, 9004), path);
            }

            (await stranger.GetAsync($"/app/devices/{did}/raw_data?type=cmd&start_time={now - 60}&end_time={now}")).Error.ShouldBe((404, 9014));
            (await stranger.PostAsync($"/app/control/{did}", new JsonObject { ["attrs"] = new JsonObject { ["LED_OnOff"] = true } })).Error.ShouldBe((404, 9014));
        }

        (await cloud.GetAsync("/app/devices/nothing")).Error.ShouldBe((404, 9014));
        (await owner.PutAsync($"/app/bindings/{made.Device.Id}", new JsonObject { ["dev_alias"] = "Secret name", ["remark"] = "secret" })).Code.ShouldBe(0);
        var seen = await cloud.GetAsync($"/app/devices/{made.Device.Id}");
        ((string)seen["role"]!, (string)seen["dev_alias"]!, (string)seen["remark"]!, (string)seen["passcode"]!).ShouldBe(("", "Lamp", "", ""));
        (await cloud.GetAsync($"/app/devdata/{made.Device.Id}/latest")).Body.ToJsonString().ShouldBe($$$"""{"did":"{{{made.Device.Id}}}","updated_at":0,"attr":{}}""");
        ((string)(await owner.GetAsync($"/app/devices/{made.Device.Id}"))["dev_alias"]!).ShouldBe("Secret name");
    }

    [Fact]
    public async Task The_data_points_of_a_product_are_those_of_its_file_or_follow_from_its_thing_model()
    {
        using var app = House.App();
        var heater = await app.GetAsync($"/app/datapoint?product_key={GizwitsHouse.HeaterKey}");
        var file = JsonNode.Parse(GizwitsHouse.HeaterFile)!;
        foreach (var (shown, given) in heater["entities"]![0]!["attrs"]!.AsArray().Zip(file["entities"]![0]!["attrs"]!.AsArray()))
        {
            foreach (var (name, value) in given!.AsObject()) JsonNode.DeepEquals(shown![name], value).ShouldBeTrue($"{given["name"]} {name}: {shown[name]}");
        }

        ((string)heater["protocolType"]!, (string)heater["product_key"]!).ShouldBe(("standard", GizwitsHouse.HeaterKey));
        heater["ui"]!["sections"]![0]!["elements"]!.AsArray().Select(e => ((string)e!["type"]!, (string)e["object"]!["perm"]!)).ShouldBe(
            [("QBooleanElement", "W"), ("QRadioElement", "W"), ("QFloatElement", "W"), ("QMultilineElement", "W"), ("QLabelElement", "R"), ("QLabelElement", "E")]);

        var lamp = (await app.GetAsync($"/app/datapoint?product_key={GizwitsHouse.LampKey}"))["entities"]![0]!["attrs"]!.AsArray();
        lamp.Select(a => ((string)a!["name"]!, (string)a["data_type"]!, (string)a["type"]!, (int)a["position"]!["byte_offset"]!, (int)a["position"]!["bit_offset"]!)).ShouldBe(
        [
            ("LED_OnOff", "bool", "status_writable", 0, 0), ("Fan_OnOff", "bool", "status_writable", 0, 1), ("Brightness", "uint8", "status_writable", 1, 0),
            ("Red", "uint8", "status_writable", 2, 0), ("Signal", "uint8", "status_readonly", 3, 0),
        ]);
        foreach (var key in new[] { "", "nothing", "00000000000000000000000049726f72" }) (await app.GetAsync($"/app/datapoint?product_key={key}")).Error.ShouldBe((400, 9002), key);
        (await app.GetAsync("/app/datapoint")).Error.ShouldBe((400, 9015));
        using var closed = await House.OtherAppAsync(AppKind.Client, allProducts: false);
        (await closed.GetAsync($"/app/datapoint?product_key={GizwitsHouse.LampKey}")).Error.ShouldBe((400, 9002));
    }

    [Fact]
    public async Task The_log_of_frames_has_who_asked_and_comes_in_pages()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await using (var lamp = await House.CoolKit.ConnectAsync(made))
        {
            (await lamp.ReportAsync(JsonNode.Parse("""{"bright":1}""")!)).Error().ShouldBe(0);
            var sending = ControlAsync(person, made, """{"Brightness":50}""");
            await lamp.ObeyAsync();
            (await sending).Code.ShouldBe(0);
        }

        House.Time.Advance(TimeSpan.FromSeconds(2));
        var now = House.Time.GetUtcNow().ToUnixTimeSeconds();
        var log = await person.GetAsync($"/app/devices/{made.Device.Id}/raw_data?type=cmd&start_time={now - 3600}&end_time={now}&sort=asc");
        log["objects"]!.AsArray().Select(o => (string)o!["type"]!).ShouldBe(["dev2app", "app2dev", "dev2app"]);
        var sent = log["objects"]![1]!;
        ((string)sent["uid"]!, (string)sent["appid"]!, (string)sent["source"]!).ShouldBe((person.Uid!, person.AppId, "client"));
        Convert.FromHexString((string)sent["payload_bin"]!)[0].ShouldBe((byte)'{');
        ((int)log["meta"]!["total"]!, (string)log["meta"]!["sort"]!, (int)log["meta"]!["limit"]!).ShouldBe((3, "asc", 20));
        var page = await person.GetAsync($"/app/devices/{made.Device.Id}/raw_data?type=cmd&start_time={now - 3600}&end_time={now}&skip=1&limit=1");
        (page["objects"]!.AsArray().Count, (string)page["objects"]![0]!["type"]!, (int)page["meta"]!["total"]!).ShouldBe((1, "app2dev", 3));

        var presence = await person.GetAsync($"/app/devices/{made.Device.Id}/raw_data?type=online&start_time={now - 3600}&end_time={now}&sort=asc");
        ((string)presence["objects"]![0]!["type"]!).ShouldBe("dev_online");
    }

    [Fact]
    public async Task The_log_is_bounded_by_span_and_reach_and_by_who_had_the_device_when()
    {
        using var person = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await using (var lamp = await House.CoolKit.ConnectAsync(made)) (await lamp.ReportAsync(JsonNode.Parse("""{"bright":1}""")!)).Error().ShouldBe(0);
        House.Time.Advance(TimeSpan.FromSeconds(2));
        await House.CoolKit.WriteAsync(async s =>
        {
            await s.Bindings.PutAsync(new Binding { Account = (await s.Accounts.FindAsync(guest.Uid!))!.No, Device = made.Device.No, Role = Role.Guest, Since = House.Time.GetUtcNow() });
            return await s.Devices.RaiseAccessAsync(made.Device.No, ownerSince: null);
        });
        House.Time.Advance(TimeSpan.FromSeconds(2));
        var now = House.Time.GetUtcNow().ToUnixTimeSeconds();
        var path = $"/app/devices/{made.Device.Id}/raw_data";
        ((int)(await person.GetAsync($"{path}?type=cmd&start_time={now - 3600}&end_time={now}"))["meta"]!["total"]!).ShouldBe(1);
        ((int)(await guest.GetAsync($"{path}?type=cmd&start_time={now - 3600}&end_time={now}"))["meta"]!["total"]!).ShouldBe(0);
        foreach (var query in new[]
        {
            $"type=x&start_time={now - 60}&end_time={now}", $"type=cmd&start_time={now}&end_time={now}", $"type=cmd&start_time={now - 60}&end_time={now + 60}", $"type=cmd&start_time={now - 172_800}&end_time={now}",
            $"type=cmd&start_time={now - 60}&end_time={now}&limit=1001", $"type=cmd&start_time={now - 60}&end_time={now}&limit=0", $"type=cmd&start_time={now - 60}&end_time={now}&limit=1000&skip=4001",
            $"type=cmd&start_time={now - 60}&end_time={now}&sort=up", $"type=cmd&start_time=-1&end_time={now}", $"type=cmd&end_time={now}", $"type=cmd&start_time=x&end_time={now}",
        }) (await person.GetAsync($"{path}?{query}")).Error.ShouldBe((400, 9015), query);
        (await person.GetAsync($"{path}?type=cmd&start_time={now - 172_799}&end_time={now}&limit=1000&skip=4000")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Two_apps_of_two_vendors_switch_one_lamp_and_each_gets_its_own_answer()
    {
        // One person has both apps: his account is the same in both.
        var email = House.CoolKit.NewEmail();
        using var gizwits = House.App();
        gizwits.Take(await gizwits.PostAsync("/app/users", new JsonObject { ["email"] = email, ["password"] = GizwitsHouse.Password }));
        var made = await House.LampOfAsync(gizwits);
        using var coolkit = await House.CoolKit.SignInAsync(email);
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        await using var socket = await AppSocket.ConnectAsync(House.CoolKit, coolkit);

        var sending = ControlAsync(gizwits, made, """{"LED_OnOff":true}""");
        await lamp.ObeyAsync();
        (await sending).Body.ToJsonString().ShouldBe("{}");
        (await socket.ReceiveAsync(f => (string?)f["action"] == "update"))["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":0,"switch":"on"}]}""");

        var switching = coolkit.PostAsync("/v2/device/thing/status", new JsonObject
        {
            ["type"] = 1, ["id"] = made.Device.Id, ["params"] = JsonNode.Parse("""{"switches":[{"outlet":0,"switch":"off"},{"outlet":1,"switch":"on"}]}"""),
        });
        await lamp.ObeyAsync();
        (await switching).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        (await LatestAsync(gizwits, made)).ShouldBe("""{"LED_OnOff":0,"Fan_OnOff":1}""");
        var things = (await coolkit.GetAsync("/v2/device/thing?num=0"))["data"]!["thingList"]!.AsArray();
        ((string)things.Single()!["itemData"]!["deviceid"]!).ShouldBe(made.Device.Id);
    }

    private static Task<GizwitsAnswer> ControlAsync(GizwitsApp person, MadeDevice made, string attrs) =>
        person.PostAsync($"/app/control/{made.Device.Id}", new JsonObject { ["attrs"] = JsonNode.Parse(attrs) });

    private static async Task<string> LatestAsync(GizwitsApp person, MadeDevice made) => (await person.GetAsync($"/app/devdata/{made.Device.Id}/latest"))["attr"]!.ToJsonString();

    private async Task<(Link Link, FakeChannel Channel)> OpenAsync(MadeDevice made)
    {
        var channel = new FakeChannel();
        var identity = new LinkIdentity(made.Device.No, made.Device.Id, made.Device.Product, null, KeepsFrames: true);
        return ((await House.CoolKit.Server.Service<LinkService>().OpenAsync(identity, channel, Cancel)).Value, channel);
    }
}
