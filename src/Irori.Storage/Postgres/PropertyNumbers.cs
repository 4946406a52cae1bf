using System.Collections.Concurrent;
using Dapper;
using Npgsql;

namespace Irori.Storage.Postgres;

/// <summary>The numbers that stand for property names in points. They are minted ahead of the batch, on their own, so that they may be remembered.</summary>
internal sealed class PropertyNumbers(NpgsqlDataSource source)
{
    private readonly ConcurrentDictionary<(long Product, string Name), long> _known = new();

    public long this[long product, string name] => _known[(product, name)];

    /// <summary>Mints what is missing for changes that were accepted: what is refused costs no number.</summary>
    public async Task EnsureAsync(IEnumerable<(long Product, string Name)> wanted)
    {
        var missing = wanted.Where(key => !_known.ContainsKey(key)).Distinct().Order().ToList();
        if (missing.Count == 0) return;
        await using var connection = await source.OpenConnectionAsync();
        var minted = await connection.QueryAsync<(long No, long Product, string Name)>(
            """
            INSERT INTO properties (product, name) SELECT * FROM unnest(@products, @names)
            ON CONFLICT (product, name) DO UPDATE SET name = excluded.name RETURNING no, product, name
            """,
            new { products = missing.Select(m => m.Product).ToArray(), names = missing.Select(m => m.Name).ToArray() });
        foreach (var (no, product, name) in minted) _known[(product, name)] = no;
    }
}
