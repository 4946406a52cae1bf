using System.Net;
using Irori.Core.Links;
using Irori.Dialects.CoolKit;
using Irori.Server.Console;
using Irori.Server.Firmware;
using Irori.Server.Health;
using Irori.Server.Metrics;
using Irori.Server.Settings;
using Irori.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Irori.Server.Hosting;

/// <summary>One running Irori: database, home cloud, dialects, console, listeners.</summary>
public sealed class IroriServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Foundation _foundation;
    private readonly DataFolder _folder;
    private readonly ILoggerFactory _log;

    private IroriServer(WebApplication app, Foundation foundation, DataFolder folder, ILoggerFactory log)
    {
        _app = app;
        _foundation = foundation;
        _folder = folder;
        _log = log;
    }

    /// <summary>The services of the home cloud.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>The settings it was started with.</summary>
    public IroriSettings Settings => Services.GetRequiredService<IroriSettings>();

    /// <summary>Address of HTTP as this machine reaches it, or null when it is off.</summary>
    public Uri? Http => Settings.Http == 0 ? null : Bound(0, Uri.UriSchemeHttp);

    /// <summary>Address of HTTPS as this machine reaches it, or null when it is off.</summary>
    public Uri? Https => Settings.Https == 0 ? null : Bound(Settings.Http == 0 ? 0 : 1, Uri.UriSchemeHttps);

    /// <summary>Addresses of the listeners for old devices as this machine reaches them: those without TLS in their order, then that with old TLS.</summary>
    public IReadOnlyList<Uri> Old
    {
        get
        {
            var before = (Settings.Http == 0 ? 0 : 1) + (Settings.Https == 0 ? 0 : 1);
            var plain = Settings.OldDevices.PlainPorts.Count;
            return [.. Enumerable.Range(0, plain + (Settings.OldDevices.TlsPort == 0 ? 0 : 1)).Select(i => Bound(before + i, i < plain ? Uri.UriSchemeHttp : Uri.UriSchemeHttps))];
        }
    }

    /// <summary>Starts in order: folder, database, keys, node, services, listeners.</summary>
    /// <exception cref="StartupException">Something is configured so that it cannot start.</exception>
    public static async Task<IroriServer> StartAsync(IroriSettings settings, ServerOptions options, CancellationToken cancel)
    {
        var folder = DataFolder.Open(settings.Data);
        var log = Logging.Create(settings.Log, options.Log);
        Foundation? foundation = null;
        WebApplication? app = null;
        try
        {
            foundation = await Foundation.OpenAsync(settings, options.MasterKey, options.Time, log, cancel);
            var node = await foundation.StartNodeAsync(settings, cancel);
            app = Build(settings, options, log, s => foundation.Register(s, settings, options.Time, node));
            await app.StartAsync(cancel);
            OldDevices.Warn(settings, log.CreateLogger<IroriServer>());
            return new IroriServer(app, foundation, folder, log);
        }
        catch (Exception e)
        {
            if (app is not null) await app.DisposeAsync();
            if (foundation is not null) await foundation.DisposeAsync();
            log.Dispose();
            folder.Dispose();
            if (Explain(e) is { } explained) throw explained;
            throw;
        }
    }

    /// <summary>Completes when the server was asked to stop, by a signal or by <see cref="StopAsync"/>, and has stopped.</summary>
    public Task WaitForStopAsync(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    /// <summary>Drains devices and apps, finishes requests and stops.</summary>
    public Task StopAsync(CancellationToken cancel) => _app.StopAsync(cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _foundation.DisposeAsync();
        _log.Dispose();
        _folder.Dispose();
    }

    /// <summary>The web application on registered foundations, with every endpoint, not started.</summary>
    internal static WebApplication Build(IroriSettings settings, ServerOptions options, ILoggerFactory log, Action<IServiceCollection> foundation)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "Irori", ContentRootPath = AppContext.BaseDirectory });
        builder.Services.Replace(ServiceDescriptor.Singleton(log));
        foundation(builder.Services);
        builder.Services.AddBus(settings).AddMeasuring(settings).AddBackground().AddHealth().AddCoolKit().AddConsole();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(10));
        var certificate = settings.Https == 0 ? null : new ServerCertificate(settings, options.Time, log.CreateLogger<ServerCertificate>());
        if (certificate is not null) builder.Services.AddSingleton<IHostedService>(_ => new Background(certificate.RunAsync));
        var oldTls = settings.OldDevices.TlsPort == 0 ? null : OldDevices.TlsOptions(settings, options.Time.GetUtcNow());
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => Listeners.Configure(k, settings, certificate, oldTls, options.FreePorts));
        options.Services?.Invoke(builder.Services);
        var app = builder.Build();
        Map(app, settings);
        return app;
    }

    private static void Map(WebApplication app, IroriSettings settings)
    {
        if (settings.Proxies.Count > 0) app.UseForwardedHeaders(Forwarded(settings.Proxies));
        app.Use((context, next) =>
        {
            // On a listener for both, an IPv4 address is written as one of IPv6; everywhere else it is one address.
            if (context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped) context.Connection.RemoteIpAddress = mapped.MapToIPv4();
            return next(context);
        });
        app.UseMiddleware<RequestLog>();
        app.UseJsonErrors();
        app.Use((context, next) =>
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return next(context);
        });
        app.UseOldDevices();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        app.MapHealth();
        app.MapMetrics(settings);
        app.UseConsole(settings);
        app.MapConsole();
        app.MapCoolKit();
        app.MapFirmware();
        app.MapOpenApi("/openapi/{documentName}.json").Limit((limits, from) => limits.From(from, "openapi"));
    }

    private static ForwardedHeadersOptions Forwarded(IReadOnlyList<string> proxies)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        // A chain of proxies is followed back as long as each of them is configured.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address)) options.KnownProxies.Add(address);
            else options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
        }

        return options;
    }

    internal static StartupException? Explain(Exception e) => e switch
    {
        SchemaException or InvalidDataException => new StartupException(e.Message),
        NpgsqlException => new StartupException($"The database cannot be opened ({e.Message}); correct Database.ConnectionString, or start PostgreSQL."),
        _ => Listeners.Explain(e),
    };

    // The listeners are bound in their order. Their own scheme does not tell them apart: plain HTTP also takes TLS.
    private Uri Bound(int number, string scheme)
    {
        var bound = Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.ElementAt(number);
        var listening = new Uri(bound.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal));
        return new UriBuilder(listening) { Scheme = scheme }.Uri;
    }
}
