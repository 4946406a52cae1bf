using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Irori.Mqtt;
using Irori.Server.Hosting;
using Irori.Tests.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>The endpoint on Kestrel, on every kind of listener.</summary>
internal sealed class MqttHost : IAsyncDisposable
{
    public const string Path = "/mqtt";

    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private WebApplication _app = null!;
    private Task _running = Task.CompletedTask;

    private MqttHost(TestDialect dialect, TestTime time, IMqttSessionStore sessions)
    {
        Dialect = dialect;
        Time = time;
        Sessions = sessions;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = SelfSigned.Make(key, "", time.GetUtcNow());
        _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public TestDialect Dialect { get; }

    public TestTime Time { get; }

    public IMqttSessionStore Sessions { get; }

    public CollectedLog Log { get; } = new();

    public MqttEndpoint Endpoint { get; private set; } = null!;

    public int Tcp { get; private set; }

    public int Tls { get; private set; }

    public Uri Ws { get; private set; } = null!;

    public Uri Wss { get; private set; } = null!;

    /// <summary>The certificate that clients are to trust, as PEM.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    public static async Task<MqttHost> StartAsync(
        MqttOptions? options = null, TestDialect? dialect = null, IMqttSessionStore? sessions = null, TestTime? time = null, IMqttCluster? cluster = null)
    {
        time ??= new TestTime();
        var host = new MqttHost(dialect ?? new TestDialect(), time, sessions ?? new MemorySessionStore(time));
        await host.RunAsync(options ?? new MqttOptions(), cluster);
        return host;
    }

    public Task<PacketClient> OpenAsync() => PacketClient.OpenAsync(Tcp);

    /// <summary>A client that is accepted.</summary>
    public async Task<PacketClient> ConnectAsync(ClientConnect connect)
    {
        var client = await OpenAsync();
        (await client.ConnectAsync(connect)).Code.ShouldBe((byte)0);
        return client;
    }

    /// <summary>A client that is accepted, and its connection as the dialect sees it.</summary>
    public async Task<(PacketClient Client, MqttConnection Connection)> MeetAsync(ClientConnect connect)
    {
        var client = await ConnectAsync(connect);
        return (client, await Dialect.OpenedAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Endpoint.DrainAsync(CancellationToken.None);
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.DisposeAsync();
        _certificate.Dispose();
        _stop.Dispose();
        Log.Errors.ShouldBeEmpty();
    }

    private async Task RunAsync(MqttOptions options, IMqttCluster? cluster)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(p => new MqttEndpoint(Dialect, Sessions, options, Time, p.GetRequiredService<ILogger<MqttEndpoint>>(), cluster));
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, 0, l => l.UseConnectionHandler<MqttEndpoint>());
            k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(_certificate).UseConnectionHandler<MqttEndpoint>());
            k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1);
            k.Listen(IPAddress.Loopback, 0, l =>
            {
                l.Protocols = HttpProtocols.Http1;
                l.UseHttps(_certificate);
            });
        });
        _app = builder.Build();
        Endpoint = _app.Services.GetRequiredService<MqttEndpoint>();
        _app.UseWebSockets();
        _app.MapMqtt(Path, Endpoint);
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _running = Endpoint.RunAsync(_stop.Token);
        var ports = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a).Port).ToList();
        (Tcp, Tls) = (ports[0], ports[1]);
        Ws = new Uri($"ws://127.0.0.1:{ports[2]}{Path}");
        Wss = new Uri($"wss://localhost:{ports[3]}{Path}");
    }
}
