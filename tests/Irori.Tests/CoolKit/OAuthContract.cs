using System.Net;
using System.Text.Json.Nodes;
using Irori.Core.Accounts;
using Irori.Core.Projects;
using Microsoft.AspNetCore.WebUtilities;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>A person lets an app in on a page, and the app exchanges the code for tokens (OAuth 2.0 of CoolKit).</summary>
public abstract class OAuthContract(HouseFixture fixture)
{
    private const string Redirect = "https://app.example.com/back?from=irori";

    private CoolKitHouse House { get; } = fixture.House;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_signs_in_and_the_app_gets_tokens()
    {
        using var person = await House.PersonAsync();
        var made = await House.AddAsync(person);
        using var app = await AppAsync();
        var page = await SendAsync(HttpMethod.Get, Address(app));
        page.Status.ShouldBe(HttpStatusCode.OK);
        page.Body.ShouldContain("<form method=\"post\">");
        page.Body.ShouldContain(app.AppId);

        var back = await SignInAsync(app, person.Email, CoolKitHouse.Password);
        back.Status.ShouldBe(HttpStatusCode.Redirect);
        back.Location.ShouldStartWith(Redirect + "&");
        var query = QueryHelpers.ParseQuery(new Uri(back.Location!).Query);
        (query["state"].ToString(), query["region"].ToString(), query["from"].ToString()).ShouldBe(("a b&c", "eu", "irori"));

        var tokens = (await RedeemAsync(app, query["code"]!)).ShouldNotBeNull();
        tokens.Error().ShouldBe(0, tokens.ToJsonString());
        var data = tokens["data"]!;
        var now = House.Time!.GetUtcNow().ToUnixTimeMilliseconds();
        ((long)data["atExpiredTime"]!).ShouldBeGreaterThan(now);
        ((long)data["rtExpiredTime"]!).ShouldBeGreaterThan((long)data["atExpiredTime"]!);
        app.Token = (string)data["accessToken"]!;
        var things = (await app.GetAsync("/v2/device/thing"))["data"]!["thingList"]!.AsArray();
        ((string)things.ShouldHaveSingleItem()!["itemData"]!["deviceid"]!).ShouldBe(made.Device.Id);

        var renewed = await app.SignedAsync("/v2/user/oauth/token", new JsonObject { ["grantType"] = "refresh_token", ["rt"] = (string)data["refreshToken"]! });
        renewed.Error().ShouldBe(0, renewed.ToJsonString());
        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(401, "the old pair is dead");
        app.Token = (string)renewed["data"]!["accessToken"]!;
        (await app.DeleteAsync("/v2/user/oauth/token")).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(401);
        (await person.GetAsync("/v2/user/profile")).Error().ShouldBe(0, "his other apps go on");
    }

