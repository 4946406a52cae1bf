using System.CommandLine;
using Irori.Core.Accounts;
using Spectre.Console;

namespace Irori.Cli.Admin;

/// <summary>Where a new password comes from: asked for, piped, or minted. Never from the command line, where others can read it.</summary>
internal sealed class PasswordOptions
{
    private readonly Option<bool> _stdin = new("--password-stdin") { Description = "Read the password from the first line of standard input" };
    private readonly Option<bool> _mint = new("--mint-password") { Description = "Make a random password and print it once" };

    public PasswordOptions(Command command)
    {
        command.Options.Add(_stdin);
        command.Options.Add(_mint);
    }

    /// <summary>True when the password is made here and has to be shown.</summary>
    public bool Mints(AdminCall call) => call.Value(_mint);

    /// <summary>The new password; asked for without echo when no flag says otherwise.</summary>
    public async Task<string> ReadAsync(AdminCall call, CancellationToken cancel)
    {
        if (call.Value(_mint)) return PasswordRule.Mint();
        if (!call.Value(_stdin)) return await PromptAsync(cancel);
        var line = await Streams.InputOf(call.Parsed).ReadLineAsync(cancel);
        return line is { Length: > 0 } ? line : throw new CliException("Standard input holds no password; pipe one line of text into the command.");
    }

    private static async Task<string> PromptAsync(CancellationToken cancel)
    {
        if (Console.IsInputRedirected)
            throw new CliException("Nobody is there to ask for a password; pipe it with --password-stdin, or let one be made with --mint-password.", ExitCode.Wrong);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var prompt = new TextPrompt<string>("New password:").Secret(null).Validate(p =>
            PasswordRule.Check(p) is { } weak ? ValidationResult.Error(Markup.Escape(weak.Reason)) : ValidationResult.Success());
        return await prompt.ShowAsync(console, cancel);
    }
}
