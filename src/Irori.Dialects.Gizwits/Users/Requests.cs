using System.Text.Json.Serialization;

namespace Irori.Dialects.Gizwits.Users;

/// <summary>Sign-up, or sign-in of an anonymous or a third party's person (Gizwits Open API, users.create).</summary>
internal sealed record CreateUserRequest
{
    /// <summary>An anonymous person: what the app calls its device.</summary>
    public string? PhoneId { get; init; }

    /// <summary>A chosen name; with <see cref="Password"/>.</summary>
    public string? Username { get; init; }

    /// <summary>Password of a name, phone or e-mail sign-up.</summary>
    public string? Password { get; init; }

    /// <summary>E-mail address; with <see cref="Password"/>.</summary>
    public string? Email { get; init; }

    /// <summary>Phone number; with <see cref="Password"/> and <see cref="Code"/>.</summary>
    public string? Phone { get; init; }

    /// <summary>Code that was sent to the phone.</summary>
    public string? Code { get; init; }

    /// <summary>en or zh-cn.</summary>
    public string? Lang { get; init; }

    /// <summary>A third party's word.</summary>
    [JsonPropertyName("authData")]
    public AuthData? AuthData { get; init; }

    /// <summary>Member of <see cref="AuthData"/>, where the document's table puts it.</summary>
    public string? Src { get; init; }

    /// <summary>Member of <see cref="AuthData"/>, where the document's table puts it.</summary>
    public string? Uid { get; init; }

    /// <summary>Member of <see cref="AuthData"/>, where the document's table puts it.</summary>
    public string? Token { get; init; }
}

/// <summary>What a third party says of a person.</summary>
internal sealed record AuthData
{
    /// <summary>Name of the third party, for instance wechat.</summary>
    public required string Src { get; init; }

    /// <summary>Its id of the person.</summary>
    public required string Uid { get; init; }

    /// <summary>Its token.</summary>
    public required string Token { get; init; }
}

/// <summary>Changes of a person (Gizwits Open API, users.update).</summary>
internal sealed record UpdateUserRequest
{
    /// <summary>A name for an anonymous person; with <see cref="Password"/>.</summary>
    public string? Username { get; init; }

    /// <summary>Password for an anonymous person.</summary>
    public string? Password { get; init; }

    /// <summary>A phone number for an anonymous person with <see cref="Password"/>, else another number; with <see cref="Code"/>.</summary>
    public string? Phone { get; init; }

    /// <summary>Code that was sent to the phone.</summary>
    public string? Code { get; init; }

    /// <summary>The present password; with <see cref="NewPwd"/>.</summary>
    public string? OldPwd { get; init; }

    /// <summary>The password from now on.</summary>
    public string? NewPwd { get; init; }

    /// <summary>An address for an anonymous person; with <see cref="Password"/>.</summary>
    public string? Email { get; init; }

    /// <summary>Display name.</summary>
    public string? Name { get; init; }

    /// <summary>M, F or N.</summary>
    public string? Gender { get; init; }

    /// <summary>YYYY-MM-DD or MM-DD.</summary>
    public string? Birthday { get; init; }

    /// <summary>Postal address.</summary>
    public string? Address { get; init; }

    /// <summary>en or zh-cn.</summary>
    public string? Lang { get; init; }

    /// <summary>Free text.</summary>
    public string? Remark { get; init; }
}

/// <summary>Sign-in with a password (Gizwits Open API, login).</summary>
internal sealed record LoginRequest
{
    /// <summary>Name, e-mail address or phone number.</summary>
    public required string Username { get; init; }

    /// <summary>Password.</summary>
    public required string Password { get; init; }

    /// <summary>en or zh-cn.</summary>
    public string? Lang { get; init; }
}

/// <summary>Sign-in as newer apps do it; not in the document.</summary>
internal sealed record SmartHomeLoginRequest
{
    /// <summary>Who signs in.</summary>
    public required SmartHomeLoginData Data { get; init; }
}

/// <summary>Who signs in.</summary>
internal sealed record SmartHomeLoginData
{
    /// <summary>Name, e-mail address or phone number.</summary>
    public required string Account { get; init; }

    /// <summary>Password.</summary>
    public required string Password { get; init; }

    /// <summary>en or zh-cn.</summary>
    public string? Lang { get; init; }
}

/// <summary>A new password: a link is mailed, or a code was sent (Gizwits Open API, reset-password).</summary>
internal sealed record ResetPasswordRequest
{
    /// <summary>Where a link is mailed to.</summary>
    public string? Email { get; init; }

    /// <summary>Whose code it is.</summary>
    public string? Phone { get; init; }

    /// <summary>The password from now on.</summary>
    public string? NewPwd { get; init; }

    /// <summary>Code that was sent to the phone.</summary>
    public string? Code { get; init; }
}

/// <summary>Sends a code, or checks one (Gizwits Open API, sms-code).</summary>
internal sealed record SmsCodeRequest
{
    /// <summary>Number in mainland China, or any with + and its calling code.</summary>
    public required string Phone { get; init; }

    /// <summary>The code to check; left out: one is sent.</summary>
    public string? Code { get; init; }
}

/// <summary>The text of a picture, for a code (Gizwits Open API, verify-codes.post).</summary>
internal sealed record CaptchaRequest
{
    /// <summary>Names the picture.</summary>
    public required string CaptchaId { get; init; }

    /// <summary>What stands in it.</summary>
    public required string CaptchaCode { get; init; }

    /// <summary>Where the code is sent to.</summary>
    public required string Phone { get; init; }
}

/// <summary>Checks a code (Gizwits Open API, verify-codes.put).</summary>
internal sealed record CheckCodeRequest
{
    /// <summary>Whose code it is.</summary>
    public required string Phone { get; init; }

    /// <summary>The code.</summary>
    public required string SmsCode { get; init; }
}
