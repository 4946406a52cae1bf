using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Projects;
using Microsoft.AspNetCore.Http;

namespace Irori.Dialects.Gizwits.Wire;

/// <summary>Checks the app's id and the token (Gizwits Open API, headers).</summary>
internal sealed class Authorizer(AppService apps, AppTokenService tokens, SessionService sessions)
{
    public const string AppHeader = "X-Gizwits-Application-Id";
    public const string UserHeader = "X-Gizwits-User-token";
    public const string AppTokenHeader = "X-Gizwits-Application-Token";

    private static readonly Fault NoToken = new(FaultKind.SessionEnded, $"{UserHeader} is missing");

    public async Task<Result<Caller>> AuthorizeAsync(HttpContext context, Access access, CancellationToken cancel)
    {
        if (Header(context, AppHeader) is not { } id) return new Fault(FaultKind.AppRefused, $"{AppHeader} is missing");
        if (!(await apps.FindAsync(id, GizwitsDialect.Name, cancel)).Try(out var app, out var fault)) return fault;
        var token = Header(context, UserHeader);
        switch (access)
        {
            case Access.App:
                return new Caller(app, null, context);
            case Access.AppToken:
                var shown = Header(context, AppTokenHeader) ?? token;
                if (shown is null) return NoToken;
                return tokens.Check(app, shown) is { } wrong ? wrong : new Caller(app, null, context);
            case Access.UserOrCloud when token is null && app.Kind == AppKind.Cloud:
                return new Caller(app, null, context);
            default:
                return token is null ? NoToken : await PersonalAsync(app, token, context, cancel);
        }
    }

    /// <summary>Whether a request shows a person's token, which may be a good one.</summary>
    public static bool ShowsToken(HttpRequest request, Access access) =>
        access is Access.User or Access.UserOrCloud && Header(request.HttpContext, UserHeader) is not null;

    private async Task<Result<Caller>> PersonalAsync(App app, string token, HttpContext context, CancellationToken cancel)
    {
        if (!(await sessions.AuthenticateAsync(token, context.Connection.RemoteIpAddress?.ToString(), cancel)).Try(out var who, out var fault)) return fault;
        return who.App.No == app.No ? new Caller(app, who, context) : new Fault(FaultKind.SessionEnded, "The token belongs to another app");
    }

    private static string? Header(HttpContext context, string name) => context.Request.Headers[name] is [{ Length: > 0 } value, ..] ? value : null;
}
