using System.Diagnostics;
using Irori.Bench.Load;
using Irori.Bench.Servers;
using Npgsql;

namespace Irori.Bench.References;

/// <summary>The SQL of reports on PostgreSQL, in batches and on two connections as Irori does it, and nothing else.</summary>
internal static class PostgresLoop
{
    private const int Lanes = 2;
    private const string Select =
        """
        SELECT s.device, s.epoch, s.version, s.vals, s.last_keys, d.access_version FROM states s JOIN devices d ON d.no = s.device
        WHERE s.device = ANY($1) ORDER BY s.device FOR UPDATE OF s
        """;

    private const string Update =
        """
        UPDATE states s SET version = n.version, vals = n.vals, last_keys = n.keys, updated = n.updated
        FROM unnest($1, $2, $3, $4, $5) AS n (device, version, vals, keys, updated) WHERE s.device = n.device
        """;

    private const string Points = "INSERT INTO points (device, at, vals) SELECT * FROM unnest($1, $2, $3)";
    private const string Frames = "INSERT INTO frames (device, at, direction, bytes) SELECT device, at, 'i', bytes FROM unnest($1, $2, $3) AS n (device, at, bytes)";

    public static async Task<double> RunAsync(House house, int devices, int batch, double seconds, CancellationToken cancel)
    {
        var settings = new NpgsqlConnectionStringBuilder(house.Database.ConnectionString) { MaxAutoPrepare = 20, AutoPrepareMinUsages = 2, Pooling = false };
        await using var source = NpgsqlDataSource.Create(settings.ToString());
        var properties = new List<long>();
        foreach (var (name, _) in Reports.Values(0)) properties.Add(await PropertyAsync(source, house.Product, name, cancel));
        var start = Stopwatch.GetTimestamp();
        var done = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(() => LaneAsync(source, lane, properties, devices, batch, seconds, cancel), cancel)));
        return done.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<long> LaneAsync(
        NpgsqlDataSource source, int lane, IReadOnlyList<long> properties, int devices, int batch, double seconds, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var mine = Enumerable.Range(1, devices).Where(d => d % Lanes == lane).Select(d => (long)d).ToArray();
        var size = Math.Min(batch, mine.Length);
        var start = Stopwatch.GetTimestamp();
        long done = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            await CommitAsync(connection, properties, [.. Enumerable.Range(0, size).Select(i => mine[(done + i) % mine.Length]).Order()], cancel);
            done += size;
        }

        return done;
    }

    private static async Task CommitAsync(NpgsqlConnection connection, IReadOnlyList<long> properties, long[] devices, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var versions = new List<long>();
        var values = new List<string>();
        await using (var select = new NpgsqlCommand(Select, connection, transaction) { Parameters = { Parameter(devices) } })
        await using (var reader = await select.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                versions.Add(reader.GetInt64(2) + 1);
                values.Add(reader.GetString(3));
            }
        }

        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var times = Enumerable.Repeat(now, devices.Length).ToArray();
        await using var batch = new NpgsqlBatch(connection, transaction);
        Add(Update, devices, versions.ToArray(), values.ToArray(), Enumerable.Repeat("[]", devices.Length).ToArray(), times);
        Add(Points, devices, versions.Select(v => Reports.At(now, v)).ToArray(), versions.Select(v => Reports.Packed(properties, v)).ToArray());
        Add(Frames, devices, times, versions.Select(v => System.Text.Encoding.ASCII.GetBytes(Reports.Frame("1000000000", v))).ToArray());
        await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);

        void Add(string sql, params ReadOnlySpan<object> arrays)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var array in arrays) command.Parameters.Add(Parameter(array));
            batch.BatchCommands.Add(command);
        }
    }

    private static NpgsqlParameter Parameter(object value) => new() { Value = value };

    private static async Task<long> PropertyAsync(NpgsqlDataSource source, long product, string name, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "INSERT INTO properties (product, name) VALUES ($1, $2) ON CONFLICT (product, name) DO UPDATE SET name = excluded.name RETURNING no");
        command.Parameters.Add(Parameter(product));
        command.Parameters.Add(Parameter(name));
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
