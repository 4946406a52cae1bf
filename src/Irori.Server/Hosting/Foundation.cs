using System.Reflection;
using System.Security.Cryptography;
using Irori.Bus;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Feeds;
using Irori.Core.Installation;
using Irori.Core.Limits;
using Irori.Core.Links;
using Irori.Server.Accounts;
using Irori.Server.Move;
using Irori.Server.Settings;
using Irori.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Irori.Server.Hosting;

/// <summary>What the home cloud stands on, opened before anything else: the database, the installation with its keys, and this node.</summary>
public sealed class Foundation : IAsyncDisposable
{
    /// <summary>Name of the SQLite file in the data folder.</summary>
    public const string SqliteFile = "irori.db";

    private Foundation(IroriDatabase database, InstallationRecord installation, KeyRing keys)
    {
        Database = database;
        Installation = installation;
        Keys = keys;
    }

    /// <summary>The version of this program.</summary>
    public static string Version { get; } =
        typeof(Foundation).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>The database, migrated.</summary>
    public IroriDatabase Database { get; }

    /// <summary>The installation.</summary>
    public InstallationRecord Installation { get; }

    /// <summary>Its keys.</summary>
    public KeyRing Keys { get; }

    /// <summary>Path of the SQLite file.</summary>
    public static string SqlitePath(IroriSettings settings) => settings.Resolve(SqliteFile);

    /// <summary>Where the database is.</summary>
    public static DatabaseSettings Stored(IroriSettings settings) => new()
    {
        Engine = settings.Database.Engine, SqlitePath = SqlitePath(settings), ConnectionString = settings.Database.ConnectionString,
    };

    /// <summary>Opens everything; at the first start the installation and its keys are made.</summary>
    /// <exception cref="StartupException">The master key is missing or wrong, or the installation was moved away.</exception>
    public static async Task<Foundation> OpenAsync(
        IroriSettings settings, string? masterKey, TimeProvider time, ILoggerFactory log, CancellationToken cancel)
    {
        if (settings.Database.Engine == DatabaseEngine.Sqlite) MovedMark.Refuse(settings.Data);
        var database = await DatabaseFactory.OpenAsync(Stored(settings), time, log, cancel);
        try
        {
            var folder = Path.GetFullPath(settings.Data);
            var first = await database.ReadAsync(s => s.Installation.FindKeyAsync(KeyRing.DataPurpose), cancel) is null;
            var master = MasterKey.Open(folder, masterKey, first);
            var installation = await InstallAsync(database, settings.Mode, time, cancel);
            return new Foundation(database, installation, await OpenKeysAsync(database, master, folder, time, cancel));
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins a new life of this node.</summary>
    public async Task<NodeIdentity> StartNodeAsync(IroriSettings settings, CancellationToken cancel)
    {
        var name = settings.Node.Name.Length > 0 ? settings.Node.Name : Environment.MachineName;
        var life = await Database.WriteAsync<long>(async s => await s.Links.StartNodeAsync(name, Version, settings.Links.ToCore().Lease), cancel);
        return new NodeIdentity(name, life.Value);
    }

    /// <summary>Registers the home cloud on this foundation.</summary>
    public IServiceCollection Register(IServiceCollection services, IroriSettings settings, TimeProvider time, NodeIdentity node) =>
        Compose(services, settings, time).AddSingleton(Database).AddSingleton<IDatabase>(Database).AddSingleton(Installation).AddSingleton(Keys).AddSingleton(node);

    /// <summary>Registers everything that needs no open database.</summary>
    public static IServiceCollection Compose(IServiceCollection services, IroriSettings settings, TimeProvider time) => services
        .AddSingleton(settings)
        .AddSingleton(time)
        .AddSingleton(settings.Retention)
        .AddSingleton(settings.Links.ToCore())
        .AddSingleton(new CallLimiter(settings.Limits.ToCore(), time))
        .AddSingleton(new RegionPolicy([.. settings.Regions.Served]))
        .AddSingleton(settings.Public.ToCore())
        .AddSingleton<IBus, InProcessBus>()
        .AddSingleton<IPasswordHasher, FrameworkPasswordHasher>()
        .AddCodeSender(settings)
        .AddIroriCore();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private static async Task<InstallationRecord> InstallAsync(IroriDatabase database, InstallationMode mode, TimeProvider time, CancellationToken cancel)
    {
        var installed = await database.WriteAsync<InstallationRecord>(
            async s =>
            {
                if (await s.Installation.FindAsync() is { } known) return known;
                var fresh = new InstallationRecord { Id = Ids.Account(), Created = time.GetUtcNow(), Mode = mode };
                await s.Installation.AddAsync(fresh);
                return fresh;
            },
            cancel);
        return installed.Value;
    }

    private static async Task<KeyRing> OpenKeysAsync(IroriDatabase database, byte[] master, string folder, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            return await KeyRing.OpenAsync(database, master, time, cancel);
        }
        catch (CryptographicException)
        {
            throw MasterKey.Wrong(folder);
        }
    }
}
