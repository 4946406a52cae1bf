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
using Irori.Core.Links;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Dialects.CoolKit;
using Irori.Dialects.CoolKit.Wire;
using Irori.Server.Console;
using Irori.Server.Settings;
using Irori.Simulator;
using Irori.Tests.Cli;
using Irori.Tests.Core;
using Irori.Tests.CoolKit;
using Irori.Tests.Gizwits;
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

    // The id of a group and a message that are not there.
    private const string Nothing = "5f3b20f1a0b1c2d3e4f50617";

    private const string HeaterKey = "aaaabbbbccccddddeeeeffff00001111";
    private const string HeaterSecret = "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5";

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
        ("createUser", "token", "self"), ("loginUserGizwits", "token", "self"), ("loginSmartHome", "data.userToken", "self"), ("requestAppToken", "token", "self"),
        ("bindDeviceByMac", "passcode", "owner"), ("bindDeviceByQrCode", "passcode", "owner"),
        ("listBindings", "devices.passcode", "owner"), ("getGizwitsDevice", "passcode", "owner"),
        ("ws s2c_online_status", "data.passcode", "owner"),
        ("POST /console/api/session", "Set-Cookie", "self"),
        ("GET /console/api/operator/outbox", "messages.code", "operator"),
        ("GET /console/api/operator/outbox", "messages.text", "operator"),
        ("admin app add", "secret", "operator"),
        ("admin device add", "key", "operator"),
        ("admin product add", "secret", "operator"),
        ("admin operator add --mint-password", "password", "operator"),
        ("pair", "key", "operator"),
    ];

    private readonly Dictionary<string, string> _secrets = new(StringComparer.Ordinal);
    private readonly HashSet<string> _codes = new(StringComparer.Ordinal);
    private readonly List<(string Operation, string Role, string Field, string Text)> _seen = [];
    private CoolKitHouse _house = null!;
    private Requests _requests = null!;
    private AppSecret _gizwits = null!;
    private MadeDevice _heater = null!;
    private MadeDevice _boiler = null!;

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
            await GizwitsAsync(role, email);
            await SocketAsync(role, email);
            await GizwitsSocketAsync(role, email);
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
        await FillGizwitsAsync(server);
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

    // Another vendor's app, with devices of its own that nobody has yet.
    private async Task FillGizwitsAsync(TestServer server)
    {
        _gizwits = (await server.Service<AppService>().AddAsync(new NewApp("gizwits"), Cancel)).Value;
        Keep("app secret", _gizwits.Secret);
        Keep("product secret", HeaterSecret);
        var product = (await server.Service<ProductService>().AddAsync(
            new NewProduct("gizwits", "Heater", "H", "heater", "Warm", [new("gizwits", "product_key", HeaterKey)], ThingModel.Empty) { Secret = HeaterSecret }, Cancel)).Value;
        _heater = await MakeAsync("heater-1");
        _boiler = await MakeAsync("boiler-1");

        async Task<MadeDevice> MakeAsync(string id)
        {
            var made = (await server.Service<DeviceService>().MakeAsync(new NewDevice(id, product.Product.Id, null, new FactoryData()), Cancel)).Value;
            Keep("passcode", made.Key);
            return made;
        }
    }

    // Every operation of Gizwits, each in a session of its own. The owner is the first, and gets the devices.
    private async Task GizwitsAsync(string role, string email)
    {
        var operations = _house.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(e => e.Metadata.GetMetadata<Irori.Dialects.Gizwits.Wire.OperationInfo>()).OfType<Irori.Dialects.Gizwits.Wire.OperationInfo>()
            .OrderBy(o => o.Name is "bindDeviceByMac" or "bindDeviceByQrCode" ? 0 : 1).ToList();
        operations.Count.ShouldBeGreaterThan(30);
        using var keeper = new GizwitsApp(_house.Server.Http, _gizwits.App.Id, _gizwits.Secret);
        var appToken = await keeper.AppTokenAsync();
        Keep("app token", appToken);
        foreach (var operation in operations)
        {
            using var app = new GizwitsApp(_house.Server.Http, _gizwits.App.Id, _gizwits.Secret);
            (await app.LoginAsync(email, CoolKitHouse.Password)).Code.ShouldBe(0);
            Keep("user token", app.Token!);
            var stamp = $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}";
            var (query, body) = GizwitsRequest(operation.Name, role, email);
            var path = operation.Path.Replace("{did}", operation.Method == "DELETE" ? "nothing" : _heater.Device.Id, StringComparison.Ordinal).Replace("{id}", operation.Path.StartsWith("/app/sharing", StringComparison.Ordinal) ? "1" : Nothing, StringComparison.Ordinal).Replace("{code}", "nothing", StringComparison.Ordinal).Replace("{rule_id}", "1", StringComparison.Ordinal);
            var answer = await app.SendAsync(
                new HttpMethod(operation.Method), query.Length > 0 ? $"{path}?{query}" : path, body,
                ("X-Gizwits-Application-Token", appToken), ("X-Gizwits-Application-Auth", GizwitsApp.Md5(_gizwits.App.Id + _gizwits.Secret)),
                ("X-Gizwits-Timestamp", stamp), ("X-Gizwits-Signature", GizwitsApp.Md5((role == "owner" ? HeaterSecret : "wrong") + stamp)));
            foreach (var token in new[] { answer.Body is JsonObject ? answer["token"] : null, answer.Body is JsonObject && answer["data"] is JsonObject data ? data["userToken"] : null }.OfType<JsonNode>()) Keep("user token", (string)token!);
            Take(operation.Name, role, answer.Body);
        }
    }

    private (string Query, JsonObject? Body) GizwitsRequest(string operation, string role, string email) => operation switch
    {
        "getStatus" or "listErrors" or "getUser" or "getCaptcha" or "requestAppToken" => ("", null),
        "createUser" => ("", new JsonObject { ["phone_id"] = $"phone of {role}" }),
        "updateUser" => ("", new JsonObject { ["remark"] = "x" }),
        "loginUserGizwits" => ("", new JsonObject { ["username"] = email, ["password"] = CoolKitHouse.Password }),
        "loginSmartHome" => ("", new JsonObject { ["data"] = new JsonObject { ["account"] = email, ["password"] = CoolKitHouse.Password } }),
        "resetPasswordGizwits" => ("", new JsonObject { ["phone"] = "13700000000", ["new_pwd"] = CoolKitHouse.Password, ["code"] = "0000" }),
        "sendOrCheckSmsCode" => ("", new JsonObject { ["phone"] = "13700000000", ["code"] = "0000" }),
        "verifyCaptchaAndSendSms" => ("", new JsonObject { ["phone"] = "13700000000", ["captcha_id"] = "x", ["captcha_code"] = "x" }),
        "verifySmsCode" => ("", new JsonObject { ["phone"] = "13700000000", ["sms_code"] = "0000" }),
        "bindDeviceByMac" => ("", new JsonObject { ["product_key"] = HeaterKey, ["mac"] = _heater.Device.Id }),
        "bindDeviceByQrCode" => ("", new JsonObject { ["qr_content"] = _house.Server.Service<BindCodes>().Make(_boiler.Device.Id) }),
        "listBindings" or "getLatestData" or "getGizwitsDevice" or "listGuests" or "listGizwitsGroups" or "deleteGizwitsGroup" or "listGroupDevices" => ("", null),
        "unbindDevices" => ("", new JsonObject { ["devices"] = new JsonArray(new JsonObject { ["did"] = "nothing" }) }),
        "updateBinding" => ("", new JsonObject { ["remark"] = "x" }),
        "unbindGuest" => ("uid=x", null),
        "getDatapointDefinition" => ($"product_key={HeaterKey}", null),
        "getRawData" => ($"type=cmd&start_time={TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 60}&end_time={TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}", null),
        "controlDevice" or "controlGroup" => ("", new JsonObject { ["attrs"] = new JsonObject { ["power"] = true } }),
        "createGizwitsGroup" => ("", new JsonObject { ["group_name"] = "Bath", ["product_key"] = HeaterKey }),
        "renameGroup" => ("", new JsonObject { ["group_name"] = "Bath" }),
        "addGroupDevices" or "removeGroupDevices" => ("", new JsonObject { ["dids"] = new JsonArray(_heater.Device.Id) }),
        "createSharing" => ("", new JsonObject { ["type"] = 0, ["did"] = _boiler.Device.Id, ["uid"] = "nobody" }),
        "listSharing" => ("sharing_type=0", null),
        "cancelSharing" or "getSharingCode" or "acceptSharingCode" => ("", null),
        "answerSharing" => ("status=1", null),
        "setSharingAlias" => ("user_alias=x", null),
        "transferOwner" => ("uid=nobody", null),
        "listGizwitsMessages" => ("type=1", null),
        "markMessage" => ("status=1", null),
        "listRuleVariables" or "listRules" or "deleteRule" or "listScenes" or "deleteScene" or "getSceneStatus" or "runScene" or "listDeviceSchedules" or "deleteDeviceSchedule" or "listSchedules" or "deleteSchedule"
            or "listLegacySchedules" or "deleteLegacySchedule" or "getLegacyScheduleLogs" => ("", null),
        "createRule" or "updateRule" => ("", new JsonObject
        {
            ["name"] = "x", ["product_key"] = HeaterKey, ["did"] = _heater.Device.Id, ["output"] = new JsonArray(new JsonArray(new JsonObject { ["type"] = "delay", ["delay"] = 1 })),
        }),
        "createScene" or "updateScene" => ("", new JsonObject { ["scene_name"] = "x", ["tasks"] = new JsonArray(new JsonObject { ["task_type"] = "delay", ["time"] = 1 }) }),
        "createDeviceSchedule" or "updateDeviceSchedule" or "createSchedule" or "updateSchedule" => ("", new JsonObject
        {
            ["scene_id"] = Nothing, ["attrs"] = new JsonObject { ["power"] = true }, ["date"] = "2099-01-01", ["time"] = "12:00", ["repeat"] = "none",
        }),
        "createLegacySchedule" => ("", new JsonObject
        {
            ["date"] = "2099-01-01", ["time"] = "12:00", ["repeat"] = "none",
            ["task"] = new JsonArray(new JsonObject { ["did"] = _heater.Device.Id, ["product_key"] = HeaterKey, ["attrs"] = new JsonObject { ["power"] = true } }),
        }),
        "getAggregatedData" or "getAggregatedDataByPut" => ("start_ts=0&attrs=power&aggregator=sum&unit=months", null),
        _ => throw new InvalidOperationException($"{operation} is new: say here how it is called, so that its answers are searched"),
    };

    // Every operation of both versions of the API, each in a session of its own, so that what ends one does not disturb the next.
    private async Task OperationsAsync(string role, string email)
    {
        var operations = _house.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(e => e.Metadata.GetMetadata<Irori.Dialects.CoolKit.Wire.OperationInfo>()).OfType<Irori.Dialects.CoolKit.Wire.OperationInfo>().ToList();
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

    private async Task GizwitsSocketAsync(string role, string email)
    {
        using var app = new GizwitsApp(_house.Server.Http, _gizwits.App.Id, _gizwits.Secret);
        (await app.LoginAsync(email, CoolKitHouse.Password)).Code.ShouldBe(0);
        Keep("user token", app.Token!);
        await using var socket = await GizwitsSocket.OpenAsync(_house.Server.Http);
        JsonObject[] asked =
        [
            GizwitsSocket.Login(app), GizwitsSocket.Subscribe(_heater.Device.Id), GizwitsSocket.Read(_heater.Device.Id), GizwitsSocket.Write(_heater.Device.Id, """{"power":true}"""), GizwitsSocket.Say(_heater.Device.Id, 0),
            new() { ["cmd"] = "c2s_ack", ["res_sn"] = 1, ["did"] = _heater.Device.Id },
        ];
        foreach (var frame in asked) await socket.SendAsync(frame);
        // Who has it hears that it comes.
        if (role == "owner")
        {
            var identity = new LinkIdentity(_heater.Device.No, _heater.Device.Id, _heater.Device.Product, null, KeepsFrames: false);
            (await _house.Server.Service<LinkService>().OpenAsync(identity, new FakeChannel(), Cancel)).IsOk.ShouldBeTrue();
            while (await socket.ReceiveAsync() is { } heard)
            {
                Take($"ws {heard["cmd"]}", role, heard);
                if ((string)heard["cmd"]! == "s2c_online_status") break;
            }
        }

        foreach (var heard in await socket.UntilPongingAsync()) Take($"ws {heard["cmd"]}", role, heard);
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
        foreach (var path in new[] { "/health/live", "/health/ready", "/metrics", "/dispatch/app", "/dispatch/device", "/openapi/coolkit-v2.json", "/openapi/gizwits.json", "/app/nothing", "/gizwits/reset-password", "/v2/nothing", "/firmware/x/y", "/nothing" })
            _seen.Add(($"GET {path}", "anybody", "", await (await http.GetAsync(path, Cancel)).Content.ReadAsStringAsync(Cancel)));
    }

    // The operator at a terminal: a secret is shown once, when it is made, and never again.
    private async Task CommandLineAsync()
    {
        string[] folder = ["--data", _house.Server.Folder];
        Keep("app secret", await AddAsync("secret", "admin app add", "--dialect", "coolkit"));
        var file = Path.Combine(_house.Server.Folder, "product.json");
        await File.WriteAllTextAsync(file, """{"dialect":"gizwits","name":"Pump","model":"P","category":"pump","brand":"Wet","things":{"properties":[]}}""", Cancel);
        Keep("product secret", await AddAsync("secret", "admin product add", file));
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
