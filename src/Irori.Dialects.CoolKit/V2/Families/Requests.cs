using System.Text.Json.Serialization;

namespace Irori.Dialects.CoolKit.V2.Families;

/// <summary>The homes of a person.</summary>
internal sealed record FamilyListRequest
{
    /// <summary>cn or en.</summary>
    public string? Lang { get; init; }
}

/// <summary>A new home.</summary>
internal sealed record CreateFamilyRequest
{
    public required string Name { get; init; }

    /// <summary>1 a smaller, 2 a larger order number than all others.</summary>
    public required int Sort { get; init; }

    /// <summary>Rooms, in order.</summary>
    public IReadOnlyList<string>? RoomNameList { get; init; }
}

/// <summary>A new room.</summary>
internal sealed record CreateRoomRequest
{
    [JsonPropertyName("familyid")]
    public required string FamilyId { get; init; }

    public required string Name { get; init; }

    /// <summary>1 a smaller, 2 a larger order number than all others.</summary>
    public required int Sort { get; init; }
}

/// <summary>A new name of a home.</summary>
internal sealed record UpdateFamilyRequest
{
    /// <summary>The home; absent: the current one.</summary>
    public string? Id { get; init; }

    public required string Name { get; init; }
}

/// <summary>A new name of a room.</summary>
internal sealed record UpdateRoomRequest
{
    public required string Id { get; init; }

    public required string Name { get; init; }
}

/// <summary>The order of a home's rooms.</summary>
internal sealed record SortRoomsRequest
{
    /// <summary>The home; absent: the current one.</summary>
    [JsonPropertyName("familyid")]
    public string? FamilyId { get; init; }

    /// <summary>All rooms of the home; the first gets number 0.</summary>
    public required IReadOnlyList<string> IdList { get; init; }
}

/// <summary>Deletes a home.</summary>
internal sealed record DeleteFamilyRequest
{
    public required string Id { get; init; }

    /// <summary>The home that gets its things.</summary>
    public required string DeviceFamily { get; init; }

    /// <summary>The home that becomes current.</summary>
    public required string SwitchFamily { get; init; }
}

/// <summary>Names a home or a room.</summary>
internal sealed record IdRequest
{
    public required string Id { get; init; }
}

/// <summary>The order of a home's things.</summary>
internal sealed record SortThingsRequest
{
    /// <summary>The home; absent: the current one.</summary>
    [JsonPropertyName("familyid")]
    public string? FamilyId { get; init; }

    /// <summary>All things of the home; the first gets number 0.</summary>
    public required IReadOnlyList<Devices.ThingRef> ThingList { get; init; }
}

/// <summary>What is in a room.</summary>
internal sealed record RoomThingsRequest
{
    [JsonPropertyName("roomid")]
    public required string RoomId { get; init; }

    /// <summary>What was in it.</summary>
    public required IReadOnlyList<Devices.ThingRef> OldThingList { get; init; }

    /// <summary>What shall be in it.</summary>
    public required IReadOnlyList<Devices.ThingRef> NewThingList { get; init; }
}
