using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Devices;
using Irori.Core.Schedules;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Cluster;

/// <summary>Very many schedules that fall due in one moment, on several nodes of which one is killed in the middle.</summary>
public sealed class ScheduleStormTests(ITestOutputHelper output)
{
    private const int Devices = 200;
    private const int Page = 5_000;

    // Most that one node has begun at one time.
    private static readonly int InFlight = new RunSettings().AtOnce;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("run", "full")]
    public async Task Each_due_time_is_one_run_and_no_device_is_told_twice_though_a_node_is_killed_in_the_middle()
    {
        var count = Effort.Of(quick: 2_000, full: 100_000);
        await using var nodes = await Nodes.StartAsync();
        await using var killed = await nodes.StartProcessAsync();
        using var app = await nodes.AppAsync(nodes.First);
        var made = new List<MadeDevice>();
        for (var i = 0; i < Devices; i++) made.Add(await nodes.House.AddAsync(app, $"Lamp {i}"));
        var schedules = await PlanAsync(nodes.House, app, made, count);
        var seen = new ConcurrentDictionary<long, int>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var obeying = new List<Task>();
        foreach (var device in made) obeying.Add(ObeyAsync(await CoolKitDevice.ConnectAsync(nodes.First.Http, device.Device.Id, device.Key), seen, stop.Token));

        var watch = Stopwatch.StartNew();
        await DueAsync(nodes.House, schedules);
        await Until.TrueAsync(() => Task.FromResult(seen.Count > count / 3), "a third has run", patience: TimeSpan.FromMinutes(5));
        await killed.Process.SignalAsync("KILL");
        output.WriteLine($"killed after {watch.Elapsed.TotalSeconds:f1} s and {seen.Count} commands");
        var states = await EndAsync(nodes.House, app);
        output.WriteLine($"{count} runs in {watch.Elapsed.TotalSeconds:f1} s: {string.Join(", ", states.Select(s => $"{s.Key} {s.Value}"))}");

        await stop.CancelAsync();
        await Task.WhenAll(obeying);
        states.Values.Sum().ShouldBe(count);
        states.GetValueOrDefault(RunState.Unknown).ShouldBeLessThanOrEqualTo(InFlight);
        (states.GetValueOrDefault(RunState.Done) + states.GetValueOrDefault(RunState.Unknown)).ShouldBe(count);
        seen.Values.ShouldAllBe(times => times == 1);
        seen.Count.ShouldBeGreaterThanOrEqualTo(states.GetValueOrDefault(RunState.Done));
    }

    private static async Task ObeyAsync(CoolKitDevice device, ConcurrentDictionary<long, int> seen, CancellationToken cancel)
    {
        await using var end = device;
        try
        {
            while (true)
            {
                var command = await device.ReceiveCommandAsync().WaitAsync(cancel);
                seen.AddOrUpdate((long)command["params"]!["n"]!, 1, (_, times) => times + 1);
                await device.AnswerAsync(command);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over, or there was nothing to do for long.
        }
    }

    private static async Task<List<long>> PlanAsync(CoolKitHouse house, CoolKitApp app, List<MadeDevice> devices, int count)
    {
        var account = (await house.AccountAsync(app)).No;
        var now = TimeProvider.System.GetUtcNow();
        for (var from = 0; from < count; from += Page)
        {
            await house.WriteAsync(async s =>
            {
                for (var i = from; i < Math.Min(from + Page, count); i++)
                {
                    var plan = Plan.Of(Step.Device(devices[i % devices.Count].Device.Id, new JsonObject { ["n"] = i }.ToJsonString()));
                    await s.Schedules.AddAsync(
                        new Schedule
                        {
                            Id = Ids.Hex24(), Account = account, App = app.AppId, Family = "storm", Recurrence = new Recurrence.Once(now).ToJson(), Plan = plan.ToJson(), Created = now, Updated = now,
                        },
                        []);
                }

                return true;
            });
        }

        var all = new List<long>(count);
        while (all.Count < count) all.AddRange((await house.ReadAsync(s => s.Schedules.ListAsync(account, "storm", null, all.Count, Page))).Select(s => s.No));
        return all;
    }

    private static Task<bool> DueAsync(CoolKitHouse house, List<long> schedules) => house.WriteAsync(async s =>
    {
        var now = await s.Runs.NowAsync();
        foreach (var piece in schedules.Chunk(Page)) await s.Runs.AdvanceAsync(piece.ToDictionary(n => n, _ => (DateTimeOffset?)now));
        return true;
    });

    private static async Task<Dictionary<RunState, int>> EndAsync(CoolKitHouse house, CoolKitApp app)
    {
        var account = (await house.AccountAsync(app)).No;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (true)
        {
            await timer.WaitForNextTickAsync(limit.Token);
            if (await house.ReadAsync(s => s.Runs.WaitingAsync()) != Waiting.None) continue;
            var states = new Dictionary<RunState, int>();
            for (RunCursor? before = null; ;)
            {
                var page = await house.ReadAsync(s => s.Runs.ListAsync(RunsOf.Account, account, before, Page));
                foreach (var run in page) states[run.State] = states.GetValueOrDefault(run.State) + 1;
                if (page.Count < Page) break;
                before = new RunCursor(page[^1].Due, page[^1].No);
            }

            if (!states.ContainsKey(RunState.Pending) && !states.ContainsKey(RunState.Sent)) return states;
        }
    }
}
