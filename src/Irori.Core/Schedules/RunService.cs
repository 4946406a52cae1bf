using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Irori.Core.Links;
using Irori.Core.Scenes;
using Microsoft.Extensions.Logging;

namespace Irori.Core.Schedules;

/// <summary>How runs are taken.</summary>
public sealed record RunSettings
{
    /// <summary>
    /// How long a run that has begun is left to its node, beside <see cref="PerStep"/>; then what became of it is unknown. A node that does not come to it until then
    /// sends nothing.
    /// </summary>
    public TimeSpan Begun { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What each step adds to that.</summary>
    public TimeSpan PerStep { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How late a schedule is still carried out. What fell due while nothing ran is carried out once if it is no older than this, and recorded as missed if it
    /// is; what fell due again meanwhile is left out.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>After what time a node looks for what is due.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most runs that a node carries out at one time.</summary>
    public int AtOnce { get; init; } = 512;
}

/// <summary>
/// Does what is due. Any number of nodes take from the same tables, many rows in one transaction: a due schedule becomes one row of a run that has begun and moves to its
/// next time, a due run becomes one that has begun; only then is anything sent. A node that dies before the commit has done nothing, and another does it; one that
/// dies after it leaves runs of which nobody knows, and they are never begun again.
/// </summary>
public sealed partial class RunService(
    IDatabase database, PlanRunner runner, RunSignal signal, CommonClock clock, RunSettings settings, TimeProvider time, ILogger<RunService> log) : IDisposable
{
    private const int Piece = 256;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(5);

    // What one transaction begins together costs little more than one run alone: a node that is busy waits so long for room for more of them.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _free = new(settings.AtOnce, settings.AtOnce);
    private readonly Channel<(RunEnd End, IReadOnlyList<Run> Next)> _ends = Channel.CreateBounded<(RunEnd, IReadOnlyList<Run>)>(settings.AtOnce);
    private bool _failing;
    private bool _unrecorded;

    /// <summary>Works until cancelled; then waits a little for what has begun.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var stop = new CancellationTokenSource();
        var recording = RecordAsync(stop.Token);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (await WorkAsync(cancel) == 0) await signal.WaitAsync(settings.Every, time, cancel);
                _failing = false;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                if (cancel.IsCancellationRequested) break;
                if (!_failing) Log.Failed(log, e);
                _failing = true;
                await Task.Delay(Pause, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await StopAsync(stop, recording);
    }

    /// <summary>Begins what is due now, as much as this node has room for; answers how much that was, with what was found to be over.</summary>
    public async Task<int> WorkAsync(CancellationToken cancel)
    {
        var waiting = await database.ReadAsync(s => s.Runs.WaitingAsync(), cancel);
        var over = waiting.HasFlag(Waiting.Dead) ? await database.DoAsync(s => s.Runs.GiveUpAsync(Piece), cancel) : 0;
        if (!waiting.HasFlag(Waiting.Schedules) && !waiting.HasFlag(Waiting.Runs)) return over;
        var room = await TakeRoomAsync(cancel);
        var used = 0;
        try
        {
            var start = time.GetTimestamp();
            var (begun, missed) = await database.DoAsync(s => BeginAsync(s, waiting, room), cancel);
            used = begun.Count;
            // Runs of one device that were taken together go in the order in which they were due.
            foreach (var runs in begun.GroupBy(r => r.Plan?.Steps.FirstOrDefault()?.Id ?? "")) _ = CarryOutAsync([.. runs], start);
            return over + missed + used;
        }
        finally
        {
            if (room > used) _free.Release(room - used);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private async Task<int> TakeRoomAsync(CancellationToken cancel)
    {
        await _free.WaitAsync(cancel);
        var (room, start) = (1, time.GetTimestamp());
        while (room < Piece)
        {
            var left = Gather - time.GetElapsedTime(start);
            if (!await _free.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, CancellationToken.None)) break;
            room++;
        }

        return room;
    }

    private async Task<(IReadOnlyList<DueRun> Begun, int Missed)> BeginAsync(IStores stores, Waiting waiting, int room)
    {
        // A storm of schedules leaves room for what people ask for, and the other way round.
        var runs = waiting.HasFlag(Waiting.Runs) ? await BeginRunsAsync(stores, waiting.HasFlag(Waiting.Schedules) ? (room + 1) / 2 : room) : [];
        if (!waiting.HasFlag(Waiting.Schedules) || runs.Count == room) return (runs, 0);
        var (schedules, missed) = await BeginSchedulesAsync(stores, room - runs.Count);
        return ([.. runs, .. schedules], missed);
    }

    private async Task<IReadOnlyList<DueRun>> BeginRunsAsync(IStores stores, int room)
    {
        var runs = await stores.Runs.ClaimAsync(room);
        if (runs.Count == 0) return runs;
        await ChainAsync(stores, runs);
        await stores.Runs.BeginAsync([.. runs.Select(r => (r.Run.No, Lease(r)))]);
        return runs;
    }

    private async Task<(IReadOnlyList<DueRun> Begun, int Missed)> BeginSchedulesAsync(IStores stores, int room)
    {
        var due = await stores.Runs.ClaimSchedulesAsync(room);
        if (due.Count == 0) return ([], 0);
        var missed = due.Where(IsMissed).Select(d => RunOf(d) with { State = RunState.Failed, EndedAt = d.Now, Detail = Missed }).ToList();
        var runs = due.Where(d => !IsMissed(d)).Select(d => new DueRun(RunOf(d), d.Actor, d.ActorId)).ToList();
        if (missed.Count > 0) await stores.Runs.AddAsync(missed);
        var numbers = await stores.Runs.AddBegunAsync([.. runs.Select(r => (r.Run, Lease(r)))]);
        await stores.Runs.AdvanceAsync(due.ToDictionary(d => d.No, Next));
        return ([.. runs.Where(r => numbers.ContainsKey(r.Run.Ref)).Select(r => r with { Run = r.Run with { No = numbers[r.Run.Ref] } })], due.Count - numbers.Count);
    }

    private TimeSpan Lease(DueRun due) => settings.Begun + settings.PerStep * (due.Plan?.Steps.Count() ?? 0);

    private bool IsMissed(DueSchedule due) => due.Now - due.NextDue > settings.Grace;

    // What something has set off: what its devices do next comes of it.
    private static async Task ChainAsync(IStores stores, IEnumerable<DueRun> runs)
    {
        var depths = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var run in runs.Where(r => r.Run.Depth > 0).OrderBy(r => r.Run.Depth))
        {
            foreach (var step in run.Plan?.Steps ?? [])
            {
                if (step.Kind == StepKind.Device) depths[step.Id] = run.Run.Depth;
                if (step.Kind != StepKind.Group || run.Account is not { } person || await stores.Groups.FindAsync(person, app: 0, step.Id) is not { } group) continue;
                foreach (var device in await stores.Bindings.ListInGroupAsync(person, app: 0, group.No)) depths[device.Id] = run.Run.Depth;
            }
        }

        if (depths.Count > 0) await stores.Scenes.ChainAsync(depths, RuleEngine.Echo);
    }

    private async Task CarryOutAsync(IReadOnlyList<DueRun> runs, long start)
    {
        foreach (var due in runs)
        {
            var outcome = await CarryOutAsync(due, start);
            IroriMeter.RunEnded(outcome.State);
            await _ends.Writer.WriteAsync((new RunEnd(due.Run.No, outcome.State, JsonSerializer.Serialize(outcome.Results, ScheduleJson.Default.IReadOnlyListStepResult)), outcome.Next));
        }
    }

    private async Task<RunOutcome> CarryOutAsync(DueRun due, long start)
    {
        // It may have stood behind others of its device, or the whole process may have stood still: by now nobody expects it any more.
        if (time.GetElapsedTime(start) >= Lease(due)) return PlanRunner.Refused(new Fault(FaultKind.Undelivered, "The node did not come to it in time"));
        IroriMeter.RunBegan(TimeSpan.FromMilliseconds(clock.Now - due.Run.Due.ToUnixTimeMilliseconds()));
        try
        {
            return await runner.RunAsync(due, CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Broke(log, due.Run.No, e);
            return new RunOutcome(RunState.Unknown, [], []);
        }
    }

    // Many ends share a transaction. What cannot be recorded is tried again until it can.
    private async Task RecordAsync(CancellationToken stop)
    {
        var ends = new List<(RunEnd End, IReadOnlyList<Run> Next)>();
        while (await HasEndAsync(stop))
        {
            while (ends.Count < Piece && _ends.Reader.TryRead(out var end)) ends.Add(end);
            while (!await TryRecordAsync(ends) && !stop.IsCancellationRequested) await Task.Delay(Pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _free.Release(ends.Count);
            ends.Clear();
        }
    }

    private async Task<bool> HasEndAsync(CancellationToken stop)
    {
        try
        {
            return await _ends.Reader.WaitToReadAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<bool> TryRecordAsync(List<(RunEnd End, IReadOnlyList<Run> Next)> ends)
    {
        try
        {
            await database.DoAsync(
                async s =>
                {
                    await s.Runs.EndAsync([.. ends.Select(e => e.End)]);
                    var next = ends.SelectMany(e => e.Next).ToList();
                    if (next.Count > 0) await s.Runs.AddAsync(next);
                    return next.Count;
                },
                CancellationToken.None);
            _unrecorded = false;
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (!_unrecorded) Log.Failed(log, e);
            _unrecorded = true;
            return false;
        }
    }

    private async Task StopAsync(CancellationTokenSource stop, Task recording)
    {
        for (var ended = 0; ended < settings.AtOnce; ended++)
        {
            if (!await _free.WaitAsync(LastWait, CancellationToken.None)) break;
        }

        await stop.CancelAsync();
        await recording;
    }

    private static Run RunOf(DueSchedule due) => new()
    {
        Kind = RunKind.Schedule, Ref = due.No, Due = due.NextDue, Task = Ids.Number(), Schedule = due.No, Account = due.Account, Device = due.Device, App = due.App, Plan = due.Plan,
    };

    // After the time that it was due and after now: a clock that has stepped back makes nothing due again. One whose next time cannot be told holds nobody up.
    private DateTimeOffset? Next(DueSchedule due)
    {
        try
        {
            return Schedule.DueAfter(Recurrence.Parse(due.Recurrence), due.Zone, starts: null, due.Ends, due.Now > due.NextDue ? due.Now : due.NextDue);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.NeverAgain(log, due.No, e);
            return null;
        }
    }

    private static string Missed { get; } = JsonSerializer.Serialize(
        [StepResult.Of(StepKind.Delay, "", new Fault(FaultKind.Unavailable, "Nothing ran when it was due"))], ScheduleJson.Default.IReadOnlyListStepResult);

    private static partial class Log
    {
        [LoggerMessage(2701, LogLevel.Warning, "What is due could not be taken or recorded; trying again")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(2702, LogLevel.Error, "Run {Run} broke; whether it was carried out is not known")]
        public static partial void Broke(ILogger logger, long run, Exception exception);

        [LoggerMessage(2703, LogLevel.Error, "When schedule {Schedule} is due next cannot be told; it is not due any more")]
        public static partial void NeverAgain(ILogger logger, long schedule, Exception exception);
    }
}
