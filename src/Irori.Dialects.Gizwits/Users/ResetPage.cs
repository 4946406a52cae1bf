using System.Text.Encodings.Web;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Installation;
using Irori.Core.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Users;

/// <summary>The page behind the mailed link, on which a person sets a new password (Gizwits Open API, reset-password).</summary>
internal sealed class ResetPage(AccountService accounts, CallLimiter limits, PublicAddress configured)
{
    private const int MaxForm = 8 * 1024;
    private const string Path = "/gizwits/reset-password";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, context => WriteAsync(context, StatusCodes.Status200OK, Form(context.Request.Query["email"].ToString(), context.Request.Query["code"].ToString(), said: null)))
            .ExcludeFromDescription();
        routes.MapPost(Path, ResetAsync).ExcludeFromDescription();
    }

    /// <summary>
    /// Makes the link of a code. Only with a configured host: the host that was asked is said by who asks, and a link must not lead the code to him. Without
    /// one the code itself is mailed, and the page asks for it.
    /// </summary>
    public Func<string, string>? Link(HttpContext context, Login address)
    {
        if (configured.Host.Length == 0) return null;
        var port = context.Request.IsHttps ? configured.HttpsPort : configured.HttpPort;
        var usual = port is 0 or 80 or 443;
        return code => $"{context.Request.Scheme}://{configured.Host}{(usual ? "" : $":{port}")}{Path}?email={Uri.EscapeDataString(address.Value)}&code={code}";
    }

    private async Task ResetAsync(HttpContext context)
    {
        if (limits.From(context.Connection.RemoteIpAddress, "resetPage") is { } crowded)
        {
            await WriteAsync(context, StatusCodes.Status429TooManyRequests, Form("", "", crowded.Reason));
            return;
        }

        if (await FormAsync(context) is not { } form)
        {
            await WriteAsync(context, StatusCodes.Status400BadRequest, Form("", "", "Fill in the form."));
            return;
        }

        var (email, code) = (form["email"].ToString(), form["code"].ToString());
        var done = Login.Email(email).Try(out var login, out var fault) ? await TryAsync(login, code, form["password"].ToString(), context.RequestAborted) : fault;
        if (done.Fault is not { } refused) await WriteAsync(context, StatusCodes.Status200OK, "<h1>Done</h1><p>Sign in with the new password.</p>");
        else await WriteAsync(context, refused.Kind == FaultKind.Unavailable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest, Form(email, code, Said(refused)));
    }

    private async Task<Result<Done>> TryAsync(Login login, string code, string password, CancellationToken cancel)
    {
        try
        {
            return await accounts.ResetPasswordAsync(login, CodePurpose.ResetPassword, code, password, cancel);
        }
        catch (UnavailableException)
        {
            return UnavailableException.Fault;
        }
    }

    // The page does not tell which addresses have accounts.
    private static string Said(Fault fault) => fault.Kind is FaultKind.NoSuchAccount or FaultKind.OtherRegion ? CodeService.Wrong.Reason : fault.Reason;

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

    private static string Form(string email, string code, string? said) =>
        $"""
        <h1>New password</h1>
        {(said is null ? "" : $"<p role=\"alert\">{HtmlEncoder.Default.Encode(said)}</p>")}
        <form method="post" action="{Path}">
        <p><label>E-mail address<br><input name="email" type="email" autocomplete="username" value="{HtmlEncoder.Default.Encode(email)}" required></label></p>
        <p><label>Code from the mail<br><input name="code" inputmode="numeric" autocomplete="one-time-code" value="{HtmlEncoder.Default.Encode(code)}" required></label></p>
        <p><label>New password<br><input name="password" type="password" autocomplete="new-password" required autofocus></label></p>
        <p><button>Set it</button></p>
        </form>
        """;

    private static Task WriteAsync(HttpContext context, int status, string content)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return context.Response.WriteAsync(
            $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>New password</title><body>{content}</body></html>",
            context.RequestAborted);
    }
}
