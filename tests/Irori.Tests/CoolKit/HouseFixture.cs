using Irori.Storage;

namespace Irori.Tests.CoolKit;

/// <summary>One server for the tests of a class. Each test brings people and devices of its own.</summary>
public abstract class HouseFixture(DatabaseEngine engine) : IAsyncLifetime
{
    internal CoolKitHouse House { get; private set; } = null!;

    public async ValueTask InitializeAsync() => House = await CoolKitHouse.StartAsync(engine, time: new TestTime());

    public async ValueTask DisposeAsync()
    {
        await House.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class SqliteHouse() : HouseFixture(DatabaseEngine.Sqlite);

public sealed class PostgresHouse() : HouseFixture(DatabaseEngine.PostgreSql);
