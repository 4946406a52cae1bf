namespace Irori.Core.States;

/// <summary>One value of one property, as JSON text, with when it was so and when that arrived (milliseconds since 1970, UTC).</summary>
public readonly record struct StateValue(string Json, long SourceTime, long Arrival);

/// <summary>One value that a report carries.</summary>
/// <param name="Name">Property in the product's own names.</param>
/// <param name="Json">The value as JSON text.</param>
/// <param name="SourceTime">When it was so, in milliseconds since 1970; null: now.</param>
public readonly record struct Reading(string Name, string Json, long? SourceTime = null);

/// <summary>The state row of a device: values, and what fences and numbers its changes.</summary>
public sealed class DeviceState
{
    /// <summary>Most properties that a device may have.</summary>
    public const int MaxProperties = 512;

    /// <summary>Most characters of JSON that a device's state may have.</summary>
    public const int MaxSize = 64 * 1024;

    /// <summary>How many report keys are remembered to recognise a repetition.</summary>
    public const int RememberedKeys = 16;

    private readonly Dictionary<string, StateValue> _values;
    private readonly Queue<long> _keys;

    /// <summary>A state as it was read.</summary>
    public DeviceState(long epoch, long version, Dictionary<string, StateValue> values, Queue<long> keys)
    {
        Epoch = epoch;
        Version = version;
        _values = values;
        _keys = keys;
    }

    /// <summary>Number of the newest link; a write by an older one is refused.</summary>
    public long Epoch { get; private set; }

    /// <summary>Rises by one with every accepted change.</summary>
    public long Version { get; private set; }

    /// <summary>The newest value of every property that was ever reported.</summary>
    public IReadOnlyDictionary<string, StateValue> Values => _values;

    /// <summary>Keys of the newest reports, oldest first.</summary>
    public IReadOnlyCollection<long> Keys => _keys;

    /// <summary>True when a report of this key was accepted before.</summary>
    public bool Knows(long key) => _keys.Contains(key);

    /// <summary>
    /// Merges readings. An older source time goes to history only and does not overwrite. Answers the properties that changed place in the state,
    /// or null when the state would outgrow its bounds (then nothing has changed).
    /// </summary>
    public IReadOnlyList<string>? Apply(IReadOnlyList<Reading> readings, long? key, long arrival, IReadOnlyDictionary<string, string>? mergeKeys)
    {
        var merged = Merge(readings, arrival, mergeKeys);
        if (!Fits(merged)) return null;
        foreach (var (name, value) in merged) _values[name] = value;
        if (key is { } k)
        {
            _keys.Enqueue(k);
            if (_keys.Count > RememberedKeys) _keys.Dequeue();
        }

        Version++;
        return [.. merged.Keys];
    }

    private Dictionary<string, StateValue> Merge(IReadOnlyList<Reading> readings, long arrival, IReadOnlyDictionary<string, string>? mergeKeys)
    {
        var merged = new Dictionary<string, StateValue>(readings.Count, StringComparer.Ordinal);
        foreach (var reading in readings)
        {
            var source = reading.SourceTime ?? arrival;
            var known = merged.TryGetValue(reading.Name, out var old) || _values.TryGetValue(reading.Name, out old);
            // Only a device's own times order values: without one, what arrives is newer, also when our clock has stepped back.
            if (known && reading.SourceTime is not null && old.SourceTime > source) continue;
            var json = known && mergeKeys is not null && mergeKeys.TryGetValue(reading.Name, out var field)
                ? KeyedArray.Merge(old.Json, reading.Json, field)
                : reading.Json;
            merged[reading.Name] = new StateValue(json, source, arrival);
        }

        return merged;
    }

    private bool Fits(Dictionary<string, StateValue> merged)
    {
        var count = _values.Count;
        var size = 0;
        foreach (var (name, value) in _values)
            if (!merged.ContainsKey(name)) size += StateText.SizeOf(name, value);
        foreach (var (name, value) in merged)
        {
            size += StateText.SizeOf(name, value);
            if (!_values.ContainsKey(name)) count++;
        }

        return count <= MaxProperties && size <= MaxSize;
    }
}
