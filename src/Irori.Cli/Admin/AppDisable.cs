using System.CommandLine;
using Irori.Core.Projects;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin app disable</c>: the app is refused from its next request on.</summary>
internal static class AppDisable
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("disable", "Refuse an app from its next request on.", "irori admin app disable 0123456789abcdef0123456789abcdef");
        var id = command.With(new Argument<string>("APP") { Description = "Id of the app" });
        return command.Run(async (call, cancel) =>
        {
            AdminCall.Take(await call.Home.Service<AppService>().SetDisabledAsync(call.Value(id), disabled: true, cancel));
            call.Write(("id", call.Value(id)), ("disabled", true));
            return ExitCode.Done;
        });
    }
}
