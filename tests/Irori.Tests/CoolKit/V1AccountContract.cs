using System.Text.Json.Nodes;
using Irori.Core.Accounts;
using Irori.Server.Settings;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>People in CoolKit v1: regions, codes, sign-up, sign-in, passwords, tokens.</summary>
public abstract class V1AccountContract(HouseFixture fixture)
{
    private const string Fresh = "Another2horse";

    private CoolKitHouse House { get; } = fixture.House;

    [Theory]
    [InlineData("86", "cn")]
    [InlineData("49", "eu")]
    [InlineData("+1", "us")]
    [InlineData(null, "eu")]
    public async Task A_calling_code_has_a_region(string? code, string region)
    {
        using var app = House.App();
        var answer = await new V1App(app).SignedGetAsync("/api/user/region", code is null ? [] : new JsonObject { ["country_code"] = code });
        ((int)answer["error"]!, (string)answer["region"]!).ShouldBe((0, region));
        ((string)answer["requestid"]!).ShouldStartWith("asbsedwq-");
        (await new V1App(app).SignedGetAsync("/api/user/region", new JsonObject { ["country_code"] = "999999" })).Error().ShouldBe(400);
    }

    [Theory]
    [InlineData("+4915112345", "eu", "+49")]
    [InlineData("+8613811112", "cn", "+86")]
    [InlineData("email", "eu", "+44")]
    public async Task Somebody_signs_up_by_a_code_and_is_the_same_person_in_both_versions(string to, string region, string callingCode)
    {
        using var app = House.App();
        var v1 = new V1App(app);
        var email = to == "email" ? House.NewEmail() : null;
        var login = email ?? $"{to}{Random()}";
        (await v1.SignedAsync("/api/sms", email is null ? new JsonObject { ["sendType"] = "0", ["to"] = login } : new JsonObject { ["sendType"] = "0", ["email"] = email })).ToJsonString().ShouldBe("""{"error":0}""");
        var wanted = new JsonObject { ["verificationCode"] = House.CodeOf(login), ["password"] = Fresh, [email is null ? "phoneNumber" : "email"] = login };

        var answer = await v1.SignedAsync("/api/user/register", wanted);

        answer.ContainsKey("error").ShouldBeFalse();
        ((string)answer["region"]!).ShouldBe(region);
        ((string)answer["user"]!["appId"]!).ShouldBe(app.AppId);
        V1App.Time(answer["user"]!["createdAt"]).Year.ShouldBeGreaterThan(2000);
        app.Token = (string)answer["at"]!;
        var profile = (await app.GetAsync("/v2/user/profile"))["data"]!["user"]!;
        ((string)profile["apikey"]!, (string)profile["countryCode"]!).ShouldBe(((string)answer["user"]!["apikey"]!, callingCode));
        (await v1.SignedAsync("/api/sms", email is null ? new JsonObject { ["sendType"] = "0", ["to"] = login } : new JsonObject { ["sendType"] = "0", ["email"] = email })).Error().ShouldBe(409);
        (await v1.SignedAsync("/api/user/register", wanted)).Error().ShouldBe(409);
    }

    [Fact]
    public async Task What_is_wrong_with_a_sign_up_has_its_code()
    {
        using var app = House.App();
        var v1 = new V1App(app);
        var login = House.NewEmail();
        await v1.SignedAsync("/api/sms", new JsonObject { ["sendType"] = "0", ["email"] = login });
        var wanted = new JsonObject { ["verificationCode"] = "000000x", ["password"] = Fresh, ["email"] = login };

        (await v1.SignedAsync("/api/user/register", wanted)).Error().ShouldBe(498);
        wanted["password"] = "short";
        (await v1.SignedAsync("/api/user/register", wanted)).Error().ShouldBe(400);
        wanted["phoneNumber"] = "+9990001112222";
        (await v1.SignedAsync("/api/user/register", wanted)).Error().ShouldBe(400);
        wanted.Remove("password");
        (await v1.SignedAsync("/api/user/register", wanted)).Error().ShouldBe(400);
        using var forger = new CoolKitApp(House.Server.Http, app.AppId, "another secret");
        (await new V1App(forger).SignedAsync("/api/user/register", wanted)).Error().ShouldBe(401);
    }

