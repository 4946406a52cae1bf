using System.CommandLine;
using Irori.Core;
using Irori.Core.Accounts;

namespace Irori.Cli.Admin;

/// <summary>Flags that name a person: <c>--email</c>, <c>--phone</c>.</summary>
internal sealed class LoginOptions
{
    private readonly Option<string?> _email = new("--email") { Description = "E-mail address", HelpName = "ADDRESS" };
    private readonly Option<string?> _phone = new("--phone") { Description = "Phone number with plus sign and country, such as +4915112345678", HelpName = "NUMBER" };

    public LoginOptions(Command command)
    {
        command.Options.Add(_email);
        command.Options.Add(_phone);
    }

    /// <summary>What was given, the e-mail address first; at least one.</summary>
    public IReadOnlyList<Login> All(AdminCall call)
    {
        var given = new List<Login>();
        if (call.Value(_email) is { } email) given.Add(Check(Login.Email(email)));
        if (call.Value(_phone) is { } phone) given.Add(Check(Login.Phone(phone)));
        return given.Count > 0 ? given : throw new CliException("Whose account? Give --email ADDRESS or --phone NUMBER.", ExitCode.Wrong);
    }

    /// <summary>The one login that was given.</summary>
    public Login One(AdminCall call) => All(call) is [var only] ? only : throw new CliException("Give either --email or --phone, not both.", ExitCode.Wrong);

    private static Login Check(Result<Login> login) => login.Fault is { } fault ? throw new CliException($"{fault.Reason}.", ExitCode.Wrong) : login.Value;
}
