using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Devices;
using Irori.Core.Products;
using Irori.Core.Schedules;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Timers (v2, params key timers) of devices that cannot keep time: they stand in the state as ever, and the cloud carries them out.</summary>
public abstract class TimerContract(HouseFixture fixture)
{
    private CoolKitHouse House { get; } = fixture.House;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_kind_of_timer_becomes_a_schedule_with_the_command_that_sets_it()
    {
        using var owner = await House.PersonAsync();
        var made = await AddAsync(owner, keepsTime: false);
        await using var lamp = await House.ConnectAsync(made);
        var future = TimeProvider.System.GetUtcNow().AddDays(3).ToString("yyyy-MM-ddTHH:mm:ss.fffZ");

        await SetAsync(owner, lamp, new JsonArray(
            Timer("a", "once", future, "do"), Timer("b", "repeat", "36 8 * * 1,3", "do"), Timer("c", "duration", $"{future} 10 5", "startDo", "endDo"), Timer("d", "duration", $"{future} 10", "do"),
            Timer("e", "repeat", "36 8 * * 1,3", "do", enabled: 0), Timer("f", "repeat", "not cron", "do"), Timer("g", "never", future, "do"), 5, "x"));

        var timers = (await TimersAsync(made)).ToDictionary(t => t.Timer!);
        timers.Keys.ShouldBe(["a", "b", "c", "c/end", "d", "e"], ignoreOrder: true);
        var at = DateTimeOffset.Parse(future);
        timers["a"].NextDue.ShouldBe(at);
        (timers["b"].NextDue!.Value.TimeOfDay, timers["b"].Zone).ShouldBe((new TimeSpan(8, 36, 0), "UTC"));
        timers["b"].NextDue!.Value.DayOfWeek.ShouldBeOneOf(DayOfWeek.Monday, DayOfWeek.Wednesday);
        (timers["c"].NextDue, timers["c/end"].NextDue, timers["d"].NextDue).ShouldBe((at, at.AddMinutes(5), at));
        timers["e"].NextDue.ShouldBeNull();
        Plan.Parse(timers["c/end"].Plan).Steps.ShouldHaveSingleItem().ShouldBe(Step.Device(made.Device.Id, """{"switch":"endDo"}"""));
    }

    [Fact]
    public async Task What_has_not_changed_stays_due_and_what_is_gone_is_not()
    {
        using var owner = await House.PersonAsync();
        var made = await AddAsync(owner, keepsTime: false);
        await using var lamp = await House.ConnectAsync(made);
        await SetAsync(owner, lamp, new JsonArray(Timer("a", "repeat", "36 8 * * *", "do"), Timer("b", "repeat", "36 8 * * *", "do"), Timer("c", "repeat", "36 8 * * *", "do")));
        var before = (await TimersAsync(made)).ToDictionary(t => t.Timer!);
        var due = TimeProvider.System.GetUtcNow().AddHours(1);
        await SetDueAsync(before["a"].No, due);

        await SetAsync(owner, lamp, new JsonArray(Timer("a", "repeat", "36 8 * * *", "do"), Timer("b", "repeat", "37 8 * * *", "do")));

        var after = (await TimersAsync(made)).ToDictionary(t => t.Timer!);
        after.Keys.ShouldBe(["a", "b"], ignoreOrder: true);
        (after["a"].No, after["a"].NextDue!.Value.ToUnixTimeMilliseconds()).ShouldBe((before["a"].No, due.ToUnixTimeMilliseconds()));
        (after["b"].No, after["b"].NextDue!.Value.Minute).ShouldBe((before["b"].No, 37));
        (await lamp.ReportAsync(new JsonObject { ["timers"] = 0 })).Error().ShouldBe(0);
        (await TimersAsync(made)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_due_timer_switches_the_device_for_its_owner()
    {
        using var owner = await House.PersonAsync();
        var made = await AddAsync(owner, keepsTime: false);
        await using var lamp = await House.ConnectAsync(made);
        await SetAsync(owner, lamp, new JsonArray(Timer("a", "repeat", "36 8 * * *", "do")));

        await SetDueAsync((await TimersAsync(made))[0].No, TimeProvider.System.GetUtcNow().AddSeconds(-1));
        House.Server.Service<RunSignal>().Set();

        (await lamp.ObeyAsync())["params"]!.ToJsonString().ShouldBe("""{"switch":"do"}""");
        await Eventually.HoldsAsync(async () => (await House.ReadAsync(s => s.Runs.ListAsync(RunsOf.Device, made.Device.No, null, 10))) is [{ State: RunState.Done }]);
        var command = (await House.ReadAsync(s => s.Commands.ListAsync(made.Device.No, 1)))[0];
        (command.Source, command.Account).ShouldBe(("schedule", owner.Apikey));
    }

    [Fact]
    public async Task A_device_that_keeps_time_carries_its_timers_out_itself()
    {
        using var owner = await House.PersonAsync();
        var made = await AddAsync(owner, keepsTime: true);
        await using var lamp = await House.ConnectAsync(made);

        await SetAsync(owner, lamp, new JsonArray(Timer("a", "repeat", "36 8 * * *", "do")));

        (await TimersAsync(made)).ShouldBeEmpty();
    }

    private static JsonObject Timer(string id, string type, string at, string action, string? second = null, int enabled = 1)
    {
        var timer = new JsonObject { ["mId"] = id, ["type"] = type, ["coolkit_timer_type"] = type, ["enabled"] = enabled, ["at"] = at, [action] = new JsonObject { ["switch"] = action } };
        if (second is not null) timer[second] = new JsonObject { ["switch"] = second };
        return timer;
    }

    private async Task<MadeDevice> AddAsync(CoolKitApp owner, bool keepsTime)
    {
        var product = (await House.Server.Service<ProductService>().AddAsync(
            new NewProduct("coolkit", "Clockless", $"CL-{Ids.Hex24()}", "switch", "Demo", [new("coolkit", "uiid", "1")], ThingModel.Empty) { KeepsTime = keepsTime }, Cancel)).Value;
        var made = (await House.Server.Service<DeviceService>().MakeAsync(new NewDevice(House.NewDeviceId(), product.Product.Id, null, new FactoryData()), Cancel)).Value;
        (await owner.PostAsync("/v2/device/add", CoolKitHouse.AddBody(made))).Error().ShouldBe(0);
        return made;
    }

    private static async Task SetAsync(CoolKitApp owner, CoolKitDevice lamp, JsonArray timers)
    {
        var setting = owner.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = lamp.Id, ["params"] = new JsonObject { ["timers"] = timers } });
        await lamp.ObeyAsync();
        (await setting).Error().ShouldBe(0);
    }

    private Task<IReadOnlyList<Schedule>> TimersAsync(MadeDevice made) => House.WriteAsync(s => s.Schedules.TimersAsync(made.Device.No));

    private Task<bool> SetDueAsync(long schedule, DateTimeOffset due) => House.WriteAsync(async s =>
    {
        await s.Runs.AdvanceAsync(new Dictionary<long, DateTimeOffset?> { [schedule] = due });
        return true;
    });
}
