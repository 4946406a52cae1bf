using Irori.Core.Installation;
using Irori.Server.Accounts;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Irori.Tests.Server;

/// <summary>A whole server on free ports of localhost, over a fresh data folder; codes go to the development outbox.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly IroriServer _server;
    private readonly string _folder;

    private TestServer(IroriServer server, string folder)
    {
        _server = server;
        _folder = folder;
    }

    public Uri Http => _server.Http!;

    public Uri Https => _server.Https!;

    /// <summary>Addresses for old devices.</summary>
    public IReadOnlyList<Uri> Old => _server.Old;

    /// <summary>The data folder.</summary>
    public string Folder => _folder;

    public IServiceProvider Services => _server.Services;

    public DevelopmentOutbox Outbox => Service<DevelopmentOutbox>();

    public static async Task<TestServer> StartAsync(
        DatabaseEngine engine = DatabaseEngine.Sqlite, Func<IroriSettings, IroriSettings>? settings = null, ServerOptions? options = null)
    {
        var folder = Directory.CreateTempSubdirectory("irori-test-").FullName;
        var wanted = new IroriSettings
        {
            Data = folder, Bind = "localhost", CodeSender = CodeDelivery.Outbox, Mode = InstallationMode.Home, Database = await DatabaseAsync(engine),
            Links = new LinksSection { OfflineGraceSeconds = 0 },
            // Tests ask for more than people do; those of the limits set their own.
            Limits = new LimitsSection { Preset = LimitPreset.Off },
        };
        wanted = settings?.Invoke(wanted) ?? wanted;
        var chosen = options ?? new ServerOptions();
        chosen = chosen with { FreePorts = true, Log = chosen.Log ?? (log => log.ClearProviders()) };
        return new TestServer(await IroriServer.StartAsync(wanted, chosen, TestContext.Current.CancellationToken), folder);
    }

    public T Service<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None);
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<DatabaseSection> DatabaseAsync(DatabaseEngine engine) => engine == DatabaseEngine.Sqlite
        ? new DatabaseSection()
        : new DatabaseSection { Engine = engine, ConnectionString = (await Postgres.NewDatabaseAsync()).ConnectionString };
}
