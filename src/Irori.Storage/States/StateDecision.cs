using Irori.Core.States;

namespace Irori.Storage.States;

/// <summary>What a state write comes to, once the state's row is locked. The same for both engines.</summary>
internal static class StateDecision
{
    /// <summary>Merges the write into the state and answers what to tell and which points to append (none unless accepted).</summary>
    public static (StateWritten Told, IReadOnlyList<PointRow> Points) Decide(StateWrite write, DeviceState? state, long accessVersion)
    {
        if (state is null || (write.Epoch is { } epoch && epoch != state.Epoch)) return Refused(StateOutcome.Superseded, state, accessVersion);
        if (write.Key is { } key && state.Knows(key)) return Refused(StateOutcome.Repeated, state, accessVersion);
        var changed = state.Apply(write.Readings, write.Key, write.Arrival, write.MergeKeys);
        if (changed is null) return Refused(StateOutcome.TooLarge, state, accessVersion);
        var values = new Dictionary<string, StateValue>(changed.Count, StringComparer.Ordinal);
        foreach (var name in changed) values[name] = state.Values[name];
        var points = new PointRow[write.Readings.Count];
        for (var i = 0; i < points.Length; i++)
        {
            var reading = write.Readings[i];
            var value = values.TryGetValue(reading.Name, out var merged) ? merged.Json : reading.Json;
            points[i] = new PointRow(reading.Name, write.Arrival, state.Version, reading.SourceTime == write.Arrival ? null : reading.SourceTime, value);
        }

        return (new StateWritten(StateOutcome.Accepted, state.Epoch, state.Version, accessVersion, values), points);
    }

    /// <summary>The answer for a write that carries a command's outcome or frames, and no readings.</summary>
    public static StateWritten WithoutReadings { get; } = new(StateOutcome.Accepted, 0, 0, 0, StateWritten.Nothing);

    private static (StateWritten Told, IReadOnlyList<PointRow> Points) Refused(StateOutcome outcome, DeviceState? state, long accessVersion) =>
        (new StateWritten(outcome, state?.Epoch ?? 0, state?.Version ?? 0, accessVersion, StateWritten.Nothing), []);
}

/// <summary>A point to append.</summary>
internal readonly record struct PointRow(string Property, long Arrival, long Seq, long? SourceTime, string Value);
