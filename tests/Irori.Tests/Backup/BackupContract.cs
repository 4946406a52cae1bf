using System.Runtime.Versioning;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Projects;
using Irori.Server.Backup;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Storage;
using Irori.Tests.Cli;
using Irori.Tests.Server;
using Shouldly;

namespace Irori.Tests.Backup;

public sealed class BackupOnSqlite : BackupContract
{
    protected override DatabaseEngine Engine => DatabaseEngine.Sqlite;

    protected override Task<DatabaseSection> EmptyAsync() => Task.FromResult(new DatabaseSection());
}

public sealed class BackupOnPostgres : BackupContract
{
    protected override DatabaseEngine Engine => DatabaseEngine.PostgreSql;

    protected override async Task<DatabaseSection> EmptyAsync() =>
        new() { Engine = DatabaseEngine.PostgreSql, ConnectionString = (await Postgres.NewDatabaseAsync()).ConnectionString };

    [Fact]
    public async Task A_database_with_tables_is_refused()
    {
        await using var server = await StartAsync();
        await BackupAsync(server);
        var full = server.Service<IroriSettings>() with { Data = Folder("new") };

        (await Should.ThrowAsync<BackupException>(BackupRestorer.RestoreAsync(full, null, Archive, Cancel))).Message.ShouldContain("has tables already");

        Directory.GetFiles(Folder("new")).Select(f => Path.GetFileName(f)).ShouldBe(["irori.lock"]);
        Directory.GetDirectories(Folder("new")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_backup_of_PostgreSQL_does_not_go_into_SQLite()
    {
        await using var server = await StartAsync();
        await BackupAsync(server);

        (await Should.ThrowAsync<BackupException>(BackupRestorer.RestoreAsync(new IroriSettings { Data = Folder("new") }, null, Archive, Cancel)))
            .Message.ShouldContain("--database");
    }
}

/// <summary>What a backup of either engine must hold.</summary>
public abstract class BackupContract : IDisposable
{
    protected static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private const string Password = "a right password 1";
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-backup-").FullName;

    protected abstract DatabaseEngine Engine { get; }

    protected string Archive => Path.Combine(_folder, "backup.tar.gz");

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected abstract Task<DatabaseSection> EmptyAsync();

    protected Task<TestServer> StartAsync(string? key = null) => TestServer.StartAsync(Engine, options: new ServerOptions { MasterKey = key });

    protected string Folder(string name) => Path.Combine(_folder, name);

    protected Task<BackupManifest> BackupAsync(TestServer server, string? key = null, bool withoutKey = false) =>
        BackupWriter.WriteAsync(server.Service<IroriSettings>(), key, Archive, withoutKey, TimeProvider.System, Cancel);

    [Fact]
    public async Task What_a_running_server_holds_comes_back_with_its_secrets()
    {
        await using var server = await StartAsync();
        var made = await FillAsync(server);
        File.WriteAllText(Path.Combine(server.Service<IroriSettings>().Data, "irori.jsonc"), "{ \"Links\": { \"Admission\": 77 } }");

        var backup = await CliRun.RunAsync(["backup", Archive, .. CliRun.Flags(server.Service<IroriSettings>()), "--json"]);

        backup.Code.ShouldBe(0, backup.Error);
        backup.Json["masterKey"]!.GetValue<bool>().ShouldBeTrue();
        var target = new IroriSettings { Data = Folder("new"), Database = await EmptyAsync(), Bind = "localhost" };
        var restore = await CliRun.RunAsync(["restore", Archive, .. CliRun.Flags(target)]);
        restore.Code.ShouldBe(0, restore.Error);
        var settings = SettingsLoader.Load(null, new Dictionary<string, string>(), [new FlagSetting("--data", "Data", Folder("new"))]);
        settings.Links.Admission.ShouldBe(77);
        await using var again = await IroriServer.StartAsync(target, new ServerOptions { FreePorts = true, Log = _ => { } }, Cancel);
        await SameAsync(again.Services, made);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Archive_and_restored_files_are_readable_by_their_owner_only()
    {
        await using var server = await StartAsync();
        await BackupAsync(server);
        await BackupRestorer.RestoreAsync(new IroriSettings { Data = Folder("new"), Database = await EmptyAsync() }, null, Archive, Cancel);

        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.GetUnixFileMode(Archive).ShouldBe(ownerOnly);
        foreach (var file in Directory.GetFiles(Folder("new")).Where(f => !f.EndsWith("irori.lock", StringComparison.Ordinal))) File.GetUnixFileMode(file).ShouldBe(ownerOnly, file);
        File.GetUnixFileMode(Folder("new")).ShouldBe(ownerOnly | UnixFileMode.UserExecute);
        Directory.GetFileSystemEntries(_folder).ShouldBe([Archive, Folder("new")], ignoreOrder: true);
    }

    [Fact]
    public async Task A_key_that_is_given_by_the_environment_goes_into_the_backup()
    {
        var key = Convert.ToBase64String(new byte[32]);
        await using var server = await StartAsync(key);
        var made = await FillAsync(server);

        (await Should.ThrowAsync<BackupException>(BackupAsync(server))).Message.ShouldContain("--without-key");
        Directory.GetFileSystemEntries(_folder).ShouldBeEmpty();
        (await BackupAsync(server, key)).HasKey.ShouldBeTrue();

        await RestoreAndCompareAsync(givenKey: null, made);
    }

    [Fact]
    public async Task A_backup_without_the_key_needs_the_right_one_to_be_restored()
    {
        await using var server = await StartAsync();
        var made = await FillAsync(server);
        (await BackupAsync(server, withoutKey: true)).HasKey.ShouldBeFalse();
        var target = new IroriSettings { Data = Folder("new"), Database = await EmptyAsync() };

        (await Should.ThrowAsync<BackupException>(BackupRestorer.RestoreAsync(target, null, Archive, Cancel))).Message.ShouldContain("holds no master key");
        var wrong = Convert.ToBase64String(new byte[32]);
        (await Should.ThrowAsync<BackupException>(BackupRestorer.RestoreAsync(target, wrong, Archive, Cancel))).Message.ShouldContain("does not open the data");
        Directory.GetFiles(Folder("new")).Select(f => Path.GetFileName(f)).ShouldBe(["irori.lock"]);

        var right = (await File.ReadAllTextAsync(Path.Combine(server.Service<IroriSettings>().Data, MasterKey.FileName), Cancel)).Trim();
        await RestoreAndCompareAsync(right, made);
    }

    [Fact]
    public async Task A_wrong_key_makes_no_backup()
    {
        await using var server = await StartAsync();

        await Should.ThrowAsync<StartupException>(BackupAsync(server, Convert.ToBase64String(new byte[32])));

        Directory.GetFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_exists_is_not_overwritten()
    {
        await using var server = await StartAsync();
        await File.WriteAllTextAsync(Archive, "precious", Cancel);

        (await Should.ThrowAsync<BackupException>(BackupAsync(server))).Message.ShouldContain("exists already");

        (await File.ReadAllTextAsync(Archive, Cancel)).ShouldBe("precious");
        Directory.GetFileSystemEntries(_folder).ShouldHaveSingleItem();
    }

    private async Task RestoreAndCompareAsync(string? givenKey, (string App, string Secret) made)
    {
        var target = new IroriSettings { Data = Folder("new"), Database = await EmptyAsync(), Bind = "localhost" };
        await BackupRestorer.RestoreAsync(target, givenKey, Archive, Cancel);
        await using var again = await IroriServer.StartAsync(target, new ServerOptions { FreePorts = true, MasterKey = givenKey, Log = _ => { } }, Cancel);
        await SameAsync(again.Services, made);
    }

    private static async Task<(string App, string Secret)> FillAsync(TestServer server)
    {
        var made = (await server.Service<AppService>().AddAsync(new NewApp("coolkit"), Cancel)).Value;
        (await server.Service<AccountService>().AddAsync(Login.Email("ann@example.com").Value, Password, "eu", "+49", "Ann", Cancel)).IsOk.ShouldBeTrue();
        return (made.App.Id, made.Secret);
    }

    private static async Task SameAsync(IServiceProvider services, (string App, string Secret) made)
    {
        var apps = (AppService)services.GetService(typeof(AppService))!;
        var app = (await apps.FindAsync(made.App, "coolkit", Cancel)).Value;
        apps.SigningSecret(app).ShouldBe(made.Secret);
        var accounts = (AccountService)services.GetService(typeof(AccountService))!;
        (await accounts.SignInAsync(Login.Email("ann@example.com").Value, Password, null, app, null, Cancel)).IsOk.ShouldBeTrue();
    }
}
