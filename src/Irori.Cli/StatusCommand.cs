using System.CommandLine;
using System.Text.Json.Nodes;
using Irori.Core.History;
using Irori.Server.Health;
using Irori.Server.Hosting;
using Irori.Storage;

namespace Irori.Cli;

/// <summary><c>irori status</c>: what the history takes a day, and for how long the disk lasts.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var command = new ExampleCommand(
            "status",
            "Show what the last 24 hours have added to the history, and in how many days the disk is full if that goes on; also while the server runs.",
            "irori status --data data");
        var settings = new SettingsOptions().AddTo(command);
        var output = new OutputOption(command);
        command.SetAction(async (call, cancel) =>
        {
            var wanted = settings.Load(call);
            await using var home = await Administration.OpenAsync(wanted, SettingsOptions.MasterKey, cancel);
            var now = TimeProvider.System.GetUtcNow();
            var tables = await home.Database.ReadAsync(s => s.History.GrowthAsync(now.AddDays(-1), wanted.Retention), cancel);
            var room = await home.Database.ReadRoomAsync(cancel);
            double? full = Usable(room) is { } usable ? DiskBudget.FullInDays(tables, (now - home.Installation.Created).TotalDays, usable) : null;
            output.Write(call, Json(tables, room, full), ["Table", "Rows a day", "Bytes a day", "Kept for days"], tables.Select(t => new[] { t.Name, $"{t.Rows}", $"{t.Bytes}", $"{t.Days}" }));
            if (!output.IsJson(call)) await call.InvocationConfiguration.Output.WriteLineAsync(Sentence(room, full));
            return ExitCode.Done;
        });
        return command;
    }

    // Below this no report is taken.
    private static long? Usable(StorageRoom room) => room is { Free: { } free, Total: { } total } ? free - (long)(DiskWatch.Least * total) : null;

    private static string Sentence(StorageRoom room, double? full) => (Usable(room), full) switch
    {
        (null, _) => "How much space the database has left cannot be seen from here; ask the machine that PostgreSQL runs on.",
        (_, null) => $"{room.Free} of {room.Total} bytes are free. At this rate the disk is never full: old rows go before.",
        (_, 0) => $"{room.Free} of {room.Total} bytes are free, which is too little: no report is taken.",
        var (_, days) => $"{room.Free} of {room.Total} bytes are free. Full in {days:F0} days at this rate; free space, or keep less (Retention).",
    };

    private static JsonObject Json(IReadOnlyList<TableGrowth> tables, StorageRoom room, double? full) => new()
    {
        ["free"] = room.Free, ["size"] = room.Total, ["fullInDays"] = full,
        ["tables"] = new JsonArray([.. tables.Select(t => new JsonObject { ["table"] = t.Name, ["rows"] = t.Rows, ["bytes"] = t.Bytes, ["days"] = t.Days })]),
    };
}
