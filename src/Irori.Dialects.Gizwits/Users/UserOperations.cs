using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Projects;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Users;

/// <summary>People: sign-up, sign-in, profile, passwords (Gizwits Open API, user management).</summary>
internal sealed class UserOperations(
    AccountService accounts, IdentityService identities, AppService apps, AppTokenService tokens, ResetPage page, TimeProvider time)
{
    private const string Section = "User management";
    private const string NoSuchAccount = "1000000";
    private const string WrongPassword = "1000033";

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<CreateUserRequest, SessionAnswer>(
            routes,
            new OperationInfo("POST", "/app/users", Access.App, "createUser", Section, "Creates or signs in a user.") { Success = StatusCodes.Status201Created }, CreateAsync);
        Operations.Map<EmptyRequest, UserAnswer>(routes, new OperationInfo("GET", "/app/users", Access.User, "getUser", Section, "Returns the signed-in user."), GetAsync);
        Operations.Map<UpdateUserRequest, UpdatedAnswer>(
            routes, new OperationInfo("PUT", "/app/users", Access.User, "updateUser", Section, "Upgrades anonymous users, changes password, phone or profile."), UpdateAsync);
        Operations.Map<LoginRequest, SessionAnswer>(
            routes, new OperationInfo("POST", "/app/login", Access.App, "loginUserGizwits", Section, "Signs in with name, e-mail or phone plus password."), LoginAsync);
        Operations.Map<SmartHomeLoginRequest, SmartHomeAnswer>(
            routes, new OperationInfo("POST", "/app/smart_home/login/pwd", Access.App, "loginSmartHome", Section, "Signs in as newer apps do it."), SmartHomeAsync);
        Operations.Map<EmptyRequest, AppTokenAnswer>(
            routes, new OperationInfo("POST", "/app/request_token", Access.App, "requestAppToken", Section, "Issues an App token for the code operations."), RequestTokenAsync);
        Operations.Map<ResetPasswordRequest, Nothing>(
            routes, new OperationInfo("POST", "/app/reset_password", Access.App, "resetPasswordGizwits", Section, "Starts or performs a password reset."), ResetAsync);
    }

    private async Task<Result<SessionAnswer>> CreateAsync(Caller caller, CreateUserRequest request, CancellationToken cancel)
    {
        var opened = await EnterAsync(caller, request, GizwitsLogins.LangOf(request.Lang) ?? "en", cancel);
        return opened.Try(out var session, out var fault) ? Answer(session) : fault;
    }

    private async Task<Result<OpenedSession>> EnterAsync(Caller caller, CreateUserRequest request, string lang, CancellationToken cancel)
    {
        var (app, ip) = (caller.App, caller.Ip);
        if (request.PhoneId is { } device) return await identities.SignInAsDeviceAsync(device, lang, app, ip, cancel);
        if (request.AuthData is { } said) return await identities.SignInByThirdPartyAsync(said.Src, said.Uid, said.Token, lang, app, ip, cancel);
        if (request is { Src: { } src, Uid: { } uid, Token: { } token }) return await identities.SignInByThirdPartyAsync(src, uid, token, lang, app, ip, cancel);
        if (request.Password is not { } password) return Fault.Invalid("password", "password is missing, or phone_id, or authData");
        if (request.Phone is { } phone)
        {
            if (request.Code is not { } code) return Fault.Invalid("code", "code is missing");
            return GizwitsLogins.Phone(phone).Try(out var number, out var fault)
                ? await identities.RegisterByPhoneAsync(number, password, code, lang, app, ip, cancel)
                : fault;
        }

        var named = request.Email is { } email ? Login.Email(email) : request.Username is { } name ? Login.Name(name) : Fault.Invalid("username", "username is missing, or email, or phone");
        return named.Try(out var login, out var wrong) ? await identities.RegisterAsync(login, password, lang, app, ip, cancel) : wrong;
    }

    private async Task<Result<UserAnswer>> GetAsync(Caller caller, EmptyRequest request, CancellationToken cancel)
    {
        var known = await identities.FindAsync(caller.Person, cancel);
        var profile = JsonSerializer.Deserialize(known.Profile, GizwitsJson.TypeOf<UserProfile>())!;
        return new UserAnswer
        {
            Username = known.Of(LoginKind.Name) ?? "",
            Phone = GizwitsLogins.Shown(known.Of(LoginKind.Phone)),
            Email = known.Of(LoginKind.Email) ?? "",
            Name = known.Account.Nickname,
            Gender = profile.Gender ?? "N",
            Birthday = profile.Birthday ?? "",
            Address = profile.Address ?? "",
            Lang = GizwitsLogins.ShownLang(known.Account.Lang),
            Remark = profile.Remark ?? "",
            Uid = known.Account.Id,
            IsAnonymous = known.IsAnonymous,
        };
    }

    private async Task<Result<UpdatedAnswer>> UpdateAsync(Caller caller, UpdateUserRequest request, CancellationToken cancel)
    {
        if (Check(request) is { } wrong) return wrong;
        if ((await ChangeLoginAsync(caller.Person, request, cancel)).Fault is { } fault) return fault;
        if (request is { OldPwd: { } old, NewPwd: { } fresh } && (await accounts.ChangePasswordAsync(caller.Person, old, fresh, cancel)).Fault is { } refused) return refused;
        var profile = JsonSerializer.Serialize(
            new UserProfile { Gender = request.Gender, Birthday = request.Birthday, Address = request.Address, Remark = request.Remark }, GizwitsJson.TypeOf<UserProfile>());
        var lang = GizwitsLogins.LangOf(request.Lang);
        if (request.Name is not null || lang is not null || profile.Length > 2)
        {
            if ((await identities.ChangeProfileAsync(caller.Person, request.Name, lang, profile, cancel)).Fault is { } failed) return failed;
        }

        return new UpdatedAnswer(Times.Micro(time.GetUtcNow()));
    }

    private async Task<Result<Done>> ChangeLoginAsync(Principal who, UpdateUserRequest request, CancellationToken cancel)
    {
        if (request.Phone is { } phone)
        {
            if (request.Code is not { } code) return Fault.Invalid("code", "code is missing");
            if (!GizwitsLogins.Phone(phone).Try(out var number, out var fault)) return fault;
            return request.Password is { } first
                ? await identities.BecomeAsync(who, number, first, code, cancel)
                : await identities.ChangePhoneAsync(who, number, code, cancel);
        }

        if (request.Username is null && request.Email is null) return new Done();
        if (request.Password is not { } password) return Fault.Invalid("password", "password is missing");
        return (request.Email is { } email ? Login.Email(email) : Login.Name(request.Username!)).Try(out var login, out var wrong)
            ? await identities.BecomeAsync(who, login, password, code: null, cancel)
            : wrong;
    }

    private async Task<Result<SessionAnswer>> LoginAsync(Caller caller, LoginRequest request, CancellationToken cancel) =>
        (await SignInAsync(caller, request.Username, request.Password, request.Lang, cancel)).Try(out var session, out var fault) ? Answer(session) : fault;

    private async Task<Result<SmartHomeAnswer>> SmartHomeAsync(Caller caller, SmartHomeLoginRequest request, CancellationToken cancel)
    {
        if ((await SignInAsync(caller, request.Data.Account, request.Data.Password, request.Data.Lang, cancel)).Try(out var session, out var fault))
            return new SmartHomeAnswer(Error: false, "200", "ok", new SmartHomeSession(session.Tokens.Access, session.Principal.Account.Id));
        return fault.Kind switch
        {
            FaultKind.NoSuchAccount => new SmartHomeAnswer(Error: true, NoSuchAccount, fault.Reason, null),
            FaultKind.WrongPassword => new SmartHomeAnswer(Error: true, WrongPassword, fault.Reason, null),
            _ => fault,
        };
    }

    private async Task<Result<OpenedSession>> SignInAsync(Caller caller, string username, string password, string? lang, CancellationToken cancel) =>
        GizwitsLogins.Parse(username).Try(out var login, out _)
            ? await accounts.SignInAsync(login, password, GizwitsLogins.LangOf(lang), caller.App, caller.Ip, cancel)
            : new Fault(FaultKind.NoSuchAccount, "No account has this login");

    private Task<Result<AppTokenAnswer>> RequestTokenAsync(Caller caller, EmptyRequest request, CancellationToken cancel)
    {
        var right = Encoding.ASCII.GetBytes(Digests.Md5(caller.App.Id + apps.SigningSecret(caller.App)));
        var shown = Encoding.ASCII.GetBytes(caller.Header(GizwitsFields.ApplicationAuth) ?? "");
        if (!CryptographicOperations.FixedTimeEquals(right, shown))
            return Task.FromResult<Result<AppTokenAnswer>>(new Fault(FaultKind.BadSignature, $"{GizwitsFields.ApplicationAuth} is not the lower-case MD5 of appid and appsecret", GizwitsFields.ApplicationAuth));
        var token = tokens.Issue(caller.App);
        var until = token.Until.ToUnixTimeSeconds();
        return Task.FromResult<Result<AppTokenAnswer>>(new AppTokenAnswer(token.Token, until, until));
    }

    private async Task<Result<Nothing>> ResetAsync(Caller caller, ResetPasswordRequest request, CancellationToken cancel)
    {
        if (request.Email is { } email)
        {
            if (!Login.Email(email).Try(out var address, out var fault)) return fault;
            return (await accounts.SendCodeAsync(address, CodePurpose.ResetPassword, page.Link(caller.Http, address), cancel)).Fault is { } unsent ? unsent : Nothing.Value;
        }

        if (request.Phone is not { } phone) return Fault.Invalid("phone", "phone is missing, or email");
        if (request.Code is not { } code) return Fault.Invalid("code", "code is missing");
        if (request.NewPwd is not { } password) return Fault.Invalid("new_pwd", "new_pwd is missing");
        if (!GizwitsLogins.Phone(phone).Try(out var number, out var wrong)) return wrong;
        return (await accounts.ResetPasswordAsync(number, CodePurpose.Open, code, password, cancel)).Fault is { } refused ? refused : Nothing.Value;
    }

    private static Fault? Check(UpdateUserRequest request)
    {
        if (request.Gender is not (null or "M" or "F" or "N")) return Fault.Invalid("gender", "gender is M, F or N");
        if (request.Birthday is { Length: > 0 } day && !IsDay(day)) return Fault.Invalid("birthday", "birthday is YYYY-MM-DD or MM-DD");
        if ((request.OldPwd is null) != (request.NewPwd is null)) return Fault.Invalid("new_pwd", "old_pwd and new_pwd come together");
        return null;
    }

    // 2000 is a leap year, so that 02-29 is a day.
    private static bool IsDay(string text) => DateOnly.TryParseExact(text.Length == 5 ? $"2000-{text}" : text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static SessionAnswer Answer(OpenedSession session) => new(session.Principal.Account.Id, session.Tokens.Access, session.Tokens.AccessUntil.ToUnixTimeSeconds());
}
