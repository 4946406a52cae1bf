using Irori.Core.History;
using Irori.Core.States;

namespace Irori.Storage.States;

/// <summary>What a state write comes to, once the state's row is locked. The same for both engines.</summary>
internal static class StateDecision
{
    /// <summary>
    /// Merges the write into the state and answers what to tell, which points to append, and which operation (none unless accepted).
    /// </summary>
    public static Decision Decide(StateWrite write, DeviceState? state, long accessVersion, bool keepsOperations)
    {
        if (state is null || (write.Epoch is { } epoch && epoch != state.Epoch)) return Refused(StateOutcome.Superseded, state, accessVersion);
        if (write.Key is { } key && state.Knows(key)) return Refused(StateOutcome.Repeated, state, accessVersion);
        var operation = keepsOperations ? write.Operation : null;
        var before = operation?.IfChanged?.Select(n => state.Values.TryGetValue(n, out var old) ? old.Json : null).ToList();
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

        if (before is not null && !Changed(operation!.IfChanged!, before, values)) operation = null;
        return new Decision(new StateWritten(StateOutcome.Accepted, state.Epoch, state.Version, accessVersion, values), points, operation);
    }

    /// <summary>The answer for a write that carries a command's outcome or frames, and no readings.</summary>
    public static StateWritten WithoutReadings { get; } = new(StateOutcome.Accepted, 0, 0, 0, StateWritten.Nothing);

    // What was never known has not changed.
    private static bool Changed(IReadOnlyList<string> names, List<string?> before, Dictionary<string, StateValue> values)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (before[i] is { } old && values.TryGetValue(names[i], out var value) && value.Json != old) return true;
        }

        return false;
    }

    private static Decision Refused(StateOutcome outcome, DeviceState? state, long accessVersion) =>
        new(new StateWritten(outcome, state?.Epoch ?? 0, state?.Version ?? 0, accessVersion, StateWritten.Nothing), [], null);
}

/// <summary>What a state write comes to: what to tell, and what to append.</summary>
internal readonly record struct Decision(StateWritten Told, IReadOnlyList<PointRow> Points, Operation? Operation);

/// <summary>A point to append.</summary>
internal readonly record struct PointRow(string Property, long Arrival, long Seq, long? SourceTime, string Value);
