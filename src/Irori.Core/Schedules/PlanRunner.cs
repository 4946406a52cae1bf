using Irori.Core.Commands;
using Irori.Core.Links;

namespace Irori.Core.Schedules;

/// <summary>What came of a run.</summary>
/// <param name="State">How it ended.</param>
/// <param name="Results">What became of its steps, in the order in which they ended.</param>
/// <param name="Next">What follows: what is left after waits, and what is tried again.</param>
public sealed record RunOutcome(RunState State, IReadOnlyList<StepResult> Results, IReadOnlyList<Run> Next);

/// <summary>
/// Carries out the plan of one run for the person who ordered it, with the rights that he has at this moment: each command goes the one path of all commands.
/// It does not throw for what can go wrong: that is a result.
/// </summary>
public sealed class PlanRunner(IDatabase database, CommandService commands, CommonClock clock, RunSignal signal)
{
    /// <summary>How many runs may lead to one another; the next one is refused, so that scenes and rules that set each other off come to an end.</summary>
    public const int MaxDepth = 8;

    /// <summary>After what time a run that failed is tried again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>Carries it out until its next waits.</summary>
    public async Task<RunOutcome> RunAsync(DueRun due, CancellationToken cancel)
    {
        var run = due.Run;
        if (due is not { Account: { } account, AccountId: { } accountId }) return Refused(new Fault(FaultKind.NotVisible, "Nobody owns the device any more"));
        if (run.Depth > MaxDepth) return Refused(new Fault(FaultKind.LimitReached, $"More than {MaxDepth} runs led to one another"));
        if (due.Plan is not { } plan) return Refused(new Fault(FaultKind.Invalid, "What is to be done cannot be read"));
        var pass = new PlanPass(database, commands, clock, signal, run, plan, Principal.ActingFor(account, accountId, run.App, run.Kind.ToString().ToLowerInvariant()), cancel);
        await Task.WhenAll(plan.Branches.Select(pass.FollowAsync));
        return pass.Outcome();
    }

    /// <summary>The end of a run of which nothing was begun.</summary>
    internal static RunOutcome Refused(Fault fault) => new(RunState.Failed, [StepResult.Of(StepKind.Delay, "", fault)], []);
}
