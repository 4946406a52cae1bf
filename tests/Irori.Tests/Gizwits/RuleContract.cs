using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Irori.Core.Links;
using Irori.Core.Scenes;
using Irori.Core.States;
using Irori.Tests.Core;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>Rules (Gizwits Open API, device linkage).</summary>
public abstract class RuleContract(GizwitsFixture fixture)
{
    private GizwitsHouse House { get; } = fixture.House;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lamp_follows_another_by_what_both_show_in_this_dialect()
    {
        using var person = await House.PersonAsync();
        var (one, two) = (await House.LampOfAsync(person), await House.LampOfAsync(person));
        await using var first = await House.CoolKit.ConnectAsync(one);
        await using var second = await House.CoolKit.ConnectAsync(two);
        await AddAsync(person, Rule(one, $$$"""[[{"type":"devctrl","did":"{{{two.Device.Id}}}","attrs":{"LED_OnOff":1,"Brightness":50}}]]""", """[[{"left":"device1.LED_OnOff","opt":"==","right":"1"},{"left":"device1.Brightness","opt":">=","right":"50"}]]"""));

        (await first.ReportAsync(JsonNode.Parse("""{"switches":[{"outlet":0,"switch":"on"},{"outlet":1,"switch":"on"}],"bright":10}""")!)).Error().ShouldBe(0);
        (await first.ReportAsync(JsonNode.Parse("""{"switches":[{"outlet":0,"switch":"off"}],"bright":255}""")!)).Error().ShouldBe(0);
        (await first.ReportAsync(JsonNode.Parse("""{"switches":[{"outlet":0,"switch":"on"}],"bright":128}""")!)).Error().ShouldBe(0);

        (await second.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":0,"switch":"on"}],"bright":128}""");
        await Eventually.HoldsAsync(async () => await House.CoolKit.ReadAsync(async s => (await s.Commands.ListAsync(two.Device.No, 10)).Count == 1 && (await s.Outbox.WaitingAsync()).Count == 0));
        (await House.CoolKit.ReadAsync(s => s.Commands.ListAsync(two.Device.No, 10))).ShouldHaveSingleItem().Source.ShouldBe("rule");
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("0", 1)]
    public async Task A_fault_sets_a_rule_off_when_it_comes_and_another_when_it_is_over(string value, int times)
    {
        using var person = await House.PersonAsync();
        var heater = await HeaterAsync(person);
        var lamp = await House.LampOfAsync(person);
        var (link, _) = await OpenAsync(heater);
        var rule = JsonNode.Parse(Rule(heater, $$$"""[[{"type":"devctrl","did":"{{{lamp.Device.Id}}}","attrs":{"LED_OnOff":true}}]]"""))!.AsObject();
        rule["event"] = "fault";
        rule["event_attr"] = new JsonObject { ["attr_name"] = "dry", ["value"] = value };
        var id = await AddAsync(person, rule.ToJsonString());

        foreach (var dry in new[] { "false", "true", "true", "false" }) (await link.ReportAsync(new Report { Readings = [new Reading("dry", dry)] }, Cancel)).IsOk.ShouldBeTrue();

        await Eventually.HoldsAsync(async () => (await House.CoolKit.ReadAsync(s => s.Outbox.WaitingAsync())).Count == 0);
        var scene = await StoredAsync(person, id);
        (await House.CoolKit.ReadAsync(s => s.Runs.ListAsync(Irori.Core.Schedules.RunsOf.Scene, scene.No, null, 10))).Count.ShouldBe(times);
    }

    [Theory]
    [InlineData("online", TriggerKind.Online)]
    [InlineData("offline", TriggerKind.Offline)]
    [InlineData("data", TriggerKind.Changed)]
    [InlineData("", TriggerKind.Changed)]
    [InlineData("extern", null)]
    public async Task Every_event_is_known(string name, TriggerKind? kind)
    {
        using var person = await House.PersonAsync();
        var heater = await HeaterAsync(person);
        var rule = JsonNode.Parse(Rule(heater, """[[{"type":"delay","delay":1}]]"""))!.AsObject();
        rule["event"] = name;
        var stored = await StoredAsync(person, await AddAsync(person, rule.ToJsonString()));
        TriggerKind?[] expected = kind is null ? [] : [kind];
        stored.TryReadRule()!.Triggers.Select(t => (TriggerKind?)t.Kind).ShouldBe(expected);
    }

