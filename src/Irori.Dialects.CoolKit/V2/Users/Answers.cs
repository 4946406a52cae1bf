using Irori.Core.Accounts;

namespace Irori.Dialects.CoolKit.V2.Users;

/// <summary>A region.</summary>
/// <param name="Region">as, cn, us or eu.</param>
internal sealed record RegionData(string Region);

/// <summary>A person, as apps see him.</summary>
internal sealed record UserData
{
    /// <summary>Advanced: everything that an installation of one's own can do is allowed.</summary>
    private const int Advanced = 20;

    public required string CountryCode { get; init; }

    public string? PhoneNumber { get; init; }

    public string? Email { get; init; }

    /// <summary>The account's id.</summary>
    public required string Apikey { get; init; }

    public string? Nickname { get; init; }

    public string? WxServiceId { get; init; }

    public string? WxAppId { get; init; }

    public string? WxId { get; init; }

    public string? WxOpenId { get; init; }

    public Wire.RawJson? YanKanYunInfo { get; init; }

    /// <summary>10 free, 20 advanced, 30 pro.</summary>
    public required int AccountLevel { get; init; }

    /// <summary>End of the membership in milliseconds; absent: never.</summary>
    public long? LevelExpiredAt { get; init; }

    /// <summary>True: nothing can be bought here.</summary>
    public bool DenyRecharge { get; init; } = true;

    public bool AccountConsult { get; init; }

    public bool AcceptEmailAd { get; init; }

    /// <summary>ISO 3166 country of the caller's address; absent where it is not known.</summary>
    public string? IpCountry { get; init; }

    // Phone number and address are never both absent (CoolKit v2, user object): an account that has neither shows an empty address.
    public static UserData Of(Account account) => new()
    {
        CountryCode = account.CallingCode,
        PhoneNumber = account.Phone,
        Email = account.Email ?? (account.Phone is null ? "" : null),
        Apikey = account.Id,
        Nickname = account.Nickname,
        AccountLevel = Advanced,
        AccountConsult = account.Consulted,
        AcceptEmailAd = account.AcceptsAds,
    };
}

/// <summary>A signed-in person with fresh tokens.</summary>
/// <param name="User">Who.</param>
/// <param name="At">Access token.</param>
/// <param name="Rt">Refresh token.</param>
/// <param name="Region">Where the account lives.</param>
internal sealed record SessionData(UserData User, string At, string Rt, string Region)
{
    public static SessionData Of(OpenedSession opened) =>
        new(UserData.Of(opened.Principal.Account), opened.Tokens.Access, opened.Tokens.Refresh, opened.Principal.Account.Region);
}

/// <summary>Fresh tokens.</summary>
internal sealed record TokenData(string At, string Rt);

/// <summary>The signed-in person.</summary>
internal sealed record ProfileData(UserData User, string Region);
