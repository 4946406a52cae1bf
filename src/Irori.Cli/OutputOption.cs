using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Irori.Cli;

/// <summary>Tables for people, or with <c>--json</c> JSON for programs.</summary>
internal sealed class OutputOption
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const int PipeWidth = 2000;
    private readonly Option<bool> _json = new("--json") { Description = "Answer as JSON" };

    public OutputOption(Command command) => command.Options.Add(_json);

    /// <summary>True when a program reads the answer.</summary>
    public bool IsJson(ParseResult call) => call.GetValue(_json);

    /// <summary>Writes the same answer in the wanted form.</summary>
    public void Write(ParseResult call, JsonNode json, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var output = call.InvocationConfiguration.Output;
        if (IsJson(call))
        {
            output.WriteLine(json.ToJsonString(Indented));
            return;
        }

        var table = new Table { Border = TableBorder.Rounded, ShowHeaders = columns.Any(c => c.Length > 0) };
        foreach (var column in columns) table.AddColumn(new TableColumn(new Text(column)));
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        // What goes into a pipe or file is not folded: ids stay whole.
        if (Console.IsOutputRedirected || output != Console.Out) console.Profile.Width = PipeWidth;
        console.Write(table);
    }
}
