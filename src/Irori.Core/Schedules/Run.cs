using System.Text.Json;

namespace Irori.Core.Schedules;

/// <summary>What led to a run. The names are stored.</summary>
public enum RunKind
{
    /// <summary>A schedule fell due.</summary>
    Schedule,

    /// <summary>Somebody, or another run, asked for a scene.</summary>
    Scene,

    /// <summary>What a rule watches has happened.</summary>
    Rule,
}

/// <summary>
/// How far a run is. It goes only downwards: what is <see cref="Sent"/> is never sent again. The names are stored.
/// </summary>
public enum RunState
{
    /// <summary>Not begun; whichever node takes it carries it out.</summary>
    Pending,

    /// <summary>Begun by a node: from here on commands may have left the house.</summary>
    Sent,

    /// <summary>Every step did what it should.</summary>
    Done,

    /// <summary>A step failed, or nothing was begun; the results say why.</summary>
    Failed,

    /// <summary>Whether it was done is not known: the node died after it had begun, or a device did not answer.</summary>
    Unknown,
}

/// <summary>What became of one step.</summary>
/// <param name="Kind">What it did.</param>
/// <param name="Id">To which device, group or scene; empty: to none.</param>
public sealed record StepResult(StepKind Kind, string Id)
{
    /// <summary>What went wrong; null: nothing.</summary>
    public FaultKind? Fault { get; init; }

    /// <summary>Why, for people; the device's own code of a refusal after a colon.</summary>
    public string? Reason { get; init; }

    /// <summary>The task of the scene that was begun.</summary>
    public long? Task { get; init; }

    /// <summary>A result by what went wrong.</summary>
    internal static StepResult Of(StepKind kind, string id, Fault? fault) => new(kind, id)
    {
        Fault = fault?.Kind, Reason = fault is { Detail: { } detail } ? $"{fault.Reason}: {detail}" : fault?.Reason,
    };
}

/// <summary>
/// One time that a plan, or what is left of it after a wait, is carried out. There is one row per (kind, ref, due, part), whatever nodes and clocks do.
/// </summary>
public sealed record Run
{
    /// <summary>Internal key.</summary>
    public long No { get; init; }

    /// <summary>What led to it.</summary>
    public required RunKind Kind { get; init; }

    /// <summary>What it is a run of, as an internal key: the schedule; of scenes and rules the task.</summary>
    public required long Ref { get; init; }

    /// <summary>When it is to be begun, by the database's clock.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>Which part of the task: 0, and more after waits and repetitions.</summary>
    public int Part { get; init; }

    /// <summary>What belongs together: a run and its parts after waits.</summary>
    public required long Task { get; init; }

    /// <summary>The schedule, or null.</summary>
    public long? Schedule { get; init; }

    /// <summary>The scene, or null.</summary>
    public long? Scene { get; init; }

    /// <summary>For whom it acts; null: for whoever owns the device.</summary>
    public long? Account { get; init; }

    /// <summary>The device whose owner it acts for.</summary>
    public long? Device { get; init; }

    /// <summary>Id of the app through which it was ordered.</summary>
    public required string App { get; init; }

    /// <summary>What is to be done, JSON of <see cref="Schedules.Plan"/>.</summary>
    public required string Plan { get; init; }

    /// <summary>How many runs led to one another before this one.</summary>
    public int Depth { get; init; }

    /// <summary>How far it is.</summary>
    public RunState State { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When its end was recorded.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>JSON of its results.</summary>
    public string Detail { get; init; } = "[]";

    /// <summary>What became of its steps.</summary>
    public IReadOnlyList<StepResult> Results() => JsonSerializer.Deserialize(Detail, ScheduleJson.Default.IReadOnlyListStepResult)!;
}

/// <summary>A run that is due, with whom it acts for.</summary>
/// <param name="Run">The run.</param>
/// <param name="Account">Internal key of the account, or null when there is none any more.</param>
/// <param name="AccountId">Its id.</param>
public sealed record DueRun(Run Run, long? Account, string? AccountId)
{
    /// <summary>What is to be done; null: it cannot be read.</summary>
    public Plan? Plan { get; } = Plan.TryParse(Run.Plan);
}

/// <summary>What waits for a node. Several may.</summary>
[Flags]
public enum Waiting
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A schedule is due.</summary>
    Schedules = 1,

