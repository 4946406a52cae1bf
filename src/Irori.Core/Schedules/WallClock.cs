using NodaTime;
using NodaTime.TimeZones;

namespace Irori.Core.Schedules;

/// <summary>
/// The clock on a wall of a time zone, and the one rule for when it is turned. A wall time that it skips (turned forward) is the moment at which it jumps; one that it
/// shows twice (turned back) is the first of the two. So later wall times are never earlier moments, nothing that is due on a day is left out, and nothing is
/// done twice. A wall time is a <see cref="DateTimeOffset"/> without an offset (zero).
/// </summary>
public sealed class WallClock
{
    private static readonly ZoneLocalMappingResolver Turned = Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    private readonly DateTimeZone _zone;

    private WallClock(DateTimeZone zone) => _zone = zone;

    /// <summary>The clock of UTC, which is never turned.</summary>
    public static WallClock Utc { get; } = new(DateTimeZone.Utc);

    /// <summary>The clock of a zone of the IANA database (Europe/Berlin, UTC), or null.</summary>
    public static WallClock? Of(string zone) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is { } known ? new WallClock(known) : null;

    /// <summary>What it shows at a moment.</summary>
    public DateTimeOffset Read(DateTimeOffset moment) =>
        new(Instant.FromDateTimeOffset(moment).InZone(_zone).LocalDateTime.ToDateTimeUnspecified(), TimeSpan.Zero);

    /// <summary>The moment that a wall time is, by the rule.</summary>
    public DateTimeOffset MomentOf(DateTimeOffset wall) =>
        _zone.ResolveLocal(LocalDateTime.FromDateTime(wall.DateTime), Turned).ToInstant().ToDateTimeOffset();
}
