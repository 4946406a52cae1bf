using Irori.Core.Links;

namespace Irori.Bus.RabbitMq;

/// <summary>
/// Knows whether this node hears the others. Every event has a number, and every node says once a second how far it has counted: a jump, or a
/// node that has gone silent, means that something may be missing. A node hears well while its own beats come back to it in time, which
/// proves the whole way through the broker, also when connections only seem to be open.
/// </summary>
internal sealed class Hearing(CommonClock clock, TimeProvider time)
{
    /// <summary>How often a node beats.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Without a beat for this long, nothing is heard.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(3);

    private const int MaxNodes = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Ear> _ears = new(StringComparer.Ordinal);
    private long _heard = time.GetTimestamp();
    private bool _devices;
    private bool _well;
    private bool _told;

    /// <summary>True while this node hears itself through the broker.</summary>
    public bool Well
    {
        get
        {
            lock (_lock) return _well;
        }
    }

    /// <summary>True while it hears the changes of devices too.</summary>
    public bool HearsDevices
    {
        get
        {
            lock (_lock) return _well && _devices;
        }
    }

    /// <summary>True for a message that was under way for so long that the truth may be another by now.</summary>
    public bool IsLate(EventMessage message) => clock.Now - message.At > Bound.TotalMilliseconds;

    /// <summary>Counting begins anew: the connection, or what is listened to, is another.</summary>
    /// <param name="devices">Whether changes of devices are listened to.</param>
    public void Restart(bool devices)
    {
        lock (_lock)
        {
            _ears.Clear();
            _devices = devices;
            _well = false;
        }
    }

    /// <summary>This node's own beat came back. True when it had not heard well before.</summary>
    public bool OwnBeat(EventMessage beat)
    {
        if (IsLate(beat)) return false;
        lock (_lock)
        {
            _heard = time.GetTimestamp();
            var back = !_well;
            _well = true;
            _told = false;
            return back;
        }
    }

    /// <summary>A message of another node: true when something before it is missing.</summary>
    public bool Misses(EventMessage message)
    {
        lock (_lock)
        {
            // One that is heard for the first time may have told something before that nobody heard.
            var missing = !_ears.TryGetValue(message.From, out var ear);
            if (ear is null)
            {
                if (_ears.Count >= MaxNodes) return true;
                _ears[message.From] = ear = new Ear();
            }

            ear.Heard = time.GetTimestamp();
            if (message.Kind == BusWire.Beat)
            {
                missing |= Jumps(ref ear.All, message.Seq, message.Seq);
                return (_devices && Jumps(ref ear.Devices, message.DeviceSeq, message.DeviceSeq)) || missing;
            }

            return BusWire.IsOfDevice(message.Kind)
                ? Jumps(ref ear.Devices, message.Seq - 1, message.Seq) || missing
                : Jumps(ref ear.All, message.Seq - 1, message.Seq) || missing;
        }
    }

    /// <summary>What time has brought: cut off for longer than the bound (told once), or another node has gone silent.</summary>
    public (bool Lost, bool Missing) Check()
    {
        lock (_lock)
        {
            var lost = !_told && time.GetElapsedTime(_heard) > Bound;
            if (lost)
            {
                _told = true;
                _well = false;
            }

            var silent = _well ? _ears.Where(e => time.GetElapsedTime(e.Value.Heard) > Bound).Select(e => e.Key).ToList() : [];
            foreach (var node in silent) _ears.Remove(node);
            return (lost, silent.Count > 0);
        }
    }

    private static bool Jumps(ref long? count, long expected, long now)
    {
        var jumps = count is { } known && known != expected;
        count = now;
        return jumps;
    }

    private sealed class Ear
    {
        public long? All;
        public long? Devices;
        public long Heard;
    }
}
