using Irori.Bus;
using Irori.Core;
using Irori.Core.Feeds;
using Irori.Core.Links;
using Irori.Core.States;
using Irori.Storage;
using Irori.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Irori.Tests.Core;

/// <summary>What a feed is given, and what not, when events come late, twice, with holes, or not at all.</summary>
public sealed class FeedHubTests : IAsyncLifetime
{
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("irori-test-").FullName;
    private readonly InProcessBus _bus = new();
    private readonly CancellationTokenSource _stop = new();
    private World _world = null!;
    private FeedHub _hub = null!;
    private Principal _owner = null!;
    private Feed _feed = null!;
    private Task _running = Task.CompletedTask;
    private long _epoch;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.CreateAsync(new DatabaseSettings { SqlitePath = Path.Combine(_folder, "irori.db") });
        await _world.WriteAsync(s => s.Links.StartNodeAsync("n1", "1", TimeSpan.FromMinutes(5)));
        _epoch = await _world.OpenLinkAsync();
        _hub = new FeedHub(_world.Database, _bus, TimeProvider.System, NullLogger<FeedHub>.Instance);
        _running = _hub.RunAsync(_stop.Token);
        _owner = await _world.ReadAsync(async s => new Principal((await s.Accounts.FindAsync(_world.Account))!, (await s.Projects.FindAppAsync("app"))!, 0, "127.0.0.1"));
        _feed = await _hub.OpenAsync(_owner, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        await _world.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Changes_are_given_in_their_order_and_older_ones_are_dropped()
    {
        Tell(await _world.ReportAsync(_epoch, 1, ("power", "1")));
        (await NextAsync()).Values["power"].Json.ShouldBe("1");
        var second = await _world.ReportAsync(_epoch, 2, ("power", "2"));
        var third = await _world.ReportAsync(_epoch, 3, ("power", "3"));

        Tell(third);
        Tell(second);

        await LastAsync("4");
    }

    [Fact]
    public async Task After_a_hole_the_whole_state_is_read()
    {
        Tell(await _world.ReportAsync(_epoch, 1, ("power", "1")));
        await NextAsync();
        await _world.ReportAsync(_epoch, 2, ("lost", "true"));

        Tell(await _world.ReportAsync(_epoch, 3, ("power", "3")));

        var values = new Dictionary<string, StateValue>(StringComparer.Ordinal);
        while (!values.ContainsKey("lost"))
            foreach (var (name, value) in (await NextAsync()).Values) values[name] = value;
        values["power"].Json.ShouldBe("3");
    }

    [Fact]
    public async Task Without_hearing_nothing_is_given_and_after_it_what_is_newest()
    {
        _bus.Publish(new HearingLost());
        Tell(await _world.ReportAsync(_epoch, 1, ("power", "1")));
        await _world.ReportAsync(_epoch, 2, ("power", "2"));
        var taking = NextAsync();
        taking.IsCompleted.ShouldBeFalse();

        _bus.Publish(new HearingBack());

        var change = await taking;
        (change.Version, change.Values["power"].Json).ShouldBe((2, "2"));
    }

    [Fact]
    public async Task Many_gaps_one_after_another_never_leave_a_feed_held()
    {
        for (var i = 1; i <= 200; i++)
        {
            _bus.Publish(new HearingLost());
            _bus.Publish(new HearingBack());
            _bus.Publish(new HearingBack());
            await _world.ReportAsync(_epoch, i, ("power", $"{i}"));
            _bus.Publish(new HearingBack());
        }

        while ((await NextAsync()).Version < 200)
        {
        }
    }

    [Fact]
    public async Task A_gap_within_the_grace_tells_nobody_that_a_device_is_offline()
    {
        _bus.Publish(new HearingBack());
        (await NextAsync()).Online.ShouldBe(true);
        (await _world.WriteAsync(s => s.Links.CloseAsync(_world.Device, _epoch))).ShouldBeTrue();

        _bus.Publish(new HearingBack());
        await LastAsync("1", c => c.Online.ShouldBeNull());

        var link = new LinkKey(_world.Device, _epoch);
        (await _world.WriteAsync(s => s.Links.ConfirmOfflineAsync(link, "gone", DateTimeOffset.UnixEpoch))).ShouldNotBeNull();
        _bus.Publish(new HearingBack());
        (await NextAsync()).Online.ShouldBe(false);
    }

    [Fact]
    public async Task Which_devices_come_and_go_is_told_once_whether_it_was_heard_or_is_found_after_a_gap()
    {
        var feed = await _hub.OpenAsync(_owner, Cancel, takesBindings: true);
        var binding = (await _world.ReadAsync(s => s.Bindings.FindAsync(_world.Account, _world.Device)))!;
        (await _world.WriteAsync(s => s.Bindings.RemoveAsync(_world.Account, _world.Device))).ShouldBeTrue();
        _bus.Publish(new AccessChanged(_world.Device, OwnerChanged: true));
        _bus.Publish(new HearingBack());
        var lost = await BindingsAsync(feed);
        lost.Select(b => b.Bound).ShouldBe([false]);

        await _world.WriteAsync(async s =>
        {
            await s.Bindings.PutAsync(binding);
            return true;
        });
        _bus.Publish(new HearingBack());
        (await BindingsAsync(feed)).ShouldBe([lost.Single() with { Bound = true }]);
        // Nothing new: the next is what comes after it.
        _bus.Publish(new AccessChanged(_world.Device, OwnerChanged: false));
        (await _world.WriteAsync(s => s.Bindings.RemoveAsync(_world.Account, _world.Device))).ShouldBeTrue();
        _bus.Publish(new AccessChanged(_world.Device, OwnerChanged: true));
        (await BindingsAsync(feed)).ShouldBe(lost);
    }

    private static async Task<IReadOnlyCollection<BindingChange>> BindingsAsync(Feed feed)
    {
        while (true)
        {
            (await feed.TakeAsync(Cancel).WaitAsync(Patient, Cancel)).ShouldNotBeNull();
            if (feed.TakeBindings() is { Count: > 0 } told) return told;
        }
    }

    private void Tell(StateWritten state) => _bus.Publish(new StateChanged(_world.Device, state.Epoch, state.Version, state.AccessVersion, state.Changed));

    // Reports one more change, which is told last of all, and takes everything up to it.
    private async Task LastAsync(string power, Action<FeedChange>? check = null)
    {
        Tell(await _world.ReportAsync(_epoch, 99, ("power", power)));
        var version = 0L;
        while (true)
        {
            var change = await NextAsync();
            check?.Invoke(change);
            change.Version.ShouldBeGreaterThanOrEqualTo(version);
            version = change.Version;
            if (change.Values.TryGetValue("power", out var value) && value.Json == power) return;
        }
    }

    private async Task<FeedChange> NextAsync() => (await _feed.TakeAsync(Cancel).WaitAsync(Patient, Cancel)).ShouldNotBeNull().ShouldHaveSingleItem();
}
