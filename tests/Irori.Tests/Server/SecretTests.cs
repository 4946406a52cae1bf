using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Homes;
using Irori.Core.Installation;
using Irori.Dialects.CoolKit;
using Irori.Dialects.CoolKit.Wire;
using Irori.Server.Console;
using Irori.Server.Settings;
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
    private const string OperatorEmail = "operator@example.com";

    // The id of a home, a room and a group that are not there.
    private const string Nothing = "5f3b20f1a0b1c2d3e4f50617";

    private static readonly Dictionary<string, string> Roles = new(StringComparer.Ordinal)
    {
        ["owner"] = CoolKitHouse.OwnerEmail, ["guest"] = GuestEmail, ["stranger"] = CoolKitHouse.StrangerEmail, ["operator"] = OperatorEmail,
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
    ];

    private readonly Dictionary<string, string> _secrets = new(StringComparer.Ordinal);
    private readonly HashSet<string> _codes = new(StringComparer.Ordinal);
    private readonly List<(string Operation, string Role, string Field, string Text)> _seen = [];
    private CoolKitHouse _house = null!;
    private MadeDevice _lamp = null!;
    private MadeDevice _spare = null!;
    private string _group = "";
    private Account _friend = null!;
    private Home _home = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_leaves_only_where_the_list_says_so()
    {
        await using var house = _house = await CoolKitHouse.StartAsync(settings: s => s with { Metrics = s.Metrics with { Token = MetricsToken } });
        await FillAsync();
        await using var lamp = await house.ConnectAsync(_lamp);
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
        foreach (var role in Roles.Keys) await _house.AddAccountAsync(Phone(role));
        using var app = await _house.SignedInAsync();
        _lamp = await _house.AddAsync(app);
        Keep("device key", _lamp.Key);
        Keep("camera's license", License);
        await _house.WriteAsync(async s =>
        {
            await s.Devices.PutCredentialAsync(_lamp.Device.No, CoolKitDialect.Name, DeviceService.ConfigCredential, server.Service<KeyRing>().Encrypt($$"""{"p2pServerName":"p2p","p2pLicense":"{{License}}"}"""));
            return true;
        });
        _spare = await _house.AddAsync(app);
        Keep("device key", _spare.Key);
        _friend = await _house.AddAccountAsync("friend@example.com");
        var group = await app.PostAsync("/v2/device/group", new JsonObject { ["name"] = "Hall", ["mainDeviceId"] = _lamp.Device.Id });
        _group = (string)group["data"]!["itemData"]!["id"]!;
        var database = server.Service<IDatabase>();
        await database.WriteAsync<Done>(
            async s =>
            {
                await s.Bindings.PutAsync(new Binding { Account = guest.No, Device = _lamp.Device.No, Role = Role.Guest, Since = TimeProvider.System.GetUtcNow() });
                return new Done();
            },
            Cancel);
        var owner = await database.ReadAsync(s => s.Accounts.FindAsync(Login.Email(CoolKitHouse.OwnerEmail).Value), Cancel);
        _home = (await server.Service<HomeService>().ListAsync(owner!, Cancel)).Value.Current;
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
            var (query, body) = await RequestAsync(operation.Name, role, email, app);
            if (operation.Edition != Edition.V2)
            {
                if (body is not null) body["appid"] = app.AppId;
                else query = $"appid={app.AppId}{(query.Length > 0 ? "&" : "")}{query}";
            }

            var text = body?.ToJsonString();
            var path = operation.Path.Replace("{deviceid}", operation.Method == "DELETE" ? "1000999999" : _lamp.Device.Id, StringComparison.Ordinal);
            var signed = operation.Access == Access.Signed;
            var authorization = signed ? $"Sign {app.Sign(text ?? query)}" : $"Bearer {app.Token}";
            var answer = await app.SendAsync(new Call(new HttpMethod(operation.Method), query.Length > 0 ? $"{path}?{query}" : path)
            {
                Body = text, Authorization = authorization, AppId = app.AppId,
            });
            // Fresh tokens are secrets as soon as they are made.
            var data = answer["data"] as JsonObject ?? answer;
            if (data["at"] is { } at) Keep("access token", (string)at!);
            if (data["rt"] is { } rt) Keep("refresh token", (string)rt!);
            if (data["accessToken"] is { } accessToken) Keep("access token", (string)accessToken!);
            if (data["refreshToken"] is { } refreshToken) Keep("refresh token", (string)refreshToken!);

            Take(operation.Name, role, answer);
        }
    }

    private async Task<(string Query, JsonObject? Body)> RequestAsync(string operation, string role, string email, CoolKitApp app)
    {
        var fresh = $"fresh-{role}@example.com";
        return operation switch
        {
            "getRegion" => ("countryCode=49", null),
            "registerUser" => ("", new JsonObject { ["countryCode"] = "+49", ["email"] = fresh, ["verificationCode"] = await CodeAsync(Login.Email(fresh).Value, CodePurpose.Register), ["password"] = CoolKitHouse.Password }),
            "loginUser" => ("", new JsonObject { ["countryCode"] = "+49", ["email"] = email, ["password"] = CoolKitHouse.Password }),
            "loginWithSmsCode" => ("", new JsonObject { ["countryCode"] = "+86", ["phoneNumber"] = Phone(role), ["verificationCode"] = await CodeAsync(Login.Phone(Phone(role)).Value, CodePurpose.SignIn) }),
            "sendVerificationCode" => ("", new JsonObject { ["type"] = 3, ["email"] = $"other-{role}@example.com" }),
            "resetPassword" => ("", new JsonObject { ["email"] = email, ["verificationCode"] = await CodeAsync(Login.Email(email).Value, CodePurpose.ResetPassword), ["password"] = CoolKitHouse.Password }),
            "changePassword" => ("", new JsonObject { ["oldPassword"] = CoolKitHouse.Password, ["newPassword"] = CoolKitHouse.Password }),
            "updateUserProfile" => ("", new JsonObject { ["nickname"] = "Nick" }),
            "refreshTokens" => ("", new JsonObject { ["rt"] = app.RefreshToken }),
            "getOAuthToken" => ("", new JsonObject { ["grantType"] = "refresh_token", ["rt"] = app.RefreshToken }),
            "revokeOAuthToken" => ("", null),
            "closeAccount" => ("", new JsonObject { ["verificationCode"] = "0000" }),
            "getUserProfile" or "logoutUser" or "listFamilies" => ("", null),
            "listThings" => ("num=0", null),
            "getThings" => ("", new JsonObject { ["thingList"] = new JsonArray(new JsonObject { ["itemType"] = role == "owner" ? 1 : 2, ["id"] = _lamp.Device.Id }) }),
            "getThingStatus" => ($"type=1&id={_lamp.Device.Id}", null),
            "updateThingStatus" => ("", new JsonObject { ["type"] = 1, ["id"] = _lamp.Device.Id, ["params"] = new JsonObject { ["switch"] = "on" } }),
            "addWifiDevice" => ("", await AddBodyAsync(role)),
            "deleteDevice" => ("deviceid=1000999999", null),
            "createFamily" => ("", new JsonObject { ["name"] = "Cottage", ["sort"] = 2 }),
            "renameFamily" => ("", new JsonObject { ["name"] = "Home" }),
            "deleteFamily" => ($"id={Nothing}&deviceFamily={_home.Id}&switchFamily={_home.Id}", null),
            "switchFamily" => ("", new JsonObject { ["id"] = _home.Id }),
            "createRoom" => ("", new JsonObject { ["familyid"] = _home.Id, ["name"] = "Room", ["sort"] = 1 }),
            "renameRoom" => ("", new JsonObject { ["id"] = Nothing, ["name"] = "Room" }),
            "deleteRoom" => ($"id={Nothing}", null),
            "sortRooms" => ("", new JsonObject { ["idList"] = new JsonArray(Nothing) }),
            "sortThings" => ("", new JsonObject { ["thingList"] = new JsonArray() }),
            "setRoomThings" => ("", new JsonObject { ["roomid"] = Nothing, ["oldThingList"] = new JsonArray(), ["newThingList"] = new JsonArray() }),
            "getHomepage" => ("", new JsonObject { ["getUser"] = new JsonObject(), ["getFamily"] = new JsonObject(), ["getThing"] = new JsonObject(), ["getMessage"] = new JsonObject() }),
            "listMessages" or "listGroups" => ("", null),
            "batchUpdateThingStatus" => ("", new JsonObject { ["thingList"] = new JsonArray(new JsonObject { ["type"] = 1, ["id"] = _lamp.Device.Id, ["params"] = new JsonObject { ["switch"] = "on" } }), ["timeout"] = 8000 }),
            "addGsmDevice" => ("", await AddGsmBodyAsync(role)),
            "updateDeviceInfo" => ("", new JsonObject { ["deviceid"] = _lamp.Device.Id, ["name"] = "Lamp" }),
            "updateDeviceTags" => ("", new JsonObject { ["deviceid"] = _lamp.Device.Id, ["tags"] = new JsonObject { ["x"] = 1 } }),
            "updateDeviceSettings" => ("", new JsonObject { ["deviceidList"] = new JsonArray(_lamp.Device.Id), ["settings"] = new JsonObject { ["opsNotify"] = 1 } }),
            "createGroup" => ("", new JsonObject { ["name"] = "Other", ["mainDeviceId"] = _lamp.Device.Id }),
            "updateGroup" => ("", new JsonObject { ["id"] = _group, ["name"] = "Hall" }),
            "deleteGroup" => ($"id={Nothing}", null),
            "updateGroupStatus" => ("", new JsonObject { ["id"] = _group, ["params"] = new JsonObject { ["switch"] = "on" } }),
            "setGroupDevices" => ("", new JsonObject { ["id"] = _group, ["deviceidList"] = new JsonArray(_lamp.Device.Id, _spare.Device.Id) }),
            "shareDevices" => ("", new JsonObject { ["deviceidList"] = new JsonArray(_spare.Device.Id), ["user"] = new JsonObject { ["email"] = _friend.Email }, ["permit"] = 1 }),
            "updateSharePermission" => ("", new JsonObject { ["deviceid"] = _spare.Device.Id, ["apikey"] = _friend.Id, ["permit"] = 2 }),
            "cancelShare" => ($"deviceid={_spare.Device.Id}&apikey={_friend.Id}", null),
            "getDeviceHistory" or "clearDeviceHistory" => ($"deviceid={_lamp.Device.Id}", null),
            "queryOta" => ("", new JsonObject { ["deviceInfoList"] = new JsonArray(new JsonObject { ["deviceid"] = _lamp.Device.Id, ["model"] = "x", ["version"] = "1.0" }) }),
            "getRegionV1" => ("country_code=49", null),
            "sendVerificationCodeV1" => ("", new JsonObject { ["sendType"] = "0", ["email"] = $"other-v1-{role}@example.com" }),
            "registerUserV1" => ("", await CodedAsync($"v1-{fresh}", CodePurpose.Register)),
            "loginUserV1" => ("", new JsonObject { ["email"] = email, ["password"] = CoolKitHouse.Password }),
            "resetPasswordV1" => ("", await CodedAsync(email, CodePurpose.ResetPassword)),
            "changePasswordV1" => ("", new JsonObject { ["oldPassword"] = CoolKitHouse.Password, ["newPassword"] = CoolKitHouse.Password }),
            "refreshTokensV1" => ($"rt={app.RefreshToken}", null),
            "listDevicesV1" or "getDeviceV1" or "deleteDeviceV1" or "listGroupsV1" => ("", null),
            "getDeviceStatusV1" => ($"deviceid={_lamp.Device.Id}", null),
            "updateDeviceStatusV1" => ("", new JsonObject { ["deviceid"] = _lamp.Device.Id, ["params"] = new JsonObject { ["switch"] = "on" } }),
            "addDeviceV1" => ("", await AddV1BodyAsync(role)),
            "addGsmDeviceV1" => ("", new JsonObject { ["id"] = "none", ["name"] = "Pump" }),
            "renameDeviceV1" => ("", new JsonObject { ["name"] = "Lamp" }),
            "setChannelNamesV1" or "setChannelNamesV1AsPrinted" => ("", new JsonObject { ["deviceid"] = _lamp.Device.Id, ["key"] = "ck_channel_name", ["value"] = new JsonObject { ["0"] = "One" } }),
            "listDeviceHistoryV1" => ("", new JsonObject { ["deviceid"] = _lamp.Device.Id }),
            "createGroupV1" => ("", new JsonObject { ["name"] = "Floor", ["index"] = 0 }),
            "updateGroupV1" => ("", new JsonObject { ["id"] = "none", ["name"] = "Floor", ["index"] = 0 }),
            "deleteGroupV1" => ("id=none", null),
            "moveDeviceToGroupV1" => ("", new JsonObject { ["deviceinfos"] = new JsonObject { ["deviceid"] = _lamp.Device.Id } }),
            _ => throw new InvalidOperationException($"{operation} is new: say here how it is called, so that its answers are searched"),
        };
    }

    private async Task<JsonObject> CodedAsync(string email, CodePurpose purpose) => new()
    {
        ["email"] = email, ["verificationCode"] = await CodeAsync(Login.Email(email).Value, purpose), ["password"] = CoolKitHouse.Password,
    };

    private async Task<JsonObject> AddV1BodyAsync(string role)
    {
        var made = await _house.MakeAsync();
        Keep("device key", made.Key);
        return new JsonObject { ["deviceid"] = made.Device.Id, ["apikey"] = role == "owner" ? made.Key : "wrong", ["name"] = "Lamp" };
    }

    private async Task<JsonObject> AddGsmBodyAsync(string role)
    {
        var code = $"code-of-{role}";
        var wanted = new NewDevice(_house.NewDeviceId(), _house.Product.Product.Id, null, new FactoryData()) { Names = [new DeviceName(CoolKitDialect.Name, CoolKitDialect.GsmName, "", code)] };
        Keep("device key", (await _house.Server.Service<DeviceService>().MakeAsync(wanted, Cancel)).Value.Key);
        return new JsonObject { ["id"] = role == "owner" ? code : "wrong", ["name"] = "Pump" };
    }

    // The owner adds a fresh device; others show that they know nothing of it.
    private async Task<JsonObject> AddBodyAsync(string role)
    {
        var made = await _house.MakeAsync();
        Keep("device key", made.Key);
        return CoolKitHouse.AddBody(role == "owner" ? made : made with { Key = "wrong" });
    }

    private async Task<string> CodeAsync(Login login, CodePurpose purpose)
    {
        (await _house.Server.Service<AccountService>().SendCodeAsync(login, purpose, Cancel)).IsOk.ShouldBeTrue();
        var code = _house.Server.Outbox.Newest(1)[0].Code;
        // A few digits stand in many numbers by chance: a code is looked for as a whole text, and in its sentence.
        _codes.Add(code);
        Keep("code", _house.Server.Outbox.Newest(1)[0].Text);
        return code;
    }

    private async Task SocketAsync(string role, string email)
    {
        using var app = await _house.SignedInAsync(email);
        await using var socket = await TestSocket.OpenAsync(_house.Server.Http);
        var head = new JsonObject { ["apikey"] = app.Apikey, ["deviceid"] = _lamp.Device.Id, ["userAgent"] = "app" };
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
            var path = pattern.Replace("{home}", _home.Id, StringComparison.Ordinal).Replace("{device}", _lamp.Device.Id, StringComparison.Ordinal).Replace("{**rest}", "unknown", StringComparison.Ordinal);
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
        foreach (var shown in new[] { "admin app list", "admin account list", "admin product list", "admin firmware list", $"admin product show {_house.Product.Product.Id}", "admin device find 1000", $"admin device show {_lamp.Device.Id}" })
        {
            var run = await CliRun.RunAsync([.. shown.Split(' '), .. folder]);
            run.Code.ShouldBe(0, run.Error);
            _seen.Add((shown, "operator", "", run.Output + run.Error));
        }

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

    // Sign-in by a code is for mainland China, and a code is sent once a minute.
    private static string Phone(string role) => $"+861380000000{Roles.Keys.ToList().IndexOf(role)}";

    private void Keep(string what, string secret)
    {
        secret.Length.ShouldBeGreaterThan(8, what);
        _secrets[secret] = what;
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
