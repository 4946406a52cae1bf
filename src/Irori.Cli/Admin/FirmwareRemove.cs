using System.CommandLine;
using Irori.Core.Firmware;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin firmware remove</c>.</summary>
internal static class FirmwareRemove
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("remove", "Take firmware back: it is not offered and cannot be fetched any more.", "irori admin firmware remove 0123456789abcdef01234567");
        var id = command.With(new Argument<string>("ID") { Description = "Id of the release" });
        return command.Run(async (call, cancel) =>
        {
            AdminCall.Take(await call.Home.Service<FirmwareService>().RemoveAsync(call.Value(id), cancel));
            call.Write(("id", call.Value(id)), ("removed", true));
            return ExitCode.Done;
        });
    }
}
