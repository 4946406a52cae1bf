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

public static class TempPg
{
    public static async Task<DatabaseSettings> NewAsync()
    {
        var name = "t" + Irori.Core.Ids.Hex24();
        await using var source = Npgsql.NpgsqlDataSource.Create("Host=/tmp/pg;Port=54999;Username=postgres");
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return new DatabaseSettings { Engine = DatabaseEngine.PostgreSql, ConnectionString = $"Host=/tmp/pg;Port=54999;Username=postgres;Database={name}" };
    }
}

public sealed class StateOnPostgres : StateContract
{
    private DatabaseSettings? _settings;

    protected override async Task<DatabaseSettings> SettingsAsync() => _settings ??= await TempPg.NewAsync();
}

public sealed class StoresOnPostgres : StoreContract
{
    private DatabaseSettings? _settings;

    protected override async Task<DatabaseSettings> SettingsAsync() => _settings ??= await TempPg.NewAsync();
}
