using System.Net;
using Irori.Core;
using Irori.Core.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Irori.Server.Hosting;

/// <summary>Limits of the server's own addresses, which know no caller.</summary>
internal static class EndpointLimits
{
    /// <summary>Counts every request before it is served; one over the limit is answered with status 429.</summary>
    public static TBuilder Limit<TBuilder>(this TBuilder endpoints, Func<CallLimiter, IPAddress?, Fault?> count)
        where TBuilder : IEndpointConventionBuilder => endpoints.AddEndpointFilter(async (invocation, next) =>
    {
        var context = invocation.HttpContext;
        if (count(context.RequestServices.GetRequiredService<CallLimiter>(), context.Connection.RemoteIpAddress) is not { } over) return await next(invocation);
        await ErrorAnswer.WriteAsync(
            context, StatusCodes.Status429TooManyRequests, new ErrorDetail("throttled", over.Reason, RetryAfter: (int)Math.Ceiling(over.RetryAfter!.Value.TotalSeconds)));
        return Results.Empty;
    });
}
