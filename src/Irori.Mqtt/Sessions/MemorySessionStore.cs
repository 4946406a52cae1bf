namespace Irori.Mqtt;

/// <summary>Sessions that live as long as the process: for dialects that keep none beyond it, and for tests.</summary>
public sealed class MemorySessionStore(TimeProvider time) : IMqttSessionStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _sessions = new(StringComparer.Ordinal);
    private long _epoch;
    private int _sweepAt = 64;

    /// <inheritdoc/>
    public Task<MqttStoredSession> OpenAsync(string key, bool clean, bool create, CancellationToken cancel)
    {
        lock (_lock)
        {
            Sweep();
            if (clean || IsOver(key)) _sessions.Remove(key);
            var present = _sessions.TryGetValue(key, out var entry);
            if (!present)
            {
                if (!create) return Task.FromResult(new MqttStoredSession(0, false));
                _sessions[key] = entry = new Entry();
            }

            entry!.Epoch = ++_epoch;
            entry.EndsAt = null;
            entry.IsOpen = true;
            var found = new MqttStoredSession(entry.Epoch, present)
            {
                Subscriptions = [.. entry.Subscriptions.Values], Messages = [.. entry.Messages.Values], Received = [.. entry.Received], NextSequence = entry.Next,
            };
            foreach (var message in found.Messages) entry.Messages[message.Sequence] = message with { MayHaveBeenSent = true };
            return Task.FromResult(found);
        }
    }

    /// <inheritdoc/>
    public Task<bool> SubscribeAsync(MqttSessionLife life, MqttSubscription subscription, CancellationToken cancel) =>
        Change(life, e => e.Subscriptions[subscription.Filter] = subscription);

    /// <inheritdoc/>
    public Task<bool> UnsubscribeAsync(MqttSessionLife life, string filter, CancellationToken cancel) => Change(life, e => e.Subscriptions.Remove(filter));

    /// <inheritdoc/>
    public Task<bool> AddAsync(MqttSessionLife life, MqttStoredMessage message, CancellationToken cancel) => Change(life, e => e.Add(message));

    /// <inheritdoc/>
    public Task<bool> ReceivedAsync(MqttSessionLife life, long sequence, CancellationToken cancel) => Change(life, e =>
    {
        if (e.Messages.TryGetValue(sequence, out var message)) e.Messages[sequence] = message with { IsReceived = true };
    });

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(MqttSessionLife life, long sequence, CancellationToken cancel) => Change(life, e => e.Messages.Remove(sequence));

    /// <inheritdoc/>
    public Task<bool> TakenAsync(MqttSessionLife life, ushort packetId, CancellationToken cancel) => Change(life, e => e.Received.Add(packetId));

    /// <inheritdoc/>
    public Task<bool> ReleasedAsync(MqttSessionLife life, ushort packetId, CancellationToken cancel) => Change(life, e => e.Received.Remove(packetId));

    /// <inheritdoc/>
    public Task<bool> CloseAsync(MqttSessionLife life, TimeSpan expiry, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (Find(life) is not { } entry) return Task.FromResult(false);
            if (expiry <= TimeSpan.Zero) _sessions.Remove(life.Key);
            else entry.EndsAt = time.GetUtcNow() + expiry;
            entry.IsOpen = false;
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public Task<bool> LeaveAsync(string key, MqttMessage message, int limit, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (IsOver(key) || !_sessions.TryGetValue(key, out var entry) || entry.IsOpen || entry.Messages.Count >= limit) return Task.FromResult(false);
            if (MqttMatch.Of(entry.Subscriptions.Values, message, key) is not { Qos: > MqttQos.AtMostOnce } match) return Task.FromResult(false);
            entry.Add(new MqttStoredMessage(entry.Next, message, match.Qos)
            {
                Identifiers = match.Identifiers,
                ExpiresAt = message.Properties?.Expiry is { } seconds ? time.GetUtcNow() + TimeSpan.FromSeconds(seconds) : null,
            });
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public Task<bool> IsLatestAsync(MqttSessionLife life, CancellationToken cancel)
    {
        lock (_lock) return Task.FromResult(!_sessions.TryGetValue(life.Key, out var entry) || entry.Epoch == life.Epoch);
    }

    private Task<bool> Change(MqttSessionLife life, Action<Entry> change)
    {
        lock (_lock)
        {
            if (Find(life) is not { } entry) return Task.FromResult(false);
            change(entry);
            return Task.FromResult(true);
        }
    }

    private Entry? Find(MqttSessionLife life) => _sessions.TryGetValue(life.Key, out var entry) && entry.Epoch == life.Epoch ? entry : null;

    private bool IsOver(string key) => _sessions.TryGetValue(key, out var entry) && entry.EndsAt <= time.GetUtcNow();

    // Seldom enough that it costs little for each session.
    private void Sweep()
    {
        if (_sessions.Count < _sweepAt) return;
        foreach (var key in _sessions.Keys.Where(IsOver).ToList()) _sessions.Remove(key);
        _sweepAt = Math.Max(64, _sessions.Count * 2);
    }

    private sealed class Entry
    {
        public long Epoch { get; set; }

        public DateTimeOffset? EndsAt { get; set; }

        public bool IsOpen { get; set; }

        public long Next { get; private set; } = 1;

        public Dictionary<string, MqttSubscription> Subscriptions { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<long, MqttStoredMessage> Messages { get; } = [];

        public HashSet<ushort> Received { get; } = [];

        public void Add(MqttStoredMessage message)
        {
            Messages[message.Sequence] = message;
            Next = Math.Max(Next, message.Sequence + 1);
        }
    }
}
