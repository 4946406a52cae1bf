using System.Security.Cryptography;
using System.Text;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Core.Homes;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Dialects.CoolKit;
using Irori.Server.Settings;
using Irori.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace Irori.Server.Demo;

/// <summary>Fills a fresh installation: an app, two people, a home and seven devices. All secrets are random.</summary>
internal sealed class DemoSeed(IServiceProvider services)
{
    private const string CountryCode = "+49";
    private static readonly string[] Rooms = ["Hall", "Living room", "Kitchen"];

    // The one without a room is manufactured and left for somebody to add.
    private static readonly (DeviceKind Kind, string Name, string? Room)[] Devices =
    [
        (DeviceKind.Lamp, "Hall lamp", "Hall"),
        (DeviceKind.Switch, "Ceiling light", "Living room"),
        (DeviceKind.Lamp, "Reading lamp", "Living room"),
        (DeviceKind.Thermostat, "Heating", "Living room"),
        (DeviceKind.Meter, "Washing machine", "Kitchen"),
        (DeviceKind.Switch, "Coffee machine", "Kitchen"),
        (DeviceKind.Switch, "Garden plug", null),
    ];

    public async Task<DemoFile> RunAsync(CancellationToken cancel)
    {
        var app = (await Service<AppService>().AddAsync(new NewApp(CoolKitDialect.Name, AllProducts: true), cancel)).Value;
        var (owner, first) = await AddAccountAsync("ann@example.com", "Ann", phone: null, cancel);
        var (_, second) = await AddAccountAsync("ben@example.com", "Ben", "+491701234567", cancel);
        await Service<AccountRegistry>().PromoteAsync(owner, cancel);
        var home = (await Service<HomeService>().AddAsync(owner, HomeService.FirstHomeName, Rooms, cancel)).Value;
        var stored = (await Service<AppService>().FindAsync(app.App.Id, CoolKitDialect.Name, cancel)).Value;
        return new DemoFile
        {
            App = new DemoApp(app.App.Id, app.Secret),
            Accounts = [first, second],
            Home = new DemoHome(home.Id, [.. home.Rooms.Select(r => new DemoRoom(r.Id, r.Name))]),
            Devices = await AddDevicesAsync(new Principal(owner, stored, Session: 0, Ip: null), home, cancel),
        };
    }

    private async Task<(Account Account, DemoAccount Shown)> AddAccountAsync(string email, string nickname, string? phone, CancellationToken cancel)
    {
        var password = PasswordRule.Mint();
        var region = Service<IroriSettings>().Regions.Served is [var served, ..] ? served : "eu";
        var account = (await Service<AccountService>().AddAsync(Login.Email(email).Value, password, region, CountryCode, nickname, cancel)).Value;
        if (phone is not null) account = (await Service<AccountRegistry>().AddLoginAsync(account, Login.Phone(phone).Value, cancel)).Value;
        return (account, new DemoAccount(email, phone, password, CountryCode, account.Id));
    }

    private async Task<List<DemoDevice>> AddDevicesAsync(Principal owner, Home home, CancellationToken cancel)
    {
        var products = new Dictionary<DeviceKind, ProductView>();
        foreach (var kind in DemoProducts.Kinds) products[kind] = (await Service<ProductService>().AddAsync(DemoProducts.Read(kind), cancel)).Value;
        var made = new List<DemoDevice>();
        foreach (var (kind, name, room) in Devices)
        {
            var device = await MakeAsync(products[kind], kind, name, added: room is not null, cancel);
            if (room is not null) await AddAsync(owner, device, home.Id, home.Rooms.First(r => r.Name == room).Id, cancel);
            made.Add(device);
        }

        return made;
    }

    private async Task<DemoDevice> MakeAsync(ProductView product, DeviceKind kind, string name, bool added, CancellationToken cancel)
    {
        var id = "1000" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
        var chip = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var factory = new FactoryData { ChipId = chip, Manufacturer = product.Brand.Name, Description = "Demonstration" };
        var made = (await Service<DeviceService>().MakeAsync(new NewDevice(id, product.Product.Id, Key: null, factory), cancel)).Value;
        return new DemoDevice(id, made.Key, chip, product.Product.Id, name, CoolKitDialect.Name, DemoProducts.Word(kind), added);
    }

    // The same door that an app uses, with the same proof.
    private async Task AddAsync(Principal owner, DemoDevice device, string home, string room, CancellationToken cancel)
    {
        bool Holds(string key) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(device.Key));
        var wanted = new AddDevice(device.Id, Holds, device.ChipId, device.Name) { HomeId = home, RoomId = room, End = End.Back };
        _ = (await Service<DeviceService>().AddAsync(owner, wanted, cancel)).Value;
    }

    private T Service<T>()
        where T : notnull => services.GetRequiredService<T>();
}
