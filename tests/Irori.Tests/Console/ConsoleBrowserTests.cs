using Irori.Core.Accounts;
using Irori.Server.Settings;
using Shouldly;
using static Irori.Tests.Console.ConsoleHouse;

namespace Irori.Tests.Console;

/// <summary>The console in a real Chromium. The walk itself is tests/browser/console.mjs.</summary>
public sealed class ConsoleBrowserTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);
    private static readonly string Built = Path.Combine(Repository.Root, "console", "dist");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_signs_in_switches_sees_changes_and_plots_on_phone_and_desktop_in_light_and_dark()
    {
        File.Exists(Path.Combine(Built, "index.html")).ShouldBeTrue("The console is not built: run npm ci && npm run build in console/; ./irori test does it");
        await using var house = new ConsoleHouse(s => s with { Console = new ConsoleSection { Folder = Built }, Node = new NodeSection { Name = "hearth" } }, options: null);
        await house.InitializeAsync();
        await SeedAsync(house);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(Limit);
        var metering = MeterAsync(house, end.Token);

        await using var walk = NodeScript.Start(
            "console.mjs",
            new Dictionary<string, string>
            {
                ["IRORI_URL"] = house.Server.Http.ToString(),
                ["IRORI_EMAIL"] = Owner,
                ["IRORI_PASSWORD"] = Password,
                ["IRORI_FRIEND"] = Stranger,
                ["IRORI_HOME"] = "Garden House",
                ["IRORI_EMPTY"] = "Cabin",
                ["IRORI_SWITCH"] = "Reading Lamp",
                ["IRORI_DEAF"] = "Attic Fan",
                ["IRORI_METER"] = "Power Meter",
            },
            place: "browser");
        await walk.WaitForAsync("done", end.Token);

        await end.CancelAsync();
        await metering;
    }

    private static async Task SeedAsync(ConsoleHouse house)
    {
        var lamp = await house.ConnectAsync(Lamp, _ => "");
        await ReportAsync(lamp, "brightness", "60");
        await ReportAsync(lamp, "switch", "\"on\"");
        var start = TimeProvider.System.GetUtcNow().AddHours(-20);
        await house.RememberAsync(Meter, "power", Enumerable.Range(0, 240).Select(i => (start.AddMinutes(i * 5), $"{Math.Round(120 + (80 * Math.Sin(i / 20.0)), 1)}")));
        await house.Service<AccountService>().SendCodeAsync(Login.Email("new@example.com").Value, CodePurpose.Register, Cancel);
    }

    // Reports by itself, again and again, as a meter does.
    private static async Task MeterAsync(ConsoleHouse house, CancellationToken cancel)
    {
        var link = await house.ConnectAsync(Meter, _ => "");
        await ReportAsync(link, "voltage", "229.7");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        try
        {
            for (var i = 0; await timer.WaitForNextTickAsync(cancel); i++) await ReportAsync(link, "power", $"{120 + (i % 50)}.5");
        }
        catch (OperationCanceledException)
        {
            // The walk is over.
        }
    }
}
