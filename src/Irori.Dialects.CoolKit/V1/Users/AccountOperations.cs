using Irori.Core;
using Irori.Core.Accounts;
using Irori.Dialects.CoolKit.V2.Users;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V1.Users;

/// <summary>The section Account management of CoolKit v1: regions, codes, sign-up, sign-in, passwords, tokens.</summary>
internal sealed class AccountOperations(AccountService accounts, SessionService sessions, RegionPolicy regions)
{
    private const string Section = "Account management";
    private static readonly Edition SignIn = new PlainEdition(V1Faults.OfSignIn);
    private static readonly Edition Codes = new PlainEdition(V1Faults.OfCodes);
    private static readonly Edition Tokens = new PlainEdition(V1Faults.OfTokens);

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<RegionV1Request, RegionV1Answer>(
            routes, Info("GET", "/api/user/region", Access.Signed, "getRegionV1", "The region that serves a calling code."), GetRegionAsync);
        Operations.Map<SmsRequest, Success>(
            routes, Info("POST", "/api/sms", Access.Signed, "sendVerificationCodeV1", "Sends a verification code.", Codes), SendCodeAsync);
        Operations.Map<RegisterV1Request, SessionV1Answer>(
            routes, Info("POST", "/api/user/register", Access.Signed, "registerUserV1", "Creates an account and signs it in."), RegisterAsync);
        Operations.Map<LoginV1Request, SessionV1Answer>(
            routes, Info("POST", "/api/user/login", Access.Signed, "loginUserV1", "Signs in by password.", SignIn), LoginAsync);
        Operations.Map<ResetPasswordV1Request, SessionV1Answer>(
            routes, Info("POST", "/api/user/password/reset", Access.Signed, "resetPasswordV1", "Sets a new password by a code and signs in."), ResetPasswordAsync);
        Operations.Map<ChangePasswordV1Request, PasswordChanged>(
            routes, Info("POST", "/api/user/password", Access.Personal, "changePasswordV1", "Sets a new password by the old one."), ChangePasswordAsync);
        Operations.Map<RefreshV1Request, SessionV1Answer>(
            routes, Info("GET", "/api/user/refresh", Access.Renewing, "refreshTokensV1", "Exchanges a refresh token for fresh tokens.", Tokens), RefreshAsync);
    }

    private static OperationInfo Info(string method, string path, Access access, string name, string summary, Edition? edition = null) =>
        new(method, path, access, name, Section, summary) { Edition = edition ?? PlainEdition.General };

    private Task<Result<RegionV1Answer>> GetRegionAsync(Caller caller, RegionV1Request request, CancellationToken cancel)
    {
        var region = request.CountryCode is { Length: > 0 } code ? AreaCodes.RegionOf(code.TrimStart('+', ' ')) : regions.Home;
        return Task.FromResult<Result<RegionV1Answer>>(region is null
            ? Fault.Invalid("country_code", "country_code is not a calling code such as 86")
            : new RegionV1Answer { Region = region, RequestId = request.Nonce is { } nonce ? $"{nonce}-{request.Ts}" : null });
    }

    private async Task<Result<Success>> SendCodeAsync(Caller caller, SmsRequest request, CancellationToken cancel)
    {
        CodePurpose? purpose = request.SendType switch
        {
            "0" => CodePurpose.Register,
            "1" => CodePurpose.ResetPassword,
            "3" => CodePurpose.CloseAccount,
            "4" => CodePurpose.SignIn,
            _ => null,
        };
        if (purpose is not { } wanted) return Fault.Invalid("sendType", "sendType is \"0\" for sign-up, \"1\" for a new password, \"3\" to close the account, \"4\" to sign in");
        if (request is { To.Length: > 0, Email.Length: > 0 }) return Fault.Invalid("email", "Give either to or email, not both");
        if (!LoginOf(request.To, request.Email, "to").Try(out var login, out var fault)) return fault;
        return (await accounts.SendCodeAsync(login, wanted, cancel)).Fault is { } failed ? failed : Success.Value;
    }

    private async Task<Result<SessionV1Answer>> RegisterAsync(Caller caller, RegisterV1Request request, CancellationToken cancel)
    {
        if (!LoginOf(request).Try(out var login, out var fault)) return fault;
        var (region, code) = (regions.Home, AreaCodes.CodeOf(regions.Home));
        if (login.Kind == LoginKind.Phone)
        {
            if (AreaCodes.Find(login.Value) is not { } area) return Fault.Invalid("phoneNumber", "phoneNumber does not begin with a calling code such as +49");
            (code, region) = area;
        }

        var wanted = new NewAccount(login, request.Password, request.VerificationCode, region, $"+{code}");
        return Signed(await accounts.RegisterAsync(wanted, caller.SigningApp, caller.Ip, cancel), caller);
    }

    private async Task<Result<SessionV1Answer>> LoginAsync(Caller caller, LoginV1Request request, CancellationToken cancel)
    {
        if (!LoginOf(request).Try(out var login, out var fault)) return fault;
        return Signed(await accounts.SignInAsync(login, request.Password, lang: null, caller.SigningApp, caller.Ip, cancel), caller);
    }

    private async Task<Result<SessionV1Answer>> ResetPasswordAsync(Caller caller, ResetPasswordV1Request request, CancellationToken cancel)
    {
        if (!LoginOf(request).Try(out var login, out var fault)) return fault;
        return Signed(await accounts.ResetPasswordAsync(login, request.VerificationCode, request.Password, caller.SigningApp, caller.Ip, cancel), caller);
    }

    private async Task<Result<PasswordChanged>> ChangePasswordAsync(Caller caller, ChangePasswordV1Request request, CancellationToken cancel) =>
        (await accounts.ChangePasswordAsync(caller.Person, request.OldPassword, request.NewPassword, cancel)).Fault is { } fault
            ? fault
            : new PasswordChanged("Change password is success!");

    private async Task<Result<SessionV1Answer>> RefreshAsync(Caller caller, RefreshV1Request request, CancellationToken cancel)
    {
        if (request.GrantType is not (null or "" or "refresh")) return Fault.Invalid("grantType", "grantType is refresh");
        if (!(await sessions.RefreshAsync(request.Rt, caller.App, caller.Token, cancel)).Try(out var tokens, out var fault)) return fault;
        return (await sessions.AuthenticateAsync(tokens.Access, caller.Ip, cancel)).Try(out var who, out fault) ? SessionV1Answer.Of(who, tokens, caller.Ip) : fault;
    }

    private static Result<Login> LoginOf(NamedRequest request) => LoginOf(request.PhoneNumber, request.Email, "phoneNumber");

    // Clients send null or an empty text for the one that they leave out.
    private static Result<Login> LoginOf(string? phone, string? email, string field) => (phone, email) switch
    {
        ({ Length: > 0 }, _) => Login.Phone(phone),
        (_, { Length: > 0 }) => Login.Email(email),
        _ => Fault.Invalid(field, $"{field} or email is missing"),
    };

    private static Result<SessionV1Answer> Signed(Result<OpenedSession> opened, Caller caller) =>
        opened.Try(out var session, out var fault) ? SessionV1Answer.Of(session.Principal, session.Tokens, caller.Ip) : fault;
}
