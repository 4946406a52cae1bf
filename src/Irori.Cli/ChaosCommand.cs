using System.CommandLine;
using System.Security.Cryptography;
using Irori.Chaos;
using Irori.Chaos.Faults;
using Irori.Harness;
using Irori.Storage;

namespace Irori.Cli;

/// <summary><c>irori chaos</c>: injects faults into an installation of its own, and checks what must hold.</summary>
internal static class ChaosCommand
{
    private static readonly ChaosOptions Defaults = new() { Seed = 0 };

    private static readonly Option<string[]> Fault = new("--fault") { Description = "A fault, see --list; may be repeated; none: all", HelpName = "NAME" };
    private static readonly Option<int> Seconds = Number("--seconds", "How long each fault lasts, at least", (int)Defaults.Duration.TotalSeconds);
    private static readonly Option<int> Devices = Number("--devices", "Simulated devices", Defaults.Devices);
    private static readonly Option<int> Rounds = Number("--rounds", "How often each fault is injected", Defaults.Rounds);
    private static readonly Option<int?> Seed = new("--seed") { Description = "Repeat the choices of a run that printed this seed", HelpName = "N" };
    private static readonly Option<int?> Kills = new("--kills") { Description = "Instead of faults: kill nodes N times without warning", HelpName = "N" };
    private static readonly Option<string> Database = new("--database") { Description = "For --kills: sqlite (one node) or postgres (three)", HelpName = "WHERE", DefaultValueFactory = _ => "sqlite" };
    private static readonly Option<string?> Output = new("--output") { Description = "Write the table to NAME.md and NAME.json too", HelpName = "NAME" };
    private static readonly Option<string?> Logs = new("--logs") { Description = "Keep the logs of all nodes in this folder", HelpName = "DIR" };
    private static readonly Option<bool> List = new("--list") { Description = "Show the faults and inject nothing" };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "chaos",
            "Try this build under faults: starts nodes, PostgreSQL and RabbitMQ of its own on this machine, lets simulated devices and apps work, breaks things, and checks "
            + "that nothing acknowledged was lost or doubled, no command was carried out twice or late, and every app was told the truth. All faults take about ten minutes. Fails when a check fails.",
            "irori chaos --list\nirori chaos\nirori chaos --fault node-paused --fault postgres-restarted --rounds 3 --seed 4711\nirori chaos --kills 200 --database postgres --output kills");
        foreach (var option in (Option[])[Fault, Seconds, Devices, Rounds, Seed, Kills, Database, Output, Logs, List]) command.Options.Add(option);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CancellationToken cancel)
    {
        try
        {
            return await TryAsync(call, cancel);
        }
        catch (Exception e) when (e is ChaosException or HarnessException)
        {
            throw new CliException(e.Message, ExitCode.Wrong);
        }
    }

    private static async Task<int> TryAsync(ParseResult call, CancellationToken cancel)
    {
        var output = call.InvocationConfiguration.Output;
        var faults = AllFaults.Named(call.GetValue(Fault) ?? []);
        if (call.GetValue(List))
        {
            foreach (var fault in faults) await output.WriteLineAsync($"{fault.Name}: {fault.Summary}. Recovery: {fault.Recovery}.");
            return ExitCode.Done;
        }

        if (call.GetValue(Kills) is { } kills) faults = [new Kills(InRange("--kills", kills, 1, 10_000), EngineOf(call.GetValue(Database)!))];
        var options = Defaults with
        {
            Seed = call.GetValue(Seed) ?? RandomNumberGenerator.GetInt32(int.MaxValue), Duration = TimeSpan.FromSeconds(InRange("--seconds", call.GetValue(Seconds), 1, 3_600)),
            Devices = InRange("--devices", call.GetValue(Devices), 1, 5_000), Rounds = InRange("--rounds", call.GetValue(Rounds), 1, 1_000), Logs = call.GetValue(Logs),
        };
        var report = await new ChaosRun(options, call.InvocationConfiguration.Error.WriteLine).RunAsync(faults, CommandLineOf(call, options), cancel);
        if (call.GetValue(Output) is { } name)
        {
            await File.WriteAllTextAsync($"{name}.md", report.ToMarkdown(), cancel);
            await File.WriteAllTextAsync($"{name}.json", report.ToJson(), cancel);
        }

        await output.WriteLineAsync(report.ToMarkdown());
        return report.Holds ? ExitCode.Done : ExitCode.Failed;
    }

    private static Option<int> Number(string name, string description, int value) => new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };

    private static int InRange(string name, int value, int least, int most) =>
        value >= least && value <= most ? value : throw new ChaosException($"{name} is {value}, but must be from {least} to {most}.");

    private static DatabaseEngine EngineOf(string name) => name switch
    {
        "sqlite" => DatabaseEngine.Sqlite,
        "postgres" => DatabaseEngine.PostgreSql,
        _ => throw new ChaosException($"--database is \"{name}\", but must be sqlite or postgres."),
    };

    private static string CommandLineOf(ParseResult call, ChaosOptions options)
    {
        string[] what = call.GetValue(Kills) is { } kills ? ["--kills", $"{kills}", "--database", call.GetValue(Database)!] : [.. (call.GetValue(Fault) ?? []).SelectMany(f => (string[])["--fault", f])];
        return string.Join(' ', (string[])["./irori", "chaos", .. what, "--seconds", $"{options.Duration.TotalSeconds}", "--devices", $"{options.Devices}", "--rounds", $"{options.Rounds}", "--seed", $"{options.Seed}"]);
    }
}
