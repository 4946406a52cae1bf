using System.Net;
using System.Text.Json.Nodes;
using Irori.Core.Accounts;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>People (Gizwits Open API, user management).</summary>
public abstract class UserContract(GizwitsFixture fixture)
{
    private GizwitsHouse House { get; } = fixture.House;

    [Fact]
    public async Task Somebody_signs_up_with_a_name_and_signs_in_with_it()
    {
        using var app = House.App();
        var name = House.NewName();
        var made = await app.RegisterAsync(name, GizwitsHouse.Password);
        made.Status.ShouldBe(HttpStatusCode.Created);
        made.Body.AsObject().Select(f => f.Key).ShouldBe(["uid", "token", "expire_at"]);
        var until = DateTimeOffset.FromUnixTimeSeconds((long)made["expire_at"]!);
        (until - House.Time.GetUtcNow()).TotalDays.ShouldBeInRange(6.99, 7.01);
        var first = app.Token;
        var again = await app.LoginAsync(name, GizwitsHouse.Password);
        again.Status.ShouldBe(HttpStatusCode.OK);
        ((string)again["uid"]!).ShouldBe((string)made["uid"]!);
        app.Token.ShouldNotBe(first);
        // The older token stays valid.
        app.Token = first;
        var user = await app.GetAsync("/app/users");
        ((string)user["username"]!).ShouldBe(name);
        ((bool)user["is_anonymous"]!).ShouldBeFalse();
        ((string)user["lang"]!).ShouldBe("en");
        ((string)user["gender"]!).ShouldBe("N");
        (await app.RegisterAsync(name, GizwitsHouse.Password)).Error.ShouldBe((400, 9019));
    }

    [Fact]
    public async Task Somebody_signs_up_with_an_address_and_is_the_same_person_for_an_app_of_CoolKit()
    {
        using var app = House.App();
        var email = House.CoolKit.NewEmail();
        (await app.PostAsync("/app/users", new JsonObject { ["email"] = email, ["password"] = GizwitsHouse.Password, ["lang"] = "zh-cn" })).Status.ShouldBe(HttpStatusCode.Created);
        (await app.PostAsync("/app/users", new JsonObject { ["email"] = email, ["password"] = GizwitsHouse.Password })).Error.ShouldBe((400, 9022));
        (await app.LoginAsync(email, GizwitsHouse.Password)).Code.ShouldBe(0);
        using var coolkit = await House.CoolKit.SignInAsync(email);
        coolkit.Apikey.ShouldBe(app.Uid);
        ((string)(await app.GetAsync("/app/users"))["lang"]!).ShouldBe("zh-cn");
    }

    [Fact]
    public async Task Somebody_signs_up_with_a_phone_and_the_code_that_was_sent_to_it()
    {
        using var app = House.App();
        const string Phone = "13800001111";
        await SendAsync(app, Phone);
        var body = new JsonObject { ["phone"] = Phone, ["password"] = GizwitsHouse.Password, ["code"] = "000000x" };
        (await app.PostAsync("/app/users", body.DeepClone())).Error.ShouldBe((400, 9010));
        body["code"] = House.CoolKit.CodeOf("+86" + Phone);
        var made = await app.PostAsync("/app/users", body.DeepClone());
        made.Status.ShouldBe(HttpStatusCode.Created, made.Body.ToJsonString());
        app.Take(made);
        ((string)(await app.GetAsync("/app/users"))["phone"]!).ShouldBe(Phone);
        (await app.LoginAsync(Phone, GizwitsHouse.Password)).Code.ShouldBe(0);
        (await app.LoginAsync("+86" + Phone, GizwitsHouse.Password)).Code.ShouldBe(0);
        await SendAsync(app, Phone);
        body["code"] = House.CoolKit.CodeOf("+86" + Phone);
        (await app.PostAsync("/app/users", body)).Error.ShouldBe((400, 9018));
    }

    [Fact]
    public async Task A_weak_password_a_bad_name_and_missing_fields_are_a_bad_form()
    {
        using var app = House.App();
        foreach (var body in new[]
        {
            """{}""", """{"username":"somebody"}""", """{"username":"somebody","password":"short"}""", """{"username":"12345","password":"Correct1horse"}""", """{"email":"no address","password":"Correct1horse"}""",
            """{"phone":"12","password":"Correct1horse","code":"1"}""", """{"phone":"13800002222","password":"Correct1horse"}""", """{"phone_id":""}""", """{"authData":{"src":"qq"}}""",
        }) (await app.PostAsync("/app/users", JsonNode.Parse(body))).Error.ShouldBe((400, 9015), body);
    }

