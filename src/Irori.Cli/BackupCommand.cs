using System.CommandLine;
using Irori.Server.Backup;
using Irori.Server.Hosting;

namespace Irori.Cli;

/// <summary><c>irori backup</c>: an installation in one file, also while the server runs.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var command = new ExampleCommand(
            "backup",
            "Put the database, the keys and the settings file into one archive, also while the server runs. Keep it secret: it opens everything.",
            "irori backup irori-2026-01-31.tar.gz --data data");
        var settings = new SettingsOptions().AddTo(command);
        var output = new OutputOption(command);
        var file = new Argument<string>("FILE") { Description = "The archive to make; it must not exist" };
        var withoutKey = new Option<bool>("--without-key") { Description = "Leave the master key out; it is kept elsewhere" };
        command.Arguments.Add(file);
        command.Options.Add(withoutKey);
        command.SetAction(async (call, cancel) =>
        {
            var (path, bare) = (call.GetRequiredValue(file), call.GetValue(withoutKey));
            var made = await BackupWriter.WriteAsync(settings.Load(call), SettingsOptions.MasterKey, path, bare, TimeProvider.System, cancel);
            Tell(call, output, made, Path.GetFullPath(path));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Says what is in a backup.</summary>
    public static void Tell(ParseResult call, OutputOption output, BackupManifest manifest, string path)
    {
        var json = new System.Text.Json.Nodes.JsonObject
        {
            ["path"] = path, ["installation"] = manifest.Installation, ["created"] = $"{manifest.Created:yyyy-MM-ddTHH:mm:ssZ}", ["irori"] = manifest.Irori,
            ["engine"] = $"{manifest.Engine}", ["schema"] = manifest.Schema, ["masterKey"] = manifest.HasKey,
            ["parts"] = string.Join(", ", manifest.Parts.Select(p => p.Name)),
        };
        output.Write(call, json, ["", ""], json.Select(p => new[] { p.Key, p.Value!.ToString() }));
    }
}
