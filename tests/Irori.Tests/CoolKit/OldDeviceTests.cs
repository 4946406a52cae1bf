using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json.Nodes;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Irori.Simulator;
using Irori.Tests.Simulator;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Listeners for hardware that knows no TLS, or only an old one.</summary>
public sealed class OldDeviceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task By_default_there_are_none()
    {
        await using var house = await StartAsync(s => s);
        house.Server.Old.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_device_without_TLS_is_told_the_very_port_that_it_asked_and_works_there()
    {
        await using var house = await StartAsync(s => s with
        {
            OldDevices = new OldDevicesSection { PlainPorts = ["8081", "8082"] }, Public = new PublicSection { HttpPort = 80, HttpsPort = 443 },
        });
        using var app = await house.PersonAsync();
        foreach (var port in house.Server.Old)
        {
            var made = await house.AddAsync(app);
            await using var run = RunningSimulation.Start(new SimulationOptions { Server = port, FirstRetry = TimeSpan.FromMilliseconds(50) }, new DevicePlan(made.Device.Id, made.Key, DeviceKind.Switch));
            await run.OnlineAsync();
            (await app.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = made.Device.Id, ["params"] = new JsonObject { ["switch"] = "on" } })).Error().ShouldBe(0);
        }

        house.Server.Old.Count.ShouldBe(2);
        using var old = await RawSocket.OpenAsync(house.Server.Old[1]);
        old.Status.ShouldBe("HTTP/1.1 101 Switching Protocols");
    }

    [Theory]
    [InlineData("-tls1", "AES128-SHA", "TLSv1")]
    [InlineData("-tls1_1", "AES256-SHA", "TLSv1.1")]
    [InlineData("-tls1", "ECDHE-RSA-AES128-SHA", "TLSv1")]
    [InlineData("-tls1_2", "AES128-SHA256", "TLSv1.2")]
    public async Task A_device_with_old_TLS_shakes_hands_and_asks_where_to_connect(string version, string cipher, string spoken)
    {
        await using var house = await StartAsync(s => s with { OldDevices = new OldDevicesSection { TlsPort = 8444 }, Public = new PublicSection { HttpsPort = 443 } });
        var port = house.Server.Old.ShouldHaveSingleItem().Port;

        var said = await OpenSslAsync(port, version, cipher, $"POST /dispatch/device HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}");

        said.ShouldContain($"Protocol  : {spoken}");
        said.ShouldContain($"Cipher    : {cipher}");
        said.ShouldContain($$"""{"error":0,"reason":"ok","IP":"127.0.0.1","port":{{port}}}""");
    }

    [Fact]
    public async Task A_device_lives_on_old_TLS()
    {
        await using var house = await StartAsync(s => s with { OldDevices = new OldDevicesSection { TlsPort = 8444 } });
        using var app = await house.PersonAsync();
        var made = await house.AddAsync(app);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, house.Server.Old[0].Port, Cancel);
        await using var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning disable SYSLIB0039, SYSLIB0040, CA5397, CA1416 // What old firmware speaks.
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "eu-disp.coolkit.cc", EnabledSslProtocols = SslProtocols.Tls, EncryptionPolicy = EncryptionPolicy.AllowNoEncryption,
                CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA]),
            },
            Cancel);
        tls.SslProtocol.ShouldBe(SslProtocols.Tls);
#pragma warning restore SYSLIB0039, SYSLIB0040, CA5397, CA1416
        var register = $$"""{"action":"register","userAgent":"device","version":2,"deviceid":"{{made.Device.Id}}","apikey":"{{made.Key}}","model":"PSC-B01-GL","romVersion":"1.5.5","ts":14}""";
        const string Hello =
            "GET /api/ws HTTP/1.1\r\nHost: iotgo.iteadstudio.com\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ITEADTmobiM0x1DabcEsnw==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        await tls.WriteAsync(Encoding.ASCII.GetBytes(Hello), Cancel);
        (await ReadUntilAsync(tls, "\r\n\r\n")).ShouldStartWith("HTTP/1.1 101 Switching Protocols");
        await tls.WriteAsync(RawSocket.Frame(RawSocket.Text, register), Cancel);

        var welcome = await ReadUntilAsync(tls, "}}");

        welcome.ShouldContain("\"error\":0");
        welcome.ShouldContain(app.Apikey!);
    }

    [Fact]
    public async Task The_usual_listeners_take_no_old_TLS()
    {
        await using var house = await StartAsync(s => s with { OldDevices = new OldDevicesSection { TlsPort = 8444 } });
        foreach (var port in new[] { house.Server.Https.Port, house.Server.Http.Port })
            (await OpenSslAsync(port, "-tls1_1", "ALL", "GET / HTTP/1.0\r\n\r\n")).ShouldContain("Cipher is (NONE)");
    }

    [Fact]
    public async Task They_answer_devices_and_nobody_else()
    {
        await using var house = await StartAsync(s => s with { OldDevices = new OldDevicesSection { PlainPorts = ["8081"] } });
        using var app = await house.PersonAsync();
        using var http = new HttpClient { BaseAddress = house.Server.Old[0] };
        foreach (var path in new[] { "/", "/console/", "/console/api/session", "/v2/user/profile", "/api/user/device", "/dispatch/app", "/oauth/index.html", "/health/live", "/metrics", "/openapi/coolkit-v2.json" })
        {
            using var answer = await http.GetAsync(path, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
            (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain("Nothing answers at this address");
        }

        (await http.GetAsync("/dispatch/device", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await using var socket = await TestSocket.OpenAsync(house.Server.Old[0]);
        await socket.SendAsync(AppSocket.Handshake(app));
        (await socket.ReceiveAsync()).Error().ShouldBe(406, "an app would show its token to the whole network");
    }

    [Fact]
    public async Task The_log_says_at_the_start_what_is_open_and_what_it_risks()
    {
        var lines = new Lines();
        await using var house = await CoolKitHouse.StartAsync(
            settings: s => s with { OldDevices = new OldDevicesSection { PlainPorts = ["8081"], TlsPort = 8444 } },
            options: new ServerOptions { Log = l => l.ClearProviders().AddProvider(lines) });
        lines.Said.ShouldContain($"Port 8081 answers old devices without TLS: {OldDevicesSection.PlainRisk}");
        lines.Said.ShouldContain($"Port 8444 answers old devices with old TLS: {OldDevicesSection.TlsRisk}");
    }

    private static Task<CoolKitHouse> StartAsync(Func<IroriSettings, IroriSettings> settings) => CoolKitHouse.StartAsync(settings: settings, options: HouseFixture.Options());

    private static async Task<string> ReadUntilAsync(SslStream stream, string end)
    {
        var text = new StringBuilder();
        var buffer = new byte[1024];
        while (!text.ToString().Contains(end, StringComparison.Ordinal) && await stream.ReadAsync(buffer, Cancel) is > 0 and var read) text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        return text.ToString();
    }

    // The system's own client: another implementation of the handshake's other end.
    private static async Task<string> OpenSslAsync(int port, string version, string cipher, string request)
    {
        using var client = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            "openssl", ["s_client", "-connect", $"127.0.0.1:{port}", version, "-cipher", $"{cipher}:@SECLEVEL=0", "-ign_eof"])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var errors = client.StandardError.ReadToEndAsync(Cancel);
        await client.StandardInput.WriteAsync(request);
        client.StandardInput.Close();
        var said = await client.StandardOutput.ReadToEndAsync(Cancel);
        await client.WaitForExitAsync(Cancel);
        return said + await errors;
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Said { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Said.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
