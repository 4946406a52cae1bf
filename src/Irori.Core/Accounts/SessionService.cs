using Irori.Core.Feeds;
using Irori.Core.Installation;
using Irori.Core.Projects;

namespace Irori.Core.Accounts;

/// <summary>Opens, checks, renews and ends sessions by the app's policy.</summary>
public sealed class SessionService(IDatabase database, IBus bus, TimeProvider time)
{
    private static readonly Fault Ended = new(FaultKind.SessionEnded, "The access token is not valid, sign in again");

    /// <summary>Opens a session within a unit of work; older ones of the app end when its policy is one session.</summary>
    internal async Task<OpenedSession> OpenAsync(IStores stores, Account account, App app, string? ip)
    {
        var now = time.GetUtcNow();
        var ended = app.SingleSession ? await stores.Sessions.EndAllAsync(account.No, app.No, except: null, now) : [];
        var tokens = Mint(app, now);
        var no = await stores.Sessions.AddAsync(Row(account.No, app.No, tokens, ip), now);
        return new OpenedSession(new Principal(account, app, no, ip), tokens, ended);
    }

    /// <summary>Who an access token stands for.</summary>
    public Task<Result<Principal>> AuthenticateAsync(string token, string? ip, CancellationToken cancel) => FindAsync(token, evenTooOld: false, ip, cancel);

    /// <summary>Who an access token stands for, also when it is too old: only to renew it.</summary>
    public Task<Result<Principal>> RecognizeAsync(string token, string? ip, CancellationToken cancel) => FindAsync(token, evenTooOld: true, ip, cancel);

    /// <summary>
    /// Exchanges a refresh token for a new pair; the old pair is dead from then on. Who asks shows beside it either the app to which the
    /// session belongs or the session's access token, which may be too old.
    /// </summary>
    public Task<Result<Tokens>> RefreshAsync(string refreshToken, App? app, string? accessToken, CancellationToken cancel) => database.WriteAsync<Tokens>(
        async s =>
        {
            var now = time.GetUtcNow();
            var hash = KeyRing.HashToken(refreshToken);
            var session = await s.Sessions.FindByRefreshAsync(hash);
            if (session is null || session.Ended is not null) return new Fault(FaultKind.SessionEnded, "The refresh token is not valid, sign in again");
            if (session.RefreshUntil <= now) return new Fault(FaultKind.SessionExpired, "The refresh token has expired, sign in again");
            var belongs = app is not null ? app.No == session.App : accessToken is not null && KeyRing.HashToken(accessToken).AsSpan().SequenceEqual(session.AccessHash);
            if (!belongs || await s.Projects.FindAppAsync(session.App) is not { Disabled: false } own) return Ended;
            var tokens = Mint(own, now);
            return await s.Sessions.RotateAsync(session.No, hash, Row(session.Account, session.App, tokens, session.Ip)) ? tokens : Ended;
        },
        cancel);

    /// <summary>Ends the session and its feeds on every node.</summary>
    public async Task<Result<Done>> EndAsync(Principal principal, CancellationToken cancel)
    {
        var ended = await database.WriteAsync<Done>(
            async s =>
            {
                await s.Sessions.EndAsync(principal.Session, time.GetUtcNow());
                return new Done();
            },
            cancel);
        if (ended.IsOk) Announce([principal.Session]);
        return ended;
    }

    /// <summary>Tells every node that sessions have ended, after the commit that ended them.</summary>
    internal void Announce(IReadOnlyList<long> sessions)
    {
        foreach (var session in sessions) bus.Publish(new SessionEnded(session));
    }

    private async Task<Result<Principal>> FindAsync(string token, bool evenTooOld, string? ip, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (await database.FindSessionAsync(KeyRing.HashToken(token), cancel) is not { Session.Ended: null } found) return Ended;
        if (found.Session.AccessUntil <= now && !evenTooOld) return new Fault(FaultKind.SessionExpired, "The access token has expired, refresh it");
        return found.Account.Closed is null && !found.App.Disabled ? new Principal(found.Account, found.App, found.Session.No, ip) : Ended;
    }

    private static Tokens Mint(App app, DateTimeOffset now) =>
        new(Ids.Token(), Ids.Token(), now.AddSeconds(app.AccessSeconds), now.AddSeconds(app.RefreshSeconds));

    private static Session Row(long account, long app, Tokens tokens, string? ip) => new()
    {
        Account = account,
        App = app,
        AccessHash = KeyRing.HashToken(tokens.Access),
        AccessUntil = tokens.AccessUntil,
        RefreshHash = KeyRing.HashToken(tokens.Refresh),
        RefreshUntil = tokens.RefreshUntil,
        Ip = ip,
    };
}

/// <summary>A session that was opened, and those that it displaced.</summary>
public sealed record OpenedSession(Principal Principal, Tokens Tokens, IReadOnlyList<long> Displaced);
