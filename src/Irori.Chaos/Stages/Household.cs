using System.Globalization;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Irori.Chaos.Stages;

/// <summary>A person with an app and devices, made before the nodes start.</summary>
/// <param name="AppId">Id of the app.</param>
/// <param name="Token">Access token of the person.</param>
/// <param name="Apikey">Id of the person.</param>
/// <param name="Devices">The devices.</param>
internal sealed record Household(string AppId, string Token, string Apikey, IReadOnlyList<MadeDevice> Devices)
{
    private const string Dialect = "coolkit";
    private const long FirstDevice = 0x1000000001;

    /// <summary>Makes an installation with a household.</summary>
    public static async Task<Household> MakeAsync(IroriSettings settings, string masterKey, int devices, CancellationToken cancel)
    {
        await (await Foundation.OpenAsync(settings, masterKey, TimeProvider.System, NullLoggerFactory.Instance, cancel)).DisposeAsync();
        await using var administration = await Administration.OpenAsync(settings, masterKey, cancel);
        var apps = administration.Service<AppService>();
        var made = (await apps.AddAsync(new NewApp(Dialect, AllProducts: true), cancel)).Value;
        var app = (await apps.FindAsync(made.App.Id, Dialect, cancel)).Value;
        var accounts = administration.Service<AccountService>();
        var (login, password) = (Login.Email("chaos@example.com").Value, PasswordRule.Mint());
        var account = (await accounts.AddAsync(login, password, "eu", "+49", "Chaos", cancel)).Value;
        var session = (await accounts.SignInAsync(login, password, lang: null, app, ip: null, cancel)).Value;
        var product = (await administration.Service<ProductService>().AddAsync(new NewProduct(Dialect, "Counter", "CHAOS", "switch", "Chaos", [], ThingModel.Empty), cancel)).Value;
        var own = new List<MadeDevice>();
        for (var i = 0; i < devices; i++)
        {
            var id = (FirstDevice + i).ToString("x10", CultureInfo.InvariantCulture);
            var device = (await administration.Service<DeviceService>().MakeAsync(new NewDevice(id, product.Product.Id, Key: null, new FactoryData()), cancel)).Value;
            await administration.Database.WriteAsync<Done>(
                async s =>
                {
                    await s.Bindings.PutAsync(new Binding { Account = account.No, Device = device.Device.No, Role = Role.Owner, Since = DateTimeOffset.UnixEpoch });
                    return new Done();
                },
                cancel);
            own.Add(device);
        }

        return new Household(app.Id, session.Tokens.Access, account.Id, own);
    }
}
