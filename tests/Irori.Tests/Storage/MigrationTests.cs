using System.Data.Common;
using Dapper;
using Irori.Core.History;
using Irori.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;
using Shouldly;

namespace Irori.Tests.Storage;

public sealed class MigrationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(DatabaseEngine.Sqlite)]
    [InlineData(DatabaseEngine.PostgreSql)]
    public async Task Points_of_the_schema_that_had_a_row_for_each_are_all_there_after_the_migration(DatabaseEngine engine)
    {
        var settings = engine == DatabaseEngine.Sqlite ? new DatabaseSettings { SqlitePath = Path.Combine(_folder, "irori.db") } : await Postgres.NewDatabaseAsync();
        long device;
        await using (var world = await World.CreateAsync(settings))
        {
            device = world.Device;
            await world.ReportAsync(null, 1, ("m", "0"), ("n", "0"));
        }

        await using (var connection = Connection(settings))
        {
            await connection.ExecuteAsync(
                """
                DROP TABLE points;
                CREATE TABLE points (device BIGINT NOT NULL, property BIGINT NOT NULL, arrival BIGINT NOT NULL, seq BIGINT NOT NULL, source_time BIGINT, value TEXT NOT NULL,
                    PRIMARY KEY (device, property, arrival, seq));
                DELETE FROM schema_migrations WHERE version = 3
                """);
            foreach (var (property, arrival, seq, source, value) in new (string, long, long, long?, string)[]
            {
                ("m", 100, 1, null, "\"on\""), ("n", 100, 1, 90, "21.50"), ("n", 100, 2, null, "[1, {\"a\":null}]"), ("m", 200, 3, 150, "true"),
            })
            {
                await connection.ExecuteAsync(
                    "INSERT INTO points SELECT @device, no, @arrival, @seq, CAST(@source AS BIGINT), @value FROM properties WHERE name = @property", new { device, arrival, seq, source, value, property });
            }
        }

        await using var database = await DatabaseFactory.OpenAsync(settings, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        (await PointsAsync("m")).ShouldBe([(100, 1, 100, "\"on\""), (200, 3, 150, "true")]);
        (await PointsAsync("n")).ShouldBe([(100, 1, 90, "21.50"), (100, 2, 100, "[1, {\"a\":null}]")]);

        async Task<IEnumerable<(long, long, long, string)>> PointsAsync(string property)
        {
            var points = await database.ReadAsync(s => s.History.PointsAsync(device, property, 0, long.MaxValue, null, 10), TestContext.Current.CancellationToken);
            return points.Select(p => (p.Arrival, p.Seq, p.SourceTime, p.Value));
        }
    }

    private static DbConnection Connection(DatabaseSettings settings) => settings.Engine == DatabaseEngine.Sqlite
        ? new SqliteConnection($"Data Source={settings.SqlitePath};Pooling=false")
        : new NpgsqlConnection(settings.ConnectionString);
}