    [Fact]
    public async Task Without_a_configured_third_party_nobody_signs_in_by_its_word()
    {
        using var app = House.App();
        foreach (var body in new[] { """{"authData":{"src":"qq","uid":"1","token":"x"}}""", """{"src":"wechat","uid":"1","token":"x"}""" })
            (await app.PostAsync("/app/users", JsonNode.Parse(body))).Error.ShouldBe((400, 9031), body);
    }

    [Fact]
    public async Task An_anonymous_person_is_the_same_each_time_and_becomes_a_named_one_once()
    {
        using var app = House.App();
        var device = new JsonObject { ["phone_id"] = House.NewName() };
        app.Take(await app.PostAsync("/app/users", device.DeepClone()));
        var (uid, token) = (app.Uid, app.Token);
        app.Take(await app.PostAsync("/app/users", device.DeepClone()));
        (app.Uid, app.Token == token).ShouldBe((uid, false));
        ((bool)(await app.GetAsync("/app/users"))["is_anonymous"]!).ShouldBeTrue();
        using var other = await House.OtherAppAsync(Irori.Core.Projects.AppKind.Client);
        other.Take(await other.PostAsync("/app/users", device.DeepClone()));
        other.Uid.ShouldNotBe(uid);

        var taken = House.NewName();
        using var holder = House.App();
        (await holder.RegisterAsync(taken, GizwitsHouse.Password)).Code.ShouldBe(0);
        (await app.PutAsync("/app/users", new JsonObject { ["username"] = taken, ["password"] = GizwitsHouse.Password })).Error.ShouldBe((400, 9019));
        var name = House.NewName();
        var updated = await app.PutAsync("/app/users", new JsonObject { ["username"] = name, ["password"] = GizwitsHouse.Password });
        ((string)updated["updatedAt"]!).ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$");
        (await app.PutAsync("/app/users", new JsonObject { ["username"] = House.NewName(), ["password"] = GizwitsHouse.Password })).Error.ShouldBe((400, 9019));
        (await app.LoginAsync(name, GizwitsHouse.Password)).Code.ShouldBe(0);
        app.Uid.ShouldBe(uid);
    }

    [Fact]
    public async Task An_anonymous_person_becomes_one_with_a_phone_or_an_address()
    {
        using var app = House.App();
        app.Take(await app.PostAsync("/app/users", new JsonObject { ["phone_id"] = House.NewName() }));
        const string Phone = "13800003333";
        (await app.PutAsync("/app/users", new JsonObject { ["phone"] = Phone, ["password"] = GizwitsHouse.Password, ["code"] = "1" })).Error.ShouldBe((400, 9010));
        await SendAsync(app, Phone);
        (await app.PutAsync("/app/users", new JsonObject { ["phone"] = Phone, ["password"] = GizwitsHouse.Password, ["code"] = House.CoolKit.CodeOf("+86" + Phone) })).Code.ShouldBe(0);
        (await app.LoginAsync(Phone, GizwitsHouse.Password)).Code.ShouldBe(0);

        app.Take(await app.PostAsync("/app/users", new JsonObject { ["phone_id"] = House.NewName() }));
        (await app.PutAsync("/app/users", new JsonObject { ["email"] = CoolKit.CoolKitHouse.OwnerEmail, ["password"] = GizwitsHouse.Password })).Error.ShouldBe((400, 9022));
        (await app.PutAsync("/app/users", new JsonObject { ["email"] = House.CoolKit.NewEmail() })).Error.ShouldBe((400, 9015));
        (await app.PutAsync("/app/users", new JsonObject { ["email"] = House.CoolKit.NewEmail(), ["password"] = GizwitsHouse.Password })).Code.ShouldBe(0);
    }

