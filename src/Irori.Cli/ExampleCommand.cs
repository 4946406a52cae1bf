using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Irori.Cli;

/// <summary>A command whose help ends with an example.</summary>
internal class ExampleCommand(string name, string description, string example) : Command(name, description)
{
    private string Example => example;

    /// <summary>Makes <c>--help</c> show the examples.</summary>
    public static void TeachBy(RootCommand root)
    {
        if (root.Options.OfType<HelpOption>().FirstOrDefault() is { Action: HelpAction help } option) option.Action = new TeachingHelp(help);
    }

    private sealed class TeachingHelp(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command is not ExampleCommand taught) return code;
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(taught.Example.Contains('\n', StringComparison.Ordinal) ? "Examples:" : "Example:");
            foreach (var line in taught.Example.Split('\n')) output.WriteLine($"  {line}");
            return code;
        }
    }
}
