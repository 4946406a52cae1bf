using System.Text.Json;
using Irori.Core.History;
using Irori.Core.Outbox;
using Irori.Core.Scenes;
using Irori.Core.Schedules;
using Irori.Core.States;

namespace Irori.Storage.States;

/// <summary>What a state write comes to, once the state's row is locked. The same for both engines.</summary>
internal static class StateDecision
{
    /// <summary>
    /// Merges the write into the state and answers what to tell, which points to append, which operation to keep, and what must follow (nothing unless accepted).
    /// </summary>
    public static Decision Decide(StateWrite write, DeviceState? state, StateTerms terms)
    {
        if (state is null || (write.Epoch is { } epoch && epoch != state.Epoch)) return Refused(StateOutcome.Superseded, state, terms);
        if (write.Key is { } key && state.Knows(key)) return Refused(StateOutcome.Repeated, state, terms);
        var operation = terms.KeepsOperations || terms.Watch.HasFlag(Wishes.Operated) ? write.Operation : null;
        var calm = terms.Watch.HasFlag(Wishes.Alarms) && write.Alarms is { } alarms ? alarms.Where(a => !state.Values.TryGetValue(a.Key, out var old) || old.Json != a.Value).ToList() : [];
        var known = terms.Watch.HasFlag(Wishes.Rules) ? write.Readings.Select(r => r.Name).Distinct(StringComparer.Ordinal).ToDictionary(n => n, n => state.Values.TryGetValue(n, out var old) ? old.Json : null, StringComparer.Ordinal) : null;
        var before = operation?.IfChanged?.Select(n => state.Values.TryGetValue(n, out var old) ? old.Json : null).ToList();
        var changed = state.Apply(write.Readings, write.Key, write.Arrival, write.MergeKeys);
        if (changed is null) return Refused(StateOutcome.TooLarge, state, terms);
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
        var follows = new List<OutboxRow>();
        if (operation is not null && terms.Watch.HasFlag(Wishes.Operated)) follows.Add(Row(write, Happening.Operated, operation.Account, operation.Body));
        foreach (var (name, value) in calm)
        {
            if (values.TryGetValue(name, out var now) && now.Json == value) follows.Add(Row(write, Happening.Alarmed, account: null, $"{{\"{JsonEncodedText.Encode(name)}\":{value}}}"));
        }

        if (known is not null && Changes(known, values) is { Count: > 0 } changes) follows.Add(Row(write, Happening.Changed, operation?.Account, Change.Write(changes)));
        var timers = write.Timers is { } kept && values.TryGetValue(kept.Name, out var set) ? kept.Read(set.Json) : null;
        var told = new StateWritten(StateOutcome.Accepted, state.Epoch, state.Version, terms.AccessVersion, values) { Follows = follows.Count > 0 };
        return new Decision(told, points, terms.KeepsOperations ? operation : null, follows, timers);
    }

    /// <summary>The answer for a write that carries a command's outcome or frames, and no readings.</summary>
    public static StateWritten WithoutReadings { get; } = new(StateOutcome.Accepted, 0, 0, 0, StateWritten.Nothing);

    private static Dictionary<string, Change> Changes(Dictionary<string, string?> before, Dictionary<string, StateValue> values)
    {
        var changes = new Dictionary<string, Change>(StringComparer.Ordinal);
        foreach (var (name, old) in before)
            if (values.TryGetValue(name, out var value) && value.Json != old) changes[name] = new Change(old, value.Json);
        return changes;
    }

    // What was never known has not changed.
    private static bool Changed(IReadOnlyList<string> names, List<string?> before, Dictionary<string, StateValue> values)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (before[i] is { } old && values.TryGetValue(names[i], out var value) && value.Json != old) return true;
        }

        return false;
    }

    private static OutboxRow Row(StateWrite write, Happening kind, string? account, string body) =>
        new() { Device = write.Device, Kind = kind, At = DateTimeOffset.FromUnixTimeMilliseconds(write.Arrival), Account = account, Body = body };

    private static Decision Refused(StateOutcome outcome, DeviceState? state, StateTerms terms) =>
        new(new StateWritten(outcome, state?.Epoch ?? 0, state?.Version ?? 0, terms.AccessVersion, StateWritten.Nothing), [], null, [], null);
}

/// <summary>What is known of a device beside its state when that is written.</summary>
/// <param name="AccessVersion">Version of the right to see it.</param>
/// <param name="KeepsOperations">Whether its owner wants the history of operations.</param>
/// <param name="Watch">What anybody wants to be told of it.</param>
internal readonly record struct StateTerms(long AccessVersion, bool KeepsOperations, Wishes Watch);

/// <summary>What a state write comes to: what to tell, what to append, what must follow, and the timers that it sets (null: it sets none).</summary>
internal readonly record struct Decision(
    StateWritten Told, IReadOnlyList<PointRow> Points, Operation? Operation, IReadOnlyList<OutboxRow> Follows, IReadOnlyList<DeviceTimer>? Timers);

/// <summary>A point to append.</summary>
internal readonly record struct PointRow(string Property, long Arrival, long Seq, long? SourceTime, string Value);
