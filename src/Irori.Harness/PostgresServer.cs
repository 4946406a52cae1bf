using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;

namespace Irori.Harness;

/// <summary>A private PostgreSQL with its packaged settings (durable), started from the system's programs, that listens on a socket in its folder.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const int Port = 5432;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly IReadOnlyList<string> _settings;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private Process? _process;

    private PostgresServer(string folder, IReadOnlyList<string> settings, IReadOnlyDictionary<string, string> environment)
    {
        _folder = folder;
        _settings = settings;
        _environment = environment;
    }

    /// <summary>Connection string of the server.</summary>
    public string Connection => $"Host={_folder};Username=postgres";

    /// <summary>The socket that it listens on.</summary>
    public string SocketPath => Path.Combine(_folder, $".s.PGSQL.{Port}");

    /// <summary>True while its process lives.</summary>
    public bool Runs => _process is { HasExited: false };

    /// <summary>Makes a server in a folder of its own and starts it.</summary>
    /// <param name="folder">Taken over by the user that it runs as, and not removed.</param>
    /// <param name="settings">Settings such as <c>max_connections=300</c>.</param>
    /// <param name="environment">Variables of its processes.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<PostgresServer> StartAsync(
        string folder, IReadOnlyList<string> settings, IReadOnlyDictionary<string, string>? environment = null, CancellationToken cancel = default)
    {
        var server = new PostgresServer(folder, settings, environment ?? new Dictionary<string, string>());
        if (Environment.UserName == "root") await Programs.RunAsync(["chown", "postgres", folder], cancel);
        await Programs.RunAsync(AsUser(Find("initdb"), "-D", server.Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"), cancel);
        await server.RunAsync(cancel);
        return server;
    }

    /// <summary>Starts it, also again after <see cref="StopAsync"/>, and waits until it serves.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var start = Programs.Of(AsUser([Find("postgres"), "-D", Data, "-k", _folder, "-p", $"{Port}", "-c", "listen_addresses=", .. _settings.SelectMany(s => (string[])["-c", s])]));
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        _process = LastWill.Start(start);
        await _process.WaitForAsync("ready to accept connections", StartLimit, cancel);
    }

    /// <summary>Ends it: its sessions are cut (INT), or it falls as in a crash (QUIT).</summary>
    public async Task StopAsync(string signal = "INT")
    {
        if (_process is not { } process) return;
        _process = null;
        if (!process.HasExited) await Programs.SignalAsync(process.Id, signal);
        using var limit = new CancellationTokenSource(StopLimit);
        await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    /// <summary>Makes a fresh database on a server and answers its connection string.</summary>
    public static async Task<string> NewDatabaseAsync(string server, CancellationToken cancel)
    {
        var name = "t" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
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

    public async ValueTask DisposeAsync() => await StopAsync();

    private string Data => Path.Combine(_folder, "data");

    private static string Find(string name)
    {
        var packaged = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(v => Path.Combine(v, "bin")) : [];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(packaged).Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists)
            ?? throw new HarnessException($"{name} is not here; install PostgreSQL (on Debian: apt install postgresql).");
    }

    // PostgreSQL refuses to run as root: there it runs as the user that its package made.
    private static string[] AsUser(params string[] command) =>
        Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", .. command] : command;
}
