using Irori.Core.Devices;
using Irori.Core.History;
using Irori.Core.States;
using Irori.Storage;
using Shouldly;

namespace Irori.Tests.Crash;

/// <summary>The server is killed at random moments while devices report: nothing that was acknowledged is lost, and nothing is there twice.</summary>
public abstract class CrashContract(DatabaseEngine engine, ITestOutputHelper output)
{
    private const int DeviceCount = 6;
    private const int Page = 5_000;

    protected abstract int Kills { get; }

    [Fact]
    public async Task After_random_kills_every_acknowledged_report_is_in_the_history_exactly_once()
    {
        var random = new Random(Effort.Seed);
        output.WriteLine($"IRORITEST_SEED={Effort.Seed}, {Kills} kills");
        var (folder, made) = await CrashFolder.CreateAsync(engine, DeviceCount);
        await using var end = folder;
        using var stop = new CancellationTokenSource();
        var devices = made.Select(m => new ReportingDevice(folder.Server, m.Device.Id, m.Key)).ToList();
        var reporting = Task.WhenAll(devices.Select(d => d.RunAsync(stop.Token)));

        for (var i = 0; i < Kills; i++)
        {
            await using var program = await folder.StartAsync();
            // The moment is random, counted in acknowledged reports of all devices, so that every run kills under load.
            await ReachAsync(devices, devices.Sum(d => d.Acknowledged) + random.Next(1, 2_000));
            await program.SignalAsync("KILL");
        }

        await stop.CancelAsync();
        await reporting;
        await using var database = await folder.OpenAsync();
        foreach (var (device, row) in devices.Zip(made))
        {
            var points = await PointsAsync(database, row.Device);
            var numbers = points.Select(p => long.Parse(p.Value)).ToList();
            numbers.ShouldBeUnique($"{device.Id}: a report is there twice");
            Enumerable.Range(1, (int)device.Acknowledged).Select(n => (long)n).Except(numbers).ShouldBeEmpty($"{device.Id}: acknowledged reports are lost");
            numbers.Max().ShouldBeLessThanOrEqualTo(device.Sent, $"{device.Id}: a report is there that was never sent");
            var state = StateText.ReadValues(await database.ReadAsync(s => s.Devices.FindStateAsync(row.Device.No), CancellationToken.None));
            state["n"].Json.ShouldBe(points[^1].Value, $"{device.Id}: the state is not the newest report in the history");
        }

        output.WriteLine($"{devices.Sum(d => d.Acknowledged)} reports acknowledged");
    }

    private static async Task ReachAsync(List<ReportingDevice> devices, long count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (devices.Sum(d => d.Acknowledged) < count) await timer.WaitForNextTickAsync(limit.Token);
    }

    private static async Task<List<Point>> PointsAsync(IroriDatabase database, Device device)
    {
        var all = new List<Point>();
        for (PointCursor? after = null; ; after = new PointCursor(all[^1].Arrival, all[^1].Seq))
        {
            var page = await database.ReadAsync(s => s.History.PointsAsync(device.No, "n", 0, long.MaxValue, after, Page), CancellationToken.None);
            all.AddRange(page);
            if (page.Count < Page) return all;
        }
    }
}

public sealed class CrashOnSqlite(ITestOutputHelper output) : CrashContract(DatabaseEngine.Sqlite, output)
{
    protected override int Kills => Effort.Of(quick: 3, full: 20);
}

[Trait("run", "full")]
public sealed class CrashOnPostgres(ITestOutputHelper output) : CrashContract(DatabaseEngine.PostgreSql, output)
{
    protected override int Kills => 20;
}
