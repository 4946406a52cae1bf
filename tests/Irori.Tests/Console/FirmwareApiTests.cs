using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using static Irori.Tests.Console.ConsoleHouse;

namespace Irori.Tests.Console;

/// <summary>Firmware that an operator uploads on its page.</summary>
public sealed class FirmwareApiTests(ConsoleHouse house) : IClassFixture<ConsoleHouse>
{
    private static readonly byte[] Bytes = RandomNumberGenerator.GetBytes(3 * 1024 * 1024);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_releases_firmware_devices_fetch_it_and_he_takes_it_back()
    {
        var owner = await house.SignInAsync(Owner);
        var product = await ProductAsync(owner);

        var added = await UploadAsync(owner, product, "PSF-B01-GL", "3.5.1", ("user1.bin", Bytes), ("user2.bin", Bytes[..10]));

        added.Status.ShouldBe(HttpStatusCode.OK, $"{added.Body}");
        var digest = Convert.ToHexStringLower(SHA256.HashData(Bytes));
        var release = (await GetAsync(owner, "operator/firmware")).Body["releases"]!.AsArray().Single(r => (string)r!["version"]! == "3.5.1")!;
        release.ToJsonString().ShouldBe(added.Body.ToJsonString());
        ((string)release["product"]!["id"]!, (string)release["model"]!).ShouldBe((product, "PSF-B01-GL"));
        release["files"]!.AsArray().Select(f => ((string)f!["name"]!, (long)f["size"]!)).ShouldBe([("user1.bin", Bytes.Length), ("user2.bin", 10)]);
        ((string)release["files"]![0]!["digest"]!).ShouldBe(digest);
        using var device = new HttpClient { BaseAddress = house.Server.Http };
        (await device.GetByteArrayAsync($"/firmware/{digest}/user1.bin", Cancel)).ShouldBe(Bytes);
        (await DeleteAsync(owner, $"operator/firmware/{release["id"]}")).Status.ShouldBe(HttpStatusCode.OK);
        (await device.GetAsync($"/firmware/{digest}/user1.bin", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await DeleteAsync(owner, $"operator/firmware/{release["id"]}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("", "1.0", "user1.bin", HttpStatusCode.BadRequest)]
    [InlineData("M", "one", "user1.bin", HttpStatusCode.BadRequest)]
    [InlineData("M", "1.0", "../user1.bin", HttpStatusCode.BadRequest)]
    [InlineData("M", "1.0", null, HttpStatusCode.BadRequest)]
    public async Task What_is_wrong_with_a_release_is_said_and_changes_nothing(string model, string version, string? file, HttpStatusCode status)
    {
        var owner = await house.SignInAsync(Owner);
        var refused = await UploadAsync(owner, await ProductAsync(owner), model, version, file is null ? [] : [(file, Bytes[..10])]);
        (refused.Status, refused.Kind).ShouldBe((status, "invalid"));
        (await GetAsync(owner, "operator/firmware")).Body["releases"]!.AsArray().ShouldNotContain(r => (string)r!["model"]! == "M");
    }

    [Fact]
    public async Task Neither_a_product_that_is_not_there_nor_a_form_that_is_none_is_taken()
    {
        var owner = await house.SignInAsync(Owner);
        (await UploadAsync(owner, "000000000000000000000000", "M", "1.0", ("user1.bin", Bytes[..10]))).Status.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(owner, "operator/firmware", "{}")).Kind.ShouldBe("invalid");
        using var broken = new StringContent("--x\r\nnonsense", Encoding.UTF8);
        broken.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        (await ReplyAsync(await owner.PostAsync("operator/firmware", broken, Cancel))).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task For_others_there_is_no_such_page()
    {
        var owner = await house.SignInAsync(Owner);
        var stranger = await house.SignInAsync(Stranger);
        (await GetAsync(stranger, "operator/firmware")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await GetAsync(stranger, "operator/products")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await UploadAsync(stranger, await ProductAsync(owner), "S", "1.0", ("user1.bin", Bytes[..10]))).Status.ShouldBe(HttpStatusCode.NotFound);
        (await DeleteAsync(stranger, "operator/firmware/000000000000000000000000")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await GetAsync(owner, "operator/firmware")).Body["releases"]!.AsArray().ShouldNotContain(r => (string)r!["model"]! == "S");
    }

    private static async Task<string> ProductAsync(HttpClient owner) => (string)(await GetAsync(owner, "operator/products")).Body["products"]!.AsArray().First(p => (string)p!["name"]! == "Lamp")!["id"]!;

    private static async Task<ConsoleReply> UploadAsync(HttpClient client, string product, string model, string version, params (string Name, byte[] Bytes)[] files)
    {
        using var form = new MultipartFormDataContent { { new StringContent(product), "product" }, { new StringContent(model), "model" }, { new StringContent(version), "version" } };
        foreach (var (name, bytes) in files) form.Add(new ByteArrayContent(bytes), "file", name);
        return await ReplyAsync(await client.PostAsync("operator/firmware", form, Cancel));
    }
}
