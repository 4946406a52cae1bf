using System.Security.Cryptography;
using Irori.Bench.Load;
using Irori.Core.Accounts;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Harness;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Irori.Bench.Servers;

/// <summary>An installation of Irori with one signed-in person and any number of devices of one product.</summary>
internal sealed class House : IAsyncDisposable
{
    /// <summary>Key of every device.</summary>
    public const string DeviceKey = "5a3b7c5e-8f0d-4a1c-9b2e-0123456789ab";

    /// <summary>Token of the page of metrics.</summary>
    public const string MetricsToken = "bench-reads-metrics";

    /// <summary>Where the server says that it is ready.</summary>
    public const string Ready = "/health/ready";

    private const string Dialect = "coolkit";

    // Given, so that further nodes can read what the first has encrypted.
    private static readonly string MasterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private House(string folder, DatabaseSettings database)
    {
        Folder = folder;
        Database = database;
    }

    /// <summary>Its data folder.</summary>
    public string Folder { get; }

    /// <summary>Its database.</summary>
    public DatabaseSettings Database { get; }

    /// <summary>Access token of the person.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Internal key of the product of all devices.</summary>
    public long Product { get; private set; }

    private IroriSettings Settings => new()
    {
        Data = Folder, Database = new DatabaseSection { Engine = Database.Engine, ConnectionString = Database.ConnectionString },
    };

    /// <summary>Makes an installation.</summary>
    /// <param name="devices">How many devices it has.</param>
    /// <param name="perHome">How many of them one home has; the first home is the person's, further ones are other people's.</param>
    public static async Task<House> MakeAsync(BenchContext context, DatabaseEngine engine, int devices, int perHome, CancellationToken cancel)
    {
        var folder = context.NewFolder();
        var house = context.Keep(new House(folder, await context.NewDatabaseAsync(engine, folder, cancel)));
        var foundation = await Foundation.OpenAsync(house.Settings, MasterKey, TimeProvider.System, NullLoggerFactory.Instance, cancel);
        await foundation.DisposeAsync();
        await using var administration = await Administration.OpenAsync(house.Settings, MasterKey, cancel);
        var (account, home) = await house.FurnishAsync(administration, cancel);
        var key = administration.Service<Core.Installation.KeyRing>().Encrypt(DeviceKey);
        await Seed.RunAsync(house.Database, new SeedPlan(house.Product, account, home, devices, perHome, key), cancel);
        return house;
    }

    /// <summary>Starts the built program on it; when it answers <see cref="Ready"/> it may be used.</summary>
    public ServerProcess Launch(bool tls, bool collectable = true) => Launch(tls, collectable, Folder, new Dictionary<string, string>());

    /// <summary>Starts a node of a cluster on it, with a data folder of its own.</summary>
    public ServerProcess LaunchNode(string name, string folder, string busUrl) => Launch(
        tls: false, collectable: false, folder, new Dictionary<string, string> { ["IRORI_NODE__NAME"] = name, ["IRORI_BUS__URL"] = busUrl });

    /// <summary>The database as Irori itself opens it, without a server.</summary>
    public async Task<IroriDatabase> OpenAsync(CancellationToken cancel) =>
        await DatabaseFactory.OpenAsync(Database, TimeProvider.System, NullLoggerFactory.Instance, cancel);

    /// <summary>Signs in the people of all homes, in the order of their devices.</summary>
    public Task<IReadOnlyList<Listener>> SignInAllAsync(CancellationToken cancel) => Seed.SignInAllAsync(Database, cancel);

    /// <summary>The value of <c>step</c> of every device, in their order; 0: none.</summary>
    public Task<IReadOnlyList<long>> ReadStepsAsync(int devices, CancellationToken cancel) => Seed.ReadStepsAsync(Database, devices, cancel);

    public async ValueTask DisposeAsync()
    {
        await BenchContext.DropAsync(Database);
        Directory.Delete(Folder, recursive: true);
    }

    private ServerProcess Launch(bool tls, bool collectable, string folder, Dictionary<string, string> environment)
    {
        environment[SettingsLoader.MasterKeyVariable] = MasterKey;
        environment["IRORI_METRICS__TOKEN"] = MetricsToken;
        string[] arguments = Database.Engine == DatabaseEngine.Sqlite ? ["--data", folder] : ["--data", folder, "--database", Database.ConnectionString];
        return Measured.Irori(tls, collectable, arguments, environment);
    }

    private async Task<(long Account, long Home)> FurnishAsync(Administration administration, CancellationToken cancel)
    {
        var apps = administration.Service<AppService>();
        var made = (await apps.AddAsync(new NewApp(Dialect, AllProducts: true), cancel)).Value;
        var app = (await apps.FindAsync(made.App.Id, Dialect, cancel)).Value;
        var accounts = administration.Service<AccountService>();
        var (login, password) = (Login.Email("bench@example.com").Value, PasswordRule.Mint());
        var account = (await accounts.AddAsync(login, password, "eu", "+49", "Bench", cancel)).Value;
        Token = (await accounts.SignInAsync(login, password, lang: null, app, ip: null, cancel)).Value.Tokens.Access;
        var home = (await administration.Service<Core.Homes.HomeService>().AddAsync(account, Core.Homes.HomeService.FirstHomeName, [], cancel)).Value;
        var product = new NewProduct(Dialect, "Plug", "BENCH", "switch", "Bench", [], new ThingModel { Properties = [] });
        Product = (await administration.Service<ProductService>().AddAsync(product, cancel)).Value.Product.No;
        return (account.No, home.No);
    }
}
