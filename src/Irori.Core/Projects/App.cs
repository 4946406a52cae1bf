namespace Irori.Core.Projects;

/// <summary>What kind of program an app is.</summary>
public enum AppKind
{
    /// <summary>Runs at a user's; its key is public.</summary>
    Client,

    /// <summary>A vendor's back end; its secret is secret.</summary>
    Cloud,

    /// <summary>A third party acting for a user by OAuth.</summary>
    OAuth,

    /// <summary>Irori's own console.</summary>
    Console,
}

/// <summary>A client program's key and secret.</summary>
public sealed class App
{
    /// <summary>Internal key.</summary>
    public long No { get; init; }

    /// <summary>What the program shows: appid, Application-Id, AppKey.</summary>
    public required string Id { get; init; }

    /// <summary>The owning project.</summary>
    public required long Project { get; init; }

    /// <summary>The dialect it speaks.</summary>
    public required string Dialect { get; init; }

    /// <summary>Kind of program.</summary>
    public required AppKind Kind { get; init; }

    /// <summary>The secret, encrypted by the key ring.</summary>
    public required byte[] SecretEnc { get; init; }

    /// <summary>True: a new login ends the account's older sessions of this app.</summary>
    public required bool SingleSession { get; init; }

    /// <summary>Life of an access token in seconds.</summary>
    public required long AccessSeconds { get; init; }

    /// <summary>Life of a refresh token in seconds.</summary>
    public required long RefreshSeconds { get; init; }

    /// <summary>True: refused everywhere.</summary>
    public required bool Disabled { get; init; }
}

/// <summary>What a grant opens to an app.</summary>
public enum GrantKind
{
    /// <summary>Every product.</summary>
    All,

    /// <summary>The products of a brand.</summary>
    Brand,

    /// <summary>One product.</summary>
    Product,
}

/// <summary>What is open to an app.</summary>
public sealed class Grant
{
    /// <summary>All, the products of a brand, or one product.</summary>
    public required GrantKind Kind { get; init; }

    /// <summary>Name of the brand, id of the product, or empty for all.</summary>
    public required string Target { get; init; }
}

/// <summary>Where an app may be answered with a code (OAuth).</summary>
public sealed class AppRedirect
{
    /// <summary>Internal key of the app.</summary>
    public required long App { get; init; }

    /// <summary>An absolute address, compared as it is.</summary>
    public required string Uri { get; init; }
}

/// <summary>Storage of projects, apps and grants.</summary>
public interface IProjectStore
{
    /// <summary>The internal key of a project, made when it does not exist.</summary>
    Task<long> EnsureProjectAsync(string id, string name);

    /// <summary>The app of an id, or null.</summary>
    Task<App?> FindAppAsync(string id);

    /// <summary>The app of an internal key, or null.</summary>
    Task<App?> FindAppAsync(long no);

    /// <summary>All apps, by id.</summary>
    Task<IReadOnlyList<App>> ListAppsAsync(string after, int limit);

    /// <summary>Adds an app and answers its internal key.</summary>
    Task<long> AddAppAsync(App app);

    /// <summary>Where an app may be answered with a code.</summary>
    Task<IReadOnlyList<string>> RedirectsAsync(long app);

    /// <summary>Where apps may be answered with a code: pairs of app and address, by address.</summary>
    Task<IReadOnlyList<AppRedirect>> RedirectsAsync(IReadOnlyCollection<long> apps);

    /// <summary>Lets an app be answered somewhere. Safe to repeat.</summary>
    Task AddRedirectAsync(long app, string uri);

    /// <summary>Lets an app be answered there no more; false when it was not.</summary>
    Task<bool> RemoveRedirectAsync(long app, string uri);

    /// <summary>Products that an app sees, or null when it sees all.</summary>
    Task<IReadOnlySet<long>?> VisibleProductsAsync(long app);

    /// <summary>Refuses an app everywhere, or lets it in again; false when there is none of this id.</summary>
    Task<bool> SetDisabledAsync(string id, bool disabled);

    /// <summary>What is open to an app.</summary>
    Task<IReadOnlyList<Grant>> GrantsAsync(long app);

    /// <summary>Opens products to an app; <paramref name="target"/> is 0 for all.</summary>
    Task GrantAsync(long app, GrantKind kind, long target);
}
