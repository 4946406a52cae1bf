using System.Security.Cryptography;
using System.Text;
using Irori.Chaos.Actors;
using Irori.Chaos.Checks;
using Irori.Chaos.Faults;
using Irori.Chaos.Reporting;
using Irori.Chaos.Stages;
using Irori.Harness;
using Irori.Simulator;

namespace Irori.Chaos;

/// <summary>
/// Injects faults one after the other into an installation of its own, while devices and apps work, and holds what they remember against what
/// the system then says.
/// </summary>
internal sealed class ChaosRun(ChaosOptions options, Action<string> say)
{
    // What waits for an answer ends by its own deadline; this is beyond all of them.
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Beyond = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private const double Freshness = 3;
    private const int MostFailures = 20;

    /// <summary>Runs every fault in every round, and answers what was found; one that fails does not stop the others.</summary>
    public async Task<ChaosReport> RunAsync(IReadOnlyList<ChaosFault> faults, string command, CancellationToken cancel)
    {
        say($"Seed {options.Seed}");
        var results = new List<FaultResult>();
        Company? company = null;
        try
        {
            foreach (var (round, fault) in from round in Enumerable.Range(1, options.Rounds) from fault in faults select (round, fault))
            {
                if (company is not null && company.Stage.Plan != fault.Plan) company = await EndAsync(company);
                var result = await TryAsync(fault, round, async () => company ??= await Company.StartAsync(fault.Plan, options, SeedOf($"{fault.Plan}"), say, cancel), cancel);
                results.Add(result);
                foreach (var failure in result.Failures) say($"  FAILS: {failure}");
                if (result.Failures.Count == 0) say($"  holds; {result.Reports} reports, recovered after {result.RecoverySeconds:F1} s");
                // What has failed once may not be whole again.
                else if (company is not null) company = await EndAsync(company);
            }
        }
        finally
        {
            if (company is not null) await EndAsync(company);
        }

        return new ChaosReport
        {
            Date = TimeProvider.System.GetUtcNow(), Irori = Server.Hosting.Foundation.Version, Machine = Machine.Read(), Command = command, Devices = options.Devices,
            LeaseSeconds = options.Lease.TotalSeconds, GraceSeconds = options.Grace.TotalSeconds, Faults = results,
        };
    }

    private static async Task<Company?> EndAsync(Company company)
    {
        await company.DisposeAsync();
        return null;
    }

