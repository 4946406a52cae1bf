using System.CommandLine;
using Irori.Core.Devices;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin device disable</c>: the device is refused.</summary>
internal static class DeviceDisable
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("disable", "Switch a device off: its connection counts no more and a new one is refused.", "irori admin device disable 1000a1b2c3");
        var id = command.With(new Argument<string>("DEVICE") { Description = "Id of the device" });
        return command.Run(async (call, cancel) =>
        {
            AdminCall.Take(await call.Home.Service<DeviceRegistry>().DisableAsync(call.Value(id), cancel));
            call.Write(("id", call.Value(id)), ("disabled", true));
            return ExitCode.Done;
        });
    }
}
