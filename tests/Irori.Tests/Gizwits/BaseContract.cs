using System.Text.Json.Nodes;
using Irori.Core.Projects;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>Headers, errors and what is said of the service itself (Gizwits Open API, conventions and system information).</summary>
public abstract class BaseContract(GizwitsFixture fixture)
{
    private GizwitsHouse House { get; } = fixture.House;

    [Fact]
    public async Task An_app_that_is_missing_unknown_switched_off_or_of_another_dialect_is_refused()
    {
        using var app = House.App();
        using var off = await House.OtherAppAsync(AppKind.Client);
        (await House.CoolKit.Server.Service<AppService>().SetDisabledAsync(off.AppId, true, TestContext.Current.CancellationToken)).IsOk.ShouldBeTrue();
        foreach (var id in new[] { "", "nobody", off.AppId, House.CoolKit.AppSecret.App.Id })
        {
            var refused = await app.SendAsync(HttpMethod.Get, "/status", null, ("X-Gizwits-Application-Id", id));
            refused.Error.ShouldBe((400, 9003), id);
            ((string)refused["error_message"]!).ShouldBe("appid invalid");
        }
    }

    [Fact]
    public async Task A_token_that_is_missing_unknown_of_another_app_or_too_old_is_told_apart()
    {
        using var person = await House.PersonAsync();
        using var other = await House.OtherAppAsync(AppKind.Client);
        other.Token = person.Token;
        (await other.GetAsync("/app/users")).Error.ShouldBe((400, 9004));
        (await person.SendAsync(HttpMethod.Get, "/app/users", null, ("X-Gizwits-User-token", ""))).Error.ShouldBe((400, 9004));
        (await person.SendAsync(HttpMethod.Get, "/app/users", null, ("X-Gizwits-User-token", "f8324047f20144f6914e7be19304f943"))).Error.ShouldBe((400, 9004));
        (await person.GetAsync("/app/users")).Code.ShouldBe(0);
        House.Time.Advance(TimeSpan.FromDays(7));
        (await person.GetAsync("/app/users")).Error.ShouldBe((400, 9006));
    }

    [Fact]
    public async Task What_does_not_exist_is_answered_in_the_vendors_shape()
    {
        using var app = House.App();
        foreach (var (method, path) in new[] { (HttpMethod.Get, "/app/nothing"), (HttpMethod.Delete, "/app/users"), (HttpMethod.Delete, "/app/rules"), (HttpMethod.Put, "/app/scene") })
        {
            var answer = await app.SendAsync(method, path, null);
            answer.Error.ShouldBe((404, 9999), path);
            answer.Body.AsObject().Select(f => f.Key).ShouldBe(["error_code", "error_message", "detail_message"]);
        }
    }

    [Fact]
    public async Task The_version_and_the_errors_are_told_to_an_app()
    {
        using var app = House.App();
        ((string)(await app.GetAsync("/status"))["status"]!["version"]!).ShouldMatch(@"^\d+\.\d+\.\d+");
        var errors = (await app.GetAsync("/errors")).Body.AsArray();
        errors.Count.ShouldBeGreaterThan(70);
        errors.Select(e => (int)e!["error_code"]!).ShouldBeUnique();
        var found = errors.Single(e => (int)e!["error_code"]! == 9083)!;
        ((string)found["error_message"]!).ShouldBe("guest user alread bound!");
        errors.ShouldAllBe(e => (int)e!["status"]! >= 400 && (int)e["status"]! <= 500);
    }

    [Fact]
    public async Task A_body_that_is_no_object_and_a_field_of_the_wrong_type_are_a_bad_form()
    {
        using var app = House.App();
        foreach (var body in new[] { "[]", "1", """{"username":7,"password":"x"}""", """{"username":"x"}""" })
            (await app.PostAsync("/app/login", JsonNode.Parse(body))).Error.ShouldBe((400, 9015), body);
    }
}
