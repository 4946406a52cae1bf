using System.Text.Json.Nodes;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Dialects.CoolKit;
using Irori.Dialects.Gizwits;
using Irori.Server.Files;
using Irori.Server.Hosting;
using Irori.Storage;
using Irori.Tests.CoolKit;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>A server with an app of Gizwits beside one of CoolKit, a lamp of CoolKit that Gizwits sees through a projection, and a heater of Gizwits that is open.</summary>
internal sealed class GizwitsHouse(CoolKitHouse house, AppSecret app, ProductView lamp, ProductView heater) : IAsyncDisposable
{
    public const string Password = "Correct1horse";
    public const string LampKey = "0123456789abcdef0123456789abcdef";
    public const string LampSecret = "fedcba9876543210fedcba9876543210";
    public const string HeaterKey = "aaaabbbbccccddddeeeeffff00001111";
    public const string HeaterSecret = "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5";

    /// <summary>Data points as the vendor exports them.</summary>
    public const string HeaterFile =
        """
        {"name":"Heater","product_key":"aaaabbbbccccddddeeeeffff00001111","protocolType":"standard","packetVersion":"0x00000004","entities":[{"id":0,"name":"entity0","display_name":"Heater","attrs":[
        {"id":0,"name":"power","display_name":"Power","desc":"","type":"status_writable","data_type":"bool","position":{"byte_offset":0,"unit":"bit","len":1,"bit_offset":0}},
        {"id":1,"name":"mode","display_name":"Mode","desc":"","type":"status_writable","data_type":"enum","enum":["auto","eco","boost"],"position":{"byte_offset":0,"unit":"bit","len":2,"bit_offset":1}},
        {"id":2,"name":"target","display_name":"Target","desc":"","type":"status_writable","data_type":"uint8","uint_spec":{"min":0,"max":200,"ratio":0.5,"addition":-20},"position":{"byte_offset":1,"unit":"byte","len":1,"bit_offset":0}},
        {"id":3,"name":"label","display_name":"Label","desc":"","type":"status_writable","data_type":"binary","position":{"byte_offset":2,"unit":"byte","len":4,"bit_offset":0}},
        {"id":4,"name":"water","display_name":"Water","desc":"","type":"status_readonly","data_type":"uint8","uint_spec":{"min":0,"max":120,"ratio":1,"addition":0},"position":{"byte_offset":6,"unit":"byte","len":1,"bit_offset":0}},
        {"id":5,"name":"dry","display_name":"Runs dry","desc":"","type":"fault","data_type":"bool","position":{"byte_offset":7,"unit":"bit","len":1,"bit_offset":0}}]}],"ui":{}}
        """;

    private int _devices;
    private int _people;

    public CoolKitHouse CoolKit => house;

    public AppSecret AppSecret => app;

    public ProductView Lamp => lamp;

    public ProductView Heater => heater;

    public TestTime Time => house.Time!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<GizwitsHouse> StartAsync(DatabaseEngine engine = DatabaseEngine.Sqlite, ServerOptions? options = null)
    {
        var house = await CoolKitHouse.StartAsync(engine, options: options ?? HouseFixture.Options());
        var app = (await house.Server.Service<AppService>().AddAsync(new NewApp(GizwitsDialect.Name) { AccessLife = GizwitsDialect.TokenLife, RefreshLife = GizwitsDialect.TokenLife }, Cancel)).Value;
        var products = house.Server.Service<ProductService>();
        var stored = await house.ReadAsync(s => s.Projects.FindAppAsync(app.App.Id));
        return new GizwitsHouse(house, app with { App = stored! }, (await products.AddAsync(NewLamp(), Cancel)).Value, (await products.AddAsync(NewHeater(), Cancel)).Value);
    }

    /// <summary>A lamp with two channels and a colour, as its operator writes it down.</summary>
    public static NewProduct NewLamp() => ParseProduct(
        $$$$"""
        {"dialect":"coolkit","name":"Lamp","model":"L-2","category":"light","brand":"Demo","uiid":7,"secret":"{{{{LampSecret}}}}","names":[{"dialect":"gizwits","kind":"product_key","value":"{{{{LampKey}}}}"}],
         "things":{"properties":[
          {"name":"switches","title":"Channels","type":"array","access":"rw","mergeKey":"outlet"},
          {"name":"bright","title":"Brightness","type":"int","access":"rw","min":0,"max":255},
          {"name":"colour","title":"Colour","type":"struct","access":"rw"},
          {"name":"rssi","title":"Signal","type":"int"}]},
         "projections":{"gizwits":{"properties":[
          {"path":"switches[outlet=0].switch","shown":{"name":"LED_OnOff","title":"Light","type":"bool","access":"rw"},"values":[{"native":"on","shown":true},{"native":"off","shown":false}]},
          {"path":"switches[outlet=1].switch","shown":{"name":"Fan_OnOff","title":"Fan","type":"bool","access":"rw"},"values":[{"native":"on","shown":true},{"native":"off","shown":false}]},
          {"path":"bright","shown":{"name":"Brightness","title":"Brightness","type":"int","access":"rw","min":0,"max":100},"factor":0.39215686274509803},
          {"path":"colour.r","shown":{"name":"Red","title":"Red","type":"int","access":"rw","min":0,"max":255}},
          {"path":"rssi","shown":{"name":"Signal","title":"Signal","type":"int","access":"r","min":-120,"max":0}}]}}}
        """);

