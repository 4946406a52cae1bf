using System.Data.Common;
using System.Runtime.InteropServices;
using Irori.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Irori.Storage.Sqlite;

/// <summary>SQLite's side of the shared texts, and the system's library behind it.</summary>
internal sealed class SqliteEngine : Engine
{
    private const int PrimaryKeyViolation = 1555;
    private const int UniqueKeyViolation = 2067;

    private static readonly Lazy<bool> Library = new(Load);

    public override string Now => "CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)";

    public override string SkipLocked(string table) => "";

    public override string ForUpdate(string table) => "";

    // There is one writer.
    public override string Claim(string number) => "1";

    public override string Numbers(string parameter) => $"SELECT value FROM json_each({parameter})";

    public override string Rows(string parameter, params IReadOnlyList<string> columns) =>
        $"SELECT {string.Join(", ", columns.Select(c => c.Split(' ')[0]).Select(c => $"json_extract(value, '$.{c}') AS {c}"))} FROM json_each({parameter})";

    public override string NumberAt(string column) => $"CASE WHEN json_type({column}, @path) IN ('integer', 'real') THEN json_extract({column}, @path) END";

    public override string Fill(string migration) => migration
        .Replace("{no}", "INTEGER PRIMARY KEY", StringComparison.Ordinal)
        .Replace("{rowless}", " WITHOUT ROWID", StringComparison.Ordinal)
        .Replace("{json_each}", "", StringComparison.Ordinal)
        .Replace("{join}", "group_concat", StringComparison.Ordinal);

    public override RowBytes RowBytes { get; } = new(Point: 24, Frame: 85, Presence: 80, Command: 210);

    public override bool IsUniqueViolation(DbException exception) =>
        exception is SqliteException { SqliteExtendedErrorCode: PrimaryKeyViolation or UniqueKeyViolation };

    /// <summary>Opens a connection, for writing or reading.</summary>
    public static SqliteConnection Open(string path, bool writing)
    {
        _ = Library.Value;
        var connection = new KeptStatements(new SqliteConnectionStringBuilder
        {
            DataSource = path, Mode = writing ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadOnly, Pooling = false,
        }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = writing
            ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -65536;"
            : "PRAGMA query_only = ON; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -16384;";
        command.ExecuteNonQuery();
        return connection;
    }

    // The system's library instead of a bundled one, so that it is patched with the system.
    private static bool Load()
    {
        NativeLibrary.SetDllImportResolver(
            typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly,
            (name, _, _) => name == "e_sqlite3" ? NativeLibrary.Load("libsqlite3.so.0") : IntPtr.Zero);
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
        return true;
    }
}
