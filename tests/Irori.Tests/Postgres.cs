using Irori.Harness;
using Irori.Storage;

[assembly: AssemblyFixture(typeof(Irori.Tests.Postgres))]

namespace Irori.Tests;

/// <summary>One private PostgreSQL for a run of the tests, started when it is first needed. Every test takes a database of its own.</summary>
public sealed class Postgres : IAsyncDisposable
{
    private static readonly Lazy<Task<Postgres>> Started = new(StartAsync);
    private readonly string _folder = "";
    private readonly PostgresServer? _server;

    /// <summary>For the runner, which ends what was started.</summary>
    public Postgres()
    {
    }

    private Postgres(string folder, PostgresServer server)
    {
        _folder = folder;
        _server = server;
    }

    /// <summary>A fresh, empty database.</summary>
    public static async Task<DatabaseSettings> NewDatabaseAsync() => await NewDatabaseAsync((await Started.Value)._server!);

    /// <summary>A server of its own in a folder that the caller gives, and ends.</summary>
    internal static Task<PostgresServer> StartInAsync(string folder) => PostgresServer.StartAsync(folder, ["shared_buffers=64MB", "max_connections=400"]);

    /// <summary>A fresh, empty database of a server.</summary>
    internal static async Task<DatabaseSettings> NewDatabaseAsync(PostgresServer server) => new()
    {
        Engine = DatabaseEngine.PostgreSql, ConnectionString = await PostgresServer.NewDatabaseAsync(server.Connection, CancellationToken.None),
    };

    public async ValueTask DisposeAsync()
    {
        if (!Started.IsValueCreated) return;
        var started = await Started.Value;
        await started._server!.DisposeAsync();
        Directory.Delete(started._folder, recursive: true);
    }

    private static async Task<Postgres> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("irori-pg-").FullName;
        LastWill.Remove(folder);
        return new Postgres(folder, await StartInAsync(folder));
    }
}
