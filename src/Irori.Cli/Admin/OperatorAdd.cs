using Irori.Core;
using Irori.Core.Accounts;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin operator add</c>: makes an account an operator, and the account too when there is none.</summary>
internal static class OperatorAdd
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand(
            "add", "Make an account an operator; it is created when it does not exist.",
            "irori admin operator add --email you@example.com --mint-password\necho 'a long password 1' | irori admin operator add --email you@example.com --password-stdin");
        var login = new LoginOptions(command);
        var creation = new AccountCreation(command);
        return command.Run((call, cancel) => RunAsync(call, login.One(call), creation, cancel));
    }

    private static async Task<int> RunAsync(AdminCall call, Login login, AccountCreation creation, CancellationToken cancel)
    {
        var people = call.Home.Service<AccountRegistry>();
        var found = await people.FindAsync(login, cancel);
        if (found.Fault is { Kind: not FaultKind.NoSuchAccount } fault) throw CliException.Of(fault);
        var (account, minted) = found.IsOk ? (found.Value, null) : await creation.MakeAsync(call, [login], cancel);
        AdminCall.Take(await people.PromoteAsync(account, cancel));
        call.Write(("id", account.Id), ("login", login.Value), ("operator", true), ("created", !found.IsOk), ("password", minted));
        if (found.IsOk) await call.NoteAsync("The account was there already; its password is as it was.");
        return ExitCode.Done;
    }
}
