using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Devices;
using Irori.Core.Firmware;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Released firmware is offered to who has a device, and fetched by devices (CoolKit v2, OTA).</summary>
public abstract class FirmwareContract(HouseFixture fixture)
{
    private CoolKitHouse House { get; } = fixture.House;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_latest_version_is_offered_and_can_be_fetched()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        var model = NewModel();
        var (one, two) = (RandomNumberGenerator.GetBytes(150_000), RandomNumberGenerator.GetBytes(10));
        await ReleaseAsync(model, "3.9.0", ("user1.bin", two));
        await ReleaseAsync(model, "3.10.0", ("user1.bin", one), ("user2.bin", two));
        await ReleaseAsync(model, "3.2.11", ("user1.bin", two));

        var offer = (await QueryAsync(app, (made.Device.Id, model, "3.9"))).ShouldHaveSingleItem();

        ((string)offer["deviceid"]!, (string)offer["version"]!).ShouldBe((made.Device.Id, "3.10.0"));
        ((string)offer["type"]!, (string)offer["forceTime"]!).ShouldBe(("", ""));
        var files = offer["binList"]!.AsArray();
        files.Select(f => (string)f!["name"]!).ShouldBe(["user1.bin", "user2.bin"]);
        using var http = new HttpClient();
        foreach (var (file, bytes) in files.Zip([one, two]))
        {
            ((string)file!["digest"]!).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
            (await http.GetByteArrayAsync((string)file["downloadUrl"]!, Cancel)).ShouldBe(bytes);
        }

        using var part = new HttpRequestMessage(HttpMethod.Get, (string)files[0]!["downloadUrl"]!) { Headers = { Range = new RangeHeaderValue(65_530, 65_545) } };
        using var answer = await http.SendAsync(part, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await answer.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(one[65_530..65_546]);
    }

    [Fact]
    public async Task Only_devices_with_an_upgrade_are_answered()
    {
        using var app = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        var (made, other) = (await House.AddAsync(app), await House.AddAsync(app));
        await House.ShareAsync(guest, made);
        var model = NewModel();
        await ReleaseAsync(model, "2.0", ("a.bin", [1]));
        foreach (var version in new[] { "2.0", "2.0.0", "2.0.1", "10", "", "x", "1.x", "1..2", new string('1', 40) }) (await QueryAsync(app, (made.Device.Id, model, version))).ShouldBeEmpty();
        (await QueryAsync(app, (made.Device.Id, "unknown", "1.0"))).ShouldBeEmpty();
        (await QueryAsync(stranger, (made.Device.Id, model, "1.0"))).ShouldBeEmpty();
        (await QueryAsync(app, ("10000fffff", model, "1.0"), (other.Device.Id, model, "1.9.9"), (made.Device.Id, model, "2.1"))).ShouldHaveSingleItem()["deviceid"]!.ToString().ShouldBe(other.Device.Id);
        (await QueryAsync(guest, (made.Device.Id, model, "1.0"))).Count.ShouldBe(1);
        var elsewhere = await House.AddProductAsync("Other", NewModel(), adopts: false);
        (await House.Server.Service<FirmwareService>().AddAsync(new NewFirmware(elsewhere.Product.Id, model, "9.0", [new NewFirmwareFile("a.bin", new byte[] { 2 })]), Cancel)).IsOk.ShouldBeTrue();
        (await QueryAsync(app, (made.Device.Id, model, "1.0")))[0]["version"]!.ToString().ShouldBe("2.0", "another product's is not this one's");
    }

    [Fact]
    public async Task What_is_wrong_with_a_question_is_a_bad_parameter()
    {
        using var app = await House.PersonAsync();
        (await AskAsync(app)).Error().ShouldBe(400);
        (await AskAsync(app, [.. Enumerable.Range(0, 31).Select(i => ($"10000fff{i:x2}", "x", "1"))])).Error().ShouldBe(400);
        foreach (var field in new[] { "deviceid", "model", "version" })
        {
            var entry = Entry("10000fffff", "x", "1");
            entry.Remove(field);
            var answer = await app.PostAsync("/v2/device/ota/query", new JsonObject { ["deviceInfoList"] = new JsonArray(entry) });
            answer.Error().ShouldBe(400);
        }
    }

