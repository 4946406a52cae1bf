using System.Net;
using System.Text.Json.Nodes;
using Irori.Core.Links;
using Shouldly;
using static Irori.Tests.Console.ConsoleHouse;

namespace Irori.Tests.Console;

/// <summary>Homes, the devices in them, and commands.</summary>
public sealed class DevicesApiTests(ConsoleHouse house) : IClassFixture<ConsoleHouse>
{
    [Fact]
    public async Task The_homes_of_the_account_have_their_rooms()
    {
        var homes = (await GetAsync(await house.SignInAsync(Owner), "homes")).Body;

        homes["current"]!.GetValue<string>().ShouldBe(house.Home.Id);
        homes["homes"]!.AsArray().Select(h => h!["name"]!.GetValue<string>()).ShouldBe(["Garden House", "Cabin"]);
        var home = homes["homes"]![0]!;
        home["id"]!.GetValue<string>().ShouldBe(house.Home.Id);
        home["rooms"]!.AsArray().Select(r => r!["name"]!.GetValue<string>()).ShouldBe(["Living Room", "Kitchen"]);
    }

    [Fact]
    public async Task The_devices_of_a_home_have_state_room_and_product()
    {
        var link = await house.ConnectAsync(Meter, _ => "");
        await ReportAsync(link, "power", "12.5");

        var page = (await GetAsync(await house.SignInAsync(Owner), $"homes/{house.Home.Id}/devices")).Body;

        page["total"]!.GetValue<int>().ShouldBe(3);
        page["next"].ShouldBeNull();
        var meter = page["devices"]!.AsArray().Single(d => d!["id"]!.GetValue<string>() == Meter)!;
        (meter["name"]!.GetValue<string>(), meter["online"]!.GetValue<bool>()).ShouldBe(("Power Meter", true));
        meter["roomId"]!.GetValue<string>().ShouldBe(house.Home.Rooms[1].Id);
        meter["values"]!["power"]!["value"]!.GetValue<double>().ShouldBe(12.5);
        meter["values"]!["power"]!["time"]!.GetValue<long>().ShouldBeInRange(meter["lastSeen"]!.GetValue<long>(), long.MaxValue);
        var product = page["products"]!.AsArray().Single(p => p!["id"]!.GetValue<string>() == meter["product"]!.GetValue<string>())!;
        (product["category"]!.GetValue<string>(), product["properties"]![0]!["unit"]!.GetValue<string>()).ShouldBe(("meter", "W"));
        await house.Service<LinkService>().CloseAsync(link, "test");
    }

