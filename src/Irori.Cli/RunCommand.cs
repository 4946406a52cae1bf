using System.CommandLine;
using Irori.Server.Demo;
using Irori.Server.Hosting;
using Irori.Server.Settings;

namespace Irori.Cli;

/// <summary><c>irori run</c>: the server, until it is told to stop.</summary>
internal static class RunCommand
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    public static Command Create()
    {
        var command = new Command("run", "Run the server until Ctrl+C.");
        var settings = new SettingsOptions().AddTo(command).AddListenersTo(command);
        var demo = new Option<bool>("--demo") { Description = "Show a filled home with simulated devices, to this machine only" };
        command.Options.Add(demo);
        command.SetAction((call, cancel) => RunAsync(settings.Load(call, call.GetValue(demo)), call.GetValue(demo), call.InvocationConfiguration.Output, cancel));
        return command;
    }

    private static async Task<int> RunAsync(IroriSettings settings, bool demo, TextWriter output, CancellationToken cancel)
    {
        var known = demo ? await Demonstration.FindAsync(settings, cancel) : null;
        await using var server = await IroriServer.StartAsync(settings, new ServerOptions { MasterKey = SettingsOptions.MasterKey }, cancel);
        await using var shown = demo ? await Demonstration.StartAsync(server, known, cancel) : null;
        if (settings.Log.Format == LogFormat.Text) await output.WriteLineAsync(Greeting(server, settings, shown?.File));
        await server.WaitForStopAsync(cancel);
        using var limit = new CancellationTokenSource(StopLimit);
        await server.StopAsync(limit.Token);
        return ExitCode.Done;
    }

    private static string Greeting(IroriServer server, IroriSettings settings, DemoFile? demo) =>
        $"""
        Irori {Foundation.Version} runs.
          Console  {new Uri(server.Http ?? server.Https!, "/console/")}
          Data     {Path.GetFullPath(settings.Data)}{(demo is null ? "" : Signs(settings, demo))}
        Stop with Ctrl+C.
        """;

    private static string Signs(IroriSettings settings, DemoFile demo) =>
        $"""

          Sign in  {demo.Accounts[0].Email}, with the password in {Path.Combine(Path.GetFullPath(settings.Data), DemoFile.FileName)}
          Devices  {demo.Devices.Count}, simulated; one of them is not added yet
        """;
}
