using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Installation;
using Irori.Dialects.CoolKit;
using Irori.Dialects.CoolKit.Wire;
using Irori.Server.Console;
using Irori.Server.Settings;
using Irori.Simulator;
using Irori.Tests.Cli;
using Irori.Tests.CoolKit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Irori.Tests.Server;

/// <summary>Secrets leave only where one list says so: by operation, field and role.</summary>
public sealed class SecretTests
{
    private const string License = "license-of-a-camera";
    private const string MetricsToken = "a-token-of-24-characters";
    private const string GuestEmail = "guest@example.com";
    private const string MemberEmail = "member@example.com";
    private const string OperatorEmail = "operator@example.com";

    private static readonly Dictionary<string, string> Roles = new(StringComparer.Ordinal)
    {
        ["owner"] = CoolKitHouse.OwnerEmail, ["guest"] = GuestEmail, ["member"] = MemberEmail, ["stranger"] = CoolKitHouse.StrangerEmail, ["operator"] = OperatorEmail,
    };

    /// <summary>Where a secret may leave. "self" is whoever signs in.</summary>
    private static readonly (string Operation, string Field, string Role)[] Allowed =
    [
        ("registerUser", "data.at", "self"), ("registerUser", "data.rt", "self"),
        ("loginUser", "data.at", "self"), ("loginUser", "data.rt", "self"),
        ("loginWithSmsCode", "data.at", "self"), ("loginWithSmsCode", "data.rt", "self"),
        ("resetPassword", "data.at", "self"), ("resetPassword", "data.rt", "self"),
        ("refreshTokens", "data.at", "self"), ("refreshTokens", "data.rt", "self"),
        ("getOAuthToken", "data.accessToken", "self"), ("getOAuthToken", "data.refreshToken", "self"),
        ("listThings", "data.thingList.itemData.devicekey", "owner"),
        ("getThings", "data.thingList.itemData.devicekey", "owner"),
        ("getHomepage", "data.thingInfo.thingList.itemData.devicekey", "owner"),
        ("listThings", "data.thingList.itemData.devConfig.p2pLicense", "owner"),
        ("getThings", "data.thingList.itemData.devConfig.p2pLicense", "owner"),
        ("getHomepage", "data.thingInfo.thingList.itemData.devConfig.p2pLicense", "owner"),
        ("updateDeviceTags", "data.updatedThing.itemData.devConfig.p2pLicense", "owner"),
        ("updateDeviceSettings", "data.updatedThingList.itemData.devConfig.p2pLicense", "owner"),
        ("addWifiDevice", "data.itemData.devicekey", "owner"),
        ("addGsmDevice", "data.itemData.devicekey", "owner"),
        ("updateDeviceTags", "data.updatedThing.itemData.devicekey", "owner"),
        ("updateDeviceSettings", "data.updatedThingList.itemData.devicekey", "owner"),
        ("setGroupDevices", "data.updatedThingList.itemData.devicekey", "owner"),
        ("shareDevices", "data.updatedThingList.itemData.devicekey", "owner"),
        ("updateSharePermission", "data.updatedThing.itemData.devicekey", "owner"),
        ("cancelShare", "data.updatedThing.itemData.devicekey", "owner"),
        ("registerUserV1", "at", "self"), ("registerUserV1", "rt", "self"),
        ("loginUserV1", "at", "self"), ("loginUserV1", "rt", "self"),
        ("resetPasswordV1", "at", "self"), ("resetPasswordV1", "rt", "self"),
        ("refreshTokensV1", "at", "self"), ("refreshTokensV1", "rt", "self"),
        ("listDevicesV1", "devicelist.devicekey", "owner"),
        ("getDeviceV1", "devicekey", "owner"), ("getDeviceV1", "device.devicekey", "owner"),
        ("addDeviceV1", "devicekey", "owner"), ("addDeviceV1", "device.devicekey", "owner"),
        ("addGsmDeviceV1", "devicekey", "owner"), ("addGsmDeviceV1", "device.devicekey", "owner"),
        ("renameDeviceV1", "device.devicekey", "owner"),
        ("listDevicesV1", "devicelist.devConfig.p2pLicense", "owner"),
        ("getDeviceV1", "devConfig.p2pLicense", "owner"), ("getDeviceV1", "device.devConfig.p2pLicense", "owner"),
        ("renameDeviceV1", "device.devConfig.p2pLicense", "owner"),
        ("POST /console/api/session", "Set-Cookie", "self"),
        ("GET /console/api/operator/outbox", "messages.code", "operator"),
        ("GET /console/api/operator/outbox", "messages.text", "operator"),
        ("admin app add", "secret", "operator"),
        ("admin device add", "key", "operator"),
        ("admin operator add --mint-password", "password", "operator"),
        ("pair", "key", "operator"),
    ];

