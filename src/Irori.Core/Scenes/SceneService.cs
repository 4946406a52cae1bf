using System.Text.Json;
using Irori.Core.Links;
using Irori.Core.Schedules;

namespace Irori.Core.Scenes;

/// <summary>A time at which a scene runs by itself, if its conditions hold then.</summary>
/// <param name="Recurrence">When.</param>
/// <param name="Zone">The time zone of wall times.</param>
public sealed record SceneTimer(Recurrence Recurrence, string Zone);

/// <summary>A scene as somebody wants it.</summary>
/// <param name="Family">The dialect's list in which it stands.</param>
/// <param name="Kind">How it comes to run.</param>
/// <param name="Name">Display name.</param>
/// <param name="Plan">What it does.</param>
public sealed record NewScene(string Family, SceneKind Kind, string Name, Plan Plan)
{
    /// <summary>When it runs by itself.</summary>
    public Rule Rule { get; init; } = new([]);

    /// <summary>Times at which it does.</summary>
    public IReadOnlyList<SceneTimer> Timers { get; init; } = [];

    /// <summary>Id of the home in whose list it stands; null: none.</summary>
    public string? HomeId { get; init; }

    /// <summary>Whether it may run by itself.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>What the dialect was given, JSON.</summary>
    public string Original { get; init; } = "{}";
}

/// <summary>Scenes and rules. A scene is its maker's; to anybody else it does not exist. It acts for him, with the rights that he has when it runs.</summary>
public sealed class SceneService(IDatabase database, CommonClock clock, RunSignal signal)
{
    /// <summary>Most scenes of an account in one family.</summary>
    public const int MaxPerFamily = 500;

    /// <summary>Most scenes that one device sets off.</summary>
    public const int MaxTriggered = 200;

    /// <summary>Most timers of a scene.</summary>
    public const int MaxTimers = 20;

    /// <summary>Longest name, in characters.</summary>
    public const int MaxName = 256;

    /// <summary>Field of <see cref="FaultKind.LimitReached"/> when there are too many.</summary>
    public const string CountField = "scenes";

    private const string TimerFamily = "scene";
    private const int MaxOriginal = 128 * 1024;

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(clock.Now);

    /// <summary>
    /// Makes a scene. Faults: <see cref="FaultKind.Invalid"/> with the field (name, condition, interval, trigger, timer, zone, plan, delay, params ...); not visible (home,
    /// device, group, scene); <see cref="FaultKind.LimitReached"/>.
    /// </summary>
    public async Task<Result<Scene>> CreateAsync(Principal who, NewScene wanted, CancellationToken cancel)
    {
        if (Check(wanted) is { } wrong) return wrong;
        var made = await database.WriteAsync<Scene>(
            async s =>
            {
                // This takes the account's row: of several that are made at once, each is counted.
                await s.Homes.LockAsync(who.Account.No);
                if (await s.Scenes.CountAsync(who.Account.No, wanted.Family) >= MaxPerFamily) return TooMany($"An account has at most {MaxPerFamily} scenes");
                if (!(await ResolveAsync(s, who, wanted, known: 0)).Try(out var found, out var fault)) return fault;
                var scene = Of(who, wanted, found.Home, known: null);
                var no = await s.Scenes.AddAsync(scene, found.Refs);
                await AddTimersAsync(s, who, wanted, no, scene.Id);
                return (await s.Scenes.FindAsync(who.Account.No, scene.Id))!;
            },
            cancel);
        signal.Set();
        return made;
    }

    /// <summary>Replaces a scene of a family, which is valid again; the faults are those of <see cref="CreateAsync"/>, and not visible.</summary>
    public Task<Result<Scene>> ChangeAsync(Principal who, string id, NewScene wanted, CancellationToken cancel)
    {
        if (Check(wanted) is { } wrong) return Task.FromResult<Result<Scene>>(wrong);
        return database.WriteAsync<Scene>(
            async s =>
            {
                if (await LockAsync(s, who, wanted.Family, id) is not { } known) return NoScene;
                if (!(await ResolveAsync(s, who, wanted, known.No)).Try(out var found, out var fault)) return fault;
                await s.Scenes.ChangeAsync(Of(who, wanted, found.Home, known), found.Refs);
                await s.Schedules.RemoveOfSceneAsync(known.No, TimerFamily);
                await AddTimersAsync(s, who, wanted, known.No, id);
                return (await s.Scenes.FindAsync(who.Account.No, id))!;
            },
            cancel);
    }

