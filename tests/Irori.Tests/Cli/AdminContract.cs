using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Core.Feeds;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Core.States;
using Irori.Server.Settings;
using Irori.Storage;
using Irori.Tests.Server;
using Npgsql;
using Shouldly;

namespace Irori.Tests.Cli;

public sealed class AdminOnSqlite : AdminContract
{
    protected override DatabaseEngine Engine => DatabaseEngine.Sqlite;
}

public sealed class AdminOnPostgres : AdminContract
{
    protected override DatabaseEngine Engine => DatabaseEngine.PostgreSql;

    [Fact]
    public async Task A_database_of_an_older_release_is_left_to_the_server()
    {
        await using var server = await StartAsync();
        await using var source = NpgsqlDataSource.Create(server.Service<IroriSettings>().Database.ConnectionString);
        await using var older = source.CreateCommand("DELETE FROM schema_migrations WHERE version > 1; UPDATE schema_migrations SET version = 0");
        await older.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        (await FailedAsync(server, 2, "account", "list")).ShouldContain("schema 0");
    }
}

/// <summary>What the administrative commands do on the database of a server that runs.</summary>
public abstract class AdminContract : IDisposable
{
    private const string Password = "a right password 1";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-cli-").FullName;

    protected abstract DatabaseEngine Engine { get; }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_first_operator_is_made_with_a_minted_password_and_signs_in()
    {
        await using var server = await StartAsync();

        var run = await DoneAsync(server, "operator", "add", "--email", "op@example.com", "--mint-password");

        (run["created"]!.GetValue<bool>(), run["operator"]!.GetValue<bool>()).ShouldBe((true, true));
        var session = (await SignInAsync(server, "op@example.com", run["password"]!.GetValue<string>())).Value;
        (session.Principal.Account.Id, session.Principal.Account.IsOperator).ShouldBe((run["id"]!.GetValue<string>(), true));
    }

    [Fact]
    public async Task Making_an_account_an_operator_again_keeps_its_password()
    {
        await using var server = await StartAsync();
        await DoneAsync(server, Password, "account", "add", "--email", "ann@example.com", "--password-stdin");

        foreach (var _ in Enumerable.Range(0, 2))
        {
            var run = await DoneAsync(server, "operator", "add", "--email", "ann@example.com", "--mint-password");
            run["created"]!.GetValue<bool>().ShouldBeFalse();
            run["password"].ShouldBeNull();
        }

        (await SignInAsync(server, "ann@example.com", Password)).Value.Principal.Account.IsOperator.ShouldBeTrue();
    }

    [Fact]
    public async Task An_account_signs_in_by_each_of_its_logins_and_is_listed()
    {
        await using var server = await StartAsync();

        await DoneAsync(
            server, Password, "account", "add", "--email", "Ann@Example.com", "--phone", "+4915112345678", "--calling-code", "+49", "--nickname", "Ann", "--password-stdin");

        var account = (await SignInAsync(server, "+4915112345678", Password)).Value.Principal.Account;
        (account.Email, account.CallingCode, account.Nickname).ShouldBe(("ann@example.com", "+49", "Ann"));
        var listed = (await DoneAsync(server, "account", "list")).AsArray().ShouldHaveSingleItem()!;
        (listed["email"]!.GetValue<string>(), listed["operator"]!.GetValue<bool>()).ShouldBe(("ann@example.com", false));
        (await FailedAsync(server, 1, "account", "add", "--email", "ann@example.com", "--mint-password")).ShouldContain("ann@example.com exists already");
    }

    [Theory]
    [InlineData("short 1", "--email", "ann@example.com", 1, "at least two of")]
    [InlineData(Password, "--email", "ann", 2, "name@example.com")]
    [InlineData(Password, "--phone", "+4915112345678", 2, "--calling-code")]
    [InlineData("", "--email", "ann@example.com", 1, "holds no password")]
    public async Task What_is_wrong_with_a_new_account_is_one_sentence(string password, string flag, string login, int code, string sentence)
    {
        await using var server = await StartAsync();

        var run = await RunAsync(server, password, "account", "add", flag, login, "--password-stdin");

        (run.Code, run.Output).ShouldBe((code, ""));
        run.Error.Trim().ShouldContain(sentence);
        run.Error.Trim().ShouldNotContain("\n");
    }

