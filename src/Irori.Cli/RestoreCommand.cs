using System.CommandLine;
using Irori.Server.Backup;

namespace Irori.Cli;

/// <summary><c>irori restore</c>: an installation from a backup.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var command = new ExampleCommand(
            "restore",
            "Make an installation from a backup, in a folder that holds none; a backup of PostgreSQL goes into an empty database named by --database.",
            "irori restore irori-2026-01-31.tar.gz --data restored\nirori restore irori-2026-01-31.tar.gz --data restored --database \"Host=localhost;Database=irori\"");
        var settings = new SettingsOptions().AddTo(command);
        var output = new OutputOption(command);
        var file = new Argument<string>("FILE") { Description = "The archive that irori backup made" };
        command.Arguments.Add(file);
        command.SetAction(async (call, cancel) =>
        {
            var wanted = settings.Load(call);
            var restored = await BackupRestorer.RestoreAsync(wanted, SettingsOptions.MasterKey, call.GetRequiredValue(file), cancel);
            BackupCommand.Tell(call, output, restored, Path.GetFullPath(wanted.Data));
            return ExitCode.Done;
        });
        return command;
    }
}
