using System.Data.Common;
using Dapper;
using Npgsql;

namespace Irori.Storage.Postgres;

/// <summary>
/// The space that PostgreSQL stands on. The engine says only that it is out of space, when it is; how much is left can be seen where its
/// data folder is on this machine and the user may ask for it.
/// </summary>
internal sealed class PostgresRoom(NpgsqlDataSource source, string connectionString)
{
    // Needs new pages on disk and leaves nothing behind, and nothing in the write-ahead log.
    private const string Probe = "CREATE TEMP TABLE irori_room ON COMMIT DROP AS SELECT n FROM generate_series(1, 30000) AS n";

    private volatile bool _refused;
    private string? _folder;
    private bool _asked;

    /// <summary>Notes a failure, in case it says that there is no space.</summary>
    public void Note(Exception e)
    {
        if (IsFull(e)) _refused = true;
    }

    public async Task<StorageRoom> ReadAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (_refused) _refused = !await HasSpaceAsync(connection, cancel);
        if (!_asked) _folder = await FindFolderAsync(connection, cancel);
        _asked = true;
        var disk = _folder is null ? null : new DriveInfo(_folder);
        return new StorageRoom(disk?.AvailableFreeSpace, disk?.TotalSize, _refused, LogSize: null);
    }

    private static bool IsFull(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.DiskFull };

    private static async Task<bool> HasSpaceAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await connection.ExecuteAsync(new CommandDefinition(Probe, transaction: transaction, cancellationToken: cancel));
            await transaction.CommitAsync(cancel);
            return true;
        }
        catch (PostgresException e) when (IsFull(e))
        {
            return false;
        }
    }

    // Null where it is another machine's, or not told.
    private async Task<string?> FindFolderAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var host = new NpgsqlConnectionStringBuilder(connectionString).Host ?? "";
        if (host is not ("localhost" or "127.0.0.1" or "::1") && !host.StartsWith('/')) return null;
        try
        {
            var folder = await connection.ExecuteScalarAsync<string>(new CommandDefinition("SELECT current_setting('data_directory')", cancellationToken: cancel));
            return Directory.Exists(folder) ? folder : null;
        }
        catch (DbException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return null;
        }
    }
}
