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
    string Dialect, AppKind Kind = AppKind.Client, string? Id = null, string? Secret = null, bool? SingleSession = null, bool? AllProducts = null);

/// <summary>An app as its maker gets it, once.</summary>
public sealed record AppSecret(App App, string Secret);

/// <summary>Apps: making them and opening their secret for a signature check.</summary>
public sealed class AppService(IDatabase database, KeyRing keys, InstallationRecord installation)
{
    private const string OwnProject = "irori";

    /// <summary>Access tokens live 30 days (CoolKit v2, tokens).</summary>
    public static readonly TimeSpan AccessLife = TimeSpan.FromDays(30);

    /// <summary>Refresh tokens live 60 days.</summary>
    public static readonly TimeSpan RefreshLife = TimeSpan.FromDays(60);

    /// <summary>Makes an app.</summary>
    public Task<Result<AppSecret>> AddAsync(NewApp wanted, CancellationToken cancel) => database.WriteAsync<AppSecret>(
        async s =>
        {
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

    /// <summary>The secret that signs the app's requests. For signature checks only; it is never answered.</summary>
    public string SigningSecret(App app) => keys.DecryptText(app.SecretEnc);
}
