using System.CommandLine;
using Irori.Core.Projects;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin app enable</c>: the app is let in again.</summary>
internal static class AppEnable
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("enable", "Let a disabled app in again.", "irori admin app enable 0123456789abcdef0123456789abcdef");
        var id = command.With(new Argument<string>("APP") { Description = "Id of the app" });
        return command.Run(async (call, cancel) =>
        {
            AdminCall.Take(await call.Home.Service<AppService>().SetDisabledAsync(call.Value(id), disabled: false, cancel));
            call.Write(("id", call.Value(id)), ("disabled", false));
            return ExitCode.Done;
        });
    }
}
