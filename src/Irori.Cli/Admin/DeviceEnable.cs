using System.CommandLine;
using Irori.Core.Devices;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin device enable</c>: the device is let in again.</summary>
internal static class DeviceEnable
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("enable", "Let a disabled device in again.", "irori admin device enable 1000a1b2c3");
        var id = command.With(new Argument<string>("DEVICE") { Description = "Id of the device" });
        return command.Run(async (call, cancel) =>
        {
            AdminCall.Take(await call.Home.Service<DeviceRegistry>().EnableAsync(call.Value(id), cancel));
            call.Write(("id", call.Value(id)), ("disabled", false));
            return ExitCode.Done;
        });
    }
}
