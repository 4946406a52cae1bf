using System.Net;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Projects;
using Irori.Core.Sharing;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>Which devices a person has, and who else (Gizwits Open API, binding management).</summary>
public abstract class BindingContract(GizwitsFixture fixture)
{
    private static readonly string[] Documented =
    [
        "product_key", "did", "mac", "is_online", "passcode", "host", "port", "port_s", "ws_port", "wss_port", "remark", "is_disabled", "type", "dev_alias", "dev_label", "role",
        "product_name", "protoc", "mcu_soft_version", "mcu_hard_version", "wifi_hard_version", "wifi_soft_version", "state_last_timestamp", "gw_did", "is_sandbox",
    ];

    private GizwitsHouse House { get; } = fixture.House;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_who_binds_an_open_device_is_special_and_the_next_are_normal()
    {
        var (made, mac) = await House.MakeAsync(House.Heater);
        using var first = await House.PersonAsync();
        using var second = await House.PersonAsync();
        var bound = await House.BindAsync(first, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac, new JsonObject { ["dev_alias"] = "Bath", ["remark"] = "upstairs" });
        bound.Status.ShouldBe(HttpStatusCode.Created, bound.Body.ToJsonString());
        bound.Body.AsObject().Select(f => f.Key).ShouldBe(Documented);
        ((string)bound["did"]!, (string)bound["mac"]!, (string)bound["role"]!).ShouldBe((made.Device.Id, mac, "special"));
        ((string)bound["passcode"]!, (string)bound["dev_alias"]!, (string)bound["remark"]!).ShouldBe((made.Key, "Bath", "upstairs"));
        ((int)bound["ws_port"]!, (string)bound["host"]!).ShouldBe((House.CoolKit.Server.Http.Port, House.CoolKit.Server.Http.Host));
        var again = await House.BindAsync(first, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac);
        (again.Status, (string)again["role"]!, (string)again["dev_alias"]!).ShouldBe((HttpStatusCode.OK, "special", "Bath"));
        var other = await House.BindAsync(second, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac.ToUpperInvariant());
        // Only the first has the device's secret, and names are everybody's own.
        (other.Status, (string)other["role"]!, (string)other["passcode"]!, (string)other["dev_alias"]!, (string)other["remark"]!).ShouldBe((HttpStatusCode.Created, "normal", "", "Heater", ""));
        (await RolesAsync(made)).ShouldBe(["Owner", "Peer"]);
    }

