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
    public const string Single = "bytesPerSinglePoint";

    public override string Name => $"points-{engine.Word()}";

    public override char Letter => 'g';

    public override string Summary =>
        $"bytes on disk per stored point on {engine.Title()}, index included: reports of 4 properties (a metering plug) from 2,000 devices, each about every half minute, until a million points; for information, reports of 1 property";

    public override string Reference => "a table of the same columns without a key";

    public override int MostRounds => 1;

    public override IReadOnlyList<Measure> Measures { get; } =
        [new(Bytes, "disk per point", "bytes", new Bar(BarKind.ValueAtMost, 40)), new(Single, "disk per point, reports of 1 property", "bytes")];

    public override async Task<IStage> PrepareAsync(BenchContext context, CancellationToken cancel)
    {
        var devices = context.Sizes.PointDevices;
        return new PointStage(
            await House.MakeAsync(context, engine, devices, devices, cancel), await House.MakeAsync(context, engine, devices, devices, cancel), context.Sizes);
    }

    private sealed class PointStage(House plugs, House switches, Sizes sizes) : IStage
    {
        private const int Period = 30_000;

        // A fifth tells as much.
        private readonly int _singles = sizes.Points / 5;

        // Written with Irori's points, so that both hold the same.
        public async Task<IReadOnlyDictionary<string, double>> ReferenceAsync(CancellationToken cancel)
        {
            await FillAsync(plugs, sizes.Points, properties: 4, cancel);
            await FillAsync(switches, _singles, properties: 1, cancel);
            foreach (var house in (House[])[plugs, switches])
            {
                await using var connection = await Seed.OpenAsync(house.Database, cancel);
                await connection.ExecuteAsync("CREATE TABLE bare (device BIGINT, at BIGINT, times TEXT, vals TEXT)");
                await connection.ExecuteAsync(new CommandDefinition(
                    "INSERT INTO bare SELECT device, at, times, vals FROM points", commandTimeout: 600, cancellationToken: cancel));
            }

            return await SizesAsync("bare", cancel);
        }

        public Task<IReadOnlyDictionary<string, double>> IroriAsync(CancellationToken cancel) => SizesAsync("points", cancel);

        private async Task<IReadOnlyDictionary<string, double>> SizesAsync(string table, CancellationToken cancel) => new Dictionary<string, double>
        {
            [Bytes] = await SizeAsync(plugs, table, cancel) / (double)sizes.Points, [Single] = await SizeAsync(switches, table, cancel) / (double)_singles,
        };

        private static async Task<long> SizeAsync(House house, string table, CancellationToken cancel)
        {
            await using var connection = await Seed.OpenAsync(house.Database, cancel);
            var sql = house.Database.Engine == DatabaseEngine.Sqlite
                ? $"SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = '{table}')"
                : $"SELECT pg_total_relation_size('{table}')";
            return await connection.ExecuteScalarAsync<long>(new CommandDefinition(sql, cancellationToken: cancel));
        }

        // By Irori's own writer, in the order of their arrivals: every device once in a period, at a moment of its own choice. The properties have
        // numbers of three digits, as in an installation of many products.
        private async Task FillAsync(House house, int points, int properties, CancellationToken cancel)
        {
            await using (var connection = await Seed.OpenAsync(house.Database, cancel))
            {
                foreach (var (no, value) in Reports.Values(0).Index())
                    await connection.ExecuteAsync("INSERT INTO properties (no, product, name) VALUES (@no, @Product, @Name)", new { no = 120 + no, house.Product, value.Name });
            }

            await using var database = await house.OpenAsync(cancel);
            var dice = new Random(properties);
            var start = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            for (var round = 0; round < points / properties / sizes.PointDevices; round++)
            {
                var arrivals = Enumerable.Range(1, sizes.PointDevices).Select(d => (Device: d, Arrival: start + round * (long)Period + dice.Next(Period))).OrderBy(a => a.Arrival);
                var written = await Task.WhenAll(arrivals.Select(a => database.WriteStateAsync(
                    new StateWrite
                    {
                        Device = a.Device, Product = house.Product, Arrival = a.Arrival, Key = round,
                        Readings = [.. Reports.Values(round + a.Device).Take(properties).Select(v => new Reading(v.Name, v.Json))],
                    },
                    cancel)));
                if (written.Any(w => w.Fault is not null)) throw new BenchException("A point could not be stored");
            }
        }
    }
}
