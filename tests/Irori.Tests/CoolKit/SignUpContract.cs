using System.Text.Json.Nodes;
using Irori.Core.Accounts;
using Irori.Server.Settings;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>Regions, verification codes, sign-up and sign-in (CoolKit v2, user).</summary>
public abstract class SignUpContract(HouseFixture fixture)
{
    private const string GoodPassword = "abc12345";

    private static int _phones;

    private CoolKitHouse House { get; } = fixture.House;

    [Theory]
    [InlineData("86", "cn")]
    [InlineData("%2B86", "cn")]
    [InlineData("+86", "cn")]
    [InlineData("1", "us")]
    [InlineData("%2B49", "eu")]
    [InlineData("91", "as")]
    [InlineData("1268", "as")]
    [InlineData("7", "eu")]
    public async Task A_calling_code_has_a_region(string code, string region)
    {
        using var app = House.App();
        var answer = await app.SignedGetAsync("/v2/utils/get-region", $"countryCode={code}");
        answer.Error().ShouldBe(0);
        ((string)answer["data"]!["region"]!).ShouldBe(region);
    }

    [Theory]
    [InlineData("999")]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("86x")]
    [InlineData("086")]
    public async Task What_is_no_calling_code_has_no_region(string code)
    {
        using var app = House.App();
        (await app.SignedGetAsync("/v2/utils/get-region", $"countryCode={code}")).Error().ShouldBe(400);
    }

    [Fact]
    public async Task Somebody_registers_by_mail_and_is_signed_in()
    {
        using var app = House.App();
        var email = House.NewEmail();
        (await SendCodeAsync(app, 0, email)).ToJsonString().ShouldBe("""{"error":0,"msg":"","data":{}}""");
        var answer = await RegisterAsync(app, email.ToUpperInvariant(), "+49", House.CodeOf(email));
        answer.Error().ShouldBe(0, answer.ToJsonString());
        var data = answer["data"]!;
        ((string)data["region"]!).ShouldBe("eu");
        ((string)data["user"]!["email"]!).ShouldBe(email);
        ((string)data["user"]!["countryCode"]!).ShouldBe("+49");
        data["user"]!["phoneNumber"].ShouldBeNull();
        Guid.TryParse((string)data["user"]!["apikey"]!, out _).ShouldBeTrue();
        ((int)data["user"]!["accountLevel"]!).ShouldBeOneOf(10, 20, 30);
        ((string)data["at"]!).Length.ShouldBe(40);
        ((string)data["rt"]!).Length.ShouldBe(40);
        app.Take(answer);
        ((string)(await app.GetAsync("/v2/user/profile"))["data"]!["user"]!["apikey"]!).ShouldBe(app.Apikey);
        (await LoginAsync(app, email)).Error().ShouldBe(0);
    }

    [Fact]
    public async Task Phones_register_where_the_document_allows_it()
    {
        using var app = House.App();
        foreach (var code in "+86 +63 +84 +855 +856 +60 +65 +95 +66 +673 +62 +670 +98 +886".Split(' '))
        {
            var phone = NewPhone(code);
            (await SendCodeAsync(app, 0, phone)).Error().ShouldBe(0);
            var answer = await RegisterAsync(app, phone, code, House.CodeOf(phone));
            answer.Error().ShouldBe(0, answer.ToJsonString());
            ((string)answer["data"]!["user"]!["phoneNumber"]!).ShouldBe(phone);
            answer["data"]!["user"]!["email"].ShouldBeNull();
            ((string)answer["data"]!["region"]!).ShouldBe(code == "+86" ? "cn" : "as");
        }
    }

    [Theory]
    [InlineData("+49", "+4915112345678")]
    [InlineData("+1", "+12025550123")]
    [InlineData("+86", "+8493123456")]
    [InlineData("+84", "+8618012345678")]
    [InlineData("+86", "18012345678")]
    [InlineData("86", "+8618012345678")]
    [InlineData("+999", "+999123456789")]
    [InlineData("", "+8618012345678")]
    public async Task Other_phones_do_not_register(string code, string phone)
    {
        using var app = House.App();
        (await RegisterAsync(app, phone, code, "123456")).Error().ShouldBe(400);
    }

    [Theory]
    [InlineData("/v2/user/register")]
    [InlineData("/v2/user/login")]
    [InlineData("/v2/user/verification-code")]
    [InlineData("/v2/user/reset-pwd")]
    public async Task Exactly_one_of_phone_and_address_names_an_account(string path)
    {
        using var app = House.App();
        var request = new JsonObject { ["type"] = 0, ["countryCode"] = "+86", ["password"] = GoodPassword, ["verificationCode"] = "123456" };
        (string? Phone, string? Email)[] wrong = [("+8618012345678", "a@example.com"), (null, null), ("", ""), (null, "nobody"), ("nobody", null), (null, "a b@example.com")];
        foreach (var (phone, email) in wrong)
        {
            request["phoneNumber"] = phone;
            request["email"] = email;
            var answer = await app.SignedAsync(path, request);
            answer.Error().ShouldBe(400, request.ToJsonString());
        }

        (string? Phone, string? Email)[] right = [(NewPhone("+86"), null), (NewPhone("+86"), ""), (null, House.NewEmail()), ("", House.NewEmail())];
        foreach (var (phone, email) in right)
        {
            request["phoneNumber"] = phone;
            request["email"] = email;
            (await app.SignedAsync(path, request)).Error().ShouldNotBe(400, request.ToJsonString());
        }
    }

    [Fact]
    public async Task A_weak_password_is_refused_wherever_one_is_set()
    {
        using var app = await House.PersonAsync();
        foreach (var weak in new[] { "", "abc1234", "12345678", "abcdefgh", "!!!!!!!!", new string('a', 128) + "1" })
        {
            var email = House.NewEmail();
            IsWeak(await RegisterAsync(app, email, "+49", "123456", weak), "password");
            IsWeak(await ResetAsync(app, app.Email, "123456", weak), "password");
            IsWeak(await app.PostAsync("/v2/user/change-pwd", new JsonObject { ["oldPassword"] = CoolKitHouse.Password, ["newPassword"] = weak }), "newPassword");
        }

        foreach (var good in new[] { "abc12345", "1234567!", "abcdefg!", "äöüäöüä1" })
        {
            var email = House.NewEmail();
            await SendCodeAsync(app, 0, email);
            (await RegisterAsync(app, email, "+49", House.CodeOf(email), good)).Error().ShouldBe(0, good);
        }
    }

    [Fact]
    public async Task A_login_that_is_taken_is_taken_in_every_spelling()
    {
        using var app = await House.PersonAsync();
        var answer = await RegisterAsync(app, app.Email.ToUpperInvariant(), "+49", "123456");
        answer.Error().ShouldBe(10009);
        (await SendCodeAsync(app, 0, app.Email.ToUpperInvariant())).Error().ShouldBe(10009);
    }

    [Fact]
    public async Task A_code_is_good_once_for_ten_minutes_for_its_purpose_and_its_target()
    {
        using var app = await House.PersonAsync();
        using var other = await House.PersonAsync();
        (await SendCodeAsync(app, 1, app.Email)).Error().ShouldBe(0);
        var first = House.CodeOf(app.Email);
        (await ResetAsync(app, other.Email, first)).Error().ShouldBe(10002);
        (await app.PostAsync("/v2/user/close-account", new JsonObject { ["verificationCode"] = first })).Error().ShouldBe(10002);
        (await ResetAsync(app, app.Email, Other(first))).Error().ShouldBe(10002);
        (await ResetAsync(app, app.Email, first)).Error().ShouldBe(0);
        (await ResetAsync(app, app.Email, first)).Error().ShouldBe(10002);

        await SendCodeAsync(app, 1, app.Email);
        var old = House.CodeOf(app.Email);
        await SendCodeAsync(app, 1, app.Email);
        var newer = House.CodeOf(app.Email);
        if (old != newer) (await ResetAsync(app, app.Email, old)).Error().ShouldBe(10002);
        House.Time!.Advance(CodeService.Life);
        (await ResetAsync(app, app.Email, newer)).Error().ShouldBe(10002);
    }

    [Fact]
    public async Task A_code_that_was_guessed_too_often_is_dead()
    {
        using var app = House.App();
        var email = House.NewEmail();
        await SendCodeAsync(app, 0, email);
        var code = House.CodeOf(email);
        for (var i = 0; i < CodeService.MaxTries; i++) (await RegisterAsync(app, email, "+49", Other(code))).Error().ShouldBe(10002);
        (await RegisterAsync(app, email, "+49", code)).Error().ShouldBe(10002);
        await SendCodeAsync(app, 0, email);
        (await RegisterAsync(app, email, "+49", House.CodeOf(email))).Error().ShouldBe(0);
    }

    [Fact]
    public async Task A_code_of_each_type_goes_only_to_whom_it_can_serve()
    {
        using var app = await House.PersonAsync();
        foreach (var type in new[] { 1, 3, 4 })
        {
            (await SendCodeAsync(app, type, House.NewEmail())).Error().ShouldBe(10003);
            var before = House.Server.Outbox.Newest(1).SingleOrDefault()?.Id ?? 0;
            if (type == 4) House.Time!.Advance(TimeSpan.FromMinutes(1));
            (await SendCodeAsync(app, type, app.Email)).Error().ShouldBe(0);
            House.Server.Outbox.Newest(1).Single().Id.ShouldBe(before + 1);
        }

        foreach (var type in new[] { 2, 5, -1, int.MaxValue }) (await SendCodeAsync(app, type, app.Email)).Error().ShouldBe(400);
    }

    [Fact]
    public async Task With_a_token_only_the_code_that_closes_the_account_is_sent()
    {
        using var app = await House.PersonAsync();
        (await app.PostAsync("/v2/user/verification-code", new JsonObject { ["type"] = 3, ["email"] = app.Email })).Error().ShouldBe(0);
        House.Server.Outbox.Newest(1).Single().Purpose.ShouldBe(CodePurpose.CloseAccount);
        foreach (var type in new[] { 0, 1, 4 })
            (await app.PostAsync("/v2/user/verification-code", new JsonObject { ["type"] = type, ["email"] = app.Email })).Error().ShouldBe(406);
    }

    [Fact]
    public async Task Codes_are_limited_by_minute_hour_and_day()
    {
        using var app = await House.PersonAsync();
        using var other = await House.PersonAsync();
        var sent = 0;
        for (var hour = 0; hour < 5; hour++)
        {
            for (var minute = 0; minute < 7; minute++)
            {
                var left = Math.Min(3, 20 - 3 * minute);
                for (var i = 0; i < left; i++, sent++) (await SendCodeAsync(app, 1, app.Email)).Error().ShouldBe(0, $"{sent} were sent");
                await IsLimitedAsync(app, minute == 6 ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(1), last: hour == 4 && minute == 6);
                House.Time!.Advance(TimeSpan.FromMinutes(1));
            }

            (await SendCodeAsync(other, 1, other.Email)).Error().ShouldBe(0);
            House.Time!.Advance(TimeSpan.FromMinutes(54));
        }

        sent.ShouldBe(100);
        await IsLimitedAsync(app, TimeSpan.FromDays(1), last: true);
        House.Time!.Advance(app.RetryAfter!.Value);
        (await SendCodeAsync(app, 1, app.Email)).Error().ShouldBe(0);
    }

    [Fact]
    public async Task Somebody_signs_in_by_password_in_every_spelling_of_his_address()
    {
        using var app = await House.PersonAsync();
        var request = new JsonObject
        {
            ["lang"] = "en", ["countryCode"] = "+49", ["phoneNumber"] = null, ["email"] = $" {app.Email.ToUpperInvariant()} ", ["password"] = CoolKitHouse.Password,
        };
        var answer = await app.SignedAsync("/v2/user/login", request);
        answer.Error().ShouldBe(0, answer.ToJsonString());
        ((string)answer["data"]!["user"]!["apikey"]!).ShouldBe(app.Apikey);
        ((string)answer["data"]!["region"]!).ShouldBe("eu");
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_account_are_told_apart()
    {
        using var app = await House.PersonAsync();
        (await LoginAsync(app, app.Email, "Wrong1horse")).Error().ShouldBe(10001);
        (await LoginAsync(app, app.Email, "")).Error().ShouldBe(10001);
        (await LoginAsync(app, app.Email, new string('x', 10_000))).Error().ShouldBe(10001);
        (await LoginAsync(app, House.NewEmail())).Error().ShouldBe(10003);
    }

    [Fact]
    public async Task Who_guesses_a_password_has_to_wait()
    {
        using var app = await House.PersonAsync();
        for (var i = 0; i < SignInThrottle.PerAddress; i++) (await LoginAsync(app, app.Email, "Wrong1horse")).Error().ShouldBe(10001);
        (await LoginAsync(app, app.Email, CoolKitHouse.Password)).Error().ShouldBe(412);
        app.RetryAfter!.Value.ShouldBeInRange(TimeSpan.FromMinutes(5), SignInThrottle.Window);
        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
        House.Time!.Advance(SignInThrottle.Window);
        (await LoginAsync(app, app.Email, CoolKitHouse.Password)).Error().ShouldBe(0);
    }

    [Fact]
    public async Task Somebody_in_mainland_China_signs_in_by_a_code()
    {
        using var app = House.App();
        var phone = NewPhone("+86");
        await House.AddAccountAsync(phone);
        (await SendCodeAsync(app, 4, phone)).Error().ShouldBe(0);
        var code = House.CodeOf(phone);
        (await SmsLoginAsync(app, phone, "+86", Other(code))).Error().ShouldBe(10002);
        (await SmsLoginAsync(app, NewPhone("+86"), "+86", code)).Error().ShouldBe(10003);
        var answer = await SmsLoginAsync(app, phone, "+86", code);
        answer.Error().ShouldBe(0, answer.ToJsonString());
        app.Take(answer);
        (await app.GetAsync("/v2/user/profile")).Error().ShouldBe(0);
        (await SmsLoginAsync(app, phone, "+86", code)).Error().ShouldBe(10002);
    }

    [Theory]
    [InlineData("+84", "+8491234567")]
    [InlineData("+49", "+4915112345678")]
    [InlineData("+86", "+4915112345678")]
    [InlineData("86", "+8618012345678")]
    public async Task Elsewhere_nobody_signs_in_by_a_code(string code, string phone)
    {
        using var app = House.App();
        (await SmsLoginAsync(app, phone, code, "123456")).Error().ShouldBe(400);
    }

    [Fact]
    public async Task An_account_of_another_region_is_sent_there()
    {
        await using var house = await CoolKitHouse.StartAsync(
            fixture.Engine, s => s with { Regions = new RegionsSection { Served = ["eu"] } }, HouseFixture.Options());
        using var app = house.App();
        var phone = NewPhone("+86");
        foreach (var login in new[] { "american@example.com", phone })
        {
            await house.Server.Service<AccountService>().AddAsync(
                Login.Parse(login).Value, CoolKitHouse.Password, "us", "+1", "", TestContext.Current.CancellationToken);
        }

        IsSentOn(await LoginAsync(app, "american@example.com"));
        IsSentOn(await LoginAsync(app, "american@example.com", "Wrong1horse"));
        IsSentOn(await SmsLoginAsync(app, phone, "+86", "123456"));
        IsSentOn(await ResetAsync(app, "american@example.com", "123456"));
        IsSentOn(await RegisterAsync(app, "new@example.com", "+1", "123456"));
        IsSentOn(await RegisterAsync(app, "american@example.com", "+49", "123456"));
        foreach (var type in new[] { 0, 1, 3 }) IsSentOn(await SendCodeAsync(app, type, "american@example.com"));
        house.Server.Outbox.Newest(1).ShouldBeEmpty();
        (await LoginAsync(app, CoolKitHouse.OwnerEmail, CoolKitHouse.Password)).Error().ShouldBe(0);
    }

    private static void IsSentOn(JsonObject answer) => answer.ToJsonString().ShouldBe("""{"error":10004,"msg":"redirection","data":{"region":"us"}}""");

    private static void IsWeak(JsonObject answer, string field)
    {
        answer.Error().ShouldBe(400);
        ((string)answer["msg"]!).ShouldContain(field);
    }

    private static string Other(string code) => code == "000000" ? "000001" : "000000";

    private static string NewPhone(string code) => $"{code}{18_000_000 + Interlocked.Increment(ref _phones)}";

    private static Task<JsonObject> SendCodeAsync(CoolKitApp app, int type, string login) =>
        app.SignedAsync("/v2/user/verification-code", new JsonObject { ["type"] = type, [NameOf(login)] = login });

    private static Task<JsonObject> RegisterAsync(CoolKitApp app, string login, string country, string code, string password = GoodPassword) => app.SignedAsync(
        "/v2/user/register", new JsonObject { ["countryCode"] = country, [NameOf(login)] = login, ["verificationCode"] = code, ["password"] = password });

    private static Task<JsonObject> LoginAsync(CoolKitApp app, string login, string? password = null) => app.SignedAsync(
        "/v2/user/login", new JsonObject { ["countryCode"] = "+49", [NameOf(login)] = login, ["password"] = password ?? (app.Email.Length > 0 ? CoolKitHouse.Password : GoodPassword) });

    private static Task<JsonObject> SmsLoginAsync(CoolKitApp app, string phone, string country, string code) => app.SignedAsync(
        "/v2/user/sms-login", new JsonObject { ["countryCode"] = country, ["phoneNumber"] = phone, ["verificationCode"] = code, ["lang"] = "cn" });

    private static Task<JsonObject> ResetAsync(CoolKitApp app, string login, string code, string password = GoodPassword) => app.SignedAsync(
        "/v2/user/reset-pwd", new JsonObject { [NameOf(login)] = login, ["verificationCode"] = code, ["password"] = password });

    private static string NameOf(string login) => login.Contains('@', StringComparison.Ordinal) ? "email" : "phoneNumber";

    // The last refusal of a window waits for its first sending; in the minutes before, the minute is what counts.
    private static async Task IsLimitedAsync(CoolKitApp app, TimeSpan window, bool last)
    {
        (await SendCodeAsync(app, 1, app.Email)).Error().ShouldBe(10010);
        app.RetryAfter!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), last ? TimeSpan.FromDays(1) : window);
    }
}
