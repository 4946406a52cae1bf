using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Irori.Server.Settings;
using Irori.Simulator;
using Irori.Tests.CoolKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Irori.Tests.Cli;

/// <summary><c>irori pair</c> and a simulated device in pairing mode.</summary>
public sealed class PairTests
{
    private const string Key = "4b21ebbe-5a0c-4d4a-93f2-0c1d2e3f4a5b";
    private const string WifiPassword = "wifi password";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_device_of_a_household_is_paired_adopted_and_switched(bool oldFirmware, bool plain)
    {
        await using var house = await CoolKitHouse.StartAsync();
        await house.AddProductAsync("Anybody", "*", adopts: true);
        var settings = house.Server.Service<IroriSettings>();
        var plan = new DevicePlan("1000abcdef", Key, DeviceKind.Switch) { ChipId = oldFirmware ? null : "00A1B2C3" };
        await using var mode = await PairingMode.StartAsync(plan, new IPEndPoint(IPAddress.Loopback, 0), oldFirmware, Cancel);

        var pairing = CliRun.RunAsync(WifiPassword, [
            "pair", "--device", $"{mode.Address}", "--server", $"127.0.0.1:{house.Server.Http.Port}", "--wifi", "Home Wi-Fi", "--wifi-password-stdin",
            "--add-to", CoolKitHouse.OwnerEmail, "--name", "Hall", "--json", .. CliRun.Flags(settings)]);
        var paired = await Task.WhenAny(mode.PairedAsync(Cancel), pairing).WaitAsync(Patience, Cancel) is Task<Paired> told ? await told : throw new InvalidOperationException((await pairing).Error);
        paired.ShouldBe(new Paired("Home Wi-Fi", "127.0.0.1", house.Server.Http.Port));

        // Its clock is put forward, so that it does not wait until it asks again; it is patient with answers.
        var time = new TestTime();
        using var stop = new CancellationTokenSource();
        var simulation = new Simulation(new SimulationOptions
        {
            Server = paired.Server(plain), TrustAnyCertificate = true, ReplyTimeout = TimeSpan.FromDays(1), DialTimeout = TimeSpan.FromDays(1),
        }, [plan], time, NullLogger.Instance);
        var device = simulation.Device(plan.Id);
        var running = simulation.RunAsync(stop.Token);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        while (!device.Online && !pairing.IsCompleted && await timer.WaitForNextTickAsync(Cancel)) time.Advance(TimeSpan.FromSeconds(20));
        var run = await pairing.WaitAsync(Patience, Cancel);

        run.Code.ShouldBe(0, run.Error);
        ((string)run.Json["id"]!, (string)run.Json["name"]!, (bool)run.Json["online"]!).ShouldBe((plan.Id, "Hall", true));
        run.Output.ShouldNotContain(Key);
        run.Error.ShouldNotContain(Key);
        await device.WaitOnlineAsync(Cancel).WaitAsync(Patience, Cancel);
        using var app = await house.SignedInAsync();
        var thing = (await app.GetAsync("/v2/device/thing?num=0"))["data"]!["thingList"]!.AsArray().ShouldHaveSingleItem()!["itemData"]!;
        ((string)thing["name"]!, (string)thing["deviceid"]!, (bool)thing["online"]!).ShouldBe(("Hall", plan.Id, true));
        (await app.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = plan.Id, ["params"] = new JsonObject { ["switch"] = "on" } })).Error().ShouldBe(0);
        ((string?)device.State["switch"]).ShouldBe("on");
        using var stranger = await house.SignedInAsync(CoolKitHouse.StrangerEmail);
        (await stranger.GetAsync("/v2/device/thing?num=0"))["data"]!["thingList"]!.AsArray().ShouldBeEmpty();
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Without_an_account_the_key_is_shown_and_the_device_is_adopted_by_it_later()
    {
        await using var house = await CoolKitHouse.StartAsync();
        await house.AddProductAsync("Anybody", "*", adopts: true);
        var settings = house.Server.Service<IroriSettings>();
        await using var mode = await PairingMode.StartAsync(new DevicePlan("1000abcdef", Key, DeviceKind.Switch), new IPEndPoint(IPAddress.Loopback, 0), cancel: Cancel);

        var run = await CliRun.RunAsync("", ["pair", "--device", $"{mode.Address}", "--server", $"127.0.0.1:{house.Server.Http.Port}", "--wifi", "Home", "--open-wifi", "--json"]);

        (run.Code, (string)run.Json["id"]!, (string)run.Json["key"]!).ShouldBe((0, "1000abcdef", Key));
        (await mode.PairedAsync(Cancel)).ServerName.ShouldBe("127.0.0.1");
        string[] adopt = ["admin", "device", "adopt", "--id", "1000abcdef", "--email", CoolKitHouse.OwnerEmail, "--json", .. CliRun.Flags(settings)];
        var early = await CliRun.RunAsync([.. adopt, "--key", Key]);
        (early.Code, early.Error.Trim()).ShouldBe((1, "The device is not in the records: connect it first, then add it within 30 minutes."));
        await using var socket = await TestSocket.OpenAsync(house.Server.Http);
        var device = new CoolKitDevice(socket, "1000abcdef", Key);
        (await device.RegisterAsync()).Error().ShouldBe(404);
        (await CliRun.RunAsync([.. adopt, "--key", "another key"])).Code.ShouldBe(1);

        (await CliRun.RunAsync([.. adopt, "--key", Key])).Code.ShouldBe(0);

        (await device.RegisterAsync()).Error().ShouldBe(0);
    }

    [Theory]
    [InlineData("--server is", "--server", "http://192.168.1.10", "--wifi", "Home", "--open-wifi")]
    [InlineData("--server is the address at which", "--server", "0.0.0.0:8080", "--wifi", "Home", "--open-wifi")]
    [InlineData("--wifi is the name", "--server", "192.168.1.10", "--wifi", "", "--open-wifi")]
    [InlineData("8 to 63 characters", "--server", "192.168.1.10", "--wifi", "Home", "--wifi-password-stdin")]
    [InlineData("--device is", "--server", "192.168.1.10", "--wifi", "Home", "--open-wifi", "--device", "10.10.7.1")]
    [InlineData("--minutes", "--server", "192.168.1.10", "--wifi", "Home", "--open-wifi", "--minutes", "0")]
    [InlineData("--add-to is", "--server", "192.168.1.10", "--wifi", "Home", "--open-wifi", "--add-to", "ann")]
    public async Task What_is_written_wrongly_is_said_before_anything_is_asked(string sentence, params string[] args)
    {
        var run = await CliRun.RunAsync("short", ["pair", .. args]);
        (run.Code, run.Output).ShouldBe((2, ""));
        run.Error.Trim().ShouldContain(sentence);
        run.Error.Trim().ShouldNotContain("\n");
    }

    [Fact]
    public async Task Who_has_no_account_or_no_product_for_it_hears_so_before_the_device_is_touched()
    {
        await using var house = await CoolKitHouse.StartAsync(settings: s => s with { Mode = Irori.Core.Installation.InstallationMode.Vendor });
        string[] args = ["pair", "--server", "192.168.1.10", "--wifi", "Home", "--open-wifi", .. CliRun.Flags(house.Server.Service<IroriSettings>())];

        var nobody = await CliRun.RunAsync([.. args, "--add-to", "nobody@example.com"]);
        var nothing = await CliRun.RunAsync([.. args, "--add-to", CoolKitHouse.OwnerEmail]);

        (nobody.Code, nobody.Error.Trim()).ShouldBe((1, "No account has the login nobody@example.com."));
        nothing.Code.ShouldBe(1);
        nothing.Error.ShouldContain("No product takes devices that nobody recorded");
    }

    [Theory]
    [InlineData(null, "Hold its button")]
    [InlineData("<html>A router</html>", "is no device in pairing mode")]
    [InlineData("""{"deviceid":"x","apikey":"y"}""", "is no device in pairing mode")]
    [InlineData("""{"deviceid":"1000abcdef","apikey":"k","accept":"post"}""", "The device did not take it (error 7)", """{"error":7}""")]
    [InlineData("""{"deviceid":"1000abcdef","apikey":"k","accept":"post"}""", "its answer has no error code", "{}")]
    public async Task Every_failure_says_what_to_do(string? self, string sentence, string? reply = null)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        if (self is null) listener.Stop();
        var serving = self is null ? Task.CompletedTask : ServeAsync(listener, self, reply);

        var run = await CliRun.RunAsync("", ["pair", "--device", $"http://127.0.0.1:{port}", "--server", "192.168.1.10", "--wifi", "Home", "--open-wifi"]);

        run.Code.ShouldBe(1);
        run.Error.ShouldContain(sentence);
        listener.Stop();
        await serving;
    }

    [Fact]
    public async Task A_simulated_device_begins_in_pairing_mode_when_it_is_told_to()
    {
        await using var house = await CoolKitHouse.StartAsync();
        using var app = await house.SignedInAsync();
        var made = await house.AddAsync(app);
        var port = IroriProcess.FreePort();
        await using var simulator = IroriProcess.Start(null, "simulate", "--pairing", $"127.0.0.1:{port}", "--device", $"{made.Device.Id}:{made.Key}:switch");
        await simulator.WaitForAsync("is in pairing mode");

        var run = await CliRun.RunAsync("", ["pair", "--device", $"http://127.0.0.1:{port}", "--server", $"127.0.0.1:{house.Server.Http.Port}", "--wifi", "Home", "--open-wifi"]);

        run.Code.ShouldBe(0, run.Error);
        await simulator.WaitForAsync("is online");
        ((bool)(await app.GetAsync("/v2/device/thing?num=0"))["data"]!["thingList"]![0]!["itemData"]!["online"]!).ShouldBeTrue();
    }

    // Answers GET and POST, a connection each, until the listener stops.
    private static async Task ServeAsync(TcpListener listener, string self, string? reply)
    {
        var buffer = new byte[4096];
        while (true)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(Cancel);
                await using var stream = client.GetStream();
                var read = await stream.ReadAsync(buffer, Cancel);
                var post = Encoding.ASCII.GetString(buffer, 0, read).StartsWith("POST", StringComparison.Ordinal);
                var body = post ? reply ?? "" : self;
                await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), Cancel);
            }
            catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}
