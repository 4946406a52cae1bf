using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Irori.Core.Accounts;
using Irori.Server.Console;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>How much may be asked, over real sockets; the clock of the limits stands still unless a test lets it go on.</summary>
public sealed class LimitTests : IAsyncDisposable
{
    private const string Ann = "203.0.113.1";
    private const string Bob = "203.0.113.2";

    private readonly StandingTime _time = new();
    private CoolKitHouse _house = null!;

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Documented_the_same_call_comes_half_a_second_later_in_each_session()
    {
        await StartAsync(LimitPreset.Documented);
        using var app = await PersonAsync();
        using var other = await AgainAsync(app);

        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
        var refused = await app.GetAsync("/v2/user/profile");

        refused.Error().ShouldBe(412);
        ((string)refused["msg"]!).ShouldBe("Too many calls of getUserProfile in this session (1 at once, then one every 500 ms), try again in 1 s");
        refused["data"]!.ToJsonString().ShouldBe("{}");
        app.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        (await other.GetAsync("/v2/user/profile")).Error().ShouldBe(0, "another session, from the same address");
        (await app.GetAsync("/v2/family")).Error().ShouldBe(0, "another operation");
        _time.Pass(TimeSpan.FromMilliseconds(500));
        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
        app.RetryAfter.ShouldBeNull();
    }