    [Fact]
    public async Task When_the_special_one_leaves_the_next_becomes_special_and_keeps_the_history()
    {
        var (made, mac) = await House.MakeAsync(House.Heater);
        using var first = await House.PersonAsync();
        using var second = await House.PersonAsync();
        using var third = await House.PersonAsync();
        foreach (var person in new[] { first, second, third }) (await House.BindAsync(person, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Code.ShouldBe(0);
        (await UnbindAsync(first, made)).Body.ToJsonString().ShouldBe($$"""{"success":["{{made.Device.Id}}"],"failed":[]}""");
        (await RoleOfAsync(first, made)).ShouldBeNull();
        (await RoleOfAsync(second, made)).ShouldBe("special");
        (await RoleOfAsync(third, made)).ShouldBe("normal");
        (await UnbindAsync(third, made)).Code.ShouldBe(0);
        (await RoleOfAsync(second, made)).ShouldBe("special");
        (await UnbindAsync(second, made)).Code.ShouldBe(0);
        (await RolesAsync(made)).ShouldBeEmpty();
        (await House.BindAsync(first, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Status.ShouldBe(HttpStatusCode.Created);
        (await RoleOfAsync(first, made)).ShouldBe("special");
    }

    [Fact]
    public async Task Who_becomes_owner_has_an_open_device_for_himself()
    {
        var (made, mac) = await House.MakeAsync(House.Heater);
        using var owner = await House.PersonAsync();
        using var other = await House.PersonAsync();
        ((string)(await House.BindAsync(owner, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac, new JsonObject { ["set_owner"] = 1 }))["role"]!).ShouldBe("owner");
        (await House.BindAsync(other, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Error.ShouldBe((400, 9092));
        (await RolesAsync(made)).ShouldBe(["Owner"]);

        (made, mac) = await House.MakeAsync(House.Heater);
        (await House.BindAsync(owner, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Code.ShouldBe(0);
        (await House.BindAsync(other, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac, new JsonObject { ["set_owner"] = 1 })).Error.ShouldBe((400, 9092));
        (await House.BindAsync(other, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac, new JsonObject { ["set_owner"] = 2 })).Error.ShouldBe((400, 9015));
        (await RolesAsync(made)).ShouldBe(["Owner"]);
    }

    [Fact]
    public async Task Once_an_open_device_is_shared_its_first_user_is_its_owner_and_the_others_are_guests()
    {
        var (made, mac) = await House.MakeAsync(House.Heater);
        using var first = await House.PersonAsync();
        using var second = await House.PersonAsync();
        using var third = await House.PersonAsync();
        foreach (var person in new[] { first, second }) (await House.BindAsync(person, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Code.ShouldBe(0);
        var account = (await House.CoolKit.ReadAsync(s => s.Accounts.FindAsync(first.Uid!)))!;
        var app = (await House.CoolKit.ReadAsync(s => s.Projects.FindAppAsync(first.AppId)))!;
        (await House.CoolKit.Server.Service<SharingService>().OfferAsync(
            new Principal(account, app, 0, null), made.Device.Id, Receiver.Of(third.Uid!), new NewShare(0), TimeSpan.FromHours(1), Cancel)).IsOk.ShouldBeTrue();
        (await RoleOfAsync(first, made)).ShouldBe("owner");
        (await RoleOfAsync(second, made)).ShouldBe("guest");
        (await RoleOfAsync(third, made)).ShouldBeNull();
        (await House.BindAsync(third, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Error.ShouldBe((400, 9092));
        // With the owner everybody loses it.
        (await UnbindAsync(first, made)).Code.ShouldBe(0);
        (await RolesAsync(made)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_device_of_one_owner_goes_to_nobody_else_and_is_free_after_him()
    {
        var (made, mac) = await House.MakeAsync(House.Lamp);
        using var owner = await House.PersonAsync();
        using var other = await House.PersonAsync();
        var bound = await House.BindAsync(owner, GizwitsHouse.LampKey, GizwitsHouse.LampSecret, mac);
        // A device of CoolKit has a key, which is not a passcode.
        ((string)bound["role"]!, (string)bound["passcode"]!).ShouldBe(("owner", ""));
        (await House.BindAsync(other, GizwitsHouse.LampKey, GizwitsHouse.LampSecret, mac)).Error.ShouldBe((400, 9092));
        (await UnbindAsync(owner, made)).Code.ShouldBe(0);
        ((string)(await House.BindAsync(other, GizwitsHouse.LampKey, GizwitsHouse.LampSecret, mac))["role"]!).ShouldBe("owner");
    }

    [Fact]
    public async Task A_wrong_signature_time_product_or_MAC_binds_nothing()
    {
        var (made, mac) = await House.MakeAsync(House.Lamp);
        using var person = await House.PersonAsync();
        (await House.BindAsync(person, GizwitsHouse.LampKey, "wrong", mac)).Error.ShouldBe((400, 9044));
        (await House.BindAsync(person, GizwitsHouse.LampKey, GizwitsHouse.HeaterSecret, mac)).Error.ShouldBe((400, 9044));
        foreach (var off in new[] { -301, 301 })
            (await House.BindAsync(person, GizwitsHouse.LampKey, GizwitsHouse.LampSecret, mac, at: House.Time.GetUtcNow().AddSeconds(off))).Error.ShouldBe((400, 9043));
        (await person.PostAsync("/app/bind_mac", new JsonObject { ["product_key"] = GizwitsHouse.LampKey, ["mac"] = mac })).Error.ShouldBe((400, 9043));
        (await House.BindAsync(person, "00000000000000000000000000000000", GizwitsHouse.LampSecret, mac)).Error.ShouldBe((400, 9002));
        (await House.BindAsync(person, GizwitsHouse.LampKey, GizwitsHouse.LampSecret, "accf23ffffff")).Error.ShouldBe((404, 9014));
        (await House.BindAsync(person, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Error.ShouldBe((404, 9014));
        (await House.BindAsync(person, GizwitsHouse.LampKey, GizwitsHouse.LampSecret, mac, new JsonObject { ["dev_alias"] = new string('x', 65) })).Error.ShouldBe((400, 9015));
        (await House.CoolKit.Server.Service<DeviceRegistry>().DisableAsync(made.Device.Id, Cancel)).IsOk.ShouldBeTrue();
        (await House.BindAsync(person, GizwitsHouse.LampKey, GizwitsHouse.LampSecret, mac)).Error.ShouldBe((400, 9023));
        (await RolesAsync(made)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_app_without_a_grant_knows_no_product()
    {
        var (_, mac) = await House.MakeAsync(House.Lamp);
        using var app = await House.OtherAppAsync(AppKind.Client, allProducts: false);
        (await app.RegisterAsync(House.NewName(), GizwitsHouse.Password)).Code.ShouldBe(0);
        (await House.BindAsync(app, GizwitsHouse.LampKey, GizwitsHouse.LampSecret, mac)).Error.ShouldBe((400, 9002));
    }

    [Fact]
    public async Task A_product_and_a_device_without_names_of_their_own_go_by_their_ids()
    {
        var made = await House.CoolKit.MakeAsync();
        using var person = await House.PersonAsync();
        var secret = (await House.CoolKit.Server.Service<Irori.Core.Products.ProductService>().SecretAsync(House.CoolKit.Product, Cancel))!;
        var key = House.CoolKit.Product.Product.Id + "49726f72";
        var bound = await House.BindAsync(person, key, secret, made.Device.Id);
        bound.Code.ShouldBe(0, bound.Body.ToJsonString());
        ((string)bound["product_key"]!, (string)bound["mac"]!).ShouldBe((key, made.Device.Id));
    }

    [Fact]
    public async Task A_code_that_stands_on_the_device_binds_it()
    {
        var (made, _) = await House.MakeAsync(House.Lamp);
        using var owner = await House.PersonAsync();
        using var other = await House.PersonAsync();
        var content = House.CoolKit.Server.Service<BindCodes>().Make(made.Device.Id);
        foreach (var wrong in new[] { "", "http://example.com", content[..^2] + "00", House.CoolKit.Server.Service<BindCodes>().Make("x")[..20] })
            (await owner.PostAsync("/app/bind_latest", new JsonObject { ["qr_content"] = wrong })).Error.ShouldBe((400, 9040), wrong);
        (await owner.PostAsync("/app/bind_latest", new JsonObject { ["qr_content"] = House.CoolKit.Server.Service<BindCodes>().Make("nothing") })).Error.ShouldBe((404, 9014));
        var bound = await owner.PostAsync("/app/bind_latest", new JsonObject { ["qr_content"] = content });
        (bound.Status, (string)bound["did"]!).ShouldBe((HttpStatusCode.Created, made.Device.Id));
        (await owner.PostAsync("/app/bind_latest", new JsonObject { ["qr_content"] = content })).Status.ShouldBe(HttpStatusCode.OK);
        (await other.PostAsync("/app/bind_latest", new JsonObject { ["qr_content"] = content })).Error.ShouldBe((400, 9092));
    }

    [Fact]
    public async Task Bindings_come_in_pages_and_switched_off_devices_only_when_asked_for()
    {
        using var person = await House.PersonAsync();
        var made = new List<MadeDevice>();
        for (var i = 0; i < 5; i++) made.Add(await House.LampOfAsync(person));
        (await DidsAsync(person, "")).ShouldBe(made.Select(m => m.Device.Id));
        (await DidsAsync(person, "?limit=2&skip=0")).ShouldBe(made.Take(2).Select(m => m.Device.Id));
        (await DidsAsync(person, "?limit=2&skip=4")).ShouldBe(made.Skip(4).Select(m => m.Device.Id));
        (await House.CoolKit.Server.Service<DeviceRegistry>().DisableAsync(made[0].Device.Id, Cancel)).IsOk.ShouldBeTrue();
        (await DidsAsync(person, "?show_disabled=0")).ShouldBe(made.Skip(1).Select(m => m.Device.Id));
        (await DidsAsync(person, "?show_disabled=1")).ShouldBe(made.Select(m => m.Device.Id));
        var shown = (await person.GetAsync("/app/bindings?show_disabled=1&show_proto_ver=1"))["devices"]![0]!;
        ((bool)shown["is_disabled"]!, (string)shown["proto_ver"]!).ShouldBe((true, "04"));
        foreach (var query in new[] { "limit=0", "limit=501", "skip=-1", "limit=x" }) (await person.GetAsync($"/app/bindings?{query}")).Error.ShouldBe((400, 9015), query);
        using var stranger = await House.PersonAsync();
        (await DidsAsync(stranger, "")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Name_remark_and_labels_are_each_persons_own()
    {
        var (made, mac) = await House.MakeAsync(House.Heater);
        using var first = await House.PersonAsync();
        using var second = await House.PersonAsync();
        foreach (var person in new[] { first, second }) (await House.BindAsync(person, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Code.ShouldBe(0);
        var path = $"/app/bindings/{made.Device.Id}";
        var changed = await second.PutAsync(path, new JsonObject { ["dev_alias"] = "Mine", ["remark"] = "r", ["dev_label"] = new JsonArray("a", "b") });
        changed.Body.ToJsonString().ShouldBe("""{"remark":"r","dev_label":["a","b"],"dev_alias":"Mine"}""");
        (await second.PutAsync(path, new JsonObject { ["remark"] = "" })).Body.ToJsonString().ShouldBe("""{"remark":"","dev_label":["a","b"],"dev_alias":"Mine"}""");
        (await second.PutAsync(path, new JsonObject { ["dev_alias"] = "" })).Body.ToJsonString().ShouldBe("""{"remark":"","dev_label":["a","b"],"dev_alias":"Heater"}""");
        var mine = (await first.GetAsync("/app/bindings"))["devices"]![0]!;
        ((string)mine["dev_alias"]!, mine["dev_label"]!.ToJsonString()).ShouldBe(("Heater", "[]"));
        (await first.PutAsync(path, new JsonObject())).Error.ShouldBe((400, 9015));
        (await first.PutAsync(path, new JsonObject { ["dev_label"] = "a" })).Error.ShouldBe((400, 9015));
        (await first.PutAsync(path, new JsonObject { ["dev_label"] = new JsonArray([.. Enumerable.Range(0, 33).Select(i => (JsonNode)$"{i}")]) })).Error.ShouldBe((400, 9015));
        using var stranger = await House.PersonAsync();
        foreach (var did in new[] { made.Device.Id, "nothing" }) (await stranger.PutAsync($"/app/bindings/{did}", new JsonObject { ["remark"] = "x" })).Error.ShouldBe((401, 9017));
    }

    [Fact]
    public async Task Several_devices_are_given_up_at_once_and_what_one_does_not_have_fails()
    {
        using var person = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var (one, two) = (await House.LampOfAsync(person), await House.LampOfAsync(person));
        (await UnbindAsync(stranger, one)).Body.ToJsonString().ShouldBe($$"""{"success":[],"failed":["{{one.Device.Id}}"]}""");
        var answer = await UnbindAsync(person, one, two, one);
        answer["success"]!.AsArray().Select(d => (string)d!).ShouldBe([one.Device.Id, two.Device.Id]);
        (await DidsAsync(person, "")).ShouldBeEmpty();
        foreach (var body in new[] { """{"devices":[]}""", """{"devices":[{}]}""", "{}" }) (await person.DeleteAsync("/app/bindings", JsonNode.Parse(body))).Error.ShouldBe((400, 9015), body);
    }

    [Fact]
    public async Task The_owner_sees_guests_partly_hidden_and_removes_them()
    {
        using var owner = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var made = await House.LampOfAsync(owner);
        await AdmitAsync(guest, made);
        var path = $"/app/{made.Device.Id}/bindings";
        var listed = (await owner.GetAsync(path)).Body.AsArray().Single()!;
        ((string)listed["uid"]!).ShouldBe(guest.Uid);
        ((string)listed["username"]!).ShouldContain("****");
        listed.AsObject().ContainsKey("phone").ShouldBeTrue();
        listed["email"].ShouldBeNull();
        (await RoleOfAsync(guest, made)).ShouldBe("guest");
        (await guest.GetAsync(path)).Error.ShouldBe((400, 9093));
        (await stranger.GetAsync(path)).Error.ShouldBe((404, 9014));
        (await guest.DeleteAsync($"{path}?uid={owner.Uid}")).Error.ShouldBe((400, 9093));
        (await stranger.DeleteAsync($"{path}?uid={guest.Uid}")).Error.ShouldBe((404, 9014));
        (await owner.DeleteAsync(path)).Error.ShouldBe((400, 9015));
        (await owner.DeleteAsync($"{path}?uid={owner.Uid}")).Error.ShouldBe((400, 9095));
        (await owner.DeleteAsync($"{path}?uid={stranger.Uid}")).Error.ShouldBe((404, 9082));
        (await owner.DeleteAsync($"{path}?uid={guest.Uid}")).Body.ToJsonString().ShouldBe("{}");
        (await RoleOfAsync(guest, made)).ShouldBeNull();
        (await owner.GetAsync(path)).Body.AsArray().ShouldBeEmpty();
    }

    private Task AdmitAsync(GizwitsApp guest, MadeDevice made) => House.CoolKit.WriteAsync(async s =>
    {
        await s.Bindings.PutAsync(new Binding { Account = (await s.Accounts.FindAsync(guest.Uid!))!.No, Device = made.Device.No, Role = Role.Guest, Since = House.Time.GetUtcNow() });
        return await s.Devices.RaiseAccessAsync(made.Device.No, ownerSince: null);
    });

    private static Task<GizwitsAnswer> UnbindAsync(GizwitsApp person, params MadeDevice[] made) => person.DeleteAsync(
        "/app/bindings", new JsonObject { ["devices"] = new JsonArray([.. made.Select(m => (JsonNode)new JsonObject { ["did"] = m.Device.Id })]) });

    private static async Task<IEnumerable<string>> DidsAsync(GizwitsApp person, string query) =>
        (await person.GetAsync($"/app/bindings{query}"))["devices"]!.AsArray().Select(d => (string)d!["did"]!);

    private static async Task<string?> RoleOfAsync(GizwitsApp person, MadeDevice made) => (await person.GetAsync("/app/bindings"))["devices"]!.AsArray()
        .Where(d => (string)d!["did"]! == made.Device.Id).Select(d => (string?)d!["role"]).SingleOrDefault();

    private async Task<IEnumerable<string>> RolesAsync(MadeDevice made) =>
        (await House.CoolKit.ReadAsync(s => s.Bindings.OfDeviceAsync(made.Device.No))).OrderBy(b => b.Role).Select(b => b.Role.ToString());
}
