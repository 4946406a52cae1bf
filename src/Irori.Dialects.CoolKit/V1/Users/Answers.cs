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

    public static SessionV1Answer Of(Principal who, Tokens tokens, string? ip) =>
        new() { At = tokens.Access, Rt = tokens.Refresh, User = UserV1.Of(who, ip), Region = who.Account.Region };
}

/// <summary>An app that a person uses.</summary>
internal sealed record AppInfoV1(string AppVersion, string Os);

/// <summary>An account of an infrared cloud.</summary>
internal sealed record InfraredAccountV1(string Username, string Uid, [property: JsonPropertyName("app_id")] string AppId, int AccountType, string Password, string Token);

/// <summary>A person (CoolKit v1, user).</summary>
internal sealed record UserV1
{
    /// <summary>The account's number, 24 hex digits.</summary>
    [JsonPropertyName("_id")]
    public required string No { get; init; }

    /// <summary>The account's id.</summary>
    public required string Apikey { get; init; }

    public string? PhoneNumber { get; init; }

    public string? Email { get; init; }

    /// <summary>When he signed up, ISO 8601 in UTC.</summary>
    public required string CreatedAt { get; init; }

    public required string AppId { get; init; }

    public required string Lang { get; init; }

    public required string Nickname { get; init; }

    /// <summary>Where the request came from.</summary>
    public string? Ip { get; init; }

    /// <summary>Not kept for a person, whose apps come and go by themselves: absent, as in most of the document's examples.</summary>
    public bool? Online { get; init; }

    /// <summary>As <see cref="Online"/>.</summary>
    public string? OnlineTime { get; init; }

    /// <summary>As <see cref="Online"/>.</summary>
    public string? OfflineTime { get; init; }

    /// <summary>An address is not looked up: absent.</summary>
    public string? Location { get; init; }

    /// <summary>As <see cref="Online"/>.</summary>
    public IReadOnlyList<AppInfoV1>? AppInfos { get; init; }

    /// <summary>An account of another vendor's infrared cloud, which nobody has here: absent.</summary>
    public InfraredAccountV1? YanKanYunInfo { get; init; }

    public static UserV1 Of(Principal who, string? ip) => new()
    {
        No = HexNo(who.Account.No),
        Ip = ip,
        Apikey = who.Account.Id,
        PhoneNumber = who.Account.Phone,
        Email = who.Account.Email ?? (who.Account.Phone is null ? "" : null),
        CreatedAt = Iso(who.Account.Created),
        AppId = who.App.Id,
        Lang = who.Account.Lang,
        Nickname = who.Account.Nickname,
    };

    /// <summary>A number in the form of v1's internal ids.</summary>
    public static string HexNo(long no) => no.ToString("x24", CultureInfo.InvariantCulture);

    /// <summary>A moment as v1 writes it.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
