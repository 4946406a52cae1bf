using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Groups;
using Irori.Core.Schedules;
using Irori.Storage;
using Shouldly;

namespace Irori.Tests.Schedules;

/// <summary>What schedules do when they are due, on both engines.</summary>
public abstract class ScheduleContract : IAsyncLifetime
{
    private const string On = """{"switch":"on"}""";
    private const string Family = "test";

    private static readonly Recurrence Daily = CronText.Daily(new TimeOnly(8, 0));

    private Household _house = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Lamp => Household.Lamp;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private ScheduleService Schedules => _house.Service<ScheduleService>();

    public async ValueTask InitializeAsync() => _house = await Household.StartAsync(await SettingsAsync());

    public async ValueTask DisposeAsync()
    {
        await _house.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<DatabaseSettings> SettingsAsync();

    [Fact]
    public async Task A_due_schedule_switches_its_device_once_and_moves_to_its_next_time()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        var schedule = await DueAsync(TimeSpan.FromSeconds(1), Plan.Of(Step.Device(Lamp, On)));

        await _house.WorkAsync(_house.Runner());
        await _house.WorkAsync(_house.Runner());

        lamp.Sent.ShouldBe([On]);
        var run = (await _house.RunsAsync()).ShouldHaveSingleItem();
        (run.State, run.Kind, run.Due).ShouldBe((RunState.Done, RunKind.Schedule, schedule.NextDue!.Value));
        run.Results().ShouldBe([new StepResult(StepKind.Device, Lamp)]);
        var after = (await Schedules.FindAsync(_house.Owner, Family, schedule.Id, Cancel)).Value;
        after.NextDue.ShouldNotBeNull().ShouldBeGreaterThan(Now);
        after.NextDue!.Value.TimeOfDay.ShouldBe(TimeSpan.FromHours(8));
        (await _house.World.ReadAsync(s => s.Commands.ListAsync(_house.World.Device, 10))).ShouldHaveSingleItem().Source.ShouldBe("schedule");
    }

    [Fact]
    public async Task A_schedule_of_one_moment_is_never_due_again()
    {
        await _house.ConnectAsync(_house.World.Device, Lamp);
        var due = Now.AddSeconds(-1);
        var schedule = await AddAsync(new Recurrence.Once(due), due, Plan.Of(Step.Device(Lamp, On)));

        await _house.WorkAsync(_house.Runner());

        (await Schedules.FindAsync(_house.Owner, Family, schedule.Id, Cancel)).Value.NextDue.ShouldBeNull();
        (await Schedules.RunsAsync(_house.Owner, Family, schedule.Id, null, 10, Cancel)).Value.ShouldHaveSingleItem().State.ShouldBe(RunState.Done);
    }

    [Fact]
    public async Task Of_several_nodes_one_carries_out_each_due_time()
    {
        const int Count = 200;
        var channels = new List<ObedientChannel>();
        for (var i = 0; i < Count; i++)
        {
            var id = $"10000{i:D5}";
            if (id == Lamp) continue;
            var device = await _house.World.AddDeviceAsync(id);
            await _house.World.BindAsync(_house.World.Account, device);
            channels.Add(await _house.ConnectAsync(device, id));
            await DueAsync(TimeSpan.FromSeconds(1), Plan.Of(Step.Device(id, On)));
        }

        await Task.WhenAll(_house.WorkAsync(_house.Runner()), _house.WorkAsync(_house.Runner()), _house.WorkAsync(_house.Runner()));

        channels.ShouldAllBe(c => c.Sent.Count == 1);
        var runs = await _house.RunsAsync();
        runs.Count.ShouldBe(channels.Count);
        runs.ShouldAllBe(r => r.State == RunState.Done);
    }

    [Fact]
    public async Task A_due_time_that_comes_again_is_not_carried_out_again()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        var schedule = await DueAsync(TimeSpan.FromSeconds(1), Plan.Of(Step.Device(Lamp, On)));
        await _house.WorkAsync(_house.Runner());

