using System.CommandLine;
using Irori.Core.Bindings;
using Irori.Core.Devices;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin device code</c>: what to print as a QR code on a device, so that whoever holds it can bind it.</summary>
internal static class DeviceCode
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand(
            "code", "Show the content of the QR code that binds a device (Gizwits, bind_latest). Who reads it may bind the device while nobody has it.", "irori admin device code 1000a1b2c3");
        var id = command.With(new Argument<string>("DEVICE") { Description = "Id of the device" });
        return command.Run(async (call, cancel) =>
        {
            var file = AdminCall.Take(await call.Home.Service<DeviceRegistry>().FindAsync(call.Value(id), cancel));
            call.Write(("id", file.Device.Id), ("content", call.Home.Service<BindCodes>().Make(file.Device.Id)));
            return ExitCode.Done;
        });
    }
}
