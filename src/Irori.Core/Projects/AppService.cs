using System.Security.Cryptography;
using Irori.Core.Installation;

namespace Irori.Core.Projects;

/// <summary>What an operator says of a new app.</summary>
/// <param name="Dialect">The dialect it will speak.</param>
/// <param name="Kind">Kind of program.</param>
/// <param name="Id">Its id, or null to mint one.</param>
/// <param name="Secret">Its secret, or null to mint one.</param>
/// <param name="SingleSession">Null: by the installation's mode.</param>
/// <param name="AllProducts">Null: by the installation's mode.</param>
public sealed record NewApp(
    string Dialect, AppKind Kind = AppKind.Client, string? Id = null, string? Secret = null, bool? SingleSession = null, bool? AllProducts = null)
{
    /// <summary>Where it may be answered with a code (OAuth): absolute addresses, compared as they are.</summary>
    public IReadOnlyList<string> Redirects { get; init; } = [];
}

/// <summary>An app as its maker gets it, once.</summary>
public sealed record AppSecret(App App, string Secret);

/// <summary>Apps: making them and opening their secret for a signature check.</summary>
public sealed class AppService(IDatabase database, KeyRing keys, InstallationRecord installation)
{
    /// <summary>Most addresses at which one app may be answered with a code.</summary>
    public const int MaxRedirects = 20;

    private const int MaxRedirect = 2_000;
    private const string OwnProject = "irori";

    /// <summary>Access tokens live 30 days (CoolKit v2, tokens).</summary>
    public static readonly TimeSpan AccessLife = TimeSpan.FromDays(30);

    /// <summary>Refresh tokens live 60 days.</summary>
    public static readonly TimeSpan RefreshLife = TimeSpan.FromDays(60);

    /// <summary>Makes an app.</summary>
    public Task<Result<AppSecret>> AddAsync(NewApp wanted, CancellationToken cancel) => database.WriteAsync<AppSecret>(
        async s =>
        {
            if (wanted.Redirects.Select(CheckRedirect).FirstOrDefault(f => f is not null) is { } wrong) return wrong;
            var id = wanted.Id ?? Ids.Token()[..32];
            if (await s.Projects.FindAppAsync(id) is not null) return new Fault(FaultKind.Invalid, $"An app {id} exists already", "id");
            var secret = wanted.Secret ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            var vendor = installation.Mode == InstallationMode.Vendor;
            var app = new App
            {
                Id = id,
                Project = await s.Projects.EnsureProjectAsync(OwnProject, "Irori"),
                Dialect = wanted.Dialect,
                Kind = wanted.Kind,
                SecretEnc = keys.Encrypt(secret),
                SingleSession = wanted.SingleSession ?? vendor,
                AccessSeconds = (long)AccessLife.TotalSeconds,
                RefreshSeconds = (long)RefreshLife.TotalSeconds,
                Disabled = false,
            };
            var no = await s.Projects.AddAppAsync(app);
            foreach (var uri in wanted.Redirects.Distinct(StringComparer.Ordinal)) await s.Projects.AddRedirectAsync(no, uri);
            if (wanted.AllProducts ?? !vendor) await s.Projects.GrantAsync(no, GrantKind.All, 0);
            return new AppSecret(app, secret);
        },
        cancel);

    /// <summary>Makes an app of a given id unless it is there. Safe to repeat, and on several nodes at once.</summary>
    public async Task<Result<Done>> EnsureAsync(NewApp wanted, CancellationToken cancel)
    {
        var added = await AddAsync(wanted, cancel);
        return added.IsOk || added.Fault is { Kind: FaultKind.Invalid, Field: "id" } ? new Done() : added.Fault!;
    }

    /// <summary>The enabled app of an id that speaks the dialect, or <see cref="FaultKind.AppRefused"/>.</summary>
    public async Task<Result<App>> FindAsync(string id, string dialect, CancellationToken cancel)
    {
        var app = await database.ReadAsync(s => s.Projects.FindAppAsync(id), cancel);
        return app is { Disabled: false } && app.Dialect == dialect ? app : new Fault(FaultKind.AppRefused, "The appid is unknown or disabled");
    }

