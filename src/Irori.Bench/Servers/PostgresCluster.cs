using System.Diagnostics;
using Npgsql;

namespace Irori.Bench.Servers;

/// <summary>A private PostgreSQL with its packaged settings (durable), started from the system's programs when no server was named.</summary>
internal sealed class PostgresCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly string _folder;
    private readonly Process _process;

    private PostgresCluster(string folder, Process process)
    {
        _folder = folder;
        _process = process;
    }

    /// <summary>Connection string of the server.</summary>
    public string Connection => $"Host={_folder};Username=postgres";

    public static async Task<PostgresCluster> StartAsync(string folder, CancellationToken cancel)
    {
        var data = Path.Combine(folder, "data");
        if (Environment.UserName == "root")
        {
            await RunAsync(["chmod", "a+x", Path.GetDirectoryName(folder)!], cancel);
            await RunAsync(["chown", "postgres", folder], cancel);
        }

        await RunAsync(AsUser(Find("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"), cancel);
        var process = Start(AsUser(Find("postgres"), "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "max_connections=300"));
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) ready.TrySetException(new BenchException("PostgreSQL ended while it started"));
            else if (line.Data.Contains("ready to accept connections", StringComparison.Ordinal)) ready.TrySetResult();
        };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await ready.Task.WaitAsync(StartLimit, cancel);
        return new PostgresCluster(folder, process);
    }

    /// <summary>Makes a fresh database on a server and answers its connection string.</summary>
    public static async Task<string> NewDatabaseAsync(string server, CancellationToken cancel)
    {
        var name = "bench_" + Core.Ids.Hex24();
        await using var source = NpgsqlDataSource.Create(server);
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync(cancel);
        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ToString();
    }

    /// <summary>Drops a database that <see cref="NewDatabaseAsync"/> made.</summary>
    public static async Task DropDatabaseAsync(string database)
    {
        var settings = new NpgsqlConnectionStringBuilder(database);
        var name = settings.Database;
        settings.Database = "postgres";
        await using var source = NpgsqlDataSource.Create(settings.ToString());
        await using var command = source.CreateCommand($"DROP DATABASE {name} WITH (FORCE)");
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync(["kill", "-INT", $"{_process.Id}"], CancellationToken.None);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Find(string name)
    {
        var packaged = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(v => Path.Combine(v, "bin")) : [];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(packaged).Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists)
            ?? throw new BenchException($"{name} is not here; install PostgreSQL (on Debian: apt install postgresql), or name a server by --postgres.");
    }

    // PostgreSQL refuses to run as root: there it runs as the user that its package made.
    private static string[] AsUser(params string[] command) =>
        Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", .. command] : command;

    private static Process Start(string[] command) => Process.Start(new ProcessStartInfo(command[0], command[1..])
    {
        UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/",
    })!;

    private static async Task RunAsync(string[] command, CancellationToken cancel)
    {
        using var process = Start(command);
        var error = process.StandardError.ReadToEndAsync(cancel);
        await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode != 0) throw new BenchException($"{command[0]} failed: {(await error).Trim()}");
    }
}
