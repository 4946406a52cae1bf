using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Limits;
using Irori.Core.Projects;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.OAuth;

/// <summary>
/// The page on which a person lets an app in. The app leads him here with its id, a signature, and where it wants to be answered; he signs in, and is led back
/// with a code.
/// </summary>
internal sealed class SignInPage(AppService apps, OAuthService oauth, CallLimiter limits)
{
    private const int MaxForm = 8 * 1024;
    private const string Path = "/oauth/index.html";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ShowAsync).ExcludeFromDescription();
        routes.MapPost(Path, SignInAsync).ExcludeFromDescription();
    }

    private async Task ShowAsync(HttpContext context)
    {
        if ((await TryAsync(() => AskedAsync(context))).Try(out var asked, out var fault)) await WriteAsync(context, StatusCodes.Status200OK, Form(asked.App, said: null));
        else await RefuseAsync(context, fault);
    }

    private async Task SignInAsync(HttpContext context)
    {
        if (!(await TryAsync(() => AskedAsync(context))).Try(out var asked, out var fault))
        {
            await RefuseAsync(context, fault);
            return;
        }

        if (await FormAsync(context) is not { } form || !Login.Parse(form["login"].ToString()).Try(out var login, out _))
        {
            await WriteAsync(context, StatusCodes.Status400BadRequest, Form(asked.App, "Enter your e-mail address, or your phone number such as +4915112345678."));
            return;
        }

        var ip = context.Connection.RemoteIpAddress?.ToString();
        var granted = await TryAsync(() => oauth.GrantAsync(asked.App, asked.Redirect, login, form["password"].ToString(), ip, context.RequestAborted));
        if (granted.Try(out var code, out fault)) context.Response.Redirect(Back(asked, code));
        else await WriteAsync(context, StatusOf(fault), Form(asked.App, fault.Kind == FaultKind.OtherRegion ? "Your account is at home on another server." : fault.Reason));
    }

    // Nobody is led anywhere but where the app's operator said, and only by who knows the app's secret.
    private async Task<Result<Asked>> AskedAsync(HttpContext context)
    {
        if (limits.From(context.Connection.RemoteIpAddress, "the sign-in page") is { } crowded) return crowded;
        var query = context.Request.Query;
        if (query["grantType"].ToString() is not ("authorization_code" or "")) return Fault.Invalid("grantType", "grantType is authorization_code");
        var (id, seq, redirect) = (query["clientId"].ToString(), query["seq"].ToString(), query["redirectUrl"].ToString());
        if (!(await apps.FindAsync(id, CoolKitDialect.Name, context.RequestAborted)).Try(out var app, out var fault)) return fault;
        var right = HMACSHA256.HashData(Encoding.UTF8.GetBytes(apps.SigningSecret(app)), Encoding.UTF8.GetBytes($"{id}_{seq}"));
        var shown = new byte[right.Length + 2];
        // A plus sign that is not escaped arrives as a blank.
        var fits = seq.Length > 0 && Convert.TryFromBase64String(query["authorization"].ToString().Replace(' ', '+'), shown, out var length)
            && CryptographicOperations.FixedTimeEquals(shown.AsSpan(0, length), right);
        if (!fits) return new Fault(FaultKind.BadSignature, "The app's signature is wrong");
        return await oauth.MayReturnAsync(app, redirect, context.RequestAborted)
            ? new Asked(app, redirect, query["state"].ToString())
            : Fault.Invalid("redirectUrl", "redirectUrl is not one of the app's");
    }

    private static string Back(Asked asked, GrantedCode granted)
    {
        var joint = asked.Redirect.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return $"{asked.Redirect}{joint}code={granted.Code}&region={Uri.EscapeDataString(granted.Account.Region)}&state={Uri.EscapeDataString(asked.State)}";
    }

    private static async Task<IFormCollection?> FormAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentLength is null or > MaxForm) return null;
        try
        {
            return await context.Request.ReadFormAsync(new FormOptions { ValueCountLimit = 8, BufferBodyLengthLimit = MaxForm }, context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static async Task<Result<T>> TryAsync<T>(Func<Task<Result<T>>> work)
    {
        try
        {
            return await work();
        }
        catch (UnavailableException)
        {
            return UnavailableException.Fault;
        }
    }

    private static int StatusOf(Fault fault) => fault.Kind switch
    {
        FaultKind.Throttled => StatusCodes.Status429TooManyRequests,
        FaultKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        FaultKind.Invalid or FaultKind.AppRefused or FaultKind.BadSignature => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status401Unauthorized,
    };

    private static Task RefuseAsync(HttpContext context, Fault fault)
    {
        Edition.SayWhen(context, fault);
        return WriteAsync(context, StatusOf(fault), $"<h1>This does not work</h1><p>{HtmlEncoder.Default.Encode(fault.Reason)}.</p>");
    }

    private static string Form(App app, string? said) =>
        $"""
        <h1>Sign in</h1>
        <p>The app <b>{HtmlEncoder.Default.Encode(app.Id)}</b> wants to use your devices.</p>
        {(said is null ? "" : $"<p role=\"alert\">{HtmlEncoder.Default.Encode(said)}</p>")}
        <form method="post">
        <p><label>E-mail address or phone number<br><input name="login" autocomplete="username" required autofocus></label></p>
        <p><label>Password<br><input name="password" type="password" autocomplete="current-password" required></label></p>
        <p><button>Let it in</button></p>
        </form>
        """;

    private static Task WriteAsync(HttpContext context, int status, string content)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return context.Response.WriteAsync(
            $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Sign in</title><body>{content}</body></html>",
            context.RequestAborted);
    }

    /// <summary>What an app asks for.</summary>
    private sealed record Asked(App App, string Redirect, string State);
}