    /// <summary>Lets a scene run by itself or no longer.</summary>
    public Task<Result<Done>> SetEnabledAsync(Principal who, string family, string id, bool enabled, CancellationToken cancel) => database.WriteAsync<Done>(
        async s =>
        {
            if (await LockAsync(s, who, family, id) is not { } known) return NoScene;
            await s.Scenes.SetEnabledAsync(known.No, enabled, Now);
            return new Done();
        },
        cancel);

    /// <summary>Deletes a scene, and the schedules of it; the log of its runs stays until its retention ends.</summary>
    public Task<Result<Done>> DeleteAsync(Principal who, string family, string id, CancellationToken cancel) => database.WriteAsync<Done>(
        async s =>
        {
            if (await LockAsync(s, who, family, id) is not { } known) return NoScene;
            await s.Scenes.RemoveAsync(known.No);
            return new Done();
        },
        cancel);

    /// <summary>A scene of a family.</summary>
    public async Task<Result<Scene>> FindAsync(Principal who, string family, string id, CancellationToken cancel) =>
        await database.ReadAsync(s => s.Scenes.FindAsync(who.Account.No, id), cancel) is { } scene && scene.Family == family ? scene : NoScene;

    /// <summary>A scene of a family by its number.</summary>
    public async Task<Result<Scene>> FindAsync(Principal who, string family, long number, CancellationToken cancel) =>
        await database.ReadAsync(s => s.Scenes.FindAsync(who.Account.No, number), cancel) is { } scene && scene.Family == family ? scene : NoScene;

    /// <summary>Scenes of a family, of a home of the person or (null) of any, oldest first.</summary>
    public async Task<Result<IReadOnlyList<Scene>>> ListAsync(Principal who, string family, string? homeId, int skip, int limit, CancellationToken cancel) =>
        await database.ReadAsync<Result<IReadOnlyList<Scene>>>(
            async s =>
            {
                if (homeId is null) return Result.Of(await s.Scenes.ListAsync(who.Account.No, family, home: null, skip, limit));
                return await s.Homes.FindAsync(who.Account.No, homeId) is { } home ? Result.Of(await s.Scenes.ListAsync(who.Account.No, family, home.No, skip, limit)) : Fault.NotVisible("home");
            },
            cancel);

    /// <summary>Runs a scene now, whatever its conditions say; answers the number of the task. Success means that it has begun.</summary>
    public async Task<Result<long>> RunAsync(Principal who, string family, string id, CancellationToken cancel)
    {
        var begun = await database.WriteAsync<long>(
            async s =>
            {
                if (await LockAsync(s, who, family, id) is not { } scene) return NoScene;
                var run = RuleEngine.RunOf(scene, RunKind.Scene, await s.Runs.NowAsync(), depth: 0);
                await s.Runs.AddAsync([run]);
                return run.Task;
            },
            cancel);
        signal.Set();
        return begun;
    }

    /// <summary>How far the newest task of a scene is, all its parts together; null: it never ran, or that is forgotten.</summary>
    public async Task<Result<TaskState?>> TaskAsync(Principal who, string family, string id, CancellationToken cancel) => await database.ReadAsync<Result<TaskState?>>(
        async s =>
        {
            if (await s.Scenes.FindAsync(who.Account.No, id) is not { } scene || scene.Family != family) return NoScene;
            if (await s.Runs.ListAsync(RunsOf.Scene, scene.No, before: null, limit: 1) is not [var newest]) return (TaskState?)null;
            return TaskState.Of(newest.Task, await s.Runs.ListAsync(RunsOf.Task, newest.Task, before: null, Plan.MaxSteps));
        },
        cancel);

    /// <summary>The log of a scene: its runs with their parts, newest first.</summary>
    public async Task<Result<IReadOnlyList<Run>>> RunsAsync(Principal who, string family, string id, RunCursor? before, int limit, CancellationToken cancel) =>
        await database.ReadAsync<Result<IReadOnlyList<Run>>>(
            async s => await s.Scenes.FindAsync(who.Account.No, id) is { } scene && scene.Family == family
                ? Result.Of(await s.Runs.ListAsync(RunsOf.Scene, scene.No, before, limit))
                : NoScene,
            cancel);

    private static Fault NoScene => Fault.NotVisible("scene");

    private static Fault TooMany(string reason) => new(FaultKind.LimitReached, reason, CountField);

    private static async Task<Scene?> LockAsync(IStores stores, Principal who, string family, string id) =>
        await stores.Scenes.LockAsync(who.Account.No, id) is { } scene && scene.Family == family ? scene : null;

