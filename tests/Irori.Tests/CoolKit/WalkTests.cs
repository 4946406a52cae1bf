using System.Text.Json.Nodes;
using Irori.Storage;
using Shouldly;

namespace Irori.Tests.CoolKit;

/// <summary>One walk through the house: sign in, add, switch, read back, hear of it, remove.</summary>
public sealed class WalkTests
{
    [Theory]
    [InlineData(DatabaseEngine.Sqlite)]
    [InlineData(DatabaseEngine.PostgreSql)]
    public async Task A_person_adds_a_lamp_switches_it_and_reads_it_back(DatabaseEngine engine)
    {
        await using var house = await CoolKitHouse.StartAsync(engine);
        using var app = await house.SignedInAsync();
        var made = await house.AddAsync(app);
        await using var lamp = await house.ConnectAsync(made);
        (await lamp.ReportAsync(new JsonObject { ["switch"] = "off" })).Error().ShouldBe(0);

        var switching = app.PostAsync("/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = lamp.Id, ["params"] = new JsonObject { ["switch"] = "on" } });
        var command = await lamp.ObeyAsync();
        (await switching).Error().ShouldBe(0);
        using var second = await house.SignedInAsync();
        var status = await second.GetAsync($"/v2/device/thing/status?type=1&id={lamp.Id}");

        ((string)command["params"]!["switch"]!).ShouldBe("on");
        ((string)status["data"]!["params"]!["switch"]!).ShouldBe("on");
        var list = await app.GetAsync("/v2/device/thing?num=0");
        var thing = list["data"]!["thingList"]!.AsArray().ShouldHaveSingleItem()!;
        ((bool)thing["itemData"]!["online"]!).ShouldBeTrue();
        (await app.DeleteAsync($"/v2/device?deviceid={lamp.Id}")).Error().ShouldBe(0);
        (await app.GetAsync($"/v2/device/thing/status?type=1&id={lamp.Id}")).Error().ShouldBe(405);
    }
}
