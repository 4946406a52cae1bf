using System.Net;
using Irori.Core.Accounts;
using Irori.Core.Links;
using Irori.Server.Settings;
using Shouldly;
using static Irori.Tests.Console.ConsoleHouse;

namespace Irori.Tests.Console;

public sealed class OperatorApiTests(ConsoleHouse house) : IClassFixture<ConsoleHouse>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("operator/outbox")]
    [InlineData("operator/devices")]
    [InlineData("operator/devices?limit=many")]
    [InlineData("operator/devices/1000000001")]
    public async Task For_everybody_else_there_is_no_such_page(string path)
    {
        var stranger = await house.SignInAsync(Stranger);

        var reply = await GetAsync(stranger, path);

        reply.Status.ShouldBe(HttpStatusCode.NotFound);
        reply.Body.ToJsonString().ShouldBe((await GetAsync(stranger, "never/was")).Body.ToJsonString());
    }

    [Fact]
    public async Task The_outbox_shows_the_codes_that_were_not_sent()
    {
        await house.Service<AccountService>().SendCodeAsync(Login.Email("new@example.com").Value, CodePurpose.Register, Cancel);
        await house.Service<AccountService>().SendCodeAsync(Login.Phone("+4915112345678").Value, CodePurpose.Register, Cancel);

        var messages = (await GetAsync(await house.SignInAsync(Owner), "operator/outbox")).Body["messages"]!.AsArray();

        messages.Select(m => m!["to"]!.GetValue<string>()).ShouldBe(["+4915112345678", "new@example.com"]);
        messages[0]!["purpose"]!.GetValue<string>().ShouldBe("register");
        messages[0]!["text"]!.GetValue<string>().ShouldContain(messages[0]!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task There_is_no_outbox_where_codes_are_sent()
    {
        await using var sending = new ConsoleHouse(s => s with { CodeSender = CodeDelivery.Send }, options: null);
        await sending.InitializeAsync();
        var owner = await sending.SignInAsync(Owner);

        (await GetAsync(owner, "operator/outbox")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await GetAsync(owner, "session")).Body["outbox"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Theory]
    [InlineData("1000000009", Foreign)]
    [InlineData("foreign l", Foreign)]
    [InlineData("D0%3A27%3A00%3A00%3A00%3A02", Meter)]
    public async Task A_device_is_found_by_any_of_its_names_whoever_owns_it(string text, string id)
    {
        var found = (await GetAsync(await house.SignInAsync(Owner), $"operator/devices?text={text}")).Body["devices"]!.AsArray();

        found.ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe(id);
    }

    [Fact]
    public async Task What_is_found_is_paged()
    {
        var owner = await house.SignInAsync(Owner);

        var first = (await GetAsync(owner, "operator/devices?limit=3")).Body;
        var rest = (await GetAsync(owner, $"operator/devices?limit=3&after={first["next"]!.GetValue<string>()}")).Body;

        first["devices"]!.AsArray().Concat(rest["devices"]!.AsArray()).Select(d => d!["id"]!.GetValue<string>()).ShouldBe([Lamp, Meter, Fan, Foreign]);
        rest["next"].ShouldBeNull();
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("text=%00", "text")]
    [InlineData("after=%00", "after")]
    public async Task A_wrong_search_is_named(string query, string field)
    {
        var reply = await GetAsync(await house.SignInAsync(Owner), $"operator/devices?{query}");

        (reply.Status, reply.Field).ShouldBe((HttpStatusCode.BadRequest, field));
    }

    [Fact]
    public async Task A_text_that_is_too_long_to_be_a_name_is_refused() =>
        (await GetAsync(await house.SignInAsync(Owner), $"operator/devices?text={new string('x', 200)}")).Field.ShouldBe("text");

    [Fact]
    public async Task A_device_is_seen_with_its_link_names_frames_commands_and_presence()
    {
        var owner = await house.SignInAsync(Owner);
        var link = await house.ConnectAsync(Lamp, _ => "");
        await ReportAsync(link, "switch", "\"off\"");
        await link.ReportAsync(new Report { Readings = [new("switch", "\"off\"")], Frame = new byte[] { 0xff, 0x01 } }, Cancel);
        await PostAsync(owner, $"devices/{Lamp}/command", """{"properties":{"switch":"on"}}""");

        var seen = (await GetAsync(owner, $"operator/devices/{Lamp}")).Body;

        (seen["device"]!["name"]!.GetValue<string>(), seen["device"]!["online"]!.GetValue<bool>()).ShouldBe(("Reading Lamp", true));
        seen["owner"]!.GetValue<string>().ShouldBe((await GetAsync(owner, "session")).Body["id"]!.GetValue<string>());
        (seen["link"]!["protocol"]!.GetValue<string>(), seen["link"]!["ip"]!.GetValue<string>()).ShouldBe(("test", "192.0.2.7"));
        seen["link"]!["node"]!.GetValue<string>().ShouldBe(house.Service<LinkService>().Node.Name);
        seen["names"]!.AsArray().ShouldHaveSingleItem()!["value"]!.GetValue<string>().ShouldBe("d0:27:00:00:00:01");
        var frames = seen["frames"]!.AsArray();
        frames.Count.ShouldBe(4);
        frames.ShouldContain(f => f!["direction"]!.GetValue<string>() == "out" && f["text"]!.GetValue<string>().Contains("\"switch\":\"on\""));
        frames.ShouldContain(f => f!["hex"] != null && f["hex"]!.GetValue<string>() == "ff01");
        frames.ShouldContain(f => f!["text"] != null && f["text"]!.GetValue<string>() == """{"switch":"off"}""");
        var command = seen["commands"]!.AsArray().ShouldHaveSingleItem()!;
        (command["outcome"]!.GetValue<string>(), command["app"]!.GetValue<string>()).ShouldBe(("acknowledged", "irori-console"));
        seen["presence"]!.AsArray().ShouldHaveSingleItem()!["kind"]!.GetValue<string>().ShouldBe("online");
        await house.Service<LinkService>().CloseAsync(link, "test");
    }

    [Fact]
    public async Task A_device_that_is_not_there_is_not_found() =>
        (await GetAsync(await house.SignInAsync(Owner), "operator/devices/1000008888")).Status.ShouldBe(HttpStatusCode.NotFound);
}
