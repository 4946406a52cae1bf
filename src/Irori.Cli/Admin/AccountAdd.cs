namespace Irori.Cli.Admin;

/// <summary><c>irori admin account add</c>: an account without verification code.</summary>
internal static class AccountAdd
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand(
            "add", "Create an account; the password is asked for, piped or minted.",
            "irori admin account add --email ann@example.com --phone +4915112345678 --calling-code +49 --mint-password");
        var logins = new LoginOptions(command);
        var creation = new AccountCreation(command);
        return command.Run(async (call, cancel) =>
        {
            var (account, minted) = await creation.MakeAsync(call, logins.All(call), cancel);
            call.Write(
                ("id", account.Id), ("email", account.Email), ("phone", account.Phone), ("region", account.Region), ("callingCode", account.CallingCode),
                ("password", minted));
            return ExitCode.Done;
        });
    }
}
