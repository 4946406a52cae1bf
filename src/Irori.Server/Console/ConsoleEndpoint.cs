using System.Text.Json.Serialization.Metadata;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Core.Limits;
using Irori.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Irori.Server.Console;

/// <summary>Who is answered by an endpoint of the console; it stands in the endpoint's metadata.</summary>
internal enum ConsoleAccess
{
    /// <summary>Everybody.</summary>
    Anonymous,

    /// <summary>Who is signed in.</summary>
    Signed,

    /// <summary>Operators.</summary>
    Operator,
}

/// <summary>An endpoint with the guard that stands around it.</summary>
internal sealed record ConsoleHandler(ConsoleAccess Access, RequestDelegate Serve);

/// <summary>What stands around every endpoint of the console: limits, protection against other sites, the session, answers in JSON.</summary>
internal static class ConsoleEndpoint
{
    /// <summary>A header that no other site can make a browser send.</summary>
    public const string Header = "X-Irori-Console";

    /// <summary>For everybody.</summary>
    public static ConsoleHandler Anonymous<TApi, T>(Func<TApi, HttpContext, Task<Result<T>>> handle, JsonTypeInfo<T> json)
        where TApi : notnull => new(
        ConsoleAccess.Anonymous,
        context => GuardAsync(context, async () => await WriteAsync(context, Crowd(context) is { } crowded ? crowded : await handle(Api<TApi>(context), context), json)));

    /// <summary>For who is signed in.</summary>
    public static ConsoleHandler Signed<TApi, T>(Func<TApi, HttpContext, Principal, Task<Result<T>>> handle, JsonTypeInfo<T> json)
        where TApi : notnull =>
        Signed<TApi>(async (api, context, who) => await WriteAsync(context, await handle(api, context, who), json));

    /// <summary>For who is signed in; the handler writes the answer.</summary>
    public static ConsoleHandler Signed<TApi>(Func<TApi, HttpContext, Principal, Task> handle, int? upload = null)
        where TApi : notnull => new(
        ConsoleAccess.Signed,
        context => GuardAsync(
            context,
            async () =>
            {
                if (!(await WhoAsync(context)).Try(out var who, out var fault)) await ConsoleFaults.WriteAsync(context, Crowd(context) ?? fault);
                else if (Api<CallLimiter>(context).Of(who, NameOf(context)) is { } over) await ConsoleFaults.WriteAsync(context, over);
                else await handle(Api<TApi>(context), context, who);
            },
            upload));

    /// <summary>For operators; for everybody else who is signed in there is no such page, whatever the request says.</summary>
    public static ConsoleHandler Operator<TApi, T>(Func<TApi, HttpContext, Principal, Task<Result<T>>> handle, JsonTypeInfo<T> json)
        where TApi : notnull => Signed<TApi, T>(
        async (api, context, who) => (await Api<DeviceInspector>(context).CheckAsync(who, context.RequestAborted)).Fault ?? await handle(api, context, who), json)
        with { Access = ConsoleAccess.Operator };

    /// <summary>For operators who bring files: the body is a form of at most <see cref="FirmwareApi.MaxUpload"/>.</summary>
    public static ConsoleHandler OperatorUpload<TApi, T>(Func<TApi, HttpContext, Principal, Task<Result<T>>> handle, JsonTypeInfo<T> json)
        where TApi : notnull => Signed<TApi>(
        async (api, context, who) => await WriteAsync(
            context, (await Api<DeviceInspector>(context).CheckAsync(who, context.RequestAborted)).Fault is { } refused ? refused : await handle(api, context, who), json),
        FirmwareApi.MaxUpload)
        with { Access = ConsoleAccess.Operator };

    /// <summary>Who the request's cookie stands for.</summary>
    public static async Task<Result<Principal>> WhoAsync(HttpContext context)
    {
        var session = ConsoleCookie.Read(context) is { } token
            ? await Api<SessionService>(context).AuthenticateAsync(token, Ip(context), context.RequestAborted)
            : new Fault(FaultKind.SessionEnded, "Sign in first");
        return session.IsOk && session.Value.App.Id != ConsoleApp.Id ? new Fault(FaultKind.SessionEnded, "Sign in first") : session;
    }

    /// <summary>The caller's address.</summary>
    public static string? Ip(HttpContext context) => context.Connection.RemoteIpAddress?.ToString();

    private static Fault? Crowd(HttpContext context) => Api<CallLimiter>(context).From(context.Connection.RemoteIpAddress, NameOf(context));

    private static string NameOf(HttpContext context) => context.GetEndpoint()?.DisplayName ?? "the console";

    // With an upload the body is a form of up to so many bytes, else JSON.
    private static async Task GuardAsync(HttpContext context, Func<Task> handle, int? upload = null)
    {
        if (upload is { } most) context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = most;
        context.Response.Headers.CacheControl = "no-store";
        // The rest of a body that is too large is read and thrown away by the listener: cutting it off would cut off the answer too.
        if (upload is null && context.Request.ContentLength > ConsoleInput.MaxBody)
        {
            await ConsoleFaults.WriteAsync(context, ConsoleInput.TooLarge);
            return;
        }

        if (Refusal(context.Request, upload is not null) is { } refused)
        {
            await ErrorAnswer.WriteAsync(context, refused.Status, refused.Error);
            return;
        }

        try
        {
            await handle();
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await ErrorAnswer.WriteAsync(context, e.StatusCode, new ErrorDetail("invalid", "The request cannot be understood"));
        }
        catch (UnavailableException) when (!context.Response.HasStarted)
        {
            await ConsoleFaults.WriteAsync(context, UnavailableException.Fault);
        }
    }

    private static (int Status, ErrorDetail Error)? Refusal(HttpRequest request, bool form)
    {
        if (HttpMethods.IsGet(request.Method)) return null;
        if (request.Headers[Header] != "1") return (StatusCodes.Status403Forbidden, new ErrorDetail("crossSite", $"A changing request needs the header {Header}: 1"));
        return form || request.HasJsonContentType() ? null : (StatusCodes.Status415UnsupportedMediaType, new ErrorDetail("invalid", "The body must be application/json"));
    }

    private static Task WriteAsync<T>(HttpContext context, Result<T> result, JsonTypeInfo<T> json) =>
        result.Try(out var value, out var fault) ? context.Response.WriteAsJsonAsync(value, json) : ConsoleFaults.WriteAsync(context, fault);

    private static TApi Api<TApi>(HttpContext context)
        where TApi : notnull => context.RequestServices.GetRequiredService<TApi>();
}
