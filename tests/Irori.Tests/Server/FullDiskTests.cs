using System.Net;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Harness;
using Irori.Server.Health;
using Irori.Server.Settings;
using Irori.Storage;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Server;

/// <summary>A disk that fills up under a running server and is freed again.</summary>
[Trait("run", "full")]
public sealed class FullDiskTests
{
    private const int Unavailable = 500;
    private const int ControlFailed = 4002;
    private static readonly HttpClient Client = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SQLite_on_a_full_disk_refuses_reports_answers_what_it_can_and_recovers_without_a_restart()
    {
        await using var disk = await MountAsync(64);
        await using var house = await CoolKitHouse.StartAsync(settings: s => s with { Data = disk.Folder });
        await FillAndFreeAsync(house, disk);
    }

    [Fact]
    public async Task PostgreSQL_on_a_full_disk_refuses_reports_answers_what_it_can_and_recovers_without_a_restart()
    {
        await using var disk = await MountAsync(256);
        await using var postgres = await Postgres.StartInAsync(disk.Folder);
        var database = new DatabaseSection { Engine = DatabaseEngine.PostgreSql, ConnectionString = (await Postgres.NewDatabaseAsync(postgres)).ConnectionString };
        await using var house = await CoolKitHouse.StartAsync(settings: s => s with { Database = database });
        await FillAndFreeAsync(house, disk);
    }

    private static async Task<SmallDisk> MountAsync(int megabytes)
    {
        var disk = await SmallDisk.TryMountAsync(megabytes);
        if (disk is null) Assert.Skip("A small disk cannot be mounted here; run as root.");
        return disk!;
    }

    private static async Task FillAndFreeAsync(CoolKitHouse house, SmallDisk disk)
    {
        using var app = await house.SignedInAsync();
        await using var lamp = await house.ConnectAsync(await house.AddAsync(app));
        var taken = new List<int>();
        async Task<int> ReportAsync(int n)
        {
            var code = (await lamp.ReportAsync(new JsonObject { ["n"] = n })).Error();
            if (code == 0) taken.Add(n);
            return code;
        }

        (await ReportAsync(1)).ShouldBe(0);
        await BecomesAsync(house, HttpStatusCode.OK);

        // Nearly full: no reports, everything else.
        await disk.FillAsync(0.04);
        await house.Server.Service<DiskWatch>().MeasureAsync(Cancel);
        (await ReportAsync(2)).ShouldBe(Unavailable);
        await BecomesAsync(house, HttpStatusCode.ServiceUnavailable);
        (await CommandAsync(app, lamp, "small")).ShouldBe(0);

        // Full: the outcome of a command cannot be recorded, so that it is no success, whatever the device says.
        await disk.FillAsync(0);
        (await FirstFailureAsync(app, lamp)).ShouldBe(ControlFailed);
        (await ReportAsync(3)).ShouldBe(Unavailable);
        (await app.GetAsync("/v2/device/thing?num=0")).Error().ShouldBe(0);
        (await app.GetAsync($"/v2/device/thing/status?type=1&id={lamp.Id}")).Error().ShouldBe(0);
        await BecomesAsync(house, HttpStatusCode.ServiceUnavailable);

        disk.Free();
        await house.Server.Service<DiskWatch>().MeasureAsync(Cancel);
        (await ReportAsync(4)).ShouldBe(0);
        (await CommandAsync(app, lamp, "again")).ShouldBe(0);
        await BecomesAsync(house, HttpStatusCode.OK);
        (await PointsAsync(house, lamp.Id)).ShouldBe(taken);
    }

    // Large commands, so that whatever room the files still have inside is soon used up.
    private static async Task<int> FirstFailureAsync(CoolKitApp app, CoolKitDevice lamp)
    {
        for (var i = 0; i < 1_000; i++)
        {
            var code = await CommandAsync(app, lamp, $"{i}" + Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(24_000)));
            if (code != 0) return code;
        }

        return 0;
    }

    private static async Task<int> CommandAsync(CoolKitApp app, CoolKitDevice lamp, string text)
    {
        var sending = app.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = lamp.Id, ["params"] = new JsonObject { ["text"] = text } });
        await lamp.ObeyAsync();
        return (await sending).Error();
    }

    // Answers are kept for a second, and a lease comes back with its next renewal.
    private static async Task BecomesAsync(CoolKitHouse house, HttpStatusCode wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (true)
        {
            using var answer = await Client.GetAsync(new Uri(house.Server.Http, "/health/ready"), Cancel);
            if (answer.StatusCode == wanted) return;
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task<IEnumerable<int>> PointsAsync(CoolKitHouse house, string id)
    {
        var points = await house.Server.Service<IDatabase>().ReadAsync(
            async s => await s.History.PointsAsync((await s.Devices.FindAsync(id))!.No, "n", 0, long.MaxValue, null, 100), Cancel);
        return points.Select(p => int.Parse(p.Value));
    }
}