    [Fact]
    public async Task A_phone_is_changed_by_a_code_and_the_old_one_is_free()
    {
        using var app = await House.PersonAsync();
        foreach (var phone in new[] { "13800004444", "+4915112345678" })
        {
            await SendAsync(app, phone);
            var code = House.CoolKit.CodeOf(phone.StartsWith('+') ? phone : "+86" + phone);
            (await app.PutAsync("/app/users", new JsonObject { ["phone"] = phone, ["code"] = code })).Code.ShouldBe(0);
            ((string)(await app.GetAsync("/app/users"))["phone"]!).ShouldBe(phone);
        }

        (await House.CoolKit.ReadAsync(s => s.Accounts.FindAsync(Login.Phone("+8613800004444").Value))).ShouldBeNull();
        using var other = await House.PersonAsync();
        await SendAsync(other, "+4915112345678");
        (await other.PutAsync("/app/users", new JsonObject { ["phone"] = "+4915112345678", ["code"] = House.CoolKit.CodeOf("+4915112345678") })).Error.ShouldBe((400, 9018));
        (await other.PutAsync("/app/users", new JsonObject { ["phone"] = "+4915112345678" })).Error.ShouldBe((400, 9015));
    }

    [Fact]
    public async Task A_profile_is_changed_field_by_field_and_checked()
    {
        using var app = await House.PersonAsync();
        (await app.PutAsync("/app/users", new JsonObject { ["name"] = "Ada", ["gender"] = "F", ["birthday"] = "02-29", ["address"] = "Street 1", ["remark"] = "ä\"灯" })).Code.ShouldBe(0);
        (await app.PutAsync("/app/users", new JsonObject { ["address"] = "Street 2", ["lang"] = "zh-cn" })).Code.ShouldBe(0);
        var user = await app.GetAsync("/app/users");
        new[] { "name", "gender", "birthday", "address", "remark", "lang" }.Select(n => (string)user[n]!).ShouldBe(["Ada", "F", "02-29", "Street 2", "ä\"灯", "zh-cn"]);
        foreach (var body in new[] { """{"gender":"X"}""", """{"birthday":"2001-02-30"}""", """{"old_pwd":"x"}""", """{"new_pwd":"Correct2horse"}""" })
            (await app.PutAsync("/app/users", JsonNode.Parse(body))).Error.ShouldBe((400, 9015), body);
        (await app.PutAsync("/app/users", new JsonObject { ["name"] = new string('x', 65) })).Error.ShouldBe((400, 9015));
        (await app.PutAsync("/app/users", new JsonObject { ["remark"] = new string('x', 5000) })).Error.ShouldBe((400, 9015));
    }