    [Fact]
    public async Task Sides_of_comparisons_are_data_points_numbers_texts_and_bytes()
    {
        using var person = await House.PersonAsync();
        var heater = await HeaterAsync(person);
        var (link, _) = await OpenAsync(heater);
        (await link.ReportAsync(new Report { Readings = [new Reading("mode", "\"eco\""), new Reading("target", "21.5"), new Reading("water", "21"), new Reading("label", "\"ff000000\""), new Reading("power", "true")] }, Cancel)).IsOk.ShouldBeTrue();
        foreach (var (left, opt, right, holds) in new[]
        {
            ("device1.mode", "==", "'eco'", true), ("device1.mode", "==", "\"eco\"", true), ("device1.mode", "==", "1", true), ("device1.mode", "==", "0", false), ("2", "!=", "device1.mode", true),
            ("device1.target", ">", "device1.water", true), ("device1.target", "<=", "21.4", false), ("21.5", "==", "device1.target", true), ("device1.label", "==", "0xFF", true), ("device1.label", "==", "0xfe", false),
            ("device1.power", "==", "1", true), ("device1.power", "==", "true", true), ("device1.power", "!=", "0", true), ("1", "<", "2", true),
        })
        {
            var stored = await StoredAsync(person, await AddAsync(person, Rule(heater, """[[{"type":"delay","delay":1}]]""", Condition(left, opt, right))));
            (await HoldsAsync(stored)).ShouldBe(holds, $"{left} {opt} {right}");
        }

        foreach (var (left, opt, right, code) in new[]
        {
            ("device1.mode", ">", "1", 9015), ("device1.target", ">", "'a'", 9015), ("device1.target", "=", "1", 9015), ("device2.target", "==", "1", 9015), ("eco", "==", "1", 9015), ("device1.label", "==", "0x", 9015),
            ("device1.label", "==", "0xzz", 9015), ("device1.nothing", "==", "1", 9025),
        }) (await person.PostAsync("/app/rules", JsonNode.Parse(Rule(heater, """[[{"type":"delay","delay":1}]]""", Condition(left, opt, right))))).Error.ShouldBe((400, code), $"{left} {opt} {right}");

        async Task<bool> HoldsAsync(Scene scene) =>
            (await House.CoolKit.ReadAsync(s => s.Bindings.FindVisibleAsync(scene.Account, 0, heater.Device.Id))) is { } device
            && scene.TryReadRule()!.Holds(o => StateText.ReadValues(device.Values).TryGetValue(o.Property, out var value) ? value.Json : null);
    }

