using System.Diagnostics.Metrics;
using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.Schedules;
using Irori.Core.States;

namespace Irori.Core;

/// <summary>
/// What the home cloud counts, for the whole process. Labels are words of closed lists: never an id, never what somebody sent.
/// <c>docs/operations.md</c> lists them all.
/// </summary>
public static class IroriMeter
{
    /// <summary>Name of every meter of Irori.</summary>
    public const string Name = "Irori";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Commands = Meter.CreateCounter<long>("irori.commands", "{command}", "Commands by their outcome");

    private static readonly Histogram<double> CommandDuration = Meter.CreateHistogram<double>(
        "irori.command.duration", "s", "Time from a command's acceptance to its answer", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    private static readonly Counter<long> Reports = Meter.CreateCounter<long>("irori.reports", "{report}", "Reports of devices by what became of them");

    private static readonly Histogram<int> CommitSize = Meter.CreateHistogram<int>(
        "irori.commit.size", "{change}", "Changes that shared one durable transaction", tags: null,
        new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500] });

    private static readonly Histogram<double> CommitDuration = Meter.CreateHistogram<double>(
        "irori.commit.duration", "s", "Time of one durable transaction", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] });

    private static readonly Counter<long> CommitFailures = Meter.CreateCounter<long>(
        "irori.commit.failures", "{commit}", "Transactions that failed; nothing of them was acknowledged");

    private static readonly Counter<long> SignInFailures = Meter.CreateCounter<long>("irori.signin.failures", "{signin}", "Refused sign-ins by reason");

    private static readonly Counter<long> Codes = Meter.CreateCounter<long>("irori.codes", "{code}", "Requested verification codes by what became of them");

    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "irori.feed.events", "{event}", "Events for this node's feeds; dropped ones are made good by reading the database");

    private static readonly Counter<long> BusCalls = Meter.CreateCounter<long>(
        "irori.bus.calls", "{call}", "Commands asked of other nodes by what became of the message");

    private static readonly Counter<long> BusEvents = Meter.CreateCounter<long>(
        "irori.bus.events", "{event}", "Events to and from other nodes; dropped ones are made good by reading the database");

    private static readonly Counter<long> BusGaps = Meter.CreateCounter<long>(
        "irori.bus.gaps", "{gap}", "Times that this node may have missed events and read the database instead");

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("irori.calls.refused", "{call}", "Calls over a limit, by the limit");

    private static readonly Counter<long> Runs = Meter.CreateCounter<long>("irori.runs", "{run}", "Runs of schedules, scenes and rules by how they ended");

    private static readonly Histogram<double> RunDelay = Meter.CreateHistogram<double>(
        "irori.run.delay", "s", "Time from when a run was due to its beginning", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300] });

    private static readonly Counter<long> Removed = Meter.CreateCounter<long>("irori.retention.removed", "{row}", "Rows removed at the end of their retention, by table");

    /// <summary>A command has ended.</summary>
    public static void CommandEnded(CommandOutcome outcome, TimeSpan took)
    {
        var label = Label("outcome", outcome.ToString());
        Commands.Add(1, label);
        CommandDuration.Record(took.TotalSeconds, label);
    }

    /// <summary>A report was taken or refused.</summary>
    public static void Reported(Result<StateWritten> written) =>
        Reports.Add(1, Label("outcome", written.Fault?.Kind.ToString() ?? written.Value.Outcome.ToString()));

    /// <summary>Changes became durable together.</summary>
    public static void Committed(int changes, TimeSpan took)
    {
        CommitSize.Record(changes);
        CommitDuration.Record(took.TotalSeconds);
    }

    /// <summary>A transaction failed.</summary>
    public static void CommitFailed() => CommitFailures.Add(1);

    /// <summary>A sign-in was refused.</summary>
    public static void SignInRefused(FaultKind reason) => SignInFailures.Add(1, Label("reason", reason.ToString()));

    /// <summary>A verification code was asked for; null: it was sent.</summary>
    public static void CodeRequested(Fault? fault) => Codes.Add(1, Label("outcome", fault?.Kind.ToString() ?? "Sent"));

    /// <summary>An event was queued for the feeds, or the queue was full.</summary>
    public static void EventOffered(bool queued) => Events.Add(1, Label("outcome", queued ? "Queued" : "Dropped"));

    /// <summary>A command was asked of another node.</summary>
    public static void BusCalled(BusCall outcome) => BusCalls.Add(1, Label("outcome", outcome.ToString()));

    /// <summary>An event went to, or came from, other nodes.</summary>
    public static void BusEventPassed(BusEvent outcome) => BusEvents.Add(1, Label("outcome", outcome.ToString()));

    /// <summary>Events may have been missed.</summary>
    public static void BusGapped() => BusGaps.Add(1);

    /// <summary>A call was over a limit.</summary>
    public static void CallRefused(string limit) => Refused.Add(1, Label("limit", limit));

    /// <summary>A run has ended.</summary>
    public static void RunEnded(RunState state) => Runs.Add(1, Label("state", state.ToString()));

    /// <summary>A run begins.</summary>
    public static void RunBegan(TimeSpan late) => RunDelay.Record(Math.Max(0, late.TotalSeconds));

    /// <summary>Old rows were removed.</summary>
    public static void RowsRemoved(string table, long rows) => Removed.Add(rows, Label("table", table));

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
