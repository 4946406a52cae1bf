namespace Irori.Storage.History;

/// <summary>
/// When a report arrived and which of its device's it was, in one number, by which its points are kept in order: milliseconds since 1970, and in the
/// lowest 20 bits the state's version, as far as it goes into them. Two numbers would take half as much again of the disk.
/// </summary>
internal static class PointKey
{
    private const int SeqBits = 20;
    private const long SeqMask = (1L << SeqBits) - 1;
    private const long MaxArrival = long.MaxValue >> SeqBits;

    /// <summary>What an arrival is multiplied by, in SQL.</summary>
    public const long Factor = 1L << SeqBits;

    /// <summary>The key of a report.</summary>
    public static long Of(long arrival, long seq) => First(arrival) | (seq & SeqMask);

    /// <summary>The first key of an arrival, or the nearest to one that no report can have.</summary>
    public static long First(long arrival) => Math.Clamp(arrival, 0, MaxArrival) << SeqBits;

    /// <summary>The arrival in a key.</summary>
    public static long Arrival(long key) => key >> SeqBits;

    /// <summary>What of the version is in a key.</summary>
    public static long Seq(long key) => key & SeqMask;
}
