using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Irori.Chaos.Actors;
using Irori.Harness;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Irori.Chaos.Stages;

/// <summary>An installation of its own with everything that it stands on, on this machine. Whatever was started ends with it, and what was written goes.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private const int SqliteMegabytes = 64;
    private const int PostgresMegabytes = 256;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static int _made;

    private readonly ChaosOptions _options;
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-chaos-").FullName;
    private readonly string _masterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly List<Node> _nodes = [];
    private IroriSettings _settings = new();
    private IroriDatabase? _database;

    private Stage(StagePlan plan, ChaosOptions options)
    {
        Plan = plan;
        _options = options;
    }

    /// <summary>What it is.</summary>
    public StagePlan Plan { get; }

    /// <summary>The nodes.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>PostgreSQL; null on SQLite.</summary>
    public PostgresServer? Postgres { get; private set; }

    /// <summary>RabbitMQ; null for a single node.</summary>
    public RabbitServer? Rabbit { get; private set; }

    /// <summary>The disk of the database, where it can be filled.</summary>
    public SmallDisk? Disk { get; private set; }

    /// <summary>Who lives there.</summary>
    public Household Household { get; private set; } = null!;

    /// <summary>The database, past the relays, for the checks.</summary>
    public IroriDatabase Database => _database!;

    private string SlowDiskFile => Path.Combine(_folder, "slow-disk");

    /// <summary>Starts everything and waits until every node is ready.</summary>
    public static async Task<Stage> StartAsync(StagePlan plan, ChaosOptions options, CancellationToken cancel)
    {
        var stage = new Stage(plan, options);
        LastWill.Remove(stage._folder);
        try
        {
            await stage.StartAsync(cancel);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every node is ready and hears the others; answers null, or what is wrong when the time is over.</summary>
    public Task<string?> BecomesReadyAsync(TimeSpan patience, CancellationToken cancel) => Crew.WaitAsync(
        async () => await CheckAsync(cancel) is { Count: > 0 } wrong ? string.Join(" ", wrong) : null, patience, cancel);

    /// <summary>Waits until no node is ready; answers null, or what is wrong when the time is over.</summary>
    public Task<string?> BecomesUnreadyAsync(TimeSpan patience, CancellationToken cancel) => Crew.WaitAsync(
        async () => await CheckAsync(cancel) is var wrong && wrong.Count < Nodes.Count ? $"{Nodes.Count - wrong.Count} nodes say that they are ready" : null, patience, cancel);

    /// <summary>Sets by how many milliseconds each sync of the database's disk is late.</summary>
    public Task SlowDownAsync(int milliseconds) => File.WriteAllTextAsync(SlowDiskFile, $"{milliseconds}");

    /// <summary>Opens the database for the checks again: a fault may have broken connections that are kept.</summary>
    public async Task LookAfreshAsync(CancellationToken cancel)
    {
        if (_database is not null) await _database.DisposeAsync();
        _database = await DatabaseFactory.OpenAsync(Foundation.Stored(_settings), TimeProvider.System, NullLoggerFactory.Instance, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
        await Task.WhenAll(_nodes.Select(n => n.DisposeAsync().AsTask()));
        if (Rabbit is not null) await Rabbit.DisposeAsync();
        if (Postgres is not null) await Postgres.DisposeAsync();
        if (Disk is not null) await Disk.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<List<string>> CheckAsync(CancellationToken cancel) => [.. (await Task.WhenAll(Nodes.Select(n => n.CheckAsync(cancel)))).OfType<string>()];

    private async Task StartAsync(CancellationToken cancel)
    {
        // The user that PostgreSQL runs as must come through to its folder.
        await Programs.RunAsync(["chmod", "a+x", _folder], cancel);
        if (Plan.Trick == Trick.SmallDisk) Disk = await SmallDisk.TryMountAsync(Plan.Engine == DatabaseEngine.Sqlite ? SqliteMegabytes : PostgresMegabytes)
            ?? throw new ChaosException("A small disk cannot be mounted here; run as root.");
        await SlowDownAsync(0);
        var slow = Plan.Trick == Trick.SlowDisk ? await Preloads.SlowDiskAsync(_folder, SlowDiskFile, cancel) : new Dictionary<string, string>();
        var broker = Plan.Nodes > 1 ? RabbitServer.StartAsync(cancel) : null;
        var database = await DatabaseSectionAsync(slow, cancel);
        if (broker is not null) Rabbit = await broker;
        _settings = new IroriSettings { Data = DataOf(1), Database = database };
        Household = await Household.MakeAsync(_settings, _masterKey, _options.Devices, cancel);
        for (var n = 1; n <= Plan.Nodes; n++) _nodes.Add(Make(n, database, slow));
        foreach (var node in _nodes) node.Start();
        await LookAfreshAsync(cancel);
        if (await BecomesReadyAsync(StartLimit, cancel) is { } wrong) throw new ChaosException($"The nodes did not become ready: {wrong}");
    }

    private async Task<DatabaseSection> DatabaseSectionAsync(IReadOnlyDictionary<string, string> slow, CancellationToken cancel)
    {
        if (Plan.Engine == DatabaseEngine.Sqlite) return new DatabaseSection();
        var folder = Disk?.Folder ?? Directory.CreateDirectory(Path.Combine(_folder, "postgres")).FullName;
        Postgres = await PostgresServer.StartAsync(folder, ["max_connections=300", "shared_buffers=64MB"], slow, cancel);
        return new DatabaseSection { Engine = Plan.Engine, ConnectionString = await PostgresServer.NewDatabaseAsync(Postgres.Connection, cancel) };
    }

    private string DataOf(int node) => Plan.Engine == DatabaseEngine.Sqlite && Disk is not null
        ? Path.Combine(Disk.Folder, "data")
        : Path.Combine(_folder, $"node-{node}");

    private Node Make(int number, DatabaseSection database, IReadOnlyDictionary<string, string> slow)
    {
        var name = $"node-{number}";
        var environment = new Dictionary<string, string>
        {
            ["IRORI_NODE__NAME"] = name, ["IRORI_MASTER_KEY"] = _masterKey, ["IRORI_LINKS__LEASESECONDS"] = $"{_options.Lease.TotalSeconds}",
            ["IRORI_LINKS__OFFLINEGRACESECONDS"] = $"{_options.Grace.TotalSeconds}",
        };
        var arguments = new List<string> { "--data", DataOf(number) };
        Relay? toDatabase = null, toBroker = null;
        if (Postgres is not null)
        {
            toDatabase = new Relay(new UnixDomainSocketEndPoint(Postgres.SocketPath));
            var here = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString) { Host = "127.0.0.1", Port = toDatabase.Port };
            arguments.AddRange(["--database", here.ToString()]);
        }

        if (Rabbit is not null)
        {
            toBroker = new Relay(new IPEndPoint(IPAddress.Loopback, Rabbit.Port));
            environment["IRORI_BUS__URL"] = RabbitServer.UrlAt(toBroker.Port);
        }

        string? clock = null;
        if (Plan.Trick == Trick.Clock)
        {
            clock = Path.Combine(_folder, $"clock-{number}");
            Add(Preloads.SteppedClock(clock));
        }
        else if (Plan.Engine == DatabaseEngine.Sqlite)
        {
            Add(slow);
        }

        var log = _options.Logs is { } logs ? new StreamWriter(Path.Combine(Directory.CreateDirectory(logs).FullName, $"{++_made:D2}-{name}.log")) { AutoFlush = true } : null;
        var node = new Node(name, arguments, environment, log) { Database = toDatabase, Broker = toBroker, ClockFile = clock };
        if (clock is not null) node.StepClock(0);
        return node;

        void Add(IReadOnlyDictionary<string, string> variables)
        {
            foreach (var (key, value) in variables) environment[key] = value;
        }
    }
}