    [Fact]
    public async Task At_home_a_program_that_runs_wild_is_refused_and_nobody_else()
    {
        await StartAsync(LimitPreset.Home);
        using var app = await PersonAsync();
        using var other = await AgainAsync(app);
        for (var i = 0; i < 200; i++) (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(0);

        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(412);

        (await other.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
        _time.Pass(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 20; i++) (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(412);
    }

    [Fact]
    public async Task In_version_1_it_is_a_403_that_says_when()
    {
        await StartAsync(LimitPreset.Documented);
        using var app = await PersonAsync();
        Next();
        var v1 = await V1App.SignInAsync(app);
        await v1.GetAsync("/api/user/device");

        var refused = await v1.GetAsync("/api/user/device");

        refused.Error().ShouldBe(403);
        ((string)refused["msg"]!).ShouldContain("in this session");
        app.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("login")]
    [InlineData("a token that is not good")]
    [InlineData("dispatch")]
    [InlineData("dispatch of version 1")]
    public async Task Who_has_no_session_is_counted_by_address(string what)
    {
        await StartAsync(LimitPreset.Documented, "127.0.0.1", "::1");
        using var app = _house.App();
        var login = new JsonObject { ["countryCode"] = "+49", ["email"] = CoolKitHouse.OwnerEmail, ["password"] = "Wrong1horse" }.ToJsonString();
        var call = what switch
        {
            "login" => new Call(HttpMethod.Post, "/v2/user/login") { Body = login, Authorization = $"Sign {app.Sign(login)}", AppId = app.AppId },
            "dispatch" => new Call(HttpMethod.Get, "/dispatch/app"),
            "dispatch of version 1" => new Call(HttpMethod.Post, "/dispatch/app") { Body = "{}" },
            _ => new Call(HttpMethod.Get, "/v2/user/profile") { Authorization = "Bearer none" },
        };
        var (first, over) = what switch { "login" => (10001, 412), "dispatch" => (0, 412), "dispatch of version 1" => (0, 403), _ => (401, 412) };

        (await app.SendAsync(call with { ForwardedFor = Ann })).Error().ShouldBe(first);
        (await app.SendAsync(call with { ForwardedFor = Ann })).Error().ShouldBe(over);
        app.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        (await app.SendAsync(call with { ForwardedFor = Bob })).Error().ShouldBe(first, "the proxy is configured: another address is another client");
        (await app.SendAsync(call with { ForwardedFor = $"{Bob}, {Ann}" })).Error().ShouldBe(over, "what the proxy did not write itself is not believed");
        _time.Pass(TimeSpan.FromMilliseconds(500));
        (await app.SendAsync(call with { ForwardedFor = Ann })).Error().ShouldBe(first);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.1")]
    public async Task The_word_of_a_stranger_about_addresses_is_not_taken(string proxies)
    {
        await StartAsync(LimitPreset.Documented, proxies.Split(',', StringSplitOptions.RemoveEmptyEntries));
        using var app = _house.App();
        var call = new Call(HttpMethod.Get, "/dispatch/app");

        (await app.SendAsync(call with { ForwardedFor = Ann })).Error().ShouldBe(0);
        (await app.SendAsync(call with { ForwardedFor = Bob })).Error().ShouldBe(412);
    }

    [Fact]
    public async Task An_account_that_signs_in_again_and_again_on_the_long_connection_is_told_to_wait()
    {
        await StartAsync(LimitPreset.Documented);
        using var app = await PersonAsync();
        for (var i = 0; i < 10; i++) await using (await AppSocket.ConnectAsync(_house, app))
        {
        }

        await using var socket = await TestSocket.OpenAsync(_house.Server.Http);
        await socket.SendAsync(AppSocket.Handshake(app));
        var refused = await socket.ReceiveAsync();

        (refused.Error(), (string)refused["actionName"]!).ShouldBe((412, "userOnline"));
        ((string)refused["reason"]!).ShouldContain("try again in 30 s");
        (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
        _time.Pass(TimeSpan.FromSeconds(30));
        await using var later = await AppSocket.ConnectAsync(_house, app);
    }

    [Fact]
    public async Task The_connections_of_a_session_share_its_messages()
    {
        await StartAsync(LimitPreset.Home);
        using var app = await PersonAsync();
        await using var one = await AppSocket.ConnectAsync(_house, app);
        await using var two = await AppSocket.ConnectAsync(_house, app);
        for (var i = 0; i < 200; i++) (await (i % 2 == 0 ? one : two).AskAsync(AppSocket.Query(app, "1000ffffff"))).Error().ShouldBe(405);

        var refused = await two.AskAsync(AppSocket.Query(app, "1000ffffff"));

        refused.Error().ShouldBe(412);
        ((string)refused["reason"]!).ShouldContain("messages in this session");
        using var other = await AgainAsync(app);
        await using var third = await AppSocket.ConnectAsync(_house, other);
        (await third.AskAsync(AppSocket.Query(other, "1000ffffff"))).Error().ShouldBe(405);
        _time.Pass(TimeSpan.FromMilliseconds(20));
        (await one.AskAsync(AppSocket.Query(app, "1000ffffff"))).Error().ShouldBe(405);
    }

    [Fact]
    public async Task A_device_that_says_too_much_loses_nothing()
    {
        _house = await CoolKitHouse.StartAsync(settings: s => s with { Limits = new LimitsSection() }, options: HouseFixture.Options());
        using var app = await _house.PersonAsync();
        await using var device = await _house.ConnectAsync(await _house.AddAsync(app));
        const int Reports = 230;

        for (var i = 1; i <= Reports; i++) (await device.ReportAsync(new JsonObject { ["switch"] = i % 2 == 0 ? "on" : "off" })).Error().ShouldBe(0);
    }

    [Fact]
    public async Task Devices_of_one_address_that_connect_too_often_are_asked_to_come_back()
    {
        await StartAsync(LimitPreset.Home, "127.0.0.1", "::1");
        using var http = new HttpClient { BaseAddress = _house.Server.Http };
        http.DefaultRequestHeaders.Add("X-Forwarded-For", Ann);
        for (var i = 0; i < 1_000; i++) (await http.GetAsync("/dispatch/device", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var refused = await http.GetAsync("/dispatch/device", Cancel);
        using var upgrade = await http.SendAsync(Upgrade(), Cancel);
        using var firmware = await http.GetAsync("/firmware/none/user1.bin", Cancel);

        foreach (var answer in new[] { refused, upgrade, firmware }) (answer.Headers.RetryAfter?.Delta > TimeSpan.Zero).ShouldBeTrue();
        (refused.StatusCode, upgrade.StatusCode, firmware.StatusCode).ShouldBe((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.TooManyRequests));
        ((int)JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancel))!["error"]!).ShouldBe(503);
        http.DefaultRequestHeaders.Remove("X-Forwarded-For");
        http.DefaultRequestHeaders.Add("X-Forwarded-For", Bob);
        (await http.GetAsync("/dispatch/device", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync("/firmware/none/user1.bin", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("GET", "/openapi/coolkit-v2.json")]
    [InlineData("GET", "/oauth/index.html")]
    [InlineData("POST", "/console/api/session")]
    [InlineData("GET", "/console/api/homes")]
    public async Task The_servers_own_addresses_answer_429(string method, string path)
    {
        await StartAsync(LimitPreset.Documented);
        using var http = new HttpClient { BaseAddress = _house.Server.Http };
        http.DefaultRequestHeaders.Add(ConsoleEndpoint.Header, "1");
        Task<HttpResponseMessage> AskAsync() => http.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? JsonContent.Create(new { login = "a@example.com", password = "x" }) : null }, Cancel);
        using var first = await AskAsync();

        using var refused = await AskAsync();

        first.StatusCode.ShouldNotBe(HttpStatusCode.TooManyRequests);
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter?.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await refused.Content.ReadAsStringAsync(Cancel)).ShouldContain("try again in 1 s");
        _time.Pass(TimeSpan.FromMilliseconds(500));
        (await AskAsync()).StatusCode.ShouldBe(first.StatusCode);
    }

    private async Task StartAsync(LimitPreset preset, params string[] proxies) => _house = await CoolKitHouse.StartAsync(
        settings: s => s with { Limits = new LimitsSection { Preset = preset }, Proxies = proxies },
        options: new ServerOptions { Time = _time, Services = s => s.AddSingleton<IPasswordHasher, QuickHasher>() });

    private async Task<CoolKitApp> PersonAsync()
    {
        Next();
        return await _house.PersonAsync();
    }

    private async Task<CoolKitApp> AgainAsync(CoolKitApp app)
    {
        Next();
        return await _house.SignInAsync(app.Email);
    }

    // Signing in is counted too.
    private void Next() => _time.Pass(TimeSpan.FromSeconds(1));

    private static HttpRequestMessage Upgrade()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/ws");
        foreach (var (name, value) in new[] { ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", Convert.ToBase64String(Encoding.ASCII.GetBytes("0123456789abcdef"))) })
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }
}