    [Fact]
    public async Task A_new_password_ends_the_sessions_that_a_running_server_has_opened()
    {
        await using var server = await StartAsync();
        await DoneAsync(server, Password, "account", "add", "--email", "ann@example.com", "--password-stdin");
        var session = (await SignInAsync(server, "ann@example.com", Password)).Value;

        await DoneAsync(server, "another password 2", "account", "password", "--email", "ann@example.com", "--password-stdin");

        var sessions = server.Service<SessionService>();
        (await sessions.AuthenticateAsync(session.Tokens.Access, null, Cancel)).Fault!.Kind.ShouldBe(FaultKind.SessionEnded);
        (await sessions.RefreshAsync(session.Tokens.Refresh, null, null, Cancel)).Fault!.Kind.ShouldBe(FaultKind.SessionEnded);
        (await SignInAsync(server, "ann@example.com", Password)).Fault!.Kind.ShouldBe(FaultKind.WrongPassword);
        (await SignInAsync(server, "ann@example.com", "another password 2")).IsOk.ShouldBeTrue();
        (await FailedAsync(server, 1, "account", "password", "--email", "nobody@example.com", "--mint-password")).ShouldContain("nobody@example.com");
    }

    [Fact]
    public async Task A_feed_of_a_running_server_ends_with_the_session_that_the_command_line_ended()
    {
        await using var server = await StartAsync();
        await DoneAsync(server, Password, "account", "add", "--email", "ann@example.com", "--password-stdin");
        await DoneAsync(server, Password, "account", "add", "--email", "ben@example.com", "--password-stdin");
        var hub = server.Service<FeedHub>();
        var feed = await hub.OpenAsync((await SignInAsync(server, "ann@example.com", Password)).Value.Principal, Cancel);
        var other = await hub.OpenAsync((await SignInAsync(server, "ben@example.com", Password)).Value.Principal, Cancel);

        await DoneAsync(server, "another password 2", "account", "password", "--email", "ann@example.com", "--password-stdin");
        await server.Service<FeedReview>().ReviewAsync(Cancel);

        hub.Open().ShouldBe([other]);
        feed.End.ShouldBe(FeedEnd.SessionEnded);
        await DoneAsync(server, "app", "disable", "sign-in");
        await server.Service<FeedReview>().ReviewAsync(Cancel);
        hub.Open().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_app_is_made_refused_and_let_in_again()
    {
        await using var server = await StartAsync();
        var apps = server.Service<AppService>();

        var made = await DoneAsync(server, "app", "add", "--dialect", "coolkit", "--id", "my-app", "--kind", "cloud", "--single-session", "true");

        var app = (await apps.FindAsync("my-app", "coolkit", Cancel)).Value;
        (app.Kind, app.SingleSession, apps.SigningSecret(app)).ShouldBe((AppKind.Cloud, true, made["secret"]!.GetValue<string>()));
        await DoneAsync(server, "app", "disable", "my-app");
        (await apps.FindAsync("my-app", "coolkit", Cancel)).Fault!.Kind.ShouldBe(FaultKind.AppRefused);
        (await DoneAsync(server, "app", "list")).AsArray().Single(a => (string)a!["id"]! == "my-app")!["disabled"]!.GetValue<bool>().ShouldBeTrue();
        await DoneAsync(server, "app", "enable", "my-app");
        (await apps.FindAsync("my-app", "coolkit", Cancel)).IsOk.ShouldBeTrue();
        (await FailedAsync(server, 1, "app", "add", "--dialect", "coolkit", "--id", "my-app")).ShouldContain("my-app exists already");
        (await FailedAsync(server, 1, "app", "disable", "none")).ShouldContain("app none not found");
    }

    [Fact]
    public async Task What_is_granted_to_an_app_is_listed_by_name()
    {
        await using var server = await StartAsync();
        var product = await AddProductAsync(server);
        await DoneAsync(server, "app", "add", "--dialect", "coolkit", "--id", "closed", "--all-products", "false");
        (await DoneAsync(server, "app", "list"))[0]!["products"]!.AsArray().ShouldBeEmpty();

        await DoneAsync(server, "app", "grant", "closed", "brand", "Irori");
        await DoneAsync(server, "app", "grant", "closed", "product", product);
        await DoneAsync(server, "app", "grant", "closed", "all");

        (await DoneAsync(server, "app", "list"))[0]!["products"]!.AsArray().Select(g => g!.GetValue<string>())
            .ShouldBe(["all", "brand Irori", $"product {product}"]);
        (await FailedAsync(server, 1, "app", "grant", "closed", "brand", "None")).ShouldContain("brand None not found");
        (await FailedAsync(server, 2, "app", "grant", "closed", "brand")).ShouldContain("Which brand?");
        (await FailedAsync(server, 2, "app", "grant", "closed", "all", "Irori")).ShouldContain("takes no name");
    }

    [Fact]
    public async Task A_product_is_added_from_its_file_and_shown_with_its_properties()
    {
        await using var server = await StartAsync();

        var id = await AddProductAsync(server);

        var product = (await server.Service<ProductService>().FindAsync(id, Cancel))!;
        (product.Product.Name, product.Brand.Name, product.Name("coolkit", "uiid"), product.Name("coolkit", "model")).ShouldBe(("Switch", "Irori", "1", "PSC-B01-GL"));
        var shown = await DoneAsync(server, "product", "show", id);
        shown["things"]!["properties"]![0]!["values"]![0]!["value"]!.GetValue<string>().ShouldBe("on");
        (await DoneAsync(server, "product", "list")).AsArray().ShouldHaveSingleItem()!["model"]!.GetValue<string>().ShouldBe("PSC-B01-GL");
        (await RunAsync(server, "", json: false, "product", "show", id)).Output.ShouldContain("500 to 3600000");
        (await FailedAsync(server, 1, "product", "show", "none")).ShouldContain("product none not found");
    }

    [Fact]
    public async Task A_product_file_that_is_wrong_adds_nothing_and_names_each_field()
    {
        await using var server = await StartAsync();
        var file = Write("bad.json", """{ "dialect": "coolkit", "name": 7, "colour": "red", "model": "M", "category": "c", "brand": "B", "things": { "properties": [] } }""");

        var error = await FailedAsync(server, 1, "product", "add", file);

        error.ShouldContain("bad.json: name must be text");
        error.ShouldContain("bad.json: colour is not a field");
        (await DoneAsync(server, "product", "list")).AsArray().ShouldBeEmpty();
        (await FailedAsync(server, 1, "product", "add", Path.Combine(_folder, "none.json"))).ShouldContain("There is no file");
    }

    [Fact]
    public async Task A_device_that_was_added_shows_its_minted_key_and_is_known_until_it_is_disabled()
    {
        await using var server = await StartAsync();
        var product = await AddProductAsync(server);

        var made = await DoneAsync(server, "device", "add", "--id", "1000a1b2c3", "--product", product, "--chip-id", "c1", "--mac", "D0:27:00:00:00:01");

        var devices = server.Service<DeviceService>();
        var shown = new DeviceIntroduction("coolkit", "1000a1b2c3", made["key"]!.GetValue<string>(), "m", null);
        (await devices.IdentifyAsync(shown, Cancel)).Value.Device.FactoryData().ChipId.ShouldBe("c1");
        await DoneAsync(server, "device", "disable", "1000a1b2c3");
        (await devices.IdentifyAsync(shown, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotAllowed);
        (await DoneAsync(server, "device", "show", "1000a1b2c3"))["lifecycle"]!.GetValue<string>().ShouldBe("disabled");
        await DoneAsync(server, "device", "enable", "1000a1b2c3");
        (await devices.IdentifyAsync(shown, Cancel)).IsOk.ShouldBeTrue();
        (await DoneAsync(server, "device", "find", "d0:27")).AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe("1000a1b2c3");
    }

    [Fact]
    public async Task Showing_a_device_never_shows_its_key()
    {
        await using var server = await StartAsync();
        var product = await AddProductAsync(server);
        var made = await DoneAsync(server, "device", "add", "--id", "1000a1b2c3", "--product", product, "--key", "the-factory-key");

        made["key"].ShouldBeNull();
        (await DoneAsync(server, "device", "show", "1000a1b2c3")).ToJsonString().ShouldNotContain("the-factory-key");
        (await FailedAsync(server, 1, "device", "show", "none")).ShouldContain("device none not found");
    }

    [Fact]
    public async Task A_wrong_device_is_refused_and_an_unusual_id_is_remarked()
    {
        await using var server = await StartAsync();
        var product = await AddProductAsync(server);

        (await FailedAsync(server, 2, "device", "add", "--id", "a b", "--product", product, "--mac", "zz")).ShouldSatisfyAllConditions(
            e => e.ShouldContain("id must be"), e => e.ShouldContain("mac must be"));
        (await FailedAsync(server, 1, "device", "add", "--id", "x", "--product", "none")).ShouldContain("product not found");
        (await RunAsync(server, "", "device", "add", "--id", "Lamp-1", "--product", product)).Error.ShouldContain("10 lower-case hex digits");
        (await FailedAsync(server, 1, "device", "add", "--id", "Lamp-1", "--product", product)).ShouldContain("Lamp-1 exists already");
    }

    [Fact]
    public async Task Thousands_of_devices_are_imported_beside_a_server_that_writes()
    {
        const int count = 3000;
        await using var server = await StartAsync();
        var product = await AddProductAsync(server);
        await DoneAsync(server, "device", "add", "--id", "1000000000", "--product", product);
        var file = Write("devices.csv", "id,key,chipId\n" + string.Join('\n', Enumerable.Range(1, count).Select(i => $"20{i:x8},key-{i},{i:x8}")));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var reports = ReportAsync(server, "1000000000", stop.Token);

        var run = await DoneAsync(server, "device", "import", file, "--product", product);

        await stop.CancelAsync();
        (await reports).ShouldBeGreaterThan(0);
        (run["rows"]!.GetValue<int>(), run["added"]!.GetValue<int>(), run["wrong"]!.GetValue<int>()).ShouldBe((count, count, 0));
        var again = await DoneAsync(server, "device", "import", file, "--product", product);
        (again["added"]!.GetValue<int>(), again["same"]!.GetValue<int>()).ShouldBe((0, count));
        var last = new DeviceIntroduction("coolkit", $"20{count:x8}", $"key-{count}", "m", null);
        (await server.Service<DeviceService>().IdentifyAsync(last, Cancel)).Value.Device.Source.ShouldBe(DeviceSource.Imported);
    }

    [Fact]
    public async Task An_import_reports_each_bad_row_with_line_and_field_and_takes_the_others()
    {
        await using var server = await StartAsync();
        var product = await AddProductAsync(server);
        await DoneAsync(server, "device", "add", "--id", "1000000001", "--product", product, "--key", "k1", "--chip-id", "c1");
        var file = Write("devices.jsonl", $$"""
            {"id":"1000000001","key":"other","chipId":"c1","product":"{{product}}"}
            {"id":"1000000001","key":"k1","chipId":"C1","product":"{{product}}"}
            {"id":"1000000002","product":"{{product}}"}
            {"id":"1000000003","key":"k3","product":"none"}
            {"id":"1000000004","key":"k4","mac":"nonsense","product":"{{product}}"}

            not json
            {"id":"1000000005","key":"k5","product":"{{product}}","color":"red"}
            {"id":"1000000006","key":"k6","product":"{{product}}"}
            """);

        var run = await RunAsync(server, "", "device", "import", file);

        run.Code.ShouldBe(1);
        (run.Json["added"]!.GetValue<int>(), run.Json["same"]!.GetValue<int>(), run.Json["wrong"]!.GetValue<int>(), run.Json["rows"]!.GetValue<int>()).ShouldBe((1, 1, 6, 8));
        run.Json["problems"]!.AsArray().Select(p => (p!["line"]!.GetValue<int>(), p["field"]!.GetValue<string>())).ShouldBe(
            [(1, "key"), (3, "key"), (4, "product"), (5, "mac"), (7, "The line"), (8, "color")]);
        run.Error.ShouldContain("devices.jsonl:5: mac must be six pairs of hex digits");
        run.Error.ShouldNotContain("other");
        (await DoneAsync(server, "device", "find", "1000000006")).AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_file_without_a_head_line_is_not_imported_at_all()
    {
        await using var server = await StartAsync();

        (await FailedAsync(server, 1, "device", "import", Write("d.csv", "1000000001,k1\n"))).ShouldContain("first line must name the columns; \"1000000001\" is none");
        (await FailedAsync(server, 1, "device", "import", Write("e.csv", ""))).ShouldContain("id among them");
        (await FailedAsync(server, 1, "device", "import", Write("f.csv", "id,id\n"))).ShouldContain("id twice");
    }

    [Fact]
    public async Task A_long_list_says_how_to_go_on()
    {
        await using var server = await StartAsync();
        foreach (var id in new[] { "a", "b", "c" }) await DoneAsync(server, "app", "add", "--dialect", "coolkit", "--id", id);

        var first = await RunAsync(server, "", "app", "list", "--limit", "2");

        first.Error.ShouldContain("--after b");
        (await DoneAsync(server, "app", "list", "--after", "b", "--limit", "1")).AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe("c");
    }

    // Writes of the server until cancelled; each must succeed.
    private static async Task<int> ReportAsync(TestServer server, string deviceId, CancellationToken cancel)
    {
        var database = server.Service<IDatabase>();
        var device = (await database.ReadAsync(s => s.Devices.FindAsync(deviceId), Cancel))!;
        var count = 0;
        while (!cancel.IsCancellationRequested)
        {
            var write = new StateWrite
            {
                Device = device.No, Product = device.Product, Readings = [new Reading("n", $"{count}")], Arrival = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            };
            (await database.WriteStateAsync(write, Cancel)).Value.Outcome.ShouldBe(StateOutcome.Accepted);
            count++;
        }

        return count;
    }

    protected Task<TestServer> StartAsync() => TestServer.StartAsync(Engine);

    private static async Task<string> AddProductAsync(TestServer server) =>
        (await DoneAsync(server, "product", "add", Path.Combine(Repository.Root, "src/Irori.Server/Demo/products/switch.json")))["id"]!.GetValue<string>();

    private static async Task<Result<OpenedSession>> SignInAsync(TestServer server, string login, string password)
    {
        var apps = server.Service<AppService>();
        var app = await apps.FindAsync("sign-in", "coolkit", Cancel);
        if (!app.IsOk) app = (await apps.AddAsync(new NewApp("coolkit", Id: "sign-in"), Cancel)).Value.App;
        var stored = (await apps.FindAsync("sign-in", "coolkit", Cancel)).Value;
        return await server.Service<AccountService>().SignInAsync(Login.Parse(login).Value, password, null, stored, null, Cancel);
    }

    private static Task<JsonNode> DoneAsync(TestServer server, string first, params string[] more) =>
        first.Contains(' ', StringComparison.Ordinal) ? DoneWithAsync(server, first, more) : DoneWithAsync(server, "", [first, .. more]);

    private static async Task<JsonNode> DoneWithAsync(TestServer server, string input, string[] args)
    {
        var run = await RunAsync(server, input, args);
        run.Code.ShouldBe(0, run.Error);
        return run.Json;
    }

    protected static async Task<string> FailedAsync(TestServer server, int code, params string[] args)
    {
        var run = await RunAsync(server, "", args);
        (run.Code, run.Output).ShouldBe((code, ""), run.Error);
        return run.Error;
    }

    private static Task<CliRun> RunAsync(TestServer server, string input, params string[] args) => RunAsync(server, input, json: true, args);

    private static Task<CliRun> RunAsync(TestServer server, string input, bool json, params string[] args) =>
        CliRun.RunAsync(input, ["admin", .. args, .. CliRun.Flags(server.Service<IroriSettings>()), .. json ? ["--json"] : Array.Empty<string>()]);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
