using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Irori.Core.Installation;
using Irori.Server.Hosting;
using Irori.Server.Files;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Adding, taking over, adopting and removing devices (CoolKit v2, add and delete).</summary>
public abstract class AddContract(HouseFixture fixture)
{
    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task A_device_is_added_before_or_behind_the_others()
    {
        using var app = await House.PersonAsync();
        var middle = await AddedAsync(app, await House.MakeAsync());
        var front = await AddedAsync(app, await House.MakeAsync());
        var first = await AddedAsync(app, await House.MakeAsync(), ("sort", 1));
        var last = await AddedAsync(app, await House.MakeAsync(), ("sort", 2));
        var indexes = new[] { first, front, middle, last }.Select(t => (long)t["index"]!).ToList();
        indexes.ShouldBe(indexes.Order().Distinct());
        ((int)middle["itemType"]!).ShouldBe(1);
        ((string)middle["itemData"]!["name"]!).ShouldBe("Lamp");
        var listed = (await app.GetAsync("/v2/device/thing"))["data"]!["thingList"]!.AsArray();
        listed.Select(t => t!.ToJsonString()).ShouldBe(new[] { first, front, middle, last }.Select(t => t.ToJsonString()));
    }

    [Fact]
    public async Task A_device_is_added_with_settings_into_a_room()
    {
        using var app = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var home = await House.AddHomeAsync(app, "Cottage", "Kitchen");
        var other = await House.AddHomeAsync(app, "Office", "Lobby");
        var foreign = await House.AddHomeAsync(stranger, "Palace", "Hall");
        var made = await House.MakeAsync();
        (string Field, JsonNode Value)[][] refused =
        [
            [("familyid", foreign.Id)],
            [("familyid", "5f3b20f1a0b1c2d3e4f50617")],
            [("familyid", home.Id), ("roomid", other.Rooms[0].Id)],
            [("familyid", home.Id), ("roomid", foreign.Rooms[0].Id)],
        ];
        foreach (var place in refused) (await AddAsync(app, made, place)).Error().ShouldBe(405);
        var thing = await AddedAsync(
            app, made, ("familyid", home.Id), ("roomid", home.Rooms[0].Id), ("settings", new JsonObject { ["opsNotify"] = 1, ["opsHistory"] = 0 }), ("ifrCode", "x"));
        thing["itemData"]!["settings"]!.ToJsonString().ShouldBe("""{"opsNotify":1,"opsHistory":0,"alarmNotify":1}""");
        ((string)thing["itemData"]!["family"]!["familyid"]!).ShouldBe(home.Id);
        ((string)thing["itemData"]!["family"]!["roomid"]!).ShouldBe(home.Rooms[0].Id);
    }

    [Fact]
    public async Task What_is_out_of_range_is_a_bad_parameter()
    {
        using var app = await House.PersonAsync();
        var made = await House.MakeAsync();
        (string Field, JsonNode Value)[] wrong =
        [
            ("name", ""), ("name", new string('x', 129)), ("sort", 0), ("sort", 3), ("settings", new JsonObject { ["opsNotify"] = 2 }),
            ("settings", new JsonObject { ["alarmNotify"] = -1 }),
        ];
        foreach (var field in wrong) (await AddAsync(app, made, field)).Error().ShouldBe(400, $"{field}");
        ((int)(await app.GetAsync("/v2/device/thing"))["data"]!["total"]!).ShouldBe(0);
        (await AddAsync(app, made, ("familyid", ""), ("roomid", ""))).Error().ShouldBe(0);
    }

