using Dapper;
using Irori.Storage.Sqlite;

namespace Irori.Storage;

/// <summary>Consistent copies of a SQLite database, also while it is in use.</summary>
public static class SqliteBackup
{
    /// <summary>Copies the database into a new file and checks the copy.</summary>
    /// <exception cref="InvalidDataException">The copy is not sound.</exception>
    public static async Task CopyAsync(string fromPath, string toPath, CancellationToken cancel)
    {
        await using (var source = SqliteEngine.Open(fromPath, writing: true))
            await source.ExecuteAsync(new CommandDefinition("VACUUM INTO @toPath", new { toPath }, cancellationToken: cancel));
        await CheckAsync(toPath, cancel);
    }

    /// <summary>Checks that a file is a sound database.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public static async Task CheckAsync(string path, CancellationToken cancel)
    {
        await using var connection = SqliteEngine.Open(path, writing: false);
        var verdict = await connection.ExecuteScalarAsync<string>(new CommandDefinition("PRAGMA integrity_check", cancellationToken: cancel));
        if (verdict != "ok") throw new InvalidDataException($"{path} is damaged: {verdict}");
    }
}
