using System.Text.Json.Nodes;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Server.Settings;
using Irori.Storage;
using Irori.Tests.Server;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>A server with an app, two people, and products of CoolKit; devices are made as a test needs them.</summary>
internal sealed class CoolKitHouse : IAsyncDisposable
{
    public const string Password = "Correct1horse";
    public const string OwnerEmail = "owner@example.com";
    public const string StrangerEmail = "stranger@example.com";

    private int _devices;

    private CoolKitHouse(TestServer server, AppSecret app, ProductView product)
    {
        Server = server;
        AppSecret = app;
        Product = product;
    }

    public TestServer Server { get; }

    public AppSecret AppSecret { get; }

    public ProductView Product { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<CoolKitHouse> StartAsync(DatabaseEngine engine = DatabaseEngine.Sqlite, Func<IroriSettings, IroriSettings>? settings = null)
    {
        var server = await TestServer.StartAsync(engine, settings);
        var app = (await server.Service<AppService>().AddAsync(new NewApp("coolkit"), Cancel)).Value;
        var model = new ThingModel
        {
            Properties =
            [
                new Property { Name = "switch", Title = "Power", Type = PropertyType.Enum, Access = "rw" },
                new Property { Name = "switches", Title = "Channels", Type = PropertyType.Array, Access = "rw", MergeKey = "outlet" },
            ],
        };
        var product = (await server.Service<ProductService>().AddAsync(
            new NewProduct("coolkit", "Switch", "Basic", "switch", "Demo", [new("coolkit", "uiid", "1"), new("coolkit", "model", "PSC-B01-GL")], model), Cancel)).Value;
        var house = new CoolKitHouse(server, app, product);
        await house.AddAccountAsync(OwnerEmail);
        await house.AddAccountAsync(StrangerEmail);
        return house;
    }

    public async Task<Account> AddAccountAsync(string login) => (await Server.Service<AccountService>().AddAsync(
        Login.Parse(login).Value, Password, "eu", "+49", "Somebody", Cancel)).Value;

    public CoolKitApp App(Uri? server = null) => new(server ?? Server.Http, AppSecret.App.Id, AppSecret.Secret);

    public async Task<CoolKitApp> SignedInAsync(string email = OwnerEmail)
    {
        var app = App();
        (await app.LoginAsync(email, Password)).Error().ShouldBe(0);
        return app;
    }

    /// <summary>Makes a device that nobody owns.</summary>
    public async Task<MadeDevice> MakeAsync(string? chipId = null)
    {
        var id = $"1000{Interlocked.Increment(ref _devices):x6}";
        return (await Server.Service<DeviceService>().MakeAsync(new NewDevice(id, Product.Product.Id, null, new FactoryData { ChipId = chipId }), Cancel)).Value;
    }

    /// <summary>Makes a device and adds it to the account that is signed in.</summary>
    public async Task<MadeDevice> AddAsync(CoolKitApp app, string name = "Lamp")
    {
        var made = await MakeAsync();
        var answer = await app.PostAsync("/v2/device/add", AddBody(made, name));
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return made;
    }

    public static JsonObject AddBody(MadeDevice made, string name = "Lamp") => new()
    {
        ["name"] = name, ["deviceid"] = made.Device.Id, ["digest"] = CoolKitApp.Digest(made.Device.Id, made.Key), ["chipid"] = "00E0604B",
    };

    public async Task<CoolKitDevice> ConnectAsync(MadeDevice made) => await CoolKitDevice.ConnectAsync(Server.Http, made.Device.Id, made.Key);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
