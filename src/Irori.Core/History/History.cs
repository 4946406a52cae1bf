using Irori.Core.Links;
using Irori.Core.Products;

namespace Irori.Core.History;

/// <summary>Which way a frame went.</summary>
public enum FrameDirection
{
    /// <summary>From the device.</summary>
    In,

    /// <summary>To the device.</summary>
    Out,
}

/// <summary>A raw frame on a device's wire.</summary>
public sealed class Frame
{
    /// <summary>When it arrived or was sent.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Which way.</summary>
    public required FrameDirection Direction { get; init; }

    /// <summary>The device's address.</summary>
    public string? Ip { get; init; }

    /// <summary>The account that asked, for frames to the device.</summary>
    public string? Account { get; init; }

    /// <summary>The app that asked.</summary>
    public string? App { get; init; }

    /// <summary>The bytes, at most <see cref="MaxSize"/>.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>Longer frames are cut to this many bytes.</summary>
    public const int MaxSize = 4096;
}

/// <summary>One value of one property at one time.</summary>
public sealed class Point
{
    /// <summary>Arrival, in milliseconds since 1970.</summary>
    public long Arrival { get; init; }

    /// <summary>Orders points of one arrival: the state's version.</summary>
    public long Seq { get; init; }

    /// <summary>When it was so, in milliseconds since 1970.</summary>
    public long SourceTime { get; init; }

    /// <summary>The value as JSON text.</summary>
    public required string Value { get; init; }
}

/// <summary>Which lines of a log: those of [From, To), after some, oldest or newest first.</summary>
public sealed record LogRange(DateTimeOffset From, DateTimeOffset To, int Skip, int Limit, bool NewestFirst);

/// <summary>A page of a log, and how many lines the span has in all.</summary>
public sealed record LogPage<T>(IReadOnlyList<T> Rows, int Total);

/// <summary>A span of time, [From, To).</summary>
public readonly record struct Period(DateTimeOffset From, DateTimeOffset To);

/// <summary>What the numbers of a period come to.</summary>
public sealed class PeriodTotal
{
    /// <summary>Which period, by its place among those that were asked for.</summary>
    public required int Period { get; init; }

    /// <summary>How many numbers, at least one.</summary>
    public required long Count { get; init; }

    /// <summary>Their sum.</summary>
    public required double Sum { get; init; }

    /// <summary>The smallest.</summary>
    public required double Least { get; init; }

    /// <summary>The largest.</summary>
    public required double Most { get; init; }
}

/// <summary>Where a page of points starts.</summary>
public readonly record struct PointCursor(long Arrival, long Seq);

/// <summary>A step of removing points.</summary>
/// <param name="Rows">Reports whose points went.</param>
/// <param name="After">The device after which the next step begins; null: there is none left.</param>
public readonly record struct PurgedPoints(int Rows, long? After);

/// <summary>Storage of points and frames, and their end.</summary>
public interface IHistoryStore
{
    /// <summary>Points of a property in [from, to), after a cursor, oldest first.</summary>
    Task<IReadOnlyList<Point>> PointsAsync(long device, string property, long from, long to, PointCursor? after, int limit);

    /// <summary>
    /// What the numbers at a place of a device's reports come to, by the period in which they arrived; periods without any are left out, and so is what is no number. Entries of
    /// lists are none.
    /// </summary>
    Task<IReadOnlyList<PeriodTotal>> TotalsAsync(long device, ProjectionPath place, IReadOnlyList<Period> periods);

    /// <summary>The newest frames, newest first.</summary>
    Task<IReadOnlyList<Frame>> FramesAsync(long device, int limit);

    /// <summary>A page of the frames of a span, and how many it has in all.</summary>
    Task<LogPage<Frame>> FramesAsync(long device, LogRange range);

    /// <summary>A page of the log of online and offline of a span, and how many lines it has in all.</summary>
    Task<LogPage<PresenceRow>> PresenceAsync(long device, LogRange range);

    /// <summary>Operations in [from, before), newest first.</summary>
    Task<IReadOnlyList<OperationRecord>> OperationsAsync(long device, DateTimeOffset from, OperationRange range);

    /// <summary>Removes operations of a device up to a time; at most <paramref name="limit"/>.</summary>
    Task<int> ClearOperationsAsync(long device, DateTimeOffset until, int limit);

    /// <summary>What was appended since a time, by table and days of retention, with the bytes that it takes.</summary>
    Task<IReadOnlyList<TableGrowth>> GrowthAsync(DateTimeOffset since, RetentionSettings retention);

    /// <summary>
    /// Removes reports' points past their product's retention: at most <paramref name="limit"/> reports, of at most as many devices after one.
    /// </summary>
    Task<PurgedPoints> PurgePointsAsync(DateTimeOffset now, int defaultDays, long after, int limit);

    /// <summary>Removes rows of a table that are older than a time; at most <paramref name="limit"/>.</summary>
    Task<int> PurgeAsync(PurgedTable table, DateTimeOffset before, int limit);
}

/// <summary>Append-only tables with a retention of their own.</summary>
public enum PurgedTable
{
    /// <summary>Raw frames.</summary>
    Frames,

    /// <summary>Online and offline.</summary>
    Presence,

    /// <summary>Recorded commands.</summary>
    Commands,

    /// <summary>Operations.</summary>
    Operations,
}
