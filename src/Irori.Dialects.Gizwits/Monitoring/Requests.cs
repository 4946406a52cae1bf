using System.Text.Json;

namespace Irori.Dialects.Gizwits.Monitoring;

/// <summary>A product (Gizwits Open API, datapoint).</summary>
internal sealed record ProductRequest
{
    /// <summary>Names it.</summary>
    public required string ProductKey { get; init; }
}

/// <summary>A part of a device's log (Gizwits Open API, devices.raw-data).</summary>
internal sealed record RawDataRequest
{
    /// <summary>The device.</summary>
    public required string Did { get; init; }

    /// <summary>cmd or online.</summary>
    public required string Type { get; init; }

    /// <summary>First second, Unix seconds.</summary>
    public required long StartTime { get; init; }

    /// <summary>Last second, less than 48 hours after the first.</summary>
    public required long EndTime { get; init; }

    /// <summary>How many to pass over.</summary>
    public int? Skip { get; init; }

    /// <summary>Most entries, at most 1000.</summary>
    public int? Limit { get; init; }

    /// <summary>desc or asc.</summary>
    public string? Sort { get; init; }
}

/// <summary>A command (Gizwits Open API, control).</summary>
internal sealed record ControlRequest
{
    /// <summary>The device.</summary>
    public required string Did { get; init; }

    /// <summary>Payload of command 0090, in place of attrs.</summary>
    public IReadOnlyList<int>? Raw { get; init; }

    /// <summary>Values by data point.</summary>
    public JsonElement? Attrs { get; init; }
}
