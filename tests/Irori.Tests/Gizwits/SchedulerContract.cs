using System.Text.Json.Nodes;
using Irori.Core.Schedules;
using Irori.Dialects.Gizwits.Schedulers;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>Scheduled tasks of devices, groups and scenes, and the older ones over several devices (Gizwits Open API, scheduled tasks).</summary>
public abstract class SchedulerContract(GizwitsFixture fixture)
{
    private const string Once = """{"attrs":{"LED_OnOff":true},"date":"2099-09-26","time":"15:00","repeat":"none"}""";

    private GizwitsHouse House { get; } = fixture.House;

    [Fact]
    public async Task A_task_of_a_device_is_listed_as_it_was_written()
    {
        using var person = await House.PersonAsync();
        var lamp = (await House.LampOfAsync(person)).Device.Id;
        var weekly = await AddAsync(person, $"/app/devices/{lamp}/scheduler", """{"attrs":{"LED_OnOff":true},"date":"","time":"07:30","repeat":"mon,fri","start_date":"2099-09-20","end_date":"2099-09-26","remark":"Early"}""");
        var monthly = await AddAsync(person, $"/app/devices/{lamp}/scheduler", """{"raw":"0105016400","date":"2099-01-01","time":"00:00","repeat":"day","days":["1",15],"enabled":false}""");

        var listed = (await person.GetAsync($"/app/devices/{lamp}/scheduler")).Body.AsArray();
        listed.Select(t => (string)t!["id"]!).ShouldBe([weekly, monthly]);
        var first = listed[0]!.AsObject();
        ((string)first["created_at"]!).ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$");
        first.Remove("created_at");
        first.Remove("id");
        first.ToJsonString().ShouldBe(
            $$$"""{"product_key":"{{{GizwitsHouse.LampKey}}}","did":"{{{lamp}}}","raw":"","attrs":{"LED_OnOff":true},"date":"","time":"07:30","repeat":"mon,fri","days":[],"start_date":"2099-09-20","end_date":"2099-09-26","enabled":true,"remark":"Early"}""");
        (listed[1]!["attrs"]!.ToJsonString(), (string)listed[1]!["raw"]!, listed[1]!["days"]!.ToJsonString(), (bool)listed[1]!["enabled"]!).ShouldBe(("{}", "0105016400", """["1",15]""", false));
        (await person.GetAsync($"/app/devices/{lamp}/scheduler?limit=1&skip=1")).Body.AsArray().Select(t => (string)t!["id"]!).ShouldBe([monthly]);

        (await StoredAsync(person, "gizwits.device", weekly)).NextDue.ShouldBe(new DateTimeOffset(2099, 9, 21, 7, 30, 0, TimeSpan.Zero));
        (await StoredAsync(person, "gizwits.device", monthly)).NextDue.ShouldBeNull();
    }

    [Fact]
    public async Task A_due_task_switches_the_lamp_by_its_own_names()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        await using var lamp = await House.CoolKit.ConnectAsync(made);
        var id = await AddAsync(person, $"/app/devices/{made.Device.Id}/scheduler", """{"attrs":{"LED_OnOff":true,"Brightness":50},"date":"","time":"15:00","repeat":"day"}""");

        await SetDueAsync(person, "gizwits.device", id);

