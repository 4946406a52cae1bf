using System.Net;
using System.Text;
using Irori.Core.Accounts;
using Irori.Core.Projects;
using Irori.Server.Console;
using Shouldly;
using static Irori.Tests.Console.ConsoleHouse;

namespace Irori.Tests.Console;

public sealed class SessionApiTests(ConsoleHouse house) : IClassFixture<ConsoleHouse>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signing_in_says_who_and_signing_out_ends_it_for_good()
    {
        var client = house.Client();
        var signedIn = await PostAsync(client, "session", $$"""{"login":" OWNER@example.com ","password":"{{Password}}","later":1}""");
        signedIn.Status.ShouldBe(HttpStatusCode.OK);
        var me = (await GetAsync(client, "session")).Body;
        me.ToJsonString().ShouldBe(signedIn.Body.ToJsonString());
        (me["name"]!.GetValue<string>(), me["email"]!.GetValue<string>()).ShouldBe(("Ada", Owner));
        (me["operator"]!.GetValue<bool>(), me["outbox"]!.GetValue<bool>()).ShouldBe((true, true));

        (await DeleteAsync(client, "session")).Status.ShouldBe(HttpStatusCode.OK);

        (await GetAsync(client, "session")).Kind.ShouldBe("notSignedIn");
    }

    [Fact]
    public async Task The_token_lives_in_a_cookie_that_no_script_and_no_other_site_gets()
    {
        (await CookieAsync(house.Server.Http)).ShouldSatisfyAllConditions(
            c => c.ShouldStartWith("irori-console="),
            c => c.ShouldContain("; path=/console/api; samesite=strict; httponly"),
            c => c.ShouldNotContain("secure"));
        (await CookieAsync(house.Server.Https)).ShouldSatisfyAllConditions(
            c => c.ShouldStartWith("__secure-irori-console="),
            c => c.ShouldContain("; path=/console/api; secure; samesite=strict; httponly"));
    }

    [Fact]
    public async Task A_token_of_another_app_opens_nothing()
    {
        var app = (await house.Service<AppService>().FindAsync("phone", "coolkit", Cancel)).Value;
        var session = (await house.Service<AccountService>().SignInAsync(Login.Email(Owner).Value, Password, null, app, null, Cancel)).Value;
        var client = house.Client();
        client.DefaultRequestHeaders.Add("Cookie", $"irori-console={session.Tokens.Access}");

        (await GetAsync(client, "homes")).Kind.ShouldBe("notSignedIn");
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_login_look_the_same()
    {
        var wrong = await PostAsync(house.Client(), "session", $$"""{"login":"{{Owner}}","password":"guess"}""");
        var unknown = await PostAsync(house.Client(), "session", """{"login":"nobody@example.com","password":"guess"}""");

        (wrong.Status, wrong.Kind, wrong.Message).ShouldBe((HttpStatusCode.Unauthorized, "wrongLogin", "Login or password is wrong"));
        unknown.Body.ToJsonString().ShouldBe(wrong.Body.ToJsonString());
    }

    [Fact]
    public async Task Guessing_ends_in_429_with_the_time_to_wait()
    {
        var client = house.Client();
        for (var i = 0; i < SignInThrottle.PerAddress; i++) await PostAsync(client, "session", $$"""{"login":"{{Stranger}}","password":"guess{{i}}"}""");
        using var content = new StringContent($$"""{"login":"{{Stranger}}","password":"{{Password}}"}""", Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("session", content, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        response.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("{}", "login")]
    [InlineData("""{"login":7,"password":"x"}""", "login")]
    [InlineData("""{"login":"owner@example.com"}""", "password")]
    [InlineData("""{"login":"owner@example.com","password":["x"]}""", "password")]
    [InlineData("""{"login":"neither address nor number","password":"x"}""", "login")]
    [InlineData("""{"login":"\ud800@example.com","password":"x"}""", "body")]
    [InlineData("[]", "body")]
    [InlineData("null", "body")]
    [InlineData("{", "body")]
    [InlineData("", "body")]
    public async Task A_wrong_field_is_named(string body, string field)
    {
        var reply = await PostAsync(house.Client(), "session", body);

        (reply.Status, reply.Kind, reply.Field).ShouldBe((HttpStatusCode.BadRequest, "invalid", field));
    }

    [Fact]
    public async Task The_consoles_app_is_made_once_however_many_nodes_start()
    {
        var app = new ConsoleApp(house.Service<AppService>());

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => app.StartAsync(Cancel)));

        (await house.Service<AppService>().FindAsync(ConsoleApp.Id, ConsoleApp.Dialect, Cancel)).Value.Kind.ShouldBe(AppKind.Console);
    }

    private static async Task<string> CookieAsync(Uri server)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        using var client = new HttpClient(handler) { BaseAddress = server };
        client.DefaultRequestHeaders.Add("X-Irori-Console", "1");
        using var content = new StringContent($$"""{"login":"{{Owner}}","password":"{{Password}}"}""", Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("/console/api/session", content, Cancel);
        return response.Headers.GetValues("Set-Cookie").Single().ToLowerInvariant();
    }
}
