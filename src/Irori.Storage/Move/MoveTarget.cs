using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;

namespace Irori.Storage.Move;

/// <summary>How far a table was copied.</summary>
internal sealed record CopiedSoFar(long Rows, IReadOnlyList<object>? After);

/// <summary>
/// The PostgreSQL side of a move. Everything is copied into a schema of its own, which no server looks into, and takes its place in one
/// transaction at the end: a move that was cut off is never taken for an installation.
/// </summary>
internal sealed class MoveTarget : IAsyncDisposable
{
    private const string Schema = "irori_move";

    // Name of a key of bytes in what is noted.
    private const string Bytes = "bytes";
    private const long Lock = 0x49726F726D;

    private readonly NpgsqlConnection _connection;
    private readonly string _connectionString;

    private MoveTarget(NpgsqlConnection connection, string connectionString)
    {
        _connection = connection;
        _connectionString = connectionString;
    }

    /// <summary>Connects, and keeps other moves into this database out.</summary>
    /// <exception cref="MoveException">Another move is running.</exception>
    public static async Task<MoveTarget> OpenAsync(string connectionString, CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = "irori move" }.ToString());
        var target = new MoveTarget(connection, connectionString);
        try
        {
            await connection.OpenAsync(cancel);
            // A move that was cut off a moment ago may still be ending there.
            await target.ExecuteAsync($"SET lock_timeout = '10s'; SELECT pg_advisory_lock({Lock}); RESET lock_timeout", cancel);
            return target;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await connection.DisposeAsync();
            throw new MoveException("Another move into this PostgreSQL database is running; let it end.", e);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>True when an earlier move of this installation into this database was completed.</summary>
    /// <exception cref="MoveException">The database holds something else.</exception>
    public async Task<bool> HoldsAsync(string installation, CancellationToken cancel)
    {
        var others = await ScalarAsync<long>($"SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema', '{Schema}')", cancel);
        if (others == 0) return false;
        var facts = await DatabaseInspection.ReadAsync(new DatabaseSettings { Engine = DatabaseEngine.PostgreSql, ConnectionString = _connectionString }, cancel);
        if (facts?.InstallationId == installation) return true;
        throw new MoveException("The PostgreSQL database has tables already; name an empty one by --to (createdb makes one).");
    }

    /// <summary>Makes the tables, or finds those of a move that was cut off.</summary>
    /// <exception cref="MoveException">What was cut off was the move of another installation.</exception>
    public async Task PrepareAsync(string installation, bool again, CancellationToken cancel)
    {
        if (again) await ExecuteAsync($"DROP SCHEMA IF EXISTS {Schema} CASCADE", cancel);
        await ExecuteAsync(
            $"""
            CREATE SCHEMA IF NOT EXISTS {Schema};
            CREATE TABLE IF NOT EXISTS {Schema}.move_of (installation TEXT PRIMARY KEY);
            CREATE TABLE IF NOT EXISTS {Schema}.move_progress (name TEXT PRIMARY KEY, copied BIGINT NOT NULL, after TEXT NOT NULL);
            """,
            cancel);
        var begun = await ScalarAsync<string>($"SELECT installation FROM {Schema}.move_of", cancel);
        if (begun is not null && begun != installation)
            throw new MoveException("A move of another installation into this PostgreSQL database was cut off; name another database by --to, or drop that move with --again.");
        var inside = new NpgsqlConnectionStringBuilder(_connectionString) { SearchPath = Schema, Pooling = false };
        var settings = new DatabaseSettings { Engine = DatabaseEngine.PostgreSql, ConnectionString = inside.ToString() };
        await using (await DatabaseFactory.OpenAsync(settings, TimeProvider.System, NullLoggerFactory.Instance, cancel))
        {
            // Opening applies the migrations.
        }

        await _connection.ExecuteAsync(new CommandDefinition(
            $"INSERT INTO {Schema}.move_of (installation) VALUES (@installation) ON CONFLICT DO NOTHING", new { installation }, cancellationToken: cancel));
    }

    /// <summary>The tables with their columns and types.</summary>
    /// <exception cref="MoveException">A column has a type that cannot be moved.</exception>
    public async Task<Dictionary<string, IReadOnlyList<MoveColumn>>> TablesAsync(CancellationToken cancel)
    {
        var rows = await _connection.QueryAsync<(string Table, string Column, string Type)>(new CommandDefinition(
            """
            SELECT c.relname, a.attname, t.typname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
            WHERE c.relnamespace = CAST(@Schema AS regnamespace) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                AND a.attnum > 0 AND NOT a.attisdropped AND c.relname NOT IN ('move_of', 'move_progress')
            ORDER BY c.relname, a.attnum
            """,
            new { Schema },
            cancellationToken: cancel));
        return rows.GroupBy(r => r.Table, StringComparer.Ordinal).ToDictionary(
            g => g.Key, g => (IReadOnlyList<MoveColumn>)[.. g.Select(r => new MoveColumn(r.Column, MoveColumn.TypeOf(r.Type) ?? throw Unknown(r)))], StringComparer.Ordinal);

        static MoveException Unknown((string Table, string Column, string Type) r) =>
            new($"The column {r.Table}.{r.Column} has the type {r.Type}, which this release cannot move.");
    }

    public async Task<CopiedSoFar> CopiedAsync(MoveTable table, CancellationToken cancel)
    {
        var found = await _connection.QueryFirstOrDefaultAsync<(long Copied, string? After)>(new CommandDefinition(
            $"SELECT copied, after FROM {Schema}.move_progress WHERE name = @Name", new { table.Name }, cancellationToken: cancel));
        return new CopiedSoFar(found.Copied, found.After is null ? null : [.. JsonNode.Parse(found.After)!.AsArray().Select(v => Value(v!))]);
    }

    /// <summary>Copies a page of rows and notes it, in one transaction; what is noted begins anew from the last row's key.</summary>
    /// <returns>How far the table is copied now.</returns>
    public async Task<CopiedSoFar> CopyAsync(MoveTable table, IEnumerable<object?[]> rows, CopiedSoFar before, CancellationToken cancel)
    {
        var copied = before.Rows;
        object?[]? last = null;
        await using var transaction = await _connection.BeginTransactionAsync(cancel);
        await using (var importer = await _connection.BeginBinaryImportAsync($"COPY {Schema}.{table.Quoted} ({table.List}) FROM STDIN (FORMAT BINARY)", cancel))
        {
            foreach (var row in rows)
            {
                await importer.StartRowAsync(cancel);
                for (var i = 0; i < row.Length; i++) await WriteAsync(importer, row[i], table.Columns[i].Type, cancel);
                last = row;
                copied++;
            }

            await importer.CompleteAsync(cancel);
        }

        if (last is null) return before;
        var after = table.Key.Select(k => last[table.Columns.ToList().FindIndex(c => c.Name == k)]!).ToList();
        await _connection.ExecuteAsync(new CommandDefinition(
            $"""
            INSERT INTO {Schema}.move_progress (name, copied, after) VALUES (@Name, @copied, @after)
            ON CONFLICT (name) DO UPDATE SET copied = excluded.copied, after = excluded.after
            """,
            new { table.Name, copied, after = new JsonArray([.. after.Select(Node)]).ToJsonString() },
            transaction,
            cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return new CopiedSoFar(copied, after);
    }

    /// <summary>The digest of a table as it stands here.</summary>
    public async Task<RowDigest> DigestAsync(MoveTable table, Action<long> progress, CancellationToken cancel)
    {
        var digest = new RowDigest();
        await using var command = new NpgsqlCommand($"SELECT {table.List} FROM {Schema}.{table.Quoted}", _connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            for (var i = 0; i < table.Columns.Count; i++) digest.Add(reader.IsDBNull(i) ? null : reader.GetValue(i));
            digest.EndRow();
            progress(digest.Rows);
        }

        return digest;
    }

    /// <summary>Lets keys go on where the rows end, and puts everything into its place, wholly or not at all.</summary>
    public async Task FinishAsync(CancellationToken cancel)
    {
        await using (var transaction = await _connection.BeginTransactionAsync(cancel))
        {
            var place = await ScalarAsync<string>("SELECT quote_ident(current_schema())", cancel)
                ?? throw new MoveException("The PostgreSQL database has no schema to put the tables into; make one that the connection's search path names.");
            foreach (var setting in await ListAsync(
                $"""
                SELECT format('SELECT setval(%L, coalesce(max(%I), 0) + 1, false) FROM %s', pg_get_serial_sequence(c.oid::regclass::text, a.attname), a.attname, c.oid::regclass)
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = '{Schema}'::regnamespace AND a.attidentity <> ''
                """,
                cancel)) await ExecuteAsync(setting, cancel);
            await ExecuteAsync($"DROP TABLE {Schema}.move_of, {Schema}.move_progress", cancel);
            foreach (var change in await ListAsync(
                $"""
                SELECT format('ALTER TABLE %s SET SCHEMA {place}', oid::regclass) FROM pg_class WHERE relnamespace = '{Schema}'::regnamespace AND relkind IN ('r', 'p')
                UNION ALL SELECT format('ALTER FUNCTION %s SET SCHEMA {place}', oid::regprocedure) FROM pg_proc WHERE pronamespace = '{Schema}'::regnamespace
                """,
                cancel)) await ExecuteAsync(change, cancel);
            await ExecuteAsync($"DROP SCHEMA {Schema}", cancel);
            await transaction.CommitAsync(CancellationToken.None);
        }

        await ExecuteAsync("ANALYZE", cancel);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static Task WriteAsync(NpgsqlBinaryImporter importer, object? value, NpgsqlDbType type, CancellationToken cancel) => value switch
    {
        null => importer.WriteNullAsync(cancel),
        long number => importer.WriteAsync(number, type, cancel),
        int number => importer.WriteAsync(number, type, cancel),
        bool flag => importer.WriteAsync(flag, type, cancel),
        double number => importer.WriteAsync(number, type, cancel),
        string text => importer.WriteAsync(text, type, cancel),
        _ => importer.WriteAsync((byte[])value, type, cancel),
    };

    private static JsonNode Node(object key) => key switch
    {
        string text => JsonValue.Create(text),
        byte[] bytes => new JsonObject { [Bytes] = Convert.ToBase64String(bytes) },
        _ => JsonValue.Create(Convert.ToInt64(key)),
    };

    private static object Value(JsonNode key) => key.GetValueKind() switch
    {
        JsonValueKind.String => key.GetValue<string>(),
        JsonValueKind.Object => Convert.FromBase64String(key[Bytes]!.GetValue<string>()),
        _ => key.GetValue<long>(),
    };

    private Task<T?> ScalarAsync<T>(string sql, CancellationToken cancel) => _connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, cancellationToken: cancel));

    private Task ExecuteAsync(string sql, CancellationToken cancel) =>
        _connection.ExecuteAsync(new CommandDefinition(sql, commandTimeout: 0, commandType: System.Data.CommandType.Text, cancellationToken: cancel));

    private async Task<IReadOnlyList<string>> ListAsync(string sql, CancellationToken cancel) =>
        (await _connection.QueryAsync<string>(new CommandDefinition(sql, cancellationToken: cancel))).AsList();
}
