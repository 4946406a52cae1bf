using System.Text.Json.Serialization;

namespace Irori.Dialects.CoolKit.V1.Users;

/// <summary>Which region serves a calling code.</summary>
internal sealed record RegionV1Request : V1Request
{
    /// <summary>Calling code without plus sign; absent: where this installation signs people up.</summary>
    [JsonPropertyName("country_code")]
    public string? CountryCode { get; init; }
}

/// <summary>Asks for a code.</summary>
internal sealed record SmsRequest : V1Request
{
    /// <summary>"0" sign-up, "1" new password, "3" close account, "4" sign-in.</summary>
    public required string SendType { get; init; }

    public string? Email { get; init; }

    /// <summary>Phone number with calling code.</summary>
    public string? To { get; init; }
}

/// <summary>A request that names an account; the phone number goes before the address.</summary>
internal abstract record NamedRequest : V1Request
{
    public string? PhoneNumber { get; init; }

    public string? Email { get; init; }
}

/// <summary>Sign-up.</summary>
internal sealed record RegisterV1Request : NamedRequest
{
    public required string VerificationCode { get; init; }

    public required string Password { get; init; }
}

/// <summary>Sign-in by password.</summary>
internal sealed record LoginV1Request : NamedRequest
{
    public required string Password { get; init; }
}

/// <summary>A new password by a code.</summary>
internal sealed record ResetPasswordV1Request : NamedRequest
{
    public required string VerificationCode { get; init; }

    /// <summary>The new one.</summary>
    public required string Password { get; init; }
}

/// <summary>A new password by the old one.</summary>
internal sealed record ChangePasswordV1Request : V1Request
{
    public required string OldPassword { get; init; }

    public required string NewPassword { get; init; }
}

/// <summary>Exchanges a refresh token.</summary>
internal sealed record RefreshV1Request : V1Request
{
    public required string Rt { get; init; }

    /// <summary>refresh.</summary>
    public string? GrantType { get; init; }
}
