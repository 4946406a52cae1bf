using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Devices;
using Irori.Core.States;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>Numbers by period (Gizwits Open API, advanced data).</summary>
public abstract class AggregateContract(GizwitsFixture fixture)
{
    // A Thursday.
    private static readonly DateTimeOffset Start = new(2099, 1, 1, 10, 0, 0, TimeSpan.Zero);

    private GizwitsHouse House { get; } = fixture.House;

    [Fact]
    public async Task Numbers_are_summed_averaged_and_searched_by_hours_days_weeks_and_months()
    {
        using var person = await House.PersonAsync();
        var heater = await HeaterAsync(person);
        foreach (var (at, water) in new[] { (Start.AddMinutes(15), 10), (Start.AddMinutes(45), 21), (Start.AddMinutes(65), 30), (Start.AddDays(4), 40), (Start.AddDays(31), 50) })
            await ReportAsync(heater, at, ("water", $"{water}"));
        var path = $"/app/devdata/{heater.Device.Id}/agg_data?start_ts={Ms(Start)}&end_ts={Ms(Start.AddDays(40))}&attrs=water";

        (await DataAsync("sum", "HOURS", Start.AddDays(1))).ShouldBe([("2099-01-01T10:00:00Z", "31"), ("2099-01-01T11:00:00Z", "30")]);
        (await DataAsync("avg", "hour", Start.AddDays(1))).ShouldBe([("2099-01-01T10:00:00Z", "15.5"), ("2099-01-01T11:00:00Z", "30")]);
        (await DataAsync("max", "days", Start.AddDays(40))).ShouldBe([("2099-01-01T00:00:00Z", "30"), ("2099-01-05T00:00:00Z", "40"), ("2099-02-01T00:00:00Z", "50")]);
        (await DataAsync("min", "weeks", Start.AddDays(40))).ShouldBe([("2098-12-29T00:00:00Z", "10"), ("2099-01-05T00:00:00Z", "40"), ("2099-01-26T00:00:00Z", "50")]);
        (await DataAsync("sum", "month", Start.AddDays(40))).ShouldBe([("2099-01-01T00:00:00Z", "101"), ("2099-02-01T00:00:00Z", "50")]);
        // The span cuts its first and last period, and its end counts.
        (await DataAsync("sum", "days", Start.AddMinutes(45), Start.AddMinutes(16))).ShouldBe([("2099-01-01T00:00:00Z", "21")]);

        var answer = await person.GetAsync($"{path}&aggregator=sum&unit=months");
        answer["query"]!.ToJsonString().ShouldBe($$"""{"aggregator":"sum","start_ts":{{Ms(Start)}},"end_ts":{{Ms(Start.AddDays(40))}},"attrs":"water","unit":"months"}""");
        answer["data"]![0]!.ToJsonString().ShouldBe($$$"""{"datatime":"2099-01-01T00:00:00Z","uid":"{{{person.Uid}}}","product_key":"{{{GizwitsHouse.HeaterKey}}}","attrs":{"water":"101"}}""");
        (await person.PutAsync($"{path}&aggregator=sum&unit=months")).Body.ToJsonString().ShouldBe(answer.Body.ToJsonString());

        async Task<List<(string, string)>> DataAsync(string aggregator, string unit, DateTimeOffset end, DateTimeOffset? start = null) =>
        [
            .. (await person.GetAsync($"/app/devdata/{heater.Device.Id}/agg_data?start_ts={Ms(start ?? Start)}&end_ts={Ms(end)}&attrs=water&aggregator={aggregator}&unit={unit}"))["data"]!.AsArray()
                .Select(d => ((string)d!["datatime"]!, (string)d["attrs"]!["water"]!)),
        ];
    }

    [Fact]
    public async Task What_another_vendors_product_reports_is_counted_as_it_is_shown()
    {
        using var person = await House.PersonAsync();
        var lamp = await House.LampOfAsync(person);
        await ReportAsync(lamp, Start, ("bright", "255"), ("colour", """{"r":10,"g":1}"""), ("switches", """[{"outlet":0,"switch":"on"}]"""));
        await ReportAsync(lamp, Start.AddSeconds(1), ("bright", "128"), ("colour", "\"none\""));
        await ReportAsync(lamp, Start.AddSeconds(2), ("bright", "\"dark\""), ("colour", """{"r":30,"g":1}"""));

        (await AttrsAsync("sum")).ShouldBe("""{"Brightness":"150.196078","Red":"40"}""");
        (await AttrsAsync("avg")).ShouldBe("""{"Brightness":"75.098039","Red":"20"}""");
        (await AttrsAsync("max")).ShouldBe("""{"Brightness":"100","Red":"30"}""");

        async Task<string> AttrsAsync(string aggregator) =>
            (await person.GetAsync($"/app/devdata/{lamp.Device.Id}/agg_data?start_ts={Ms(Start)}&end_ts={Ms(Start.AddHours(1))}&attrs=Brightness,Red,Signal&aggregator={aggregator}&unit=hours"))["data"]!
                .AsArray().Single()!["attrs"]!.ToJsonString();
    }

