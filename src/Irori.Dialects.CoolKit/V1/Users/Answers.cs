using System.Globalization;
using System.Text.Json.Serialization;
using Irori.Core;
using Irori.Core.Accounts;

namespace Irori.Dialects.CoolKit.V1.Users;

/// <summary>A region.</summary>
internal sealed record RegionV1Answer
{
    /// <summary>cn, as, eu or us.</summary>
    public required string Region { get; init; }

    public int Error { get; init; }

    /// <summary>Nonce and time of the request, joined by a hyphen.</summary>
    [JsonPropertyName("requestid")]
    public string? RequestId { get; init; }
}

/// <summary>An answer that says only that it went well.</summary>
internal sealed record Success
{
    public static Success Value { get; } = new();

    public int Error { get; init; }
}

/// <summary>A changed password is told by a sentence, not by an error of 0 (CoolKit v1, password).</summary>
internal sealed record PasswordChanged(string Message);

/// <summary>A signed-in person with fresh tokens; no error field.</summary>
internal sealed record SessionV1Answer
{
    public required string At { get; init; }

    public required string Rt { get; init; }

    public required UserV1 User { get; init; }

    public required string Region { get; init; }

    public static SessionV1Answer Of(Principal who, Tokens tokens) =>
        new() { At = tokens.Access, Rt = tokens.Refresh, User = UserV1.Of(who), Region = who.Account.Region };
}

/// <summary>A person (CoolKit v1, user).</summary>
internal sealed record UserV1
{
    /// <summary>The account's id.</summary>
    public required string Apikey { get; init; }

    public string? PhoneNumber { get; init; }

    public string? Email { get; init; }

    /// <summary>When he signed up, ISO 8601 in UTC.</summary>
    public required string CreatedAt { get; init; }

    public required string AppId { get; init; }

    public required string Lang { get; init; }

    public required string Nickname { get; init; }

    public static UserV1 Of(Principal who) => new()
    {
        Apikey = who.Account.Id,
        PhoneNumber = who.Account.Phone,
        Email = who.Account.Email ?? (who.Account.Phone is null ? "" : null),
        CreatedAt = Iso(who.Account.Created),
        AppId = who.App.Id,
        Lang = who.Account.Lang,
        Nickname = who.Account.Nickname,
    };

    /// <summary>A moment as v1 writes it.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
