using Irori.Core.Links;

namespace Irori.Core.Schedules;

/// <summary>A schedule as somebody wants it.</summary>
/// <param name="Family">The dialect's list in which it stands.</param>
/// <param name="Recurrence">When.</param>
/// <param name="Plan">What.</param>
public sealed record NewSchedule(string Family, Recurrence Recurrence, Plan Plan)
{
    /// <summary>The time zone of wall times, a name of the IANA database.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>Not due before; null: at once.</summary>
    public DateTimeOffset? Starts { get; init; }

    /// <summary>Not due at or after; null: for ever.</summary>
    public DateTimeOffset? Ends { get; init; }

    /// <summary>Whether it is due at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>What the dialect was given, JSON.</summary>
    public string Original { get; init; } = "{}";
}

/// <summary>Which schedules of a family.</summary>
/// <param name="Kind">Device, group or scene.</param>
/// <param name="Id">Its id.</param>
public sealed record ScheduleFilter(StepKind Kind, string Id);

/// <summary>
/// Schedules of people. Who makes one must see what it is for, and it acts for him: what he may no longer do when it is due, it does not do. A schedule is its
/// maker's; to anybody else it does not exist.
/// </summary>
public sealed class ScheduleService(IDatabase database, CommonClock clock, RunSignal signal)
{
    /// <summary>Most schedules of an account in one family.</summary>
    public const int MaxPerFamily = 1_000;

    /// <summary>Field of <see cref="FaultKind.LimitReached"/> when there are too many.</summary>
    public const string CountField = "schedules";

    private const int MaxOriginal = 64 * 1024;

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(clock.Now);

    /// <summary>
    /// Makes a schedule. Faults: <see cref="FaultKind.Invalid"/> with the field (cron, period, zone, plan, delay, retry, params); not visible (device, group, scene);
    /// <see cref="FaultKind.LimitReached"/>.
    /// </summary>
    public async Task<Result<Schedule>> CreateAsync(Principal who, NewSchedule wanted, CancellationToken cancel)
    {
        if (Check(wanted) is { } wrong) return wrong;
        var made = await database.WriteAsync<Schedule>(
            async s =>
            {
                // This takes the account's row: of several that are made at once, each is counted.
                await s.Homes.LockAsync(who.Account.No);
                if (await s.Schedules.CountAsync(who.Account.No, wanted.Family) >= MaxPerFamily)
                    return new Fault(FaultKind.LimitReached, $"An account has at most {MaxPerFamily} schedules", CountField);
                if (!(await PlanTargets.FindAsync(s, who, wanted.Plan)).Try(out var targets, out var fault)) return fault;
                var schedule = Of(who, wanted, known: null);
                await s.Schedules.AddAsync(schedule, targets);
                return (await s.Schedules.FindAsync(who.Account.No, wanted.Family, schedule.Id))!;
            },
            cancel);
        signal.Set();
        return made;
    }

    /// <summary>Replaces a schedule of a family; the faults are those of <see cref="CreateAsync"/>, and not visible.</summary>
    public async Task<Result<Schedule>> ChangeAsync(Principal who, string id, NewSchedule wanted, CancellationToken cancel)
    {
        if (Check(wanted) is { } wrong) return wrong;
        var changed = await database.WriteAsync<Schedule>(
            async s =>
            {
                if (await s.Schedules.LockAsync(who.Account.No, wanted.Family, id) is not { } known) return NoSchedule;
                if (!(await PlanTargets.FindAsync(s, who, wanted.Plan)).Try(out var targets, out var fault)) return fault;
                await s.Schedules.ChangeAsync(Of(who, wanted, known), targets);
                return (await s.Schedules.FindAsync(who.Account.No, wanted.Family, id))!;
            },
            cancel);
        signal.Set();
        return changed;
    }

    /// <summary>Deletes a schedule; the log of its runs stays until its retention ends.</summary>
    public Task<Result<Done>> DeleteAsync(Principal who, string family, string id, CancellationToken cancel) => database.WriteAsync<Done>(
        async s =>
        {
            if (await s.Schedules.LockAsync(who.Account.No, family, id) is not { } known) return NoSchedule;
            await s.Schedules.RemoveAsync(known.No);
            return new Done();
        },
        cancel);

    /// <summary>A schedule of a family.</summary>
    public async Task<Result<Schedule>> FindAsync(Principal who, string family, string id, CancellationToken cancel) =>
        await database.ReadAsync(s => s.Schedules.FindAsync(who.Account.No, family, id), cancel) is { } schedule ? schedule : NoSchedule;

