using System.Text.Json;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Homes;
using Irori.Core.Installation;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Storage;
using Irori.Tests.Server;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>A server with an app, two people, and products of CoolKit; devices are made as a test needs them.</summary>
internal sealed class CoolKitHouse : IAsyncDisposable
{
    public const string Password = "Correct1horse";
    public const string OwnerEmail = "owner@example.com";
    public const string StrangerEmail = "stranger@example.com";

    private int _devices;

    private int _people;

    private CoolKitHouse(TestServer server, TestTime? time, AppSecret app, ProductView product)
    {
        Server = server;
        Time = time;
        AppSecret = app;
        Product = product;
    }

    public TestServer Server { get; }

    /// <summary>The server's clock, where the test moves it.</summary>
    public TestTime? Time { get; }

    public AppSecret AppSecret { get; }

    public ProductView Product { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<CoolKitHouse> StartAsync(
        DatabaseEngine engine = DatabaseEngine.Sqlite, Func<IroriSettings, IroriSettings>? settings = null, ServerOptions? options = null)
    {
        var server = await TestServer.StartAsync(engine, settings, options);
        var app = (await server.Service<AppService>().AddAsync(new NewApp("coolkit"), Cancel)).Value;
        var model = new ThingModel
        {
            Properties =
            [
                new Property { Name = "switch", Title = "Power", Type = PropertyType.Enum, Access = "rw" },
                new Property { Name = "switches", Title = "Channels", Type = PropertyType.Array, Access = "rw", MergeKey = "outlet" },
                new Property { Name = "hundredDaysKwh", Title = "Energy", Type = PropertyType.Enum, Access = "w", Query = JsonSerializer.SerializeToElement("get") },
            ],
        };
        var product = (await server.Service<ProductService>().AddAsync(
            new NewProduct("coolkit", "Switch", "Basic", "switch", "Demo", [new("coolkit", "uiid", "1"), new("coolkit", "model", "PSC-B01-GL")], model), Cancel)).Value;
        var house = new CoolKitHouse(server, options?.Time as TestTime, app, product);
        await house.AddAccountAsync(OwnerEmail);
        await house.AddAccountAsync(StrangerEmail);
        return house;
    }

    public async Task<Account> AddAccountAsync(string login) => (await Server.Service<AccountService>().AddAsync(
        Login.Parse(login).Value, Password, "eu", "+49", "Somebody", Cancel)).Value;

    public CoolKitApp App(Uri? server = null) => new(server ?? Server.Http, AppSecret.App.Id, AppSecret.Secret);

    public string NewEmail() => $"person{Interlocked.Increment(ref _people)}@example.com";

    /// <summary>Somebody new, signed in.</summary>
    public async Task<CoolKitApp> PersonAsync(AppSecret? through = null)
    {
        var email = NewEmail();
        await AddAccountAsync(email);
        return await SignInAsync(email, through);
    }

    /// <summary>Signs in once more, on another phone.</summary>
    public async Task<CoolKitApp> SignInAsync(string email, AppSecret? through = null)
    {
        var secret = through ?? AppSecret;
        var app = new CoolKitApp(Server.Http, secret.App.Id, secret.Secret) { Email = email };
        (await app.LoginAsync(email, Password)).Error().ShouldBe(0);
        return app;
    }

    /// <summary>Another app, by the rules of this test.</summary>
    public async Task<AppSecret> AddAppAsync(
        string dialect = "coolkit", bool single = false, bool disabled = false, bool allProducts = true, int accessSeconds = 3600, int refreshSeconds = 7200)
    {
        const string Secret = "a secret of this test";
        var id = Ids.Hex24();
        var row = new App
        {
            Id = id, Project = AppSecret.App.Project, Dialect = dialect, Kind = AppKind.Client, SecretEnc = Server.Service<KeyRing>().Encrypt(Secret),
            SingleSession = single, AccessSeconds = accessSeconds, RefreshSeconds = refreshSeconds, Disabled = disabled,
        };
        var stored = await WriteAsync(async s =>
        {
            var no = await s.Projects.AddAppAsync(row);
            if (allProducts) await s.Projects.GrantAsync(no, GrantKind.All, 0);
            return (await s.Projects.FindAppAsync(no))!;
        });
        return new AppSecret(stored, Secret);
    }

    /// <summary>The newest code that was sent to somebody.</summary>
    public string CodeOf(string login) => Server.Outbox.Newest(200).First(m => m.To == login).Code;

    public Task<T> ReadAsync<T>(Func<IStores, Task<T>> work) => Server.Service<IDatabase>().ReadAsync(work, Cancel);

    public async Task<T> WriteAsync<T>(Func<IStores, Task<T>> work) =>
        (await Server.Service<IDatabase>().WriteAsync(async s => Result.Of(await work(s)), Cancel)).Value;

    public async Task<Account> AccountAsync(CoolKitApp app) => (await ReadAsync(s => s.Accounts.FindAsync(app.Apikey!)))!;

    /// <summary>Another home with rooms.</summary>
    public async Task<Home> AddHomeAsync(CoolKitApp app, string name, params string[] rooms) =>
        (await Server.Service<HomeService>().AddAsync(await AccountAsync(app), name, rooms, Cancel)).Value;

    /// <summary>Another product.</summary>
    public async Task<ProductView> AddProductAsync(string brand, string model, bool adopts) => (await Server.Service<ProductService>().AddAsync(
        new NewProduct("coolkit", "Plug", model, "switch", brand, [new("coolkit", "uiid", "32"), new("coolkit", "model", model)], ThingModel.Empty) { Adopts = adopts },
        Cancel)).Value;

    /// <summary>Lets somebody use a device of another.</summary>
    public Task ShareAsync(CoolKitApp guest, MadeDevice made, int permit = 0) => WriteAsync(async s =>
    {
        await s.Bindings.PutAsync(new Binding
        {
            Account = (await s.Accounts.FindAsync(guest.Apikey!))!.No, Device = made.Device.No, Role = Role.Guest, Permit = permit, Since = made.Device.Created,
        });
        return await s.Devices.RaiseAccessAsync(made.Device.No, ownerSince: null);
    });

    public async Task<CoolKitApp> SignedInAsync(string email = OwnerEmail)
    {
        var app = App();
        (await app.LoginAsync(email, Password)).Error().ShouldBe(0);
        return app;
    }

    public string NewDeviceId() => $"1000{Interlocked.Increment(ref _devices):x6}";

    /// <summary>Makes a device that nobody owns.</summary>
    public async Task<MadeDevice> MakeAsync(string? chipId = null) => (await Server.Service<DeviceService>().MakeAsync(
        new NewDevice(NewDeviceId(), Product.Product.Id, null, new FactoryData { ChipId = chipId }), Cancel)).Value;

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
