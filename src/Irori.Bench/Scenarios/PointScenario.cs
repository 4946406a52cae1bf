using Dapper;
using Irori.Bench.Load;
using Irori.Bench.Servers;
using Irori.Core.States;
using Irori.Storage;

namespace Irori.Bench.Scenarios;

/// <summary>What a stored point takes on disk.</summary>
internal sealed class PointScenario(DatabaseEngine engine) : Scenario
{
    public const string Bytes = "bytesPerPoint";

    public override string Name => $"points-{engine.Word()}";

    public override char Letter => 'g';

    public override string Summary => $"bytes on disk per stored point on {engine.Title()} after a million points of 2,000 devices with 4 properties, index included";

    public override string Reference => "a table of the same columns without a key";

    public override int MostRounds => 1;

    public override IReadOnlyList<Measure> Measures { get; } = [new(Bytes, "disk per point", "bytes", new Bar(BarKind.ValueAtMost, 40))];

    public override async Task<IStage> PrepareAsync(BenchContext context, CancellationToken cancel) =>
        new PointStage(await House.MakeAsync(context, engine, context.Sizes.PointDevices, context.Sizes.PointDevices, cancel), context.Sizes);

    private sealed class PointStage(House house, Sizes sizes) : IStage
    {
        // Written with Irori's points, so that both hold the same.
        public async Task<IReadOnlyDictionary<string, double>> ReferenceAsync(CancellationToken cancel)
        {
            await FillAsync(cancel);
            await using var connection = await Seed.OpenAsync(house.Database, cancel);
            await connection.ExecuteAsync("CREATE TABLE bare (device BIGINT, property BIGINT, arrival BIGINT, seq BIGINT, source_time BIGINT, value TEXT)");
            await connection.ExecuteAsync(new CommandDefinition("INSERT INTO bare SELECT * FROM points", commandTimeout: 600, cancellationToken: cancel));
            return Values(await SizeAsync("bare", cancel));
        }

        public async Task<IReadOnlyDictionary<string, double>> IroriAsync(CancellationToken cancel) => Values(await SizeAsync("points", cancel));

        private Dictionary<string, double> Values(long bytes) => new() { [Bytes] = bytes / (double)sizes.Points };

        private async Task<long> SizeAsync(string table, CancellationToken cancel)
        {
            await using var connection = await Seed.OpenAsync(house.Database, cancel);
            var sql = house.Database.Engine == DatabaseEngine.Sqlite
                ? $"SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = '{table}')"
                : $"SELECT pg_total_relation_size('{table}')";
            return await connection.ExecuteScalarAsync<long>(new CommandDefinition(sql, cancellationToken: cancel));
        }

        // By Irori's own writer: every device in turn, one report of 4 properties, a second apart.
        private async Task FillAsync(CancellationToken cancel)
        {
            await using var database = await house.OpenAsync(cancel);
            var perReport = Reports.Values(0).Count();
            var start = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            for (var round = 0; round < sizes.Points / perReport / sizes.PointDevices; round++)
            {
                var arrival = start + round * 1_000L;
                var readings = Reports.Values(round).Select(v => new Reading(v.Name, v.Json)).ToList();
                var written = await Task.WhenAll(Enumerable.Range(1, sizes.PointDevices).Select(device => database.WriteStateAsync(
                    new StateWrite { Device = device, Product = house.Product, Readings = readings, Arrival = arrival + device % 1_000, Key = round }, cancel)));
                if (written.Any(w => w.Fault is not null)) throw new BenchException("A point could not be stored");
            }
        }
    }
}
