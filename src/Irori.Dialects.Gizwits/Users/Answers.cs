using System.Text.Json.Serialization;

namespace Irori.Dialects.Gizwits.Users;

/// <summary>A session that was opened.</summary>
/// <param name="Uid">Id of the person.</param>
/// <param name="Token">His token.</param>
/// <param name="ExpireAt">Its end, Unix seconds.</param>
internal sealed record SessionAnswer(string Uid, string Token, long ExpireAt);

/// <summary>A person (Gizwits Open API, users.get).</summary>
internal sealed record UserAnswer
{
    /// <summary>Chosen name; empty without one.</summary>
    public required string Username { get; init; }

    /// <summary>Phone number; in mainland China without its calling code.</summary>
    public required string Phone { get; init; }

    /// <summary>E-mail address.</summary>
    public required string Email { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>M, F or N.</summary>
    public required string Gender { get; init; }

    /// <summary>YYYY-MM-DD, MM-DD or empty.</summary>
    public required string Birthday { get; init; }

    /// <summary>Postal address.</summary>
    public required string Address { get; init; }

    /// <summary>en or zh-cn.</summary>
    public required string Lang { get; init; }

    /// <summary>Free text.</summary>
    public required string Remark { get; init; }

    /// <summary>Id.</summary>
    public required string Uid { get; init; }

    /// <summary>Whether only the app's device signs in.</summary>
    public required bool IsAnonymous { get; init; }
}

/// <summary>What a person says of himself, beyond his name.</summary>
internal sealed record UserProfile
{
    /// <summary>M, F or N.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Gender { get; init; }

    /// <summary>YYYY-MM-DD or MM-DD.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Birthday { get; init; }

    /// <summary>Postal address.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Address { get; init; }

    /// <summary>Free text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Remark { get; init; }
}

/// <summary>When a person was changed.</summary>
internal sealed record UpdatedAnswer([property: JsonPropertyName("updatedAt")] string UpdatedAt);

/// <summary>An app's token; its end under both names that are in use.</summary>
internal sealed record AppTokenAnswer(string Token, long ExpireAt, long ExpiredAt);

/// <summary>A picture to read.</summary>
/// <param name="CaptchaUrl">Where it is.</param>
/// <param name="CaptchaId">Names it.</param>
internal sealed record CaptchaAnswer(string CaptchaUrl, string CaptchaId);

/// <summary>The answer of <see cref="SmartHomeLoginRequest"/>; HTTP status 200 also when it failed.</summary>
internal sealed record SmartHomeAnswer(bool Error, string Code, string Message, SmartHomeSession? Data);

/// <summary>A session that was opened.</summary>
internal sealed record SmartHomeSession([property: JsonPropertyName("userToken")] string UserToken, string Uid);