    // The same for the same run, whatever else is tried in it.
    private int SeedOf(string what) => BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Seed} {what}")));

    private async Task<FaultResult> TryAsync(ChaosFault fault, int round, Func<Task<Company>> start, CancellationToken cancel)
    {
        say($"{fault.Name}: {fault.Summary}");
        var steps = new List<string>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            var company = await start();
            limit.CancelAfter(fault.Longest(options) + Beyond);
            var scene = new Scene(company.Stage, company.Crew, new Dice(new Random(SeedOf($"{fault.Name} {round}"))), options, step =>
            {
                steps.Add(step);
                say($"  {step}");
            });
            return await RunAsync(fault, round, scene, steps, limit.Token);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && e is not OutOfMemoryException)
        {
            return new FaultResult { Name = fault.Name, Round = round, Steps = steps, Failures = [limit.IsCancellationRequested ? "It took too long" : $"It could not be tried: {e.Message}"] };
        }
    }

    private async Task<FaultResult> RunAsync(ChaosFault fault, int round, Scene scene, List<string> steps, CancellationToken cancel)
    {
        var (stage, crew) = (scene.Stage, scene.Crew);
        var failures = new List<string>();
        crew.SetQuiet(false);
        Note("before the fault ", await crew.ConnectedAsync(options.RecoveryLimit, cancel));
        var (reports, commands) = (crew.Acknowledged, crew.App.Commands.Count);
        await Task.Delay(options.Warm, cancel);
        var presence = await PresenceCheck.BeginAsync(stage.Database, crew, cancel);
        foreach (var listener in crew.Listeners) listener.TakeStalest();

        var before = crew.Acknowledged;
        await fault.RunAsync(scene, cancel);
        var during = crew.Acknowledged - before;
        failures.AddRange(scene.Failures);
        var ended = Moment.Now;
        Note("after the fault ", await stage.BecomesReadyAsync(options.RecoveryLimit, cancel));
        Note("after the fault ", await crew.ConnectedAsync(options.RecoveryLimit, cancel));
        var recovered = Moment.Now;

        await stage.LookAfreshAsync(cancel);
        var feeds = await FeedsAsync(stage, crew, failures, cancel);
        failures.AddRange(await presence.EndAsync(stage.Database, scene.Silenced, cancel));
        failures.AddRange(await ReportCheck.RunAsync(stage.Database, crew.Devices, cancel));
        failures.AddRange(await CommandCheck.RunAsync(stage.Database, crew, options, fault.ClocksAgree, cancel));
        failures.AddRange(crew.Listeners.SelectMany(l => l.TakeWrong()));
        var stalest = crew.Listeners.Max(l => l.TakeStalest()).TotalSeconds;
        if (stalest > Freshness + options.Slack.TotalSeconds) failures.Add($"A feed was told a state that was {stalest:F1} s old");
        var memory = stage.Nodes.Max(n => n.PeakMemory);
        if (memory > options.MemoryLimit) failures.Add($"A node took {memory >> 20} MiB of memory, more than {options.MemoryLimit >> 20}");
        var asked = crew.App.Commands.Skip(commands).ToList();
        return new FaultResult
        {
            Name = fault.Name, Round = round, Steps = steps, Reports = crew.Acknowledged - reports, ReportsDuring = during, CommandsDone = asked.Count(c => c.Error == 0),
            CommandsOther = asked.Count(c => c.Error != 0), RecoverySeconds = (recovered - ended).TotalSeconds, FeedSeconds = feeds.TotalSeconds,
            StalestSeconds = stalest, MemoryMiB = memory >> 20,
            Failures = failures.Count <= MostFailures ? failures : [.. failures.Take(MostFailures), $"and {failures.Count - MostFailures} more"],
        };

        void Note(string when, string? wrong)
        {
            if (wrong is not null) failures.Add($"{when}{wrong}");
        }
    }

    // What the database has at the recovery every feed must show within the limit, while work goes on; then, when all have stopped, exactly what it has.
    private async Task<TimeSpan> FeedsAsync(Stage stage, Crew crew, List<string> failures, CancellationToken cancel)
    {
        var stored = await FeedCheck.ReadAsync(stage.Database, crew, cancel);
        var begun = Moment.Now;
        var last = await Crew.WaitAsync(() => FeedCheck.Behind(crew, stored), options.RecoveryLimit, cancel);
        var took = Moment.Now - begun;
        if (last is not null) failures.Add($"The feeds were not up to date within {options.RecoveryLimit.TotalSeconds:F0} s: {last}");
        else if (took > options.FeedLimit) failures.Add($"The feeds were up to date only after {took.TotalSeconds:F1} s");
        crew.SetQuiet(true);
        if (await crew.IdleAsync(IdleLimit, cancel) is { } busy) failures.Add($"The work does not come to an end: {busy}");
        begun = Moment.Now;
        string? differs;
        while ((differs = FeedCheck.Differs(crew, await FeedCheck.ReadAsync(stage.Database, crew, cancel))) is not null && Moment.Now - begun < options.FeedLimit) await Task.Delay(Poll, cancel);
        if (differs is not null) failures.Add(differs);
        return took;
    }

    /// <summary>An installation and those who use it.</summary>
    private sealed class Company(Stage stage, Crew crew) : IAsyncDisposable
    {
        public Stage Stage => stage;

        public Crew Crew => crew;

        public static async Task<Company> StartAsync(StagePlan plan, ChaosOptions options, int seed, Action<string> say, CancellationToken cancel)
        {
            say($"  starting {plan.Nodes} {(plan.Nodes == 1 ? "node" : "nodes")} on {plan.Engine}{(plan.Nodes > 1 ? " and RabbitMQ" : "")}");
            var stage = await Stage.StartAsync(plan, options, cancel);
            var crew = new Crew(stage, seed);
            crew.Start();
            return new Company(stage, crew);
        }

        public async ValueTask DisposeAsync()
        {
            await crew.DisposeAsync();
            await stage.DisposeAsync();
        }
    }
}
