using System.CommandLine;
using System.Text.Json.Nodes;
using Irori.Cli;
using Irori.Cli.Admin;
using Irori.Cli.Pairing;
using Irori.Server.Settings;
using Irori.Storage;

namespace Irori.Tests.Cli;

/// <summary>One run of the program inside the test process.</summary>
internal sealed record CliRun(int Code, string Output, string Error)
{
    /// <summary>The answer of a call with --json.</summary>
    public JsonNode Json => JsonNode.Parse(Output)!;

    public static RootCommand Root()
    {
        var root = new RootCommand("irori");
        foreach (var command in (Command[])[RunCommand.Create(), AdminGroup.Create(), BackupCommand.Create(), RestoreCommand.Create(), MoveCommand.Create(), PairCommand.Create(), StatusCommand.Create(), BenchCommand.Create()]) root.Subcommands.Add(command);
        return root;
    }

    /// <summary>Runs with these arguments.</summary>
    public static Task<CliRun> RunAsync(params string[] args) => RunAsync("", args);

    /// <summary>Runs with something on standard input.</summary>
    public static async Task<CliRun> RunAsync(string input, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var streams = new Streams { Output = output, Error = error, Input = new StringReader(input) };
        var code = await CommandLine.RunAsync(Root(), args, streams, TestContext.Current.CancellationToken);
        return new CliRun(code, output.ToString(), error.ToString());
    }

    /// <summary>The flags that find an installation.</summary>
    public static string[] Flags(IroriSettings settings) => settings.Database.Engine == DatabaseEngine.Sqlite
        ? ["--data", settings.Data]
        : ["--data", settings.Data, "--database", settings.Database.ConnectionString];
}