    private readonly Dictionary<string, string> _secrets = new(StringComparer.Ordinal);
    private readonly HashSet<string> _codes = new(StringComparer.Ordinal);
    private readonly List<(string Operation, string Role, string Field, string Text)> _seen = [];
    private CoolKitHouse _house = null!;
    private Requests _requests = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_leaves_only_where_the_list_says_so()
    {
        await using var house = _house = await CoolKitHouse.StartAsync(settings: s => s with { Metrics = s.Metrics with { Token = MetricsToken } });
        await FillAsync();
        await using var lamp = await house.ConnectAsync(_requests.Lamp);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "off" })).Error().ShouldBe(0);
        using var obeying = new CancellationTokenSource();
        var device = ObeyAsync(lamp, obeying.Token);
        foreach (var (role, email) in Roles)
        {
            await OperationsAsync(role, email);
            await SocketAsync(role, email);
            await ConsoleAsync(role, email);
        }

        await PublicAsync();
        lamp.Socket.Abort();
        await obeying.CancelAsync();
        await device;
        await CommandLineAsync();

        var left = _seen.Where(s => _codes.Contains(s.Text) || _secrets.Keys.Any(x => s.Text.Contains(x, StringComparison.Ordinal))).Select(s => (s.Operation, s.Field, s.Role)).Distinct().ToList();
        var allowed = Allowed.SelectMany(a => (a.Role == "self" ? [.. Roles.Keys] : (string[])[a.Role]).Select(role => (a.Operation, a.Field, role))).ToList();
        left.Select(l => $"{l}").Order().ShouldBe(allowed.Select(a => $"{a}").Order());
    }

    private async Task FillAsync()
    {
        var server = _house.Server;
        Keep("password", CoolKitHouse.Password);
        Keep("app secret", _house.AppSecret.Secret);
        Keep("metrics token", MetricsToken);
        Keep("master key", (await File.ReadAllTextAsync(Path.Combine(server.Service<IroriSettings>().Data, "master.key"), Cancel)).Trim());
        var guest = await _house.AddAccountAsync(GuestEmail);
        await server.Service<AccountRegistry>().PromoteAsync(await _house.AddAccountAsync(OperatorEmail), Cancel);
        using var app = await _house.SignedInAsync();
        _requests = await Requests.FillAsync(_house, app, Keep);
        Keep("camera's license", License);
        await _house.WriteAsync(async s =>
        {
            await s.Devices.PutCredentialAsync(_requests.Lamp.Device.No, CoolKitDialect.Name, DeviceService.ConfigCredential, server.Service<KeyRing>().Encrypt($$"""{"p2pServerName":"p2p","p2pLicense":"{{License}}"}"""));
            return true;
        });
        await server.Service<IDatabase>().WriteAsync<Done>(
            async s =>
            {
                await s.Bindings.PutAsync(new Binding { Account = guest.No, Device = _requests.Lamp.Device.No, Role = Role.Guest, Since = TimeProvider.System.GetUtcNow() });
                return new Done();
            },
            Cancel);
        await _house.AddAccountAsync(MemberEmail);
        using var member = await _house.SignedInAsync(MemberEmail);
        await _house.JoinAsync(app, member, (string)(await app.GetAsync("/v2/family"))["data"]!["currentFamilyId"]!);
    }

    // Every operation of both versions of the API, each in a session of its own, so that what ends one does not disturb the next.
    private async Task OperationsAsync(string role, string email)
    {
        var operations = _house.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(e => e.Metadata.GetMetadata<OperationInfo>()).OfType<OperationInfo>().ToList();
        operations.Count.ShouldBeGreaterThan(15);
        foreach (var operation in operations)
        {
            using var app = await _house.SignedInAsync(email);
            Keep("access token", app.Token!);
            Keep("refresh token", app.RefreshToken!);
            var answer = await app.SendAsync(await _requests.CallAsync(operation, app, email, owns: role == "owner"));
            // Fresh tokens are secrets as soon as they are made.
            var data = answer["data"] as JsonObject ?? answer;
            if (data["at"] is { } at) Keep("access token", (string)at!);
            if (data["rt"] is { } rt) Keep("refresh token", (string)rt!);
            if (data["accessToken"] is { } accessToken) Keep("access token", (string)accessToken!);
            if (data["refreshToken"] is { } refreshToken) Keep("refresh token", (string)refreshToken!);

            Take(operation.Name, role, answer);
        }
    }

    private async Task SocketAsync(string role, string email)
    {
        using var app = await _house.SignedInAsync(email);
        await using var socket = await TestSocket.OpenAsync(_house.Server.Http);
        var head = new JsonObject { ["apikey"] = app.Apikey, ["deviceid"] = _requests.Lamp.Device.Id, ["userAgent"] = "app" };
        await SendAsync("userOnline", new JsonObject { ["at"] = app.Token, ["appid"] = app.AppId });
        await SendAsync("query", new JsonObject { ["params"] = new JsonArray() });
        await SendAsync("upgrade", new JsonObject { ["params"] = new JsonObject { ["model"] = "x", ["version"] = "1.0", ["binList"] = new JsonArray() } });
        await SendAsync("update", new JsonObject { ["params"] = new JsonObject { ["switch"] = role == "owner" ? "off" : "on" } });

        async Task SendAsync(string action, JsonObject more)
        {
            var frame = head.DeepClone().AsObject();
            foreach (var (name, value) in more) frame[name] = value?.DeepClone();
            (frame["action"], frame["sequence"]) = (action, $"{action}-1");
            await socket.SendAsync(frame);
            var answered = false;
            while (!answered)
            {
                var answer = await socket.ReceiveAsync();
                answered = (string?)answer["sequence"] == $"{action}-1";
                Take($"ws {(answered ? action : (string?)answer["action"])}", role, answer);
            }
        }
    }

    private async Task ConsoleAsync(string role, string email)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = _house.Server.Http };
        http.DefaultRequestHeaders.Add(ConsoleEndpoint.Header, "1");
        var body = new JsonObject { ["login"] = email, ["password"] = CoolKitHouse.Password }.ToJsonString();
        var cookie = "";
        await CallAsync("POST", "/console/api/session", body);
        var endpoints = _house.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/console/api/", StringComparison.Ordinal)).ToList();
        endpoints.Count.ShouldBeGreaterThan(10);
        foreach (var endpoint in endpoints)
        {
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                // Signed in already, and signed out never.
                if ((method, endpoint.RoutePattern.RawText!) is (not "GET", "/console/api/session")) continue;
                await CallAsync(method, endpoint.RoutePattern.RawText!, """{"properties":{"switch":"on"}}""");
            }
        }

        async Task CallAsync(string method, string pattern, string body)
        {
            var path = pattern.Replace("{home}", _requests.Home.Id, StringComparison.Ordinal).Replace("{device}", _requests.Lamp.Device.Id, StringComparison.Ordinal).Replace("{**rest}", "unknown", StringComparison.Ordinal);
            if (pattern.EndsWith("/history", StringComparison.Ordinal)) path += "?property=switch";
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (method != "GET") request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            if (cookie.Length > 0) request.Headers.Add("Cookie", cookie);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
            var operation = $"{method} {pattern}";
            if (response.Headers.TryGetValues("Set-Cookie", out var cookies))
            {
                cookie = cookies.Single().Split(';')[0];
                Keep("console's token", Uri.UnescapeDataString(cookie.Split('=')[1]));
            }

            foreach (var (name, values) in response.Headers) _seen.Add((operation, role, name, Uri.UnescapeDataString(string.Join(' ', values))));
            if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            {
                using var feed = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
                _seen.Add((operation, role, "stream", await feed.ReadLineAsync(Cancel) + await feed.ReadLineAsync(Cancel)));
            }
            else if (await response.Content.ReadAsStringAsync(Cancel) is { Length: > 0 } text) Take(operation, role, JsonNode.Parse(text));
        }
    }

    private async Task PublicAsync()
    {
        using var http = new HttpClient { BaseAddress = _house.Server.Http };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MetricsToken);
        foreach (var path in new[] { "/health/live", "/health/ready", "/metrics", "/dispatch/app", "/dispatch/device", "/openapi/coolkit-v2.json", "/v2/nothing", "/firmware/x/y", "/nothing" })
            _seen.Add(($"GET {path}", "anybody", "", await (await http.GetAsync(path, Cancel)).Content.ReadAsStringAsync(Cancel)));
    }

    // The operator at a terminal: a secret is shown once, when it is made, and never again.
    private async Task CommandLineAsync()
    {
        string[] folder = ["--data", _house.Server.Folder];
        Keep("app secret", await AddAsync("secret", "admin app add", "--dialect", "coolkit"));
        Keep("device key", await AddAsync("key", "admin device add", "--id", "1000fffff0", "--product", _house.Product.Product.Id));
        Keep("password", await AddAsync("password", "admin operator add --mint-password", "--email", "second@example.com"));
        foreach (var shown in new[] { "admin app list", "admin account list", "admin product list", "admin firmware list", $"admin product show {_house.Product.Product.Id}", "admin device find 1000", $"admin device show {_requests.Lamp.Device.Id}" })
        {
            var run = await CliRun.RunAsync([.. shown.Split(' '), .. folder]);
            run.Code.ShouldBe(0, run.Error);
            _seen.Add((shown, "operator", "", run.Output + run.Error));
        }

        var paired = new DevicePlan("1000fffff1", Ids.DeviceKey(), DeviceKind.Switch);
        await using var pairing = await PairingMode.StartAsync(paired, new IPEndPoint(IPAddress.Loopback, 0), cancel: Cancel);
        Keep("device key", paired.Key);
        var pair = await CliRun.RunAsync("", ["pair", "--device", $"{pairing.Address}", "--server", "192.168.1.10", "--wifi", "Home", "--open-wifi", "--json"]);
        Take("pair", "operator", pair.Json);
        _seen.Add(("pair", "operator", "what it says beside", pair.Error));

        async Task<string> AddAsync(string field, string command, params string[] more)
        {
            var run = await CliRun.RunAsync([.. command.Split(' '), .. more, .. folder, "--json"]);
            run.Code.ShouldBe(0, run.Error);
            Take(command, "operator", run.Json);
            return (string)run.Json[field]!;
        }
    }

    private static async Task ObeyAsync(CoolKitDevice lamp, CancellationToken until)
    {
        try
        {
            while (!until.IsCancellationRequested) await lamp.ObeyAsync();
        }
        catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private void Keep(string what, string secret)
    {
        // A few digits stand in many numbers by chance: a code is looked for as a whole text, and in its sentence.
        if (what == Requests.Code) _codes.Add(secret);
        else
        {
            secret.Length.ShouldBeGreaterThan(8, what);
            _secrets[secret] = what;
        }
    }

    private void Take(string operation, string role, JsonNode? answer, string field = "")
    {
        switch (answer)
        {
            case JsonObject many:
                foreach (var (name, value) in many) Take(operation, role, value, field.Length > 0 ? $"{field}.{name}" : name);
                break;
            case JsonArray list:
                foreach (var value in list) Take(operation, role, value, field);
                break;
            case { } leaf:
                _seen.Add((operation, role, field, leaf.GetValueKind() == JsonValueKind.String ? leaf.GetValue<string>() : $"={leaf.ToJsonString()}"));
                break;
        }
    }
}
