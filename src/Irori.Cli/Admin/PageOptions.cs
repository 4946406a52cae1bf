using System.CommandLine;

namespace Irori.Cli.Admin;

/// <summary>Flags of lists that may be long.</summary>
internal sealed class PageOptions
{
    private readonly Option<string> _after = new("--after") { Description = "Go on behind this id", HelpName = "ID", DefaultValueFactory = _ => "" };
    private readonly Option<int> _limit = new("--limit") { Description = "Most rows, 1 to 500", HelpName = "N", DefaultValueFactory = _ => 100 };

    public PageOptions(Command command)
    {
        command.Options.Add(_after);
        command.Options.Add(_limit);
    }

    /// <summary>The id before the page.</summary>
    public string After(AdminCall call) => call.Value(_after)!;

    /// <summary>The size of the page.</summary>
    public int Limit(AdminCall call) => Math.Clamp(call.Value(_limit), 1, 500);

    /// <summary>Says how to go on when the page is full.</summary>
    public Task HintAsync<T>(AdminCall call, IReadOnlyList<T> page, Func<T, string> id) =>
        page.Count < Limit(call) ? Task.CompletedTask : call.NoteAsync($"There may be more: --after {id(page[^1])}");
}
