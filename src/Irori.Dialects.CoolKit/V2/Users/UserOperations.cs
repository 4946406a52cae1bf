using Irori.Core;
using Irori.Core.Accounts;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Users;

/// <summary>The section User of CoolKit v2: regions, sign-up, sign-in, codes, passwords, profile, tokens, leaving.</summary>
internal sealed class UserOperations(AccountService accounts, SessionService sessions)
{
    private const string Section = "User";
    private const string China = "+86";

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<RegionRequest, RegionData>(
            routes, new("GET", "/v2/utils/get-region", Access.Signed, "getRegion", Section, "The region that serves a calling code."), GetRegionAsync);
        Operations.Map<RegisterRequest, SessionData>(
            routes, new("POST", "/v2/user/register", Access.Signed, "registerUser", Section, "Creates an account and signs it in."), RegisterAsync);
        Operations.Map<LoginRequest, SessionData>(
            routes, new("POST", "/v2/user/login", Access.Signed, "loginUser", Section, "Signs in by password."), LoginAsync);
        Operations.Map<SmsLoginRequest, SessionData>(
            routes, new("POST", "/v2/user/sms-login", Access.Signed, "loginWithSmsCode", Section, "Signs in by a code, in mainland China."), SmsLoginAsync);
        Operations.Map<CodeRequest, Nothing>(
            routes, new("POST", "/v2/user/verification-code", Access.Either, "sendVerificationCode", Section, "Sends a verification code."), SendCodeAsync);
        Operations.Map<ResetPasswordRequest, SessionData>(
            routes, new("POST", "/v2/user/reset-pwd", Access.Signed, "resetPassword", Section, "Sets a new password by a code and signs in."), ResetPasswordAsync);
        Operations.Map<ChangePasswordRequest, Nothing>(
            routes, new("POST", "/v2/user/change-pwd", Access.Personal, "changePassword", Section, "Sets a new password by the old one."), ChangePasswordAsync);
        Operations.Map<EmptyRequest, ProfileData>(
            routes, new("GET", "/v2/user/profile", Access.Personal, "getUserProfile", Section, "The signed-in person."), GetProfileAsync);
        Operations.Map<ProfileRequest, Nothing>(
            routes, new("POST", "/v2/user/profile", Access.Personal, "updateUserProfile", Section, "Changes nickname and consents."), ChangeProfileAsync);
        Operations.Map<RefreshRequest, TokenData>(
            routes, new("POST", "/v2/user/refresh", Access.Renewing, "refreshTokens", Section, "Exchanges a refresh token for fresh tokens."), RefreshAsync);
        Operations.Map<EmptyRequest, Nothing>(
            routes, new("DELETE", "/v2/user/logout", Access.Personal, "logoutUser", Section, "Ends the session."), LogoutAsync);
        Operations.Map<CloseAccountRequest, Nothing>(
            routes, new("POST", "/v2/user/close-account", Access.Personal, "closeAccount", Section, "Closes the account by a code."), CloseAccountAsync);
    }

    private static Task<Result<RegionData>> GetRegionAsync(Caller caller, RegionRequest request, CancellationToken cancel) => Task.FromResult<Result<RegionData>>(
        // A plus sign that is not escaped arrives as a blank.
        AreaCodes.RegionOf(request.CountryCode.TrimStart('+', ' ')) is { } region
            ? new RegionData(region)
            : Fault.Invalid("countryCode", "countryCode is not a calling code such as 86"));

    private async Task<Result<SessionData>> RegisterAsync(Caller caller, RegisterRequest request, CancellationToken cancel)
    {
        var code = request.CountryCode.TrimStart('+');
        if (!request.CountryCode.StartsWith('+') || AreaCodes.RegionOf(code) is not { } region)
            return Fault.Invalid("countryCode", "countryCode is not a calling code such as +49");
        if (!LoginOf(request).Try(out var login, out var fault)) return fault;
        if (login.Kind == LoginKind.Phone && !(AreaCodes.TakesPhones(code) && login.Value.StartsWith(request.CountryCode, StringComparison.Ordinal)))
            return Fault.Invalid("phoneNumber", $"With {request.CountryCode}, register by e-mail, or by a phone number that begins so where phones are allowed");
        var wanted = new NewAccount(login, request.Password, request.VerificationCode, region, request.CountryCode);
        return Signed(await accounts.RegisterAsync(wanted, caller.SigningApp, caller.Ip, cancel));
    }

    private async Task<Result<SessionData>> LoginAsync(Caller caller, LoginRequest request, CancellationToken cancel)
    {
        if (!LoginOf(request).Try(out var login, out var fault)) return fault;
        return Signed(await accounts.SignInAsync(login, request.Password, LangOf(request.Lang), caller.SigningApp, caller.Ip, cancel));
    }

    private async Task<Result<SessionData>> SmsLoginAsync(Caller caller, SmsLoginRequest request, CancellationToken cancel)
    {
        if (request.CountryCode != China || !request.PhoneNumber.StartsWith(China, StringComparison.Ordinal))
            return Fault.Invalid("phoneNumber", "Signing in by a code is for phone numbers of mainland China, which begin with +86");
        if (!Login.Phone(request.PhoneNumber).Try(out var login, out var fault)) return fault;
        return Signed(await accounts.SignInByCodeAsync(login, request.VerificationCode, LangOf(request.Lang), caller.SigningApp, caller.Ip, cancel));
    }

    private async Task<Result<Nothing>> SendCodeAsync(Caller caller, CodeRequest request, CancellationToken cancel)
    {
        CodePurpose? purpose = request.Type switch
        {
            0 => CodePurpose.Register,
            1 => CodePurpose.ResetPassword,
            3 => CodePurpose.CloseAccount,
            4 => CodePurpose.SignIn,
            _ => null,
        };
        if (purpose is not { } wanted) return Fault.Invalid("type", "type is 0 for sign-up, 1 for a new password, 3 to close the account, 4 to sign in");
        if (caller.Who is not null && wanted != CodePurpose.CloseAccount)
            return new Fault(FaultKind.BadSignature, "With an access token, only the code that closes the account can be asked for");
        if (!LoginOf(request).Try(out var login, out var fault)) return fault;
        return Empty(await accounts.SendCodeAsync(login, wanted, cancel));
    }

    private async Task<Result<SessionData>> ResetPasswordAsync(Caller caller, ResetPasswordRequest request, CancellationToken cancel)
    {
        if (!LoginOf(request).Try(out var login, out var fault)) return fault;
        return Signed(await accounts.ResetPasswordAsync(login, request.VerificationCode, request.Password, caller.SigningApp, caller.Ip, cancel));
    }

    private async Task<Result<Nothing>> ChangePasswordAsync(Caller caller, ChangePasswordRequest request, CancellationToken cancel) =>
        Empty(await accounts.ChangePasswordAsync(caller.Person, request.OldPassword, request.NewPassword, cancel));

    private static Task<Result<ProfileData>> GetProfileAsync(Caller caller, EmptyRequest request, CancellationToken cancel) =>
        Task.FromResult<Result<ProfileData>>(new ProfileData(UserData.Of(caller.Person.Account), caller.Person.Account.Region));

    private async Task<Result<Nothing>> ChangeProfileAsync(Caller caller, ProfileRequest request, CancellationToken cancel)
    {
        if (request.AccountConsult == false) return Fault.Invalid("accountConsult", "accountConsult can only be set to true");
        var nickname = request.Nickname is { Length: > 0 } name ? name : null;
        return Empty(await accounts.ChangeProfileAsync(caller.Person, new ProfileChange(nickname, request.AcceptEmailAd, request.AccountConsult), cancel));
    }

    private async Task<Result<TokenData>> RefreshAsync(Caller caller, RefreshRequest request, CancellationToken cancel) =>
        (await sessions.RefreshAsync(request.Rt, caller.App, caller.Token, cancel)).Try(out var tokens, out var fault)
            ? new TokenData(tokens.Access, tokens.Refresh)
            : fault;

    private async Task<Result<Nothing>> LogoutAsync(Caller caller, EmptyRequest request, CancellationToken cancel) =>
        Empty(await sessions.EndAsync(caller.Person, cancel));

    private async Task<Result<Nothing>> CloseAccountAsync(Caller caller, CloseAccountRequest request, CancellationToken cancel) =>
        Empty(await accounts.CloseAsync(caller.Person, request.VerificationCode, cancel));

    // Clients send null or an empty text for the one that they leave out; phoneNumber is looked at first (CoolKit v2, login).
    private static Result<Login> LoginOf(INamesLogin request) => (request.PhoneNumber, request.Email) switch
    {
        ({ Length: > 0 }, { Length: > 0 }) => Fault.Invalid("email", "Give either phoneNumber or email, not both"),
        ({ Length: > 0 } phone, _) => Login.Phone(phone),
        (_, { Length: > 0 } email) => Login.Email(email),
        _ => Fault.Invalid("phoneNumber", "phoneNumber or email is missing"),
    };

    private static string? LangOf(string? lang) => lang is { Length: > 0 and <= 8 } ? lang : null;

    private static Result<SessionData> Signed(Result<OpenedSession> opened) => opened.Try(out var session, out var fault) ? SessionData.Of(session) : fault;

    private static Result<Nothing> Empty(Result<Done> done) => done.Fault is { } fault ? fault : Nothing.Value;
}
