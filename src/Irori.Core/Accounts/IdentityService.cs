using Irori.Core.Projects;

namespace Irori.Core.Accounts;

/// <summary>What a third party says of a person whom it knows.</summary>
public interface IThirdParty
{
    /// <summary>
    /// Asks whether a token of a provider stands for a person, within a bounded time. <see cref="FaultKind.WrongProof"/>: it does not, or the provider is
    /// not configured.
    /// </summary>
    Task<Result<Done>> VerifyAsync(string provider, string uid, string token, CancellationToken cancel);
}

/// <summary>What a person is known by, and what he says of himself.</summary>
/// <param name="Account">The account.</param>
/// <param name="Logins">His logins.</param>
/// <param name="Profile">JSON of what dialects keep beyond the nickname.</param>
public sealed record Identity(Account Account, IReadOnlyList<Login> Logins, string Profile)
{
    /// <summary>True while nobody can sign in to it but the device that made it.</summary>
    public bool IsAnonymous => Logins.All(l => l.Kind == LoginKind.Device);

    /// <summary>The login of a kind, or null.</summary>
    public string? Of(LoginKind kind) => Logins.Where(l => l.Kind == kind && l.Scope.Length == 0).Select(l => l.Value).FirstOrDefault();
}

/// <summary>
/// Accounts that begin without a code, as an app's device, with a chosen name or with a third party's word, and what they become later. Passwords, codes and
/// sessions are those of every account.
/// </summary>
public sealed class IdentityService(
    IDatabase database, AccountService accounts, SessionService sessions, CodeService codes, IThirdParty thirdParty, RegionPolicy regions, TimeProvider time)
{
    /// <summary>Field of <see cref="FaultKind.AccountExists"/> when a phone number is taken.</summary>
    public const string PhoneField = "phone";

    /// <summary>Field of <see cref="FaultKind.AccountExists"/> when an address is taken.</summary>
    public const string EmailField = "email";

    /// <summary>Field of <see cref="FaultKind.AccountExists"/> when a name is taken, or the account has a login already.</summary>
    public const string NameField = "username";

    /// <summary>Field of <see cref="FaultKind.WrongProof"/> when a third party does not know the person.</summary>
    public const string ThirdPartyField = "authData";

    /// <summary>Most characters of a person's profile.</summary>
    public const int MaxProfile = 4096;

    /// <summary>Creates an account with a name or an address that nobody has proved, and signs it in.</summary>
    public async Task<Result<OpenedSession>> RegisterAsync(Login login, string password, string lang, App app, string? ip, CancellationToken cancel)
    {
        if (PasswordRule.Check(password) is { } weak) return weak;
        var hash = await accounts.HashAsync(password);
        return await accounts.SignedInAsync(
            async s => await s.Accounts.AddAsync(Row(lang, hash), login, time.GetUtcNow()) is { } no
                ? await sessions.OpenAsync(s, (await s.Accounts.FindAsync(no))!, app, ip)
                : Taken(login),
            cancel);
    }

    /// <summary>Creates an account with a phone number that its owner proves by a code, and signs it in.</summary>
    public async Task<Result<OpenedSession>> RegisterByPhoneAsync(
        Login phone, string password, string code, string lang, App app, string? ip, CancellationToken cancel)
    {
        var wanted = new NewAccount(phone, password, code, regions.Home, CallingCodeOf(phone), lang) { Purpose = CodePurpose.Open };
        var opened = await accounts.RegisterAsync(wanted, app, ip, cancel);
        return opened.Fault is { Kind: FaultKind.AccountExists } ? Taken(phone) : opened;
    }

    /// <summary>Signs an app's device in; the first time it makes an account of it.</summary>
    public Task<Result<OpenedSession>> SignInAsDeviceAsync(string phoneId, string lang, App app, string? ip, CancellationToken cancel) =>
        phoneId.Length is > 0 and <= 128 && !phoneId.Any(char.IsControl)
            ? EnterAsync(new Login(LoginKind.Device, phoneId, app.Id), lang, app, ip, cancel)
            : Task.FromResult<Result<OpenedSession>>(Fault.Invalid("phone_id", "phone_id has 1 to 128 printable characters"));

    /// <summary>Signs in whom a third party knows; the first time it makes an account of him.</summary>
    public async Task<Result<OpenedSession>> SignInByThirdPartyAsync(
        string provider, string uid, string token, string lang, App app, string? ip, CancellationToken cancel)
    {
        if (provider.Length is 0 or > 32 || !provider.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))) return Fault.Invalid("src", "src is the name of a third party, such as google");
        if (uid.Length is 0 or > 256 || uid.Any(char.IsControl)) return Fault.Invalid("uid", "uid has 1 to 256 printable characters");
        if (token.Length is 0 or > 8192) return Fault.Invalid("token", "token has 1 to 8192 characters");
        return (await thirdParty.VerifyAsync(provider, uid, token, cancel)).Fault is { } fault
            ? fault
            : await EnterAsync(new Login(LoginKind.OAuth, uid, provider), lang, app, ip, cancel);
    }

    /// <summary>What a person is known by.</summary>
    public Task<Identity> FindAsync(Principal who, CancellationToken cancel) => database.ReadAsync(
        async s => new Identity(
            (await s.Accounts.FindAsync(who.Account.No))!, await s.Accounts.LoginsAsync(who.Account.No), await s.Accounts.ProfileAsync(who.Account.No)),
        cancel);

    /// <summary>
    /// Gives an anonymous account a name or an address and a password; a phone number is proved by a code. Its sessions go on.
    /// <see cref="FaultKind.AccountExists"/>: the login is taken, or the account is not anonymous any more.
    /// </summary>
    public async Task<Result<Done>> BecomeAsync(Principal who, Login login, string password, string? code, CancellationToken cancel)
    {
        if (PasswordRule.Check(password) is { } weak) return weak;
        VerifiedCode? verified = null;
        if (login.Kind == LoginKind.Phone && !(await codes.VerifyAsync(login, CodePurpose.Open, code ?? "", cancel)).Try(out verified, out var wrong)) return wrong;
        var hash = await accounts.HashAsync(password);
        return await database.WriteAsync<Done>(
            async s =>
            {
                // His row first: of two who change it at once, each sees what the one before has done.
                await s.Accounts.SetProfileAsync(who.Account.No, null, null, null, null);
                if ((await s.Accounts.LoginsAsync(who.Account.No)).Any(l => l.Kind != LoginKind.Device)) return Taken(login);
                if (verified is not null && !await CodeService.UseAsync(s, verified)) return CodeService.Wrong;
                if (!await s.Accounts.AddLoginAsync(who.Account.No, login, time.GetUtcNow())) return Taken(login);
                await s.Accounts.SetPasswordAsync(who.Account.No, hash);
                return new Done();
            },
            cancel);
    }

    /// <summary>Gives an account another phone number, which is proved by a code; one that it had is free then.</summary>
    public async Task<Result<Done>> ChangePhoneAsync(Principal who, Login phone, string code, CancellationToken cancel)
    {
        if (!(await codes.VerifyAsync(phone, CodePurpose.Open, code, cancel)).Try(out var verified, out var wrong)) return wrong;
        return await database.WriteAsync<Done>(
            async s =>
            {
                if (!await CodeService.UseAsync(s, verified)) return CodeService.Wrong;
                if (await s.Accounts.FindAsync(phone) is { } other) return other.No == who.Account.No ? new Done() : Taken(phone);
                await s.Accounts.RemoveLoginsAsync(who.Account.No, LoginKind.Phone);
                return await s.Accounts.AddLoginAsync(who.Account.No, phone, time.GetUtcNow()) ? new Done() : Taken(phone);
            },
            cancel);
    }

    /// <summary>Changes the nickname and the language where they are given, and lays a JSON object over the profile.</summary>
    public Task<Result<Done>> ChangeProfileAsync(Principal who, string? nickname, string? lang, string profile, CancellationToken cancel)
    {
        if (nickname?.Length > AccountService.MaxNickname) return Task.FromResult<Result<Done>>(Fault.Invalid("name", $"name has at most {AccountService.MaxNickname} characters"));
        return database.WriteAsync<Done>(
            async s =>
            {
                await s.Accounts.SetProfileAsync(who.Account.No, nickname, null, null, lang);
                var changed = JsonMerge.Lay(await s.Accounts.ProfileAsync(who.Account.No), profile);
                if (changed.Length > MaxProfile) return Fault.Invalid("profile", $"A profile has at most {MaxProfile} characters");
                await s.Accounts.SetProfileAsync(who.Account.No, changed);
                return new Done();
            },
            cancel);
    }

    private Task<Result<OpenedSession>> EnterAsync(Login login, string lang, App app, string? ip, CancellationToken cancel) => accounts.SignedInAsync(
        async s =>
        {
            var account = await s.Accounts.FindAsync(login);
            if (account is null)
            {
                if (await s.Accounts.AddAsync(Row(lang, hash: null), login, time.GetUtcNow()) is not { } no) return Taken(login);
                account = (await s.Accounts.FindAsync(no))!;
            }

            return regions.Serves(account.Region)
                ? await sessions.OpenAsync(s, account, app, ip)
                : new Fault(FaultKind.OtherRegion, "redirection", Detail: account.Region);
        },
        cancel);

    // Nobody says where he lives: the calling code stays unknown, but for that of a number in mainland China.
    private Account Row(string lang, string? hash) => new()
    {
        Id = Ids.Account(), Region = regions.Home, CallingCode = "", Lang = lang, Nickname = "", PasswordHash = hash, Created = time.GetUtcNow(),
    };

    private static string CallingCodeOf(Login phone) => phone.Value.StartsWith("+86", StringComparison.Ordinal) ? "+86" : "";

    private static Fault Taken(Login login) => new(
        FaultKind.AccountExists, "The login is taken, or this account has one already",
        login.Kind switch { LoginKind.Phone => PhoneField, LoginKind.Email => EmailField, _ => NameField });
}
