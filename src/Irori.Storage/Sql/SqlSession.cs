using System.Data.Common;
using System.Text.Json;
using Dapper;

namespace Irori.Storage.Sql;

/// <summary>A connection in use by one unit of work. Stores say their SQL through it.</summary>
internal sealed class SqlSession(DbConnection connection, DbTransaction? transaction, Engine engine)
{
    public DbConnection Connection => connection;

    public DbTransaction? Transaction => transaction;

    public Engine Engine => engine;

    public Task<T?> FirstAsync<T>(string sql, object? parameters = null) => connection.QueryFirstOrDefaultAsync<T>(sql, parameters, transaction);

    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? parameters = null) =>
        (await connection.QueryAsync<T>(sql, parameters, transaction)).AsList();

    public Task<int> ExecuteAsync(string sql, object? parameters = null) => connection.ExecuteAsync(sql, parameters, transaction);

    /// <summary>Executes a change of one row that another may have made first; false then.</summary>
    public async Task<bool> TryAsync(string sql, object? parameters = null) => await ExecuteAsync(sql, parameters) > 0;

    /// <summary>A list as one parameter, for <see cref="Sql.Engine.Numbers"/>.</summary>
    public static string List(IEnumerable<long> values) => JsonSerializer.Serialize(values);

    /// <summary>A list of texts as one parameter, for json_each.</summary>
    public static string List(IEnumerable<string> values) => JsonSerializer.Serialize(values);
}
