namespace Irori.Core.Commands;

/// <summary>What became of a command. One is recorded for each, once; a late answer may correct <see cref="Unknown"/>.</summary>
public enum CommandOutcome
{
    /// <summary>The device has no open link; nothing was sent.</summary>
    Offline,

    /// <summary>There is a link, but the command did not reach its node or wire by the deadline; nothing was sent.</summary>
    Undelivered,

    /// <summary>Sent to a device that has no way to answer.</summary>
    Delivered,

    /// <summary>The device said that it obeyed.</summary>
    Acknowledged,

    /// <summary>The device said that it refuses.</summary>
    Rejected,

    /// <summary>Sent, and no answer by the deadline.</summary>
    Unknown,
}

/// <summary>What a command asks of a device.</summary>
public enum CommandKind
{
    /// <summary>To change properties.</summary>
    Update,

    /// <summary>To fetch and install firmware; nothing of it is state.</summary>
    Upgrade,
}

/// <summary>A command on its way to a device, in the product's own names.</summary>
public sealed record DeviceCommand
{
    /// <summary>Identity of the command, for the record.</summary>
    public required long Id { get; init; }

    /// <summary>Internal key of the device.</summary>
    public required long Device { get; init; }

    /// <summary>What it asks.</summary>
    public CommandKind Kind { get; init; }

    /// <summary>JSON object of the properties to change, or of the firmware as the dialect writes it.</summary>
    public required string Body { get; init; }

    /// <summary>Id of the account that asks.</summary>
    public required string Account { get; init; }

    /// <summary>Id of the app through which it asks.</summary>
    public required string App { get; init; }

    /// <summary>What led to it: app, cloud, schedule, scene, rule.</summary>
    public string Source { get; init; } = "app";

    /// <summary>Address of who asks.</summary>
    public string? Ip { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>No later than this may it be sent, and no longer is an answer waited for: by the wall clock, for the record and for people.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>
    /// The same by the monotonic clock of this process (<see cref="After"/>), which alone decides: a step of the wall clock ends or prolongs
    /// nothing. A node that gets the command from another one sets it anew, from the time that was left.
    /// </summary>
    public required long Expires { get; init; }

    /// <summary>A point of the monotonic clock.</summary>
    public static long After(TimeProvider time, TimeSpan within) => time.GetTimestamp() + (long)(within.TotalSeconds * time.TimestampFrequency);

    /// <summary>The time that is left; zero or less when there is none.</summary>
    public TimeSpan Left(TimeProvider time) => time.GetElapsedTime(time.GetTimestamp(), Expires);

    /// <summary>The command with what became of it.</summary>
    public CommandRecord Record(CommandOutcome outcome, DateTimeOffset? sentAt, DateTimeOffset now, string? answer) => new()
    {
        Id = Id,
        Device = Device,
        Account = Account,
        App = App,
        Source = Source,
        Ip = Ip,
        Body = Body,
        Created = Created,
        Deadline = Deadline,
        SentAt = sentAt,
        Outcome = outcome,
        OutcomeAt = now,
        Answer = answer,
    };
}

/// <summary>A command with its outcome, as recorded.</summary>
public sealed class CommandRecord
{
    /// <summary>Identity.</summary>
    public required long Id { get; init; }

    /// <summary>Internal key of the device.</summary>
    public required long Device { get; init; }

    /// <summary>Who asked.</summary>
    public required string Account { get; init; }

    /// <summary>Through which app.</summary>
    public required string App { get; init; }

    /// <summary>What led to it.</summary>
    public required string Source { get; init; }

    /// <summary>From where.</summary>
    public string? Ip { get; init; }

    /// <summary>JSON of the properties.</summary>
    public required string Body { get; init; }

    /// <summary>Accepted.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Deadline.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>Handed to the wire, or null when it never was.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>What became of it.</summary>
    public required CommandOutcome Outcome { get; init; }

    /// <summary>When that was known.</summary>
    public required DateTimeOffset OutcomeAt { get; init; }

    /// <summary>The device's own code of a refusal, or null.</summary>
    public string? Answer { get; init; }
}

/// <summary>Storage of recorded commands.</summary>
public interface ICommandStore
{
    /// <summary>The newest commands of a device, newest first.</summary>
    Task<IReadOnlyList<CommandRecord>> ListAsync(long device, int limit);
}