    [Fact]
    public async Task Every_failing_proof_has_its_code()
    {
        using var app = await House.PersonAsync();
        var made = await House.MakeAsync(chipId: "00E0604B");
        var digest = CoolKitApp.Digest(made.Device.Id, made.Key);
        foreach (var wrong in new[] { "", "x", digest[1..], digest + "0", digest.ToUpperInvariant(), CoolKitApp.Digest(made.Device.Id, ""), made.Key })
            (await AddAsync(app, made, ("digest", wrong))).Error().ShouldBe(30015);
        (await AddAsync(app, made, ("chipid", "00E0604C"))).Error().ShouldBe(30014);
        (await AddAsync(app, made, ("chipid", ""))).Error().ShouldBe(30014);
        foreach (var malformed in new[] { "", "x", "100000000", "10000000001", "100000000g", "1000 00001", new string('1', 1000) })
            (await AddAsync(app, made, ("deviceid", malformed))).Error().ShouldBe(30010, malformed);
        (await AddAsync(app, made, ("deviceid", "10ffffffff"))).Error().ShouldBe(30011);
        ((int)(await app.GetAsync("/v2/device/thing"))["data"]!["total"]!).ShouldBe(0);
        (await AddAsync(app, made, ("chipid", "00e0604b"))).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_chip_that_the_factory_did_not_record_is_not_asked_for()
    {
        using var app = await House.PersonAsync();
        var made = await House.MakeAsync();
        var body = CoolKitHouse.AddBody(made);
        body.Remove("chipid");
        (await app.PostAsync("/v2/device/add", body)).Error().ShouldBe(0);
    }

    [Fact]
    public async Task An_app_adds_only_brands_that_it_was_granted()
    {
        var secret = await House.AddAppAsync(allProducts: false);
        using var app = await House.PersonAsync(secret);
        using var everything = await House.SignInAsync(app.Email);
        var made = await House.MakeAsync();
        var answer = await AddAsync(app, made);
        answer.Error().ShouldBe(30017);
        ((string)answer["msg"]!).ShouldBe("this app does not support of adding this brand and its device");
        ((int)(await everything.GetAsync("/v2/device/thing"))["data"]!["total"]!).ShouldBe(0);
        await House.WriteAsync(async s =>
        {
            await s.Projects.GrantAsync(secret.App.No, Irori.Core.Projects.GrantKind.Brand, House.Product.Brand.No);
            return true;
        });
        (await AddAsync(app, made)).Error().ShouldBe(0);
    }

    [Fact]
    public async Task Adding_again_renames_and_leaves_the_connection()
    {
        using var app = await House.PersonAsync();
        var made = await House.MakeAsync();
        await AddedAsync(app, made);
        await using var lamp = await House.ConnectAsync(made);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "on" });
        var since = (await House.ReadAsync(s => s.Devices.FindAsync(made.Device.Id)))!.OwnerSince;
        var thing = await AddedAsync(app, made, ("name", "Desk"));
        ((string)thing["itemData"]!["name"]!).ShouldBe("Desk");
        ((string)thing["itemData"]!["params"]!["switch"]!).ShouldBe("on");
        ((bool)thing["itemData"]!["online"]!).ShouldBeTrue();
        (await House.ReadAsync(s => s.Devices.FindAsync(made.Device.Id)))!.OwnerSince.ShouldBe(since);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "off" })).Error().ShouldBe(0);
        ((int)(await app.GetAsync("/v2/device/thing"))["data"]!["total"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Who_proves_to_hold_a_device_takes_it_over_and_the_last_owner_loses_it_at_once()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var next = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        await using var lamp = await House.ConnectAsync(made);
        await lamp.ReportAsync(new JsonObject { ["switch"] = "off" });
        await using var ownerSocket = await AppSocket.ConnectAsync(House, owner);
        await using var guestSocket = await AppSocket.ConnectAsync(House, guest);
        await using var nextSocket = await AppSocket.ConnectAsync(House, next);
        var before = (await House.ReadAsync(s => s.Devices.FindAsync(made.Device.Id)))!.OwnerSince!.Value;
        House.Time!.Advance(TimeSpan.FromSeconds(1));

        (await AddAsync(next, made, ("name", "Mine"))).Error().ShouldBe(0);

        foreach (var last in new[] { owner, guest })
        {
            (await last.GetAsync($"/v2/device/thing/status?type=1&id={made.Device.Id}")).Error().ShouldBe(405);
            ((int)(await last.GetAsync("/v2/device/thing"))["data"]!["total"]!).ShouldBe(0);
        }

        (await House.ReadAsync(s => s.Devices.FindAsync(made.Device.Id)))!.OwnerSince!.Value.ShouldBeGreaterThan(before);
        (await lamp.Socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.NormalClosure);
        await using var back = await House.ConnectAsync(made);
        back.Apikey.ShouldBe(next.Apikey);
        await back.ReportAsync(new JsonObject { ["switch"] = "on" });
        var pushed = await nextSocket.ReceiveAsync(f => (string?)f["action"] == "update");
        ((string)pushed["apikey"]!).ShouldBe(next.Apikey);
        foreach (var socket in new[] { ownerSocket, guestSocket })
            (await socket.UntilPongAsync()).ShouldNotContain(f => (string?)f["action"] == "update" && (string?)f["deviceid"] == made.Device.Id);
    }

    [Fact]
    public async Task Of_many_who_add_a_device_at_once_one_has_it()
    {
        var people = new List<CoolKitApp>();
        for (var i = 0; i < 4; i++) people.Add(await House.PersonAsync());
        var made = await House.MakeAsync();
        var answers = await Task.WhenAll(people.Concat(people).Select(p => AddAsync(p, made)));
        foreach (var answer in answers) answer.Error().ShouldBe(0, answer.ToJsonString());
        var totals = new List<int>();
        foreach (var person in people)
        {
            totals.Add((int)(await person.GetAsync("/v2/device/thing"))["data"]!["total"]!);
            person.Dispose();
        }

        totals.Sum().ShouldBe(1);
    }

    [Fact]
    public async Task Devices_that_are_added_at_once_stand_beside_each_other()
    {
        using var app = await House.PersonAsync();
        var made = new List<MadeDevice>();
        for (var i = 0; i < 8; i++) made.Add(await House.MakeAsync());
        await Task.WhenAll(made.Select(m => AddedAsync(app, m)));
        var things = (await app.GetAsync("/v2/device/thing"))["data"]!["thingList"]!.AsArray();
        things.Select(t => (long)t!["index"]!).Distinct().Count().ShouldBe(8);
    }

    [Fact]
    public async Task An_unknown_device_shows_a_key_and_is_adopted_by_who_knows_it()
    {
        using var app = await House.PersonAsync();
        var id = House.NewDeviceId();
        const string Key = "4b21ebbe-0000-4d4a-93f2-000000000001";
        await using var lamp = new CoolKitDevice(await TestSocket.OpenAsync(House.Server.Http), id, Key);
        var early = await app.PostAsync("/v2/device/add", Adoption(id, Key));
        early.Error().ShouldBe(30011);

        IsToComeBack(await lamp.RegisterAsync(), id, Key);
        (await app.PostAsync("/v2/device/add", Adoption(id, "another key"))).Error().ShouldBe(30015);
        var added = await app.PostAsync("/v2/device/add", Adoption(id, Key));
        added.Error().ShouldBe(0, added.ToJsonString());
        ((string)added["data"]!["itemData"]!["devicekey"]!).ShouldBe(Key);
        ((string)added["data"]!["itemData"]!["extra"]!["chipid"]!).ShouldBe("00E0604B");

        var welcome = await lamp.RegisterAsync();
        welcome.Error().ShouldBe(0, welcome.ToJsonString());
        ((string)welcome["apikey"]!).ShouldBe(app.Apikey);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(0);
        ((string)(await app.GetAsync($"/v2/device/thing/status?type=1&id={id}"))["data"]!["params"]!["switch"]!).ShouldBe("on");

        // From now on it is in the records, and another key is a wrong one.
        await using var liar = new CoolKitDevice(await TestSocket.OpenAsync(House.Server.Http), id, "another key");
        (await liar.RegisterAsync()).Error().ShouldBe(403);
    }

    [Fact]
    public async Task A_device_that_showed_itself_long_ago_is_not_adopted()
    {
        using var app = await House.PersonAsync();
        var id = House.NewDeviceId();
        await using var lamp = new CoolKitDevice(await TestSocket.OpenAsync(House.Server.Http), id, "key");
        (await lamp.RegisterAsync()).Error().ShouldBe(404);
        House.Time!.Advance(DeviceService.AdoptionWindow + TimeSpan.FromSeconds(1));
        (await app.PostAsync("/v2/device/add", Adoption(id, "key"))).Error().ShouldBe(30011);
        (await lamp.RegisterAsync()).Error().ShouldBe(404);
        (await app.PostAsync("/v2/device/add", Adoption(id, "key"))).Error().ShouldBe(0);
    }

    [Fact]
    public async Task Nobody_adopts_where_the_product_or_the_installation_does_not()
    {
        await House.AddProductAsync("Strict", "STRICT-01", adopts: false);
        await using var lamp = new CoolKitDevice(await TestSocket.OpenAsync(House.Server.Http), House.NewDeviceId(), "key");
        (await lamp.RegisterAsync("STRICT-01")).Error().ShouldBe(403);

        await using var vendor = await CoolKitHouse.StartAsync(fixture.Engine, s => s with { Mode = InstallationMode.Vendor }, HouseFixture.Options());
        await using var unknown = new CoolKitDevice(await TestSocket.OpenAsync(vendor.Server.Http), House.NewDeviceId(), "key");
        (await unknown.RegisterAsync()).Error().ShouldBe(403);
        using var app = await vendor.PersonAsync();
        (await app.PostAsync("/v2/device/add", Adoption(unknown.Id, "key"))).Error().ShouldBe(30011);
    }

    [Fact]
    public async Task An_owner_who_removes_a_device_removes_it_for_all()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        await using var lamp = await House.ConnectAsync(made);
        (await owner.DeleteAsync($"/v2/device?deviceid={made.Device.Id}")).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        foreach (var app in new[] { owner, guest }) ((int)(await app.GetAsync("/v2/device/thing"))["data"]!["total"]!).ShouldBe(0);
        (await lamp.Socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.NormalClosure);
        await using var back = new CoolKitDevice(await TestSocket.OpenAsync(House.Server.Http), made.Device.Id, made.Key);
        IsToComeBack(await back.RegisterAsync(), made.Device.Id, made.Key);
        (await owner.DeleteAsync($"/v2/device?deviceid={made.Device.Id}")).Error().ShouldBe(405);
    }

    [Fact]
    public async Task A_guest_who_removes_a_device_gives_back_only_his_share()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var made = await House.AddAsync(owner);
        await House.ShareAsync(guest, made);
        await using var lamp = await House.ConnectAsync(made);
        (await guest.DeleteAsync($"/v2/device?deviceid={made.Device.Id}")).Error().ShouldBe(0);
        (await guest.GetAsync($"/v2/device/thing/status?type=1&id={made.Device.Id}")).Error().ShouldBe(405);
        ((int)(await owner.GetAsync("/v2/device/thing"))["data"]!["total"]!).ShouldBe(1);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(0);
    }

    private static void IsToComeBack(JsonObject answer, string id, string key)
    {
        answer.Error().ShouldBe(404, answer.ToJsonString());
        ((string)answer["reason"]!).ShouldBe("Not Found");
        ((string)answer["actionName"]!).ShouldBe("register");
        ((string)answer["deviceid"]!).ShouldBe(id);
        ((string)answer["apikey"]!).ShouldBe(key);
        ((int)answer["config"]!["regInterval"]!).ShouldBeInRange(5, 60);
        answer["d_seq"].ShouldNotBeNull();
    }

    private static JsonObject Adoption(string id, string key) => new()
    {
        ["name"] = "Adopted", ["deviceid"] = id, ["digest"] = CoolKitApp.Digest(id, key), ["chipid"] = "00E0604B",
    };

    private static Task<JsonObject> AddAsync(CoolKitApp app, MadeDevice made, params (string Field, JsonNode Value)[] more)
    {
        var body = CoolKitHouse.AddBody(made);
        foreach (var (field, value) in more) body[field] = value.DeepClone();
        return app.PostAsync("/v2/device/add", body);
    }

    private static async Task<JsonObject> AddedAsync(CoolKitApp app, MadeDevice made, params (string Field, JsonNode Value)[] more)
    {
        var answer = await AddAsync(app, made, more);
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return answer["data"]!.AsObject();
    }

    [Fact]
    public async Task What_the_factory_configured_a_camera_with_is_shown_to_who_sees_it_but_its_secrets_to_its_owner_only()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var id = House.NewDeviceId();
        var line = new JsonObject
        {
            ["id"] = id, ["key"] = $"key-of-{id}", ["devConfig"] = new JsonObject { ["p2pServerName"] = "p2p-1", ["p2pAccout"] = "account-1", ["p2pLicense"] = "license-1", ["lowVolAlarm"] = 2.3 },
        };
        var problems = new List<ImportProblem>();
        var row = DeviceRows.Read(new StringReader(line.ToJsonString()), problems.Add).ToList().ShouldHaveSingleItem();
        problems.ShouldBeEmpty();
        (row with { Product = "x" }).Check(needsKey: true).ShouldBeEmpty();
        DeviceRows.Read(new StringReader($"id,key,devConfig\n{id},k,\"{{\"\"p2pServerName\"\":\"\"p2p-1\"\"}}\"\n"), problems.Add).ToList().ShouldHaveSingleItem().DevConfig.ShouldBe("""{"p2pServerName":"p2p-1"}""");
        foreach (var wrong in new[] { "[]", "{", "5", $"{{\"x\":\"{new string('x', 5_000)}\"}}" })
            (row with { Product = "x", DevConfig = wrong }).Check(needsKey: true).ShouldHaveSingleItem().Field.ShouldBe("devConfig");
        var made = (await House.Server.Service<DeviceService>().MakeAsync((row with { Product = House.Product.Product.Id }).ToDevice(DeviceSource.Imported), TestContext.Current.CancellationToken)).Value;
        var added = await owner.PostAsync("/v2/device/add", CoolKitHouse.AddBody(made, "Camera"));
        await House.ShareAsync(guest, made);

        var whole = line["devConfig"]!.ToJsonString();
        added["data"]!["itemData"]!["devConfig"]!.ToJsonString().ShouldBe(whole);
        (await owner.GetAsync("/v2/device/thing"))["data"]!["thingList"]![0]!["itemData"]!["devConfig"]!.ToJsonString().ShouldBe(whole);
        (await guest.GetAsync("/v2/device/thing"))["data"]!["thingList"]![0]!["itemData"]!["devConfig"]!.ToJsonString().ShouldBe("""{"p2pServerName":"p2p-1","lowVolAlarm":2.3}""");
        (await stranger.GetAsync("/v2/device/thing"))["data"]!["thingList"]!.AsArray().ShouldBeEmpty();
        (await (await V1App.SignInAsync(owner)).GetAsync($"/api/user/device/{id}"))["device"]!["devConfig"]!.ToJsonString().ShouldBe(whole);
        (await (await V1App.SignInAsync(guest)).GetAsync($"/api/user/device/{id}"))["device"]!["devConfig"]!.AsObject().ContainsKey("p2pLicense").ShouldBeFalse();
        await using var camera = new CoolKitDevice(await TestSocket.OpenAsync(House.Server.Http), id, made.Key);
        (await camera.RegisterAsync())["devConfig"]!.ToJsonString().ShouldBe(whole, "the camera is told it too");
        await using var lamp = new CoolKitDevice(await TestSocket.OpenAsync(House.Server.Http), (await House.AddAsync(owner)).Device.Id, "wrong");
        (await lamp.RegisterAsync()).ContainsKey("devConfig").ShouldBeFalse();
    }
}
