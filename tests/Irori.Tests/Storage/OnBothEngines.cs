using Irori.Storage;

namespace Irori.Tests.Storage;

public sealed class StateOnSqlite : StateContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override Task<DatabaseSettings> SettingsAsync() => Task.FromResult(new DatabaseSettings { SqlitePath = Path.Combine(_folder, "irori.db") });
}

public sealed class StoresOnSqlite : StoreContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override Task<DatabaseSettings> SettingsAsync() => Task.FromResult(new DatabaseSettings { SqlitePath = Path.Combine(_folder, "irori.db") });
}

public sealed class StateOnPostgres : StateContract
{
    private DatabaseSettings? _settings;

    protected override async Task<DatabaseSettings> SettingsAsync() => _settings ??= await Postgres.NewDatabaseAsync();
}

public sealed class StoresOnPostgres : StoreContract
{
    private DatabaseSettings? _settings;

    protected override async Task<DatabaseSettings> SettingsAsync() => _settings ??= await Postgres.NewDatabaseAsync();
}

public sealed class LinksOnSqlite : LinkContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override Task<DatabaseSettings> SettingsAsync() => Task.FromResult(new DatabaseSettings { SqlitePath = Path.Combine(_folder, "irori.db") });
}

public sealed class LinksOnPostgres : LinkContract
{
    protected override Task<DatabaseSettings> SettingsAsync() => Postgres.NewDatabaseAsync();
}

public sealed class HomesOnSqlite : HomeStoreContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override Task<DatabaseSettings> SettingsAsync() => Task.FromResult(new DatabaseSettings { SqlitePath = Path.Combine(_folder, "irori.db") });
}

public sealed class HomesOnPostgres : HomeStoreContract
{
    protected override Task<DatabaseSettings> SettingsAsync() => Postgres.NewDatabaseAsync();
}

public sealed class RecordsOnSqlite : RecordStoreContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override Task<DatabaseSettings> SettingsAsync() => Task.FromResult(new DatabaseSettings { SqlitePath = Path.Combine(_folder, "irori.db") });
}

public sealed class RecordsOnPostgres : RecordStoreContract
{
    protected override Task<DatabaseSettings> SettingsAsync() => Postgres.NewDatabaseAsync();
}
