using Irori.Core.Accounts;
using Irori.Server.Hosting;
using Irori.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Irori.Tests.CoolKit;

/// <summary>One server for the tests of a class, with a clock that they may move. Each test brings people and devices of its own.</summary>
public abstract class HouseFixture(DatabaseEngine engine) : IAsyncLifetime
{
    public DatabaseEngine Engine => engine;

    internal CoolKitHouse House { get; private set; } = null!;

    public async ValueTask InitializeAsync() => House = await CoolKitHouse.StartAsync(engine, options: OwnOptions());

    /// <summary>Those of this house.</summary>
    internal virtual ServerOptions OwnOptions() => Options();

    /// <summary>A clock that tests can move, and passwords that are hashed quickly.</summary>
    internal static ServerOptions Options() => new() { Time = new TestTime(), Services = s => s.AddSingleton<IPasswordHasher, QuickHasher>() };

    public async ValueTask DisposeAsync()
    {
        await House.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class SqliteHouse() : HouseFixture(DatabaseEngine.Sqlite);

public sealed class PostgresHouse() : HouseFixture(DatabaseEngine.PostgreSql);