    [Fact]
    public async Task A_rule_is_listed_as_it_was_written_replaced_and_deleted()
    {
        using var person = await House.PersonAsync();
        var heater = await HeaterAsync(person);
        var written = Rule(heater, $$$"""[[{"type":"devctrl","did":"{{{heater.Device.Id}}}","attrs":{"power":1}},{"type":"delay","delay":5}],[{"type":"delay","delay":1}]]""", Condition("device1.water", ">", "50"));
        var id = await AddAsync(person, written);
        var second = await AddAsync(person, $$$"""{"name":"Short","product_key":"{{{GizwitsHouse.HeaterKey}}}","did":"{{{heater.Device.Id}}}","output":[[{"type":"delay","delay":1}]]}""");

        var listed = (await person.GetAsync("/app/rules"))["rules"]!.AsArray();
        listed.Select(r => (long)r!["rule_id"]!).ShouldBe([id, second]);
        var expected = JsonNode.Parse(written)!.AsObject();
        expected["rule_id"] = id;
        JsonNode.DeepEquals(listed[0], JsonNode.Parse(expected.ToJsonString())).ShouldBeTrue(listed[0]!.ToJsonString());
        ((string)listed[1]!["event"]!, (int)listed[1]!["interval"]!, (string)listed[1]!["remark"]!, listed[1]!["condition"]!.AsArray().Count).ShouldBe(("data", 0, "", 0));
        (await person.GetAsync("/app/rules?limit=1&skip=1"))["rules"]!.AsArray().Select(r => (long)r!["rule_id"]!).ShouldBe([second]);
        (await person.GetAsync("/app/rules?limit=1001")).Error.ShouldBe((400, 9015));

        var other = JsonNode.Parse(written)!.AsObject();
        other["name"] = "Other";
        other["interval"] = 60;
        (await person.PutAsync($"/app/rules/{id}", other)).Body.ToJsonString().ShouldBe($$"""{"rule_id":{{id}}}""");
        ((string)(await person.GetAsync("/app/rules"))["rules"]![0]!["name"]!).ShouldBe("Other");
        (await StoredAsync(person, id)).TryReadRule()!.Interval.ShouldBe(60);
        (await person.DeleteAsync($"/app/rules/{id}")).Body.ToJsonString().ShouldBe($$"""{"rule_id":{{id}}}""");
        (await person.DeleteAsync($"/app/rules/{id}")).Error.ShouldBe((400, 9015));
        (await person.GetAsync("/app/rules"))["rules"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Rules_with_a_wrong_form_are_refused_and_nothing_is_made()
    {
        using var person = await House.PersonAsync();
        var heater = await HeaterAsync(person);
        var good = Rule(heater, $$$"""[[{"type":"devctrl","did":"{{{heater.Device.Id}}}","attrs":{"power":1}}]]""");
        foreach (var (change, code) in new (Action<JsonObject>, int)[]
        {
            (r => r.Remove("name"), 9015), (r => r["name"] = "", 9015), (r => r.Remove("output"), 9015), (r => r["output"] = new JsonArray(), 9015), (r => r["output"] = JsonNode.Parse("""[[{"type":"wait"}]]"""), 9015),
            (r => r["output"] = JsonNode.Parse("""[[{"type":"devctrl","attrs":{"power":1}}]]"""), 9015), (r => r["output"] = JsonNode.Parse("""[[{"type":"delay","delay":86401}]]"""), 9015),
            (r => r["output"] = JsonNode.Parse("""[[{"type":"delay"}]]"""), 9015), (r => r["interval"] = -1, 9015), (r => r["interval"] = 86_401, 9015), (r => r["interval"] = "x", 9015), (r => r["event"] = "dawn", 9036),
            (r => r["event"] = "fault", 9015), (r => { r["event"] = "fault"; r["event_attr"] = JsonNode.Parse("""{"attr_name":"dry","value":"2"}"""); }, 9015),
            (r => { r["event"] = "fault"; r["event_attr"] = JsonNode.Parse("""{"attr_name":"power","value":"1"}"""); }, 9025), (r => { r["event"] = "alert"; r["event_attr"] = JsonNode.Parse("""{"attr_name":"dry","value":"1"}"""); }, 9025),
            (r => r["output"]![0]![0]!["attrs"] = JsonNode.Parse("""{"nothing":1}"""), 9025), (r => r["product_key"] = GizwitsHouse.LampKey, 9002), (r => r["input"]![0]!["product_key"] = "x", 9002),
            (r => r["input"]!.AsArray().Add(r["input"]![0]!.DeepClone()), 9015),
        })
        {
            var rule = JsonNode.Parse(good)!.AsObject();
            change(rule);
            (await person.PostAsync("/app/rules", rule)).Error.ShouldBe((400, code), rule.ToJsonString());
        }

        (await person.GetAsync("/app/rules"))["rules"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Devices_that_are_not_the_persons_and_rules_that_are_not_his_are_nothing_to_him()
    {
        using var person = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var (heater, foreign) = (await HeaterAsync(person), await HeaterAsync(stranger));
        await House.ShareAsync(guest, heater);
        var own = Rule(heater, $$$"""[[{"type":"devctrl","did":"{{{heater.Device.Id}}}","attrs":{"power":1}}]]""");
        var id = await AddAsync(person, own);
        foreach (var did in new[] { foreign.Device.Id, "nothing" })
        {
            var rule = JsonNode.Parse(own)!.AsObject();
            rule["did"] = did;
            (await person.PostAsync("/app/rules", rule)).Error.ShouldBe((404, 9014));
            rule = JsonNode.Parse(own)!.AsObject();
            rule["input"]![0]!["did"] = did;
            (await person.PostAsync("/app/rules", rule)).Error.ShouldBe((401, 9017));
            rule = JsonNode.Parse(own)!.AsObject();
            rule["output"]![0]![0]!["did"] = did;
            (await person.PutAsync($"/app/rules/{id}", rule)).Error.ShouldBe((401, 9017));
        }

        foreach (var other in new[] { stranger, guest })
        {
            (await other.PutAsync($"/app/rules/{id}", JsonNode.Parse(own))).Error.ShouldBe((400, 9015));
            (await other.DeleteAsync($"/app/rules/{id}")).Error.ShouldBe((400, 9015));
            (await other.GetAsync("/app/rules"))["rules"]!.AsArray().ShouldBeEmpty();
        }

        (await person.DeleteAsync("/app/rules/x")).Error.ShouldBe((400, 9015));
        await AddAsync(guest, own);
        (await person.GetAsync("/app/rules"))["rules"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_data_points_of_products_are_told_of_all_or_of_some()
    {
        using var person = await House.PersonAsync();
        var all = (await person.GetAsync("/app/rules/params")).Body.AsObject();
        all.ContainsKey(GizwitsHouse.LampKey).ShouldBeTrue();
        all[GizwitsHouse.HeaterKey]!.AsArray().Select(p => p!.ToJsonString()).ShouldBe(
        [
            """{"name":"power","display_name":"Power","type":"bool","enum":[]}""", """{"name":"mode","display_name":"Mode","type":"enum","enum":["auto","eco","boost"]}""",
            """{"name":"target","display_name":"Target","type":"int","enum":[]}""", """{"name":"label","display_name":"Label","type":"binary","enum":[]}""",
            """{"name":"water","display_name":"Water","type":"int","enum":[]}""", """{"name":"dry","display_name":"Runs dry","type":"bool","enum":[]}""",
        ]);
        (await person.GetAsync($"/app/rules/params?product_key={GizwitsHouse.LampKey},nothing")).Body.AsObject().Select(p => p.Key).ShouldBe([GizwitsHouse.LampKey]);
        (await person.GetAsync("/app/rules/params?product_key=nothing")).Body.ToJsonString().ShouldBe("{}");
        (await person.GetAsync($"/app/rules/params?product_key={string.Join(',', Enumerable.Range(0, 101))}")).Error.ShouldBe((400, 9015));
    }

    private static string Condition(string left, string opt, string right) => new JsonArray(new JsonArray(new JsonObject { ["left"] = left, ["opt"] = opt, ["right"] = right })).ToJsonString();

    private string Rule(MadeDevice main, string output, string condition = "[]")
    {
        var key = main.Device.Product == House.Lamp.Product.No ? GizwitsHouse.LampKey : GizwitsHouse.HeaterKey;
        return $$$"""{"remark":"","name":"Follow","product_key":"{{{key}}}","did":"{{{main.Device.Id}}}","interval":0,"event":"data","input":[{"product_key":"{{{key}}}","did":"{{{main.Device.Id}}}","prefix":"device1"}],"condition":{{{condition}}},"output":{{{output}}}}""";
    }

    private static async Task<long> AddAsync(GizwitsApp person, string body)
    {
        var answer = await person.PostAsync("/app/rules", JsonNode.Parse(body));
        answer.Code.ShouldBe(0, answer.Body.ToJsonString());
        return (long)answer["rule_id"]!;
    }

    private Task<Scene> StoredAsync(GizwitsApp person, long id) => House.CoolKit.ReadAsync(async s => (await s.Scenes.FindAsync((await s.Accounts.FindAsync(person.Uid!))!.No, id))!);

    private async Task<MadeDevice> HeaterAsync(GizwitsApp person)
    {
        var (made, mac) = await House.MakeAsync(House.Heater);
        (await House.BindAsync(person, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Code.ShouldBe(0);
        return made;
    }

    private async Task<(Link Link, FakeChannel Channel)> OpenAsync(MadeDevice made)
    {
        var channel = new FakeChannel();
        var identity = new LinkIdentity(made.Device.No, made.Device.Id, made.Device.Product, null, KeepsFrames: true);
        return ((await House.CoolKit.Server.Service<LinkService>().OpenAsync(identity, channel, Cancel)).Value, channel);
    }
}
