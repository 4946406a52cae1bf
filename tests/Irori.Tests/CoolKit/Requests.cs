using System.Text.Json.Nodes;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Core.Homes;
using Irori.Dialects.CoolKit;
using Irori.Dialects.CoolKit.Wire;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>A right request for every operation of both versions, over one small scene: an owner with two devices, a group and a home.</summary>
internal sealed class Requests
{
    /// <summary>What is kept under this name is the digits of a verification code.</summary>
    public const string Code = "digits of a code";

    // The id of a home, a room and a group that are not there, and of a device.
    private const string Nothing = "5f3b20f1a0b1c2d3e4f50617";
    private const string NoDevice = "1000999999";

    private static int _phones;

    private readonly CoolKitHouse _house;
    private readonly Action<string, string> _keep;
    private readonly List<string> _rooms = [];
    private Home? _cottage;
    private string? _folder;
    private string _group = "";
    private MadeDevice _spare = null!;
    private Account _friend = null!;

    private Requests(CoolKitHouse house, Action<string, string> keep) => (_house, _keep) = (house, keep);

    public MadeDevice Lamp { get; private set; } = null!;

    public Home Home { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Makes the scene.</summary>
    /// <param name="house">Where.</param>
    /// <param name="owner">The owner, signed in.</param>
    /// <param name="keep">Is told of every secret, with what it is.</param>
    /// <param name="ends">True: what is deleted, changed or closed is really there. False: requests leave the scene as it is.</param>
    public static async Task<Requests> FillAsync(CoolKitHouse house, CoolKitApp owner, Action<string, string> keep, bool ends = false)
    {
        var requests = new Requests(house, keep) { Lamp = await house.AddAsync(owner), _spare = await house.AddAsync(owner, "Spare") };
        foreach (var made in new[] { requests.Lamp, requests._spare }) keep("device key", made.Key);
        requests._friend = await house.AddAccountAsync(house.NewEmail());
        var group = await owner.PostAsync("/v2/device/group", new JsonObject { ["name"] = "Hall", ["mainDeviceId"] = requests.Lamp.Device.Id });
        requests._group = (string)group["data"]!["itemData"]!["id"]!;
        var account = await house.AccountAsync(owner);
        requests.Home = (await house.Server.Service<HomeService>().ListAsync(account, Cancel)).Value.Current;
        if (!ends) return requests;
        requests._cottage = await house.AddHomeAsync(owner, "Cottage", "Attic");
        foreach (var name in new[] { "Kitchen", "Bath" })
            requests._rooms.Add((string)(await owner.PostAsync("/v2/family/room", new JsonObject { ["familyid"] = requests.Home.Id, ["name"] = name, ["sort"] = 2 }))["data"]!["id"]!);
        requests._folder = (string)(await owner.SendAsync(new Call(HttpMethod.Post, "/api/group") { Body = """{"name":"Floor","index":0}""", Authorization = $"Bearer {owner.Token}" }))["groupid"]!;
        (await owner.PostAsync("/v2/device/share", requests.Share(requests._spare))).Error().ShouldBe(0);
        return requests;
    }

    /// <summary>The call of an operation.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="app">Who calls, signed in.</param>
    /// <param name="email">His address.</param>
    /// <param name="owns">He owns what he adds; else he only claims it.</param>
    public async Task<Call> CallAsync(OperationInfo operation, CoolKitApp app, string email, bool owns)
    {
        var (query, body) = await RequestAsync(operation.Name, app, email, owns);
        if (operation.Edition != Edition.V2)
        {
            if (body is not null) body["appid"] = app.AppId;
            else query = $"appid={app.AppId}{(query.Length > 0 ? "&" : "")}{query}";
        }

        var text = body?.ToJsonString();
        var gone = operation.Method == "DELETE" && _cottage is null;
        var path = operation.Path.Replace("{deviceid}", gone ? NoDevice : Lamp.Device.Id, StringComparison.Ordinal);
        var authorization = operation.Access == Access.Signed ? $"Sign {app.Sign(text ?? query)}" : $"Bearer {app.Token}";
        return new Call(new HttpMethod(operation.Method), query.Length > 0 ? $"{path}?{query}" : path) { Body = text, Authorization = authorization, AppId = app.AppId };
    }

    private async Task<(string Query, JsonObject? Body)> RequestAsync(string operation, CoolKitApp app, string email, bool owns)
    {
        var fresh = _house.NewEmail();
        var ends = _cottage is not null;
        return operation switch
        {
            "getRegion" => ("countryCode=49", null),
            "registerUser" => ("", new JsonObject { ["countryCode"] = "+49", ["email"] = fresh, ["verificationCode"] = await CodeAsync(Login.Email(fresh).Value, CodePurpose.Register), ["password"] = CoolKitHouse.Password }),
            "loginUser" => ("", new JsonObject { ["countryCode"] = "+49", ["email"] = email, ["password"] = CoolKitHouse.Password }),
            "loginWithSmsCode" => ("", await SmsLoginAsync()),
            "sendVerificationCode" => ("", new JsonObject { ["type"] = 3, ["email"] = ends ? email : fresh }),
            "resetPassword" => ("", await CodedAsync(email, CodePurpose.ResetPassword)),
            "changePassword" or "changePasswordV1" => ("", new JsonObject { ["oldPassword"] = CoolKitHouse.Password, ["newPassword"] = CoolKitHouse.Password }),
            "updateUserProfile" => ("", new JsonObject { ["nickname"] = "Nick" }),
            "refreshTokens" => ("", new JsonObject { ["rt"] = app.RefreshToken }),
            "getOAuthToken" => ("", new JsonObject { ["grantType"] = "refresh_token", ["rt"] = app.RefreshToken }),
            "closeAccount" => ("", new JsonObject { ["verificationCode"] = ends ? await CodeAsync(Login.Email(email).Value, CodePurpose.CloseAccount) : "0000" }),
            "getUserProfile" or "logoutUser" or "revokeOAuthToken" or "listFamilies" or "listMessages" or "listGroups" => ("", null),
            "listThings" => ("num=0", null),
            "getThings" => ("", new JsonObject { ["thingList"] = new JsonArray(Thing(owns ? 1 : 2, Lamp.Device.Id)) }),
            "getThingStatus" => ($"type=1&id={Lamp.Device.Id}", null),
            "updateThingStatus" => ("", new JsonObject { ["type"] = 1, ["id"] = Lamp.Device.Id, ["params"] = On() }),
            "addWifiDevice" => ("", await AddBodyAsync(owns)),
            "deleteDevice" => ($"deviceid={(ends ? _spare.Device.Id : NoDevice)}", null),
            "createFamily" => ("", new JsonObject { ["name"] = "Boat", ["sort"] = 2 }),
            "renameFamily" => ("", new JsonObject { ["name"] = ends ? "Villa" : "Home" }),
            "deleteFamily" => ($"id={_cottage?.Id ?? Nothing}&deviceFamily={Home.Id}&switchFamily={Home.Id}", null),
            "switchFamily" => ("", new JsonObject { ["id"] = _cottage?.Id ?? Home.Id }),
            "createRoom" => ("", new JsonObject { ["familyid"] = Home.Id, ["name"] = "Room", ["sort"] = 1 }),
            "renameRoom" => ("", new JsonObject { ["id"] = RoomOrNone, ["name"] = "Room" }),
            "deleteRoom" => ($"id={RoomOrNone}", null),
            "sortRooms" => ("", new JsonObject { ["idList"] = new JsonArray([.. (ends ? _rooms.AsEnumerable().Reverse() : [Nothing]).Select(r => (JsonNode)r)]) }),
            "sortThings" => ("", new JsonObject { ["thingList"] = ends ? new JsonArray(Thing(1, Lamp.Device.Id), Thing(3, _group), Thing(1, _spare.Device.Id)) : [] }),
            "setRoomThings" => ("", new JsonObject { ["roomid"] = RoomOrNone, ["oldThingList"] = new JsonArray(), ["newThingList"] = ends ? new JsonArray(Thing(1, Lamp.Device.Id)) : [] }),
            "getHomepage" => ("", new JsonObject { ["getUser"] = new JsonObject(), ["getFamily"] = new JsonObject(), ["getThing"] = new JsonObject(), ["getMessage"] = new JsonObject() }),
            "batchUpdateThingStatus" => ("", new JsonObject { ["thingList"] = new JsonArray(new JsonObject { ["type"] = 1, ["id"] = Lamp.Device.Id, ["params"] = On() }), ["timeout"] = 8000 }),
            "addGsmDevice" or "addGsmDeviceV1" => ("", await AddGsmBodyAsync(owns)),
            "updateDeviceInfo" => ("", new JsonObject { ["deviceid"] = Lamp.Device.Id, ["name"] = ends ? "Sun" : "Lamp" }),
            "updateDeviceTags" => ("", new JsonObject { ["deviceid"] = Lamp.Device.Id, ["tags"] = new JsonObject { ["x"] = 1 } }),
            "updateDeviceSettings" => ("", new JsonObject { ["deviceidList"] = new JsonArray(Lamp.Device.Id), ["settings"] = new JsonObject { ["opsNotify"] = 1 } }),
            "createGroup" => ("", new JsonObject { ["name"] = "Other", ["mainDeviceId"] = Lamp.Device.Id }),
            "updateGroup" => ("", new JsonObject { ["id"] = _group, ["name"] = ends ? "Stairs" : "Hall" }),
            "deleteGroup" => ($"id={(ends ? _group : Nothing)}", null),
            "updateGroupStatus" => ("", new JsonObject { ["id"] = _group, ["params"] = On() }),
            "setGroupDevices" => ("", new JsonObject { ["id"] = _group, ["deviceidList"] = new JsonArray(Lamp.Device.Id, _spare.Device.Id) }),
            "shareDevices" => ("", Share(ends ? Lamp : _spare)),
            "updateSharePermission" => ("", new JsonObject { ["deviceid"] = _spare.Device.Id, ["apikey"] = _friend.Id, ["permit"] = 2 }),
            "cancelShare" => ($"deviceid={_spare.Device.Id}&apikey={_friend.Id}", null),
            "getDeviceHistory" or "clearDeviceHistory" => ($"deviceid={Lamp.Device.Id}", null),
            "queryOta" => ("", new JsonObject { ["deviceInfoList"] = new JsonArray(new JsonObject { ["deviceid"] = Lamp.Device.Id, ["model"] = "x", ["version"] = "1.0" }) }),
            "getRegionV1" => ("country_code=49", null),
            "sendVerificationCodeV1" => ("", new JsonObject { ["sendType"] = "0", ["email"] = fresh }),
            "registerUserV1" => ("", await CodedAsync(fresh, CodePurpose.Register)),
            "loginUserV1" => ("", new JsonObject { ["email"] = email, ["password"] = CoolKitHouse.Password }),
            "resetPasswordV1" => ("", await CodedAsync(email, CodePurpose.ResetPassword)),
            "refreshTokensV1" => ($"rt={app.RefreshToken}", null),
            "listDevicesV1" or "getDeviceV1" or "deleteDeviceV1" or "listGroupsV1" => ("", null),
            "getDeviceStatusV1" => ($"deviceid={Lamp.Device.Id}", null),
            "updateDeviceStatusV1" => ("", new JsonObject { ["deviceid"] = Lamp.Device.Id, ["params"] = On() }),
            "addDeviceV1" => ("", await AddV1BodyAsync(owns)),
            "renameDeviceV1" => ("", new JsonObject { ["name"] = ends ? "Sun" : "Lamp" }),
            "setChannelNamesV1" or "setChannelNamesV1AsPrinted" => ("", new JsonObject { ["deviceid"] = Lamp.Device.Id, ["key"] = "ck_channel_name", ["value"] = new JsonObject { ["0"] = "One" } }),
            "listDeviceHistoryV1" => ("", new JsonObject { ["deviceid"] = Lamp.Device.Id }),
            "createGroupV1" => ("", new JsonObject { ["name"] = "Floor", ["index"] = 0 }),
            "updateGroupV1" => ("", new JsonObject { ["id"] = _folder ?? "none", ["name"] = "Cellar", ["index"] = 0 }),
            "deleteGroupV1" => ($"id={_folder ?? "none"}", null),
            "moveDeviceToGroupV1" => ("", new JsonObject { ["deviceinfos"] = new JsonObject { ["deviceid"] = Lamp.Device.Id, ["target_id"] = _folder } }),
            _ => throw new InvalidOperationException($"{operation} is new: say here how it is called, so that what holds for every operation is tested of it too"),
        };
    }

    private string RoomOrNone => _rooms.Count > 0 ? _rooms[0] : Nothing;

    private static JsonObject On() => new() { ["switch"] = "on" };

    private static JsonObject Thing(int type, string id) => new() { ["itemType"] = type, ["id"] = id };

    private JsonObject Share(MadeDevice made) => new() { ["deviceidList"] = new JsonArray(made.Device.Id), ["user"] = new JsonObject { ["email"] = _friend.Email }, ["permit"] = 1 };

    private async Task<JsonObject> CodedAsync(string email, CodePurpose purpose) => new()
    {
        ["email"] = email, ["verificationCode"] = await CodeAsync(Login.Email(email).Value, purpose), ["password"] = CoolKitHouse.Password,
    };

    // Sign-in by a code is for mainland China.
    private async Task<JsonObject> SmsLoginAsync()
    {
        var phone = $"+861380{Interlocked.Increment(ref _phones):D7}";
        await _house.AddAccountAsync(phone);
        return new JsonObject { ["countryCode"] = "+86", ["phoneNumber"] = phone, ["verificationCode"] = await CodeAsync(Login.Phone(phone).Value, CodePurpose.SignIn) };
    }

    private async Task<JsonObject> AddV1BodyAsync(bool owns)
    {
        var made = await MakeAsync();
        return new JsonObject { ["deviceid"] = made.Device.Id, ["apikey"] = owns ? made.Key : "wrong", ["name"] = "Lamp" };
    }

    private async Task<JsonObject> AddGsmBodyAsync(bool owns)
    {
        var id = _house.NewDeviceId();
        var wanted = new NewDevice(id, _house.Product.Product.Id, null, new FactoryData()) { Names = [new DeviceName(CoolKitDialect.Name, CoolKitDialect.GsmName, "", $"code-of-{id}")] };
        _keep("device key", (await _house.Server.Service<DeviceService>().MakeAsync(wanted, Cancel)).Value.Key);
        return new JsonObject { ["id"] = owns ? $"code-of-{id}" : "wrong", ["name"] = "Pump" };
    }

    private async Task<JsonObject> AddBodyAsync(bool owns)
    {
        var made = await MakeAsync();
        return CoolKitHouse.AddBody(owns ? made : made with { Key = "wrong" });
    }

    private async Task<MadeDevice> MakeAsync()
    {
        var made = await _house.MakeAsync();
        _keep("device key", made.Key);
        return made;
    }

    private async Task<string> CodeAsync(Login login, CodePurpose purpose)
    {
        (await _house.Server.Service<AccountService>().SendCodeAsync(login, purpose, Cancel)).IsOk.ShouldBeTrue();
        var sent = _house.Server.Outbox.Newest(1)[0];
        _keep(Code, sent.Code);
        _keep("code", sent.Text);
        return sent.Code;
    }
}
