using System.CommandLine;
using Irori.Bench;
using Irori.Bench.Reporting;
using Irori.Bench.Scenarios;
using Irori.Harness;

namespace Irori.Cli;

/// <summary><c>irori bench</c>: measures this build against references on this machine.</summary>
internal static class BenchCommand
{
    private const int DefaultRounds = 5;

    private static readonly Argument<string[]> Names = new("SCENARIO") { Description = "Names, first words of names, or letters of bars; none: all", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<int> Rounds = new("--rounds") { Description = "Rounds of each scenario", HelpName = "N", DefaultValueFactory = _ => DefaultRounds };
    private static readonly Option<string?> Json = new("--json") { Description = "Write the result for programs and for --compare", HelpName = "FILE" };
    private static readonly Option<string?> Markdown = new("--markdown") { Description = "Write the table", HelpName = "FILE" };
    private static readonly Option<string?> Compare = new("--compare") { Description = "Show the change since an earlier result of --json", HelpName = "FILE" };
    private static readonly Option<bool> List = new("--list") { Description = "Show the scenarios and measure nothing" };
    private static readonly Option<bool> Tiny = new("--tiny") { Description = "Only see that everything runs; the numbers mean nothing", Hidden = true };
    private static readonly Option<string?> Postgres = new("--postgres")
    {
        Description = "Server for PostgreSQL's scenarios, by a user who may make databases; else a private one is started", HelpName = "CONNECTION",
    };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "bench",
            "Measure this build: servers of Irori and references without its logic, in turn, on this machine. All of it takes about an hour.",
            "irori bench --json now.json --markdown now.md\nirori bench commands reports --rounds 3 --compare now.json");
        command.Arguments.Add(Names);
        foreach (var option in (Option[])[Rounds, Json, Markdown, Compare, List, Tiny, Postgres]) command.Options.Add(option);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CancellationToken cancel)
    {
        try
        {
            return await MeasureAsync(call, cancel);
        }
        catch (Exception e) when (e is BenchException or HarnessException)
        {
            throw new CliException(e.Message, ExitCode.Wrong);
        }
    }

    private static async Task<int> MeasureAsync(ParseResult call, CancellationToken cancel)
    {
        var output = call.InvocationConfiguration.Output;
        var scenarios = AllScenarios.Named(call.GetValue(Names) ?? []);
        if (call.GetValue(List))
        {
            foreach (var scenario in scenarios) await output.WriteLineAsync($"{scenario.Name} ({scenario.Letter}): {scenario.Summary}. Reference: {scenario.Reference}.");
            return ExitCode.Done;
        }

        var tiny = call.GetValue(Tiny);
        var rounds = call.GetValue(Rounds);
        if (rounds is < 1 or > 100) throw new BenchException($"--rounds is {rounds}, but must be from 1 to 100.");
        if (!tiny && !BenchRun.IsRelease(typeof(BenchCommand).Assembly)) throw new BenchException("This is a Debug build, whose numbers mean nothing; build it with -c Release, as ./irori does.");
        var before = call.GetValue(Compare) is { } path ? BenchReport.Parse(await ReadAsync(path, cancel)) : null;
        var bench = new BenchRun(tiny ? Sizes.Tiny : Sizes.Full, rounds, call.GetValue(Postgres), call.InvocationConfiguration.Error.WriteLine);
        var report = await bench.RunAsync(scenarios, CommandLineOf(call), cancel);
        if (call.GetValue(Json) is { } json) await File.WriteAllTextAsync(json, report.ToJson(), cancel);
        if (call.GetValue(Markdown) is { } markdown) await File.WriteAllTextAsync(markdown, MarkdownTable.Write(report), cancel);
        await output.WriteLineAsync(MarkdownTable.Write(report));
        if (before is not null) await output.WriteLineAsync(MarkdownTable.Compare(before, report));
        return report.Scenarios.Any(s => s.Error is not null) ? ExitCode.Failed : ExitCode.Done;
    }

    // Without a connection string, which may hold a password.
    private static string CommandLineOf(ParseResult call)
    {
        string[] names = call.GetValue(Names) ?? [];
        return string.Join(' ', (string[])["./irori", "bench", .. names, .. call.GetValue(Tiny) ? ["--tiny"] : (string[])[], "--rounds", $"{call.GetValue(Rounds)}"]);
    }

    private static async Task<string> ReadAsync(string path, CancellationToken cancel)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BenchException($"--compare is \"{path}\", which cannot be read: {e.Message}");
        }
    }
}
