using System.CommandLine;
using Irori.Core.Firmware;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin firmware add</c>: a release from files.</summary>
internal static class FirmwareAdd
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand(
            "add", "Release firmware of a product's module; apps offer it to the owners of devices that have an earlier version.",
            "irori admin firmware add --product 0123456789abcdef01234567 --model PSF-B01-GL --version 3.5.1 user1.bin user2.bin");
        var product = command.With(new Option<string>("--product") { Description = "Id of the product", HelpName = "PRODUCT", Required = true });
        var model = command.With(new Option<string>("--model") { Description = "The module's name, as devices say it", HelpName = "MODEL", Required = true });
        var version = command.With(new Option<string>("--version") { Description = "Numbers with dots between them", HelpName = "VERSION", Required = true });
        var files = command.With(new Argument<FileInfo[]>("FILES") { Description = "The files of the firmware, in the order in which devices expect them", Arity = ArgumentArity.OneOrMore });
        return command.Run(async (call, cancel) =>
        {
            var wanted = new List<NewFirmwareFile>();
            foreach (var file in call.Value(files))
            {
                if (!file.Exists) throw new CliException($"There is no file {file.FullName}.");
                if (file.Length > FirmwareService.MaxFile) throw new CliException($"{file.FullName} is larger than {FirmwareService.MaxFile / 1024 / 1024} MB.");
                wanted.Add(new NewFirmwareFile(file.Name, await File.ReadAllBytesAsync(file.FullName, cancel)));
            }

            var release = new NewFirmware(call.Value(product)!, call.Value(model)!, call.Value(version)!, wanted);
            var made = AdminCall.Take(await call.Home.Service<FirmwareService>().AddAsync(release, cancel));
            call.Write(("id", made.Id), ("model", made.Model), ("version", made.Version), ("files", made.Files.Count));
            return ExitCode.Done;
        });
    }
}
