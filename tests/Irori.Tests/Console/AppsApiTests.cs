using System.Net;
using System.Text.Json.Nodes;
using Irori.Core.Projects;
using Shouldly;
using static Irori.Tests.Console.ConsoleHouse;

namespace Irori.Tests.Console;

/// <summary>Where OAuth leads people back, as an operator sets it.</summary>
public sealed class AppsApiTests(ConsoleHouse house) : IClassFixture<ConsoleHouse>
{
    private const string Back = "https://app.example.com/back?from=irori&x=1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_adds_and_removes_an_address_to_which_people_are_led_back()
    {
        var owner = await house.SignInAsync(Owner);
        const string Redirects = "operator/apps/phone/redirects";

        foreach (var _ in Enumerable.Range(0, 2)) (await PostAsync(owner, Redirects, new JsonObject { ["uri"] = $" {Back} " })).Status.ShouldBe(HttpStatusCode.OK);

        var phone = (await GetAsync(owner, "operator/apps")).Body["apps"]!.AsArray().Single(a => (string)a!["id"]! == "phone")!;
        ((string)phone["dialect"]!, (string)phone["kind"]!, (bool)phone["disabled"]!).ShouldBe(("coolkit", "client", false));
        ((string)phone["redirects"]!.AsArray().ShouldHaveSingleItem()!).ShouldBe(Back);
        phone.AsObject().Count.ShouldBe(5, "and no secret");
        (await DeleteAsync(owner, $"{Redirects}?uri={Uri.EscapeDataString(Back)}")).Status.ShouldBe(HttpStatusCode.OK);
        (await RedirectsAsync(owner)).ShouldBeEmpty();
        (await DeleteAsync(owner, $"{Redirects}?uri={Uri.EscapeDataString(Back)}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"uri":5}""")]
    [InlineData("""{"uri":"back"}""")]
    [InlineData("""{"uri":"/back"}""")]
    [InlineData("""{"uri":"https://app.example.com/back#there"}""")]
    [InlineData("""{"uri":"https://app.example.com/\nback"}""")]
    public async Task What_is_no_address_is_refused_and_changes_nothing(string body)
    {
        var owner = await house.SignInAsync(Owner);
        (await PostAsync(owner, "operator/apps/phone/redirects", body)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await RedirectsAsync(owner)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_app_has_a_bounded_number_of_them_and_the_consoles_own_has_none()
    {
        var owner = await house.SignInAsync(Owner);
        await house.Service<AppService>().AddAsync(new NewApp("coolkit", AppKind.OAuth, Id: "many"), Cancel);
        for (var i = 0; i < AppService.MaxRedirects; i++) (await PostAsync(owner, "operator/apps/many/redirects", new JsonObject { ["uri"] = $"https://app.example.com/{i}" })).Status.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(owner, "operator/apps/many/redirects", new JsonObject { ["uri"] = Back })).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        foreach (var app in new[] { "irori-console", "nobody" })
            (await PostAsync(owner, $"operator/apps/{app}/redirects", new JsonObject { ["uri"] = Back })).Status.ShouldBe(HttpStatusCode.NotFound);
        (await GetAsync(owner, "operator/apps")).Body["apps"]!.AsArray().ShouldNotContain(a => (string)a!["id"]! == "irori-console");
    }

    [Fact]
    public async Task For_others_there_is_no_such_page()
    {
        var stranger = await house.SignInAsync(Stranger);
        (await GetAsync(stranger, "operator/apps")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(stranger, "operator/apps/phone/redirects", new JsonObject { ["uri"] = Back })).Status.ShouldBe(HttpStatusCode.NotFound);
        (await DeleteAsync(stranger, $"operator/apps/phone/redirects?uri={Uri.EscapeDataString(Back)}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await RedirectsAsync(await house.SignInAsync(Owner))).ShouldBeEmpty();
    }

    private static async Task<JsonArray> RedirectsAsync(HttpClient owner) =>
        (await GetAsync(owner, "operator/apps")).Body["apps"]!.AsArray().Single(a => (string)a!["id"]! == "phone")!["redirects"]!.AsArray();
}
