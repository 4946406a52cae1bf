using System.Text.Json;
using Microsoft.VisualBasic.FileIO;

namespace Irori.Server.Files;

/// <summary>A row that could not be read or taken.</summary>
public sealed record ImportProblem(long Line, string Field, string Reason);

/// <summary>Reads devices from a file, row by row: CSV with a head line, or one JSON object a line.</summary>
public static class DeviceRows
{
    private const int MaxLine = 64 * 1024;

    /// <summary>The rows in order; what cannot be read is told and skipped.</summary>
    /// <exception cref="InvalidDataException">The head line of a CSV file is wrong, so no row can be read.</exception>
    public static IEnumerable<DeviceRow> Read(TextReader reader, Action<ImportProblem> wrong) => reader.Peek() == '{' ? ReadLines(reader, wrong) : ReadCsv(reader, wrong);

    private static IEnumerable<DeviceRow> ReadLines(TextReader reader, Action<ImportProblem> wrong)
    {
        for (long line = 1; reader.ReadLine() is { } text; line++)
        {
            if (!string.IsNullOrWhiteSpace(text) && Parse(text, line, wrong) is { } row) yield return row;
        }
    }

    private static DeviceRow? Parse(string text, long line, Action<ImportProblem> wrong)
    {
        var mistakes = new List<string>();
        try
        {
            using var document = JsonDocument.Parse(text, HandWritten.Options);
            var fields = new JsonFields(document.RootElement, "", mistakes);
            var row = DeviceRow.Of(line, name => fields.Any(name) is { ValueKind: JsonValueKind.Object } whole && name == "devConfig" ? whole.GetRawText() : fields.Text(name, MaxLine));
            fields.NothingElse();
            if (mistakes.Count == 0) return row;
            foreach (var mistake in mistakes) Tell(mistake);
        }
        catch (JsonException e)
        {
            wrong(new ImportProblem(line, "The line", $"is not JSON: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}"));
        }

        return null;

        void Tell(string mistake)
        {
            var blank = mistake.IndexOf(' ', StringComparison.Ordinal);
            wrong(new ImportProblem(line, mistake[..blank], mistake[(blank + 1)..].TrimEnd('.')));
        }
    }

    private static IEnumerable<DeviceRow> ReadCsv(TextReader reader, Action<ImportProblem> wrong)
    {
        var columns = Head(reader.ReadLine() ?? "");
        for (long line = 2; reader.ReadLine() is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text) || Values(text, line, wrong) is not { } values) continue;
            if (values.Length == columns.Length) yield return DeviceRow.Of(line, name => Array.IndexOf(columns, name) is >= 0 and var at ? values[at] : null);
            else wrong(new ImportProblem(line, "The row", $"has {values.Length} values under {columns.Length} columns; add or remove commas"));
        }
    }

    private static string[]? Values(string text, long line, Action<ImportProblem> wrong)
    {
        try
        {
            return Split(text);
        }
        catch (MalformedLineException)
        {
            wrong(new ImportProblem(line, "The row", "has a quotation mark that does not fit; double it inside of quoted text"));
            return null;
        }
    }

    // A parser per line: it does not tell on which line a row stands, and no value here has more than one.
    private static string[] Split(string text)
    {
        using var csv = new TextFieldParser(new StringReader(text)) { Delimiters = [","], TrimWhiteSpace = true, HasFieldsEnclosedInQuotes = true };
        return csv.ReadFields() ?? [];
    }

    private static string[] Head(string text)
    {
        var known = string.Join(", ", DeviceRow.Fields);
        var columns = Split(text.Replace("\"", "", StringComparison.Ordinal)).Select(h => DeviceRow.Fields.FirstOrDefault(f => f.Equals(h, StringComparison.OrdinalIgnoreCase)) ?? h).ToArray();
        if (columns.FirstOrDefault(c => !DeviceRow.Fields.Contains(c)) is { } unknown)
            throw new InvalidDataException($"The first line must name the columns; \"{unknown}\" is none. Known are {known}.");
        if (columns.GroupBy(c => c, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidDataException($"The first line names the column {twice.Key} twice; remove one.");
        return columns.Contains("id") ? columns : throw new InvalidDataException($"The first line must name the columns, id among them. Known are {known}.");
    }
}
