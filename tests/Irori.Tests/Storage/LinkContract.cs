using Irori.Core.Links;
using Irori.Storage;
using Shouldly;

namespace Irori.Tests.Storage;

/// <summary>Leases, sweeps and what is told of devices whose node is gone; the same on both engines.</summary>
public abstract class LinkContract
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    // A lease that is over when it begins.
    private static readonly TimeSpan Over = TimeSpan.FromMilliseconds(-1);

    protected abstract Task<DatabaseSettings> SettingsAsync();

    [Fact]
    public async Task A_lease_that_holds_is_renewed_in_the_same_life()
    {
        await using var world = await WorldAsync();
        var life = await StartAsync(world, "n1", Long);

        var lease = await world.WriteAsync(s => s.Links.RenewAsync("n1", life, 1_000, Long));

        lease.State.ShouldBe(LeaseState.Renewed);
        Math.Abs(lease.Now - TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()).ShouldBeLessThan(5_000);
        (await StartAsync(world, "n1", Long)).ShouldBe(life + 1);
    }

    [Fact]
    public async Task A_lease_that_was_over_begins_a_new_life_and_a_lost_answer_does_not_begin_another()
    {
        await using var world = await WorldAsync();
        var life = await StartAsync(world, "n1", Over);

        (await world.WriteAsync(s => s.Links.RenewAsync("n1", life, 1_000, Long))).State.ShouldBe(LeaseState.Lapsed);
        (await world.WriteAsync(s => s.Links.RenewAsync("n1", life, 1_000, Long))).State.ShouldBe(LeaseState.Lapsed);
        (await world.WriteAsync(s => s.Links.RenewAsync("n1", 1_000, 1_001, Long))).State.ShouldBe(LeaseState.Renewed);
        (await world.WriteAsync(s => s.Links.RenewAsync("n1", life, 999, Long))).State.ShouldBe(LeaseState.Taken);
    }

    [Fact]
    public async Task A_node_sweeps_its_own_earlier_lives_and_others_only_when_told_to()
    {
        await using var world = await WorldAsync();
        await StartAsync(world, "n1", Long);
        await world.OpenLinkAsync("n2", await StartAsync(world, "n2", Over));

        (await world.ReadAsync(s => s.Links.AnyDueAsync("n1", false, TimeSpan.Zero))).ShouldBeFalse();
        (await world.WriteAsync(s => s.Links.CloseAbandonedAsync("n1", false, 10))).ShouldBe(0);
        (await world.ReadAsync(s => s.Links.AnyDueAsync("n1", true, TimeSpan.Zero))).ShouldBeTrue();
        (await world.WriteAsync(s => s.Links.CloseAbandonedAsync("n1", true, 10))).ShouldBe(1);
        (await world.WriteAsync(s => s.Links.CloseAbandonedAsync("n1", true, 10))).ShouldBe(0);
        (await world.ReadAsync(s => s.Links.FindAsync(world.Device)))!.Closed.ShouldNotBeNull();
    }

    [Fact]
    public async Task Two_claimers_at_once_never_both_close_or_tell()
    {
        await using var world = await WorldAsync();
        var life = await StartAsync(world, "dead", Over);
        var devices = new List<long> { world.Device };
        for (var i = 0; i < 50; i++) devices.Add(await world.AddDeviceAsync($"20000000{i:d2}"));
        foreach (var device in devices) await world.OpenLinkAsync(device, "dead", life);

        var closed = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => AllAsync(() => world.WriteAsync(s => s.Links.CloseAbandonedAsync($"n{n}", true, 7)), c => c)));
        var told = new List<PresenceTold>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AllAsync(
            () => world.WriteAsync(s => s.Links.TellOfflineAsync(TimeSpan.Zero, "node gone", Now, 7)),
            t =>
            {
                lock (told) told.AddRange(t);
                return t.Count;
            })));

        closed.Sum().ShouldBe(devices.Count);
        told.Select(t => t.Device).Order().ShouldBe(devices.Order());
        foreach (var device in devices) (await world.ReadAsync(s => s.Links.PresenceAsync(device, 10))).ShouldHaveSingleItem().Kind.ShouldBe(PresenceKind.Offline);
    }

    [Fact]
    public async Task What_a_claimer_left_untold_is_told_by_the_next_after_the_grace()
    {
        await using var world = await WorldAsync();
        await StartAsync(world, "n1", Long);
        var epoch = await world.OpenLinkAsync("n2", await StartAsync(world, "n2", Long));
        await world.WriteAsync(s => s.Links.CloseAsync(world.Device, epoch));

        (await world.WriteAsync(s => s.Links.TellOfflineAsync(Long, "gone", Now, 10))).ShouldBeEmpty();
        (await world.WriteAsync(s => s.Links.TellOfflineAsync(TimeSpan.Zero, "gone", Now, 10))).ShouldHaveSingleItem().Epoch.ShouldBe(epoch);
        (await world.WriteAsync(s => s.Links.ConfirmOfflineAsync(new LinkKey(world.Device, epoch), "again", Now))).ShouldBeNull();
    }

    [Fact]
    public async Task A_node_that_is_back_opens_its_links_again_but_not_the_superseded()
    {
        await using var world = await WorldAsync();
        var other = await world.AddDeviceAsync("2000000001");
        var life = await StartAsync(world, "n1", Over);
        var mine = await world.OpenLinkAsync("n1", life);
        var lost = await world.OpenLinkAsync(other, "n1", life);
        await world.WriteAsync(s => s.Links.CloseAbandonedAsync("n2", true, 10));
        await world.WriteAsync(s => s.Links.TellOfflineAsync(TimeSpan.Zero, "node gone", Now, 10));
        var second = await StartAsync(world, "n2", Long);
        await world.OpenLinkAsync(other, "n2", second);
        await world.WriteAsync(s => s.Links.RenewAsync("n1", life, 1_000, Long));

        var open = await world.WriteAsync(s => s.Links.ReopenAsync([new LinkKey(world.Device, mine), new LinkKey(other, lost)], "n1", 1_000, Now));

        open.ShouldHaveSingleItem().ShouldBe(new PresenceTold(world.Device, mine, open[0].AccessVersion));
        (await world.ReadAsync(s => s.Links.FindAsync(world.Device)))!.Online.ShouldBeTrue();
        (await world.ReadAsync(s => s.Links.PresenceAsync(world.Device, 1)))[0].Kind.ShouldBe(PresenceKind.ReOnline);
        (await world.ReadAsync(s => s.Links.FindAsync(other)))!.Node.ShouldBe("n2");
    }

    [Fact]
    public async Task A_link_that_a_gateway_carries_is_online_only_with_that_link_of_the_gateway()
    {
        await using var world = await WorldAsync();
        var life = await StartAsync(world, "n1", Long);
        var gateway = new LinkKey(world.Device, await world.OpenLinkAsync("n1", life));
        var sub = await world.AddDeviceAsync("2000000001");
        await world.WriteAsync(async s =>
        {
            await s.Devices.SetParentAsync(sub, world.Device);
            return true;
        });
        await world.BindAsync(world.Account, sub);
        var epoch = await world.OpenLinkAsync(sub, "n1", life, gateway);
        (await OnlineAsync()).ShouldBe((true, true));

        await world.WriteAsync(s => s.Links.CloseAsync(gateway.Device, gateway.Epoch));
        (await OnlineAsync()).ShouldBe((false, false));
        await world.OpenLinkAsync("n1", life);
        (await OnlineAsync()).ShouldBe((false, false), "the gateway has another link now");
        (await world.WriteAsync(s => s.Links.OpenAsync(sub, new NodeIdentity("n1", life), gateway, null, "test", Now))).ShouldBeNull();
        (await world.ReadAsync(s => s.Links.FindAsync(sub)))!.Epoch.ShouldBe(epoch, "nothing was opened");
        (await world.WriteAsync(s => s.Devices.FenceAsync(sub, Now))).ShouldBe(epoch + 1);
        (await world.ReportOfAsync(sub, epoch, ("switch", "\"on\""))).Outcome.ShouldBe(Irori.Core.States.StateOutcome.Superseded);
        (await world.ReadAsync(s => s.Devices.ListBehindAsync([world.Device]))).ShouldHaveSingleItem().Id.ShouldBe("2000000001");
        (await world.ReadAsync(s => s.Devices.OwnedBehindAsync(world.Device, world.Account))).ShouldBe([sub]);
        (await world.ReadAsync(s => s.Devices.CountBehindAsync(world.Device))).ShouldBe(1);

        async Task<(bool Link, bool Seen)> OnlineAsync() => await world.ReadAsync(async s =>
            ((await s.Links.FindAsync(sub))!.Online, (await s.Bindings.FindVisibleAsync(world.Account, 0, "2000000001"))!.Online));
    }

    [Fact]
    public async Task The_facts_of_a_link_name_the_newest_epoch_and_the_owner()
    {
        await using var world = await WorldAsync();
        var epoch = await world.OpenLinkAsync();
        var owner = (await world.ReadAsync(s => s.Accounts.FindAsync(world.Account)))!.Id;

        var facts = (await world.ReadAsync(s => s.Links.FactsAsync([world.Device]))).ShouldHaveSingleItem();

        (facts.Epoch, facts.OwnerId).ShouldBe((epoch, owner));
    }

    private static async Task<int> AllAsync<T>(Func<Task<T>> claim, Func<T, int> count)
    {
        var all = 0;
        while (count(await claim()) is var got and > 0) all += got;
        return all;
    }

    private static Task<long> StartAsync(World world, string node, TimeSpan lease) => world.WriteAsync(s => s.Links.StartNodeAsync(node, "1", lease));

    private async Task<World> WorldAsync() => await World.CreateAsync(await SettingsAsync());
}
