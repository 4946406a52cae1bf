using Irori.Core.Commands;

namespace Irori.Storage.States;

/// <summary>
/// The record of a command. It is written once with its outcome; a late answer may only turn unknown into what the device said.
/// </summary>
internal static class CommandSql
{
    private static readonly string[] Columns =
        ["id", "device", "account", "app", "source", "ip", "body", "created", "deadline", "sent_at", "outcome", "outcome_at", "answer"];

    /// <summary>The statement over what the engine gives as rows, in the order of the columns.</summary>
    public static string Upsert(string rows) =>
        $"""
        INSERT INTO commands ({string.Join(", ", Columns)}) {rows}
        ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, outcome_at = excluded.outcome_at, answer = excluded.answer,
            sent_at = coalesce(commands.sent_at, excluded.sent_at)
        WHERE commands.outcome = 'Unknown'
        """;

    /// <summary>Parameters by name: $id, $device, ...</summary>
    public static string[] Named { get; } = [.. Columns.Select(c => '$' + c)];

    /// <summary>The values in the order of the columns.</summary>
    public static object?[] Values(CommandRecord c) =>
    [
        c.Id, c.Device, c.Account, c.App, c.Source, c.Ip, c.Body, c.Created.ToUnixTimeMilliseconds(), c.Deadline.ToUnixTimeMilliseconds(),
        c.SentAt?.ToUnixTimeMilliseconds(), c.Outcome.ToString(), c.OutcomeAt.ToUnixTimeMilliseconds(), c.Answer,
    ];
}
