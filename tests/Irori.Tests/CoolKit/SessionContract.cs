using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Tokens, passwords, the profile, and how they end (CoolKit v2, user).</summary>
public abstract class SessionContract(HouseFixture fixture)
{
    private const string Fresh = "Another1horse";

    private CoolKitHouse House { get; } = fixture.House;

    [Fact]
    public async Task Tokens_are_refreshed_by_the_apps_signature()
    {
        using var app = await House.PersonAsync();
        var answer = await app.SignedAsync("/v2/user/refresh", Rt(app));
        answer.Error().ShouldBe(0, answer.ToJsonString());
        answer["data"]!.AsObject().Select(p => p.Key).ShouldBe(["at", "rt"]);
        await IsRotatedAsync(app, answer);
    }

    [Fact]
    public async Task Tokens_are_refreshed_by_the_access_token_itself()
    {
        using var app = await House.PersonAsync();
        var answer = await app.PostAsync("/v2/user/refresh", Rt(app));
        answer.Error().ShouldBe(0, answer.ToJsonString());
        await IsRotatedAsync(app, answer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tokens_are_refreshed_when_they_are_too_old(bool signed)
    {
        using var app = await House.PersonAsync(await House.AddAppAsync(accessSeconds: 60, refreshSeconds: 120));
        House.Time!.Advance(TimeSpan.FromSeconds(61));
        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(402);
        var answer = signed ? await app.SignedAsync("/v2/user/refresh", Rt(app)) : await app.PostAsync("/v2/user/refresh", Rt(app));
        answer.Error().ShouldBe(0, answer.ToJsonString());
        await IsRotatedAsync(app, answer);
        House.Time!.Advance(TimeSpan.FromSeconds(121));
        (await app.SignedAsync("/v2/user/refresh", Rt(app))).Error().ShouldBe(402);
        (await app.PostAsync("/v2/user/refresh", Rt(app))).Error().ShouldBe(402);
    }

    [Fact]
    public async Task A_refresh_token_is_good_only_beside_its_own_access_token_or_app()
    {
        using var app = await House.PersonAsync();
        using var again = await House.SignInAsync(app.Email);
        using var stranger = await House.PersonAsync();
        using var elsewhere = await House.PersonAsync(await House.AddAppAsync());
        foreach (var other in new[] { again, stranger, elsewhere })
            (await other.PostAsync("/v2/user/refresh", Rt(app))).Error().ShouldBe(401);
        (await elsewhere.SignedAsync("/v2/user/refresh", Rt(app))).Error().ShouldBe(401);
        foreach (var garbage in new[] { "", "x", app.Token!, new string('a', 40) })
            (await app.SignedAsync("/v2/user/refresh", new JsonObject { ["rt"] = garbage })).Error().ShouldBe(401);
        (await app.PostAsync("/v2/user/refresh", Rt(app))).Error().ShouldBe(0);
    }

    [Fact]
    public async Task Of_two_that_refresh_at_once_one_wins()
    {
        using var app = await House.PersonAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.SignedAsync("/v2/user/refresh", Rt(app))));
        answers.Count(a => a.Error() == 0).ShouldBe(1);
        answers.Count(a => a.Error() == 401).ShouldBe(7);
    }

