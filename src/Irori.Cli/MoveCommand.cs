using System.CommandLine;
using System.Text.Json.Nodes;
using Irori.Server.Move;
using Irori.Server.Settings;
using Irori.Storage.Move;
using Npgsql;

namespace Irori.Cli;

/// <summary><c>irori move</c>: an installation from SQLite to PostgreSQL.</summary>
internal static class MoveCommand
{
    public static Command Create()
    {
        var command = new ExampleCommand(
            "move",
            "Move an installation from SQLite to an empty PostgreSQL database, while no server runs on it. Cut off, it goes on where it was when it is run again.",
            "irori move --to \"Host=localhost;Database=irori;Username=irori\" --data data");
        var settings = new SettingsOptions().AddTo(command);
        var output = new OutputOption(command);
        var to = new Option<string>("--to") { Description = "Connection string of the PostgreSQL database", HelpName = "CONNECTION", Required = true };
        var again = new Option<bool>("--again") { Description = "Drop a move that was cut off and begin anew" };
        command.Options.Add(to);
        command.Options.Add(again);
        command.SetAction(async (call, cancel) =>
        {
            var (wanted, connection) = (settings.Load(call), Checked(call.GetRequiredValue(to)));
            var told = new MoveTold(call.InvocationConfiguration.Error, TimeProvider.System);
            var options = new MoveOptions { Again = call.GetValue(again) };
            var moved = await InstallationMove.RunAsync(wanted, SettingsOptions.MasterKey, connection, options, TimeProvider.System, told.Tell, cancel);
            var rows = moved.Tables.Select(t => new JsonObject { ["table"] = t.Name, ["rows"] = t.Rows, ["checksum"] = t.Checksum }).ToList();
            output.Write(call, new JsonArray([.. rows]), ["Table", "Rows", "Checksum"], moved.Tables.Select(t => new[] { t.Name, $"{t.Rows}", t.Checksum }));
            await call.InvocationConfiguration.Error.WriteLineAsync(Next(wanted, connection, moved.WasThere));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Checked(string connection)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connection).ToString();
        }
        catch (ArgumentException e)
        {
            throw new CliException($"--to is not a PostgreSQL connection string such as \"Host=localhost;Database=irori;Username=irori\": {e.Message}", ExitCode.Wrong);
        }
    }

    // The password stays where it was typed.
    private static string Next(IroriSettings settings, string connection, bool wasThere)
    {
        var shown = new NpgsqlConnectionStringBuilder(connection);
        var password = shown.Password is { Length: > 0 } ? ";Password=..." : "";
        shown.Password = null;
        return $$"""
            {{(wasThere ? "The PostgreSQL database holds this installation already; nothing was copied." : "Moved; both sides hold the same rows with the same checksums.")}}
            Put this into {{settings.Resolve(SettingsLoader.FileName)}}, then start the server:
              "Database": { "Engine": "PostgreSql", "ConnectionString": "{{shown}}{{password}}" }
            The master key stays as it is and opens the moved data too. irori.db is no longer used: delete it when the server runs well.
            """;
    }
}

/// <summary>Tells a move's progress in lines: one when a table is done, and one every few seconds of a long one.</summary>
internal sealed class MoveTold(TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private (MoveStage Stage, string Table) _current;
    private long _begun;
    private long _from;
    private long _told;

    public void Tell(MoveProgress progress)
    {
        if (_current != (progress.Stage, progress.Table))
        {
            _current = (progress.Stage, progress.Table);
            _begun = _told = time.GetTimestamp();
            _from = progress.Done;
        }

        var over = progress.Done == progress.Total && (progress.Done > 0 || progress.Stage == MoveStage.Finishing);
        if (!over && time.GetElapsedTime(_told) < Every) return;
        _told = time.GetTimestamp();
        if (progress.Stage == MoveStage.Finishing) output.WriteLine("putting everything into its place");
        else output.WriteLine($"{Word(progress.Stage)} {progress.Table}: {progress.Done} of {progress.Total} rows, {Rate(progress.Done - _from)}");
    }

    private static string Word(MoveStage stage) => stage == MoveStage.Copying ? "copied" : "compared";

    private string Rate(long rows) => rows > 0 ? $"{rows / time.GetElapsedTime(_begun).TotalSeconds:F0} rows a second" : "done before";
}