    [Fact]
    public async Task What_was_taken_back_is_neither_offered_nor_fetched_and_shared_bytes_stay()
    {
        using var app = await House.PersonAsync();
        var made = await House.AddAsync(app);
        var model = NewModel();
        var shared = RandomNumberGenerator.GetBytes(70_000);
        var kept = await ReleaseAsync(model, "1.1", ("same.bin", shared));
        var gone = await ReleaseAsync(model, "1.2", ("same.bin", shared), ("own.bin", RandomNumberGenerator.GetBytes(10)));
        var urls = (await QueryAsync(app, (made.Device.Id, model, "1.0")))[0]["binList"]!.AsArray().Select(f => (string)f!["downloadUrl"]!).ToList();
        (await House.Server.Service<FirmwareService>().RemoveAsync(gone.Id, Cancel)).IsOk.ShouldBeTrue();

        (await QueryAsync(app, (made.Device.Id, model, "1.0")))[0]["version"]!.ToString().ShouldBe("1.1");
        using var http = new HttpClient();
        (await http.GetByteArrayAsync(urls[0], Cancel)).ShouldBe(shared);
        foreach (var url in new[] { urls[1], urls[0] + "x", urls[0].Replace("/firmware/", "/firmware/0", StringComparison.Ordinal) })
        {
            using var answer = await http.GetAsync(url, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        (await House.Server.Service<FirmwareService>().RemoveAsync(gone.Id, Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
        kept.Files.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("", "1.0", "a.bin", 1)]
    [InlineData("x", "", "a.bin", 1)]
    [InlineData("x", "v1", "a.bin", 1)]
    [InlineData("x", "1.2.3.4.5.6.7", "a.bin", 1)]
    [InlineData("x", "1.0", "", 1)]
    [InlineData("x", "1.0", "../a.bin", 1)]
    [InlineData("x", "1.0", ".bin", 1)]
    [InlineData("x", "1.0", "a.bin", 0)]
    [InlineData("x", "1.0", "a.bin", FirmwareService.MaxFile + 1)]
    public async Task A_release_that_is_not_one_is_refused(string model, string version, string name, int size) =>
        (await House.Server.Service<FirmwareService>().AddAsync(new NewFirmware(House.Product.Product.Id, model, version, [new NewFirmwareFile(name, new byte[size])]), Cancel))
        .Fault!.Kind.ShouldBe(FaultKind.Invalid);

    [Fact]
    public async Task A_version_is_released_once_and_for_a_product_that_is_there()
    {
        var model = NewModel();
        await ReleaseAsync(model, "1.0", ("a.bin", [1]));
        var service = House.Server.Service<FirmwareService>();
        var again = await service.AddAsync(new NewFirmware(House.Product.Product.Id, model, "1.0", [new NewFirmwareFile("b.bin", new byte[] { 2 })]), Cancel);
        (again.Fault!.Kind, again.Fault.Field).ShouldBe((FaultKind.Invalid, "version"));
        (await service.AddAsync(new NewFirmware("none", model, "1.0", [new NewFirmwareFile("b.bin", new byte[] { 2 })]), Cancel)).Fault!.Kind.ShouldBe(FaultKind.NotVisible);
        (await service.AddAsync(new NewFirmware(House.Product.Product.Id, model, "1.1", []), Cancel)).Fault!.Kind.ShouldBe(FaultKind.Invalid);
        var twice = new NewFirmwareFile("b.bin", new byte[] { 2 });
        (await service.AddAsync(new NewFirmware(House.Product.Product.Id, model, "1.1", [twice, twice]), Cancel)).Fault!.Kind.ShouldBe(FaultKind.Invalid);
    }

    private static string NewModel() => $"FW-{Ids.Hex24()}";

    private async Task<FirmwareRelease> ReleaseAsync(string model, string version, params (string Name, byte[] Bytes)[] files) =>
        (await House.Server.Service<FirmwareService>().AddAsync(
            new NewFirmware(House.Product.Product.Id, model, version, [.. files.Select(f => new NewFirmwareFile(f.Name, f.Bytes))]), Cancel)).Value;

    private static JsonObject Entry(string id, string model, string version) => new() { ["deviceid"] = id, ["model"] = model, ["version"] = version };

    private static Task<JsonObject> AskAsync(CoolKitApp app, params (string Id, string Model, string Version)[] devices) =>
        app.PostAsync("/v2/device/ota/query", new JsonObject { ["deviceInfoList"] = new JsonArray([.. devices.Select(d => (JsonNode)Entry(d.Id, d.Model, d.Version))]) });

    private static async Task<IReadOnlyList<JsonObject>> QueryAsync(CoolKitApp app, params (string Id, string Model, string Version)[] devices)
    {
        var answer = await AskAsync(app, devices);
        answer.Error().ShouldBe(0, answer.ToJsonString());
        return [.. answer["data"]!["otaInfoList"]!.AsArray().Select(o => o!.AsObject())];
    }
}