    [Fact]
    public async Task Questions_are_checked_bounded_and_answered_to_who_had_the_device_then()
    {
        using var person = await House.PersonAsync();
        using var stranger = await House.PersonAsync();
        using var guest = await House.PersonAsync();
        var heater = await HeaterAsync(person);
        await ReportAsync(heater, House.Time.GetUtcNow(), ("water", "10"));
        House.Time.Advance(TimeSpan.FromSeconds(2));
        await House.ShareAsync(guest, heater);
        var path = $"/app/devdata/{heater.Device.Id}/agg_data";
        var span = $"start_ts={Ms(House.Time.GetUtcNow().AddHours(-1))}&end_ts={Ms(House.Time.GetUtcNow())}";
        (await person.GetAsync($"{path}?{span}&attrs=water&aggregator=sum&unit=days")).Code.ShouldBe(0);
        (await person.GetAsync($"{path}?start_ts={Ms(House.Time.GetUtcNow().AddHours(-1))}&attrs=water&aggregator=sum&unit=days"))["query"]!["end_ts"].ShouldBeNull();
        (await guest.GetAsync($"{path}?{span}&attrs=water&aggregator=sum&unit=days")).Error.ShouldBe((400, 9029));
        (await stranger.GetAsync($"{path}?{span}&attrs=water&aggregator=sum&unit=days")).Error.ShouldBe((404, 9014));
        (await person.GetAsync($"{path}?start_ts={Ms(Start)}&end_ts={Ms(Start.AddDays(1))}&attrs=water&aggregator=sum&unit=days")).Error.ShouldBe((400, 9029));
        foreach (var query in new[]
        {
            $"{span}&attrs=water&aggregator=sum", $"{span}&attrs=water&unit=days", "attrs=water&aggregator=sum&unit=days", $"{span}&attrs=water&aggregator=median&unit=days",
            $"{span}&attrs=water&aggregator=sum&unit=years",
            "start_ts=10&end_ts=9&attrs=water&aggregator=sum&unit=days", "start_ts=-1&end_ts=9&attrs=water&aggregator=sum&unit=days", "start_ts=x&end_ts=9&attrs=water&aggregator=sum&unit=days",
            $"start_ts=0&end_ts={long.MaxValue}&attrs=water&aggregator=sum&unit=months", $"start_ts={long.MaxValue}&attrs=water&aggregator=sum&unit=months",
            $"start_ts={Ms(Start)}&end_ts={Ms(Start.AddHours(1_001))}&attrs=water&aggregator=sum&unit=hours",
        }) (await person.GetAsync($"{path}?{query}")).Error.ShouldBe((400, 9015), query);
        var many = string.Join(',', Enumerable.Range(0, 21));
        foreach (var attrs in new[] { "", "&attrs=", "&attrs=power", "&attrs=nothing", "&attrs=water,power", $"&attrs={many}" })
            (await person.GetAsync($"{path}?{span}&aggregator=sum&unit=days{attrs}")).Error.ShouldBe((400, 9025), attrs);
    }

    private static long Ms(DateTimeOffset at) => at.ToUnixTimeMilliseconds();

    private async Task<MadeDevice> HeaterAsync(GizwitsApp person)
    {
        var (made, mac) = await House.MakeAsync(House.Heater);
        (await House.BindAsync(person, GizwitsHouse.HeaterKey, GizwitsHouse.HeaterSecret, mac)).Code.ShouldBe(0);
        return made;
    }

    private async Task ReportAsync(MadeDevice made, DateTimeOffset at, params (string Name, string Json)[] values) => (await House.CoolKit.Server.Service<IDatabase>().WriteStateAsync(
        new StateWrite { Device = made.Device.No, Product = made.Device.Product, Readings = [.. values.Select(v => new Reading(v.Name, v.Json))], Arrival = Ms(at) },
        TestContext.Current.CancellationToken)).IsOk.ShouldBeTrue();
}
