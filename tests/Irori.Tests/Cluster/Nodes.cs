using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Irori.Bus.RabbitMq;
using Irori.Core;
using Irori.Core.Feeds;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Storage;
using Irori.Tests.Cli;
using Irori.Tests.CoolKit;
using Irori.Tests.Server;
using Shouldly;

namespace Irori.Tests.Cluster;

/// <summary>Three nodes of one installation on one PostgreSQL and one broker. A fourth can be a process that a test kills or freezes.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    /// <summary>Lease and grace of every node, in seconds: as short as settings allow.</summary>
    public const int Lease = 3;

    public const int Grace = 1;

    private readonly string _masterKey;
    private readonly DatabaseSection _database;
    private readonly Rabbit _rabbit;
    private readonly List<TestServer> _others = [];

    private Nodes(CoolKitHouse house, DatabaseSection database, Rabbit rabbit, string masterKey)
    {
        House = house;
        _database = database;
        _rabbit = rabbit;
        _masterKey = masterKey;
    }

    /// <summary>The first node, with an app, people and a product.</summary>
    public CoolKitHouse House { get; }

    public TestServer First => House.Server;

    public TestServer Second => _others[0];

    public TestServer Third => _others[1];

    public static async Task<Nodes> StartAsync(Rabbit? own = null)
    {
        var rabbit = own ?? await Rabbit.SharedAsync();
        var database = new DatabaseSection { Engine = DatabaseEngine.PostgreSql, ConnectionString = (await Postgres.NewDatabaseAsync()).ConnectionString };
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        // A queue of the broker belongs to a node's name: tests that run beside each other must not share names.
        var run = Ids.Hex24();
        var house = await CoolKitHouse.StartAsync(settings: s => Settings(s, $"{run}-1", database, rabbit), options: new ServerOptions { MasterKey = key });
        var nodes = new Nodes(house, database, rabbit, key);
        foreach (var n in new[] { 2, 3 })
            nodes._others.Add(await TestServer.StartAsync(settings: s => Settings(s, $"{run}-{n}", database, rabbit), options: new ServerOptions { MasterKey = key }));
        foreach (var server in new[] { nodes.First, nodes.Second, nodes.Third })
            await Until.TrueAsync(() => Task.FromResult(server.Service<IBus>().Connected), "every node hears the others");
        return nodes;
    }

    /// <summary>A node as a process of its own.</summary>
    public async Task<NodeProcess> StartProcessAsync()
    {
        var folder = Directory.CreateTempSubdirectory("irori-node-").FullName;
        var port = IroriProcess.FreePort();
        var process = IroriProcess.Start(
            new Dictionary<string, string>
            {
                ["IRORI_NODE__NAME"] = $"process-{port}", ["IRORI_BUS__URL"] = _rabbit.Url, ["IRORI_MASTER_KEY"] = _masterKey,
                ["IRORI_LINKS__LEASESECONDS"] = $"{Lease}", ["IRORI_LINKS__OFFLINEGRACESECONDS"] = $"{Grace}",
            },
            "run", "--data", folder, "--bind", "127.0.0.1", "--https", "0", "--http", $"{port}", "--database", _database.ConnectionString);
        await process.WaitForAsync("Stop with Ctrl+C");
        return new NodeProcess(process, new Uri($"http://127.0.0.1:{port}"), folder);
    }

    /// <summary>A signed-in app whose calls go to one node.</summary>
    public async Task<CoolKitApp> AppAsync(TestServer server, string email = CoolKitHouse.OwnerEmail)
    {
        var app = House.App(server.Http);
        (await app.LoginAsync(email, CoolKitHouse.Password)).Error().ShouldBe(0);
        return app;
    }

    /// <summary>The long connection of an app to a node.</summary>
    public static async Task<TestSocket> FeedAsync(TestServer server, CoolKitApp app)
    {
        var socket = await TestSocket.OpenAsync(server.Http);
        await socket.SendAsync(new JsonObject
        {
            ["action"] = "userOnline", ["at"] = app.Token, ["apikey"] = app.Apikey, ["appid"] = app.AppId, ["nonce"] = "abcd1234", ["ts"] = 1, ["version"] = 8,
            ["userAgent"] = "app", ["sequence"] = "1",
        });
        (await socket.ReceiveAsync()).Error().ShouldBe(0);
        return socket;
    }

    /// <summary>Waits until a node with a feed hears the changes of devices.</summary>
    public static Task HeardAsync(TestServer server) =>
        Until.TrueAsync(() => Task.FromResult(server.Service<RabbitMqBus>().HearsDevices), "the node hears the changes of devices");

    /// <summary>Switches a device.</summary>
    public static Task<JsonObject> SwitchAsync(CoolKitApp app, string device, string to) =>
        app.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = device, ["params"] = new JsonObject { ["switch"] = to } });

    /// <summary>True when a list says that the device is online.</summary>
    public static async Task<bool> OnlineAsync(CoolKitApp app) =>
        (bool)(await app.GetAsync("/v2/device/thing?num=0"))["data"]!["thingList"]!.AsArray().ShouldHaveSingleItem()!["itemData"]!["online"]!;

    public static bool IsPresence(JsonObject frame, bool online) => (string?)frame["action"] == "sysmsg" && (bool?)frame["params"]!["online"] == online;

    public static bool IsSwitch(JsonObject frame, string to) => (string?)frame["action"] == "update" && (string?)frame["params"]!["switch"] == to;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _others) await server.DisposeAsync();
        await House.DisposeAsync();
    }

    private static IroriSettings Settings(IroriSettings settings, string name, DatabaseSection database, Rabbit rabbit) => settings with
    {
        Database = database, Node = new NodeSection { Name = name }, Bus = new BusSection { Url = rabbit.Url },
        Links = new LinksSection { LeaseSeconds = Lease, OfflineGraceSeconds = Grace },
    };
}

/// <summary>A node that can be killed and frozen.</summary>
internal sealed record NodeProcess(IroriProcess Process, Uri Http, string Folder) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>Waits for what no event tells.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    public static async Task TrueAsync(Func<Task<bool>> holds, string what, TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? Patience);
        using var timer = new PeriodicTimer(Step);
        while (!await holds())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"It never became true that {what}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