        (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":0,"switch":"on"}],"bright":128}""");
    }

    [Fact]
    public async Task A_change_keeps_what_it_leaves_out()
    {
        using var person = await House.PersonAsync();
        var lamp = (await House.LampOfAsync(person)).Device.Id;
        var id = await AddAsync(person, $"/app/devices/{lamp}/scheduler", """{"attrs":{"LED_OnOff":true},"date":"2099-09-26","time":"15:00","repeat":"none","enabled":false,"remark":"Mine"}""");

        (await person.PutAsync($"/app/devices/{lamp}/scheduler/{id}", JsonNode.Parse("""{"date":"2099-09-27","time":"16:00","repeat":"none"}"""))).Body.ToJsonString().ShouldBe($$"""{"id":"{{id}}"}""");
        var changed = (await person.GetAsync($"/app/devices/{lamp}/scheduler")).Body.AsArray().Single()!;
        (changed["attrs"]!.ToJsonString(), (string)changed["date"]!, (string)changed["time"]!, (bool)changed["enabled"]!, (string)changed["remark"]!).ShouldBe(("""{"LED_OnOff":true}""", "2099-09-27", "16:00", false, "Mine"));
        (await person.PutAsync($"/app/devices/{lamp}/scheduler/{id}", JsonNode.Parse("""{"attrs":{},"raw":"0105016400","date":"2099-09-27","time":"16:00","repeat":"none","enabled":true}"""))).Code.ShouldBe(0);
        changed = (await person.GetAsync($"/app/devices/{lamp}/scheduler")).Body.AsArray().Single()!;
        (changed["attrs"]!.ToJsonString(), (string)changed["raw"]!, (bool)changed["enabled"]!).ShouldBe(("{}", "0105016400", true));

        (await person.DeleteAsync($"/app/devices/{lamp}/scheduler/{id}")).Body.ToJsonString().ShouldBe("{}");
        (await person.DeleteAsync($"/app/devices/{lamp}/scheduler/{id}")).Error.ShouldBe((404, 9030));
        (await person.GetAsync($"/app/devices/{lamp}/scheduler")).Body.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Tasks_with_a_wrong_form_or_attribute_are_refused_and_nothing_is_made()
    {
        using var person = await House.PersonAsync();
        var lamp = (await House.LampOfAsync(person)).Device.Id;
        foreach (var body in new[]
        {
            "{}", """{"attrs":{"LED_OnOff":true},"date":"2099-09-26","repeat":"none"}""", """{"attrs":{"LED_OnOff":true},"date":"2099-09-26","time":"25:00","repeat":"none"}""",
            """{"attrs":{"LED_OnOff":true},"date":"26.9.2099","time":"15:00","repeat":"none"}""", """{"attrs":{"LED_OnOff":true},"date":"","time":"15:00","repeat":"none"}""",
            """{"attrs":{"LED_OnOff":true},"date":"","time":"15:00","repeat":"monday"}""", """{"attrs":{"LED_OnOff":true},"date":"","time":"15:00","repeat":"day","days":["32"]}""",
            """{"attrs":{"LED_OnOff":true},"date":"","time":"15:00","repeat":"day","days":[{}]}""", """{"attrs":{"LED_OnOff":true},"date":"","time":"15:00","repeat":"mon","start_date":"2099-02-01","end_date":"2099-01-31"}""",
            """{"attrs":{"LED_OnOff":true},"date":"","time":"15:00","repeat":"mon","end_date":"2099-02-30"}""", """{"date":"2099-09-26","time":"15:00","repeat":"none"}""",
            """{"raw":"xyz","date":"2099-09-26","time":"15:00","repeat":"none"}""", """{"attrs":[1],"date":"2099-09-26","time":"15:00","repeat":"none"}""",
        }) (await person.PostAsync($"/app/devices/{lamp}/scheduler", JsonNode.Parse(body))).Error.ShouldBe((400, 9015), body);
        foreach (var body in new[] { """{"attrs":{"nothing":1},"date":"2099-09-26","time":"15:00","repeat":"none"}""", """{"attrs":{},"date":"2099-09-26","time":"15:00","repeat":"none"}""", """{"raw":"02","date":"2099-09-26","time":"15:00","repeat":"none"}""" })
            (await person.PostAsync($"/app/devices/{lamp}/scheduler", JsonNode.Parse(body))).Error.ShouldBe((400, 9025), body);
        (await person.GetAsync($"/app/devices/{lamp}/scheduler?limit=0")).Error.ShouldBe((400, 9015));
        (await person.GetAsync($"/app/devices/{lamp}/scheduler?skip=-1")).Error.ShouldBe((400, 9015));
        (await person.GetAsync($"/app/devices/{lamp}/scheduler")).Body.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task To_a_stranger_neither_the_device_nor_its_tasks_exist_and_who_shares_it_has_his_own()
    {
        using var person = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        var lamp = made.Device.Id;
        await House.ShareAsync(guest, made);
        var id = await AddAsync(person, $"/app/devices/{lamp}/scheduler", Once);
        (await stranger.GetAsync($"/app/devices/{lamp}/scheduler")).Error.ShouldBe((404, 9014));
        (await stranger.PostAsync($"/app/devices/{lamp}/scheduler", JsonNode.Parse(Once))).Error.ShouldBe((404, 9014));
        foreach (var other in new[] { stranger, guest })
        {
            (await other.PutAsync($"/app/devices/{lamp}/scheduler/{id}", JsonNode.Parse(Once))).Error.ShouldBe((404, 9030));
            (await other.DeleteAsync($"/app/devices/{lamp}/scheduler/{id}")).Error.ShouldBe((404, 9030));
        }

        (await person.PutAsync($"/app/devices/nothing/scheduler/{id}", JsonNode.Parse(Once))).Error.ShouldBe((404, 9030));
        (await guest.GetAsync($"/app/devices/{lamp}/scheduler")).Body.AsArray().ShouldBeEmpty();
        var own = await AddAsync(guest, $"/app/devices/{lamp}/scheduler", Once);
        (await person.GetAsync($"/app/devices/{lamp}/scheduler")).Body.AsArray().Select(t => (string)t!["id"]!).ShouldBe([id]);
        // He acts with the rights that he has when it is due.
        await using var device = await House.CoolKit.ConnectAsync(made);
        await SetDueAsync(guest, "gizwits.device", own);
        ((string)(await device.ObeyAsync())["apikey"]!).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_common_task_is_of_the_first_of_device_group_and_scene_and_found_by_it()
    {
        using var person = await House.PersonAsync();
        var made = await House.LampOfAsync(person);
        var lamp = made.Device.Id;
        var group = (string)(await person.PostAsync("/app/group", new JsonObject { ["group_name"] = "Lamps", ["product_key"] = GizwitsHouse.LampKey }))["id"]!;
        (await person.PostAsync($"/app/group/{group}/devices", new JsonObject { ["dids"] = new JsonArray(lamp) })).Code.ShouldBe(0);
        var folder = (string)(await person.PostAsync("/app/group", new JsonObject { ["group_name"] = "Room" }))["id"]!;
        var scene = (string)(await person.PostAsync("/app/scene", JsonNode.Parse($$$"""{"scene_name":"Evening","tasks":[{"task_type":"device","did":"{{{lamp}}}","attrs":{"Fan_OnOff":true}}]}""")))["id"]!;
        var ofDevice = await AddAsync(person, "/app/common_scheduler", $$$"""{"did":"{{{lamp}}}","group_id":"{{{group}}}","attrs":{"LED_OnOff":true},"date":"2099-09-26","time":"15:00","repeat":"none"}""");
        var ofGroup = await AddAsync(person, "/app/common_scheduler", $$$"""{"group_id":"{{{group}}}","attrs":{"LED_OnOff":false},"date":"2099-09-26","time":"15:00","repeat":"none"}""");
        var ofScene = await AddAsync(person, "/app/common_scheduler", $$$"""{"scene_id":"{{{scene}}}","date":"","time":"15:00","repeat":"sat,sun"}""");

        (await IdsAsync("")).ShouldBe([ofDevice, ofGroup, ofScene]);
        (await IdsAsync($"?did={lamp}")).ShouldBe([ofDevice]);
        (await IdsAsync($"?group_id={group}")).ShouldBe([ofGroup]);
        (await IdsAsync($"?scene_id={scene}")).ShouldBe([ofScene]);
        (await IdsAsync("?limit=1&skip=1")).ShouldBe([ofGroup]);
        var listed = (await person.GetAsync("/app/common_scheduler")).Body.AsArray();
        listed.Select(t => ((string)t!["did"]!, (string)t["group_id"]!, (string)t["scene_id"]!, (string)t["product_key"]!)).ShouldBe(
            [(lamp, "", "", GizwitsHouse.LampKey), ("", group, "", GizwitsHouse.LampKey), ("", "", scene, "")]);
        (await person.GetAsync($"/app/devices/{lamp}/scheduler")).Body.AsArray().ShouldBeEmpty();

        await using var device = await House.CoolKit.ConnectAsync(made);
        await SetDueAsync(person, "gizwits.common", ofGroup);
        (await device.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":0,"switch":"off"}]}""");
        await SetDueAsync(person, "gizwits.common", ofScene);
        (await device.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":1,"switch":"on"}]}""");

        (await person.PutAsync($"/app/common_scheduler/{ofDevice}", JsonNode.Parse($$"""{"scene_id":"{{scene}}","date":"2099-09-26","time":"16:00","repeat":"none"}"""))).Code.ShouldBe(0);
        (await IdsAsync($"?scene_id={scene}")).ShouldBe([ofDevice, ofScene]);
        (await person.PostAsync("/app/common_scheduler", JsonNode.Parse($$$"""{"group_id":"{{{folder}}}","attrs":{"LED_OnOff":true},"date":"2099-09-26","time":"15:00","repeat":"none"}"""))).Error.ShouldBe((400, 9015));
        (await person.PostAsync("/app/common_scheduler", JsonNode.Parse(Once))).Error.ShouldBe((400, 9015));
        (await person.DeleteAsync($"/app/common_scheduler/{ofGroup}")).Body.ToJsonString().ShouldBe("{}");
        (await person.DeleteAsync($"/app/common_scheduler/{ofGroup}")).Error.ShouldBe((404, 9030));

        async Task<List<string>> IdsAsync(string query) => [.. (await person.GetAsync($"/app/common_scheduler{query}")).Body.AsArray().Select(t => (string)t!["id"]!)];
    }

    [Fact]
    public async Task To_a_stranger_common_tasks_and_what_they_are_for_do_not_exist()
    {
        using var person = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var lamp = (await House.LampOfAsync(person)).Device.Id;
        var group = (string)(await person.PostAsync("/app/group", new JsonObject { ["group_name"] = "Lamps", ["product_key"] = GizwitsHouse.LampKey }))["id"]!;
        var scene = (string)(await person.PostAsync("/app/scene", JsonNode.Parse("""{"scene_name":"Evening","tasks":[]}""")))["id"]!;
        var id = await AddAsync(person, "/app/common_scheduler", $$$"""{"did":"{{{lamp}}}","attrs":{"LED_OnOff":true},"date":"2099-09-26","time":"15:00","repeat":"none"}""");

        foreach (var (name, value, code) in new[] { ("did", lamp, 9014), ("group_id", group, 9014), ("scene_id", scene, 9220), ("scene_id", "nothing", 9220) })
        {
            var body = JsonNode.Parse(Once)!.AsObject();
            body[name] = value;
            (await stranger.PostAsync("/app/common_scheduler", body)).Error.ShouldBe((404, code), name);
            (await stranger.GetAsync($"/app/common_scheduler?{name}={value}")).Error.ShouldBe((404, code), name);
        }

        (await stranger.GetAsync("/app/common_scheduler")).Body.AsArray().ShouldBeEmpty();
        (await stranger.PutAsync($"/app/common_scheduler/{id}", JsonNode.Parse(Once))).Error.ShouldBe((404, 9030));
        (await stranger.DeleteAsync($"/app/common_scheduler/{id}")).Error.ShouldBe((404, 9030));
    }

    [Fact]
    public async Task An_old_task_switches_several_devices_and_its_log_says_which_got_it()
    {
        using var person = await House.PersonAsync();
        var (one, two) = (await House.LampOfAsync(person), await House.LampOfAsync(person));
        var written = $$$"""{"date":"2099-01-01","time":"12:00","repeat":"none","task":[{"did":"{{{one.Device.Id}}}","product_key":"{{{GizwitsHouse.LampKey}}}","attrs":{"LED_OnOff":true}},{"did":"{{{two.Device.Id}}}","product_key":"{{{GizwitsHouse.LampKey}}}","attrs":{"LED_OnOff":false}}],"retry_count":3,"retry_task":"failed"}""";
        var id = await AddAsync(person, "/app/scheduler", written);
        (await person.GetAsync($"/app/scheduler/{id}/logs")).Error.ShouldBe((404, 9030));
        var listed = (await person.GetAsync("/app/scheduler")).Body.AsArray().Single()!.AsObject();
        ((string)listed["id"]!).ShouldBe(id);
        ((string)listed["created_at"]!).ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$");
        listed.Remove("id");
        listed.Remove("created_at");
        listed.ToJsonString().ShouldBe(written);

        await using (var lamp = await House.CoolKit.ConnectAsync(one))
        {
            await SetDueAsync(person, "gizwits.legacy", id);
            (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switches":[{"outlet":0,"switch":"on"}]}""");
        }

        GizwitsAnswer log = null!;
        await Eventually.HoldsAsync(async () => (log = await person.GetAsync($"/app/scheduler/{id}/logs")).Code == 0);
        ((string)log["datetime"]!).ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$");
        ((string)log["status"]!).ShouldBe("failed");
        log["detail"]!.ToJsonString().ShouldBe($$"""{"{{one.Device.Id}}":true,"{{two.Device.Id}}":false}""");
        (await person.GetAsync("/app/scheduler?limit=1&skip=1")).Body.AsArray().ShouldBeEmpty();
        (await person.DeleteAsync($"/app/scheduler/{id}")).Body.ToJsonString().ShouldBe("{}");
        (await person.GetAsync($"/app/scheduler/{id}/logs")).Error.ShouldBe((404, 9030));
    }

    [Fact]
    public async Task Old_tasks_are_checked_and_nothing_to_a_stranger()
    {
        using var person = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var lamp = (await House.LampOfAsync(person)).Device.Id;
        var task = $$$"""{"did":"{{{lamp}}}","product_key":"{{{GizwitsHouse.LampKey}}}","attrs":{"LED_OnOff":true}}""";
        var good = $$$"""{"date":"2099-01-01","time":"12:00","repeat":"none","task":[{{{task}}}]}""";
        foreach (var body in new[]
        {
            "{}", """{"date":"2099-01-01","time":"12:00","repeat":"none","task":[]}""", $$$"""{"date":"2099-01-01","time":"12:00","repeat":"none","task":[{{{task}}}],"retry_count":61}""",
            $$$"""{"date":"2099-01-01","time":"12:00","repeat":"none","task":[{{{task}}}],"retry_count":-1}""", $$$"""{"date":"2099-01-01","time":"12:00","repeat":"none","task":[{{{task}}}],"retry_task":"some"}""",
            $$$"""{"date":"2099-01-01","time":"12","repeat":"none","task":[{{{task}}}]}""", $$$"""{"date":"2099-01-01","time":"12:00","repeat":"none","task":[{"did":"{{{lamp}}}"}]}""",
        }) (await person.PostAsync("/app/scheduler", JsonNode.Parse(body))).Error.ShouldBe((400, 9015), body);
        (await person.PostAsync("/app/scheduler", JsonNode.Parse(good.Replace("LED_OnOff", "nothing", StringComparison.Ordinal)))).Error.ShouldBe((400, 9025));
        (await person.PostAsync("/app/scheduler", JsonNode.Parse(good.Replace(GizwitsHouse.LampKey, GizwitsHouse.HeaterKey, StringComparison.Ordinal)))).Error.ShouldBe((400, 9002));
        (await stranger.PostAsync("/app/scheduler", JsonNode.Parse(good))).Error.ShouldBe((404, 9014));
        var id = await AddAsync(person, "/app/scheduler", good);
        (await stranger.GetAsync("/app/scheduler")).Body.AsArray().ShouldBeEmpty();
        (await stranger.DeleteAsync($"/app/scheduler/{id}")).Error.ShouldBe((404, 9030));
        (await stranger.GetAsync($"/app/scheduler/{id}/logs")).Error.ShouldBe((404, 9030));
        ((int)(await person.GetAsync("/app/scheduler")).Body[0]!["retry_count"]!).ShouldBe(0);
    }

    [Theory]
    [InlineData("2024-02-29", "23:59", "none", null, "2024-02-29T23:59:00Z")]
    [InlineData("", "00:00", "day", null, "2024-01-02T00:00:00Z")]
    [InlineData("", "12:30", "day", "[\"31\"]", "2024-01-31T12:30:00Z")]
    [InlineData("", "12:30", "sun", null, "2024-01-07T12:30:00Z")]
    [InlineData("", "12:30", "wed, tue", null, "2024-01-02T12:30:00Z")]
    public void When_a_task_is_due_is_read_as_UTC(string date, string time, string repeat, string? days, string due)
    {
        var read = TaskTime.Read(date, time, repeat, days is null ? null : [.. JsonNode.Parse(days)!.AsArray().Select(d => System.Text.Json.JsonSerializer.SerializeToElement(d))], null, null).Value;
        var after = new DateTimeOffset(2024, 1, 1, 13, 0, 0, TimeSpan.Zero);
        Schedule.DueAfter(read.Recurrence, "UTC", read.Starts, read.Ends, after).ShouldBe(DateTimeOffset.Parse(due, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_task_is_due_from_the_first_day_to_the_end_of_the_last()
    {
        var read = TaskTime.Read("", "23:59", "day", null, "2024-01-05", "2024-01-06").Value;
        Schedule.DueAfter(read.Recurrence, "UTC", read.Starts, read.Ends, DateTimeOffset.UnixEpoch).ShouldBe(new DateTimeOffset(2024, 1, 5, 23, 59, 0, TimeSpan.Zero));
        Schedule.DueAfter(read.Recurrence, "UTC", read.Starts, read.Ends, new DateTimeOffset(2024, 1, 6, 0, 0, 0, TimeSpan.Zero)).ShouldBe(new DateTimeOffset(2024, 1, 6, 23, 59, 0, TimeSpan.Zero));
        Schedule.DueAfter(read.Recurrence, "UTC", read.Starts, read.Ends, new DateTimeOffset(2024, 1, 6, 23, 59, 0, TimeSpan.Zero)).ShouldBeNull();
    }

    private static async Task<string> AddAsync(GizwitsApp person, string path, string body)
    {
        var answer = await person.PostAsync(path, JsonNode.Parse(body));
        answer.Code.ShouldBe(0, answer.Body.ToJsonString());
        return (string)answer["id"]!;
    }

    private Task<Schedule> StoredAsync(GizwitsApp person, string family, string id) =>
        House.CoolKit.ReadAsync(async s => (await s.Schedules.FindAsync((await s.Accounts.FindAsync(person.Uid!))!.No, family, id))!);

    private async Task SetDueAsync(GizwitsApp person, string family, string id)
    {
        var stored = await StoredAsync(person, family, id);
        await House.CoolKit.WriteAsync(async s =>
        {
            await s.Runs.AdvanceAsync(new Dictionary<long, DateTimeOffset?> { [stored.No] = (await s.Runs.NowAsync()).AddSeconds(-1) });
            return true;
        });
    }
}
