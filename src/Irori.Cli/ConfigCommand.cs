using System.CommandLine;
using Irori.Server.Settings;

namespace Irori.Cli;

/// <summary><c>irori config</c>: the settings as they would be used, without secrets.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var command = new Command("config", "Print the settings in effect, without secrets.");
        var settings = new SettingsOptions().AddTo(command).AddListenersTo(command);
        var output = new OutputOption(command);
        command.SetAction(call =>
        {
            var loaded = settings.Load(call);
            var rows = SettingsTree.Values(loaded).Select(v => new[] { v.Key, v.Shown() is { } shown ? Text(shown) : "" });
            output.Write(call, SettingsTree.ToJson(loaded), ["Setting", "Value"], rows);
            return ExitCode.Done;
        });
        return command;
    }

    private static string Text(System.Text.Json.Nodes.JsonNode value) =>
        value.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
}
