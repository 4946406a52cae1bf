using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Core.Feeds;
using Irori.Core.Homes;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Server.Demo;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Simulator;
using Irori.Storage;
using Irori.Tests.Cli;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Irori.Tests.Demo;

public sealed class DemoTests : IDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-demo-").FullName;

    private string DemoPath => Path.Combine(_folder, DemoFile.FileName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_fresh_demonstration_has_an_app_two_people_a_home_and_seven_devices_that_are_what_demo_json_says()
    {
        await using var server = await StartServerAsync();
        await using var demo = await Demonstration.StartAsync(server, known: null, Cancel);

        var file = demo.File;
        var app = (await Service<AppService>(server).FindAsync(file.App.Id, "coolkit", Cancel)).Value;
        Service<AppService>(server).SigningSecret(app).ShouldBe(file.App.Secret);
        foreach (var account in file.Accounts)
        {
            var session = (await SignInAsync(server, account, app)).Value;
            (session.Principal.Account.Id, session.Principal.Account.Phone, session.Principal.Account.CallingCode).ShouldBe((account.Id, account.Phone, account.CountryCode));
        }

        var homes = (await Service<HomeService>(server).ListAsync((await SignInAsync(server, file.Accounts[0], app)).Value.Principal.Account, Cancel)).Value;
        homes.Homes.ShouldHaveSingleItem().Id.ShouldBe(file.Home.Id);
        homes.Current.Rooms.Select(r => (r.Id, r.Name)).ShouldBe(file.Home.Rooms.Select(r => (r.Id, r.Name)));
        file.Devices.Count.ShouldBe(7);
        file.Devices.Select(d => d.ProductId).Distinct().Count().ShouldBe(4);
        file.Devices.Count(d => !d.Added).ShouldBe(1);
    }

    [Fact]
    public async Task The_added_devices_stand_in_rooms_of_the_first_person_and_each_shows_its_key()
    {
        await using var server = await StartServerAsync();
        await using var demo = await Demonstration.StartAsync(server, known: null, Cancel);
        var app = (await Service<AppService>(server).FindAsync(demo.File.App.Id, "coolkit", Cancel)).Value;
        var owner = (await SignInAsync(server, demo.File.Accounts[0], app)).Value.Principal;
        var devices = Service<DeviceService>(server);

        owner.Account.IsOperator.ShouldBeTrue();
        (await SignInAsync(server, demo.File.Accounts[1], app)).Value.Principal.Account.IsOperator.ShouldBeFalse();
        foreach (var device in demo.File.Devices)
        {
            var known = (await devices.IdentifyAsync(new DeviceIntroduction("coolkit", device.Id, device.Key, "m", null), Cancel)).Value;
            (known.Device.FactoryData().ChipId, known.Product.Product.Id, known.OwnerId).ShouldBe((device.ChipId, device.ProductId, device.Added ? owner.Account.Id : null));
            var seen = await devices.FindAsync(owner, device.Id, Cancel);
            seen.IsOk.ShouldBe(device.Added);
            if (!device.Added) continue;
            (seen.Value.Name, seen.Value.HomeId).ShouldBe((device.Name, demo.File.Home.Id));
            demo.File.Home.Rooms.ShouldContain(r => r.Id == seen.Value.RoomId);
        }
    }

    [Fact]
    public async Task The_added_devices_come_online_by_themselves_and_the_other_does_not()
    {
        await using var server = await StartServerAsync();
        var online = new OnlineCount(6);
        Service<IBus>(server).Subscribe(online.Hear);
        await using var demo = await Demonstration.StartAsync(server, known: null, Cancel);

        await online.Reached.WaitAsync(TimeSpan.FromSeconds(60), Cancel);

        foreach (var device in demo.File.Devices)
        {
            var file = (await Service<DeviceRegistry>(server).FindAsync(device.Id, Cancel)).Value;
            (file.Link?.Online ?? false).ShouldBe(device.Added);
        }
    }

    [Fact]
    public async Task A_second_start_changes_nothing_but_the_addresses()
    {
        JsonNode first;
        await using (var server = await StartServerAsync())
        {
            await using var demo = await Demonstration.StartAsync(server, known: null, Cancel);
            first = JsonNode.Parse(await File.ReadAllTextAsync(DemoPath, Cancel))!;
            await server.StopAsync(Cancel);
        }

        var known = await Demonstration.FindAsync(Settings, Cancel);
        await using var again = await StartServerAsync();
        await using var second = await Demonstration.StartAsync(again, known, Cancel);

        var now = JsonNode.Parse(await File.ReadAllTextAsync(DemoPath, Cancel))!;
        (new Uri(now["http"]!.GetValue<string>()), new Uri(now["https"]!.GetValue<string>())).ShouldBe((again.Http, again.Https));
        now["http"]!.ToJsonString().ShouldNotBe(first["http"]!.ToJsonString());
        foreach (var address in new[] { "http", "https" }) now[address] = first[address]!.DeepClone();
        now.ToJsonString().ShouldBe(first.ToJsonString());
        (await Service<AccountRegistry>(again).ListAsync("", 100, Cancel)).Count.ShouldBe(2);
        (await Service<DeviceRegistry>(again).SearchAsync("", "", 100, Cancel)).Count.ShouldBe(7);
        (await Service<ProductService>(again).ListAsync("", 100, Cancel)).Count.ShouldBe(4);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Every_demonstration_has_secrets_of_its_own_that_only_the_owner_may_read()
    {
        await using var server = await StartServerAsync();
        await using var demo = await Demonstration.StartAsync(server, known: null, Cancel);
        var other = new List<string>();
        var elsewhere = Directory.CreateTempSubdirectory("irori-demo-").FullName;
        try
        {
            await using var second = await StartServerAsync(Settings with { Data = elsewhere });
            await using var file = await Demonstration.StartAsync(second, known: null, Cancel);
            other.AddRange(Secrets(file.File));
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }

        Secrets(demo.File).Intersect(other).ShouldBeEmpty();
        demo.File.Accounts.ShouldAllBe(a => PasswordRule.Check(a.Password, "password") == null);
        File.GetUnixFileMode(DemoPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        static IEnumerable<string> Secrets(DemoFile file) => [file.App.Secret, .. file.Accounts.Select(a => a.Password), .. file.Devices.Select(d => d.Key)];
    }

    [Fact]
    public async Task A_demonstration_may_stand_on_PostgreSQL()
    {
        var database = new DatabaseSection { Engine = DatabaseEngine.PostgreSql, ConnectionString = (await Postgres.NewDatabaseAsync()).ConnectionString };
        var settings = Settings with { Database = database };
        (await Demonstration.FindAsync(settings, Cancel)).ShouldBeNull();
        await using var server = await StartServerAsync(settings);
        await using var demo = await Demonstration.StartAsync(server, known: null, Cancel);

        (await Demonstration.FindAsync(settings, Cancel))!.App.ShouldBe(demo.File.App);
        (await Service<DeviceRegistry>(server).SearchAsync("", "", 100, Cancel)).Select(d => d.Id).ShouldBe(demo.File.Devices.Select(d => d.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Without_the_flag_nothing_is_seeded()
    {
        await using var server = await StartServerAsync();

        var database = Service<IDatabase>(server);
        (await database.ReadAsync(s => s.Accounts.ListAsync("", 10), Cancel)).ShouldBeEmpty();
        (await database.ReadAsync(s => s.Devices.SearchAsync("", "", 10), Cancel)).ShouldBeEmpty();
        (await database.ReadAsync(s => s.Products.ListAsync("", 10), Cancel)).ShouldBeEmpty();
        (await database.ReadAsync(s => s.Projects.ListAppsAsync("", 10), Cancel)).ShouldAllBe(a => a.Kind == AppKind.Console);
        File.Exists(DemoPath).ShouldBeFalse();
    }

    [Fact]
    public async Task A_folder_of_another_installation_is_refused_with_a_sentence()
    {
        await using (var server = await StartServerAsync()) await server.StopAsync(Cancel);

        var run = await CliRun.RunAsync("run", "--demo", "--data", _folder);

        (run.Code, run.Output).ShouldBe((2, ""));
        run.Error.Trim().ShouldBe($"{_folder} belongs to an installation that is no demonstration; name another folder by --data, or leave --demo away.");
        File.Exists(DemoPath).ShouldBeFalse();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    public async Task A_damaged_demo_json_is_refused_with_a_sentence(string text)
    {
        await File.WriteAllTextAsync(DemoPath, text, Cancel);

        (await Should.ThrowAsync<StartupException>(Demonstration.FindAsync(Settings, Cancel))).Mistakes.ShouldHaveSingleItem().ShouldContain("cannot be read");
    }

    [Fact]
    public async Task A_demo_json_without_its_database_is_refused_with_a_sentence()
    {
        await using (var server = await StartServerAsync())
        {
            await using var demo = await Demonstration.StartAsync(server, known: null, Cancel);
            await server.StopAsync(Cancel);
        }

        foreach (var file in Directory.GetFiles(_folder, "irori.db*")) File.Delete(file);

        (await Should.ThrowAsync<StartupException>(Demonstration.FindAsync(Settings, Cancel))).Mistakes.ShouldHaveSingleItem().ShouldContain("without its database");
    }

    [Fact]
    public async Task The_program_greets_with_the_file_the_console_and_the_first_address_but_no_password()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var output = new NotifyingWriter();
        var http = FreePort();
        await File.WriteAllTextAsync(Path.Combine(_folder, SettingsLoader.FileName), """{ "Log": { "Level": "None" } }""", Cancel);
        var running = Irori.Cli.CommandLine.RunAsync(
            CliRun.Root(), ["run", "--demo", "--data", _folder, "--http", $"{http}", "--https", "0"], new Irori.Cli.Streams { Output = output }, stop.Token);
        var greeting = await output.Said.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        await stop.CancelAsync();
        (await running).ShouldBe(0);

        var file = DemoFile.Read(_folder)!;
        greeting.ShouldContain($"http://localhost:{http}/console/");
        greeting.ShouldContain(DemoPath);
        greeting.ShouldContain(file.Accounts[0].Email);
        greeting.ShouldNotContain(file.Accounts[0].Password);
        (file.Http, file.Https).ShouldBe(($"http://localhost:{http}", null));
    }

    [Fact]
    public async Task The_lines_of_the_README_sign_in_list_read_switch_and_read_back()
    {
        await using var server = await StartServerAsync();
        var online = new OnlineCount(6);
        Service<IBus>(server).Subscribe(online.Hear);
        await using var demo = await Demonstration.StartAsync(server, known: null, Cancel);
        await online.Reached.WaitAsync(TimeSpan.FromSeconds(60), Cancel);

        var said = (await ReadmeTests.RunAsync(server.Http!, _folder, Cancel)).Trim().Split('\n').Select(l => JsonNode.Parse(l)!).ToList();

        said.Select(a => (int)a["error"]!).ShouldBe([0, 0, 0, 0]);
        said[0]["data"]!["thingList"]!.AsArray().Count.ShouldBe(6);
        ((string)said[1]["data"]!["params"]!["switch"]!).ShouldBe("off");
        ((string)said[3]["data"]!["params"]!["switch"]!).ShouldBe("on");
    }

    [Theory]
    [InlineData(DeviceKind.Switch, "1")]
    [InlineData(DeviceKind.Lamp, "36")]
    [InlineData(DeviceKind.Thermostat, "15")]
    [InlineData(DeviceKind.Meter, "5")]
    public void Each_kind_of_simulated_device_has_a_product_by_uiid_and_model(DeviceKind kind, string uiid)
    {
        var product = DemoProducts.Read(kind);

        product.Names.ShouldContain(new ProductName("coolkit", "uiid", uiid));
        product.Names.ShouldContain(new ProductName("coolkit", ProductNames.Model, new DevicePlan("1000000000", "k", kind).Model!));
        product.Things.Properties.ShouldContain(p => p.Name == "switch" && p.Access == "rw");
    }

    private IroriSettings Settings => new() { Data = _folder, Bind = "localhost", CodeSender = CodeDelivery.Outbox };

    private Task<IroriServer> StartServerAsync(IroriSettings? settings = null) =>
        IroriServer.StartAsync(settings ?? Settings, new ServerOptions { FreePorts = true, Log = log => log.ClearProviders() }, Cancel);

    private static T Service<T>(IroriServer server)
        where T : notnull => server.Services.GetRequiredService<T>();

    private static Task<Result<OpenedSession>> SignInAsync(IroriServer server, DemoAccount account, App app) =>
        Service<AccountService>(server).SignInAsync(Login.Email(account.Email).Value, account.Password, null, app, null, Cancel);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class OnlineCount(int wanted)
    {
        private readonly HashSet<long> _devices = [];
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public void Hear(HomeEvent happened)
        {
            if (happened is not PresenceChanged { Online: true } change) return;
            lock (_devices)
            {
                if (_devices.Add(change.Device) && _devices.Count == wanted) _reached.SetResult();
            }
        }
    }

    private sealed class NotifyingWriter : StringWriter
    {
        public TaskCompletionSource<string> Said { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Task WriteLineAsync(string? value)
        {
            Said.TrySetResult(value ?? "");
            return Task.CompletedTask;
        }
    }
}
