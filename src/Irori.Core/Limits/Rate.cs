namespace Irori.Core.Limits;

/// <summary>A token bucket: so many at once, and one more as each interval passes.</summary>
/// <param name="Burst">How many at once, at least 1.</param>
/// <param name="Every">The interval, more than nothing.</param>
public sealed record Rate(int Burst, TimeSpan Every)
{
    /// <summary>What one of so many nodes gives out.</summary>
    public Rate Shared(int nodes) => new(Math.Max(Burst / nodes, 1), Every * nodes);

    /// <summary>As it is said to who is refused.</summary>
    public override string ToString() =>
        $"{Burst} at once, then one every {(Every < TimeSpan.FromSeconds(1) ? $"{Every.TotalMilliseconds} ms" : $"{Every.TotalSeconds} s")}";

    /// <summary>
    /// Takes one, and answers how long to wait when there is none. A bucket is the one moment at which it will be full again, by a monotonic clock;
    /// one that is full need not be remembered.
    /// </summary>
    internal TimeSpan Take(ref TimeSpan full, TimeSpan now)
    {
        var wait = Wait(full, now);
        if (wait <= TimeSpan.Zero) full = Later(full, now) + Every;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    /// <summary>Takes one in any case, and answers how long to wait until it is due.</summary>
    internal TimeSpan Owe(ref TimeSpan full, TimeSpan now)
    {
        var wait = Wait(full, now);
        full = Later(full, now) + Every;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private TimeSpan Wait(TimeSpan full, TimeSpan now) => Later(full, now) - now - ((Burst - 1) * Every);

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
