using Irori.Core.Accounts;

namespace Irori.Core.Sharing;

/// <summary>The other person of a share, by his login or by the id of his account.</summary>
public readonly record struct Receiver
{
    private Receiver(Login? login, string? accountId)
    {
        Login = login;
        AccountId = accountId;
    }

    /// <summary>The login, or null.</summary>
    public Login? Login { get; }

    /// <summary>The account's id, or null.</summary>
    public string? AccountId { get; }

    /// <summary>Whoever has this login.</summary>
    public static Receiver Of(Login login) => new(login, null);

    /// <summary>The account of this id.</summary>
    public static Receiver Of(string accountId) => new(null, accountId);
}

/// <summary>What is shared, on which terms. Deadlines and durations are those of the dialect that shares.</summary>
/// <param name="Permit">Rights beyond switching, a sum of the bits of <see cref="TimerRights"/>.</param>
/// <param name="Comment">A note, at most <see cref="MaxComment"/> characters.</param>
public sealed record NewShare(int Permit, string Comment = "")
{
    /// <summary>Longest note, in characters.</summary>
    public const int MaxComment = 256;

    /// <summary>For how many minutes it holds once accepted; null: until it is ended.</summary>
    public int? Minutes { get; init; }
}

/// <summary>How a live question ended.</summary>
public enum LiveAnswer
{
    /// <summary>The receiver accepted: he may use the device now.</summary>
    Accepted,

    /// <summary>The receiver refused.</summary>
    Refused,

    /// <summary>He has the device already; nothing was asked.</summary>
    AlreadyShared,

    /// <summary>Neither accepted nor refused by the deadline; it cannot be accepted any more.</summary>
    TimedOut,
}
