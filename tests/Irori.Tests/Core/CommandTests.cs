using Irori.Bus;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.Links;
using Irori.Core.Outbox;
using Irori.Core.States;
using Irori.Storage;
using Irori.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Irori.Tests.Core;

/// <summary>The path of a command from Core's door to the link and back.</summary>
public sealed class CommandTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("irori-test-").FullName;
    private readonly InProcessBus _bus = new();
    private readonly StorageGate _gate = new();
    private readonly SteppingTime _time = new();
    private World _world = null!;
    private LinkService _links = null!;
    private CommandService _commands = null!;
    private Principal _owner = null!;
    private long _life;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.CreateAsync(new DatabaseSettings { SqlitePath = Path.Combine(_folder, "irori.db") });
        _life = await _world.WriteAsync(s => s.Links.StartNodeAsync("n1", "1", TimeSpan.FromMinutes(5)));
        var settings = new LinkSettings { OfflineGrace = TimeSpan.Zero };
        _links = new LinkService(_world.Database, _bus, _gate, new OutboxSignal(), new NodeIdentity("n1", _life), settings, _time, NullLogger<LinkService>.Instance);
        _commands = new CommandService(_world.Database, _bus, _time, NullLogger<CommandService>.Instance);
        _owner = await PrincipalAsync(_world.Account);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_acknowledged_command_is_in_the_state_when_the_caller_hears_of_it()
    {
        var channel = new FakeChannel();
        var link = await OpenAsync(channel);
        var sending = _commands.SendAsync(_owner, "1000000001", """{"switch":"on"}""", Patient, Cancel);

        link.Answer(await channel.FirstSent.Task, accepted: true, null, null, default).ShouldBeTrue();

        (await sending).Value.Outcome.ShouldBe(CommandOutcome.Acknowledged);
        (await StateAsync())["switch"].Json.ShouldBe("\"on\"");
        (await RecordAsync()).Outcome.ShouldBe(CommandOutcome.Acknowledged);
        (await RecordAsync()).SentAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_refused_command_changes_no_state_and_tells_the_devices_code()
    {
        var channel = new FakeChannel();
        var link = await OpenAsync(channel);
        var sending = _commands.SendAsync(_owner, "1000000001", """{"switch":"on"}""", Patient, Cancel);

        link.Answer(await channel.FirstSent.Task, accepted: false, "400", null, default);

        var fault = (await sending).Fault!;
        (fault.Kind, fault.Detail).ShouldBe((FaultKind.Rejected, "400"));
        (await StateAsync()).ShouldBeEmpty();
        (await RecordAsync()).Answer.ShouldBe("400");
    }

    [Fact]
    public async Task A_silent_device_ends_the_command_as_unknown_and_a_late_answer_corrects_the_record()
    {
        var channel = new FakeChannel();
        var link = await OpenAsync(channel);

        (await _commands.SendAsync(_owner, "1000000001", """{"switch":"on"}""", Soon, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NoAnswer);

        (await RecordAsync()).Outcome.ShouldBe(CommandOutcome.Unknown);
        var changed = NextState();
        link.Answer(await channel.FirstSent.Task, accepted: true, null, null, default).ShouldBeTrue();
        await changed;
        (await StateAsync())["switch"].Json.ShouldBe("\"on\"");
        (await RecordAsync()).Outcome.ShouldBe(CommandOutcome.Acknowledged);
        channel.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_device_without_a_link_is_offline_at_once()
    {
        (await _commands.SendAsync(_owner, "1000000001", "{}", Patient, Cancel)).Fault!.Kind.ShouldBe(FaultKind.Offline);

        (await RecordAsync()).Outcome.ShouldBe(CommandOutcome.Offline);
    }

    [Fact]
    public async Task A_device_whose_link_has_closed_is_offline_at_once()
    {
        var link = await OpenAsync(new FakeChannel());
        await _links.CloseAsync(link, "gone");

        (await _commands.SendAsync(_owner, "1000000001", "{}", Patient, Cancel)).Fault!.Kind.ShouldBe(FaultKind.Offline);
    }

    [Fact]
    public async Task A_connection_that_breaks_while_sending_means_undelivered()
    {
        await OpenAsync(new FakeChannel { Broken = true });

        (await _commands.SendAsync(_owner, "1000000001", "{}", Patient, Cancel)).Fault!.Kind.ShouldBe(FaultKind.Undelivered);
    }

    [Fact]
    public async Task A_connection_that_closes_after_sending_means_unknown_and_nothing_is_sent_again()
    {
        var channel = new FakeChannel();
        var link = await OpenAsync(channel);
        var sending = _commands.SendAsync(_owner, "1000000001", "{}", Patient, Cancel);
        await channel.FirstSent.Task;

        await _links.CloseAsync(link, "gone");

        (await sending).Fault!.Kind.ShouldBe(FaultKind.NoAnswer);
        channel.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_stranger_sends_nothing_and_learns_nothing()
    {
        var channel = new FakeChannel();
        await OpenAsync(channel);
        var stranger = await PrincipalAsync((await _world.AddAccountAsync("stranger@example.com"))!.Value);

        var absent = (await _commands.SendAsync(stranger, "1000009999", "{}", Patient, Cancel)).Fault;
        (await _commands.SendAsync(stranger, "1000000001", "{}", Patient, Cancel)).Fault.ShouldBe(absent);

        channel.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_newer_link_supersedes_an_older_one_whose_reports_are_refused()
    {
        var old = new FakeChannel();
        var first = await OpenAsync(old);
        var second = await OpenAsync(new FakeChannel());

        (await old.Closed.Task).ShouldBe(LinkEnd.Superseded);
        var report = new Report { Readings = [new Reading("switch", "\"on\"")] };
        (await first.ReportAsync(report, Cancel)).Value.Outcome.ShouldBe(StateOutcome.Superseded);
        (await second.ReportAsync(report, Cancel)).Value.Outcome.ShouldBe(StateOutcome.Accepted);
        await _links.CloseAsync(first, "late goodbye");
        (await _world.ReadAsync(s => s.Links.FindAsync(_world.Device)))!.Online.ShouldBeTrue();
    }

    [Fact]
    public async Task Offline_is_told_once_after_the_grace()
    {
        var link = await OpenAsync(new FakeChannel());
        var told = new TaskCompletionSource<PresenceChanged>(TaskCreationOptions.RunContinuationsAsynchronously);
        _bus.Subscribe(e =>
        {
            if (e is PresenceChanged { Online: false } offline) told.TrySetResult(offline);
        });

        await _links.CloseAsync(link, "gone");

        (await told.Task.WaitAsync(Patient, Cancel)).Epoch.ShouldBe(link.Epoch);
        (await _world.WriteAsync(s => s.Links.ConfirmOfflineAsync(new LinkKey(_world.Device, link.Epoch), "again", DateTimeOffset.UnixEpoch))).ShouldBeNull();
    }

    [Fact]
    public async Task Too_many_waiting_commands_of_one_device_are_undelivered_not_queued()
    {
        await OpenAsync(new FakeChannel());
        var waiting = Enumerable.Range(0, Link.MaxPending + 5).Select(_ => _commands.SendAsync(_owner, "1000000001", "{}", TimeSpan.FromSeconds(2), Cancel)).ToList();

        var faults = (await Task.WhenAll(waiting)).Select(r => r.Fault!.Kind).ToList();

        faults.ShouldContain(FaultKind.Undelivered);
        faults.Count(k => k == FaultKind.NoAnswer).ShouldBeLessThanOrEqualTo(Link.MaxPending);
    }

    [Fact]
    public async Task A_report_with_a_source_time_of_the_far_future_counts_as_now()
    {
        var link = await OpenAsync(new FakeChannel());
        var future = new Reading("power", "1", SourceTime: 4_070_908_800_000);

        await link.ReportAsync(new Report { Readings = [future] }, Cancel);
        await link.ReportAsync(new Report { Readings = [new Reading("power", "2")] }, Cancel);

        (await StateAsync())["power"].Json.ShouldBe("2");
    }

    [Fact]
    public async Task While_the_storage_is_nearly_full_reports_are_refused_and_commands_go_on()
    {
        var channel = new FakeChannel();
        var link = await OpenAsync(channel);
        var report = new Report { Readings = [new Reading("power", "1")], Key = 1 };
        _gate.Set(closed: true);

        (await link.ReportAsync(report, Cancel)).Fault!.Kind.ShouldBe(FaultKind.Unavailable);
        (await _world.PointsAsync("power")).ShouldBeEmpty();
        var sending = _commands.SendAsync(_owner, "1000000001", """{"switch":"on"}""", Patient, Cancel);
        link.Answer(await channel.FirstSent.Task, accepted: true, null, null, default);
        (await sending).Value.Outcome.ShouldBe(CommandOutcome.Acknowledged);

        _gate.Set(closed: false);
        (await link.ReportAsync(report, Cancel)).Value.Outcome.ShouldBe(StateOutcome.Accepted);
    }

    [Theory]
    [InlineData(3_600)]
    [InlineData(-3_600)]
    public async Task A_step_of_the_wall_clock_neither_ends_nor_prolongs_a_command(int seconds)
    {
        var channel = new FakeChannel();
        var link = await OpenAsync(channel);
        var stepping = new CommandService(_world.Database, new DetourBus(_bus, _ => _time.Step(TimeSpan.FromSeconds(seconds))), _time, NullLogger<CommandService>.Instance);

        var sending = stepping.SendAsync(_owner, "1000000001", """{"switch":"on"}""", Patient, Cancel);
        link.Answer(await channel.FirstSent.Task.WaitAsync(Patient, Cancel), accepted: true, null, null, default);
        (await sending).Value.Outcome.ShouldBe(CommandOutcome.Acknowledged);
        (await stepping.SendAsync(_owner, "1000000001", "{}", Soon, Cancel).WaitAsync(Patient, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NoAnswer);
    }

    [Fact]
    public async Task A_step_of_the_wall_clock_does_not_stop_the_search_for_the_node_that_has_the_link()
    {
        var channel = new FakeChannel();
        var link = await OpenAsync(channel);
        var missed = 0;
        var bus = new DetourBus(_bus, _ => _time.Step(TimeSpan.FromHours(1)), () => Interlocked.Increment(ref missed) == 1);

        var sending = new CommandService(_world.Database, bus, _time, NullLogger<CommandService>.Instance).SendAsync(_owner, "1000000001", "{}", Patient, Cancel);

        link.Answer(await channel.FirstSent.Task.WaitAsync(Patient, Cancel), accepted: true, null, null, default);
        (await sending).IsOk.ShouldBeTrue();
        missed.ShouldBe(2);
    }

    private async Task<Link> OpenAsync(FakeChannel channel) => (await _links.OpenAsync(
        new LinkIdentity(_world.Device, "1000000001", _world.Product, null, KeepsFrames: true), channel, Cancel)).Value;

    private async Task<Principal> PrincipalAsync(long account) => await _world.ReadAsync(
        async s => new Principal((await s.Accounts.FindAsync(account))!, (await s.Projects.FindAppAsync("app"))!, 0, "127.0.0.1"));

    private async Task<Dictionary<string, StateValue>> StateAsync() =>
        StateText.ReadValues((await _world.ReadAsync(s => s.Bindings.FindVisibleAsync(_world.Account, 0, "1000000001")))!.Values);

    private async Task<CommandRecord> RecordAsync() => (await _world.ReadAsync(s => s.Commands.ListAsync(_world.Device, 10))).ShouldHaveSingleItem();

    private Task NextState()
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bus.Subscribe(e =>
        {
            if (e is StateChanged) next.TrySetResult();
        });
        return next.Task.WaitAsync(Patient, Cancel);
    }
}
