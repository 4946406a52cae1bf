using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Products;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Storage;
using Irori.Tests.Cli;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Irori.Tests.Crash;

/// <summary>An installation with devices, on which the real program runs as a process of its own.</summary>
internal sealed class CrashFolder : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-crash-").FullName;

    private CrashFolder(DatabaseSettings database) => Database = database.Engine == DatabaseEngine.Sqlite
        ? database with { SqlitePath = Path.Combine(_folder, "irori.db") }
        : database;

    public DatabaseSettings Database { get; }

    public int Port { get; } = IroriProcess.FreePort();

    public Uri Server => new($"http://127.0.0.1:{Port}");

    public static async Task<(CrashFolder Folder, IReadOnlyList<MadeDevice> Devices)> CreateAsync(DatabaseEngine engine, int devices)
    {
        var folder = new CrashFolder(engine == DatabaseEngine.Sqlite ? new DatabaseSettings() : await Postgres.NewDatabaseAsync());
        return (folder, await folder.SeedAsync(devices));
    }

    /// <summary>Starts the program and waits until it serves.</summary>
    public async Task<IroriProcess> StartAsync(params string[] prefix)
    {
        var program = IroriProcess.StartUnder(prefix, ["run", "--data", _folder, "--bind", "127.0.0.1", "--http", $"{Port}", "--https", "0", "--limits", "off", .. Where()]);
        await program.WaitForAsync("Stop with Ctrl+C");
        return program;
    }

    /// <summary>The database, while no server runs on it.</summary>
    public Task<IroriDatabase> OpenAsync() => DatabaseFactory.OpenAsync(Database, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private string[] Where() => Database.Engine == DatabaseEngine.Sqlite ? [] : ["--database", Database.ConnectionString];

    private async Task<IReadOnlyList<MadeDevice>> SeedAsync(int count)
    {
        var cancel = TestContext.Current.CancellationToken;
        var settings = new IroriSettings { Data = _folder, Bind = "localhost", Database = new DatabaseSection { Engine = Database.Engine, ConnectionString = Database.ConnectionString } };
        await using var server = await IroriServer.StartAsync(settings, new ServerOptions { FreePorts = true, Log = l => l.ClearProviders() }, cancel);
        var product = (await server.Services.GetRequiredService<ProductService>().AddAsync(
            new NewProduct("coolkit", "Meter", "PSC-B01-GL", "meter", "Demo", [new("coolkit", "uiid", "5")], ThingModel.Empty) { KeepsFrames = false }, cancel)).Value;
        var owner = (await server.Services.GetRequiredService<AccountService>().AddAsync(Login.Email("owner@example.com").Value, "Correct1horse", "eu", "+49", "", cancel)).Value;
        var made = new List<MadeDevice>();
        for (var i = 1; i <= count; i++)
        {
            var device = (await server.Services.GetRequiredService<DeviceService>().MakeAsync(new NewDevice($"1000{i:x6}", product.Product.Id, null, new FactoryData()), cancel)).Value;
            made.Add(device);
            await server.Services.GetRequiredService<IDatabase>().WriteAsync<Done>(
                async s =>
                {
                    await s.Bindings.PutAsync(new Binding { Account = owner.No, Device = device.Device.No, Role = Role.Owner, Since = DateTimeOffset.UnixEpoch });
                    return new Done();
                },
                cancel);
        }

        await server.StopAsync(cancel);
        return made;
    }
}