    /// <summary>Schedules of a family, for a device, group or scene that the person sees or (null) for any; oldest first.</summary>
    public async Task<Result<IReadOnlyList<Schedule>>> ListAsync(Principal who, string family, ScheduleFilter? filter, int skip, int limit, CancellationToken cancel) =>
        await database.ReadAsync<Result<IReadOnlyList<Schedule>>>(
            async s =>
            {
                ScheduleTarget? target = null;
                if (filter is not null)
                {
                    if (!(await PlanTargets.FindAsync(s, who, Plan.Of(new Step(filter.Kind) { Id = filter.Id }))).Try(out var targets, out var fault)) return fault;
                    target = targets[0];
                }

                return Result.Of(await s.Schedules.ListAsync(who.Account.No, family, target, skip, limit));
            },
            cancel);

    /// <summary>The log of a schedule: its runs with their parts, newest first.</summary>
    public async Task<Result<IReadOnlyList<Run>>> RunsAsync(Principal who, string family, string id, RunCursor? before, int limit, CancellationToken cancel) =>
        await database.ReadAsync<Result<IReadOnlyList<Run>>>(
            async s => await s.Schedules.FindAsync(who.Account.No, family, id) is { } schedule
                ? Result.Of(await s.Runs.ListAsync(RunsOf.Schedule, schedule.No, before, limit))
                : NoSchedule,
            cancel);

    private static Fault NoSchedule => Fault.NotVisible("schedule");

    private static Fault? Check(NewSchedule wanted)
    {
        if (WallClock.Of(wanted.Zone) is null) return Fault.Invalid("zone", "Not a time zone of the IANA database");
        if (wanted.Original.Length > MaxOriginal) return new Fault(FaultKind.LimitReached, $"A schedule has at most {MaxOriginal} characters", "original");
        return wanted.Recurrence.Check() ?? wanted.Plan.Check();
    }

    private Schedule Of(Principal who, NewSchedule wanted, Schedule? known)
    {
        var now = Now;
        return new Schedule
        {
            No = known?.No ?? 0,
            Id = known?.Id ?? Ids.Hex24(),
            Account = who.Account.No,
            App = who.App.Id,
            Family = wanted.Family,
            Recurrence = wanted.Recurrence.ToJson(),
            Zone = wanted.Zone,
            Starts = wanted.Starts,
            Ends = wanted.Ends,
            Enabled = wanted.Enabled,
            Plan = wanted.Plan.ToJson(),
            Original = wanted.Original,
            Created = known?.Created ?? now,
            Updated = now,
            NextDue = wanted.Enabled ? Schedule.DueAfter(wanted.Recurrence, wanted.Zone, wanted.Starts, wanted.Ends, now) : null,
        };
    }
}

/// <summary>What the ids in a plan mean, for who may use it.</summary>
internal static class PlanTargets
{
    /// <summary>The devices, groups and scenes of a plan; not visible when the person does not see one of them.</summary>
    public static async Task<Result<IReadOnlyList<ScheduleTarget>>> FindAsync(IStores stores, Principal who, Plan plan)
    {
        var targets = new List<ScheduleTarget>();
        var ids = plan.Steps.Where(s => s.Kind == StepKind.Device).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        if (ids.Count > 0)
        {
            var devices = await stores.Bindings.FindVisibleAsync(who.Account.No, who.App.No, ids);
            if (devices.Count < ids.Count) return Fault.NotVisible("device");
            targets.AddRange(devices.Select(d => new ScheduleTarget(StepKind.Device, d.No)));
        }

        foreach (var id in plan.Steps.Where(s => s.Kind == StepKind.Group).Select(s => s.Id).Distinct(StringComparer.Ordinal))
        {
            if (await stores.Groups.FindAsync(who.Account.No, who.App.No, id) is not { } group) return Fault.NotVisible("group");
            targets.Add(new ScheduleTarget(StepKind.Group, group.No));
        }

        foreach (var id in plan.Steps.Where(s => s.Kind is StepKind.Scene or StepKind.Switch).Select(s => s.Id).Distinct(StringComparer.Ordinal))
        {
            if (await stores.Scenes.FindAsync(who.Account.No, id) is not { } scene) return Fault.NotVisible("scene");
            targets.Add(new ScheduleTarget(StepKind.Scene, scene.No));
        }

        return Result.Of<IReadOnlyList<ScheduleTarget>>(targets);
    }
}
