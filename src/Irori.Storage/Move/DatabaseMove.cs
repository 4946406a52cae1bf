namespace Irori.Storage.Move;

/// <summary>Moves what a SQLite database holds into a PostgreSQL database. It may be cut off at any point and begun again: it goes on where it was.</summary>
public sealed class DatabaseMove
{
    private const string Migrations = "schema_migrations";

    private readonly MoveSource _source;
    private readonly MoveTarget _target;
    private readonly MoveOptions _options;
    private readonly Action<MoveProgress> _progress;

    private DatabaseMove(MoveSource source, MoveTarget target, MoveOptions options, Action<MoveProgress> progress)
    {
        _source = source;
        _target = target;
        _options = options;
        _progress = progress;
    }

    /// <summary>Moves everything, compares both sides and only then lets the copy take its place.</summary>
    /// <param name="sqlitePath">The database that is moved; it is only read.</param>
    /// <param name="connectionString">The PostgreSQL database: empty, or holding this move as it was cut off.</param>
    /// <param name="options">How.</param>
    /// <param name="complete">Called when both sides are alike, before the copy takes its place.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <exception cref="MoveException">It cannot be moved, or the sides differ.</exception>
    public static async Task<MoveSummary> RunAsync(
        string sqlitePath, string connectionString, MoveOptions options, Action complete, Action<MoveProgress> progress, CancellationToken cancel)
    {
        var facts = await DatabaseInspection.ReadAsync(new DatabaseSettings { SqlitePath = sqlitePath }, cancel);
        if (facts?.WrappedKey is null) throw new MoveException($"{sqlitePath} holds no installation; start the server once on it (irori run).");
        if (facts.Schema != DatabaseInspection.KnownSchema) throw new MoveException(
            $"The database has schema {facts.Schema} and this release knows {DatabaseInspection.KnownSchema}; start the server of this release once on it (irori run), and stop it.");
        await using var source = await MoveSource.OpenAsync(sqlitePath);
        await using var target = await MoveTarget.OpenAsync(connectionString, cancel);
        if (await target.HoldsAsync(facts.InstallationId, cancel)) return new MoveSummary([], WasThere: true);
        await target.PrepareAsync(facts.InstallationId, options.Again, cancel);
        return new MoveSummary(await new DatabaseMove(source, target, options, progress).RunAsync(complete, cancel), WasThere: false);
    }

    private async Task<IReadOnlyList<MovedTable>> RunAsync(Action complete, CancellationToken cancel)
    {
        var tables = await TablesAsync(cancel);
        foreach (var table in tables) await CopyAsync(table, cancel);
        var moved = new List<MovedTable>();
        foreach (var table in tables) moved.Add(await CompareAsync(table, cancel));
        complete();
        _progress(new MoveProgress(MoveStage.Finishing, "", 0, 0));
        await _target.FinishAsync(cancel);
        return moved;
    }

    // Read from both sides, so that no list here grows old.
    private async Task<IReadOnlyList<MoveTable>> TablesAsync(CancellationToken cancel)
    {
        var there = await _target.TablesAsync(cancel);
        var here = await _source.TablesAsync();
        if (!there.Keys.ToHashSet(StringComparer.Ordinal).SetEquals(here))
            throw new MoveException($"The two databases have different tables ({string.Join(", ", there.Keys.Except(here).Concat(here.Except(there.Keys)))}); this release cannot move them.");
        var tables = new List<MoveTable>();
        foreach (var name in here.Where(n => n != Migrations))
        {
            var (columns, key) = await _source.ColumnsAsync(name);
            if (key.Count == 0) throw new MoveException($"The table {name} has no primary key; this release cannot move it.");
            if (!there[name].Select(c => c.Name).ToHashSet(StringComparer.Ordinal).SetEquals(columns))
                throw new MoveException($"The table {name} has different columns in the two databases; this release cannot move it.");
            tables.Add(new MoveTable(name, there[name], key));
        }

        return tables;
    }

    private async Task CopyAsync(MoveTable table, CancellationToken cancel)
    {
        var total = await _source.CountAsync(table);
        var copied = await _target.CopiedAsync(table, cancel);
        while (true)
        {
            _progress(new MoveProgress(MoveStage.Copying, table.Name, copied.Rows, total));
            cancel.ThrowIfCancellationRequested();
            var next = await _target.CopyAsync(table, _source.Rows(table, copied.After, _options.Page), copied, cancel);
            if (next.Rows == copied.Rows) return;
            copied = next;
        }
    }

    private async Task<MovedTable> CompareAsync(MoveTable table, CancellationToken cancel)
    {
        _progress(new MoveProgress(MoveStage.Comparing, table.Name, 0, await _source.CountAsync(table)));
        var here = Digest(table, cancel);
        var there = await _target.DigestAsync(table, rows => Tell(table, rows, here.Rows), cancel);
        if (here.Rows != there.Rows || here.Text != there.Text) throw new MoveException(
            $"The table {table.Name} differs: {here.Rows} rows with checksum {here.Text} in SQLite, {there.Rows} with {there.Text} in PostgreSQL. "
            + "The installation was used after the move was cut off; begin the move again with --again.");
        _progress(new MoveProgress(MoveStage.Comparing, table.Name, here.Rows, here.Rows));
        return new MovedTable(table.Name, here.Rows, here.Text);
    }

    private RowDigest Digest(MoveTable table, CancellationToken cancel)
    {
        var digest = new RowDigest();
        foreach (var row in _source.Rows(table, after: null, limit: -1))
        {
            foreach (var value in row) digest.Add(value);
            digest.EndRow();
            if (digest.Rows % _options.Page == 0) cancel.ThrowIfCancellationRequested();
        }

        return digest;
    }

    private void Tell(MoveTable table, long rows, long total)
    {
        if (rows % _options.Page == 0) _progress(new MoveProgress(MoveStage.Comparing, table.Name, rows, total));
    }
}

/// <summary>How a move is done.</summary>
public sealed record MoveOptions
{
    /// <summary>Rows that are copied in one transaction.</summary>
    public int Page { get; init; } = 10_000;

    /// <summary>True: a move that was cut off is dropped and begun anew.</summary>
    public bool Again { get; init; }
}