    private static Fault? Check(NewScene wanted)
    {
        if (wanted.Name.Length is 0 or > MaxName) return Fault.Invalid("name", $"A name has 1 to {MaxName} characters");
        if (wanted.Original.Length > MaxOriginal) return new Fault(FaultKind.LimitReached, $"A scene has at most {MaxOriginal} characters", "original");
        if (wanted.Timers.Count > MaxTimers) return Fault.Invalid("timer", $"A scene has at most {MaxTimers} timers");
        if (wanted.Timers.Any(t => WallClock.Of(t.Zone) is null)) return Fault.Invalid("zone", "Not a time zone of the IANA database");
        return wanted.Timers.Select(t => t.Recurrence.Check()).FirstOrDefault(f => f is not null) ?? wanted.Rule.Check() ?? wanted.Plan.Check();
    }

    private static async Task<Result<(long? Home, IReadOnlyList<SceneRef> Refs)>> ResolveAsync(IStores stores, Principal who, NewScene wanted, long known)
    {
        long? home = null;
        if (wanted.HomeId is not null)
        {
            if (await stores.Homes.FindAsync(who.Account.No, wanted.HomeId) is not { } found) return Fault.NotVisible("home");
            home = found.No;
        }

        if (!(await PlanTargets.FindAsync(stores, who, wanted.Plan)).Try(out var targets, out var fault)) return fault;
        var refs = targets.Where(t => t.Kind == StepKind.Device).Select(t => new SceneRef(t.Target, SceneUse.Action)).ToHashSet();
        var ids = wanted.Rule.Triggers.Select(t => (t.Device, Use: SceneUse.Trigger))
            .Concat(wanted.Rule.Comparisons.SelectMany(c => c.Operands).Where(o => o.Device.Length > 0).Select(o => (o.Device, Use: SceneUse.Condition))).ToHashSet();
        var wants = ids.Select(i => i.Device).ToHashSet(StringComparer.Ordinal);
        if (wants.Count > 0)
        {
            var seen = (await stores.Bindings.FindVisibleAsync(who.Account.No, who.App.No, wants)).ToDictionary(d => d.Id, d => d.No, StringComparer.Ordinal);
            if (seen.Count < wants.Count) return Fault.NotVisible("device");
            refs.UnionWith(ids.Select(i => new SceneRef(seen[i.Device], i.Use)));
        }

        foreach (var trigger in refs.Where(r => r.Use == SceneUse.Trigger))
            if (await stores.Scenes.CountTriggeredAsync(trigger.Device, known) >= MaxTriggered) return TooMany($"A device sets off at most {MaxTriggered} scenes");
        IReadOnlyList<SceneRef> used = [.. refs];
        return (home, used);
    }

    private async Task AddTimersAsync(IStores stores, Principal who, NewScene wanted, long scene, string id)
    {
        var now = Now;
        foreach (var timer in wanted.Timers)
        {
            var schedule = new Schedule
            {
                Id = Ids.Hex24(), Account = who.Account.No, App = who.App.Id, Family = TimerFamily, Recurrence = timer.Recurrence.ToJson(), Zone = timer.Zone,
                Plan = Plan.Of(Step.Scene(id)).ToJson(), Created = now, Updated = now, NextDue = Schedule.DueAfter(timer.Recurrence, timer.Zone, null, null, now),
            };
            await stores.Schedules.AddAsync(schedule, [new ScheduleTarget(StepKind.Scene, scene)]);
        }
    }

    private Scene Of(Principal who, NewScene wanted, long? home, Scene? known)
    {
        var now = Now;
        return new Scene
        {
            No = known?.No ?? 0,
            Id = known?.Id ?? Ids.Hex24(),
            Account = who.Account.No,
            Home = home,
            App = who.App.Id,
            Family = wanted.Family,
            Kind = wanted.Kind,
            Name = wanted.Name,
            Enabled = wanted.Enabled,
            Rule = JsonSerializer.Serialize(wanted.Rule, SceneJson.Default.Rule),
            Plan = wanted.Plan.ToJson(),
            Original = wanted.Original,
            Created = known?.Created ?? now,
            Updated = now,
        };
    }
}

/// <summary>A task: a run with its parts after waits.</summary>
/// <param name="Task">Its number.</param>
/// <param name="State">How far it is: pending or sent while a part is, failed or unknown when one is, else done.</param>
/// <param name="Results">What became of its steps so far.</param>
public sealed record TaskState(long Task, RunState State, IReadOnlyList<StepResult> Results)
{
    internal static TaskState Of(long task, IReadOnlyList<Run> parts)
    {
        RunState[] worst = [RunState.Sent, RunState.Pending, RunState.Failed, RunState.Unknown];
        var state = worst.Where(w => parts.Any(p => p.State == w)).Append(RunState.Done).First();
        return new TaskState(task, state, [.. parts.OrderBy(p => p.Due).SelectMany(p => p.Results())]);
    }
}
