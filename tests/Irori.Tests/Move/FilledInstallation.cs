using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Core.Firmware;
using Irori.Core.Homes;
using Irori.Core.Scenes;
using Irori.Core.Schedules;
using Irori.Core.Outbox;
using Irori.Core.States;
using Irori.Server.Settings;
using Irori.Storage;
using Irori.Tests.CoolKit;
using Irori.Tests.Server;
using Shouldly;

namespace Irori.Tests.Move;

/// <summary>An installation on SQLite in a folder of its own, with something in nearly every table, whose server has stopped.</summary>
internal sealed record FilledInstallation(string Folder, string AppId, string AppSecret, string ProductId, MadeDevice Lamp, string Things, IReadOnlyList<string> History)
{
    private const int Properties = 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Settings of a server that listens to nobody else.</summary>
    public static IroriSettings On(IroriSettings settings, string folder, DatabaseSettings? database = null) => settings with
    {
        Data = folder,
        Database = database is null ? new DatabaseSection() : new DatabaseSection { Engine = database.Engine, ConnectionString = database.ConnectionString },
    };

    public static async Task<FilledInstallation> MakeAsync(string folder, int points = 2_000)
    {
        await using var house = await CoolKitHouse.StartAsync(settings: s => On(s, folder));
        using var app = await house.SignedInAsync();
        var made = await house.AddAsync(app, "Lamp ä 灯");
        await using (var lamp = await house.ConnectAsync(made))
        {
            (await lamp.ReportAsync(new JsonObject { ["switch"] = "off", ["note"] = "a \"quoted\" text\n" })).Error().ShouldBe(0);
            var switching = app.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = lamp.Id, ["params"] = new JsonObject { ["switch"] = "on" } });
            await lamp.ObeyAsync();
            (await switching).Error().ShouldBe(0);
        }

        var people = house.Server.Service<AccountRegistry>();
        await people.PromoteAsync((await people.FindAsync(Login.Email(CoolKitHouse.OwnerEmail).Value, Cancel)).Value, Cancel);
        (await house.Server.Service<HomeService>().AddAsync(await house.AddAccountAsync("third@example.com"), "Cabin", ["Attic"], Cancel)).IsOk.ShouldBeTrue();
        var named = new NewDevice("1000eeeeee", house.Product.Product.Id, null, new FactoryData { Mac = "d0:27:00:00:00:01" });
        (await house.Server.Service<DeviceService>().MakeAsync(named, Cancel)).IsOk.ShouldBeTrue();
        await house.Server.Service<AccountService>().SendCodeAsync(Login.Email("new@example.com").Value, CodePurpose.Register, Cancel);
        await UseAsync(house, app, made);
        await RememberAsync(house.Server.Service<IDatabase>(), made.Device, points);
        var (things, history) = (await ThingsAsync(app), await HistoryAsync(house.Server.Service<IDatabase>(), made.Device.Id));
        await WaitAsync(house.Server.Service<IDatabase>(), made.Device);
        return new FilledInstallation(folder, house.AppSecret.App.Id, house.AppSecret.Secret, house.Product.Product.Id, made, things, history);
    }

    /// <summary>Starts a server on the moved data and holds it against what was before; then goes on using it.</summary>
    public async Task GoesOnAsync(DatabaseSettings database)
    {
        await using var server = await TestServer.StartAsync(settings: s => On(s, Folder, database));
        using var app = new CoolKitApp(server.Http, AppId, AppSecret);
        (await app.LoginAsync(CoolKitHouse.OwnerEmail, CoolKitHouse.Password)).Error().ShouldBe(0);
        (await ThingsAsync(app)).ShouldBe(Things);
        (await HistoryAsync(server.Service<IDatabase>(), Lamp.Device.Id)).ShouldBe(History);

        // New rows get fresh keys, and the device's own key still opens its door.
        await using var lamp = await CoolKitDevice.ConnectAsync(server.Http, Lamp.Device.Id, Lamp.Key);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "off", ["fresh"] = 1 })).Error().ShouldBe(0);
        var account = (await server.Service<AccountService>().AddAsync(Login.Email("late@example.com").Value, CoolKitHouse.Password, "eu", "+49", "Late", Cancel)).Value;
        var device = (await server.Service<DeviceService>().MakeAsync(new NewDevice("1000ffffff", ProductId, null, new FactoryData()), Cancel)).Value;
        account.No.ShouldBeGreaterThan(3);
        device.Device.No.ShouldBeGreaterThan(Lamp.Device.No);
    }

    // A group, a share with its message, firmware, and an app that people may sign in to.
    private static async Task UseAsync(CoolKitHouse house, CoolKitApp app, MadeDevice lamp)
    {
        (await app.PostAsync("/v2/device/group", new JsonObject { ["name"] = "Floor", ["mainDeviceId"] = lamp.Device.Id })).Error().ShouldBe(0);
        (await app.PostAsync("/v2/device/share", new JsonObject
        {
            ["deviceidList"] = new JsonArray(lamp.Device.Id), ["user"] = new JsonObject { ["email"] = "third@example.com" }, ["permit"] = 3, ["shareType"] = 1,
        })).Error().ShouldBe(0);
        using var third = await house.SignedInAsync("third@example.com");
        await house.JoinAsync(app, third, (string)(await app.GetAsync("/v2/family"))["data"]!["currentFamilyId"]!);
        var file = new NewFirmwareFile("user1.bin", new byte[] { 1, 2, 3 });
        (await house.Server.Service<FirmwareService>().AddAsync(new NewFirmware(house.Product.Product.Id, "PSC-B01-GL", "9.0", [file]), Cancel)).IsOk.ShouldBeTrue();
        await PlanAsync(house, lamp.Device);
        const string Redirect = "https://example.com/back";
        var database = house.Server.Service<IDatabase>();
        var known = (await database.ReadAsync(s => s.Projects.FindAppAsync(house.AppSecret.App.Id), Cancel))!;
        await database.WriteAsync<Done>(
            async s =>
            {
                await s.Projects.AddRedirectAsync(known.No, Redirect);
                return new Done();
            },
            Cancel);
        var login = Login.Email(CoolKitHouse.OwnerEmail).Value;
        (await house.Server.Service<OAuthService>().GrantAsync(known, Redirect, login, CoolKitHouse.Password, ip: null, Cancel)).IsOk.ShouldBeTrue();
    }

    // A device behind another, and something that must follow: it waits a moment until somebody looks, and the server stops before.
    private static async Task WaitAsync(IDatabase database, Device gateway) => (await database.WriteAsync<Done>(
        async s =>
        {
            var behind = (await s.Devices.FindAsync("1000eeeeee"))!;
            await s.Devices.SetParentAsync(behind.No, gateway.No);
            await s.Outbox.AddAsync(new OutboxRow { Device = gateway.No, Kind = Happening.Operated, At = TimeProvider.System.GetUtcNow(), Body = """{"switch":"on"}""" });
            return new Done();
        },
        Cancel)).IsOk.ShouldBeTrue();

    // A schedule of a device, a rule that it sets off, and a run that waits.
    private static async Task PlanAsync(CoolKitHouse house, Device lamp)
    {
        var who = await house.ReadAsync(async s => new Principal(
            (await s.Accounts.FindAsync(Login.Email(CoolKitHouse.OwnerEmail).Value))!, (await s.Projects.FindAppAsync(house.AppSecret.App.Id))!, Session: 0, Ip: null));
        var plan = Plan.Of(Step.Delay(86_400), Step.Device(lamp.Id, """{"switch":"on"}"""));
        var wanted = new NewSchedule("test", CronText.Daily(new TimeOnly(8, 0)), plan) { Zone = "Europe/Berlin" };
        (await house.Server.Service<ScheduleService>().CreateAsync(who, wanted, Cancel)).IsOk.ShouldBeTrue();
        var rule = new Rule([new Trigger(TriggerKind.Changed, lamp.Id)]) { Interval = 3_600 };
        var scene = (await house.Server.Service<SceneService>().CreateAsync(who, new NewScene("test", SceneKind.Automatic, "Rule", plan) { Rule = rule }, Cancel)).Value;
        (await house.Server.Service<SceneService>().RunAsync(who, "test", scene.Id, Cancel)).IsOk.ShouldBeTrue();
        (await house.Server.Service<IDatabase>().WriteAsync<Done>(
            async s =>
            {
                await s.Scenes.ChainAsync([lamp.Id], depth: 1, TimeSpan.FromMinutes(1));
                return new Done();
            },
            Cancel)).IsOk.ShouldBeTrue();
    }

    private static async Task RememberAsync(IDatabase database, Device device, int points)
    {
        for (var i = 0; i < points; i += Properties)
        {
            var readings = Enumerable.Range(i, Properties).Select(n => new Reading($"p{n % Properties}", $"{n}.5", SourceTime: n % 2 == 0 ? 1_700_000_000_000 + n : null)).ToList();
            var write = new StateWrite { Device = device.No, Product = device.Product, Readings = readings, Arrival = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + i };
            (await database.WriteStateAsync(write, Cancel)).Value.Outcome.ShouldBe(StateOutcome.Accepted);
        }
    }

    // Without what tells only whether the device is connected now.
    private static async Task<string> ThingsAsync(CoolKitApp app)
    {
        var things = (await app.GetAsync("/v2/device/thing?num=0"))["data"]!;
        foreach (var thing in things["thingList"]!.AsArray())
        {
            thing!["itemData"]!.AsObject().Remove("online");
            thing["itemData"]!.AsObject().Remove("offlineTime");
        }

        return things.ToJsonString();
    }

    private static Task<List<string>> HistoryAsync(IDatabase database, string id) => database.ReadAsync(
        async s =>
        {
            var device = (await s.Devices.FindAsync(id))!;
            var told = new List<string>();
            foreach (var name in Enumerable.Range(0, Properties).Select(n => $"p{n}").Append("switch").Append("note"))
                told.AddRange((await s.History.PointsAsync(device.No, name, 0, long.MaxValue, null, 10_000)).Select(p => $"{name} {p.Arrival} {p.Seq} {p.SourceTime} {p.Value}"));
            told.AddRange((await s.History.FramesAsync(device.No, 100)).Select(f => $"{f.At:O} {f.Direction} {Convert.ToHexString(f.Bytes)}"));
            told.AddRange((await s.Commands.ListAsync(device.No, 100)).Select(c => $"{c.Id} {c.Body} {c.Outcome}"));
            return told;
        },
        Cancel);
}
