using Irori.Core.Bindings;
using Irori.Core.Homes;
using Irori.Core.Projects;
using Irori.Core.Sharing;

namespace Irori.Core.Accounts;

/// <summary>What a sign-up says.</summary>
public sealed record NewAccount(Login Login, string Password, string Code, string Region, string CallingCode, string Lang = "en", string Nickname = "")
{
    /// <summary>What the code was sent for.</summary>
    public CodePurpose Purpose { get; init; } = CodePurpose.Register;
}

/// <summary>What of a profile to change; null leaves a value as it is.</summary>
public sealed record ProfileChange(string? Nickname = null, bool? AcceptsAds = null, bool? Consulted = null, string? Lang = null);

/// <summary>People: sign-up, sign-in, passwords, profile, leaving.</summary>
public sealed class AccountService(
    IDatabase database,
    SessionService sessions,
    CodeService codes,
    BindingService bindings,
    HomeMembers members,
    IPasswordHasher hasher,
    SignInThrottle throttle,
    RegionPolicy regions,
    TimeProvider time)
{
    private static readonly SemaphoreSlim Hashing = new(Environment.ProcessorCount);

    /// <summary>Longest nickname, in characters.</summary>
    public const int MaxNickname = 64;

    /// <summary>Creates an account with a verified login and signs it in.</summary>
    public async Task<Result<OpenedSession>> RegisterAsync(NewAccount wanted, App app, string? ip, CancellationToken cancel)
    {
        if (PasswordRule.Check(wanted.Password) is { } weak) return weak;
        if (!regions.Serves(wanted.Region)) return OtherRegion(wanted.Region);
        if (await FindAsync(wanted.Login, cancel) is { } existing) return regions.Serves(existing.Region) ? Exists : OtherRegion(existing.Region);
        if (!(await codes.VerifyAsync(wanted.Login, wanted.Purpose, wanted.Code, cancel)).Try(out var code, out var wrong)) return wrong;
        var hash = await HashAsync(wanted.Password);
        return await SignedInAsync(
            async s =>
            {
                if (!await CodeService.UseAsync(s, code)) return CodeService.Wrong;
                var account = Row(wanted, hash);
                if (await s.Accounts.AddAsync(account, wanted.Login, time.GetUtcNow()) is not { } no) return Exists;
                return await sessions.OpenAsync(s, (await s.Accounts.FindAsync(no))!, app, ip);
            },
            cancel);
    }

    /// <summary>Creates an account by the operator's word, without a code and without signing in.</summary>
    public async Task<Result<Account>> AddAsync(Login login, string password, string region, string callingCode, string nickname, CancellationToken cancel)
    {
        if (PasswordRule.Check(password) is { } weak) return weak;
        var hash = await HashAsync(password);
        return await database.WriteAsync<Account>(
            async s =>
            {
                var account = Row(new NewAccount(login, password, "", region, callingCode, Nickname: nickname), hash);
                return await s.Accounts.AddAsync(account, login, time.GetUtcNow()) is { } no ? (await s.Accounts.FindAsync(no))! : Exists;
            },
            cancel);
    }

    /// <summary>Signs in with a password.</summary>
    public async Task<Result<OpenedSession>> SignInAsync(Login login, string password, string? lang, App app, string? ip, CancellationToken cancel) =>
        (await AuthenticateAsync(login, password, ip, cancel)).Try(out var account, out var fault)
            ? await SignedInAsync(s => OpenAsync(s, account, lang, app, ip), cancel)
            : fault;

    /// <summary>Who has this login, if the password is his. Tries are bounded and counted.</summary>
    internal async Task<Result<Account>> AuthenticateAsync(Login login, string password, string? ip, CancellationToken cancel)
    {
        if (throttle.Begin(login, ip) is { } wait) return Refused(wait);
        if (!(await ServedAsync(login, cancel)).Try(out var account, out var fault))
        {
            // As long as for an account that is there: the time does not tell which logins exist.
            if (fault.Kind == FaultKind.NoSuchAccount) await HashAsync(password.Length <= PasswordRule.MaxLength ? password : "");
            return Refused(fault);
        }

        if (!await VerifyAsync(account, password)) return Refused(new Fault(FaultKind.WrongPassword, "The password is wrong", "password"));

        throttle.Succeeded(login, ip);
        return account;
    }

    /// <summary>Signs in with a code that was sent to the login.</summary>
    public async Task<Result<OpenedSession>> SignInByCodeAsync(Login login, string code, string? lang, App app, string? ip, CancellationToken cancel)
    {
        if (!(await ServedAsync(login, cancel)).Try(out var account, out var fault)) return Refused(fault);
        if (!(await codes.VerifyAsync(login, CodePurpose.SignIn, code, cancel)).Try(out var verified, out fault)) return Refused(fault);
        return await SignedInAsync(
            async s => await CodeService.UseAsync(s, verified) ? await OpenAsync(s, account, lang, app, ip) : CodeService.Wrong, cancel);
    }

    /// <summary>Sends a code; what it is for decides whether the login must or must not exist.</summary>
    public Task<Result<Done>> SendCodeAsync(Login login, CodePurpose purpose, CancellationToken cancel) => SendCodeAsync(login, purpose, link: null, cancel);

    /// <summary>
    /// Sends a code, or the address that is made of it; what it is for decides whether the login must or must not exist.
    /// </summary>
    public async Task<Result<Done>> SendCodeAsync(Login login, CodePurpose purpose, Func<string, string>? link, CancellationToken cancel)
    {
        var account = await FindAsync(login, cancel);
        if (account is not null && !regions.Serves(account.Region)) return OtherRegion(account.Region);
        if (purpose == CodePurpose.Register && account is not null) return Exists;
        if (purpose is not (CodePurpose.Register or CodePurpose.Open) && account is null) return NoSuchAccount;
        return await codes.SendAsync(login, purpose, account?.Lang ?? "en", link, cancel);
    }

    /// <summary>Sets a new password by a code, ends every other session, and signs in.</summary>
    public async Task<Result<OpenedSession>> ResetPasswordAsync(Login login, string code, string password, App app, string? ip, CancellationToken cancel)
    {
        if (PasswordRule.Check(password) is { } weak) return weak;
        if (!(await ServedAsync(login, cancel)).Try(out var account, out var fault)) return fault;
        if (!(await codes.VerifyAsync(login, CodePurpose.ResetPassword, code, cancel)).Try(out var verified, out fault)) return fault;
        var hash = await HashAsync(password);
        return await SignedInAsync(
            async s =>
            {
                if (!await CodeService.UseAsync(s, verified)) return CodeService.Wrong;
                await s.Accounts.SetPasswordAsync(account.No, hash);
                var ended = await s.Sessions.EndAllAsync(account.No, app: null, except: null, time.GetUtcNow());
                var opened = await sessions.OpenAsync(s, account, app, ip);
                return opened with { Displaced = [.. ended, .. opened.Displaced] };
            },
            cancel);
    }

    /// <summary>Sets a new password by a code and ends every session, without signing in.</summary>
    public async Task<Result<Done>> ResetPasswordAsync(Login login, CodePurpose purpose, string code, string password, CancellationToken cancel)
    {
        if (PasswordRule.Check(password) is { } weak) return weak;
        if (!(await ServedAsync(login, cancel)).Try(out var account, out var fault)) return fault;
        if (!(await codes.VerifyAsync(login, purpose, code, cancel)).Try(out var verified, out fault)) return fault;
        return await ReplacePasswordAsync(account.No, password, keep: null, s => CodeService.UseAsync(s, verified), cancel);
    }

    /// <summary>Sets a new password by the operator's word and ends every session.</summary>
    public async Task<Result<Done>> SetPasswordAsync(Account account, string password, CancellationToken cancel) =>
        PasswordRule.Check(password) is { } weak ? weak : await ReplacePasswordAsync(account.No, password, keep: null, useCode: null, cancel);

    /// <summary>Changes the password; all other sessions end with their refresh tokens, the caller's own goes on.</summary>
    public async Task<Result<Done>> ChangePasswordAsync(Principal principal, string old, string fresh, CancellationToken cancel)
    {
        if (PasswordRule.Check(fresh, "newPassword") is { } weak) return weak;
        var guesses = new Login(LoginKind.Name, principal.Account.Id, "change-password");
        if (throttle.Begin(guesses, principal.Ip) is { } wait) return wait;
        if (!await VerifyAsync(principal.Account, old)) return new Fault(FaultKind.WrongPassword, "The old password is wrong", "oldPassword");
        throttle.Succeeded(guesses, principal.Ip);
        return await ReplacePasswordAsync(principal.Account.No, fresh, principal.Session, useCode: null, cancel);
    }

    /// <summary>Changes the profile.</summary>
    public async Task<Result<Done>> ChangeProfileAsync(Principal principal, ProfileChange change, CancellationToken cancel)
    {
        if (change.Nickname?.Length > MaxNickname) return Fault.Invalid("nickname", $"nickname has at most {MaxNickname} characters");
        return await database.WriteAsync<Done>(
            async s =>
            {
                await s.Accounts.SetProfileAsync(principal.Account.No, change.Nickname, change.AcceptsAds, change.Consulted, change.Lang);
                return new Done();
            },
            cancel);
    }

    /// <summary>Closes the account: ends sessions and bindings and removes the person's data.</summary>
    public async Task<Result<Done>> CloseAsync(Principal principal, string code, CancellationToken cancel)
    {
        var login = principal.Account.Phone is { } phone ? new Login(LoginKind.Phone, phone) : new Login(LoginKind.Email, principal.Account.Email ?? "");
        var verification = await codes.VerifyAsync(login, CodePurpose.CloseAccount, code, cancel);
        if (!verification.IsOk && principal.Account is { Phone: not null, Email: { } email })
            verification = await codes.VerifyAsync(new Login(LoginKind.Email, email), CodePurpose.CloseAccount, code, cancel);
        if (!verification.Try(out var verified, out var wrong)) return wrong;
        IReadOnlyList<long> ended = [];
        IReadOnlyList<EndedBinding> left = [];
        var changed = new List<long>();
        var closed = await database.WriteAsync<Done>(
            async s =>
            {
                if (!await CodeService.UseAsync(s, verified)) return CodeService.Wrong;
                var now = time.GetUtcNow();
                await s.Homes.LockAsync(principal.Account.No);
                ended = await s.Sessions.EndAllAsync(principal.Account.No, app: null, except: null, now);
                changed.Clear();
                foreach (var home in await s.Homes.ListAsync(principal.Account.No))
                {
                    if (home.Role == Role.Member) await s.Homes.LockAsync(home.Owner);
                    changed.AddRange(home.Role == Role.Member
                        ? await members.LeaveAsync(s, home.Owner, home.No, principal.Account.No, ShareEnd.Receiver)
                        : await members.DissolveAsync(s, home));
                }

                left = await bindings.EndAllAsync(s, principal.Account.No);
                await s.Homes.RemoveAllAsync(principal.Account.No);
                await s.Accounts.CloseAsync(principal.Account.No, now);
                return new Done();
            },
            cancel);
        if (!closed.IsOk) return closed;
        sessions.Announce(ended);
        bindings.Announce(left);
        members.Announce(changed);
        return closed;
    }

    private async Task<Result<Done>> ReplacePasswordAsync(
        long account, string password, long? keep, Func<IStores, Task<bool>>? useCode, CancellationToken cancel)
    {
        var hash = await HashAsync(password);
        IReadOnlyList<long> ended = [];
        var changed = await database.WriteAsync<Done>(
            async s =>
            {
                if (useCode is not null && !await useCode(s)) return CodeService.Wrong;
                await s.Accounts.SetPasswordAsync(account, hash);
                ended = await s.Sessions.EndAllAsync(account, app: null, keep, time.GetUtcNow());
                return new Done();
            },
            cancel);
        if (changed.IsOk) sessions.Announce(ended);
        return changed;
    }

    private async Task<Result<OpenedSession>> OpenAsync(IStores stores, Account account, string? lang, App app, string? ip)
    {
        if (lang is not null && lang != account.Lang) await stores.Accounts.SetProfileAsync(account.No, null, null, null, lang);
        return await sessions.OpenAsync(stores, account, app, ip);
    }

    internal async Task<Result<OpenedSession>> SignedInAsync(Func<IStores, Task<Result<OpenedSession>>> work, CancellationToken cancel)
    {
        var opened = await database.WriteAsync(work, cancel);
        if (opened.IsOk) sessions.Announce(opened.Value.Displaced);
        return opened;
    }

    private static Fault Refused(Fault fault)
    {
        IroriMeter.SignInRefused(fault.Kind);
        return fault;
    }

    private Task<Account?> FindAsync(Login login, CancellationToken cancel) => database.ReadAsync(s => s.Accounts.FindAsync(login), cancel);

    private async Task<Result<Account>> ServedAsync(Login login, CancellationToken cancel)
    {
        var account = await FindAsync(login, cancel);
        if (account is null) return NoSuchAccount;
        return regions.Serves(account.Region) ? account : OtherRegion(account.Region);
    }

    private Account Row(NewAccount wanted, string hash) => new()
    {
        Id = Ids.Account(),
        Region = wanted.Region,
        CallingCode = wanted.CallingCode,
        Lang = wanted.Lang,
        Nickname = wanted.Nickname,
        PasswordHash = hash,
        Created = time.GetUtcNow(),
    };

    // The slow hash runs off the caller's path, never inside a transaction, and never on more processors than there are.
    internal Task<string> HashAsync(string password) => SlowlyAsync(() => hasher.Hash(password));

    private Task<bool> VerifyAsync(Account account, string password) =>
        SlowlyAsync(() => account.PasswordHash is { } hash && password.Length <= PasswordRule.MaxLength && hasher.Verify(hash, password));

    private static async Task<T> SlowlyAsync<T>(Func<T> work)
    {
        await Hashing.WaitAsync();
        try
        {
            return await Task.Run(work);
        }
        finally
        {
            Hashing.Release();
        }
    }

    private static Fault Exists => new(FaultKind.AccountExists, "An account with this login exists already");

    private static Fault NoSuchAccount => new(FaultKind.NoSuchAccount, "No account has this login");

    private static Fault OtherRegion(string region) => new(FaultKind.OtherRegion, "redirection", Detail: region);
}

/// <summary>Which regions this installation answers for; accounts of others are sent on. Empty: all.</summary>
public sealed class RegionPolicy(IReadOnlyCollection<string> served)
{
    /// <summary>True when the region's accounts live here.</summary>
    public bool Serves(string region) => served.Count == 0 || served.Contains(region);

    /// <summary>Where people are signed up who do not say where they are: the first region that is served.</summary>
    public string Home => served.FirstOrDefault() ?? "eu";
}
