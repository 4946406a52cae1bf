using System.Security.Cryptography;
using System.Text;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Irori.Server.Metrics;

/// <summary>What is measured, as a page for Prometheus and for a collector, each only when it is configured.</summary>
internal static class MetricsEndpoint
{
    private const string Scheme = "Bearer ";

    public static IServiceCollection AddMeasuring(this IServiceCollection services, IroriSettings settings)
    {
        services.AddSingleton<NodeGauges>();
        if (settings.Metrics.Token.Length > 0) services.AddSingleton<MetricsCollector>();
        if (settings.Metrics.Otlp.Length > 0) services.AddSingleton<IHostedService, OtlpExport>();
        return services;
    }

    /// <summary>Answers /metrics to who shows the token; without a configured token there is no such page.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes, IroriSettings settings)
    {
        routes.ServiceProvider.GetRequiredService<NodeGauges>();
        if (settings.Metrics.Token.Length == 0) return;
        var collector = routes.ServiceProvider.GetRequiredService<MetricsCollector>();
        var wanted = Hash(settings.Metrics.Token);
        routes.MapGet("/metrics", (HttpContext context) => IsAllowed(context, wanted) ? WriteAsync(context, collector) : RefuseAsync(context)).ExcludeFromDescription();
    }

    private static Task WriteAsync(HttpContext context, MetricsCollector collector)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(collector.Write(), context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ErrorAnswer.WriteAsync(context, StatusCodes.Status401Unauthorized, new ErrorDetail("unauthorized", "This page needs the token of Metrics.Token"));
    }

    private static bool IsAllowed(HttpContext context, byte[] wanted) =>
        context.Request.Headers.Authorization is [{ } given] && given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Hash(given[Scheme.Length..]), wanted);

    // Of equal length, so that the comparison tells nothing of the token's.
    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
