using System.Diagnostics;
using Irori.Core.Accounts;
using Irori.Server.Settings;
using Shouldly;
using static Irori.Tests.Console.ConsoleHouse;

namespace Irori.Tests.Console;

/// <summary>The console in a real Chromium. The walk itself is tests/browser/console.mjs.</summary>
public sealed class ConsoleBrowserTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly string Built = Path.Combine(Repository.Root, "console", "dist");
    private static readonly string Walk = Path.Combine(Repository.Root, "tests", "browser");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_signs_in_switches_sees_changes_and_plots_on_phone_and_desktop_in_light_and_dark()
    {
        File.Exists(Path.Combine(Built, "index.html")).ShouldBeTrue("The console is not built: run npm ci && npm run build in console/.");
        Directory.Exists(Path.Combine(Walk, "node_modules")).ShouldBeTrue("The browser's driver is not installed: run npm ci in tests/browser/.");
        await using var house = new ConsoleHouse(s => s with { Console = new ConsoleSection { Folder = Built } }, options: null);
        await house.InitializeAsync();
        await SeedAsync(house);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var metering = MeterAsync(house, end.Token);

        var (code, said) = await RunAsync(house);

        await end.CancelAsync();
        await metering;
        code.ShouldBe(0, said);
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

    private static async Task<(int Code, string Said)> RunAsync(ConsoleHouse house)
    {
        var start = new ProcessStartInfo("node", "console.mjs")
        {
            WorkingDirectory = Walk, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["IRORI_URL"] = house.Server.Http.ToString();
        start.Environment["IRORI_EMAIL"] = Owner;
        start.Environment["IRORI_PASSWORD"] = Password;
        start.Environment["IRORI_SWITCH"] = "Reading Lamp";
        start.Environment["IRORI_DEAF"] = "Attic Fan";
        start.Environment["IRORI_METER"] = "Power Meter";
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
