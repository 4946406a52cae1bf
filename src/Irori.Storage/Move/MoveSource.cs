using Dapper;
using Irori.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Irori.Storage.Move;

/// <summary>The SQLite side of a move, held so that nobody else changes it meanwhile.</summary>
internal sealed class MoveSource : IAsyncDisposable
{
    private readonly SqliteConnection _connection;

    private MoveSource(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens and holds the database.</summary>
    /// <exception cref="MoveException">Somebody else is changing it.</exception>
    public static async Task<MoveSource> OpenAsync(string path)
    {
        var connection = SqliteEngine.Open(path, writing: true);
        try
        {
            await connection.ExecuteAsync("BEGIN IMMEDIATE");
            return new MoveSource(connection);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_BUSY)
        {
            await connection.DisposeAsync();
            throw new MoveException($"{path} is being changed by another program; end it and try again.", e);
        }
    }

    /// <summary>Names of the tables, those first to which others refer.</summary>
    public async Task<IReadOnlyList<string>> TablesAsync()
    {
        var left = (await _connection.QueryAsync<string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")).ToList();
        var references = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var table in left)
            references[table] = [.. (await _connection.QueryAsync<string>("SELECT \"table\" FROM pragma_foreign_key_list(@table)", new { table })).Where(t => t != table)];
        var ordered = new List<string>();
        while (left.Count > 0)
        {
            var next = left.Where(t => references[t].IsSubsetOf(ordered)).ToList();
            if (next.Count == 0) throw new MoveException($"The tables {string.Join(", ", left)} refer to each other in a circle; this release cannot move them.");
            ordered.AddRange(next);
            left.RemoveAll(next.Contains);
        }

        return ordered;
    }

    /// <summary>Names of a table's columns, and those of its key in their order.</summary>
    public async Task<(IReadOnlyList<string> Columns, IReadOnlyList<string> Key)> ColumnsAsync(string table)
    {
        var columns = (await _connection.QueryAsync<(string Name, long Key)>("SELECT name, pk FROM pragma_table_info(@table) ORDER BY cid", new { table })).ToList();
        return ([.. columns.Select(c => c.Name)], [.. columns.Where(c => c.Key > 0).OrderBy(c => c.Key).Select(c => c.Name)]);
    }

    public Task<long> CountAsync(MoveTable table) => _connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table.Quoted}");

    /// <summary>Hands out the rows after a key, in its order, at most so many: values of a row as PostgreSQL's columns hold them.</summary>
    public IEnumerable<object?[]> Rows(MoveTable table, IReadOnlyList<object>? after, int limit)
    {
        using var command = _connection.CreateCommand();
        var keys = Enumerable.Range(0, table.Key.Count).Select(i => $"$k{i}");
        var from = after is null ? "" : $"WHERE ({table.KeyList}) > ({string.Join(", ", keys)})";
        command.CommandText = $"SELECT {table.List} FROM {table.Quoted} {from} ORDER BY {table.KeyList} LIMIT {limit}";
        for (var i = 0; i < after?.Count; i++) command.Parameters.AddWithValue($"$k{i}", after[i]);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = new object?[table.Columns.Count];
            for (var i = 0; i < row.Length; i++) row[i] = table.Columns[i].Convert(reader.GetValue(i));
            yield return row;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