    [Fact]
    public async Task Signing_out_ends_the_tokens_and_the_long_connection()
    {
        using var app = await House.PersonAsync();
        using var again = await House.SignInAsync(app.Email);
        await using var socket = await AppSocket.ConnectAsync(House, app);
        await using var other = await AppSocket.ConnectAsync(House, again);
        (await app.DeleteAsync("/v2/user/logout")).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(401);
        (await app.SignedAsync("/v2/user/refresh", Rt(app))).Error().ShouldBe(401);
        (await again.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
        await other.SendAsync("ping");
        (await other.ReceiveTextAsync()).ShouldBe("pong");
    }

    [Fact]
    public async Task In_an_app_of_single_sessions_a_newer_one_ends_the_older_and_its_connection()
    {
        var secret = await House.AddAppAsync(single: true);
        using var app = await House.PersonAsync(secret);
        await using var socket = await AppSocket.ConnectAsync(House, app);
        using var newer = await House.SignInAsync(app.Email, secret);
        using var elsewhere = await House.SignInAsync(app.Email);
        (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(401);
        (await app.SignedAsync("/v2/user/refresh", Rt(app))).Error().ShouldBe(401);
        (await newer.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_new_password_by_a_code_signs_in_and_ends_every_other_session()
    {
        using var app = await House.PersonAsync();
        using var again = await House.SignInAsync(app.Email);
        await using var socket = await AppSocket.ConnectAsync(House, again);
        await app.SignedAsync("/v2/user/verification-code", new JsonObject { ["type"] = 1, ["email"] = app.Email });
        var answer = await app.SignedAsync(
            "/v2/user/reset-pwd", new JsonObject { ["email"] = app.Email, ["verificationCode"] = House.CodeOf(app.Email), ["password"] = Fresh });
        answer.Error().ShouldBe(0, answer.ToJsonString());
        ((string)answer["data"]!["user"]!["email"]!).ShouldBe(app.Email);
        (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
        foreach (var old in new[] { app, again })
        {
            (await old.GetAsync("/v2/user/profile")).Error().ShouldBe(401);
            (await old.SignedAsync("/v2/user/refresh", Rt(old))).Error().ShouldBe(401);
        }

        app.Take(answer);
        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
        (await again.LoginAsync(app.Email, CoolKitHouse.Password)).Error().ShouldBe(10001);
        (await again.LoginAsync(app.Email, Fresh)).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_new_password_for_nobody_is_refused()
    {
        using var app = House.App();
        (await app.SignedAsync("/v2/user/reset-pwd", new JsonObject { ["email"] = House.NewEmail(), ["verificationCode"] = "123456", ["password"] = Fresh })).Error().ShouldBe(10003);
    }

    [Fact]
    public async Task A_new_password_by_the_old_one_leaves_only_ones_own_session()
    {
        using var app = await House.PersonAsync();
        using var again = await House.SignInAsync(app.Email);
        await using var own = await AppSocket.ConnectAsync(House, app);
        await using var other = await AppSocket.ConnectAsync(House, again);
        (await ChangeAsync(app, "Wrong1horse", Fresh)).Error().ShouldBe(10001);
        (await again.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
        (await ChangeAsync(app, CoolKitHouse.Password, Fresh)).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");

        (await other.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
        (await again.GetAsync("/v2/user/profile")).Error().ShouldBe(401);
        (await again.SignedAsync("/v2/user/refresh", Rt(again))).Error().ShouldBe(401);
        await own.SendAsync("ping");
        (await own.ReceiveTextAsync()).ShouldBe("pong");
        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
        app.Take(await app.SignedAsync("/v2/user/refresh", Rt(app)));
        (await ChangeAsync(app, Fresh, Fresh)).Error().ShouldBe(0);
        (await again.LoginAsync(app.Email, CoolKitHouse.Password)).Error().ShouldBe(10001);
        (await again.LoginAsync(app.Email, Fresh)).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_profile_changes_only_where_something_is_given()
    {
        using var app = await House.PersonAsync();
        (await ProfileAsync(app, """{"nickname":"Ünï 👩‍🔧","acceptEmailAd":true,"accountConsult":true}""")).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        foreach (var nothing in new[] { "{}", """{"nickname":null,"acceptEmailAd":null,"accountConsult":null}""", """{"nickname":"","acceptEmailAd":"","accountConsult":""}""" })
            (await ProfileAsync(app, nothing)).Error().ShouldBe(0, nothing);
        var user = (await app.GetAsync("/v2/user/profile"))["data"]!["user"]!;
        ((string)user["nickname"]!).ShouldBe("Ünï 👩‍🔧");
        ((bool)user["acceptEmailAd"]!).ShouldBeTrue();
        ((bool)user["accountConsult"]!).ShouldBeTrue();
        (await ProfileAsync(app, """{"acceptEmailAd":false}""")).Error().ShouldBe(0);
        ((bool)(await app.GetAsync("/v2/user/profile"))["data"]!["user"]!["acceptEmailAd"]!).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"accountConsult":false}""")]
    [InlineData("""{"nickname":"then","accountConsult":false}""")]
    [InlineData("""{"accountConsult":"true"}""")]
    [InlineData("""{"acceptEmailAd":1}""")]
    public async Task A_profile_that_cannot_be_is_refused(string change)
    {
        using var app = await House.PersonAsync();
        (await ProfileAsync(app, change)).Error().ShouldBe(400);
        (await ProfileAsync(app, new JsonObject { ["nickname"] = new string('x', 65) }.ToJsonString())).Error().ShouldBe(400);
        ((string)(await app.GetAsync("/v2/user/profile"))["data"]!["user"]!["nickname"]!).ShouldBe("Somebody");
    }

    [Fact]
    public async Task A_profile_says_who_somebody_is()
    {
        using var app = await House.PersonAsync();
        var data = (await app.GetAsync("/v2/user/profile"))["data"]!;
        ((string)data["region"]!).ShouldBe("eu");
        var user = data["user"]!.AsObject();
        ((string)user["email"]!).ShouldBe(app.Email);
        ((string)user["apikey"]!).ShouldBe(app.Apikey);
        ((string)user["countryCode"]!).ShouldBe("+49");
        ((string)user["nickname"]!).ShouldBe("Somebody");
        ((int)user["accountLevel"]!).ShouldBe(20);
        ((bool)user["accountConsult"]!).ShouldBeFalse();
    }

    [Fact]
    public async Task A_closed_account_is_gone_and_its_devices_are_free()
    {
        using var app = await House.PersonAsync();
        using var again = await House.SignInAsync(app.Email);
        var made = await House.AddAsync(app);
        await using var lamp = await House.ConnectAsync(made);
        await using var socket = await AppSocket.ConnectAsync(House, again);
        (await CloseAsync(app, "123456")).Error().ShouldBe(10002);
        (await app.PostAsync("/v2/user/verification-code", new JsonObject { ["type"] = 3, ["email"] = app.Email })).Error().ShouldBe(0);
        (await CloseAsync(app, House.CodeOf(app.Email))).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");

        (await socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
        (await lamp.Socket.ReceiveCloseAsync()).ShouldBe(WebSocketCloseStatus.NormalClosure);
        foreach (var old in new[] { app, again })
        {
            (await old.GetAsync("/v2/user/profile")).Error().ShouldBe(401);
            (await old.SignedAsync("/v2/user/refresh", Rt(old))).Error().ShouldBe(401);
        }

        (await again.LoginAsync(app.Email, CoolKitHouse.Password)).Error().ShouldBe(10003);
        using var next = await House.PersonAsync();
        (await next.PostAsync("/v2/device/add", CoolKitHouse.AddBody(made))).Error().ShouldBe(0);
        await using var back = await House.ConnectAsync(made);
        back.Apikey.ShouldBe(next.Apikey);

        await app.SignedAsync("/v2/user/verification-code", new JsonObject { ["type"] = 0, ["email"] = app.Email });
        var anew = await app.SignedAsync(
            "/v2/user/register",
            new JsonObject { ["countryCode"] = "+49", ["email"] = app.Email, ["verificationCode"] = House.CodeOf(app.Email), ["password"] = Fresh });
        anew.Error().ShouldBe(0, anew.ToJsonString());
        ((string)anew["data"]!["user"]!["apikey"]!).ShouldNotBe(app.Apikey);
        app.Take(anew);
        ((int)(await app.GetAsync("/v2/device/thing"))["data"]!["total"]!).ShouldBe(0);
    }

    private static JsonObject Rt(CoolKitApp app) => new() { ["rt"] = app.RefreshToken };

    private static Task<JsonObject> ChangeAsync(CoolKitApp app, string old, string fresh) =>
        app.PostAsync("/v2/user/change-pwd", new JsonObject { ["oldPassword"] = old, ["newPassword"] = fresh });

    private static Task<JsonObject> CloseAsync(CoolKitApp app, string code) => app.PostAsync("/v2/user/close-account", new JsonObject { ["verificationCode"] = code });

    private static Task<JsonObject> ProfileAsync(CoolKitApp app, string change) => app.PostAsync("/v2/user/profile", JsonNode.Parse(change)!);

    // The fresh pair works, the old one is dead.
    private static async Task IsRotatedAsync(CoolKitApp app, JsonObject answer)
    {
        var (oldAccess, oldRefresh) = (app.Token, Rt(app));
        app.Take(answer);
        var (access, refresh) = (app.Token, app.RefreshToken);
        app.Token = oldAccess;
        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(401);
        (await app.PostAsync("/v2/user/refresh", new JsonObject { ["rt"] = refresh })).Error().ShouldBe(401);
        app.Token = access;
        (await app.SignedAsync("/v2/user/refresh", oldRefresh)).Error().ShouldBe(401);
        (await app.PostAsync("/v2/user/refresh", oldRefresh)).Error().ShouldBe(401);
        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
    }
}
