namespace Irori.Core.Accounts;

/// <summary>That a person lets an app in. The app shows the code once and gets a session for it.</summary>
public sealed class OAuthCode
{
    /// <summary>SHA-256 of the code.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Internal key of the app.</summary>
    public required long App { get; init; }

    /// <summary>Internal key of the person's account.</summary>
    public required long Account { get; init; }

    /// <summary>Where the app was answered.</summary>
    public required string Redirect { get; init; }

    /// <summary>The last moment to show it.</summary>
    public required DateTimeOffset Until { get; init; }
}

/// <summary>Storage of OAuth codes.</summary>
public interface IOAuthStore
{
    /// <summary>Adds a code.</summary>
    Task AddAsync(OAuthCode code);

    /// <summary>Removes and answers a code, or null; nobody else gets it.</summary>
    Task<OAuthCode?> TakeAsync(byte[] hash);

    /// <summary>Removes codes whose time was over before; at most <paramref name="limit"/>.</summary>
    Task<int> PurgeAsync(DateTimeOffset before, int limit);
}
