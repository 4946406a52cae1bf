namespace Irori.Core.Links;

/// <summary>
/// The clock that nodes compare moments by: the database's, as this node last read it, carried on by one that never steps. A node whose own
/// clock is wrong or jumps still agrees with the others.
/// </summary>
public sealed class CommonClock(TimeProvider time)
{
    // A reading that took longer says too little.
    private static readonly TimeSpan Doubtful = TimeSpan.FromSeconds(1);

    private Reading _reading = new(time.GetUtcNow().ToUnixTimeMilliseconds(), time.GetTimestamp());

    /// <summary>Milliseconds since 1970.</summary>
    public long Now
    {
        get
        {
            var reading = Volatile.Read(ref _reading);
            return reading.Milliseconds + (long)time.GetElapsedTime(reading.At).TotalMilliseconds;
        }
    }

    /// <summary>Takes over what the database said to a question that was asked at <paramref name="asked"/> (a timestamp).</summary>
    public void Learn(long milliseconds, long asked)
    {
        var took = time.GetElapsedTime(asked);
        if (took < Doubtful) Volatile.Write(ref _reading, new Reading(milliseconds + (long)(took / 2).TotalMilliseconds, time.GetTimestamp()));
    }

    private sealed record Reading(long Milliseconds, long At);
}
