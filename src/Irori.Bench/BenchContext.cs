using Irori.Harness;
using Irori.Storage;

namespace Irori.Bench;

/// <summary>What every scenario uses: sizes, a folder that is removed at the end, and databases.</summary>
internal sealed class BenchContext(Sizes sizes, string? postgres, Action<string> say) : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-bench-").FullName;
    private PostgresServer? _cluster;
    private readonly Stack<IAsyncDisposable> _kept = new();
    private int _made;

    public Sizes Sizes => sizes;

    /// <summary>Says how far the run is.</summary>
    public void Say(string line) => say(line);

    /// <summary>Keeps something until the scenario is over, however it ends.</summary>
    public T Keep<T>(T thing)
        where T : IAsyncDisposable
    {
        _kept.Push(thing);
        return thing;
    }

    /// <summary>The scenario is over: what was kept ends, the newest first.</summary>
    public async Task ReleaseAsync()
    {
        while (_kept.TryPop(out var thing)) await thing.DisposeAsync();
    }

    /// <summary>A folder of its own.</summary>
    public string NewFolder() => Directory.CreateDirectory(Path.Combine(_folder, $"{++_made}")).FullName;

    /// <summary>An empty database of an engine: a file in the folder, or a database on the given or a private server.</summary>
    public async Task<DatabaseSettings> NewDatabaseAsync(DatabaseEngine engine, string folder, CancellationToken cancel)
    {
        if (engine == DatabaseEngine.Sqlite) return new DatabaseSettings { Engine = engine, SqlitePath = Path.Combine(folder, Server.Hosting.Foundation.SqliteFile) };
        if (postgres is null) _cluster ??= await StartAsync(cancel);
        var server = postgres ?? _cluster!.Connection;
        return new DatabaseSettings { Engine = engine, ConnectionString = await PostgresServer.NewDatabaseAsync(server, cancel) };
    }

    /// <summary>Removes a database that is no longer needed.</summary>
    public static async Task DropAsync(DatabaseSettings database)
    {
        if (database.Engine == DatabaseEngine.PostgreSql) await PostgresServer.DropDatabaseAsync(database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // The user that PostgreSQL runs as must come through to its folder.
    private async Task<PostgresServer> StartAsync(CancellationToken cancel)
    {
        await Programs.RunAsync(["chmod", "a+x", _folder], cancel);
        return await PostgresServer.StartAsync(NewFolder(), ["max_connections=300"], cancel: cancel);
    }
}
