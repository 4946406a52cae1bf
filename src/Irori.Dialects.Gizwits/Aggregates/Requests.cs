namespace Irori.Dialects.Gizwits.Aggregates;

/// <summary>What the numbers of a device come to (Gizwits Open API, devdata.agg).</summary>
internal sealed record AggregateRequest
{
    /// <summary>The device.</summary>
    public required string Did { get; init; }

    /// <summary>First millisecond since 1970.</summary>
    public required long StartTs { get; init; }

    /// <summary>Last one; left out: now.</summary>
    public long? EndTs { get; init; }

    /// <summary>Data points that are numbers, separated by commas.</summary>
    public required string Attrs { get; init; }

    /// <summary>sum, avg, max or min.</summary>
    public required string Aggregator { get; init; }

    /// <summary>hours, days, weeks or months, in any case and number.</summary>
    public required string Unit { get; init; }
}