    [Fact]
    public async Task A_code_is_good_once_for_its_app_and_address_and_for_a_while()
    {
        using var person = await House.PersonAsync();
        using var app = await AppAsync();
        using var other = await AppAsync();
        var code = await CodeAsync(app, person);
        (await RedeemAsync(other, code)).Error().ShouldBe(406);
        (await RedeemAsync(app, code, "https://app.example.com/other")).Error().ShouldBe(406);
        (await RedeemAsync(app, code + "x")).Error().ShouldBe(406);
        (await RedeemAsync(app, code)).Error().ShouldBe(0);
        (await RedeemAsync(app, code)).Error().ShouldBe(406);

        var old = await CodeAsync(app, person);
        House.Time!.Advance(OAuthService.CodeLife);
        (await RedeemAsync(app, old)).Error().ShouldBe(406);
        var raced = await CodeAsync(app, person);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RedeemAsync(app, raced)));
        answers.Select(a => a.Error()).Order().ShouldBe([0, 406, 406, 406]);
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_for_tokens_has_its_code()
    {
        using var app = await AppAsync();
        foreach (var body in new JsonObject[]
        {
            new() { ["grantType"] = "password" },
            new() { ["grantType"] = "authorization_code" },
            new() { ["grantType"] = "authorization_code", ["code"] = "x" },
            new() { ["grantType"] = "authorization_code", ["redirectUrl"] = Redirect },
            new() { ["grantType"] = "refresh_token" },
            new() { ["code"] = "x" },
        }) (await app.SignedAsync("/v2/user/oauth/token", body)).Error().ShouldBe(400, body.ToJsonString());
        (await app.SignedAsync("/v2/user/oauth/token", new JsonObject { ["grantType"] = "refresh_token", ["rt"] = "x" })).Error().ShouldBe(401);
    }

    [Fact]
    public async Task Nobody_is_led_where_the_operator_did_not_say()
    {
        using var app = await AppAsync();
        using var disabled = await AppAsync();
        (await House.Server.Service<AppService>().SetDisabledAsync(disabled.AppId, disabled: true, Cancel)).IsOk.ShouldBeTrue();
        var good = Address(app);
        var elsewhere = good.Replace(Uri.EscapeDataString(Redirect), Uri.EscapeDataString("https://evil.example.com/"), StringComparison.Ordinal);
        var longer = good.Replace(Uri.EscapeDataString(Redirect), Uri.EscapeDataString(Redirect + "x"), StringComparison.Ordinal);
        foreach (var address in new[] { elsewhere, longer, good.Replace("seq=1", "seq=2", StringComparison.Ordinal), good + "&grantType=other", Address(disabled), "/oauth/index.html", "/oauth/index.html?clientId=nobody" })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
            {
                var answer = await SendAsync(method, address, ("login", CoolKitHouse.OwnerEmail), ("password", CoolKitHouse.Password));
                (answer.Status, answer.Location).ShouldBe((HttpStatusCode.BadRequest, null), address);
                answer.Body.ShouldNotContain("<form");
            }
        }
    }

    [Fact]
    public async Task Who_cannot_sign_in_stays_on_the_page()
    {
        using var app = await AppAsync();
        using var person = await House.PersonAsync();
        foreach (var (login, password, status) in new[]
        {
            (person.Email, "Wrong1password", HttpStatusCode.Unauthorized),
            (House.NewEmail(), CoolKitHouse.Password, HttpStatusCode.Unauthorized),
            ("\"><script>", CoolKitHouse.Password, HttpStatusCode.BadRequest),
            ("", "", HttpStatusCode.BadRequest),
        })
        {
            var answer = await SignInAsync(app, login, password);
            (answer.Status, answer.Location).ShouldBe((status, null));
            answer.Body.ShouldContain("role=\"alert\"");
            answer.Body.ShouldContain("<form");
            answer.Body.ShouldNotContain("<script>");
        }
    }

    private async Task<CoolKitApp> AppAsync()
    {
        var made = (await House.Server.Service<AppService>().AddAsync(new NewApp("coolkit", AppKind.OAuth) { Redirects = [Redirect, "https://app.example.com/other"] }, Cancel)).Value;
        return new CoolKitApp(House.Server.Http, made.App.Id, made.Secret);
    }

    private static string Address(CoolKitApp app) =>
        $"/oauth/index.html?clientId={app.AppId}&seq=1&authorization={Uri.EscapeDataString(app.Sign($"{app.AppId}_1"))}&redirectUrl={Uri.EscapeDataString(Redirect)}&state=a%20b%26c&nonce=abcd1234";

    private Task<(HttpStatusCode Status, string? Location, string Body)> SignInAsync(CoolKitApp app, string login, string password) =>
        SendAsync(HttpMethod.Post, Address(app), ("login", login), ("password", password));

    private async Task<string> CodeAsync(CoolKitApp app, CoolKitApp person)
    {
        var back = await SignInAsync(app, person.Email, CoolKitHouse.Password);
        back.Status.ShouldBe(HttpStatusCode.Redirect, back.Body);
        return QueryHelpers.ParseQuery(new Uri(back.Location!).Query)["code"]!;
    }

    private static Task<JsonObject> RedeemAsync(CoolKitApp app, string code, string redirect = Redirect) =>
        app.SignedAsync("/v2/user/oauth/token", new JsonObject { ["grantType"] = "authorization_code", ["code"] = code, ["redirectUrl"] = redirect });

    private async Task<(HttpStatusCode Status, string? Location, string Body)> SendAsync(HttpMethod method, string address, params (string Name, string Value)[] form)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = House.Server.Http };
        using var request = new HttpRequestMessage(method, address);
        if (method == HttpMethod.Post) request.Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        using var answer = await http.SendAsync(request, Cancel);
        return (answer.StatusCode, answer.Headers.Location?.OriginalString, await answer.Content.ReadAsStringAsync(Cancel));
    }
}
