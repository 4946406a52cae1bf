using System.Text.Json.Serialization;

namespace Irori.Dialects.CoolKit.V1.Groups;

/// <summary>A group was made.</summary>
internal sealed record GroupMadeAnswer(int Error, [property: JsonPropertyName("groupid")] string GroupId);

/// <summary>All groups, in order.</summary>
internal sealed record GroupsV1Answer(int Error, [property: JsonPropertyName("groupinfos")] IReadOnlyList<GroupV1> GroupInfos);

/// <summary>A group.</summary>
/// <param name="Id">24 hex digits.</param>
/// <param name="Index">Its place in the order.</param>
/// <param name="CreatedAt">ISO 8601 in UTC.</param>
internal sealed record GroupV1(string Id, string Name, long Index, string CreatedAt);
