using System.Text.Json.Serialization;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Monitoring;

/// <summary>The newest values of a device.</summary>
/// <param name="Did">The device.</param>
/// <param name="UpdatedAt">When the newest came, Unix seconds; 0 for never.</param>
/// <param name="Attr">Values by data point.</param>
internal sealed record LatestAnswer(string Did, long UpdatedAt, RawJson Attr);

/// <summary>A part of a device's log.</summary>
internal sealed record RawDataAnswer(RawDataMeta Meta, IReadOnlyList<RawDataEntry> Objects);

/// <summary>Which part.</summary>
internal sealed record RawDataMeta(string Sort, int Limit, int Skip, long StartTime, long EndTime, string Did, int Total, string Type);

/// <summary>One line.</summary>
internal sealed record RawDataEntry
{
    /// <summary>app2dev, dev2app, dev_online, dev_re_online or dev_offline.</summary>
    public required string Type { get; init; }

    /// <summary>The device's address; empty where it is not known.</summary>
    public required string Ip { get; init; }

    /// <summary>The bytes, hex.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PayloadBin { get; init; }

    /// <summary>When, Unix seconds with fraction.</summary>
    public required double Timestamp { get; init; }

    /// <summary>client, of a command.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Source { get; init; }

    /// <summary>Who asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Uid { get; init; }

    /// <summary>Through which app.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Appid { get; init; }
}
