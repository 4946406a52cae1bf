namespace Irori.Core.Schedules;

/// <summary>A stored due action: when, and what.</summary>
public sealed class Schedule
{
    /// <summary>Internal key.</summary>
    public long No { get; init; }

    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is; null: a timer of the device, which acts for whoever owns that.</summary>
    public long? Account { get; init; }

    /// <summary>The device whose timer it is; null: a schedule of an account.</summary>
    public long? Device { get; init; }

    /// <summary>Which timer of the device, by a name that is unique there.</summary>
    public string? Timer { get; init; }

    /// <summary>Id of the app through which it was made.</summary>
    public required string App { get; init; }

    /// <summary>The dialect's list in which it stands, for instance gizwits.common; other lists do not show it.</summary>
    public required string Family { get; init; }

    /// <summary>When, JSON of <see cref="Schedules.Recurrence"/>.</summary>
    public required string Recurrence { get; init; }

    /// <summary>The time zone of wall times, a name of the IANA database.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>Not due before; null: at once.</summary>
    public DateTimeOffset? Starts { get; init; }

    /// <summary>Not due at or after; null: for ever.</summary>
    public DateTimeOffset? Ends { get; init; }

    /// <summary>Whether it is due at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>False when nothing of it can be done any more, because the person has lost every device of it.</summary>
    public bool Valid { get; init; } = true;

    /// <summary>What, JSON of <see cref="Schedules.Plan"/>.</summary>
    public required string Plan { get; init; }

    /// <summary>What the dialect that made it was given, JSON: it answers that again.</summary>
    public string Original { get; init; } = "{}";

    /// <summary>Made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Last changed.</summary>
    public required DateTimeOffset Updated { get; init; }

    /// <summary>When it is due next; null: never again.</summary>
    public DateTimeOffset? NextDue { get; init; }

    /// <summary>The first time after a moment at which it is due, by recurrence, zone, start and end; null: never.</summary>
    public static DateTimeOffset? DueAfter(Recurrence recurrence, string zone, DateTimeOffset? starts, DateTimeOffset? ends, DateTimeOffset after)
    {
        // Due at the start itself too.
        var from = starts is { } start && start.AddMilliseconds(-1) > after ? start.AddMilliseconds(-1) : after;
        var next = recurrence.Next(WallClock.Of(zone) ?? WallClock.Utc, from);
        return next < ends || ends is null ? next : null;
    }
}

/// <summary>What a schedule is for: found by it.</summary>
/// <param name="Kind">Device, group or scene.</param>
/// <param name="Target">Internal key.</param>
public readonly record struct ScheduleTarget(StepKind Kind, long Target);

/// <summary>A timer of a device that cannot keep time, as its dialect reads it from the device's state.</summary>
/// <param name="Timer">A name that is unique among the device's timers.</param>
/// <param name="Recurrence">When, UTC.</param>
/// <param name="Body">What it does: properties, JSON.</param>
/// <param name="Enabled">Whether it is due at all.</param>
public sealed record DeviceTimer(string Timer, Recurrence Recurrence, string Body, bool Enabled)
{
    /// <summary>Most timers of a device that are carried out; further ones stay in its state and do nothing.</summary>
    public const int Max = 64;

    private const string Family = "timers";

    /// <summary>The schedule that carries it out, in the place of the one that did.</summary>
    public Schedule ToSchedule(long device, string deviceId, Schedule? known, DateTimeOffset now) => new()
    {
        No = known?.No ?? 0,
        Id = known?.Id ?? Ids.Hex24(),
        Device = device,
        Timer = Timer,
        App = "",
        Family = Family,
        Recurrence = Recurrence.ToJson(),
        Enabled = Enabled,
        Plan = Plan.Of(Step.Device(deviceId, Body)).ToJson(),
        Created = known?.Created ?? now,
        Updated = now,
        NextDue = Enabled ? Schedule.DueAfter(Recurrence, "UTC", starts: null, ends: null, now) : null,
    };
}

/// <summary>The property in which a device keeps its timers, and how its dialect reads it; what it cannot read is left out, and it never throws.</summary>
public sealed record TimerProperty(string Name, Func<string, IReadOnlyList<DeviceTimer>> Read);

/// <summary>Storage of schedules.</summary>
public interface IScheduleStore
{
    /// <summary>Adds a schedule with what it is for.</summary>
    Task AddAsync(Schedule schedule, IReadOnlyCollection<ScheduleTarget> targets);

    /// <summary>Replaces all of a schedule but whose it is, its family and when it was made.</summary>
    Task ChangeAsync(Schedule schedule, IReadOnlyCollection<ScheduleTarget> targets);

    /// <summary>An account's schedule of a family, or null; locked until the unit of work ends, so that it does not fall due meanwhile.</summary>
    Task<Schedule?> LockAsync(long account, string family, string id);

    /// <summary>An account's schedule of a family, or null.</summary>
    Task<Schedule?> FindAsync(long account, string family, string id);

    /// <summary>An account's schedules of a family, of a target or (null) of any, oldest first.</summary>
    Task<IReadOnlyList<Schedule>> ListAsync(long account, string family, ScheduleTarget? target, int skip, int limit);

    /// <summary>How many schedules of a family an account has.</summary>
    Task<int> CountAsync(long account, string family);

    /// <summary>Removes a schedule; its runs stay until their retention ends.</summary>
    Task RemoveAsync(long schedule);

    /// <summary>Removes an account's schedules of a family that are for a scene.</summary>
    Task RemoveOfSceneAsync(long scene, string family);

    /// <summary>Makes the timers of a device what they are now. A timer that has not changed stays as it is, due time and all.</summary>
    Task SetTimersAsync(long device, IReadOnlyList<DeviceTimer> timers);

    /// <summary>A device's timers, by name.</summary>
    Task<IReadOnlyList<Schedule>> TimersAsync(long device);

    /// <summary>An account has lost a device: schedules of it that have no other device, group or scene are not due any more.</summary>
    Task LoseAsync(long account, long device);

    /// <summary>Removes all schedules of an account.</summary>
    Task RemoveAllAsync(long account);
}