    private static NewProduct NewHeater() => ParseProduct(
        $$"""{"dialect":"gizwits","name":"Heater","model":"H-1","category":"heater","brand":"Warm","bindingMode":"Open","secret":"{{HeaterSecret}}","datapoints":{{HeaterFile}}}""");

    private static NewProduct ParseProduct(string json)
    {
        var mistakes = new List<string>();
        var product = ProductFile.Parse(json, mistakes);
        mistakes.ShouldBeEmpty();
        return product!;
    }

    public GizwitsApp App() => new(house.Server.Http, app.App.Id, app.Secret);

    public string NewName() => $"person-{Interlocked.Increment(ref _people)}";

    /// <summary>Somebody new, signed up.</summary>
    public async Task<GizwitsApp> PersonAsync()
    {
        var person = App();
        (await person.RegisterAsync(NewName(), Password)).Code.ShouldBe(0);
        return person;
    }

    /// <summary>An app of another kind.</summary>
    public async Task<GizwitsApp> OtherAppAsync(AppKind kind, bool allProducts = true)
    {
        var made = (await house.Server.Service<AppService>().AddAsync(new NewApp(GizwitsDialect.Name, kind, AllProducts: allProducts), Cancel)).Value;
        return new GizwitsApp(house.Server.Http, made.App.Id, made.Secret);
    }

    /// <summary>Makes a device of a product, with a MAC of its own.</summary>
    public async Task<(MadeDevice Made, string Mac)> MakeAsync(ProductView product)
    {
        var number = Interlocked.Increment(ref _devices);
        var mac = $"accf23{number:x6}";
        var written = string.Join(':', mac.Chunk(2).Select(c => new string(c)));
        // What speaks CoolKit has its ids.
        var wanted = new NewDevice(product.Product.Dialect == CoolKitDialect.Name ? $"20{number:x8}" : $"did{number:d19}", product.Product.Id, null, new FactoryData { Mac = written });
        return ((await house.Server.Service<DeviceService>().MakeAsync(wanted, Cancel)).Value, mac);
    }

    /// <summary>Binds by MAC, as the vendor's document says.</summary>
    public async Task<GizwitsAnswer> BindAsync(GizwitsApp person, string productKey, string secret, string mac, JsonObject? more = null, DateTimeOffset? at = null)
    {
        var body = more ?? [];
        body["product_key"] = productKey;
        body["mac"] = mac;
        var stamp = $"{(at ?? Time.GetUtcNow()).ToUnixTimeSeconds()}";
        return await person.PostAsync("/app/bind_mac", body, ("X-Gizwits-Timestamp", stamp), ("X-Gizwits-Signature", GizwitsApp.Md5(secret + stamp)));
    }

    /// <summary>A lamp that somebody has bound.</summary>
    public async Task<MadeDevice> LampOfAsync(GizwitsApp person)
    {
        var (made, mac) = await MakeAsync(lamp);
        (await BindAsync(person, LampKey, LampSecret, mac)).Code.ShouldBe(0);
        return made;
    }

    /// <summary>Somebody has a device as its guest from now on.</summary>
    public Task ShareAsync(GizwitsApp guest, MadeDevice made) => house.WriteAsync(async s =>
    {
        await s.Bindings.PutAsync(new Binding { Account = (await s.Accounts.FindAsync(guest.Uid!))!.No, Device = made.Device.No, Role = Role.Guest, Since = Time.GetUtcNow() });
        return await s.Devices.RaiseAccessAsync(made.Device.No, ownerSince: null);
    });

    public ValueTask DisposeAsync() => house.DisposeAsync();
}

/// <summary>One server for the tests of a class, with a clock that they may move. Each test brings people and devices of its own.</summary>
public abstract class GizwitsFixture(DatabaseEngine engine) : IAsyncLifetime
{
    public DatabaseEngine Engine => engine;

    internal GizwitsHouse House { get; private set; } = null!;

    public async ValueTask InitializeAsync() => House = await GizwitsHouse.StartAsync(engine);

    public async ValueTask DisposeAsync()
    {
        await House.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class SqliteGizwits() : GizwitsFixture(DatabaseEngine.Sqlite);

public sealed class PostgresGizwits() : GizwitsFixture(DatabaseEngine.PostgreSql);
