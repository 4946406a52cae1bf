using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Irori.Storage;
using Npgsql;
using Shouldly;

namespace Irori.Tests.Crash;

/// <summary>
/// Killing a process cannot tell what is on the disk from what only the kernel holds. These tests count what the engines ask of the disk
/// while devices report: a sync for every commit.
/// </summary>
public sealed partial class SyncTests
{
    private const int Reports = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SQLite_syncs_at_least_once_per_commit_under_load()
    {
        var (folder, made) = await CrashFolder.CreateAsync(DatabaseEngine.Sqlite, devices: 1);
        await using var end = folder;
        var trace = Path.GetTempFileName();
        await using var program = await folder.StartAsync("strace", "-D", "-f", "-qq", "-e", "trace=fdatasync,fsync", "-o", trace);

        var acknowledged = await LoadAsync(folder, made[0].Device.Id, made[0].Key);
        await program.SignalAsync("TERM");
        await program.EndAsync();

        // One device waits for each acknowledgement before it reports again: every report is a commit of its own.
        SyncCall().Count(await File.ReadAllTextAsync(trace, Cancel)).ShouldBeGreaterThanOrEqualTo((int)acknowledged);
        File.Delete(trace);
    }

    [Fact]
    [Trait("run", "full")]
    public async Task PostgreSQL_syncs_its_log_at_least_once_per_commit_under_load()
    {
        var (folder, made) = await CrashFolder.CreateAsync(DatabaseEngine.PostgreSql, devices: 1);
        await using var end = folder;
        await using var program = await folder.StartAsync();
        await using var source = NpgsqlDataSource.Create(folder.Database.ConnectionString);
        await using (var reset = source.CreateCommand("SELECT pg_stat_reset_shared('wal')")) await reset.ExecuteNonQueryAsync(Cancel);

        var acknowledged = await LoadAsync(folder, made[0].Device.Id, made[0].Key);
        await program.SignalAsync("TERM");
        await program.EndAsync();

        var synced = 0L;
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        // The server's processes tell the counter now and then, and at their end.
        do
        {
            await using var count = source.CreateCommand("SELECT wal_sync FROM pg_stat_wal");
            synced = Convert.ToInt64(await count.ExecuteScalarAsync(Cancel), CultureInfo.InvariantCulture);
        }
        while (synced < acknowledged && await timer.WaitForNextTickAsync(limit.Token));
        synced.ShouldBeGreaterThanOrEqualTo(acknowledged);
    }

    private static async Task<long> LoadAsync(CrashFolder folder, string id, string key)
    {
        var device = new ReportingDevice(folder.Server, id, key);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        stop.CancelAfter(Patience);
        var running = device.RunAsync(stop.Token);
        var start = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while ((device.Acknowledged < Reports || Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1)) && await timer.WaitForNextTickAsync(stop.Token))
        {
        }

        await stop.CancelAsync();
        await running;
        return device.Acknowledged;
    }

    [GeneratedRegex(@"\bf(?:data)?sync\(", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex SyncCall();
}
