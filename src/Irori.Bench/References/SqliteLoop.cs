using System.Diagnostics;
using Irori.Bench.Load;
using Irori.Bench.Servers;
using Microsoft.Data.Sqlite;

namespace Irori.Bench.References;

/// <summary>The SQL of reports on SQLite, prepared and in batches, and nothing else.</summary>
internal static class SqliteLoop
{
    public static async Task<double> RunAsync(House house, int devices, int batch, double seconds, CancellationToken cancel)
    {
        await using var connection = (SqliteConnection)await Seed.OpenAsync(house.Database, cancel);
        return Run(connection, house.Product, devices, batch, seconds, cancel);
    }

    private static double Run(SqliteConnection connection, long product, int devices, int batch, double seconds, CancellationToken cancel)
    {
        using var plain = connection.CreateCommand();
        plain.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536";
        plain.ExecuteNonQuery();
        var properties = Reports.Values(0).Select(v => Property(plain, product, v.Name)).ToArray();
        using var begin = Prepare(connection, "BEGIN IMMEDIATE");
        using var commit = Prepare(connection, "COMMIT");
        using var select = Prepare(connection, "SELECT s.epoch, s.version, s.vals, s.last_keys, d.access_version FROM states s JOIN devices d ON d.no = s.device WHERE s.device = $a", "$a");
        using var update = Prepare(connection, "UPDATE states SET version = $a, vals = $b, last_keys = $c, updated = $d WHERE device = $e", "$a", "$b", "$c", "$d", "$e");
        using var point = Prepare(connection, "INSERT INTO points (device, at, vals) VALUES ($a, $b, $c)", "$a", "$b", "$c");
        using var frame = Prepare(connection, "INSERT INTO frames (device, at, direction, bytes) VALUES ($a, $b, 'i', $c)", "$a", "$b", "$c");
        var start = Stopwatch.GetTimestamp();
        long done = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            cancel.ThrowIfCancellationRequested();
            begin.ExecuteNonQuery();
            for (var i = 0; i < batch; i++, done++) Report(done % devices + 1);
            commit.ExecuteNonQuery();
        }

        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;

        void Report(long device)
        {
            select.Parameters[0].Value = device;
            long version;
            string values;
            using (var reader = select.ExecuteReader())
            {
                reader.Read();
                (version, values) = (reader.GetInt64(1) + 1, reader.GetString(2));
            }

            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            Execute(update, version, values, "[]", now, device);
            Execute(point, device, Reports.At(now, version), Reports.Packed(properties, version));
            Execute(frame, device, now, System.Text.Encoding.ASCII.GetBytes(Reports.Frame("1000000000", version)));
        }
    }

    private static long Property(SqliteCommand command, long product, string name)
    {
        command.CommandText = $"INSERT INTO properties (product, name) VALUES ({product}, '{name}') ON CONFLICT (product, name) DO UPDATE SET name = excluded.name RETURNING no";
        return (long)command.ExecuteScalar()!;
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql, params string[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter(name, null));
        return command;
    }

    private static void Execute(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }
}
