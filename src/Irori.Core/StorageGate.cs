namespace Irori.Core;

/// <summary>
/// Closed while what the database stands on is nearly full. No report is taken then, so that what must still be written (outcomes, sign-ins,
/// the end of old history) has room; devices get an error and send again. The host measures and sets it.
/// </summary>
public sealed class StorageGate
{
    private static readonly Fault Closed = new(FaultKind.Unavailable, "The storage is nearly full, reports are not taken now", RetryAfter: TimeSpan.FromSeconds(30));

    private volatile bool _closed;

    /// <summary>True while no report is taken.</summary>
    public bool IsClosed => _closed;

    /// <summary>The fault of a report that is not taken now, or null.</summary>
    public Fault? Refusal => _closed ? Closed : null;

    /// <summary>Opens or closes; true when that changed something.</summary>
    public bool Set(bool closed)
    {
        if (_closed == closed) return false;
        _closed = closed;
        return true;
    }
}