    [Fact]
    public async Task The_devices_of_a_home_are_paged_without_gap_or_repetition()
    {
        var client = await house.SignInAsync(Owner);
        var seen = new List<string>();
        var after = "";
        do
        {
            var page = (await GetAsync(client, $"homes/{house.Home.Id}/devices?limit=1{after}")).Body;
            seen.Add(page["devices"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>());
            after = page["next"] is { } next ? $"&after={next.GetValue<string>()}" : "";
        }
        while (after.Length > 0);

        seen.ShouldBe([Lamp, Meter, Fan]);
    }

    [Theory]
    [InlineData("limit=many", "limit")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("after=x", "after")]
    [InlineData("after=1_2_3", "after")]
    public async Task A_wrong_page_is_named(string query, string field)
    {
        var reply = await GetAsync(await house.SignInAsync(Owner), $"homes/{house.Home.Id}/devices?{query}");

        (reply.Status, reply.Field).ShouldBe((HttpStatusCode.BadRequest, field));
    }

    [Fact]
    public async Task A_strangers_home_and_devices_look_as_if_they_did_not_exist()
    {
        var stranger = await house.SignInAsync(Stranger);

        foreach (var (mine, absent) in new[]
        {
            ($"homes/{house.Home.Id}/devices", "homes/0123456789abcdef01234567/devices"),
            ($"devices/{Lamp}", "devices/1000008888"),
            ($"devices/{Lamp}/history?property=switch&from=0&to=1", "devices/1000008888/history?property=switch&from=0&to=1"),
        })
        {
            var reply = await GetAsync(stranger, mine);
            (reply.Status, reply.Kind).ShouldBe((HttpStatusCode.NotFound, "notFound"), mine);
            reply.Body.ToJsonString().ShouldBe((await GetAsync(stranger, absent)).Body.ToJsonString());
        }

        const string Command = """{"properties":{"switch":"on"}}""";
        var refused = await PostAsync(stranger, $"devices/{Lamp}/command", Command);
        refused.Status.ShouldBe(HttpStatusCode.NotFound);
        refused.Body.ToJsonString().ShouldBe((await PostAsync(stranger, "devices/1000008888/command", Command)).Body.ToJsonString());
        (await GetAsync(stranger, $"devices/{Foreign}")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_command_is_answered_with_the_state_that_the_device_agreed_to()
    {
        var link = await house.ConnectAsync(Lamp, body => body.Contains("on") ? "" : "silly");
        var client = await house.SignInAsync(Owner);

        var done = await PostAsync(client, $"devices/{Lamp}/command", """{"properties":{"switch":"on"}}""");

        (done.Status, done.Body["outcome"]!.GetValue<string>()).ShouldBe((HttpStatusCode.OK, "acknowledged"));
        done.Body["device"]!["values"]!["switch"]!["value"]!.GetValue<string>().ShouldBe("on");
        (await GetAsync(client, $"devices/{Lamp}")).Body["device"]!.ToJsonString().ShouldBe(done.Body["device"]!.ToJsonString());
        await house.Service<LinkService>().CloseAsync(link, "test");
    }

    [Fact]
    public async Task Offline_refused_and_silent_each_have_a_sentence_of_their_own()
    {
        var client = await house.SignInAsync(Owner);
        Task<ConsoleReply> SendAsync() => PostAsync(client, $"devices/{Fan}/command", """{"properties":{"switch":"on"}}""");

        var offline = await SendAsync();
        var refusing = await house.ConnectAsync(Fan, _ => "503");
        var refused = await SendAsync();
        var silent = await house.ConnectAsync(Fan, _ => null);
        var unanswered = await SendAsync();

        (offline.Status, offline.Kind, offline.Message).ShouldBe((HttpStatusCode.Conflict, "offline", "The device is offline"));
        (refused.Status, refused.Kind, refused.Message).ShouldBe((HttpStatusCode.UnprocessableEntity, "refused", "The device refused the command (code 503)"));
        (unanswered.Status, unanswered.Kind, unanswered.Message).ShouldBe((HttpStatusCode.GatewayTimeout, "noAnswer", "The device did not answer in time"));
        await house.Service<LinkService>().CloseAsync(refusing, "test");
        await house.Service<LinkService>().CloseAsync(silent, "test");
    }

    [Theory]
    [InlineData("{}", "properties")]
    [InlineData("""{"properties":null}""", "properties")]
    [InlineData("""{"properties":{}}""", "properties")]
    [InlineData("""{"properties":[1]}""", "properties")]
    [InlineData("""{"properties":"on"}""", "properties")]
    [InlineData("""{"properties":{"":1}}""", "properties")]
    [InlineData("""{"properties":{"\ud800":1}}""", "body")]
    [InlineData("[]", "body")]
    [InlineData("nonsense", "body")]
    public async Task A_wrong_command_is_named(string body, string field)
    {
        var reply = await PostAsync(await house.SignInAsync(Owner), $"devices/{Lamp}/command", body);

        (reply.Status, reply.Kind, reply.Field).ShouldBe((HttpStatusCode.BadRequest, "invalid", field));
    }

    [Fact]
    public async Task A_command_of_any_depth_is_answered()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 500)) + "1" + new string('}', 500);

        (await PostAsync(await house.SignInAsync(Owner), $"devices/{Lamp}/command", $$"""{"properties":{{deep}}}""")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }
}
