using System.Security.Cryptography;
using System.Text;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Projects;
using Microsoft.AspNetCore.Http;

namespace Irori.Dialects.CoolKit.Wire;

/// <summary>Checks <c>Authorization</c>, the app's id and <c>X-CK-Nonce</c> (CoolKit v2, authorization; v1, common parameters).</summary>
internal sealed class Authorizer(AppService apps, SessionService sessions)
{
    private const int NonceLength = 8;
    private static readonly Fault NoSignature = new(FaultKind.BadSignature, "Authorization must be \"Sign \" and the signature, beside the app's id");

    public async Task<Result<Caller>> AuthorizeAsync(HttpRequest request, ReadOnlyMemory<byte> body, OperationInfo info, CancellationToken cancel)
    {
        var access = info.Access;
        var appId = info.Edition.AppId(request, body);
        if (request.Headers["X-CK-Nonce"] is [{ Length: > 0 } nonce] && (nonce.Length != NonceLength || !nonce.All(char.IsAsciiLetterOrDigit)))
            return Fault.Invalid("X-CK-Nonce", "X-CK-Nonce must have exactly 8 letters and digits");
        var authorization = request.Headers.Authorization is [{ } header] ? header : "";
        var ip = request.HttpContext.Connection.RemoteIpAddress?.ToString();
        if (ShowsToken(request, access) && Value(authorization, "Bearer ") is { } token) return await PersonalAsync(appId, token, access, ip, cancel);
        return access == Access.Personal
            ? new Fault(FaultKind.SessionEnded, "Authorization must be \"Bearer \" and an access token")
            : await SignedAsync(request, body, appId, Value(authorization, "Sign "), ip, cancel);
    }

    /// <summary>Whether the request is to be judged by an access token.</summary>
    public static bool ShowsToken(HttpRequest request, Access access) =>
        access != Access.Signed && request.Headers.Authorization is [{ } header] && Value(header, "Bearer ") is not null;

    private async Task<Result<Caller>> PersonalAsync(string? appId, string token, Access access, string? ip, CancellationToken cancel)
    {
        var known = access == Access.Renewing ? await sessions.RecognizeAsync(token, ip, cancel) : await sessions.AuthenticateAsync(token, ip, cancel);
        if (!known.Try(out var who, out var fault)) return fault;
        if (who.App.Dialect != CoolKitDialect.Name) return new Fault(FaultKind.SessionEnded, "The access token belongs to another kind of app");
        return appId is not null && appId != who.App.Id
            ? new Fault(FaultKind.AppRefused, "The access token belongs to another appid")
            : new Caller(null, who, token, ip);
    }

    private async Task<Result<Caller>> SignedAsync(HttpRequest request, ReadOnlyMemory<byte> body, string? appId, string? signature, string? ip, CancellationToken cancel)
    {
        if (signature is null || appId is null) return NoSignature;
        if (!(await apps.FindAsync(appId, CoolKitDialect.Name, cancel)).Try(out var app, out var fault)) return fault;
        var secret = Encoding.UTF8.GetBytes(apps.SigningSecret(app));
        var right = HttpMethods.IsGet(request.Method)
            ? QueryTexts(request).Any(text => Fits(secret, Encoding.UTF8.GetBytes(text), signature))
            : Fits(secret, body.Span, signature);
        return right ? new Caller(app, null, null, ip) : new Fault(FaultKind.BadSignature, "The signature is wrong: it is over the exact bytes of the body, or over the sorted query of a GET");
    }

    // Clients sign the query sorted by name, or in the order in which they send it, with values unescaped; or the very text that they send.
    private static IEnumerable<string> QueryTexts(HttpRequest request)
    {
        var pairs = request.Query.Select(p => $"{p.Key}={p.Value}").ToList();
        yield return string.Join('&', pairs.Order(StringComparer.Ordinal));
        yield return string.Join('&', pairs);
        yield return request.QueryString.Value?.TrimStart('?') ?? "";
    }

    private static bool Fits(byte[] secret, ReadOnlySpan<byte> message, string signature)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes + 2];
        if (signature.Length > 64 || !Convert.TryFromBase64String(signature, given, out var length)) return false;
        return CryptographicOperations.FixedTimeEquals(given[..length], HMACSHA256.HashData(secret, message));
    }

    private static string? Value(string header, string scheme) =>
        header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && header.Length > scheme.Length ? header[scheme.Length..].Trim() : null;
}
