using System.Text.Json.Nodes;
using Irori.Core.Accounts;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin account list</c>.</summary>
internal static class AccountList
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("list", "List the accounts.", "irori admin account list --limit 20");
        var page = new PageOptions(command);
        return command.Run(async (call, cancel) =>
        {
            var accounts = await call.Home.Service<AccountRegistry>().ListAsync(page.After(call), page.Limit(call), cancel);
            call.Write(["id", "email", "phone", "nickname", "region", "operator", "created"], accounts.Select(Row));
            await page.HintAsync(call, accounts, a => a.Id);
            return ExitCode.Done;
        });
    }

    private static JsonObject Row(Account account) => new()
    {
        ["id"] = account.Id,
        ["email"] = account.Email,
        ["phone"] = account.Phone,
        ["nickname"] = account.Nickname,
        ["region"] = account.Region,
        ["operator"] = account.IsOperator,
        ["created"] = $"{account.Created:yyyy-MM-ddTHH:mm:ssZ}",
    };
}
