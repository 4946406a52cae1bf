using Dapper;
using Irori.Core.Commands;
using Irori.Core.History;
using Irori.Core.Links;
using Irori.Core.States;
using Irori.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;
using Shouldly;

namespace Irori.Tests.Storage;

/// <summary>How much room the history takes, and for how long a disk lasts.</summary>
public sealed class BudgetTests : IDisposable
{
    private const int Many = 12_000;
    private static readonly RetentionSettings Retention = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(DatabaseEngine.Sqlite)]
    [InlineData(DatabaseEngine.PostgreSql)]
    public async Task The_estimate_of_a_days_bytes_is_near_what_the_disk_shows(DatabaseEngine engine)
    {
        var settings = engine == DatabaseEngine.Sqlite ? new DatabaseSettings { SqlitePath = Path.Combine(_folder, "irori.db") } : await Postgres.NewDatabaseAsync();
        await using var world = await World.CreateAsync(settings);
        var now = TimeProvider.System.GetUtcNow();
        foreach (var (table, rows) in Rows(world, now))
        {
            var before = await SizeAsync(settings);
            await Task.WhenAll(rows.Select(r => world.Database.WriteStateAsync(r, Cancel)));
            var real = await SizeAsync(settings) - before;
            var growth = (await world.ReadAsync(s => s.History.GrowthAsync(now.AddDays(-1), Retention))).Single(g => g.Name == table);
            growth.Rows.ShouldBe(table == "points" ? Many / 4 : Many);
            ((double)growth.Bytes / real).ShouldBeInRange(0.7, 1.4, $"{table}: {growth.Bytes} estimated, {real} on the disk");
        }

        var size = await SizeAsync(settings);
        await world.WriteAsync(async s =>
        {
            for (var i = 0; i < Many; i++) await s.Links.AddPresenceAsync(world.Device, PresenceKind.Online, "192.168.100.100", i, "connected", now);
            return true;
        });
        var presence = (await world.ReadAsync(s => s.History.GrowthAsync(now.AddDays(-1), Retention))).Single(g => g.Name == "presence");
        ((double)presence.Bytes / (await SizeAsync(settings) - size)).ShouldBeInRange(0.7, 1.4, "presence");
        (await world.ReadAsync(s => s.History.GrowthAsync(now.AddDays(1), Retention))).Sum(g => g.Rows).ShouldBe(0);
    }

    [Fact]
    public void A_disk_is_full_when_what_still_grows_has_used_it_up()
    {
        TableGrowth[] tables = [Growth(7, 100), Growth(365, 10)];

        // 7 days of both, then 10 a day.
        DiskBudget.FullInDays(tables, 0, 770).ShouldBe(7);
        DiskBudget.FullInDays(tables, 0, 1_000).ShouldBe(30);
        DiskBudget.FullInDays(tables, 0, 700 + 3_650 + 1).ShouldBeNull();
        DiskBudget.FullInDays(tables, 100, 2_000).ShouldBe(200);
        DiskBudget.FullInDays(tables, 400, 1).ShouldBeNull();
        DiskBudget.FullInDays(tables, 0, 0).ShouldBe(0);
        DiskBudget.FullInDays([], 0, 1).ShouldBeNull();
    }

    private static TableGrowth Growth(int days, long bytes) => new() { Name = "points", Days = days, Rows = 1, Bytes = bytes };

    private static IEnumerable<(string Table, IEnumerable<StateWrite> Rows)> Rows(World world, DateTimeOffset now)
    {
        yield return ("points", Enumerable.Range(0, Many / 4).Select(i => world.Write(null, null, ("power", $"{i}.25"), ("voltage", "230.1"), ("current", "1.5"), ("on", "true"))));
        var frame = new Frame { At = now, Direction = FrameDirection.In, Ip = "192.168.100.100", Bytes = new byte[180] };
        yield return ("frames", Enumerable.Range(0, Many).Select(_ => world.Write(null, null) with { Frames = [frame] }));
        yield return ("commands", Enumerable.Range(0, Many).Select(i =>
        {
            var command = new DeviceCommand
            {
                Id = Irori.Core.Ids.Number(), Device = world.Device, Body = """{"switch":"on"}""", Account = Irori.Core.Ids.Account(), App = "an-app-of-some-length-0123456789", Ip = "192.168.100.100",
                Created = now, Deadline = now, Expires = 0,
            };
            return world.Write(null, null) with { Command = command.Record(CommandOutcome.Acknowledged, now, now, null) };
        }));
    }

    // What the tables take; on SQLite all of them.
    private static async Task<long> SizeAsync(DatabaseSettings settings)
    {
        if (settings.Engine == DatabaseEngine.Sqlite)
        {
            await using var file = new SqliteConnection($"Data Source={settings.SqlitePath};Mode=ReadOnly;Pooling=false");
            return await file.ExecuteScalarAsync<long>("SELECT (p.page_count - f.freelist_count) * s.page_size FROM pragma_page_count() AS p, pragma_freelist_count() AS f, pragma_page_size() AS s");
        }

        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        return await connection.ExecuteScalarAsync<long>(
            "SELECT sum(pg_total_relation_size(t::regclass)) FROM unnest(ARRAY['points', 'frames', 'presence', 'commands']) AS t");
    }
}
