using System.Diagnostics;
using Irori.Core;
using Irori.Storage;
using Npgsql;

[assembly: AssemblyFixture(typeof(Irori.Tests.Postgres))]

namespace Irori.Tests;

/// <summary>One private PostgreSQL for a run of the tests, started when it is first needed. Every test takes a database of its own.</summary>
public sealed class Postgres : IAsyncDisposable
{
    private static readonly Lazy<Task<Postgres>> Started = new(() => StartAsync(Directory.CreateTempSubdirectory("irori-pg-").FullName));
    private readonly string _folder = "";
    private readonly Process? _process;

    /// <summary>For the runner, which ends what was started.</summary>
    public Postgres()
    {
    }

    private Postgres(string folder, Process process)
    {
        _folder = folder;
        _process = process;
    }

    private string Connection => $"Host={_folder};Username=postgres";

    /// <summary>A fresh, empty database.</summary>
    public static async Task<DatabaseSettings> NewDatabaseAsync() => await (await Started.Value).AddDatabaseAsync();

    /// <summary>A server of its own in a folder that the caller gives, and ends with <see cref="StopAsync"/>.</summary>
    public static Task<Postgres> StartInAsync(string folder) => StartAsync(folder);

    /// <summary>A fresh, empty database of this server.</summary>
    public async Task<DatabaseSettings> AddDatabaseAsync()
    {
        var name = "t" + Ids.Hex24();
        await using var source = NpgsqlDataSource.Create(Connection);
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return new DatabaseSettings { Engine = DatabaseEngine.PostgreSql, ConnectionString = $"{Connection};Database={name}" };
    }

    public async ValueTask DisposeAsync()
    {
        if (!Started.IsValueCreated) return;
        var cluster = await Started.Value;
        await cluster.StopAsync();
        Directory.Delete(cluster._folder, recursive: true);
    }

    /// <summary>Ends the server; its folder stays.</summary>
    public async Task StopAsync()
    {
        using var process = _process!;
        await RunAsync("kill", "-INT", $"{process.Id}");
        await process.WaitForExitAsync();
    }

    // PostgreSQL refuses to run as root: there it runs as the user that its package made.
    private static async Task<Postgres> StartAsync(string folder)
    {
        var data = Path.Combine(folder, "data");
        if (Environment.UserName == "root") await RunAsync("chown", "postgres", folder);
        await RunAsync(AsUser(Program("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"));
        var process = Start(AsUser(
            Program("postgres"), "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "shared_buffers=64MB", "-c", "max_connections=400"));
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("ready to accept connections", StringComparison.Ordinal) == true) ready.TrySetResult();
        };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return new Postgres(folder, process);
    }

    private static string Program(string name)
    {
        var packaged = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Order().Select(v => Path.Combine(v, "bin")) : [];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(packaged.Reverse());
        return folders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"{name} is not here; ./irori test installs it");
    }

    private static string[] AsUser(params string[] command) =>
        Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", .. command] : command;

    private static Process Start(string[] command) => Process.Start(new ProcessStartInfo(command[0], command[1..])
    {
        UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/",
    })!;

    private static async Task RunAsync(params string[] command)
    {
        using var process = Start(command);
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command[0]} failed: {await error}");
    }
}
