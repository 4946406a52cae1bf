using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Scenes;

/// <summary>The id of a scene.</summary>
internal sealed record SceneIdAnswer(string Id);

/// <summary>How far a scene is: 0 runs, 1 is finished, 2 has failed, 3 does not run.</summary>
internal sealed record SceneStatusAnswer(int Status);

/// <summary>A scene as its app wrote it; kept with it.</summary>
internal sealed record SceneWritten(string Remark, IReadOnlyList<SceneTask> Tasks);

/// <summary>A scene.</summary>
internal sealed record SceneAnswer(string Id, string SceneName, string Remark, string CreatedAt, string UpdatedAt, IReadOnlyList<SceneTaskAnswer> Tasks);

/// <summary>One thing that a scene does. What it has not is empty.</summary>
internal sealed record SceneTaskAnswer
{
    /// <summary>delay, device or group.</summary>
    public required string TaskType { get; init; }

    /// <summary>The device.</summary>
    public required string Did { get; init; }

    /// <summary>Product of the device or group.</summary>
    public required string ProductKey { get; init; }

    /// <summary>The group.</summary>
    public required string GroupId { get; init; }

    /// <summary>Its name.</summary>
    public required string GroupName { get; init; }

    /// <summary>Payload as Base64.</summary>
    public required string Raw { get; init; }

    /// <summary>Values by data point.</summary>
    public required RawJson Attrs { get; init; }

    /// <summary>The person's remark on the device.</summary>
    public required string DevRemark { get; init; }

    /// <summary>What the person calls it.</summary>
    public required string DevAlias { get; init; }

    /// <summary>Name of the product.</summary>
    public required string VerboseName { get; init; }

    /// <summary>Seconds of a delay.</summary>
    public required int Time { get; init; }
}
