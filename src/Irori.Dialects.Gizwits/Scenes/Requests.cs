using System.Text.Json;

namespace Irori.Dialects.Gizwits.Scenes;

/// <summary>One thing that a scene does, in order (Gizwits Open API, user scenes).</summary>
internal record SceneTask
{
    /// <summary>delay, device or group.</summary>
    public string? TaskType { get; init; }

    /// <summary>Of a device.</summary>
    public string? Did { get; init; }

    /// <summary>Of a group of one product.</summary>
    public string? GroupId { get; init; }

    /// <summary>Of a delay: seconds, at most 3600.</summary>
    public int? Time { get; init; }

    /// <summary>Values by data point; binary as Base64.</summary>
    public JsonElement? Attrs { get; init; }

    /// <summary>Payload of command 0090 as Base64, in place of attrs.</summary>
    public string? Raw { get; init; }
}

/// <summary>A scene. Where tasks are left out, their fields stand in it as one task.</summary>
internal abstract record SceneRequest : SceneTask
{
    /// <summary>Its name.</summary>
    public required string SceneName { get; init; }

    /// <summary>Remark.</summary>
    public string? Remark { get; init; }

    /// <summary>What it does.</summary>
    public IReadOnlyList<SceneTask>? Tasks { get; init; }

    /// <summary>What it does, whichever way it is written; null: it is not.</summary>
    public IReadOnlyList<SceneTask>? Written() => Tasks ?? (TaskType is null ? null : [new SceneTask { TaskType = TaskType, Did = Did, GroupId = GroupId, Time = Time, Attrs = Attrs, Raw = Raw }]);
}

/// <summary>A new scene (Gizwits Open API, scene.create).</summary>
internal sealed record CreateSceneRequest : SceneRequest;

/// <summary>Another form of a scene (Gizwits Open API, scene.update).</summary>
internal sealed record UpdateSceneRequest : SceneRequest
{
    /// <summary>The scene.</summary>
    public required string Id { get; init; }
}

/// <summary>A scene.</summary>
internal sealed record SceneIdRequest
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }
}
