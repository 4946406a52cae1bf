using Irori.Core.Commands;
using Irori.Core.History;
using Irori.Core.Outbox;
using Irori.Core.States;
using Irori.Storage;
using Shouldly;

namespace Irori.Tests.Storage;

/// <summary>What both engines must hold about a device's state and history.</summary>
public abstract class StateContract
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    protected abstract Task<DatabaseSettings> SettingsAsync();

    private async Task<World> WorldAsync() => await World.CreateAsync(await SettingsAsync());

    [Fact]
    public async Task A_report_is_merged_into_the_state_and_every_value_becomes_a_point()
    {
        await using var world = await WorldAsync();
        var epoch = await world.OpenLinkAsync();

        (await world.ReportAsync(epoch, 1, ("switch", "\"off\""), ("power", "12"))).Version.ShouldBe(1);
        var told = await world.ReportAsync(epoch, 2, ("switch", "\"on\""));

        told.Outcome.ShouldBe(StateOutcome.Accepted);
        told.Changed.Keys.ShouldBe(["switch"]);
        var device = await world.ReadAsync(s => s.Bindings.FindVisibleAsync(world.Account, world.App, "1000000001"));
        var values = StateText.ReadValues(device!.Values);
        values["switch"].Json.ShouldBe("\"on\"");
        values["power"].Json.ShouldBe("12");
        (await world.PointsAsync("switch")).Select(p => p.Value).ShouldBe(["\"off\"", "\"on\""]);
    }

    [Fact]
    public async Task What_somebody_wishes_to_be_told_waits_in_the_outbox_with_its_change_and_nothing_else_does()
    {
        await using var world = await WorldAsync();
        var epoch = await world.OpenLinkAsync();
        var alarms = new Dictionary<string, string> { ["smoke"] = "1" };
        await WishAsync(Wishes.None);
        (await WriteAsync(epoch, "0", operated: true)).Follows.ShouldBeFalse();
        (await WriteAsync(epoch, "1", operated: true)).Follows.ShouldBeFalse();
        (await RowsAsync()).ShouldBeEmpty();

        await WishAsync(Wishes.Operated | Wishes.Alarms);
        (await WriteAsync(epoch, "1", operated: true)).Follows.ShouldBeTrue();
        (await WriteAsync(epoch, "1", operated: false)).Follows.ShouldBeFalse("it is the same alarm");
        (await WriteAsync(epoch, "0", operated: false)).Follows.ShouldBeFalse();
        (await WriteAsync(epoch, "1", operated: false)).Follows.ShouldBeTrue();
        (await WriteAsync(epoch - 1, "1", operated: true)).Outcome.ShouldBe(StateOutcome.Superseded);
        await world.WriteAsync(async s =>
        {
            await s.Links.AddPresenceAsync(world.Device, Irori.Core.Links.PresenceKind.Offline, null, epoch, "gone", TimeProvider.System.GetUtcNow());
            return true;
        });

        var rows = await RowsAsync();
        rows.Select(r => (r.Device, r.Kind, r.Account, r.Body)).ShouldBe([(world.Device, Happening.Operated, "ann", "{\"x\":1}"), (world.Device, Happening.Alarmed, null, "{\"smoke\":1}")]);
        await WishAsync(Wishes.Presence);
        await world.WriteAsync(async s =>
        {
            await s.Links.AddPresenceAsync(world.Device, Irori.Core.Links.PresenceKind.Offline, null, epoch, "gone", TimeProvider.System.GetUtcNow());
            await s.Links.AddPresenceAsync(world.Device, Irori.Core.Links.PresenceKind.ReOnline, null, epoch, "back", TimeProvider.System.GetUtcNow());
            await s.Outbox.RemoveAsync([.. rows.Select(r => r.No)]);
            return true;
        });
        (await RowsAsync()).ShouldHaveSingleItem().Kind.ShouldBe(Happening.Offline);

        Task<bool> WishAsync(Wishes wishes) => world.WriteAsync(async s =>
        {
            await s.Bindings.SetSettingsAsync(world.Account, world.Device, "{}", wishes);
            return true;
        });

        async Task<StateWritten> WriteAsync(long at, string smoke, bool operated) => (await world.Database.WriteStateAsync(
            world.Write(at, null, ("smoke", smoke)) with { Alarms = alarms, Operation = operated ? new Operation(TimeProvider.System.GetUtcNow(), "ann", "{\"x\":1}") : null }, Cancel)).Value;

        Task<List<OutboxRow>> RowsAsync() => world.ReadAsync(async s =>
        {
            var all = new List<OutboxRow>();
            foreach (var lane in await s.Outbox.WaitingAsync()) all.AddRange(await s.Outbox.ListAsync(lane, 100));
            return all;
        });
    }

    [Fact]
    public async Task A_report_by_an_older_link_is_refused_and_changes_nothing()
    {
        await using var world = await WorldAsync();
        var old = await world.OpenLinkAsync();
        var fresh = await world.OpenLinkAsync("n2");
        await world.ReportAsync(fresh, 1, ("switch", "\"on\""));

        (await world.ReportAsync(old, 2, ("switch", "\"off\""))).Outcome.ShouldBe(StateOutcome.Superseded);

        (await world.PointsAsync("switch")).Select(p => p.Value).ShouldBe(["\"on\""]);
    }

    [Fact]
    public async Task A_report_that_is_repeated_after_a_lost_acknowledgement_is_in_the_history_once()
    {
        await using var world = await WorldAsync();
        await world.ReportAsync(await world.OpenLinkAsync(), 7, ("power", "5"));

        (await world.ReportAsync(await world.OpenLinkAsync(), 7, ("power", "5"))).Outcome.ShouldBe(StateOutcome.Repeated);

        (await world.PointsAsync("power")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_value_with_an_older_source_time_goes_to_the_history_and_does_not_overwrite()
    {
        await using var world = await WorldAsync();
        var epoch = await world.OpenLinkAsync();
        await world.ReportAsync(epoch, 1, ("power", "5"));
        var late = world.Write(epoch, 2) with { Readings = [new Reading("power", "1", SourceTime: 1_000)] };

        (await world.Database.WriteStateAsync(late, Cancel)).Value.Changed.ShouldBeEmpty();

        var device = await world.ReadAsync(s => s.Bindings.FindVisibleAsync(world.Account, world.App, "1000000001"));
        StateText.ReadValues(device!.Values)["power"].Json.ShouldBe("5");
        (await world.PointsAsync("power")).Select(p => (p.Value, p.SourceTime == 1_000)).ShouldBe([("5", false), ("1", true)]);
    }

    [Fact]
    public async Task A_state_that_would_outgrow_its_bounds_is_refused_whole()
    {
        await using var world = await WorldAsync();
        var epoch = await world.OpenLinkAsync();
        var big = '"' + new string('x', DeviceState.MaxSize) + '"';

        (await world.ReportAsync(epoch, 1, ("a", "1"), ("b", big))).Outcome.ShouldBe(StateOutcome.TooLarge);

        (await world.PointsAsync("a")).ShouldBeEmpty();
        (await world.ReportAsync(epoch, 2, ("a", "1"))).Version.ShouldBe(1);
    }

    [Fact]
    public async Task Entries_of_a_keyed_array_are_merged_by_their_key()
    {
        await using var world = await WorldAsync();
        var epoch = await world.OpenLinkAsync();
        var keys = new Dictionary<string, string>(StringComparer.Ordinal) { ["switches"] = "outlet" };
        var first = world.Write(epoch, 1, ("switches", """[{"outlet":0,"switch":"off"},{"outlet":1,"switch":"off"}]""")) with { MergeKeys = keys };
        var second = world.Write(epoch, 2, ("switches", """[{"outlet":1,"switch":"on"}]""")) with { MergeKeys = keys };
        await world.Database.WriteStateAsync(first, Cancel);

        var told = (await world.Database.WriteStateAsync(second, Cancel)).Value;

        told.Changed["switches"].Json.ShouldBe("""[{"outlet":0,"switch":"off"},{"outlet":1,"switch":"on"}]""");
    }

    [Fact]
    public async Task Many_reports_at_once_are_all_in_order_and_none_is_lost()
    {
        await using var world = await WorldAsync();
        var epoch = await world.OpenLinkAsync();

        var told = await Task.WhenAll(Enumerable.Range(1, 500).Select(i => world.ReportAsync(epoch, i, ("n", $"{i}"))));

        told.Select(t => t.Version).ShouldBe(Enumerable.Range(1, 500).Select(i => (long)i));
        (await world.PointsAsync("n")).Select(p => p.Value).ShouldBe(Enumerable.Range(1, 500).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_change_that_fails_takes_no_other_change_of_its_batch_along()
    {
        await using var world = await WorldAsync();
        var epoch = await world.OpenLinkAsync();
        var work = Enumerable.Range(1, 50).Select(async i =>
        {
            if (i % 10 != 0) return (await world.ReportAsync(epoch, i, ("n", $"{i}"))).Outcome == StateOutcome.Accepted;
            var failing = world.Database.GroupWriteAsync<bool>(world.Device, _ => throw new InvalidOperationException("by the test"), Cancel);
            await Should.ThrowAsync<InvalidOperationException>(failing);
            return false;
        });

        (await Task.WhenAll(work)).Count(ok => ok).ShouldBe(45);

        (await world.PointsAsync("n")).Count.ShouldBe(45);
    }

    [Fact]
    public async Task A_late_answer_corrects_an_unknown_outcome_and_nothing_else()
    {
        await using var world = await WorldAsync();
        var now = TimeProvider.System.GetUtcNow();
        var command = new DeviceCommand
        {
            Id = 42, Device = world.Device, Body = "{}", Account = "a", App = "app", Created = now, Deadline = now, Expires = 0,
        };
        async Task<CommandRecord> RecordAsync(CommandOutcome outcome)
        {
            await world.Database.WriteStateAsync(world.Write(null, null) with { Command = command.Record(outcome, now, now, null) }, Cancel);
            return (await world.ReadAsync(s => s.Commands.ListAsync(world.Device, 10))).ShouldHaveSingleItem();
        }

        (await RecordAsync(CommandOutcome.Unknown)).Outcome.ShouldBe(CommandOutcome.Unknown);
        (await RecordAsync(CommandOutcome.Acknowledged)).Outcome.ShouldBe(CommandOutcome.Acknowledged);
        (await RecordAsync(CommandOutcome.Unknown)).Outcome.ShouldBe(CommandOutcome.Acknowledged);
    }

    [Fact]
    public async Task Frames_are_kept_with_the_change_that_they_carried()
    {
        await using var world = await WorldAsync();
        var epoch = await world.OpenLinkAsync();
        var frame = new Frame { At = TimeProvider.System.GetUtcNow(), Direction = FrameDirection.Out, Ip = "::1", Account = "a", App = "app", Bytes = [1, 2, 0, 255] };

        await world.Database.WriteStateAsync(world.Write(epoch, 1, ("a", "1")) with { Frames = [frame] }, Cancel);
        await world.Database.WriteStateAsync(world.Write(epoch, 1, ("a", "1")) with { Frames = [frame] }, Cancel);

        var kept = (await world.ReadAsync(s => s.History.FramesAsync(world.Device, 10))).ShouldHaveSingleItem();
        kept.Bytes.ShouldBe(frame.Bytes);
        kept.Direction.ShouldBe(FrameDirection.Out);
    }

    [Fact]
    public async Task What_arrives_after_the_clock_has_stepped_back_is_newer_all_the_same()
    {
        await using var world = await WorldAsync();
        var epoch = await world.OpenLinkAsync();
        await world.ReportAsync(epoch, 1, ("switch", "\"off\""));
        var earlier = world.Write(epoch, 2, ("switch", "\"on\""));

        await world.Database.WriteStateAsync(earlier with { Arrival = earlier.Arrival - 3_600_000 }, Cancel);

        var device = await world.ReadAsync(s => s.Bindings.FindVisibleAsync(world.Account, world.App, "1000000001"));
        StateText.ReadValues(device!.Values)["switch"].Json.ShouldBe("\"on\"");
    }

    [Fact]
    public async Task Changes_of_a_device_are_told_in_the_order_of_their_commits()
    {
        await using var world = await WorldAsync();
        var epoch = await world.OpenLinkAsync();
        var told = new List<long>();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(n => world.Database.WriteStateAsync(
            world.Write(epoch, null, ("n", $"{n}")) with { Committed = state => told.Add(state.Version) }, Cancel)));

        told.ShouldBe(Enumerable.Range(1, 200).Select(v => (long)v));
    }

    [Fact]
    public async Task The_writer_is_durable()
    {
        await using var world = await WorldAsync();

        var settings = await world.Database.ReadDurabilityAsync(Cancel);

        Dictionary<string, string> sqlite = new(StringComparer.Ordinal) { ["journal_mode"] = "wal", ["synchronous"] = "full" };
        Dictionary<string, string> postgres = new(StringComparer.Ordinal) { ["fsync"] = "on", ["full_page_writes"] = "on", ["synchronous_commit"] = "on" };
        settings.ShouldBe((await SettingsAsync()).Engine == DatabaseEngine.Sqlite ? sqlite : postgres, ignoreOrder: true);
    }
}
