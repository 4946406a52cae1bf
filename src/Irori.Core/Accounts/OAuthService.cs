using Irori.Core.Installation;
using Irori.Core.Projects;

namespace Irori.Core.Accounts;

/// <summary>
/// OAuth 2.0, authorization code: a person signs in at Irori and lets an app in, which exchanges the code that it is answered for a session. An app is
/// answered only where its operator said.
/// </summary>
public sealed class OAuthService(IDatabase database, AccountService accounts, SessionService sessions, TimeProvider time)
{
    /// <summary>How long a code can be exchanged.</summary>
    public static readonly TimeSpan CodeLife = TimeSpan.FromSeconds(30);

    private static readonly Fault Refused = Fault.NotAllowed("The code is unknown, used, too old, or was answered to somebody else");

    /// <summary>Whether an app may be answered at an address.</summary>
    public async Task<bool> MayReturnAsync(App app, string redirect, CancellationToken cancel) =>
        (await database.ReadAsync(s => s.Projects.RedirectsAsync(app.No), cancel)).Contains(redirect, StringComparer.Ordinal);

    /// <summary>
    /// A person lets an app in. Faults: <see cref="FaultKind.Invalid"/> for an address that is not the app's, and those of signing in by a password.
    /// </summary>
    public async Task<Result<GrantedCode>> GrantAsync(App app, string redirect, Login login, string password, string? ip, CancellationToken cancel)
    {
        if (!await MayReturnAsync(app, redirect, cancel)) return Fault.Invalid("redirectUrl", "redirectUrl is not one of the app's");
        if (!(await accounts.AuthenticateAsync(login, password, ip, cancel)).Try(out var account, out var fault)) return fault;
        var code = Ids.Token();
        return await database.WriteAsync<GrantedCode>(
            async s =>
            {
                await s.OAuth.AddAsync(new OAuthCode { Hash = KeyRing.HashToken(code), App = app.No, Account = account.No, Redirect = redirect, Until = time.GetUtcNow() + CodeLife });
                return new GrantedCode(code, account);
            },
            cancel);
    }

    /// <summary>
    /// Opens a session for a code, once. <see cref="FaultKind.NotAllowed"/>: it is unknown, used, too old, another app's, or was answered elsewhere.
    /// </summary>
    public async Task<Result<OpenedSession>> RedeemAsync(App app, string code, string redirect, string? ip, CancellationToken cancel)
    {
        var opened = await database.WriteAsync<OpenedSession>(
            async s =>
            {
                // What is refused is not used up: a fault leaves everything as it was.
                if (await s.OAuth.TakeAsync(KeyRing.HashToken(code)) is not { } granted) return Refused;
                if (granted.App != app.No || granted.Redirect != redirect || granted.Until <= time.GetUtcNow()) return Refused;
                return await s.Accounts.FindAsync(granted.Account) is { Closed: null } account ? await sessions.OpenAsync(s, account, app, ip) : Refused;
            },
            cancel);
        if (opened.IsOk) sessions.Announce(opened.Value.Displaced);
        return opened;
    }
}

/// <summary>A code as it is answered, once, and whose it is.</summary>
public sealed record GrantedCode(string Code, Account Account);
