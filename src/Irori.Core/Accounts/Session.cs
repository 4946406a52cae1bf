namespace Irori.Core.Accounts;

/// <summary>A signed-in person in an app. Tokens are stored hashed.</summary>
public sealed class Session
{
    /// <summary>Internal key.</summary>
    public long No { get; init; }

    /// <summary>The person.</summary>
    public required long Account { get; init; }

    /// <summary>The app.</summary>
    public required long App { get; init; }

    /// <summary>SHA-256 of the access token.</summary>
    public required byte[] AccessHash { get; init; }

    /// <summary>The access token is good until then.</summary>
    public required DateTimeOffset AccessUntil { get; init; }

    /// <summary>SHA-256 of the refresh token.</summary>
    public required byte[] RefreshHash { get; init; }

    /// <summary>The refresh token is good until then.</summary>
    public required DateTimeOffset RefreshUntil { get; init; }

    /// <summary>When it was ended: sign-out, a newer login, a new password.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Address it was opened from.</summary>
    public string? Ip { get; init; }
}

/// <summary>A pair of fresh tokens, shown once.</summary>
public sealed record Tokens(string Access, string Refresh, DateTimeOffset AccessUntil, DateTimeOffset RefreshUntil);

/// <summary>A session with whose it is and through what.</summary>
public sealed record SignedIn(Session Session, Account Account, Projects.App App);

/// <summary>Storage of sessions.</summary>
public interface ISessionStore
{
    /// <summary>Adds a session and answers its internal key.</summary>
    Task<long> AddAsync(Session session, DateTimeOffset now);

    /// <summary>The session of an access token with its person and app, ended, closed and disabled ones too, or null.</summary>
    Task<SignedIn?> FindByAccessAsync(byte[] hash);

    /// <summary>The session of a refresh token, ended ones too, or null.</summary>
    Task<Session?> FindByRefreshAsync(byte[] hash);

    /// <summary>Replaces both tokens; false when the refresh token was used meanwhile.</summary>
    Task<bool> RotateAsync(long session, byte[] oldRefresh, Session renewed);

    /// <summary>Ends one session.</summary>
    Task EndAsync(long session, DateTimeOffset now);

    /// <summary>Ends the account's open sessions, of one app or all, but for one, and answers which.</summary>
    Task<IReadOnlyList<long>> EndAllAsync(long account, long? app, long? except, DateTimeOffset now);

    /// <summary>Which of these sessions may go on: not ended, of an app that is not disabled.</summary>
    Task<IReadOnlyList<long>> OpenAmongAsync(IReadOnlyList<long> sessions);

    /// <summary>Removes sessions that ended, or whose refresh token expired, before a time; at most <paramref name="limit"/>.</summary>
    Task<int> PurgeAsync(DateTimeOffset before, int limit);
}
