using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Irori.Storage.Sqlite;

/// <summary>
/// A connection that compiles each statement once: SQLite has no server that would remember it, and compiling a join takes longer than running it.
/// For one thread at a time, like every connection.
/// </summary>
internal sealed class KeptStatements(string connectionString) : SqliteConnection(connectionString)
{
    private const int Limit = 300;
    private readonly Dictionary<string, SqliteCommand> _kept = new(StringComparer.Ordinal);

    protected override DbCommand CreateDbCommand() => new Statement(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing) Forget();
        base.Dispose(disposing);
    }

    private SqliteCommand Find(string sql)
    {
        if (_kept.TryGetValue(sql, out var known)) return known;
        if (_kept.Count >= Limit) Forget();
        var command = CreateCommand();
        command.CommandText = sql;
        return _kept[sql] = command;
    }

    private void Forget()
    {
        foreach (var command in _kept.Values) command.Dispose();
        _kept.Clear();
    }

    /// <summary>One execution of a kept statement.</summary>
    private sealed class Statement(KeptStatements connection) : DbCommand
    {
        private readonly SqliteCommand _holder = new();

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; } = 30;

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; } = connection;

        protected override DbTransaction? DbTransaction { get; set; }

        protected override DbParameterCollection DbParameterCollection => _holder.Parameters;

        public override void Cancel()
        {
            // A statement of SQLite runs on its caller's thread.
        }

        public override int ExecuteNonQuery() => Bound().ExecuteNonQuery();

        public override object? ExecuteScalar() => Bound().ExecuteScalar();

        public override void Prepare()
        {
            // It is, at its first execution.
        }

        protected override DbParameter CreateDbParameter() => new SqliteParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Bound().ExecuteReader(behavior);

        protected override void Dispose(bool disposing)
        {
            if (disposing) _holder.Dispose();
            base.Dispose(disposing);
        }

        private SqliteCommand Bound()
        {
            var command = connection.Find(CommandText);
            command.CommandTimeout = CommandTimeout;
            command.Parameters.Clear();
            foreach (SqliteParameter parameter in _holder.Parameters) command.Parameters.Add(parameter);
            return command;
        }
    }
}
