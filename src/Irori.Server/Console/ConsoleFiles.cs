using Irori.Server.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Irori.Server.Console;

/// <summary>Serves the built console under /console/; its routes in the browser all begin with index.html.</summary>
internal static class ConsoleFiles
{
    private const string Index = "index.html";

    // The console's component library writes style elements of its own; nothing else comes from anywhere but here.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public static void UseConsole(this WebApplication app, IroriSettings settings)
    {
        app.MapGet("/", () => Results.Redirect("/console/")).ExcludeFromDescription();
        var folder = settings.Console.Folder.Length > 0 ? settings.Resolve(settings.Console.Folder) : Path.Combine(AppContext.BaseDirectory, "console");
        if (!File.Exists(Path.Combine(folder, Index))) return;
        var files = new PhysicalFileProvider(folder);
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files, RequestPath = "/console", OnPrepareResponse = Prepare });
        app.MapGet("/console/{*path:nonfile}", (HttpContext context) => SendIndexAsync(context, files)).ExcludeFromDescription();
    }

    private static Task SendIndexAsync(HttpContext context, PhysicalFileProvider files)
    {
        // Routing takes /console for /console/, but the browser does not.
        if (context.Request.Path == "/console")
        {
            context.Response.Redirect("/console/");
            return Task.CompletedTask;
        }

        Protect(context.Response);
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        return context.Response.SendFileAsync(files.GetFileInfo(Index), context.RequestAborted);
    }

    // File names of built assets carry their hash; everything else may change with the next version.
    private static void Prepare(StaticFileResponseContext file)
    {
        Protect(file.Context.Response);
        var hashed = file.Context.Request.Path.StartsWithSegments("/console/assets", StringComparison.Ordinal);
        file.Context.Response.Headers.CacheControl = hashed ? "public, max-age=31536000, immutable" : "no-cache";
    }

    internal static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
    }
}