    /// <summary>Apps after an id, by id.</summary>
    public Task<IReadOnlyList<App>> ListAsync(string after, int limit, CancellationToken cancel) =>
        database.ReadAsync(s => s.Projects.ListAppsAsync(after, Math.Clamp(limit, 1, 500)), cancel);

    /// <summary>What is open to an app.</summary>
    public Task<IReadOnlyList<Grant>> GrantsAsync(App app, CancellationToken cancel) => database.ReadAsync(s => s.Projects.GrantsAsync(app.No), cancel);

    /// <summary>Refuses an app everywhere from its next request on, or lets it in again.</summary>
    public Task<Result<Done>> SetDisabledAsync(string id, bool disabled, CancellationToken cancel) => database.WriteAsync<Done>(
        async s => await s.Projects.SetDisabledAsync(id, disabled) ? new Done() : Fault.NotVisible($"app {id}"), cancel);

    /// <summary>Opens every product, the products of a brand (by its name) or one product (by its id) to an app.</summary>
    public Task<Result<Done>> GrantAsync(string id, GrantKind kind, string target, CancellationToken cancel) => database.WriteAsync<Done>(
        async s =>
        {
            if (await s.Projects.FindAppAsync(id) is not { } app) return Fault.NotVisible($"app {id}");
            long? no = kind switch
            {
                GrantKind.Brand => (await s.Products.FindBrandAsync(target))?.No,
                GrantKind.Product => (await s.Products.FindAsync(target))?.Product.No,
                _ => 0,
            };
            if (no is not { } found) return Fault.NotVisible(kind == GrantKind.Brand ? $"brand {target}" : $"product {target}");
            await s.Projects.GrantAsync(app.No, kind, found);
            return new Done();
        },
        cancel);

    /// <summary>Where apps may be answered with a code, by internal key.</summary>
    public async Task<ILookup<long, string>> RedirectsAsync(IReadOnlyCollection<App> apps, CancellationToken cancel)
    {
        var numbers = apps.Select(a => a.No).ToList();
        return (await database.ReadAsync(s => s.Projects.RedirectsAsync(numbers), cancel)).ToLookup(r => r.App, r => r.Uri);
    }

    /// <summary>
    /// Lets an app be answered with a code at an absolute address without a fragment. Safe to repeat. Faults: not visible (app);
    /// <see cref="FaultKind.Invalid"/>; <see cref="FaultKind.LimitReached"/> beyond <see cref="MaxRedirects"/>.
    /// </summary>
    public Task<Result<Done>> AddRedirectAsync(string id, string uri, CancellationToken cancel) => database.WriteAsync<Done>(
        async s =>
        {
            if (CheckRedirect(uri) is { } wrong) return wrong;
            if (await s.Projects.FindAppAsync(id) is not { Kind: not AppKind.Console } app) return Fault.NotVisible($"app {id}");
            if ((await s.Projects.RedirectsAsync(app.No)).Count >= MaxRedirects) return new Fault(FaultKind.LimitReached, $"An app has at most {MaxRedirects} addresses");
            await s.Projects.AddRedirectAsync(app.No, uri);
            return new Done();
        },
        cancel);

    /// <summary>Lets an app be answered at an address no more; codes that were shown there before are good for their minutes. Faults: not visible.</summary>
    public Task<Result<Done>> RemoveRedirectAsync(string id, string uri, CancellationToken cancel) => database.WriteAsync<Done>(
        async s => await s.Projects.FindAppAsync(id) is { } app && await s.Projects.RemoveRedirectAsync(app.No, uri) ? new Done() : Fault.NotVisible("address"), cancel);

    private static Fault? CheckRedirect(string uri) =>
        uri.Length > MaxRedirect || !Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || parsed.IsFile || parsed.Fragment.Length > 0 || uri.Any(char.IsControl)
            ? Fault.Invalid("redirect", $"{uri} is no absolute address without a fragment")
            : null;

    /// <summary>The secret that signs the app's requests. For signature checks only; it is never answered.</summary>
    public string SigningSecret(App app) => keys.DecryptText(app.SecretEnc);
}
