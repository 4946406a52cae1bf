using Irori.Core.Commands;
using Irori.Core.Links;
using Irori.Core.Scenes;

namespace Irori.Core.Schedules;

/// <summary>One pass over a plan, from the beginning or from after a wait to the next waits.</summary>
internal sealed class PlanPass(IDatabase database, CommandService commands, CommonClock clock, RunSignal signal, Run run, Plan plan, Principal who, CancellationToken cancel)
{
    private readonly Lock _lock = new();
    private readonly List<StepResult> _results = [];
    private readonly List<Step> _failed = [];
    private readonly List<(IReadOnlyList<Step> Steps, TimeSpan After)> _left = [];

    /// <summary>Goes along a branch until a wait, its end, or a failure that stops it.</summary>
    public async Task FollowAsync(IReadOnlyList<Step> branch)
    {
        for (var i = 0; i < branch.Count;)
        {
            if (branch[i].Kind == StepKind.Delay)
            {
                if (i + 1 == branch.Count) return;
                lock (_lock) _left.Add(([.. branch.Skip(i + 1)], TimeSpan.FromSeconds(branch[i].Seconds)));
                return;
            }

            var together = plan.StopsAtFailure ? [branch[i]] : branch.Skip(i).TakeWhile(s => s.Kind != StepKind.Delay).ToList();
            var went = await Task.WhenAll(together.GroupBy(s => (s.Kind, s.Id)).Select(InOrderAsync));
            if (plan.StopsAtFailure && !went[0]) return;
            i += together.Count;
        }
    }

    /// <summary>What came of it.</summary>
    public RunOutcome Outcome()
    {
        var failed = _results.Exists(HasFailed);
        var state = failed ? RunState.Failed : _results.Exists(r => r.Fault is not null) ? RunState.Unknown : RunState.Done;
        var next = _left.Select(l => Follow(plan with { Branches = [l.Steps] }, l.After)).ToList();
        if (failed && plan.Retry is { Count: > 0 } retry && Again(retry) is { Count: > 0 } branches)
            next.Add(Follow(plan with { Branches = branches, Retry = retry with { Count = retry.Count - 1 } }, PlanRunner.RetryAfter));
        return new RunOutcome(state, _results, next);
    }

    // What was sent and not answered may have been done.
    private static bool HasFailed(StepResult result) => result.Fault is not (null or FaultKind.NoAnswer);

    private List<IReadOnlyList<Step>> Again(Retry retry)
    {
        if (!retry.All) return [_failed];
        var silent = _results.Where(r => r.Fault == FaultKind.NoAnswer).Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        return [.. plan.Branches.Select(b => (IReadOnlyList<Step>)[.. b.Where(s => !silent.Contains(s.Id))]).Where(b => b.Count > 0)];
    }

    private async Task<bool> InOrderAsync(IEnumerable<Step> steps)
    {
        var well = true;
        foreach (var step in steps)
        {
            var results = await TryAsync(step);
            well &= results.All(r => r.Fault is null);
            lock (_lock)
            {
                _results.AddRange(results);
                if (results.Any(HasFailed)) _failed.Add(step);
            }
        }

        return well;
    }

    private async Task<IReadOnlyList<StepResult>> TryAsync(Step step)
    {
        try
        {
            return await DoAsync(step);
        }
        catch (OperationCanceledException)
        {
            return [StepResult.Of(step.Kind, step.Id, new Fault(FaultKind.NoAnswer, "The node stopped"))];
        }
        catch (UnavailableException)
        {
            return [StepResult.Of(step.Kind, step.Id, UnavailableException.Fault)];
        }
    }

    private async Task<IReadOnlyList<StepResult>> DoAsync(Step step) => step.Kind switch
    {
        StepKind.Device => [await SendAsync(step.Id, step.Body)],
        StepKind.Group => await SendToGroupAsync(step),
        _ => [await UseSceneAsync(step)],
    };

    private async Task<StepResult> SendAsync(string device, string body) =>
        StepResult.Of(StepKind.Device, device, (await commands.SendAsync(who, device, body, CommandService.DefaultDeadline, cancel)).Fault);

    private async Task<IReadOnlyList<StepResult>> SendToGroupAsync(Step step)
    {
        var members = await database.ReadAsync(
            async s => await s.Groups.FindAsync(who.Account.No, app: 0, step.Id) is { } group ? await s.Bindings.ListInGroupAsync(who.Account.No, app: 0, group.No) : null,
            cancel);
        return members is null ? [StepResult.Of(StepKind.Group, step.Id, Fault.NotVisible("group"))] : await Task.WhenAll(members.Select(m => SendAsync(m.Id, step.Body)));
    }

    private async Task<StepResult> UseSceneAsync(Step step)
    {
        long? task = null;
        var used = await database.WriteAsync<Done>(
            async s =>
            {
                task = null;
                if (await s.Scenes.LockAsync(who.Account.No, step.Id) is not { } scene) return Fault.NotVisible("scene");
                if (step.Kind == StepKind.Switch)
                {
                    await s.Scenes.SetEnabledAsync(scene.No, step.On, await s.Runs.NowAsync());
                    return new Done();
                }

                var begun = await BeginAsync(s, scene);
                task = begun?.Task;
                return new Done();
            },
            cancel);
        if (task is not null) signal.Set();
        return StepResult.Of(step.Kind, step.Id, used.Fault) with { Task = task };
    }

    // One that runs by itself does so only when it may, has rested, and its conditions hold; that they do not is no failure.
    private async Task<Run?> BeginAsync(IStores stores, Scene scene)
    {
        var now = await stores.Runs.NowAsync();
        if (scene.Kind == SceneKind.Automatic)
        {
            if (!scene.Enabled || !scene.Valid || await RuleEngine.ReadAsync(stores, scene) is not { } rule || scene.Rests(rule, now)) return null;
            if (!await RuleEngine.HoldsAsync(stores, scene, rule, device: "", new Dictionary<string, Change>())) return null;
            await stores.Scenes.SetFiredAsync(scene.No, now);
        }

        var next = RuleEngine.RunOf(scene, scene.Kind == SceneKind.Automatic ? RunKind.Rule : RunKind.Scene, now, run.Depth + 1);
        await stores.Runs.AddAsync([next]);
        return next;
    }

    // The time and the part are found once: should its record be written twice, there is still one row.
    private Run Follow(Plan rest, TimeSpan after) => new()
    {
        Kind = run.Kind,
        Ref = run.Ref,
        Due = DateTimeOffset.FromUnixTimeMilliseconds(clock.Now) + after,
        Part = Ids.Part(),
        Task = run.Task,
        Schedule = run.Schedule,
        Scene = run.Scene,
        Account = run.Account,
        Device = run.Device,
        App = run.App,
        Plan = rest.ToJson(),
        Depth = run.Depth,
    };
}
