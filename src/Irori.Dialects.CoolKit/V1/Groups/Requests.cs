using System.Text.Json.Serialization;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.V1.Groups;

/// <summary>What the calls for groups have in common.</summary>
internal abstract record GroupV1Request : V1Request
{
    /// <summary>0; absent: 0.</summary>
    public int? GroupType { get; init; }

    /// <summary>The caller's, who is known by his token.</summary>
    public string? Apikey { get; init; }
}

/// <summary>Makes a group.</summary>
internal sealed record CreateGroupV1Request : GroupV1Request
{
    public required string Name { get; init; }

    /// <summary>Its place in the order.</summary>
    public required int Index { get; init; }
}

/// <summary>Changes name and order of a group.</summary>
internal sealed record UpdateGroupV1Request : GroupV1Request
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Its place in the order.</summary>
    public required int Index { get; init; }
}

/// <summary>Deletes a group.</summary>
internal sealed record DeleteGroupV1Request : GroupV1Request
{
    public required string Id { get; init; }

    /// <summary>0: its devices stay. Absent: 0.</summary>
    public int? Type { get; init; }
}

/// <summary>Moves devices between groups.</summary>
internal sealed record MoveToGroupV1Request : GroupV1Request
{
    /// <summary>The moves. The document's table has an array, its example one alone.</summary>
    [JsonPropertyName("deviceinfos")]
    [JsonConverter(typeof(OneOrMany<GroupMoveV1>))]
    public required IReadOnlyList<GroupMoveV1> DeviceInfos { get; init; }
}

/// <summary>A device leaves a group and enters another.</summary>
internal sealed record GroupMoveV1
{
    [JsonPropertyName("deviceid")]
    public required string DeviceId { get; init; }

    /// <summary>The group that it leaves; empty: none.</summary>
    [JsonPropertyName("source_id")]
    public string? SourceId { get; init; }

    /// <summary>The group that it enters; empty: none.</summary>
    [JsonPropertyName("target_id")]
    public string? TargetId { get; init; }

    /// <summary>1.</summary>
    public int? Type { get; init; }
}

/// <summary>All groups of the account.</summary>
internal sealed record ListGroupsV1Request : GroupV1Request;
