using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Irori.Core.Accounts;

namespace Irori.Core.Limits;

/// <summary>
/// Counts calls against <see cref="CallLimits"/>, for every dialect: of a signed-in person by his session, of everybody else by address. Counted per
/// node. The framework's limiters measure by a clock that cannot be given to them and know no bound for how many they count, so these are buckets of
/// our own: at most <see cref="MaxCounted"/>, and one that is full again is forgotten.
/// </summary>
/// <param name="limits">The limits; null: none.</param>
/// <param name="time">The clock.</param>
public sealed class CallLimiter(CallLimits? limits, TimeProvider time)
{
    /// <summary>Most buckets that are remembered; a flood of more forgives everybody, because it must not cost memory.</summary>
    public const int MaxCounted = 200_000;

    private const string All = "";
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Counted, TimeSpan> _full = [];
    private TimeSpan _sweepAt;

    /// <summary>Buckets that are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _full.Count;
        }
    }

    /// <summary>Counts a call of a session. The fault, <see cref="FaultKind.Throttled"/>, says which limit it met and when to come back; null: it may go on.</summary>
    /// <param name="who">The caller.</param>
    /// <param name="operation">Name of the operation, of a closed list.</param>
    public Fault? Of(Principal who, string operation) => limits is null
        ? null
        : Take(new(nameof(CallLimits.Call), who.Session, null, operation), limits.Call, $"calls of {operation} in this session")
            ?? Take(new(nameof(CallLimits.Session), who.Session, null, All), limits.Session, "calls in this session");

    /// <summary>Counts a call of somebody without a session. Faults as <see cref="Of"/>.</summary>
    public Fault? From(IPAddress? address, string operation) => limits is null
        ? null
        : Take(new(nameof(CallLimits.AnonymousCall), 0, NetworkOf(address), operation), limits.AnonymousCall, $"calls of {operation} from this address")
            ?? Take(new(nameof(CallLimits.Address), 0, NetworkOf(address), All), limits.Address, "calls from this address");

    /// <summary>Counts a way of a device to the server, or of an app to its long connection. Faults as <see cref="Of"/>.</summary>
    public Fault? Connects(IPAddress? address) =>
        limits is null ? null : Take(new(nameof(CallLimits.Connections), 0, NetworkOf(address), All), limits.Connections, "connections from this address");

    /// <summary>Counts a sign-in on a long connection. Faults as <see cref="Of"/>.</summary>
    public Fault? SignsIn(Account account) =>
        limits is null ? null : Take(new(nameof(CallLimits.SignIns), account.No, null, All), limits.SignIns, "sign-ins of this account on long connections");

    /// <summary>Counts a message on a long connection of a session. Faults as <see cref="Of"/>.</summary>
    public Fault? Says(Principal who) =>
        limits is null ? null : Take(new(nameof(CallLimits.Messages), who.Session, null, All), limits.Messages, "messages in this session");

    /// <summary>The pace of a new long connection.</summary>
    public Pace NewPace() => new(limits?.Messages, time);

    // Whoever has a network of IPv6 has 2^64 addresses in it.
    private static IPAddress NetworkOf(IPAddress? address)
    {
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6 }) return address ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    private Fault? Take(Counted key, Rate rate, string what)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = time.GetElapsedTime(0);
            if (now >= _sweepAt || _full.Count >= MaxCounted) Forget(now);
            wait = rate.Take(ref CollectionsMarshal.GetValueRefOrAddDefault(_full, key, out _), now);
        }

        if (wait == TimeSpan.Zero) return null;
        IroriMeter.CallRefused(key.Limit);
        return new Fault(FaultKind.Throttled, $"Too many {what} ({rate}), try again in {Math.Ceiling(wait.TotalSeconds)} s", RetryAfter: wait);
    }

    private void Forget(TimeSpan now)
    {
        _sweepAt = now + SweepEvery;
        foreach (var (key, full) in _full)
        {
            if (full <= now) _full.Remove(key);
        }

        if (_full.Count >= MaxCounted) _full.Clear();
    }

    // A name of the limit, a session or account, an address, an operation: what does not count is the same for all.
    private readonly record struct Counted(string Limit, long Who, IPAddress? Address, string Operation);
}
