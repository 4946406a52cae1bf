using Irori.Storage;
using Irori.Tests.CoolKit;
using Irori.Server.Settings;
using Shouldly;

namespace Irori.Tests.Cli;

public sealed class StatusTests
{
    [Theory]
    [InlineData(DatabaseEngine.Sqlite)]
    [InlineData(DatabaseEngine.PostgreSql)]
    public async Task The_status_tells_what_a_day_takes_beside_a_running_server(DatabaseEngine engine)
    {
        await using var house = await CoolKitHouse.StartAsync(engine);
        using var app = await house.SignedInAsync();
        await using var lamp = await house.ConnectAsync(await house.AddAsync(app));
        for (var n = 0; n < 3; n++) await lamp.ReportAsync(new System.Text.Json.Nodes.JsonObject { ["n"] = n });
        var flags = CliRun.Flags(house.Server.Service<IroriSettings>());

        var run = await CliRun.RunAsync(["status", .. flags, "--json"]);

        run.Code.ShouldBe(0, run.Error);
        var tables = run.Json["tables"]!.AsArray().ToDictionary(t => (string)t!["table"]!, t => ((long)t!["rows"]!, (int)t["days"]!));
        tables["points"].ShouldBe((3, 365));
        tables["frames"].ShouldBe((3, 7));
        tables.Keys.ShouldBe(["points", "frames", "presence", "commands"], ignoreOrder: true);
        ((long)run.Json["free"]!).ShouldBeLessThan((long)run.Json["size"]!);
        run.Json["fullInDays"].ShouldBeNull();
        (await CliRun.RunAsync(["status", .. flags])).Output.ShouldContain("never full");
    }
}