        await _house.World.WriteAsync(async s =>
        {
            await s.Runs.AdvanceAsync(new Dictionary<long, DateTimeOffset?> { [schedule.No] = schedule.NextDue });
            return true;
        });
        await _house.WorkAsync(_house.Runner());

        lamp.Sent.Count.ShouldBe(1);
        (await _house.RunsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_node_was_taking_when_it_died_another_carries_out()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        await DieAsync(committed: false);
        (await _house.RunsAsync()).ShouldBeEmpty();

        await _house.WorkAsync(_house.Runner());

        lamp.Sent.ShouldBe([On]);
        (await _house.RunsAsync()).ShouldHaveSingleItem().State.ShouldBe(RunState.Done);
    }

    [Fact]
    public async Task What_a_node_had_begun_when_it_died_is_unknown_and_never_sent()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        await DieAsync(committed: true);

        await _house.WorkAsync(_house.Runner());
        await _house.WorkAsync(_house.Runner());

        lamp.Sent.ShouldBeEmpty();
        (await _house.RunsAsync()).ShouldHaveSingleItem().State.ShouldBe(RunState.Unknown);
    }

    [Fact]
    public async Task What_has_begun_cannot_begin_again()
    {
        var due = await DueAsync(TimeSpan.FromSeconds(1), Plan.Of(Step.Device(Lamp, On)));
        var run = RunOf((await _house.World.WriteAsync(s => s.Runs.ClaimSchedulesAsync(10))).ShouldHaveSingleItem());
        await _house.World.WriteAsync(async s => { await s.Runs.AddAsync([run]); return true; });

        (await _house.World.WriteAsync(s => s.Runs.AddBegunAsync([(run, TimeSpan.FromMinutes(1))]))).ShouldBeEmpty();
        (await _house.World.WriteAsync(async s =>
        {
            var taken = await s.Runs.ClaimAsync(10);
            await s.Runs.BeginAsync([.. taken.Select(r => (r.Run.No, TimeSpan.FromMinutes(1)))]);
            return taken;
        })).ShouldHaveSingleItem().Run.Ref.ShouldBe(due.No);
        (await _house.World.WriteAsync(s => s.Runs.ClaimAsync(10))).ShouldBeEmpty();
        (await _house.RunsAsync()).ShouldHaveSingleItem().State.ShouldBe(RunState.Sent);
    }

    [Fact]
    public async Task A_run_to_which_its_node_does_not_come_in_time_is_not_sent()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        await DueAsync(TimeSpan.FromSeconds(1), Plan.Of(Step.Device(Lamp, On)));

        await _house.WorkAsync(_house.Runner(new RunSettings { Begun = TimeSpan.Zero, PerStep = TimeSpan.Zero }));

        lamp.Sent.ShouldBeEmpty();
        var run = (await _house.RunsAsync()).ShouldHaveSingleItem();
        run.State.ShouldBe(RunState.Failed);
        run.Results().ShouldHaveSingleItem().Fault.ShouldBe(FaultKind.Undelivered);
    }

    [Fact]
    public async Task A_schedule_that_cannot_be_read_holds_up_no_other()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        var lost = await AddAsync(Daily.ToJson(), Now.AddSeconds(-3), "[]");
        var last = await AddAsync("[]", Now.AddSeconds(-2), Plan.Of(Step.Device(Lamp, """{"n":1}""")).ToJson());
        await DueAsync(TimeSpan.FromSeconds(1), Plan.Of(Step.Device(Lamp, """{"n":2}""")));

        await _house.WorkAsync(_house.Runner());

        lamp.Sent.ShouldBe(["""{"n":1}""", """{"n":2}"""]);
        (await _house.RunsAsync()).Single(r => r.Schedule == lost.No).Results().ShouldHaveSingleItem().Fault.ShouldBe(FaultKind.Invalid);
        (await Schedules.FindAsync(_house.Owner, Family, last.Id, Cancel)).Value.NextDue.ShouldBeNull();
        (await Schedules.FindAsync(_house.Owner, Family, lost.Id, Cancel)).Value.NextDue.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_a_person_asks_for_is_done_in_the_middle_of_a_storm_of_schedules()
    {
        const int Storm = 100;
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        for (var i = 0; i < Storm; i++) await DueAsync(TimeSpan.FromMinutes(2), Plan.Of(Step.Device("1000000009", On)));
        await _house.World.WriteAsync(async s =>
        {
            await s.Runs.AddAsync([new Run { Kind = RunKind.Scene, Ref = 1, Due = Now.AddSeconds(-1), Task = 1, Account = _house.World.Account, App = "app", Plan = Plan.Of(Step.Device(Lamp, On)).ToJson() }]);
            return true;
        });

        (await _house.Runner(new RunSettings { AtOnce = 8 }).WorkAsync(Cancel)).ShouldBe(8);

        await Eventually.HoldsAsync(() => Task.FromResult(lamp.Sent.Count == 1));
    }

    [Fact]
    public async Task Of_an_account_that_is_closed_nothing_that_waits_is_done()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        await DueAsync(TimeSpan.FromSeconds(1), Plan.Of(Step.Device(Lamp, On)));
        await _house.World.WriteAsync(async s =>
        {
            var now = await s.Runs.NowAsync();
            await s.Runs.AddAsync([new Run { Kind = RunKind.Scene, Ref = 1, Due = now.AddSeconds(-1), Task = 1, Account = _house.World.Account, App = "app", Plan = Plan.Of(Step.Device(Lamp, On)).ToJson() }]);
            await s.Accounts.CloseAsync(_house.World.Account, now);
            return true;
        });

        await _house.WorkAsync(_house.Runner());

        lamp.Sent.ShouldBeEmpty();
        var runs = await _house.RunsAsync();
        runs.Select(r => r.Kind).ShouldBe([RunKind.Schedule, RunKind.Scene], ignoreOrder: true);
        runs.ShouldAllBe(r => r.State == RunState.Failed && r.Results()[0].Fault == FaultKind.NotVisible);
    }

    [Fact]
    public async Task A_guest_whose_share_has_ended_switches_nothing_by_a_schedule()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        var account = (await _house.World.AddAccountAsync("guest@example.com"))!.Value;
        await _house.World.BindAsync(account, _house.World.Device, Role.Guest);
        var guest = await _house.PrincipalAsync(account);
        var schedule = (await Schedules.CreateAsync(guest, new NewSchedule(Family, Daily, Plan.Of(Step.Device(Lamp, On))), Cancel)).Value;

        // The row alone: what else ends with a right is left out, as if it had been missed.
        await _house.World.WriteAsync(s => s.Bindings.RemoveAsync(account, _house.World.Device));
        await SetDueAsync(schedule.No);
        await _house.WorkAsync(_house.Runner());

        lamp.Sent.ShouldBeEmpty();
        var run = (await Schedules.RunsAsync(guest, Family, schedule.Id, null, 10, Cancel)).Value.ShouldHaveSingleItem();
        run.State.ShouldBe(RunState.Failed);
        run.Results().ShouldHaveSingleItem().Fault.ShouldBe(FaultKind.NotVisible);
    }

    [Fact]
    public async Task Who_loses_a_device_loses_the_schedules_that_were_only_for_it()
    {
        var other = await _house.World.AddDeviceAsync("1000000002");
        await _house.World.BindAsync(_house.World.Account, other);
        var alone = await CreateAsync(Plan.Of(Step.Device(Lamp, On)));
        var both = await CreateAsync(Plan.Of(Step.Device(Lamp, On), Step.Device("1000000002", On)));

        await _house.World.WriteAsync(s => _house.Service<BindingService>().EndAsync(s, _house.World.Device, _house.World.Account, EndReason.Unbound));

        var listed = (await Schedules.ListAsync(_house.Owner, Family, null, 0, 10, Cancel)).Value.ToDictionary(s => s.Id);
        (listed[alone.Id].Valid, listed[alone.Id].NextDue).ShouldBe((false, null));
        (listed[both.Id].Valid, listed[both.Id].NextDue).ShouldBe((true, both.NextDue));
    }

    [Fact]
    public async Task What_fell_due_while_nothing_ran_is_carried_out_once_when_it_is_not_old()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        var due = Now.AddMinutes(-5);
        var schedule = await AddAsync(new Recurrence.Every(due, TimeSpan.FromMinutes(1)), due, Plan.Of(Step.Device(Lamp, On)));

        await _house.WorkAsync(_house.Runner());

        lamp.Sent.Count.ShouldBe(1);
        (await Schedules.FindAsync(_house.Owner, Family, schedule.Id, Cancel)).Value.NextDue.ShouldNotBeNull().ShouldBeGreaterThan(Now.AddSeconds(-1));
    }

    [Fact]
    public async Task What_fell_due_long_ago_is_recorded_as_missed_and_not_carried_out()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        await DueAsync(TimeSpan.FromMinutes(11), Plan.Of(Step.Device(Lamp, On)));

        await _house.WorkAsync(_house.Runner());

        lamp.Sent.ShouldBeEmpty();
        var run = (await _house.RunsAsync()).ShouldHaveSingleItem();
        (run.State, run.SentAt).ShouldBe((RunState.Failed, null));
        run.Results().ShouldHaveSingleItem().Fault.ShouldBe(FaultKind.Unavailable);
    }

    [Fact]
    public async Task Two_due_times_of_a_device_that_were_missed_are_carried_out_in_their_order()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        await DueAsync(TimeSpan.FromMinutes(1), Plan.Of(Step.Device(Lamp, """{"n":3}""")));
        await DueAsync(TimeSpan.FromMinutes(3), Plan.Of(Step.Device(Lamp, """{"n":1}""")));
        await DueAsync(TimeSpan.FromMinutes(2), Plan.Of(Step.Device(Lamp, """{"n":2}""")));

        await _house.WorkAsync(_house.Runner());

        lamp.Sent.ShouldBe(["""{"n":1}""", """{"n":2}""", """{"n":3}"""]);
    }

    [Theory]
    [InlineData(null, FaultKind.Offline, RunState.Failed)]
    [InlineData("400", FaultKind.Rejected, RunState.Failed)]
    [InlineData("silent", FaultKind.NoAnswer, RunState.Unknown)]
    public async Task The_log_says_why_a_run_did_not_do_what_it_should(string? refusal, FaultKind fault, RunState state)
    {
        if (refusal is not null) (await _house.ConnectAsync(_house.World.Device, Lamp)).Refusal = refusal;
        await DueAsync(TimeSpan.FromSeconds(1), Plan.Of(Step.Device(Lamp, On)));

        await _house.WorkAsync(_house.Runner());

        var run = (await _house.RunsAsync()).ShouldHaveSingleItem();
        run.State.ShouldBe(state);
        var result = run.Results().ShouldHaveSingleItem();
        (result.Fault, result.Id).ShouldBe((fault, Lamp));
        if (refusal == "400") result.Reason!.ShouldContain("400");
    }

    [Fact]
    public async Task Steps_after_a_wait_are_a_run_of_their_own_that_any_node_carries_out()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        await DueAsync(TimeSpan.FromSeconds(1), Plan.Of(Step.Device(Lamp, On), Step.Delay(0), Step.Device(Lamp, """{"switch":"off"}"""), Step.Delay(3_600), Step.Device(Lamp, On)));

        await _house.WorkAsync(_house.Runner());
        await _house.WorkAsync(_house.Runner());

        lamp.Sent.ShouldBe([On, """{"switch":"off"}"""]);
        var runs = await _house.RunsAsync();
        runs.Select(r => r.State).ShouldBe([RunState.Done, RunState.Done, RunState.Pending]);
        runs.Select(r => r.Task).Distinct().Count().ShouldBe(1);
        runs[^1].Due.ShouldBeGreaterThan(Now.AddMinutes(59));
    }

    [Fact]
    public async Task A_branch_that_stops_at_a_failure_goes_no_further_and_others_do()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        await _house.World.BindAsync(_house.World.Account, await _house.World.AddDeviceAsync("1000000002"));
        var plan = new Plan([[Step.Device("1000000002", On), Step.Device(Lamp, """{"n":1}""")], [Step.Device(Lamp, """{"n":2}""")]]);

        await DueAsync(TimeSpan.FromSeconds(1), plan with { StopsAtFailure = true });
        await _house.WorkAsync(_house.Runner());
        lamp.Sent.ShouldBe(["""{"n":2}"""]);

        await DueAsync(TimeSpan.FromSeconds(1), plan);
        await _house.WorkAsync(_house.Runner());
        lamp.Sent.Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_failed_is_tried_again_a_minute_later_and_what_was_not_answered_is_not()
    {
        await _house.ConnectAsync(_house.World.Device, Lamp);
        var silent = await _house.World.AddDeviceAsync("1000000002");
        await _house.World.BindAsync(_house.World.Account, silent);
        await _house.World.BindAsync(_house.World.Account, await _house.World.AddDeviceAsync("1000000003"));
        (await _house.ConnectAsync(silent, "1000000002")).Refusal = "silent";
        var steps = Plan.Of(Step.Device(Lamp, On), Step.Device("1000000002", On), Step.Device("1000000003", On));
        await DueAsync(TimeSpan.FromSeconds(1), steps with { Retry = new Retry(2, All: false) });
        await DueAsync(TimeSpan.FromSeconds(1), steps with { Retry = new Retry(1, All: true) });

        await _house.WorkAsync(_house.Runner());

        var again = (await _house.RunsAsync()).Where(r => r.State == RunState.Pending).Select(r => Plan.Parse(r.Plan)).ToList();
        again.ShouldContain(p => p.Retry!.Count == 1 && p.Steps.Single().Id == "1000000003");
        again.ShouldContain(p => p.Retry!.Count == 0 && p.Steps.Select(s => s.Id).Order().SequenceEqual(new[] { Lamp, "1000000003" }));
        again.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_schedule_of_a_group_switches_the_members_of_the_moment()
    {
        var lamp = await _house.ConnectAsync(_house.World.Device, Lamp);
        var other = await _house.World.AddDeviceAsync("1000000002");
        await _house.World.BindAsync(_house.World.Account, other);
        var second = await _house.ConnectAsync(other, "1000000002");
        var group = (await _house.Service<GroupService>().CreateAsync(_house.Owner, new NewGroup("Both", Lamp, ["1000000002"], null, 10), Cancel)).Value;
        var schedule = await CreateAsync(Plan.Of(Step.Group(group.Id, On)));
        await SetDueAsync(schedule.No);

        await _house.WorkAsync(_house.Runner());

        (lamp.Sent.Count, second.Sent.Count).ShouldBe((1, 1));
        (await Schedules.ListAsync(_house.Owner, Family, new ScheduleFilter(StepKind.Group, group.Id), 0, 10, Cancel)).Value.ShouldHaveSingleItem().Id.ShouldBe(schedule.Id);
    }

    [Fact]
    public async Task Schedules_are_listed_page_by_page_by_what_they_are_for_and_in_their_own_family()
    {
        await _house.World.BindAsync(_house.World.Account, await _house.World.AddDeviceAsync("1000000002"));
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add((await CreateAsync(Plan.Of(Step.Device(Lamp, On)))).Id);
        var other = await CreateAsync(Plan.Of(Step.Device("1000000002", On)));

        (await IdsAsync(new ScheduleFilter(StepKind.Device, Lamp), 0, 3)).ShouldBe(ids.Take(3));
        (await IdsAsync(new ScheduleFilter(StepKind.Device, Lamp), 3, 3)).ShouldBe(ids.Skip(3));
        (await IdsAsync(null, 4, 10)).ShouldBe([ids[4], other.Id]);
        (await Schedules.ListAsync(_house.Owner, "another", null, 0, 10, Cancel)).Value.ShouldBeEmpty();
        (await Schedules.FindAsync(_house.Owner, "another", other.Id, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
    }

    [Fact]
    public async Task To_a_stranger_a_schedule_does_not_exist()
    {
        var schedule = await CreateAsync(Plan.Of(Step.Device(Lamp, On)));
        var stranger = await _house.PrincipalAsync((await _house.World.AddAccountAsync("stranger@example.com"))!.Value);

        (await Schedules.CreateAsync(stranger, new NewSchedule(Family, Daily, Plan.Of(Step.Device(Lamp, On))), Cancel)).Fault.ShouldBe(Fault.NotVisible("device"));
        (await Schedules.ChangeAsync(stranger, schedule.Id, new NewSchedule(Family, Daily, Plan.Of(Step.Delay(1))), Cancel)).Fault.ShouldBe(Fault.NotVisible("schedule"));
        (await Schedules.DeleteAsync(stranger, Family, schedule.Id, Cancel)).Fault.ShouldBe(Fault.NotVisible("schedule"));
        (await Schedules.FindAsync(stranger, Family, schedule.Id, Cancel)).Fault.ShouldBe(Fault.NotVisible("schedule"));
        (await Schedules.RunsAsync(stranger, Family, schedule.Id, null, 10, Cancel)).Fault.ShouldBe(Fault.NotVisible("schedule"));
        (await Schedules.ListAsync(stranger, Family, new ScheduleFilter(StepKind.Device, Lamp), 0, 10, Cancel)).Fault.ShouldBe(Fault.NotVisible("device"));
        (await Schedules.ListAsync(stranger, Family, null, 0, 10, Cancel)).Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_changed_schedule_is_due_by_what_it_says_now_and_a_switched_off_one_never()
    {
        var schedule = await CreateAsync(Plan.Of(Step.Device(Lamp, On)));
        var wanted = new NewSchedule(Family, CronText.Daily(new TimeOnly(2, 30)), Plan.Of(Step.Device(Lamp, On))) { Zone = "Europe/Berlin", Original = """{"a":1}""" };

        var changed = (await Schedules.ChangeAsync(_house.Owner, schedule.Id, wanted, Cancel)).Value;
        (changed.No, changed.Id, changed.Created, changed.Original).ShouldBe((schedule.No, schedule.Id, schedule.Created, wanted.Original));
        WallClock.Of("Europe/Berlin")!.Read(changed.NextDue!.Value).TimeOfDay.ShouldBe(new TimeSpan(2, 30, 0));

        (await Schedules.ChangeAsync(_house.Owner, schedule.Id, wanted with { Enabled = false }, Cancel)).Value.NextDue.ShouldBeNull();
        (await Schedules.DeleteAsync(_house.Owner, Family, schedule.Id, Cancel)).IsOk.ShouldBeTrue();
        (await Schedules.DeleteAsync(_house.Owner, Family, schedule.Id, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_the_field_and_changes_nothing()
    {
        var plan = Plan.Of(Step.Device(Lamp, On));
        async Task<string?> RefusedAsync(NewSchedule wanted) => (await Schedules.CreateAsync(_house.Owner, wanted, Cancel)).Fault?.Field;

        (await RefusedAsync(new NewSchedule(Family, Daily, plan) { Zone = "Europe/Nowhere" })).ShouldBe("zone");
        (await RefusedAsync(new NewSchedule(Family, new Recurrence.Cron("x"), plan))).ShouldBe("cron");
        (await RefusedAsync(new NewSchedule(Family, new Recurrence.Every(default, TimeSpan.Zero), plan))).ShouldBe("period");
        (await RefusedAsync(new NewSchedule(Family, Daily, Plan.Of()))).ShouldBe("plan");
        (await RefusedAsync(new NewSchedule(Family, Daily, Plan.Of(Step.Delay(-1))))).ShouldBe("delay");
        (await RefusedAsync(new NewSchedule(Family, Daily, Plan.Of(Step.Device(Lamp, "{"))))).ShouldBe("body");
        (await RefusedAsync(new NewSchedule(Family, Daily, plan with { Retry = new Retry(61, All: true) }))).ShouldBe("retry");
        (await Schedules.ListAsync(_house.Owner, Family, null, 0, 10, Cancel)).Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ended_runs_go_when_their_retention_ends_and_waiting_ones_stay()
    {
        await _house.ConnectAsync(_house.World.Device, Lamp);
        await DueAsync(TimeSpan.FromSeconds(1), Plan.Of(Step.Device(Lamp, On), Step.Delay(3_600), Step.Device(Lamp, On)));
        await _house.WorkAsync(_house.Runner());

        (await _house.World.WriteAsync(s => s.Runs.PurgeAsync(Now.AddDays(1), 10))).ShouldBe(1);

        (await _house.RunsAsync()).ShouldHaveSingleItem().State.ShouldBe(RunState.Pending);
    }

    private async Task<List<string>> IdsAsync(ScheduleFilter? filter, int skip, int limit) =>
        [.. (await Schedules.ListAsync(_house.Owner, Family, filter, skip, limit, Cancel)).Value.Select(s => s.Id)];

    private async Task<Schedule> CreateAsync(Plan plan) => (await Schedules.CreateAsync(_house.Owner, new NewSchedule(Family, Daily, plan), Cancel)).Value;

    private Task<Schedule> DueAsync(TimeSpan ago, Plan plan) => AddAsync(Daily, Now - ago, plan);

    private Task<Schedule> AddAsync(Recurrence recurrence, DateTimeOffset due, Plan plan) => AddAsync(recurrence.ToJson(), due, plan.ToJson());

    // As if it had been made long ago.
    private async Task<Schedule> AddAsync(string recurrence, DateTimeOffset due, string plan)
    {
        var schedule = new Schedule
        {
            Id = Ids.Hex24(), Account = _house.World.Account, App = "app", Family = Family, Recurrence = recurrence, Plan = plan, Created = due, Updated = due, NextDue = due,
        };
        return await _house.World.WriteAsync(async s =>
        {
            await s.Schedules.AddAsync(schedule, []);
            return (await s.Schedules.FindAsync(_house.World.Account, Family, schedule.Id))!;
        });
    }

    private Task<bool> SetDueAsync(long schedule) => _house.World.WriteAsync(async s =>
    {
        await s.Runs.AdvanceAsync(new Dictionary<long, DateTimeOffset?> { [schedule] = Now.AddSeconds(-1) });
        return true;
    });

    // What a node has written that was killed before, or after, the end of the transaction in which it took what was due.
    private async Task DieAsync(bool committed)
    {
        await DueAsync(TimeSpan.FromSeconds(1), Plan.Of(Step.Device(Lamp, On)));
        var died = await _house.World.Database.WriteAsync<bool>(
            async s =>
            {
                var due = await s.Runs.ClaimSchedulesAsync(10);
                (await s.Runs.AddBegunAsync([(RunOf(due[0]), TimeSpan.Zero)])).Count.ShouldBe(1);
                await s.Runs.AdvanceAsync(new Dictionary<long, DateTimeOffset?> { [due[0].No] = null });
                return committed ? true : Fault.NotVisible("node");
            },
            Cancel);
        died.IsOk.ShouldBe(committed);
    }

    private static Run RunOf(DueSchedule due) => new()
    {
        Kind = RunKind.Schedule, Ref = due.No, Due = due.NextDue, Task = 1, Schedule = due.No, Account = due.Account, App = due.App, Plan = due.Plan,
    };
}

public sealed class SchedulesOnSqlite : ScheduleContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override Task<DatabaseSettings> SettingsAsync() => Task.FromResult(new DatabaseSettings { SqlitePath = Path.Combine(_folder, "irori.db") });
}

public sealed class SchedulesOnPostgres : ScheduleContract
{
    protected override Task<DatabaseSettings> SettingsAsync() => Postgres.NewDatabaseAsync();
}
