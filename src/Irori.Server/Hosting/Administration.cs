using Irori.Core.Links;
using Irori.Server.Settings;
using Irori.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Irori.Server.Hosting;

/// <summary>The home cloud straight on its database, without a node and without listeners, also beside a server that runs on it.</summary>
public sealed class Administration : IAsyncDisposable
{
    private readonly Foundation _foundation;
    private readonly ServiceProvider _services;

    private Administration(Foundation foundation, ServiceProvider services)
    {
        _foundation = foundation;
        _services = services;
    }

    /// <summary>Opens an installation that exists and is up to date; none is made, and no schema is changed.</summary>
    /// <exception cref="StartupException">There is none, it is older than this program, or it cannot be opened.</exception>
    public static async Task<Administration> OpenAsync(IroriSettings settings, string? masterKey, CancellationToken cancel)
    {
        try
        {
            var facts = await DatabaseInspection.ReadAsync(Foundation.Stored(settings), cancel) ?? throw Missing(settings);
            if (facts.Schema < DatabaseInspection.KnownSchema) throw new StartupException(
                $"The database has schema {facts.Schema} and this release brings {DatabaseInspection.KnownSchema}; start the server once (irori run), which updates it.");
            var foundation = await Foundation.OpenAsync(settings, masterKey, TimeProvider.System, NullLoggerFactory.Instance, cancel);
            var services = foundation.Register(new ServiceCollection(), settings, TimeProvider.System, new NodeIdentity("administration", 0));
            services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
            return new Administration(foundation, services.BuildServiceProvider());
        }
        catch (Exception e) when (IroriServer.Explain(e) is not null)
        {
            throw IroriServer.Explain(e)!;
        }
    }

    /// <summary>A service of the home cloud.</summary>
    public T Service<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _foundation.DisposeAsync();
    }

    internal static StartupException Missing(IroriSettings settings) => new(settings.Database.Engine == DatabaseEngine.Sqlite
        ? $"There is no installation in {Path.GetFullPath(settings.Data)}; start the server once on it (irori run), or name another folder by --data."
        : "There is no installation in that PostgreSQL database; start the server once on it (irori run), or name another one by --database.");
}
