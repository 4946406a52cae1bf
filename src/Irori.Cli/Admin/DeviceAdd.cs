using System.CommandLine;
using Irori.Core;
using Irori.Core.Devices;
using Irori.Server.Files;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin device add</c>: enters one device into the records.</summary>
internal static class DeviceAdd
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand(
            "add", "Enter a device into the records; a key that is minted is shown once.",
            "irori admin device add --id 1000a1b2c3 --product 0123456789abcdef01234567 --chip-id 0c5d7e91");
        var id = command.With(new Option<string>("--id") { Description = "The id it was made with: 1 to 64 characters; of CoolKit devices 10 lower-case hex digits", HelpName = "ID", Required = true });
        var product = command.With(new Option<string>("--product") { Description = "Id of its product", HelpName = "PRODUCT", Required = true });
        var key = command.With(new Option<string?>("--key") { Description = "Its secret as the factory burned it in; minted when left out", HelpName = "KEY" });
        var chip = command.With(new Option<string?>("--chip-id") { Description = "Chip id; checked when somebody adds the device", HelpName = "CHIP" });
        var mac = command.With(new Option<string?>("--mac") { Description = "MAC address, such as d0:27:00:00:00:01", HelpName = "MAC" });
        var apMac = command.With(new Option<string?>("--ap-mac") { Description = "MAC address of its hotspot", HelpName = "MAC" });
        var maker = command.With(new Option<string?>("--manufacturer") { Description = "Who made it", HelpName = "NAME" });
        var remark = command.With(new Option<string?>("--description") { Description = "Remark, such as the order", HelpName = "TEXT" });
        var gsm = command.With(new Option<string?>("--gsm-id") { Description = "Of a GSM device of CoolKit: what stands behind addGsm?id= in its QR code, by which it is added", HelpName = "ID" });
        var sub = command.With(new Option<string?>("--sub-id") { Description = "Of a device behind a gateway of CoolKit: how the gateway knows it, its address with the number of its type", HelpName = "ID" });
        var config = command.With(new Option<string?>("--dev-config") { Description = "What the factory configured it with, a JSON object: of a camera p2pServerName, p2pAccout, p2pLicense", HelpName = "JSON" });
        return command.Run(async (call, cancel) =>
        {
            var mistakes = new List<string>();
            var row = new DeviceRow(1)
            {
                Id = call.Value(id), Product = call.Value(product), Key = call.Value(key), ChipId = call.Value(chip), Mac = call.Value(mac), ApMac = call.Value(apMac),
                Manufacturer = call.Value(maker), Description = call.Value(remark), GsmId = call.Value(gsm), SubId = call.Value(sub), DevConfig = call.Value(config),
            };
            foreach (var (field, fix) in row.Check(needsKey: false)) mistakes.Add($"{field} {fix}.");
            if (mistakes.Count > 0) throw new CliException(string.Join(Environment.NewLine, mistakes), ExitCode.Wrong);
            var made = AdminCall.Take(await call.Home.Service<DeviceService>().MakeAsync(row.ToDevice(DeviceSource.Made), cancel));
            call.Write(("id", made.Device.Id), ("key", row.Key is null ? made.Key : null), ("product", call.Value(product)));
            if (!DeviceRow.IsUsualId(made.Device.Id)) await call.NoteAsync("Note: apps and firmware of CoolKit expect 10 lower-case hex digits as a device's id.");
            return ExitCode.Done;
        });
    }
}