    [Fact]
    public async Task A_code_is_sent_only_where_it_may_be_and_not_too_often()
    {
        using var app = House.App();
        var v1 = new V1App(app);
        var nobody = House.NewEmail();
        (await v1.SignedAsync("/api/sms", new JsonObject { ["sendType"] = "1", ["email"] = nobody })).Error().ShouldBe(401);
        (await v1.SignedAsync("/api/sms", new JsonObject { ["sendType"] = "7", ["email"] = nobody })).Error().ShouldBe(400);
        (await v1.SignedAsync("/api/sms", new JsonObject { ["sendType"] = "0" })).Error().ShouldBe(400);
        (await v1.SignedAsync("/api/sms", new JsonObject { ["sendType"] = "0", ["email"] = nobody, ["to"] = "+4915112345678" })).Error().ShouldBe(400);
        for (var i = 0; i < 3; i++) (await v1.SignedAsync("/api/sms", new JsonObject { ["sendType"] = "0", ["email"] = nobody })).Error().ShouldBe(0);
        (await v1.SignedAsync("/api/sms", new JsonObject { ["sendType"] = "0", ["email"] = nobody })).Error().ShouldBe(160038);
        app.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_is_wrong_with_a_sign_in_has_its_code()
    {
        var person = House.NewEmail();
        await House.AddAccountAsync(person);
        using var app = House.App();
        var v1 = new V1App(app);

        (await v1.LoginAsync(person)).ContainsKey("error").ShouldBeFalse();
        (await v1.LoginAsync(person, "Wrong1password")).Error().ShouldBe(401);
        (await v1.LoginAsync(House.NewEmail())).Error().ShouldBe(404);
        (await v1.SignedAsync("/api/user/login", new JsonObject { ["email"] = person })).Error().ShouldBe(400);
        using var forger = new CoolKitApp(House.Server.Http, app.AppId, "another secret");
        (await new V1App(forger).LoginAsync(person)).Error().ShouldBe(406);
        using var unknown = new CoolKitApp(House.Server.Http, "no-such-app", "another secret");
        (await new V1App(unknown).LoginAsync(person)).Error().ShouldBe(406);
    }

    [Fact]
    public async Task An_account_of_another_region_is_sent_there()
    {
        await using var house = await CoolKitHouse.StartAsync(fixture.Engine, s => s with { Regions = new RegionsSection { Served = ["us"] } }, HouseFixture.Options());
        using var app = house.App();
        var v1 = new V1App(app);

        var answer = await v1.LoginAsync(CoolKitHouse.OwnerEmail);

        (answer.Error(), (string)answer["region"]!).ShouldBe((301, "eu"));
        answer = await v1.SignedAsync("/api/sms", new JsonObject { ["sendType"] = "1", ["email"] = CoolKitHouse.OwnerEmail });
        (answer.Error(), (string)answer["region"]!).ShouldBe((301, "eu"));
        answer = await v1.SignedAsync("/api/user/password/reset", new JsonObject { ["email"] = CoolKitHouse.OwnerEmail, ["verificationCode"] = "123456", ["password"] = Fresh });
        (answer.Error(), (string)answer["region"]!).ShouldBe((301, "eu"));
    }

    [Fact]
    public async Task A_new_password_is_set_by_a_code_or_by_the_old_one()
    {
        var person = House.NewEmail();
        await House.AddAccountAsync(person);
        using var app = House.App();
        var v1 = new V1App(app);
        await v1.LoginAsync(person);

        (await v1.PostAsync("/api/user/password", new JsonObject { ["oldPassword"] = "Wrong1password", ["newPassword"] = Fresh })).Error().ShouldBe(401);
        (await v1.PostAsync("/api/user/password", new JsonObject { ["oldPassword"] = CoolKitHouse.Password, ["newPassword"] = "short" })).Error().ShouldBe(400);
        var changed = await v1.PostAsync("/api/user/password", new JsonObject { ["oldPassword"] = CoolKitHouse.Password, ["newPassword"] = Fresh });
        changed.ContainsKey("error").ShouldBeFalse();
        ((string)changed["message"]!).ShouldNotBeEmpty();
        (await v1.LoginAsync(person, Fresh)).ContainsKey("error").ShouldBeFalse();

        await v1.SignedAsync("/api/sms", new JsonObject { ["sendType"] = "1", ["email"] = person });
        var wanted = new JsonObject { ["email"] = person, ["verificationCode"] = "1", ["password"] = CoolKitHouse.Password };
        (await v1.SignedAsync("/api/user/password/reset", wanted)).Error().ShouldBe(498);
        wanted["verificationCode"] = House.CodeOf(person);
        var reset = await v1.SignedAsync("/api/user/password/reset", wanted);
        reset.ContainsKey("error").ShouldBeFalse();
        (await v1.GetAsync("/api/user/device")).Error().ShouldBe(401, "all sessions of before have ended");
        v1.Take(reset);
        (await v1.GetAsync("/api/user/device")).Error().ShouldBe(0);
        wanted["password"] = "short";
        (await v1.SignedAsync("/api/user/password/reset", wanted)).Error().ShouldBe(400);
        wanted["password"] = CoolKitHouse.Password;
        wanted["email"] = House.NewEmail();
        (await v1.SignedAsync("/api/user/password/reset", wanted)).Error().ShouldBe(401);
    }

    [Fact]
    public async Task Who_guesses_a_password_has_to_wait()
    {
        var person = House.NewEmail();
        await House.AddAccountAsync(person);
        using var app = House.App();
        var v1 = new V1App(app);
        for (var i = 0; i < SignInThrottle.PerAddress; i++) (await v1.LoginAsync(person, "Wrong1horse")).Error().ShouldBe(401);
        (await v1.LoginAsync(person)).Error().ShouldBe(403);
        app.RetryAfter.ShouldNotBeNull();
        House.Time!.Advance(SignInThrottle.Window);
        (await v1.LoginAsync(person)).ContainsKey("error").ShouldBeFalse();
    }

    [Fact]
    public async Task A_refresh_token_is_exchanged_once()
    {
        var person = House.NewEmail();
        await House.AddAccountAsync(person);
        var secret = await House.AddAppAsync(accessSeconds: 60, refreshSeconds: 120);
        using var app = new CoolKitApp(House.Server.Http, secret.App.Id, secret.Secret);
        var v1 = new V1App(app);
        await v1.LoginAsync(person);
        var old = v1.RefreshToken!;

        (await v1.SignedGetAsync("/api/user/refresh", new JsonObject { ["grantType"] = "other", ["rt"] = old })).Error().ShouldBe(400);
        (await v1.SignedGetAsync("/api/user/refresh", new JsonObject { ["grantType"] = "refresh" })).Error().ShouldBe(400);
        var fresh = await v1.SignedGetAsync("/api/user/refresh", new JsonObject { ["grantType"] = "refresh", ["rt"] = old });
        fresh.ContainsKey("error").ShouldBeFalse();
        ((string)fresh["user"]!["apikey"]!).ShouldBe(v1.Apikey);
        (await v1.GetAsync("/api/user/device")).Error().ShouldBe(401);
        v1.Take(fresh);
        (await v1.GetAsync("/api/user/device")).Error().ShouldBe(0);
        (await v1.SignedGetAsync("/api/user/refresh", new JsonObject { ["grantType"] = "refresh", ["rt"] = old })).Error().ShouldBe(401);
        House.Time!.Advance(TimeSpan.FromSeconds(121));
        (await v1.GetAsync("/api/user/device")).Error().ShouldBe(401);
        (await v1.SignedGetAsync("/api/user/refresh", new JsonObject { ["grantType"] = "refresh", ["rt"] = v1.RefreshToken })).Error().ShouldBe(402);
    }

    private static string Random() => $"{System.Security.Cryptography.RandomNumberGenerator.GetInt32(1_000, 9_999)}";
}
