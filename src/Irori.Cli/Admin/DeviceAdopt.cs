using System.CommandLine;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Dialects.CoolKit;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin device adopt</c>: adds a device to somebody's account, by the key that was read from it.</summary>
internal static class DeviceAdopt
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand(
            "adopt", "Add a device that has connected to somebody's account, by the key that irori pair has read from it: one of the records, or an unknown one within 30 minutes.",
            "irori admin device adopt --id 1000a1b2c3 --key 4b21ebbe-5a0c-4d4a-93f2-0c1d2e3f4a5b --email ann@example.com --name Lamp");
        var id = command.With(new Option<string>("--id") { Description = "Id of the device", HelpName = "ID", Required = true });
        var key = command.With(new Option<string>("--key") { Description = "Its secret", HelpName = "KEY", Required = true });
        var chip = command.With(new Option<string?>("--chip-id") { Description = "Chip id, where the device told one", HelpName = "CHIP" });
        var name = command.With(new Option<string?>("--name") { Description = "Its name in the account", HelpName = "TEXT" });
        var login = new LoginOptions(command);
        return command.Run(async (call, cancel) =>
        {
            var account = AdminCall.Take(await call.Home.Service<AccountRegistry>().FindAsync(login.One(call), cancel));
            var wanted = new AddDevice(
                call.Value(id)!.ToLowerInvariant(), known => DeviceService.SameKey(known, call.Value(key)!), call.Value(chip), call.Value(name) is { Length: > 0 } given ? given : call.Value(id)!);
            var device = AdminCall.Take(await call.Home.Service<DeviceService>().GiveAsync(account, CoolKitDialect.Name, wanted, cancel));
            call.Write(("id", device.Id), ("account", account.Id), ("name", wanted.Name));
            return ExitCode.Done;
        });
    }
}
