namespace Irori.Core;

/// <summary>The closed list of ways in which an operation can fail. Dialects map these, and where they need it the reason, to their own codes.</summary>
public enum FaultKind
{
    /// <summary>A value is missing, mistyped or out of range; <see cref="Fault.Field"/> names it.</summary>
    Invalid,

    /// <summary>Does not exist, or may not be seen by who is asking: the two look the same from outside.</summary>
    NotVisible,

    /// <summary>Visible, but the role does not allow the operation.</summary>
    NotAllowed,

    /// <summary>The app is unknown, disabled, or has no right to what is asked.</summary>
    AppRefused,

    /// <summary>The app's signature or other proof of the app is wrong.</summary>
    BadSignature,

    /// <summary>The token is unknown or its session has ended.</summary>
    SessionEnded,

    /// <summary>The token is known and too old.</summary>
    SessionExpired,

    /// <summary>The account belongs to a region that this installation does not serve; <see cref="Fault.Detail"/> names the region.</summary>
    OtherRegion,

    /// <summary>No account has this login.</summary>
    NoSuchAccount,

    /// <summary>The login is taken.</summary>
    AccountExists,

    /// <summary>The password is wrong.</summary>
    WrongPassword,

    /// <summary>The verification code is wrong, used up or expired.</summary>
    WrongCode,

    /// <summary>Too many of these; <see cref="Fault.RetryAfter"/> says when to come back.</summary>
    Throttled,

    /// <summary>A limit of the installation or the dialect is reached.</summary>
    LimitReached,

    /// <summary>The device has no open link.</summary>
    Offline,

    /// <summary>The device got the command and did not answer by the deadline; whether it obeyed is unknown.</summary>
    NoAnswer,

    /// <summary>The device has a link, but the command could not be handed to it by the deadline; it was not sent.</summary>
    Undelivered,

    /// <summary>The device answered that it refuses; <see cref="Fault.Detail"/> is its own code.</summary>
    Rejected,

    /// <summary>The device is not in the records of made, imported or adoptable devices.</summary>
    NotManufactured,

    /// <summary>The proof that the caller holds the device is wrong.</summary>
    WrongProof,

    /// <summary>The device belongs to an account already, and what was asked takes only one that is free.</summary>
    AlreadyBound,

    /// <summary>A newer link or state has taken the place of the one that asked.</summary>
    Superseded,

    /// <summary>The installation cannot do it now (database away, disk full, queue full); nothing was changed.</summary>
    Unavailable,
}

/// <summary>Why an operation failed.</summary>
/// <param name="Kind">One of the closed list.</param>
/// <param name="Reason">A sentence for the person who debugs the client. Holds no secret.</param>
/// <param name="Field">The input that is at fault, in Irori's words, or null.</param>
/// <param name="Detail">What a dialect needs to answer: a region, a device's own code.</param>
/// <param name="RetryAfter">When to come back, for <see cref="FaultKind.Throttled"/> and <see cref="FaultKind.Unavailable"/>.</param>
public sealed record Fault(FaultKind Kind, string Reason, string? Field = null, string? Detail = null, TimeSpan? RetryAfter = null)
{
    /// <summary>A value that is missing, mistyped or out of range.</summary>
    public static Fault Invalid(string field, string reason) => new(FaultKind.Invalid, reason, field);

    /// <summary>Absent, or foreign to who is asking.</summary>
    public static Fault NotVisible(string what) => new(FaultKind.NotVisible, $"{what} not found");

    /// <summary>Visible but not permitted.</summary>
    public static Fault NotAllowed(string reason) => new(FaultKind.NotAllowed, reason);
}
