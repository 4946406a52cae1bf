using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Irori.Dialects.CoolKit;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>GSM devices are added by what stands in their QR code (CoolKit v2, add GSM).</summary>
public abstract class GsmContract(HouseFixture fixture)
{
    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task Who_reads_the_code_has_the_device()
    {
        using var app = await House.PersonAsync();
        var home = await House.AddHomeAsync(app, "Cottage", "Kitchen");
        var (made, code) = await MakeAsync();
        var answer = await AddAsync(app, code, ("familyid", home.Id), ("roomid", home.Rooms[0].Id), ("sort", 2));
        answer.Error().ShouldBe(0, answer.ToJsonString());
        var thing = answer["data"]!;
        ((int)thing["itemType"]!).ShouldBe(1);
        var item = thing["itemData"]!;
        ((string)item["deviceid"]!, (string)item["name"]!, (string)item["devicekey"]!).ShouldBe((made.Device.Id, "Pump", made.Key));
        ((string)item["family"]!["familyid"]!, (string)item["family"]!["roomid"]!).ShouldBe((home.Id, home.Rooms[0].Id));
        item["settings"]!.ToJsonString().ShouldBe("""{"opsNotify":0,"opsHistory":1,"alarmNotify":1}""");
        await using var pump = await House.ConnectAsync(made);
        (await pump.ReportAsync(new JsonObject { ["switch"] = "on" })).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_device_of_somebody_else_is_not_taken_and_ones_own_may_be_added_again()
    {
        using var owner = await House.PersonAsync();
        using var other = await House.PersonAsync();
        var (made, code) = await MakeAsync();
        (await AddAsync(owner, code)).Error().ShouldBe(0);
        (await AddAsync(other, code)).Error().ShouldBe(30007);
        (await other.GetAsync($"/v2/device/thing/status?type=1&id={made.Device.Id}")).Error().ShouldBe(405);
        (await AddAsync(owner, code, ("name", "Well")))["data"]!["itemData"]!["name"]!.ToString().ShouldBe("Well");
        (await owner.DeleteAsync($"/v2/device?deviceid={made.Device.Id}")).Error().ShouldBe(0);
        (await AddAsync(other, code)).Error().ShouldBe(0);
    }

    [Fact]
    public async Task Of_several_who_add_it_at_once_one_has_it()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => House.PersonAsync()));
        var (_, code) = await MakeAsync();
        var answers = await Task.WhenAll(people.Select(p => AddAsync(p, code)));
        answers.Select(a => a.Error()).Order().ShouldBe([0, 30007, 30007, 30007]);
        foreach (var person in people) person.Dispose();
    }

    [Fact]
    public async Task What_is_wrong_has_its_code()
    {
        using var app = await House.PersonAsync();
        using var narrow = await House.SignInAsync(app.Email, await House.AddAppAsync(allProducts: false));
        var (made, code) = await MakeAsync();
        (await AddAsync(app, "348512d49379bb0acace4598e14fc450")).Error().ShouldBe(30011);
        (await AddAsync(app, "")).Error().ShouldBe(30011);
        (await AddAsync(app, made.Device.Id)).Error().ShouldBe(30011);
        (await AddAsync(app, code, ("name", ""))).Error().ShouldBe(400);
        (await AddAsync(app, code, ("name", new string('x', 129)))).Error().ShouldBe(400);
        (await AddAsync(app, code, ("sort", 3))).Error().ShouldBe(400);
        (await AddAsync(app, code, ("familyid", "5f3b20f1a0b1c2d3e4f50617"))).Error().ShouldBe(405);
        (await AddAsync(app, code, ("roomid", "5f3b20f1a0b1c2d3e4f50617"))).Error().ShouldBe(405);
        (await AddAsync(narrow, code)).Error().ShouldBe(30017);
        (await House.Server.Service<DeviceRegistry>().DisableAsync(made.Device.Id, TestContext.Current.CancellationToken)).IsOk.ShouldBeTrue();
        (await AddAsync(app, code)).Error().ShouldBe(30011);
        (await app.GetAsync("/v2/device/thing"))["data"]!["thingList"]!.AsArray().ShouldBeEmpty();
    }

    private async Task<(MadeDevice Made, string Code)> MakeAsync()
    {
        var id = House.NewDeviceId();
        var code = $"a1b2c3d4e5f60718293a4b{id}";
        var wanted = new NewDevice(id, House.Product.Product.Id, null, new FactoryData { ChipId = "00E0604B" }) { Names = [new DeviceName(CoolKitDialect.Name, CoolKitDialect.GsmName, "", code)] };
        return ((await House.Server.Service<DeviceService>().MakeAsync(wanted, TestContext.Current.CancellationToken)).Value, code);
    }

    private static Task<JsonObject> AddAsync(CoolKitApp app, string code, params (string Field, JsonNode Value)[] more)
    {
        var body = new JsonObject { ["id"] = code, ["name"] = "Pump" };
        foreach (var (field, value) in more) body[field] = value.DeepClone();
        return app.PostAsync("/v2/device/add-gsm", body);
    }
}
