using System.Net;
using Shouldly;
using static Irori.Tests.Console.ConsoleHouse;

namespace Irori.Tests.Console;

public sealed class HistoryApiTests(ConsoleHouse house) : IClassFixture<ConsoleHouse>
{
    private const long Start = 1_750_000_000_000;

    [Fact]
    public async Task The_points_of_a_property_come_page_by_page()
    {
        await house.RememberAsync(Meter, "power", Enumerable.Range(0, 7).Select(i => (DateTimeOffset.FromUnixTimeMilliseconds(Start + i), $"{i}.5")));
        var client = await house.SignInAsync(Owner);
        var values = new List<double>();
        var times = new List<long>();
        var after = "";
        do
        {
            var page = (await GetAsync(client, $"devices/{Meter}/history?property=power&from={Start + 1}&to={Start + 6}&limit=2{after}")).Body;
            values.AddRange(page["points"]!.AsArray().Select(p => p!["value"]!.GetValue<double>()));
            times.AddRange(page["points"]!.AsArray().Select(p => p!["time"]!.GetValue<long>()));
            after = page["next"] is { } next ? $"&after={next.GetValue<string>()}" : "";
        }
        while (after.Length > 0);

        values.ShouldBe([1.5, 2.5, 3.5, 4.5, 5.5]);
        times.ShouldBe([Start + 1, Start + 2, Start + 3, Start + 4, Start + 5]);
    }

    [Fact]
    public async Task A_property_that_was_never_reported_has_no_points()
    {
        var reply = await GetAsync(await house.SignInAsync(Owner), $"devices/{Meter}/history?property=none&from=0&to={Start}");

        reply.Body.ToJsonString().ShouldBe("""{"points":[]}""");
    }

    [Theory]
    [InlineData("from=0&to=1", "property")]
    [InlineData("property=a%00b&from=0&to=1", "property")]
    [InlineData("property=power&to=1", "from")]
    [InlineData("property=power&from=yesterday&to=1", "from")]
    [InlineData("property=power&from=-1&to=1", "from")]
    [InlineData("property=power&from=0", "to")]
    [InlineData("property=power&from=0&to=9223372036854775807", "to")]
    [InlineData("property=power&from=2&to=1", "to")]
    [InlineData("property=power&from=0&to=1&limit=5001", "limit")]
    [InlineData("property=power&from=0&to=1&after=7", "after")]
    public async Task A_wrong_question_is_named(string query, string field)
    {
        var reply = await GetAsync(await house.SignInAsync(Owner), $"devices/{Meter}/history?{query}");

        (reply.Status, reply.Kind, reply.Field).ShouldBe((HttpStatusCode.BadRequest, "invalid", field));
    }
}
