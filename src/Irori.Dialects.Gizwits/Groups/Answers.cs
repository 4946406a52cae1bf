using System.Text.Json.Serialization;

namespace Irori.Dialects.Gizwits.Groups;

/// <summary>A group.</summary>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">UTC.</param>
/// <param name="ProductKey">Product of its devices; empty for a folder.</param>
/// <param name="GroupName">Its name.</param>
/// <param name="VerboseName">Name of the product; empty for a folder.</param>
/// <param name="Id">Its id.</param>
internal sealed record GroupAnswer(string CreatedAt, string UpdatedAt, string ProductKey, string GroupName, string VerboseName, string Id);

/// <summary>A new group.</summary>
internal sealed record NewGroupAnswer(string Id);

/// <summary>A device of a group.</summary>
internal sealed record GroupDeviceAnswer(string Did, string Type, string VerboseName, string DevAlias, string ProductKey);

/// <summary>For which devices it was done, and for which not.</summary>
internal sealed record GroupDoneAnswer
{
    /// <summary>Done.</summary>
    public required IReadOnlyList<string> Success { get; init; }

    /// <summary>Not done.</summary>
    public required IReadOnlyList<string> Failed { get; init; }

    /// <summary>Why not, where that was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GroupFailure>? Detail { get; init; }
}

/// <summary>Why it was not done for a device.</summary>
internal sealed record GroupFailure(string Did, string ErrorMessage, int ErrorCode, string DetailMsg);

/// <summary>Whether a device got the command.</summary>
internal sealed record GroupResult(string Did, bool Result);
