using Microsoft.AspNetCore.Http;

namespace Irori.Server.Console;

/// <summary>
/// Carries the access token where no script can read it. Cookies ignore ports, and a browser lets nothing plain replace a secure one: HTTP and HTTPS
/// have a name each.
/// </summary>
internal static class ConsoleCookie
{
    private const string Plain = "irori-console";
    private const string Secure = "__Secure-irori-console";

    public static string? Read(HttpContext context) => context.Request.Cookies[Name(context)];

    public static void Write(HttpContext context, string token, DateTimeOffset until) =>
        context.Response.Cookies.Append(Name(context), token, Options(context, until));

    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Name(context), Options(context, until: null));

    private static string Name(HttpContext context) => context.Request.IsHttps ? Secure : Plain;

    private static CookieOptions Options(HttpContext context, DateTimeOffset? until) => new()
    {
        Path = ConsoleApi.Prefix, HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Expires = until, IsEssential = true,
    };
}
