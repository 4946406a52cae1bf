using System.Text.Json;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Groups;

/// <summary>A new group (Gizwits Open API, group.create).</summary>
internal sealed record CreateGroupRequest
{
    /// <summary>Product of its devices, which are controlled as one; left out: a folder.</summary>
    public string? ProductKey { get; init; }

    /// <summary>Its name.</summary>
    public required string GroupName { get; init; }
}

/// <summary>A group.</summary>
internal sealed record GroupIdRequest
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }
}

/// <summary>Another name of a group (Gizwits Open API, group.update).</summary>
internal sealed record RenameGroupRequest
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string GroupName { get; init; }
}

/// <summary>Devices of a group (Gizwits Open API, group.devices).</summary>
internal sealed record GroupDevicesRequest
{
    /// <summary>The group.</summary>
    public required string Id { get; init; }

    /// <summary>1: why it was not done for some.</summary>
    [InQuery]
    public int? ShowDetail { get; init; }

    /// <summary>The devices.</summary>
    public required IReadOnlyList<string> Dids { get; init; }
}

/// <summary>Devices that leave a group (Gizwits Open API, group.devices.remove).</summary>
internal sealed record RemoveGroupDevicesRequest
{
    /// <summary>The group.</summary>
    public required string Id { get; init; }

    /// <summary>The devices.</summary>
    public required IReadOnlyList<string> Dids { get; init; }
}

/// <summary>A command to a group (Gizwits Open API, group.control).</summary>
internal sealed record GroupControlRequest
{
    /// <summary>The group.</summary>
    public required string Id { get; init; }

    /// <summary>Payload of command 0090, in place of attrs.</summary>
    public IReadOnlyList<int>? Raw { get; init; }

    /// <summary>Values by data point.</summary>
    public JsonElement? Attrs { get; init; }
}
