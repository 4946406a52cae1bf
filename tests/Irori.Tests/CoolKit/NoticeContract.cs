using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Devices;
using Irori.Core.Outbox;
using Irori.Core.Products;
using Irori.Core.Schedules;
using Irori.Core.States;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>What people ask to be told of their devices, read in the message center (CoolKit v2, settings and message center).</summary>
public abstract class NoticeContract(HouseFixture fixture)
{
    private CoolKitHouse House { get; } = fixture.House;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task That_a_device_was_operated_is_told_to_those_who_ask_for_it()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var quiet = await House.PersonAsync();
        var made = await House.AddAsync(owner, "Lamp");
        await House.ShareAsync(guest, made);
        await House.ShareAsync(quiet, made);
        await using var lamp = await House.ConnectAsync(made);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "off" })).Error().ShouldBe(0);
        await SwitchAsync(owner, lamp, "on");
        (await ListAsync(owner)).ShouldBeEmpty("nobody has asked for it");
        foreach (var who in new[] { owner, guest }) await SetAsync(who, made, "opsNotify", 1);

        await SwitchAsync(owner, lamp, "off");
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(0);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "on", ["rssi"] = -60 })).Error().ShouldBe(0);

        foreach (var who in new[] { owner, guest })
        {
            var told = await ListAsync(who, 2);
            told.ShouldAllBe(m => (string)m["msgType"]! == "opsNotify_v2");
            var (hand, command) = (told[0]["message"]!, told[1]["message"]!);
            (command["params"]!.ToJsonString(), (string?)command["opsApikey"]).ShouldBe(("""{"switch":"off"}""", owner.Apikey));
            (hand["params"]!.ToJsonString(), (string?)hand["opsApikey"]).ShouldBe(("""{"switch":"on"}""", null));
            ((string)hand["deviceid"]!, (string)hand["deviceName"]!, (string)hand["apikey"]!).ShouldBe((made.Device.Id, "Lamp", owner.Apikey));
            ((string)hand["text"]!).ShouldContain("Lamp");
        }

        (await ListAsync(quiet)).ShouldBeEmpty();
        await SetAsync(owner, made, "opsNotify", 0);
        await SwitchAsync(owner, lamp, "off");
        (await ListAsync(guest, 3)).Count.ShouldBe(3);
        (await ListAsync(owner)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task It_is_told_also_where_the_history_of_operations_is_not_kept()
    {
        using var owner = await House.PersonAsync();
        var made = await House.MakeAsync();
        var body = CoolKitHouse.AddBody(made);
        body["settings"] = new JsonObject { ["opsNotify"] = 1, ["opsHistory"] = 0 };
        (await owner.PostAsync("/v2/device/add", body)).Error().ShouldBe(0);
        await using var lamp = await House.ConnectAsync(made);

        await SwitchAsync(owner, lamp, "on");

        (await ListAsync(owner, 1)).Count.ShouldBe(1);
        (await owner.GetAsync($"/v2/device/history?deviceid={made.Device.Id}"))["data"]!["histories"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_alarm_is_told_once_to_everybody_who_did_not_say_otherwise()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var model = new ThingModel { Properties = [new Property { Name = "smoke", Title = "Smoke", Type = PropertyType.Int, Alarm = System.Text.Json.JsonSerializer.SerializeToElement(1) }] };
        var product = (await House.Server.Service<ProductService>().AddAsync(new NewProduct("coolkit", "Smoke", "SM-1", "sensor", "Alarms", [new("coolkit", "uiid", "5026")], model), Cancel)).Value;
        var made = (await House.Server.Service<DeviceService>().MakeAsync(new NewDevice(House.NewDeviceId(), product.Product.Id, null, new FactoryData()), Cancel)).Value;
        (await owner.PostAsync("/v2/device/add", CoolKitHouse.AddBody(made, "Attic"))).Error().ShouldBe(0);
        await House.ShareAsync(guest, made);
        await SetAsync(guest, made, "alarmNotify", 0);
        await using var sensor = await House.ConnectAsync(made);

        foreach (var smoke in new[] { 0, 1, 1, 0, 1 }) (await sensor.ReportAsync(new JsonObject { ["smoke"] = smoke, ["battery"] = 80 })).Error().ShouldBe(0);

        var told = await ListAsync(owner, 2);
        told.Count.ShouldBe(2);
        told.ShouldAllBe(m => (string)m["msgType"]! == "alarmNotify_v2" && m["message"]!["params"]!.ToJsonString() == """{"smoke":1}""");
        (await ListAsync(guest)).ShouldBeEmpty();
    }

    [Fact]
    public async Task That_it_comes_and_goes_is_told_to_those_who_ask_for_it()
    {
        using var owner = await House.PersonAsync();
        var made = await House.AddAsync(owner, "Lamp");
        await (await House.ConnectAsync(made)).DisposeAsync();
        await SetAsync(owner, made, "offlineNotify", 1);
        await using (var lamp = await House.ConnectAsync(made)) (await lamp.ReportAsync(new JsonObject { ["switch"] = "off" })).Error().ShouldBe(0);
        // The grace after which it is told offline begins when the server has seen that the connection is gone.
        await Eventually.HoldsAsync(
            async () => (await MessagesAsync(owner)).Any(m => !(bool)m["message"]!["params"]!["online"]!), meanwhile: () => House.Time!.Advance(TimeSpan.FromSeconds(1)));

        await using var back = await House.ConnectAsync(made);
        await Eventually.HoldsAsync(async () => (bool)(await MessagesAsync(owner))[0]["message"]!["params"]!["online"]!);
        var told = await MessagesAsync(owner);

        told.ShouldAllBe(m => (string)m["msgType"]! == "pushNotify_v2");
        told.Select(m => (bool)m["message"]!["params"]!["online"]!).Take(2).ShouldBe([true, false]);
        ((string)told[1]["message"]!["text"]!).ShouldBe("\"Lamp\" is offline");
    }

    [Fact]
    public async Task Who_got_the_device_later_is_not_told_of_what_was_before()
    {
        using var before = await House.PersonAsync();
        using var after = await House.PersonAsync();
        var made = await House.AddAsync(before, "Lamp");
        await SetAsync(before, made, "opsNotify", 1);
        var body = CoolKitHouse.AddBody(made);
        body["settings"] = new JsonObject { ["opsNotify"] = 1 };
        (await after.PostAsync("/v2/device/add", body)).Error().ShouldBe(0);

        // As if the row had waited while the device changed hands.
        await House.WriteAsync(async s =>
        {
            await s.Outbox.AddAsync(new OutboxRow { Device = made.Device.No, Kind = Happening.Operated, At = House.Time!.GetUtcNow().AddMinutes(-1), Body = """{"switch":"on"}""" });
            await s.Outbox.AddAsync(new OutboxRow { Device = made.Device.No, Kind = Happening.Operated, At = House.Time!.GetUtcNow().AddMinutes(1), Body = """{"switch":"off"}""" });
            return true;
        });
        await House.Server.Service<OutboxService>().WorkAsync(Cancel);

        (await ListAsync(after, 1)).ShouldHaveSingleItem()["message"]!["params"]!.ToJsonString().ShouldBe("""{"switch":"off"}""");
        (await ListAsync(before)).ShouldBeEmpty();
    }

    [Fact]
    public async Task However_many_nodes_work_each_is_told_once_and_in_order()
    {
        const int Times = 60;
        using var owner = await House.PersonAsync();
        var made = await House.AddAsync(owner, "Lamp");
        await SetAsync(owner, made, "opsNotify", 1);
        var database = House.Server.Service<IDatabase>();
        var workers = Enumerable.Range(0, 4).Select(_ => new OutboxService(database, new OutboxSignal(), new RunSignal(), TimeProvider.System, NullLogger<OutboxService>.Instance)).ToList();
        for (var i = 0; i < Times; i++)
        {
            var at = TimeProvider.System.GetUtcNow();
            var write = new StateWrite
            {
                Device = made.Device.No, Product = made.Device.Product, Arrival = at.ToUnixTimeMilliseconds() + i + (long)TimeSpan.FromDays(1).TotalMilliseconds, Readings = [new Reading("switch", $"\"{i}\"")],
                Operation = new Irori.Core.History.Operation(at, "somebody", $$"""{"n":{{i}}}"""),
            };
            (await database.WriteStateAsync(write, Cancel)).Value.Follows.ShouldBeTrue();
            if (i % 10 == 9) await Task.WhenAll(workers.Select(w => w.WorkAsync(Cancel)));
        }

        // The server's own worker may still hold the lane.
        await Eventually.HoldsAsync(async () =>
        {
            await Task.WhenAll(workers.Select(w => w.WorkAsync(Cancel)));
            return (await House.ReadAsync(s => s.Outbox.WaitingAsync())).Count == 0;
        });
        var all = new List<JsonNode>();
        for (long? from = null; ; from = (long)all[^1]["date"]!)
        {
            var page = (await owner.GetAsync($"/v2/message/read?num=30&from={from ?? House.Time!.GetUtcNow().AddDays(3).ToUnixTimeMilliseconds()}"))["data"]!["messageList"]!.AsArray();
            if (page.Count == 0) break;
            all.AddRange(page!);
        }

        all.Select(m => (int)m["message"]!["params"]!["n"]!).ShouldBe(Enumerable.Range(0, Times).Reverse());
    }

    [Fact]
    public async Task A_question_in_a_command_is_answered_by_what_the_device_says_beside_its_answer()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        await using var meter = await House.ConnectAsync(made);
        await using var socket = await AppSocket.ConnectAsync(House, app);
        var days = string.Concat(Enumerable.Repeat("010203", 100));

        var frame = AppSocket.Update(app, made.Device.Id, new JsonObject { ["hundredDaysKwh"] = "get" });
        await socket.SendAsync(frame);
        var command = await meter.ReceiveCommandAsync();
        command["params"]!.ToJsonString().ShouldBe("""{"hundredDaysKwh":"get"}""");
        await meter.AnswerAsync(command, config: new JsonObject { ["hundredDaysKwhData"] = days });
        var answer = await socket.AnswerAsync(frame);

        (answer.Error(), (string?)answer["config"]?["hundredDaysKwhData"]).ShouldBe((0, days));
        (await app.GetAsync($"/v2/device/thing/status?type=1&id={made.Device.Id}"))["data"]!["params"]!.ToJsonString().ShouldBe("{}", "to ask is no state");
        (await app.GetAsync($"/v2/device/history?deviceid={made.Device.Id}"))["data"]!["histories"]!.AsArray().ShouldBeEmpty("to ask is no operation");

        // Without one, or with nonsense, the answer is as ever.
        foreach (var odd in new JsonNode?[] { null, 5, "text", new JsonObject { ["long"] = new string('x', 9_000) } })
        {
            frame = AppSocket.Update(app, made.Device.Id, new JsonObject { ["hundredDaysKwh"] = "get" });
            await socket.SendAsync(frame);
            await meter.AnswerAsync(await meter.ReceiveCommandAsync(), config: odd);
            (answer = await socket.AnswerAsync(frame)).Error().ShouldBe(0);
            answer.ContainsKey("config").ShouldBeFalse();
        }
    }

    private static async Task SwitchAsync(CoolKitApp app, CoolKitDevice lamp, string to)
    {
        var sending = app.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = lamp.Id, ["params"] = new JsonObject { ["switch"] = to } });
        await lamp.ObeyAsync();
        (await sending).Error().ShouldBe(0);
    }

    private static async Task SetAsync(CoolKitApp app, MadeDevice made, string setting, int value) =>
        (await app.PostAsync("/v2/device/settings", new JsonObject { ["deviceidList"] = new JsonArray(made.Device.Id), ["settings"] = new JsonObject { [setting] = value } })).Error().ShouldBe(0);

    // All of them, as soon as there are so many and nothing waits any more.
    private async Task<IReadOnlyList<JsonNode>> ListAsync(CoolKitApp app, int least = 0)
    {
        await Eventually.HoldsAsync(async () =>
        {
            await House.Server.Service<OutboxService>().WorkAsync(Cancel);
            return (await House.ReadAsync(s => s.Outbox.WaitingAsync())).Count == 0 && (await MessagesAsync(app)).Count >= least;
        });
        return await MessagesAsync(app);
    }

    // A message may be a moment younger than now: no two have the same time.
    private async Task<IReadOnlyList<JsonNode>> MessagesAsync(CoolKitApp app) =>
        [.. (await app.GetAsync($"/v2/message/read?from={House.Time!.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds()}"))["data"]!["messageList"]!.AsArray()!];
}
