using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Server.Hosting;

namespace Irori.Cli.Admin;

/// <summary>A command on an installation that exists: flags that find it, <c>--json</c>, an example in the help.</summary>
internal sealed class AdminCommand : ExampleCommand
{
    private readonly SettingsOptions _settings;
    private readonly OutputOption _output;

    public AdminCommand(string name, string description, string example)
        : base(name, description, example)
    {
        _settings = new SettingsOptions().AddTo(this);
        _output = new OutputOption(this);
    }

    /// <summary>Adds a flag and answers it.</summary>
    public Option<T> With<T>(Option<T> option)
    {
        Options.Add(option);
        return option;
    }

    /// <summary>Adds an argument and answers it.</summary>
    public Argument<T> With<T>(Argument<T> argument)
    {
        Arguments.Add(argument);
        return argument;
    }

    /// <summary>Opens the installation for each call.</summary>
    public AdminCommand Run(Func<AdminCall, CancellationToken, Task<int>> action)
    {
        SetAction(async (parsed, cancel) =>
        {
            await using var home = await Administration.OpenAsync(_settings.Load(parsed), SettingsOptions.MasterKey, cancel);
            return await action(new AdminCall(parsed, home, _output), cancel);
        });
        return this;
    }
}

/// <summary>One call of an administrative command.</summary>
internal sealed record AdminCall(ParseResult Parsed, Administration Home, OutputOption Output)
{
    /// <summary>The value of a flag.</summary>
    public T? Value<T>(Option<T> option) => Parsed.GetValue(option);

    /// <summary>The value of an argument.</summary>
    public T Value<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);

    /// <summary>The value of a result, or its fault as a sentence.</summary>
    public static T Take<T>(Result<T> result) => result.Fault is { } fault ? throw CliException.Of(fault) : result.Value;

    /// <summary>A remark beside the answer.</summary>
    public Task NoteAsync(string sentence) => Parsed.InvocationConfiguration.Error.WriteLineAsync(sentence);

    /// <summary>Answers one thing as names and values.</summary>
    public void Write(params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        var json = new JsonObject();
        var rows = new List<string[]>();
        foreach (var (name, value) in fields)
        {
            if (value is null) continue;
            json[name] = value;
            rows.Add([name, Cell(value)]);
        }

        Output.Write(Parsed, json, ["", ""], rows);
    }

    /// <summary>Answers a list, one row per thing; the JSON is an array.</summary>
    public void Write(IReadOnlyList<string> columns, IEnumerable<JsonObject> rows)
    {
        var all = rows.ToList();
        Output.Write(Parsed, new JsonArray([.. all]), columns, all.Select(r => columns.Select(c => Cell(r[c])).ToList()));
    }

    private static string Cell(JsonNode? value) => value switch
    {
        null => "",
        JsonArray list => string.Join(", ", list.Select(Cell)),
        _ when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => value.ToJsonString(),
    };
}
