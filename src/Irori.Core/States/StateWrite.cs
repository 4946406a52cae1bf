using Irori.Core.Commands;
using Irori.Core.History;
using Irori.Core.Schedules;

namespace Irori.Core.States;

/// <summary>One change to a device's state, or the outcome of a command, to be committed with many others.</summary>
public sealed record StateWrite
{
    /// <summary>Internal key of the device.</summary>
    public required long Device { get; init; }

    /// <summary>Internal key of its product, whose property numbers the points use.</summary>
    public required long Product { get; init; }

    /// <summary>The writing link's epoch, or null for a system action (reset, uplink without a link, import).</summary>
    public long? Epoch { get; init; }

    /// <summary>The device's own number of the report, by which a repetition is recognised; null: at least once.</summary>
    public long? Key { get; init; }

    /// <summary>The values, possibly none.</summary>
    public IReadOnlyList<Reading> Readings { get; init; } = [];

    /// <summary>Fields by which partial writes of arrays are merged, by property.</summary>
    public IReadOnlyDictionary<string, string>? MergeKeys { get; init; }

    /// <summary>Arrival in milliseconds since 1970.</summary>
    public required long Arrival { get; init; }

    /// <summary>The raw frames to keep.</summary>
    public IReadOnlyList<Frame> Frames { get; init; } = [];

    /// <summary>The property whose change sets the timers that the cloud carries out; null: there is none.</summary>
    public TimerProperty? Timers { get; init; }

    /// <summary>The outcome to record.</summary>
    public CommandRecord? Command { get; init; }

    /// <summary>What was operated, to be kept where the owner wants it; counts only with readings.</summary>
    public Operation? Operation { get; init; }

    /// <summary>Properties and the value, as JSON text, that is an alarm; null: there are none.</summary>
    public IReadOnlyDictionary<string, string>? Alarms { get; init; }

    /// <summary>Told of a change after its commit, in the order of the commits of its device; must not block or throw.</summary>
    public Action<StateWritten>? Committed { get; init; }
}

/// <summary>What became of a <see cref="StateWrite"/> that was committed.</summary>
public enum StateOutcome
{
    /// <summary>Merged and, where it carried readings, in the history.</summary>
    Accepted,

    /// <summary>A repetition: it had been accepted before, nothing was written.</summary>
    Repeated,

    /// <summary>A newer link has taken over; nothing was written.</summary>
    Superseded,

    /// <summary>The state would outgrow its bounds; nothing was written.</summary>
    TooLarge,
}

/// <summary>A committed change as the event tells it.</summary>
public sealed record StateWritten(StateOutcome Outcome, long Epoch, long Version, long AccessVersion, IReadOnlyDictionary<string, StateValue> Changed)
{
    /// <summary>Whether something must follow from it, which waits in the outbox.</summary>
    public bool Follows { get; init; }

    /// <summary>No change.</summary>
    public static IReadOnlyDictionary<string, StateValue> Nothing { get; } = new Dictionary<string, StateValue>(StringComparer.Ordinal);
}
