using System.Net;
using System.Text.Json.Nodes;
using Irori.Core.Accounts;
using Irori.Core.Projects;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>Codes to phones and the picture before them (Gizwits Open API, user management).</summary>
public abstract class CodeContract(GizwitsFixture fixture)
{
    private GizwitsHouse House { get; } = fixture.House;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_app_shows_its_secret_once_and_gets_a_token_with_its_end()
    {
        using var app = House.App();
        var answer = await app.PostAsync("/app/request_token", null, ("X-Gizwits-Application-Auth", GizwitsApp.Md5(app.AppId + House.AppSecret.Secret)));
        answer.Status.ShouldBe(HttpStatusCode.OK);
        ((long)answer["expire_at"]!).ShouldBe((long)answer["expired_at"]!);
        foreach (var auth in new[] { "", "x", GizwitsApp.Md5(app.AppId + House.AppSecret.Secret).ToUpperInvariant(), GizwitsApp.Md5(app.AppId) })
            (await app.PostAsync("/app/request_token", null, ("X-Gizwits-Application-Auth", auth))).Error.ShouldBe((400, 9038), auth);
    }

    [Fact]
    public async Task The_token_of_the_app_is_taken_in_either_header_and_no_other_token_is()
    {
        using var person = await House.PersonAsync();
        var token = await person.AppTokenAsync();
        (await person.SendAsync(HttpMethod.Get, "/app/verify/codes", null, ("X-Gizwits-User-token", token))).Code.ShouldBe(0);
        (await person.SendAsync(HttpMethod.Get, "/app/verify/codes", null, ("X-Gizwits-Application-Token", token))).Code.ShouldBe(0);
        (await person.GetAsync("/app/verify/codes")).Error.ShouldBe((400, 9004));
        (await person.SendAsync(HttpMethod.Get, "/app/verify/codes", null, ("X-Gizwits-User-token", ""))).Error.ShouldBe((400, 9004));
        (await person.SendAsync(HttpMethod.Get, "/app/users", null, ("X-Gizwits-User-token", token))).Error.ShouldBe((400, 9004));
        using var other = await House.OtherAppAsync(AppKind.Client);
        (await other.SendAsync(HttpMethod.Get, "/app/verify/codes", null, ("X-Gizwits-Application-Token", token))).Error.ShouldBe((400, 9004));
        (await person.SendAsync(HttpMethod.Get, "/app/verify/codes", null, ("X-Gizwits-Application-Token", "ffffffff" + token[8..]))).Error.ShouldBe((400, 9004));
        House.Time.Advance(TimeSpan.FromDays(8));
        (await person.SendAsync(HttpMethod.Get, "/app/verify/codes", null, ("X-Gizwits-Application-Token", token))).Error.ShouldBe((400, 9006));
    }

    [Fact]
    public async Task A_code_is_sent_checked_once_and_bounded()
    {
        using var app = House.App();
        const string Phone = "13900001111";
        var token = ("X-Gizwits-Application-Token", await app.AppTokenAsync());
        (await app.PostAsync("/app/sms_code", new JsonObject { ["phone"] = "x" }, token)).Error.ShouldBe((400, 9015));
        (await app.PostAsync("/app/sms_code", new JsonObject { ["phone"] = Phone }, token)).Body.ToJsonString().ShouldBe("{}");
        var code = House.CoolKit.CodeOf("+86" + Phone);
        (await app.PostAsync("/app/sms_code", new JsonObject { ["phone"] = Phone, ["code"] = "1" }, token)).Error.ShouldBe((400, 9010));
        (await app.PostAsync("/app/sms_code", new JsonObject { ["phone"] = Phone, ["code"] = code }, token)).Code.ShouldBe(0);
        (await app.PostAsync("/app/sms_code", new JsonObject { ["phone"] = Phone, ["code"] = code }, token)).Error.ShouldBe((400, 9010));
        (await app.PostAsync("/app/sms_code", new JsonObject { ["phone"] = Phone }, token)).Code.ShouldBe(0);
        (await app.PostAsync("/app/sms_code", new JsonObject { ["phone"] = Phone }, token)).Code.ShouldBe(0);
        (await app.PostAsync("/app/sms_code", new JsonObject { ["phone"] = Phone }, token)).Error.ShouldBe((429, 9041));
        House.Time.Advance(CodeService.Life);
        (await app.SendAsync(HttpMethod.Put, "/app/verify/codes", new JsonObject { ["phone"] = Phone, ["sms_code"] = House.CoolKit.CodeOf("+86" + Phone) }, token)).Error.ShouldBe((400, 9010));
    }

    [Fact]
    public async Task Who_reads_the_picture_gets_a_code_and_its_text_is_good_once()
    {
        using var app = House.App();
        const string Phone = "13900002222";
        var token = ("X-Gizwits-Application-Token", await app.AppTokenAsync());
        var captcha = await app.SendAsync(HttpMethod.Get, "/app/verify/codes", null, token);
        var url = new Uri((string)captcha["captcha_url"]!);
        using var http = new HttpClient { BaseAddress = House.CoolKit.Server.Http };
        var picture = await http.GetByteArrayAsync(url.PathAndQuery, Cancel);
        picture[..4].ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G']);
        (await http.GetByteArrayAsync(url.PathAndQuery, Cancel)).ShouldBe(picture);
        var text = House.CoolKit.Server.Service<CaptchaService>().Read(url.Segments[^1])!;
        var body = new JsonObject { ["captcha_id"] = (string)captcha["captcha_id"]!, ["captcha_code"] = "wrong", ["phone"] = Phone };
        (await app.PostAsync("/app/verify/codes", body.DeepClone(), token)).Error.ShouldBe((400, 9010));
        body["captcha_code"] = text.ToLowerInvariant();
        (await app.PostAsync("/app/verify/codes", body.DeepClone(), token)).Status.ShouldBe(HttpStatusCode.Created);
        (await app.PostAsync("/app/verify/codes", body.DeepClone(), token)).Error.ShouldBe((400, 9010));
        (await app.SendAsync(HttpMethod.Put, "/app/verify/codes", new JsonObject { ["phone"] = Phone, ["sms_code"] = House.CoolKit.CodeOf("+86" + Phone) }, token)).Body.ToJsonString().ShouldBe("{}");
        House.Time.Advance(CaptchaService.Life);
        (await http.GetAsync(url.PathAndQuery, Cancel)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await http.GetAsync("/app/captcha/image/00ff", Cancel)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_picture_forgives_three_wrong_answers_and_no_more()
    {
        using var app = House.App();
        var token = ("X-Gizwits-Application-Token", await app.AppTokenAsync());
        var captcha = await app.SendAsync(HttpMethod.Get, "/app/verify/codes", null, token);
        var text = House.CoolKit.Server.Service<CaptchaService>().Read(new Uri((string)captcha["captcha_url"]!).Segments[^1])!;
        var body = new JsonObject { ["captcha_id"] = (string)captcha["captcha_id"]!, ["captcha_code"] = "wrong", ["phone"] = "13900003333" };
        for (var i = 0; i < 3; i++) (await app.PostAsync("/app/verify/codes", body.DeepClone(), token)).Error.ShouldBe((400, 9010));
        body["captcha_code"] = text;
        (await app.PostAsync("/app/verify/codes", body, token)).Error.ShouldBe((400, 9010));
    }
}
