using System.CommandLine;
using Irori.Core.Accounts;
using Irori.Server.Settings;

namespace Irori.Cli.Admin;

/// <summary>Flags of a new account, and making it.</summary>
internal sealed class AccountCreation
{
    private static readonly Dictionary<string, string> UsualCodes = new(StringComparer.Ordinal) { ["cn"] = "+86", ["as"] = "+65", ["us"] = "+1", ["eu"] = "+44" };

    private readonly Option<string?> _region = new("--region") { Description = "cn, as, us or eu; by default the first that is served, else eu", HelpName = "REGION" };
    private readonly Option<string?> _callingCode = new("--calling-code") { Description = "Country's calling code, such as +49; by default the region's usual one", HelpName = "CODE" };
    private readonly Option<string?> _nickname = new("--nickname") { Description = "Display name", HelpName = "NAME" };
    private readonly PasswordOptions _password;

    public AccountCreation(Command command)
    {
        _region = Added(command, _region);
        _callingCode = Added(command, _callingCode);
        _nickname = Added(command, _nickname);
        _password = new PasswordOptions(command);
    }

    /// <summary>Makes the account with its logins; the password is answered only when it was minted.</summary>
    public async Task<(Account Account, string? Minted)> MakeAsync(AdminCall call, IReadOnlyList<Login> logins, CancellationToken cancel)
    {
        var (region, code) = Region(call, logins);
        var people = call.Home.Service<AccountRegistry>();
        foreach (var login in logins)
            if ((await people.FindAsync(login, cancel)).IsOk) throw new CliException($"An account with the login {login.Value} exists already.");
        var password = await _password.ReadAsync(call, cancel);
        var account = AdminCall.Take(await call.Home.Service<AccountService>().AddAsync(logins[0], password, region, code, call.Value(_nickname) ?? "", cancel));
        foreach (var further in logins.Skip(1)) account = AdminCall.Take(await people.AddLoginAsync(account, further, cancel));
        return (account, _password.Mints(call) ? password : null);
    }

    private (string Region, string Code) Region(AdminCall call, IReadOnlyList<Login> logins)
    {
        var region = call.Value(_region) ?? (call.Home.Service<IroriSettings>().Regions.Served is [var first, ..] ? first : "eu");
        if (!UsualCodes.TryGetValue(region, out var usual)) throw new CliException($"--region is \"{region}\", but must be cn, as, us or eu.", ExitCode.Wrong);
        var code = call.Value(_callingCode) ?? usual;
        if (code.Length is < 2 or > 5 || code[0] != '+' || !code.Skip(1).All(char.IsAsciiDigit))
            throw new CliException($"--calling-code is \"{code}\", but must be a plus sign and 1 to 4 digits, such as +49.", ExitCode.Wrong);
        if (logins.Any(l => l.Kind == LoginKind.Phone && !l.Value.StartsWith(code, StringComparison.Ordinal)))
            throw new CliException($"The phone number does not begin with {code}; give its country's code by --calling-code, such as --calling-code +49.", ExitCode.Wrong);
        return (region, code);
    }

    private static Option<T> Added<T>(Command command, Option<T> option)
    {
        command.Options.Add(option);
        return option;
    }
}
