using System.Diagnostics;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.Links;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Cluster;

/// <summary>Three nodes on PostgreSQL and RabbitMQ, as apps and devices meet them.</summary>
public sealed class ClusterTests
{
    // A command's deadline, and what a busy machine may add.
    private static readonly TimeSpan Deadline = CommandService.DefaultDeadline + TimeSpan.FromSeconds(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_app_on_one_node_controls_a_device_on_another_and_gets_its_pushes()
    {
        await using var nodes = await Nodes.StartAsync();
        using var app = await nodes.AppAsync(nodes.First);
        await using var feed = await Nodes.FeedAsync(nodes.Third, app);
        var made = await nodes.House.AddAsync(app);
        await Nodes.HeardAsync(nodes.Third);
        await using var lamp = await CoolKitDevice.ConnectAsync(nodes.Second.Http, made.Device.Id, made.Key);
        await feed.ReceiveAsync(f => Nodes.IsPresence(f, online: true));

        (await lamp.ReportAsync(new JsonObject { ["switch"] = "off" })).Error().ShouldBe(0);
        await feed.ReceiveAsync(f => Nodes.IsSwitch(f, "off"));
        var switching = Nodes.SwitchAsync(app, lamp.Id, "on");
        ((string)(await lamp.ObeyAsync())["params"]!["switch"]!).ShouldBe("on");

        (await switching).Error().ShouldBe(0);
        await feed.ReceiveAsync(f => Nodes.IsSwitch(f, "on"));
        var refused = Nodes.SwitchAsync(app, lamp.Id, "off");
        await lamp.ObeyAsync(error: 400);
        (await refused).Error().ShouldNotBe(0);
        (await Nodes.SwitchAsync(app, lamp.Id, "off")).Error().ShouldBe(4002, "a silent device");
    }

    [Fact]
    public async Task A_second_connection_of_a_device_supersedes_the_first_on_another_node()
    {
        await using var nodes = await Nodes.StartAsync();
        using var app = await nodes.AppAsync(nodes.First);
        var made = await nodes.House.AddAsync(app);
        await using var old = await CoolKitDevice.ConnectAsync(nodes.Second.Http, made.Device.Id, made.Key);

        await using var fresh = await CoolKitDevice.ConnectAsync(nodes.Third.Http, made.Device.Id, made.Key);

        (await old.Socket.ReceiveCloseAsync()).ShouldNotBeNull();
        var switching = Nodes.SwitchAsync(app, fresh.Id, "on");
        await fresh.ObeyAsync();
        (await switching).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_share_that_ends_on_one_node_stops_pushes_on_all()
    {
        await using var nodes = await Nodes.StartAsync();
        await ShouldStopPushesAsync(nodes, () => Task.CompletedTask, () => Task.CompletedTask);
    }

    [Fact]
    [Trait("run", "full")]
    public async Task A_share_that_ends_while_the_broker_is_away_stops_pushes_on_all()
    {
        await using var rabbit = await Rabbit.StartAsync();
        await using var nodes = await Nodes.StartAsync(rabbit);
        await ShouldStopPushesAsync(nodes, rabbit.StopAsync, rabbit.RunAsync);
    }

    [Fact]
    [Trait("run", "full")]
    public async Task While_the_broker_is_away_own_devices_obey_and_others_are_undelivered_but_not_offline()
    {
        await using var rabbit = await Rabbit.StartAsync();
        await using var nodes = await Nodes.StartAsync(rabbit);
        using var here = await nodes.AppAsync(nodes.Second);
        using var there = await nodes.AppAsync(nodes.First);
        var made = await nodes.House.AddAsync(there);
        await using var lamp = await CoolKitDevice.ConnectAsync(nodes.Second.Http, made.Device.Id, made.Key);
        await using var feed = await Nodes.FeedAsync(nodes.First, there);

        await rabbit.StopAsync();

        var switching = Nodes.SwitchAsync(here, lamp.Id, "on");
        await lamp.ObeyAsync();
        (await switching).Error().ShouldBe(0);
        var answer = await Nodes.SwitchAsync(there, lamp.Id, "off");
        (answer.Error(), (await Nodes.OnlineAsync(there))).ShouldBe((4002, true), answer.ToJsonString());
        ((string)answer["msg"]!).ShouldNotContain("offline");
        using (var client = new HttpClient())
        {
            var ready = JsonNode.Parse(await client.GetStringAsync(new Uri(nodes.First.Http, "/health/ready"), Cancel))!;
            ready["checks"]!.AsArray().Single(c => (string?)c!["name"] == "bus")!["state"]!.GetValue<string>().ShouldBe("degraded");
        }

        (await lamp.ReportAsync(new JsonObject { ["switch"] = "unheard" })).Error().ShouldBe(0);
        await rabbit.RunAsync();
        await feed.ReceiveAsync(f => Nodes.IsSwitch(f, "unheard"));
        await Until.TrueAsync(() => Task.FromResult(nodes.First.Service<IBus>().Connected && nodes.Second.Service<IBus>().Connected), "the bus is back");
        switching = Nodes.SwitchAsync(there, lamp.Id, "off");
        (await lamp.ObeyAsync())["params"]!["switch"]!.GetValue<string>().ShouldBe("off", "and nothing of the outage comes late");
        (await switching).Error().ShouldBe(0);
    }

    [Fact]
    [Trait("run", "full")]
    public async Task A_killed_node_ends_commands_by_their_deadline_and_its_devices_go_offline_and_come_back_elsewhere()
    {
        await using var nodes = await Nodes.StartAsync();
        await using var doomed = await nodes.StartProcessAsync();
        using var app = await nodes.AppAsync(nodes.First);
        await using var feed = await Nodes.FeedAsync(nodes.Third, app);
        await Nodes.HeardAsync(nodes.Third);
        var made = await nodes.House.AddAsync(app);
        await using var lamp = await CoolKitDevice.ConnectAsync(doomed.Http, made.Device.Id, made.Key);
        await feed.ReceiveAsync(f => Nodes.IsPresence(f, online: true));
        var start = Stopwatch.GetTimestamp();
        var lost = Nodes.SwitchAsync(app, lamp.Id, "lost");
        await lamp.ReceiveCommandAsync();

        await doomed.Process.SignalAsync("KILL");
        var killed = Stopwatch.GetTimestamp();

        (await lost).Error().ShouldBe(4002);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(Deadline);
        await feed.ReceiveAsync(f => Nodes.IsPresence(f, online: false));
        Stopwatch.GetElapsedTime(killed).ShouldBeLessThan(TimeSpan.FromSeconds(Nodes.Lease + Nodes.Grace + 2));
        (await Nodes.OnlineAsync(app)).ShouldBeFalse();
        ((string)(await Nodes.SwitchAsync(app, lamp.Id, "on"))["msg"]!).ShouldContain("offline");
        await using var back = await CoolKitDevice.ConnectAsync(nodes.Second.Http, made.Device.Id, made.Key);
        var switching = Nodes.SwitchAsync(app, back.Id, "on");
        (await back.ObeyAsync())["params"]!["switch"]!.GetValue<string>().ShouldBe("on", "nothing switches later");
        (await switching).Error().ShouldBe(0);
        var log = await PresenceAsync(nodes, made.Device.No);
        log.Count(p => p.Kind == PresenceKind.Offline).ShouldBe(1, "offline is told once");
    }

    [Fact]
    [Trait("run", "full")]
    public async Task A_node_that_stood_still_longer_than_its_lease_opens_its_links_again_and_lets_the_superseded_go()
    {
        await using var nodes = await Nodes.StartAsync();
        await using var frozen = await nodes.StartProcessAsync();
        using var app = await nodes.AppAsync(nodes.First);
        await using var feed = await Nodes.FeedAsync(nodes.Third, app);
        await Nodes.HeardAsync(nodes.Third);
        var staying = await nodes.House.AddAsync(app);
        var moving = await nodes.House.AddAsync(app);
        await using var stays = await CoolKitDevice.ConnectAsync(frozen.Http, staying.Device.Id, staying.Key);
        await using var moved = await CoolKitDevice.ConnectAsync(frozen.Http, moving.Device.Id, moving.Key);
        foreach (var made in new[] { staying, moving }) await feed.ReceiveAsync(f => Nodes.IsPresence(f, online: true));

        await frozen.Process.FreezeAsync();
        var offline = new HashSet<string>();
        while (offline.Count < 2) offline.Add((string)(await feed.ReceiveAsync(f => Nodes.IsPresence(f, online: false)))["deviceid"]!);
        await using var fresh = await CoolKitDevice.ConnectAsync(nodes.Second.Http, moving.Device.Id, moving.Key);
        await frozen.Process.ThawAsync();

        (await moved.Socket.ReceiveCloseAsync()).ShouldNotBeNull();
        await feed.ReceiveAsync(f => Nodes.IsPresence(f, online: true) && (string)f["deviceid"]! == staying.Device.Id);
        (await stays.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(0);
        foreach (var lamp in new[] { stays, fresh })
        {
            var switching = Nodes.SwitchAsync(app, lamp.Id, "off");
            await lamp.ObeyAsync();
            (await switching).Error().ShouldBe(0);
        }

        (await PresenceAsync(nodes, staying.Device.No))[0].Kind.ShouldBe(PresenceKind.ReOnline);
    }

    private static Task<IReadOnlyList<PresenceRow>> PresenceAsync(Nodes nodes, long device) =>
        nodes.First.Service<IDatabase>().ReadAsync(s => s.Links.PresenceAsync(device, 20), Cancel);

    // The guest listens on the third node, the device is on the second, and the guest gives his share back on the first.
    private static async Task ShouldStopPushesAsync(Nodes nodes, Func<Task> before, Func<Task> after)
    {
        using var owner = await nodes.AppAsync(nodes.First);
        using var guest = await nodes.AppAsync(nodes.First, CoolKitHouse.StrangerEmail);
        var made = await nodes.House.AddAsync(owner);
        await ShareAsync(nodes, made.Device.No, guest.Apikey!);
        await using var lamp = await CoolKitDevice.ConnectAsync(nodes.Second.Http, made.Device.Id, made.Key);
        await using var feed = await Nodes.FeedAsync(nodes.Third, guest);
        await using var ownersFeed = await Nodes.FeedAsync(nodes.Third, owner);
        await Nodes.HeardAsync(nodes.Third);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "seen" })).Error().ShouldBe(0);
        await feed.ReceiveAsync(f => Nodes.IsSwitch(f, "seen"));

        await before();
        (await guest.DeleteAsync($"/v2/device?deviceid={lamp.Id}")).Error().ShouldBe(0);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "hidden" })).Error().ShouldBe(0);
        await after();

        // The owner's feed on the same node shows that the change has come through; the guest's next frame is the answer to his own question.
        await ownersFeed.ReceiveAsync(f => Nodes.IsSwitch(f, "hidden"));
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "hidden too" })).Error().ShouldBe(0);
        await ownersFeed.ReceiveAsync(f => Nodes.IsSwitch(f, "hidden too"));
        await feed.SendAsync("ping");
        var heard = new List<string>();
        while (await feed.ReceiveTextAsync() is { } text && text != "pong") heard.Add(text);
        heard.ShouldAllBe(t => !t.Contains("hidden"));
    }

    private static async Task ShareAsync(Nodes nodes, long device, string account)
    {
        var shared = await nodes.First.Service<IDatabase>().WriteAsync<bool>(
            async s =>
            {
                var guest = (await s.Accounts.FindAsync(account))!;
                await s.Bindings.PutAsync(new Binding { Account = guest.No, Device = device, Role = Role.Guest, Since = TimeProvider.System.GetUtcNow() });
                await s.Devices.RaiseAccessAsync(device, ownerSince: null);
                return true;
            },
            Cancel);
        shared.IsOk.ShouldBeTrue();
    }
}
