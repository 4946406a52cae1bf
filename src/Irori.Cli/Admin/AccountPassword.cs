using Irori.Core.Accounts;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin account password</c>: a new password; every session of the account ends.</summary>
internal static class AccountPassword
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand(
            "password", "Set a new password and end every session of the account.", "irori admin account password --email ann@example.com --mint-password");
        var login = new LoginOptions(command);
        var source = new PasswordOptions(command);
        return command.Run(async (call, cancel) =>
        {
            var account = AdminCall.Take(await call.Home.Service<AccountRegistry>().FindAsync(login.One(call), cancel));
            var password = await source.ReadAsync(call, cancel);
            AdminCall.Take(await call.Home.Service<AccountService>().SetPasswordAsync(account, password, cancel));
            call.Write(("id", account.Id), ("sessions", "ended"), ("password", source.Mints(call) ? password : null));
            return ExitCode.Done;
        });
    }
}
