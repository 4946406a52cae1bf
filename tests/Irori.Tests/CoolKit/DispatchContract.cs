using System.Net;
using System.Text.Json.Nodes;
using Irori.Server.Settings;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Where apps and devices are sent to (CoolKit v2, dispatch; device protocol, dispatch).</summary>
public abstract class DispatchContract(HouseFixture fixture)
{
    private const string Device = "/dispatch/device";
    private const int DeviceBuffer = 128;

    private CoolKitHouse House { get; } = fixture.House;

    [Theory]
    [InlineData("GET", true)]
    [InlineData("POST", true)]
    [InlineData("GET", false)]
    [InlineData("POST", false)]
    public async Task An_app_is_sent_to_the_host_and_port_that_it_asked(string method, bool secure)
    {
        var server = secure ? House.Server.Https : House.Server.Http;
        var (answer, _) = await AskAsync(server, method, "/dispatch/app", """{"accept":"ws","appid":"x","nonce":"1","ts":1,"version":8}""");
        ((string)answer["domain"]!).ShouldBe(server.Host);
        ((int)answer["port"]!).ShouldBe(server.Port);
        answer["error"]!.ToJsonString().ShouldBe("0");
        ((string)answer["reason"]!).ShouldBe("ok");
        ((string)answer["IP"]!).ShouldBe("127.0.0.1");
        answer.Count.ShouldBe(5);

        using var app = await House.PersonAsync();
        await using var socket = await TestSocket.OpenAsync(new Uri($"{server.Scheme}://{answer["domain"]}:{answer["port"]}"));
        await socket.SendAsync(AppSocket.Handshake(app));
        (await socket.ReceiveAsync()).Error().ShouldBe(0);
    }

    [Fact]
    public async Task An_app_that_shows_a_token_is_told_at_once_when_it_is_not_good()
    {
        var secret = await House.AddAppAsync(accessSeconds: 60);
        using var app = await House.PersonAsync();
        using var owner = await House.SignInAsync(app.Email, secret);
        Task<JsonObject> AskAsync(string token) => app.SendAsync(new Call(HttpMethod.Post, "/dispatch/app") { Body = "{}", Authorization = $"Bearer {token}", Nonce = null });

        ((string)(await AskAsync(owner.Token!))["reason"]!).ShouldBe("ok");
        var refused = await AskAsync("no-token");
        (refused.Error(), refused.Count).ShouldBe((401, 2));
        foreach (var wrong in new[] { app.RefreshToken!, await House.TokenAsync(app.Email, (await House.AddAppAsync("gizwits")).App), await House.TokenAsync(app.Email, (await House.AddAppAsync(disabled: true)).App) })
            (await AskAsync(wrong)).Error().ShouldBe(401);
        House.Time!.Advance(TimeSpan.FromSeconds(61));
        (await AskAsync(owner.Token!)).Error().ShouldBe(402);
    }

    [Theory]
    [InlineData("cloud.example.com", "cloud.example.com", 80, "127.0.0.1")]
    [InlineData("cloud.example.com:8080", "cloud.example.com", 8080, "127.0.0.1")]
    [InlineData("192.168.1.5:8080", "192.168.1.5", 8080, "192.168.1.5")]
    [InlineData("[fd00::5]:8080", "[fd00::5]", 8080, "fd00::5")]
    public async Task Any_host_is_taken_at_its_word(string host, string domain, int port, string ip)
    {
        var (answer, _) = await AskAsync(House.Server.Http, "GET", "/dispatch/app", null, host);
        ((string)answer["domain"]!).ShouldBe(domain);
        ((int)answer["port"]!).ShouldBe(port);
        ((string)answer["IP"]!).ShouldBe(ip);
    }

    [Fact]
    public async Task A_name_that_is_reached_by_IPv6_has_an_IPv6_address()
    {
        await using var house = await CoolKitHouse.StartAsync(fixture.Engine, s => s with { Bind = "::1" }, HouseFixture.Options());
        var (answer, _) = await AskAsync(house.Server.Http, "GET", "/dispatch/app", null, "cloud.example.com");
        ((string)answer["IP"]!).ShouldBe("::1");
        ((string)answer["domain"]!).ShouldBe("cloud.example.com");
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("POST", """{"accept":"ws;2","version":2,"ts":933,"deviceid":"1000abcdef","apikey":"4b21ebbe-0000-4d4a-93f2-000000000001","model":"PSC-B01-GL","romVersion":"1.5.5"}""")]
    [InlineData("POST", "nonsense")]
    public async Task A_device_gets_a_short_answer_of_known_length(string method, string? body)
    {
        foreach (var server in new[] { House.Server.Http, House.Server.Https })
        {
            var (answer, length) = await AskAsync(server, method, Device, body);
            answer.ToJsonString().ShouldBe($$"""{"error":0,"reason":"ok","IP":"{{server.Host}}","port":{{server.Port}}}""");
            length!.Value.ShouldBeLessThan(DeviceBuffer);
        }

        var (_, longest) = await AskAsync(House.Server.Http, method, Device, body, $"{new string('a', 50)}.example.com:65535");
        longest!.Value.ShouldBeLessThan(DeviceBuffer);
    }

    [Fact]
    public async Task The_configured_address_is_handed_out()
    {
        await using var house = await CoolKitHouse.StartAsync(
            fixture.Engine, s => s with { Public = new PublicSection { Host = "home.example.com", HttpPort = 8000, HttpsPort = 8001 } }, HouseFixture.Options());
        foreach (var (server, port) in new[] { (house.Server.Http, 8000), (house.Server.Https, 8001) })
        {
            var (app, _) = await AskAsync(server, "GET", "/dispatch/app", null, "other.example.com");
            ((string)app["domain"]!).ShouldBe("home.example.com");
            ((int)app["port"]!).ShouldBe(port);
            var (device, _) = await AskAsync(server, "POST", Device, "{}");
            ((string)device["IP"]!).ShouldBe("home.example.com");
            ((int)device["port"]!).ShouldBe(port);
        }
    }

    [Fact]
    public async Task While_too_many_devices_connect_a_device_is_asked_to_come_back()
    {
        await using var house = await CoolKitHouse.StartAsync(
            fixture.Engine, s => s with { Links = s.Links with { Admission = 0 } }, HouseFixture.Options());
        using var app = await house.PersonAsync();
        var made = await house.AddAsync(app);

        var (answer, length) = await AskAsync(house.Server.Http, "POST", Device, "{}", expected: HttpStatusCode.ServiceUnavailable);

        ((int)answer["error"]!).ShouldBe(503);
        length!.Value.ShouldBeLessThan(DeviceBuffer);
        await using var device = new CoolKitDevice(await TestSocket.OpenAsync(house.Server.Http), made.Device.Id, made.Key);
        ((int)(await device.RegisterAsync())["config"]!["regInterval"]!).ShouldBeGreaterThan(0, "and so is one that did not ask where to connect");
    }

    private static async Task<(JsonObject Answer, long? Length)> AskAsync(Uri server, string method, string path, string? body, string? host = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var http = new HttpClient(handler) { BaseAddress = server };
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        if (body is not null) request.Content = new StringContent(body);
        if (host is not null) request.Headers.Host = host;
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(expected);
        (response.Headers.RetryAfter?.Delta is { } wait && wait > TimeSpan.Zero).ShouldBe(expected == HttpStatusCode.ServiceUnavailable);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.Headers.TransferEncodingChunked.ShouldNotBe(true);
        return (JsonNode.Parse(text)!.AsObject(), response.Content.Headers.ContentLength);
    }
}
