using System.Text.Json.Serialization;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.V2.Users;

/// <summary>A request without parameters.</summary>
internal sealed record EmptyRequest;

/// <summary>Which region serves a calling code.</summary>
internal sealed record RegionRequest
{
    /// <summary>Calling code without plus sign, for instance 86.</summary>
    public required string CountryCode { get; init; }
}

/// <summary>A request that names an account by phone number or e-mail address, exactly one of them.</summary>
internal interface INamesLogin
{
    /// <summary>Complete number, for instance +8618000000000.</summary>
    string? PhoneNumber { get; }

    /// <summary>Address, without regard to case.</summary>
    string? Email { get; }
}

/// <summary>Sign-up.</summary>
internal sealed record RegisterRequest : INamesLogin
{
    /// <summary>Calling code with plus sign.</summary>
    public required string CountryCode { get; init; }

    public string? PhoneNumber { get; init; }

    public string? Email { get; init; }

    /// <summary>The code that was sent, of type 0.</summary>
    public required string VerificationCode { get; init; }

    /// <summary>At least 8 characters with two of digits, letters and others.</summary>
    public required string Password { get; init; }
}

/// <summary>Sign-in by password.</summary>
internal sealed record LoginRequest : INamesLogin
{
    /// <summary>cn or en, the language of messages.</summary>
    public string? Lang { get; init; }

    /// <summary>Calling code with plus sign.</summary>
    public required string CountryCode { get; init; }

    public string? PhoneNumber { get; init; }

    public string? Email { get; init; }

    public required string Password { get; init; }
}

/// <summary>Sign-in by a code of type 4.</summary>
internal sealed record SmsLoginRequest
{
    public required string CountryCode { get; init; }

    public string? Lang { get; init; }

    public required string PhoneNumber { get; init; }

    public required string VerificationCode { get; init; }
}

/// <summary>Asks for a code.</summary>
internal sealed record CodeRequest : INamesLogin
{
    /// <summary>0 sign-up, 1 new password, 3 close account, 4 sign-in.</summary>
    public required int Type { get; init; }

    public string? PhoneNumber { get; init; }

    public string? Email { get; init; }
}

/// <summary>A new password by a code of type 1.</summary>
internal sealed record ResetPasswordRequest : INamesLogin
{
    public string? PhoneNumber { get; init; }

    public string? Email { get; init; }

    public required string VerificationCode { get; init; }

    public required string Password { get; init; }
}

/// <summary>A new password by the old one.</summary>
internal sealed record ChangePasswordRequest
{
    public required string OldPassword { get; init; }

    public required string NewPassword { get; init; }
}

/// <summary>Changes of the profile; what is absent, null or empty stays.</summary>
internal sealed record ProfileRequest
{
    public string? Nickname { get; init; }

    /// <summary>Consent to advertising mail.</summary>
    [JsonConverter(typeof(EmptyIsNull))]
    public bool? AcceptEmailAd { get; init; }

    /// <summary>Only true is taken.</summary>
    [JsonConverter(typeof(EmptyIsNull))]
    public bool? AccountConsult { get; init; }
}

/// <summary>Exchanges a refresh token.</summary>
internal sealed record RefreshRequest
{
    public required string Rt { get; init; }
}

/// <summary>Closes the account by a code of type 3.</summary>
internal sealed record CloseAccountRequest
{
    public required string VerificationCode { get; init; }
}
