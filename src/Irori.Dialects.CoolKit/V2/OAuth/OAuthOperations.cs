using Irori.Core;
using Irori.Core.Accounts;
using Irori.Dialects.CoolKit.V2.Users;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.OAuth;

/// <summary>An app asks for tokens.</summary>
internal sealed record OAuthTokenRequest
{
    /// <summary>authorization_code or refresh_token.</summary>
    public required string GrantType { get; init; }

    /// <summary>The code that the app was answered.</summary>
    public string? Code { get; init; }

    /// <summary>Where the app was answered.</summary>
    public string? RedirectUrl { get; init; }

    /// <summary>A refresh token.</summary>
    public string? Rt { get; init; }
}

/// <summary>Fresh tokens.</summary>
/// <param name="AccessToken">Access token.</param>
/// <param name="AtExpiredTime">Until when, in milliseconds.</param>
/// <param name="RefreshToken">Refresh token.</param>
/// <param name="RtExpiredTime">Until when, in milliseconds.</param>
internal sealed record OAuthTokenData(string AccessToken, long AtExpiredTime, string RefreshToken, long RtExpiredTime);

/// <summary>OAuth 2.0 of CoolKit: an app that a person let in gets tokens, and gives them back. Not in the document of v2, but in that of the platform.</summary>
internal sealed class OAuthOperations(OAuthService oauth, SessionService sessions)
{
    private const string Section = "OAuth";
    private const string Path = "/v2/user/oauth/token";

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<OAuthTokenRequest, OAuthTokenData>(
            routes, new("POST", Path, Access.Signed, "getOAuthToken", Section, "Exchanges a code or a refresh token for fresh tokens."), GetTokenAsync);
        Operations.Map<EmptyRequest, Nothing>(
            routes, new("DELETE", Path, Access.Personal, "revokeOAuthToken", Section, "Ends what the person let in."), RevokeAsync);
    }

    private async Task<Result<OAuthTokenData>> GetTokenAsync(Caller caller, OAuthTokenRequest request, CancellationToken cancel)
    {
        switch (request.GrantType)
        {
            case "authorization_code":
                if (request.Code is not { Length: > 0 } code) return Fault.Invalid("code", "code is missing");
                if (request.RedirectUrl is not { Length: > 0 } redirect) return Fault.Invalid("redirectUrl", "redirectUrl is missing");
                return (await oauth.RedeemAsync(caller.SigningApp, code, redirect, caller.Ip, cancel)).Try(out var opened, out var fault) ? Of(opened.Tokens) : fault;
            case "refresh_token":
                if (request.Rt is not { Length: > 0 } rt) return Fault.Invalid("rt", "rt is missing");
                return (await sessions.RefreshAsync(rt, caller.SigningApp, accessToken: null, cancel)).Try(out var tokens, out fault) ? Of(tokens) : fault;
            default:
                return Fault.Invalid("grantType", "grantType is authorization_code or refresh_token");
        }
    }

    private async Task<Result<Nothing>> RevokeAsync(Caller caller, EmptyRequest request, CancellationToken cancel) =>
        (await sessions.EndAsync(caller.Person, cancel)).Fault is { } fault ? fault : Nothing.Value;

    private static OAuthTokenData Of(Tokens tokens) =>
        new(tokens.Access, tokens.AccessUntil.ToUnixTimeMilliseconds(), tokens.Refresh, tokens.RefreshUntil.ToUnixTimeMilliseconds());
}
