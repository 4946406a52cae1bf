using System.CommandLine;
using System.Text.Json.Nodes;
using Irori.Server.Files;
using Spectre.Console;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin device import</c>: many devices from a file.</summary>
internal static class DeviceImport
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand(
            "import",
            "Enter the devices of a file (CSV with a head line, or one JSON object a line) into the records. Repeating it skips what is there with the same key, "
                + "and reports what differs. Rows that are wrong are reported; the others go in.",
            "irori admin device import devices.csv --product 0123456789abcdef01234567\nwhere devices.csv is\n  id,key,chipId,mac\n  1000a1b2c3,8f14e45f-ceea-467f-a9f3-1c2d3e4f5a6b,0c5d7e91,d0:27:00:00:00:01");
        var file = command.With(new Argument<FileInfo>("FILE") { Description = $"Columns: {string.Join(", ", DeviceRow.Fields)}; id and key are needed" });
        var product = command.With(new Option<string?>("--product") { Description = "Id of the product of rows that name none", HelpName = "PRODUCT" });
        return command.Run((call, cancel) => RunAsync(call, call.Value(file), call.Value(product), cancel));
    }

    private static async Task<int> RunAsync(AdminCall call, FileInfo file, string? product, CancellationToken cancel)
    {
        if (!file.Exists) throw new CliException($"There is no file {file.FullName}.");
        var import = new DeviceImporter(call.Home, product);
        await using var stream = file.OpenRead();
        var summary = await ReadAsync(() => ShowAsync(call, progress => import.RunAsync(stream, progress, cancel)), file.Name);
        await TellAsync(call, file.Name, summary);
        return summary.Wrong == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task TellAsync(AdminCall call, string file, ImportSummary summary)
    {
        foreach (var problem in summary.Problems) await call.NoteAsync($"{file}:{problem.Line}: {problem.Field} {problem.Reason}.");
        if (summary.Problems.Count < summary.Wrong) await call.NoteAsync($"{summary.Wrong - summary.Problems.Count} more rows are wrong.");
        if (summary.UnusualIds > 0) await call.NoteAsync($"Note: {summary.UnusualIds} ids are not 10 lower-case hex digits, which apps and firmware of CoolKit expect.");
        call.Write(
            ("rows", summary.Rows), ("added", summary.Added), ("same", summary.Same), ("wrong", summary.Wrong),
            ("problems", call.Output.IsJson(call.Parsed) ? new JsonArray([.. summary.Problems.Select(Json)]) : null));
    }

    private static async Task<ImportSummary> ReadAsync(Func<Task<ImportSummary>> import, string file)
    {
        try
        {
            return await import();
        }
        catch (InvalidDataException e)
        {
            throw new CliException($"{file}: {e.Message}");
        }
    }

    // A bar for a person at a terminal; nothing that moves for a program.
    private static Task<ImportSummary> ShowAsync(AdminCall call, Func<Action<double>, Task<ImportSummary>> import)
    {
        if (Console.IsErrorRedirected || call.Parsed.InvocationConfiguration.Error != Console.Error) return import(_ => { });
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress().StartAsync(progress =>
        {
            var bar = progress.AddTask("Devices");
            return import(part => bar.Value = part * bar.MaxValue);
        });
    }

    private static JsonNode Json(ImportProblem problem) =>
        new JsonObject { ["line"] = problem.Line, ["field"] = problem.Field, ["reason"] = problem.Reason };
}
