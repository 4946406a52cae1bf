using System.CommandLine;
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
        command.SetAction((call, cancel) => RunAsync(settings.Load(call), cancel));
        return command;
    }

    private static async Task<int> RunAsync(IroriSettings settings, CancellationToken cancel)
    {
        await using var server = await IroriServer.StartAsync(settings, new ServerOptions { MasterKey = SettingsOptions.MasterKey }, cancel);
        if (settings.Log.Format == LogFormat.Text) await Console.Out.WriteLineAsync(Greeting(server, settings));
        await server.WaitForStopAsync(cancel);
        using var limit = new CancellationTokenSource(StopLimit);
        await server.StopAsync(limit.Token);
        return ExitCode.Done;
    }

    private static string Greeting(IroriServer server, IroriSettings settings) =>
        $"""
        Irori {Foundation.Version} runs.
          Console  {new Uri(server.Http ?? server.Https!, "/console/")}
          Data     {Path.GetFullPath(settings.Data)}
        Stop with Ctrl+C.
        """;
}