    [Fact]
    public async Task A_password_is_changed_by_the_old_one_and_ends_other_sessions()
    {
        using var app = await House.PersonAsync();
        var name = (string)(await app.GetAsync("/app/users"))["username"]!;
        using var other = House.App();
        (await other.LoginAsync(name, GizwitsHouse.Password)).Code.ShouldBe(0);
        (await app.PutAsync("/app/users", new JsonObject { ["old_pwd"] = "Wrong1horse", ["new_pwd"] = "Correct2horse" })).Error.ShouldBe((400, 9020));
        (await app.PutAsync("/app/users", new JsonObject { ["old_pwd"] = GizwitsHouse.Password, ["new_pwd"] = "Correct2horse" })).Code.ShouldBe(0);
        (await app.GetAsync("/app/users")).Code.ShouldBe(0);
        (await other.GetAsync("/app/users")).Error.ShouldBe((400, 9004));
        (await other.LoginAsync(name, GizwitsHouse.Password)).Error.ShouldBe((400, 9020));
        (await other.LoginAsync(name, "Correct2horse")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Who_is_unknown_and_who_guesses_too_often_are_told_apart()
    {
        using var app = await House.PersonAsync();
        var name = (string)(await app.GetAsync("/app/users"))["username"]!;
        (await app.LoginAsync("nobody-at-all", GizwitsHouse.Password)).Error.ShouldBe((400, 9005));
        for (var i = 0; i < SignInThrottle.PerAddress; i++) (await app.LoginAsync(name, "Wrong1horse")).Error.ShouldBe((400, 9020));
        (await app.LoginAsync(name, GizwitsHouse.Password)).Error.ShouldBe((429, 9041));
        House.Time.Advance(SignInThrottle.Window);
        (await app.LoginAsync(name, GizwitsHouse.Password)).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Newer_apps_sign_in_by_their_own_call()
    {
        using var app = await House.PersonAsync();
        var name = (string)(await app.GetAsync("/app/users"))["username"]!;
        var signedIn = await SmartHomeAsync(app, name, GizwitsHouse.Password);
        ((bool)signedIn["error"]!).ShouldBeFalse();
        app.Token = (string)signedIn["data"]!["userToken"]!;
        (await app.GetAsync("/app/users")).Code.ShouldBe(0);
        ((string)(await SmartHomeAsync(app, "nobody-at-all", GizwitsHouse.Password))["code"]!).ShouldBe("1000000");
        ((string)(await SmartHomeAsync(app, name, "Wrong1horse"))["code"]!).ShouldBe("1000033");
    }

    [Fact]
    public async Task A_password_is_reset_by_a_code_to_the_phone()
    {
        using var app = await House.PersonAsync();
        const string Phone = "13800005555";
        await SendAsync(app, Phone);
        (await app.PutAsync("/app/users", new JsonObject { ["phone"] = Phone, ["code"] = House.CoolKit.CodeOf("+86" + Phone) })).Code.ShouldBe(0);
        var body = new JsonObject { ["phone"] = Phone, ["new_pwd"] = "Correct3horse", ["code"] = "1" };
        (await app.PostAsync("/app/reset_password", body.DeepClone())).Error.ShouldBe((400, 9010));
        await SendAsync(app, Phone);
        body["code"] = House.CoolKit.CodeOf("+86" + Phone);
        (await app.PostAsync("/app/reset_password", body.DeepClone())).Body.ToJsonString().ShouldBe("{}");
        (await app.PostAsync("/app/reset_password", body)).Error.ShouldBe((400, 9010));
        (await app.GetAsync("/app/users")).Error.ShouldBe((400, 9004));
        (await app.LoginAsync(Phone, "Correct3horse")).Code.ShouldBe(0);
        (await app.PostAsync("/app/reset_password", new JsonObject { ["phone"] = "13800009999", ["new_pwd"] = "Correct3horse", ["code"] = "1" })).Error.ShouldBe((400, 9005));
        (await app.PostAsync("/app/reset_password", new JsonObject())).Error.ShouldBe((400, 9015));
    }

    [Fact]
    public async Task A_password_is_reset_on_the_page_with_the_code_of_the_mail()
    {
        using var app = House.App();
        var email = House.CoolKit.NewEmail();
        (await app.PostAsync("/app/users", new JsonObject { ["email"] = email, ["password"] = GizwitsHouse.Password })).Code.ShouldBe(0);
        (await app.PostAsync("/app/reset_password", new JsonObject { ["email"] = "nobody@example.com" })).Error.ShouldBe((400, 9005));
        (await app.PostAsync("/app/reset_password", new JsonObject { ["email"] = email })).Body.ToJsonString().ShouldBe("{}");
        using var http = new HttpClient { BaseAddress = House.CoolKit.Server.Http };
        var page = await http.GetStringAsync($"/gizwits/reset-password?email={Uri.EscapeDataString(email)}&code=%22%3E%3Cb%3E", TestContext.Current.CancellationToken);
        page.ShouldContain($"value=\"{email}\"");
        page.ShouldNotContain("<b>");
        (await SubmitAsync(http, email, "000000x", "Correct4horse")).ShouldBe(HttpStatusCode.BadRequest);
        (await SubmitAsync(http, email, House.CoolKit.CodeOf(email), "short")).ShouldBe(HttpStatusCode.BadRequest);
        (await SubmitAsync(http, email, House.CoolKit.CodeOf(email), "Correct4horse")).ShouldBe(HttpStatusCode.OK);
        (await SubmitAsync(http, email, House.CoolKit.CodeOf(email), "Correct5horse")).ShouldBe(HttpStatusCode.BadRequest);
        (await app.LoginAsync(email, "Correct4horse")).Code.ShouldBe(0);
    }

    private static async Task<HttpStatusCode> SubmitAsync(HttpClient http, string email, string code, string password)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = email, ["code"] = code, ["password"] = password });
        using var answer = await http.PostAsync("/gizwits/reset-password", form, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static Task<GizwitsAnswer> SmartHomeAsync(GizwitsApp app, string account, string password) => app.PostAsync("/app/smart_home/login/pwd", new JsonObject
    {
        ["appKey"] = app.AppId, ["version"] = "1.0", ["data"] = new JsonObject { ["account"] = account, ["password"] = password, ["lang"] = "en", ["refreshToken"] = true },
    });

    private async Task SendAsync(GizwitsApp app, string phone)
    {
        House.Time.Advance(TimeSpan.FromMinutes(1));
        var sent = await app.PostAsync("/app/sms_code", new JsonObject { ["phone"] = phone }, ("X-Gizwits-Application-Token", await app.AppTokenAsync()));
        sent.Code.ShouldBe(0, sent.Body.ToJsonString());
    }
}
