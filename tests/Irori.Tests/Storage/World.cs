using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Links;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Core.States;
using Irori.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Irori.Tests.Storage;

/// <summary>A database with one app, one account and one owned device: what most storage tests begin with.</summary>
internal sealed class World(IroriDatabase database) : IAsyncDisposable
{
    private static readonly CancellationToken Cancel = CancellationToken.None;

    public IroriDatabase Database => database;

    public long App { get; private set; }

    public long Account { get; private set; }

    public long Product { get; private set; }

    public long Device { get; private set; }

    public static async Task<World> CreateAsync(DatabaseSettings settings)
    {
        var world = new World(await DatabaseFactory.OpenAsync(settings, TimeProvider.System, NullLoggerFactory.Instance, Cancel));
        await world.SeedAsync();
        return world;
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    public async Task<T> WriteAsync<T>(Func<IStores, Task<T>> work) =>
        (await database.WriteAsync(async s => Result.Of(await work(s)), Cancel)).Value;

    public Task<T> ReadAsync<T>(Func<IStores, Task<T>> work) => database.ReadAsync(work, Cancel);

    public async Task<StateWritten> ReportAsync(long? epoch, long? key, params (string Name, string Json)[] values) =>
        (await database.WriteStateAsync(Write(epoch, key, values), Cancel)).Value;

    public async Task<StateWritten> ReportOfAsync(long device, long? epoch, params (string Name, string Json)[] values) =>
        (await database.WriteStateAsync(Write(epoch, null, values) with { Device = device }, Cancel)).Value;

    public StateWrite Write(long? epoch, long? key, params (string Name, string Json)[] values) => new()
    {
        Device = Device,
        Product = Product,
        Epoch = epoch,
        Key = key,
        Readings = [.. values.Select(v => new Reading(v.Name, v.Json))],
        Arrival = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
    };

    public Task<long> OpenLinkAsync(string node = "n1", long incarnation = 1) => OpenLinkAsync(Device, node, incarnation);

    public async Task<long> OpenLinkAsync(long device, string node, long incarnation, LinkKey? gateway = null) =>
        (await WriteAsync(s => s.Links.OpenAsync(device, new NodeIdentity(node, incarnation), gateway, "127.0.0.1", "coolkit", TimeProvider.System.GetUtcNow())))!.Value;

    public Task<IReadOnlyList<Irori.Core.History.Point>> PointsAsync(string property) =>
        ReadAsync(s => s.History.PointsAsync(Device, property, 0, long.MaxValue, null, 1000));

    public async Task<long> AddDeviceAsync(string id) => (await WriteAsync(s => s.Devices.AddAsync(
        new Device { Id = id, Product = Product, Source = DeviceSource.Made, Name = id, Created = TimeProvider.System.GetUtcNow() }, [])))!.Value;

    public Task<long?> AddAccountAsync(string email) => WriteAsync(s => s.Accounts.AddAsync(
        new Account { Id = Ids.Account(), Region = "eu", CallingCode = "+49", Lang = "en", Nickname = "", Created = TimeProvider.System.GetUtcNow() },
        Login.Email(email).Value,
        TimeProvider.System.GetUtcNow()));

    public Task<bool> BindAsync(long account, long device, Role role = Role.Owner) => WriteAsync(async s =>
    {
        await s.Bindings.PutAsync(new Binding { Account = account, Device = device, Role = role, Since = TimeProvider.System.GetUtcNow() });
        return true;
    });

    private async Task SeedAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        App = await WriteAsync(async s => await s.Projects.AddAppAsync(new App
        {
            Id = "app", Project = await s.Projects.EnsureProjectAsync("p", "P"), Dialect = "coolkit", Kind = AppKind.Client, SecretEnc = [1],
            SingleSession = false, AccessSeconds = 60, RefreshSeconds = 120, Disabled = false,
        }));
        await WriteAsync(async s =>
        {
            await s.Projects.GrantAsync(App, GrantKind.All, 0);
            return true;
        });
        Product = await WriteAsync(async s => await s.Products.AddAsync(
            new Product
            {
                Id = Ids.Hex24(), Project = await s.Projects.EnsureProjectAsync("p", "P"), Brand = (await s.Products.EnsureBrandAsync("B", "")).No,
                Name = "Switch", Model = "M", Category = "switch", Dialect = "coolkit", ModelJson = ThingModel.Empty.ToJson(), KeepsFrames = true,
            },
            [new ProductName("coolkit", "uiid", "1")],
            now));
        Account = (await AddAccountAsync("owner@example.com"))!.Value;
        Device = await AddDeviceAsync("1000000001");
        await BindAsync(Account, Device);
    }
}
