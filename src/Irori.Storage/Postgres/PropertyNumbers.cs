using System.Collections.Concurrent;
using Dapper;
using Npgsql;

namespace Irori.Storage.Postgres;

/// <summary>The numbers that stand for property names in points. They are minted ahead of the batch, on their own, so that they may be remembered.</summary>
internal sealed class PropertyNumbers(NpgsqlDataSource source)
{
    private readonly ConcurrentDictionary<(long Product, string Name), long> _known = new();

    public long this[long product, string name] => _known[(product, name)];

    public async Task EnsureAsync(IReadOnlyList<LaneState> states)
    {
        List<(long Product, string Name)>? missing = null;
        foreach (var state in states)
        {
            foreach (var reading in state.Write.Readings)
            {
                var key = (state.Write.Product, reading.Name);
                if (!_known.ContainsKey(key)) (missing ??= []).Add(key);
            }
        }

        if (missing is not null) await MintAsync([.. missing.Distinct().Order()]);
    }

    private async Task MintAsync(IReadOnlyList<(long Product, string Name)> missing)
    {
        await using var connection = await source.OpenConnectionAsync();
        foreach (var (product, name) in missing)
        {
            _known[(product, name)] = await connection.QuerySingleAsync<long>(
                """
                INSERT INTO properties (product, name) VALUES (@product, @name)
                ON CONFLICT (product, name) DO UPDATE SET name = excluded.name RETURNING no
                """,
                new { product, name });
        }
    }
}