    /// <summary>A run that nobody has begun is due.</summary>
    Runs = 2,

    /// <summary>A run has begun so long ago that its node must be dead.</summary>
    Dead = 4,
}

/// <summary>A schedule that is due, taken until the unit of work ends.</summary>
public sealed class DueSchedule
{
    /// <summary>Internal key.</summary>
    public required long No { get; init; }

    /// <summary>For whom.</summary>
    public long? Account { get; init; }

    /// <summary>The device whose owner it acts for.</summary>
    public long? Device { get; init; }

    /// <summary>Id of the app.</summary>
    public required string App { get; init; }

    /// <summary>JSON of when.</summary>
    public required string Recurrence { get; init; }

    /// <summary>The time zone.</summary>
    public required string Zone { get; init; }

    /// <summary>The end.</summary>
    public DateTimeOffset? Ends { get; init; }

    /// <summary>JSON of what.</summary>
    public required string Plan { get; init; }

    /// <summary>When it is due.</summary>
    public required DateTimeOffset NextDue { get; init; }

    /// <summary>The database's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Internal key of the account for which it acts, or null when there is none any more.</summary>
    public long? Actor { get; init; }

    /// <summary>Its id.</summary>
    public string? ActorId { get; init; }
}

/// <summary>The end of a run.</summary>
public sealed record RunEnd(long No, RunState State, string Detail);

/// <summary>Where a list of runs goes on: by due time and number, newest first.</summary>
public readonly record struct RunCursor(DateTimeOffset Due, long No);

/// <summary>Which runs.</summary>
public enum RunsOf
{
    /// <summary>Of a schedule.</summary>
    Schedule,

    /// <summary>Of a scene.</summary>
    Scene,

    /// <summary>Of a task of a scene.</summary>
    Task,

    /// <summary>Of an account.</summary>
    Account,

    /// <summary>Of a device's timers.</summary>
    Device,
}

/// <summary>Storage of runs. Every time is by the database's clock.</summary>
public interface IRunStore
{
    /// <summary>The database's clock.</summary>
    Task<DateTimeOffset> NowAsync();

    /// <summary>What waits now.</summary>
    Task<Waiting> WaitingAsync();

    /// <summary>Takes schedules that are due, the longest due first, passing over those that somebody else has taken.</summary>
    Task<IReadOnlyList<DueSchedule>> ClaimSchedulesAsync(int limit);

    /// <summary>Sets when schedules are due next; null: never.</summary>
    Task AdvanceAsync(IReadOnlyDictionary<long, DateTimeOffset?> next);

    /// <summary>Adds runs; one that is there already (kind, ref, due, part) is not added again.</summary>
    Task AddAsync(IReadOnlyList<Run> runs);

    /// <summary>
    /// Adds runs of schedules that begin with that, each taken for dead after its lease; answers which, by schedule and number of the run. One that is there already
    /// is not begun again.
    /// </summary>
    Task<IReadOnlyDictionary<long, long>> AddBegunAsync(IReadOnlyList<(Run Run, TimeSpan Lease)> runs);

    /// <summary>Takes runs that are due and not begun, the longest due first, until the unit of work ends, passing over those that somebody else has taken.</summary>
    Task<IReadOnlyList<DueRun>> ClaimAsync(int limit);

    /// <summary>Says that runs which were taken begin, each taken for dead after its lease.</summary>
    Task BeginAsync(IReadOnlyList<(long Run, TimeSpan Lease)> runs);

    /// <summary>Records ends of runs that had begun.</summary>
    Task EndAsync(IReadOnlyList<RunEnd> ends);

    /// <summary>Ends as unknown what began so long ago that its node must be dead; answers how many.</summary>
    Task<int> GiveUpAsync(int limit);

    /// <summary>Runs of something, newest first.</summary>
    Task<IReadOnlyList<Run>> ListAsync(RunsOf of, long key, RunCursor? before, int limit);

    /// <summary>Removes ended runs that were due before a time; at most <paramref name="limit"/>.</summary>
    Task<int> PurgeAsync(DateTimeOffset before, int limit);
}
