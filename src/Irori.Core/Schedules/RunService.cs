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
    /// <summary>How long a run that was taken and not begun is left to its node.</summary>
    public TimeSpan Claim { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a run that has begun is left to its node, beside <see cref="PerStep"/>; then what became of it is unknown.</summary>
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
/// Does what is due. Any number of nodes take from the same tables: a due schedule becomes one row of a run and moves to its next time in one transaction; the run is
/// marked as begun in a second one, before anything is sent. A node that dies before that has done nothing, and another takes the run over when the claim is
/// over; one that dies after it leaves a run of which nobody knows, and it is never begun again.
/// </summary>
public sealed partial class RunService(
    IDatabase database, PlanRunner runner, RunSignal signal, CommonClock clock, RunSettings settings, TimeProvider time, ILogger<RunService> log) : IDisposable
{
    private const int Piece = 256;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(5);

    private readonly long _claimer = Ids.Number();
    private readonly SemaphoreSlim _free = new(settings.AtOnce, settings.AtOnce);
    private readonly Channel<(RunEnd End, IReadOnlyList<Run> Next)> _ends = Channel.CreateBounded<(RunEnd, IReadOnlyList<Run>)>(settings.AtOnce);
    private bool _failing;

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

    /// <summary>Takes what is due now, as much as this node has room for, and begins it; answers how many runs that were.</summary>
    public async Task<int> WorkAsync(CancellationToken cancel)
    {
        if (!await database.ReadAsync(s => s.Runs.WaitingAsync(), cancel)) return 0;
        var room = await TakeRoomAsync(cancel);
        var begun = 0;
        try
        {
            var claimed = await ClaimAsync(room, cancel);
            if (claimed.Count > 0) begun = Begin(claimed, await BeginAsync(claimed, cancel));
            return claimed.Count;
        }
        finally
        {
            if (room > begun) _free.Release(room - begun);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private async Task<int> TakeRoomAsync(CancellationToken cancel)
    {
        await _free.WaitAsync(cancel);
        var room = 1;
        while (room < Piece && await _free.WaitAsync(TimeSpan.Zero, CancellationToken.None)) room++;
        return room;
    }

    private Task<IReadOnlyList<ClaimedRun>> ClaimAsync(int room, CancellationToken cancel) => WriteAsync(
        async s =>
        {
            await s.Runs.GiveUpAsync(Piece);
            var due = await s.Runs.ClaimSchedulesAsync(room);
            if (due.Count > 0)
            {
                await s.Runs.AddAsync([.. due.Select(Due)]);
                await s.Runs.AdvanceAsync(due.ToDictionary(d => d.No, Next));
            }

            return await s.Runs.ClaimAsync(_claimer, room, settings.Claim);
        },
        cancel);

    private Task<IReadOnlyList<long>> BeginAsync(IReadOnlyList<ClaimedRun> claimed, CancellationToken cancel)
    {
        var steps = claimed.Max(c => Plan.Parse(c.Run.Plan).Steps.Count());
        return WriteAsync(
            async s =>
            {
                foreach (var chain in claimed.Where(c => c.Run.Depth > 0).GroupBy(c => c.Run.Depth).OrderBy(c => c.Key)) await ChainAsync(s, [.. chain]);
                return await s.Runs.BeginAsync(_claimer, [.. claimed.Select(c => c.Run.No)], settings.Begun + settings.PerStep * steps);
            },
            cancel);
    }

    // What something has set off: what its devices do next comes of it.
    private static async Task ChainAsync(IStores stores, IReadOnlyList<ClaimedRun> runs)
    {
        var devices = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (run, account, _) in runs)
        {
            foreach (var step in Plan.Parse(run.Plan).Steps)
            {
                if (step.Kind == StepKind.Device) devices.Add(step.Id);
                if (step.Kind != StepKind.Group || account is not { } person || await stores.Groups.FindAsync(person, app: 0, step.Id) is not { } group) continue;
                devices.UnionWith((await stores.Bindings.ListInGroupAsync(person, app: 0, group.No)).Select(d => d.Id));
            }
        }

        if (devices.Count > 0) await stores.Scenes.ChainAsync(devices, runs[0].Run.Depth, RuleEngine.Echo);
    }

    // Runs of one device that were taken together go in the order in which they were due.
    private int Begin(IReadOnlyList<ClaimedRun> claimed, IReadOnlyList<long> mine)
    {
        var begun = claimed.IntersectBy(mine, c => c.Run.No).ToList();
        foreach (var runs in begun.GroupBy(c => Plan.Parse(c.Run.Plan).Steps.First().Id)) _ = CarryOutAsync([.. runs]);
        return begun.Count;
    }

    private async Task CarryOutAsync(IReadOnlyList<ClaimedRun> runs)
    {
        foreach (var claimed in runs)
        {
            IroriMeter.RunBegan(TimeSpan.FromMilliseconds(clock.Now - claimed.Run.Due.ToUnixTimeMilliseconds()));
            RunOutcome outcome;
            try
            {
                outcome = await runner.RunAsync(claimed, CancellationToken.None);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.Broke(log, claimed.Run.No, e);
                outcome = new RunOutcome(RunState.Unknown, [], []);
            }

            IroriMeter.RunEnded(outcome.State);
            await _ends.Writer.WriteAsync((new RunEnd(claimed.Run.No, outcome.State, JsonSerializer.Serialize(outcome.Results, ScheduleJson.Default.IReadOnlyListStepResult)), outcome.Next));
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
            await WriteAsync(
                async s =>
                {
                    await s.Runs.EndAsync([.. ends.Select(e => e.End)]);
                    var next = ends.SelectMany(e => e.Next).ToList();
                    if (next.Count > 0) await s.Runs.AddAsync(next);
                    return next.Count;
                },
                CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (!_failing) Log.Failed(log, e);
            _failing = true;
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

    private Run Due(DueSchedule due)
    {
        var missed = due.Now - due.NextDue > settings.Grace;
        return new Run
        {
            Kind = RunKind.Schedule,
            Ref = due.No,
            Due = due.NextDue,
            Task = Ids.Number(),
            Schedule = due.No,
            Account = due.Account,
            Device = due.Device,
            App = due.App,
            Plan = due.Plan,
            State = missed ? RunState.Failed : RunState.Pending,
            EndedAt = missed ? due.Now : null,
            Detail = missed ? Missed : "[]",
        };
    }

    // After the time that it was due and after now: a clock that has stepped back makes nothing due again.
    private static DateTimeOffset? Next(DueSchedule due) => Schedule.DueAfter(
        Recurrence.Parse(due.Recurrence), due.Zone, starts: null, due.Ends, due.Now > due.NextDue ? due.Now : due.NextDue);

    private static string Missed { get; } = JsonSerializer.Serialize(
        [StepResult.Of(StepKind.Delay, "", new Fault(FaultKind.Unavailable, "Nothing ran when it was due"))], ScheduleJson.Default.IReadOnlyListStepResult);

    private async Task<T> WriteAsync<T>(Func<IStores, Task<T>> work, CancellationToken cancel)
    {
        var written = await database.WriteAsync(async s => Result.Of(await work(s)), cancel);
        return written.Try(out var value, out var fault) ? value : throw new UnavailableException(fault.Reason);
    }

    private static partial class Log
    {
        [LoggerMessage(2701, LogLevel.Warning, "What is due could not be taken or recorded; trying again")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(2702, LogLevel.Error, "Run {Run} broke; whether it was carried out is not known")]
        public static partial void Broke(ILogger logger, long run, Exception exception);
    }
}
