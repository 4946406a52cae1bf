using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Links;
using Irori.Core.Outbox;
using Irori.Core.Products;
using Irori.Core.Scenes;
using Irori.Core.Schedules;
using Irori.Core.States;
using Irori.Storage;
using Shouldly;

namespace Irori.Tests.Schedules;

/// <summary>Scenes and rules on both engines.</summary>
public abstract class SceneContract : IAsyncLifetime
{
    private const string Family = "test";
    private const string On = """{"switch":"on"}""";
    private const string Other = "1000000002";

    private Household _house = null!;
    private ObedientChannel _lamp = null!;
    private ObedientChannel _other = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Lamp => Household.Lamp;

    private SceneService Scenes => _house.Service<SceneService>();

    public async ValueTask InitializeAsync()
    {
        _house = await Household.StartAsync(await SettingsAsync());
        _lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        var other = await _house.World.AddDeviceAsync(Other);
        await _house.World.BindAsync(_house.World.Account, other);
        _other = await _house.ConnectAsync(other, Other);
    }

    public async ValueTask DisposeAsync()
    {
        await _house.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<DatabaseSettings> SettingsAsync();

    [Fact]
    public async Task A_scene_runs_as_a_task_whose_state_and_results_can_be_read()
    {
        var scene = await ManualAsync(Plan.Of(Step.Device(Lamp, On), Step.Device("1000000002", On)));
        (await Scenes.TaskAsync(_house.Owner, Family, scene.Id, Cancel)).Value.ShouldBeNull();
        _other.Refusal = "400";

        var task = (await Scenes.RunAsync(_house.Owner, Family, scene.Id, Cancel)).Value;
        (await Scenes.TaskAsync(_house.Owner, Family, scene.Id, Cancel)).Value!.State.ShouldBe(RunState.Pending);
        await _house.WorkAsync(_house.Runner());

        var state = (await Scenes.TaskAsync(_house.Owner, Family, scene.Id, Cancel)).Value!;
        (state.Task, state.State).ShouldBe((task, RunState.Failed));
        state.Results.Single(r => r.Id == Lamp).Fault.ShouldBeNull();
        state.Results.Single(r => r.Id == Other).Fault.ShouldBe(FaultKind.Rejected);
        (await Scenes.RunsAsync(_house.Owner, Family, scene.Id, null, 10, Cancel)).Value.ShouldHaveSingleItem().Task.ShouldBe(task);
    }

    [Fact]
    public async Task A_scene_that_waits_is_running_until_its_last_part_has_ended()
    {
        var scene = await ManualAsync(Plan.Of(Step.Device(Lamp, On), Step.Delay(3_600), Step.Device(Lamp, On)));
        await Scenes.RunAsync(_house.Owner, Family, scene.Id, Cancel);

        await _house.WorkAsync(_house.Runner());

        (await Scenes.TaskAsync(_house.Owner, Family, scene.Id, Cancel)).Value!.State.ShouldBe(RunState.Pending);
    }

    [Fact]
    public async Task A_scene_runs_another_and_two_that_run_each_other_come_to_an_end()
    {
        var first = await ManualAsync(Plan.Of(Step.Device(Lamp, On)));
        var second = await ManualAsync(Plan.Of(Step.Scene(first.Id)));
        var wanted = new NewScene(Family, SceneKind.Manual, "Round", Plan.Of(Step.Device(Lamp, On), Step.Scene(second.Id)));
        (await Scenes.ChangeAsync(_house.Owner, first.Id, wanted, Cancel)).IsOk.ShouldBeTrue();

        await Scenes.RunAsync(_house.Owner, Family, first.Id, Cancel);
        await _house.WorkAsync(_house.Runner());

        var runs = await _house.RunsAsync();
        runs.Max(r => r.Depth).ShouldBe(PlanRunner.MaxDepth + 1);
        runs.Single(r => r.Depth == PlanRunner.MaxDepth + 1).Results().ShouldHaveSingleItem().Fault.ShouldBe(FaultKind.LimitReached);
        _lamp.Sent.Count.ShouldBe(PlanRunner.MaxDepth / 2 + 1);
    }

    [Fact]
    public async Task A_schedule_runs_a_scene_and_goes_with_it()
    {
        var scene = await ManualAsync(Plan.Of(Step.Device(Lamp, On)));
        var wanted = new NewSchedule(Family, CronText.Daily(new TimeOnly(8, 0)), Plan.Of(Step.Scene(scene.Id)));
        var schedule = (await _house.Service<ScheduleService>().CreateAsync(_house.Owner, wanted, Cancel)).Value;
        await SetDueAsync(schedule.No);

        await _house.WorkAsync(_house.Runner());
        _lamp.Sent.ShouldBe([On]);
        (await _house.RunsAsync()).Single(r => r.Kind == RunKind.Schedule).Results().ShouldHaveSingleItem().Task.ShouldNotBeNull();

        (await Scenes.DeleteAsync(_house.Owner, Family, scene.Id, Cancel)).IsOk.ShouldBeTrue();
        (await _house.Service<ScheduleService>().FindAsync(_house.Owner, Family, schedule.Id, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
    }

    [Fact]
    public async Task To_a_stranger_a_scene_does_not_exist()
    {
        var scene = await ManualAsync(Plan.Of(Step.Device(Lamp, On)));
        var stranger = await _house.PrincipalAsync((await _house.World.AddAccountAsync("stranger@example.com"))!.Value);
        var wanted = new NewScene(Family, SceneKind.Manual, "Mine", Plan.Of(Step.Delay(1)));

        (await Scenes.CreateAsync(stranger, wanted with { Plan = Plan.Of(Step.Device(Lamp, On)) }, Cancel)).Fault.ShouldBe(Fault.NotVisible("device"));
        (await Scenes.CreateAsync(stranger, wanted with { Plan = Plan.Of(Step.Scene(scene.Id)) }, Cancel)).Fault.ShouldBe(Fault.NotVisible("scene"));
        (await Scenes.CreateAsync(stranger, wanted with { Rule = new Rule([new Trigger(TriggerKind.Online, Lamp)]) }, Cancel)).Fault.ShouldBe(Fault.NotVisible("device"));
        (await Scenes.ChangeAsync(stranger, scene.Id, wanted, Cancel)).Fault.ShouldBe(Fault.NotVisible("scene"));
        (await Scenes.RunAsync(stranger, Family, scene.Id, Cancel)).Fault.ShouldBe(Fault.NotVisible("scene"));
        (await Scenes.TaskAsync(stranger, Family, scene.Id, Cancel)).Fault.ShouldBe(Fault.NotVisible("scene"));
        (await Scenes.RunsAsync(stranger, Family, scene.Id, null, 10, Cancel)).Fault.ShouldBe(Fault.NotVisible("scene"));
        (await Scenes.SetEnabledAsync(stranger, Family, scene.Id, true, Cancel)).Fault.ShouldBe(Fault.NotVisible("scene"));
        (await Scenes.DeleteAsync(stranger, Family, scene.Id, Cancel)).Fault.ShouldBe(Fault.NotVisible("scene"));
        (await Scenes.FindAsync(stranger, Family, scene.Id, Cancel)).Fault.ShouldBe(Fault.NotVisible("scene"));
        (await Scenes.FindAsync(stranger, Family, scene.No, Cancel)).Fault.ShouldBe(Fault.NotVisible("scene"));
        (await Scenes.FindAsync(_house.Owner, "another", scene.Id, Cancel)).Fault.ShouldBe(Fault.NotVisible("scene"));
        (await Scenes.FindAsync(_house.Owner, Family, scene.No, Cancel)).Value.Id.ShouldBe(scene.Id);
    }

    [Fact]
    public async Task A_rule_runs_when_a_comparison_comes_to_hold_and_not_while_it_holds()
    {
        await RuleAsync(Became("power", Comparing.Greater, "25"));

        foreach (var power in new[] { "25", "26", "27", "26.5", "20", "30" }) await ReportAsync(_lamp, "power", power);
        await FollowAsync();

        _other.Sent.Count.ShouldBe(2);
        (await _house.RunsAsync()).ShouldAllBe(r => r.Kind == RunKind.Rule && r.State == RunState.Done);
        (await _house.World.ReadAsync(s => s.Commands.ListAsync(_other.Link!.Identity.Device, 1))).ShouldHaveSingleItem().Source.ShouldBe("rule");
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("0", 1)]
    public async Task An_alarm_sets_a_rule_off_when_it_comes_and_another_when_it_goes(string value, int times)
    {
        await RuleAsync(Became("fault", Comparing.Equal, value));

        foreach (var fault in new[] { "false", "true", "true", "false" }) await ReportAsync(_lamp, "fault", fault);
        await FollowAsync();

        // That it was never known counts as that it did not hold: false is there from the first report.
        _other.Sent.Count.ShouldBe(value == "0" ? times + 1 : times);
    }

    [Fact]
    public async Task What_was_never_told_is_not_over()
    {
        await RuleAsync(new Rule([new Trigger(TriggerKind.Became, Lamp, Comparison: Compare(Lamp, "fault", Comparing.Equal, "0"), Known: true)]));

        foreach (var fault in new[] { "false", "true", "false", "true" }) await ReportAsync(_lamp, "fault", fault);
        await FollowAsync();

        _other.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_another_dialect_shows_of_a_property_is_compared()
    {
        var view = new ProjectedProperty { Path = "switches[outlet=1].level", Shown = new Property { Name = "Level", Title = "Level", Type = PropertyType.Int }, Factor = 0.5 };
        await RuleAsync(new Rule([new Trigger(TriggerKind.Became, Lamp, Comparison: new Comparison(Operand.Of(Lamp, view), Comparing.GreaterOrEqual, Operand.Value("50")))]));

        foreach (var (first, second) in new[] { (90, 10), (90, 98), (90, 100), (0, 110), (0, 0) })
            await ReportAsync(_lamp, "switches", $$"""[{"outlet":0,"level":{{first}}},{"outlet":1,"level":{{second}}}]""");
        await FollowAsync();

        _other.Sent.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("no view")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"path":"[","shown":{"name":"x","title":"x","type":"int"}}""")]
    public async Task A_rule_of_which_it_cannot_be_read_how_a_property_is_shown_is_refused(string view)
    {
        var rule = new Rule([new Trigger(TriggerKind.Changed, Lamp)]) { Conditions = [[new Comparison(new Operand(Lamp, "power", View: view), Comparing.Equal, Operand.Value("1"))]] };
        var wanted = new NewScene(Family, SceneKind.Automatic, "Rule", Plan.Of(Step.Device(Other, On))) { Rule = rule };

        var fault = (await Scenes.CreateAsync(_house.Owner, wanted, Cancel)).Fault!;

        (fault.Kind, fault.Field).ShouldBe((FaultKind.Invalid, "condition"));
    }

    [Fact]
    public async Task A_timer_does_not_run_a_rule_that_rests()
    {
        var wanted = new NewScene(Family, SceneKind.Automatic, "Evening", Plan.Of(Step.Device(Other, On)))
        {
            Rule = new Rule([]) { Interval = 3_600 }, Timers = [new SceneTimer(new Recurrence.Cron("0 0 20 ? * 2-6"), "Europe/Berlin")],
        };
        (await Scenes.CreateAsync(_house.Owner, wanted, Cancel)).IsOk.ShouldBeTrue();
        var timer = (await _house.Service<ScheduleService>().ListAsync(_house.Owner, "scene", null, 0, 10, Cancel)).Value.ShouldHaveSingleItem();

        for (var time = 3; time > 0; time--)
        {
            await SetDueAsync(timer.No, secondsAgo: time);
            await _house.WorkAsync(_house.Runner());
        }

        _other.Sent.ShouldBe([On]);
    }

    [Fact]
    public async Task A_rule_of_any_change_runs_with_each_report_that_changes_something_while_its_conditions_hold()
    {
        var rule = new Rule([new Trigger(TriggerKind.Changed, Lamp)])
        {
            Conditions = [[Compare(Other, "mode", Comparing.Equal, "\"auto\""), Compare(Lamp, "power", Comparing.GreaterOrEqual, "10")], [Compare(Lamp, "power", Comparing.Equal, "5")]],
        };
        await RuleAsync(rule);

        await ReportAsync(_lamp, "power", "10");
        await FollowAsync();
        _other.Sent.Count.ShouldBe(0);

        await ReportAsync(_other, "mode", "\"auto\"");
        await ReportAsync(_lamp, "power", "11");
        await ReportAsync(_lamp, "power", "11");
        await FollowAsync();
        _other.Sent.Count.ShouldBe(1);

        await ReportAsync(_other, "mode", "\"off\"");
        await ReportAsync(_lamp, "power", "5");
        await FollowAsync();
        _other.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Between_two_runs_of_a_rule_its_interval_passes()
    {
        await RuleAsync(new Rule([new Trigger(TriggerKind.Changed, Lamp)]) { Interval = 3_600 });

        for (var i = 0; i < 5; i++) await ReportAsync(_lamp, "power", $"{i}");
        await FollowAsync();

        _other.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_device_that_goes_and_comes_back_sets_rules_off()
    {
        var off = await RuleAsync(new Rule([new Trigger(TriggerKind.Offline, Lamp)]));
        var on = await RuleAsync(new Rule([new Trigger(TriggerKind.Online, Lamp)]));

        await _house.Service<LinkService>().CloseAsync(_lamp.Link!, "gone");
        await Eventually.HoldsAsync(async () => (await _house.World.ReadAsync(s => s.Links.FindAsync(_house.World.Device)))!.Told);
        await FollowAsync();
        (await RunsAsync(off)).Count.ShouldBe(1);
        (await RunsAsync(on)).ShouldBeEmpty();

        await _house.ConnectAsync(_house.World.Device, Lamp);
        await FollowAsync();
        (await RunsAsync(off)).Count.ShouldBe(1);
        (await RunsAsync(on)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_several_nodes_that_follow_the_outbox_each_change_runs_a_rule_once_and_in_order()
    {
        const int Count = 60;
        await RuleAsync(Became("power", Comparing.Equal, "1"));
        for (var i = 0; i < Count * 2; i++) await ReportAsync(_lamp, "power", $"{i % 2}");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _house.Service<OutboxService>().WorkAsync(Cancel)));
        await FollowAsync();

        (await _house.RunsAsync()).Count.ShouldBe(Count);
        _other.Sent.Count.ShouldBe(Count);
    }

    [Fact]
    public async Task Two_rules_that_switch_each_other_stop_after_so_many_rounds_and_say_why()
    {
        await RuleAsync(new Rule([new Trigger(TriggerKind.Changed, Lamp) { Property = "n" }]), Plan.Of(Step.Device(Other, On)));
        await RuleAsync(new Rule([new Trigger(TriggerKind.Changed, Other) { Property = "n" }]), Plan.Of(Step.Device(Lamp, On)));
        _lamp.Counts = _other.Counts = true;

        await ReportAsync(_lamp, "n", "0");
        await Eventually.HoldsAsync(async () =>
        {
            await FollowAsync();
            return (await _house.RunsAsync()).Any(r => r.Depth > PlanRunner.MaxDepth);
        });
        for (var round = 0; round < 3; round++) await FollowAsync();

        var runs = await _house.RunsAsync();
        runs.Max(r => r.Depth).ShouldBe(PlanRunner.MaxDepth + 1);
        runs.Count(r => r.Depth > PlanRunner.MaxDepth).ShouldBe(1);
        runs.Single(r => r.Depth > PlanRunner.MaxDepth).Results().ShouldHaveSingleItem().Fault.ShouldBe(FaultKind.LimitReached);
        (_lamp.Sent.Count + _other.Sent.Count).ShouldBe(PlanRunner.MaxDepth);
    }

    [Fact]
    public async Task A_rule_that_has_lost_a_device_is_not_valid_and_says_why_until_it_is_changed()
    {
        var scene = await RuleAsync(Became("power", Comparing.Greater, "1"));
        await _house.World.WriteAsync(s => _house.Service<BindingService>().EndAsync(s, _house.World.Device, _house.World.Account, EndReason.Unbound));

        var lost = (await Scenes.FindAsync(_house.Owner, Family, scene.Id, Cancel)).Value;
        (lost.Valid, lost.Enabled).ShouldBe((false, true));
        lost.Reason!.ShouldContain(Lamp);
        await ReportAsync(_lamp, "power", "5");
        await FollowAsync();
        _other.Sent.ShouldBeEmpty();

        var wanted = new NewScene(Family, SceneKind.Automatic, "New", Plan.Of(Step.Device(Other, On))) { Rule = new Rule([new Trigger(TriggerKind.Changed, Other)]) };
        (await Scenes.ChangeAsync(_house.Owner, scene.Id, wanted, Cancel)).Value.Valid.ShouldBeTrue();
    }

    [Fact]
    public async Task A_rule_whose_right_ended_unseen_becomes_invalid_when_it_would_run()
    {
        var guest = (await _house.World.AddAccountAsync("guest@example.com"))!.Value;
        await _house.World.BindAsync(guest, _house.World.Device, Role.Guest);
        var who = await _house.PrincipalAsync(guest);
        var wanted = new NewScene(Family, SceneKind.Automatic, "Mine", Plan.Of(Step.Device(Lamp, On))) { Rule = Became("power", Comparing.Greater, "1") };
        var scene = (await Scenes.CreateAsync(who, wanted, Cancel)).Value;
        await _house.World.WriteAsync(s => s.Bindings.RemoveAsync(guest, _house.World.Device));

        await ReportAsync(_lamp, "power", "5");
        await FollowAsync();

        _lamp.Sent.ShouldBeEmpty();
        (await Scenes.FindAsync(who, Family, scene.Id, Cancel)).Value.Valid.ShouldBeFalse();
    }

    [Fact]
    public async Task A_rule_that_cannot_be_read_becomes_invalid_and_holds_up_no_other()
    {
        var now = TimeProvider.System.GetUtcNow();
        var broken = new Scene
        {
            Id = Ids.Hex24(), Account = _house.World.Account, App = "app", Family = Family, Kind = SceneKind.Automatic, Name = "Broken", Rule = "{}", Plan = Plan.Of(Step.Device(Other, On)).ToJson(),
            Created = now, Updated = now,
        };
        await _house.World.WriteAsync(s => s.Scenes.AddAsync(broken, [new SceneRef(_house.World.Device, SceneUse.Trigger)]));
        await RuleAsync(Became("power", Comparing.Greater, "1"));

        await ReportAsync(_lamp, "power", "5");
        await FollowAsync();

        _other.Sent.ShouldBe([On]);
        var found = (await Scenes.FindAsync(_house.Owner, Family, broken.Id, Cancel)).Value;
        (found.Valid, found.Reason).ShouldBe((false, "its rule cannot be read"));
    }

    [Fact]
    public async Task What_cannot_be_followed_is_left_out_and_what_comes_after_it_is_followed()
    {
        await RuleAsync(Became("power", Comparing.Greater, "1"));
        var now = TimeProvider.System.GetUtcNow();
        await ReportAsync(_lamp, "power", "5");
        await _house.World.WriteAsync(async s =>
        {
            await s.Outbox.AddAsync(new OutboxRow { Device = _house.World.Device, Kind = Happening.Changed, At = now, Body = "not JSON" });
            return true;
        });
        await ReportAsync(_lamp, "power", "0");
        await ReportAsync(_lamp, "power", "6");

        await FollowAsync();

        _other.Sent.Count.ShouldBe(2);
        (await _house.World.ReadAsync(s => s.Outbox.WaitingAsync())).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_device_sets_off_so_many_scenes_and_no_more()
    {
        var rule = new Rule([new Trigger(TriggerKind.Online, Lamp)]);
        Scene? last = null;
        for (var i = 0; i < SceneService.MaxTriggered; i++) last = await RuleAsync(rule);

        var wanted = new NewScene(Family, SceneKind.Automatic, "One more", Plan.Of(Step.Device(Other, On))) { Rule = rule };
        (await Scenes.CreateAsync(_house.Owner, wanted, Cancel)).Fault!.Field.ShouldBe(SceneService.CountField);
        (await Scenes.ChangeAsync(_house.Owner, last!.Id, wanted, Cancel)).IsOk.ShouldBeTrue();
        (await _house.World.ReadAsync(s => s.Scenes.CountTriggeredAsync(_house.World.Device))).ShouldBe(SceneService.MaxTriggered);
    }

    [Fact]
    public async Task A_switched_off_rule_waits_for_nothing_and_nothing_is_written_for_it()
    {
        var scene = await RuleAsync(Became("power", Comparing.Greater, "1"));
        (await Scenes.SetEnabledAsync(_house.Owner, Family, scene.Id, false, Cancel)).IsOk.ShouldBeTrue();
        await ReportAsync(_lamp, "power", "5");
        (await _house.World.ReadAsync(s => s.Outbox.WaitingAsync())).ShouldBeEmpty();

        (await Scenes.SetEnabledAsync(_house.Owner, Family, scene.Id, true, Cancel)).IsOk.ShouldBeTrue();
        await ReportAsync(_lamp, "power", "0");
        (await _house.World.ReadAsync(s => s.Outbox.WaitingAsync())).ShouldNotBeEmpty();

        (await Scenes.DeleteAsync(_house.Owner, Family, scene.Id, Cancel)).IsOk.ShouldBeTrue();
        await FollowAsync();
        await ReportAsync(_lamp, "power", "6");
        (await _house.World.ReadAsync(s => s.Outbox.WaitingAsync())).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rule_with_a_timer_runs_when_that_is_due_and_its_conditions_hold()
    {
        var wanted = new NewScene(Family, SceneKind.Automatic, "Evening", Plan.Of(Step.Device(Other, On)))
        {
            Rule = new Rule([]) { Conditions = [[Compare(Lamp, "power", Comparing.Less, "5")]] },
            Timers = [new SceneTimer(new Recurrence.Cron("0 0 20 ? * 2-6"), "Europe/Berlin")],
        };
        (await Scenes.CreateAsync(_house.Owner, wanted, Cancel)).IsOk.ShouldBeTrue();
        var timer = (await _house.Service<ScheduleService>().ListAsync(_house.Owner, "scene", null, 0, 10, Cancel)).Value.ShouldHaveSingleItem();

        await SetDueAsync(timer.No);
        await _house.WorkAsync(_house.Runner());
        _other.Sent.ShouldBeEmpty();

        await ReportAsync(_lamp, "power", "1");
        await SetDueAsync(timer.No, secondsAgo: 2);
        await _house.WorkAsync(_house.Runner());
        _other.Sent.ShouldBe([On]);
    }

    [Fact]
    public async Task A_scene_switches_a_rule_on_and_off()
    {
        var rule = await RuleAsync(Became("power", Comparing.Greater, "1"));
        var off = await ManualAsync(Plan.Of(Step.Switch(rule.Id, on: false)));

        await Scenes.RunAsync(_house.Owner, Family, off.Id, Cancel);
        await _house.WorkAsync(_house.Runner());

        (await Scenes.FindAsync(_house.Owner, Family, rule.Id, Cancel)).Value.Enabled.ShouldBeFalse();
    }

    [Theory]
    [InlineData("1", Comparing.Equal, "true", true)]
    [InlineData("\"25\"", Comparing.Greater, "24.5", true)]
    [InlineData("\"on\"", Comparing.Equal, "\"on\"", true)]
    [InlineData("\"on\"", Comparing.NotEqual, "\"off\"", true)]
    [InlineData("\"b\"", Comparing.Greater, "\"a\"", false)]
    [InlineData("[1,2]", Comparing.Equal, "[1, 2]", true)]
    [InlineData("0.30", Comparing.LessOrEqual, "0.3", true)]
    public void Values_are_compared_as_numbers_where_both_are_such(string left, Comparing how, string right, bool holds)
    {
        new Comparison(Operand.Value(left), how, Operand.Value(right)).Holds(_ => null).ShouldBe(holds);
        new Comparison(Operand.Of(Lamp, "unknown"), how, Operand.Value(right)).Holds(_ => null).ShouldBeFalse();
    }

    private static Rule Became(string property, Comparing how, string value) =>
        new([new Trigger(TriggerKind.Became, Lamp) { Comparison = Compare(Lamp, property, how, value) }]);

    private static Comparison Compare(string device, string property, Comparing how, string value) => new(Operand.Of(device, property), how, Operand.Value(value));

    private static async Task ReportAsync(ObedientChannel device, string name, string json) => (await device.ReportAsync(name, json)).Value.Outcome.ShouldBe(StateOutcome.Accepted);

    private async Task<Scene> ManualAsync(Plan plan) => (await Scenes.CreateAsync(_house.Owner, new NewScene(Family, SceneKind.Manual, "Scene", plan), Cancel)).Value;

    private Task<Scene> RuleAsync(Rule rule) => RuleAsync(rule, Plan.Of(Step.Device(Other, On)));

    private async Task<Scene> RuleAsync(Rule rule, Plan plan) =>
        (await Scenes.CreateAsync(_house.Owner, new NewScene(Family, SceneKind.Automatic, "Rule", plan) { Rule = rule }, Cancel)).Value;

    private async Task<IReadOnlyList<Run>> RunsAsync(Scene scene) => (await Scenes.RunsAsync(_house.Owner, Family, scene.Id, null, 100, Cancel)).Value;

    private async Task FollowAsync()
    {
        await _house.Service<OutboxService>().WorkAsync(Cancel);
        await _house.WorkAsync(_house.Runner());
    }

    private Task<bool> SetDueAsync(long schedule, int secondsAgo = 1) => _house.World.WriteAsync(async s =>
    {
        await s.Runs.AdvanceAsync(new Dictionary<long, DateTimeOffset?> { [schedule] = TimeProvider.System.GetUtcNow().AddSeconds(-secondsAgo) });
        return true;
    });
}

public sealed class ScenesOnSqlite : SceneContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override Task<DatabaseSettings> SettingsAsync() => Task.FromResult(new DatabaseSettings { SqlitePath = Path.Combine(_folder, "irori.db") });
}

public sealed class ScenesOnPostgres : SceneContract
{
    protected override Task<DatabaseSettings> SettingsAsync() => Postgres.NewDatabaseAsync();
}
