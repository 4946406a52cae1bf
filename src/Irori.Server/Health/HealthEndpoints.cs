using System.Text.Json.Serialization;
using Irori.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Irori.Server.Health;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="State">ok, degraded (still ready) or failing.</param>
/// <param name="Sentence">What was found; holds no secret.</param>
public sealed record HealthLine(string Name, string State, string Sentence);

/// <summary>The answer to a probe.</summary>
/// <param name="State">alive, ready or notReady.</param>
/// <param name="Checks">What was looked at.</param>
public sealed record HealthBody(string State, IReadOnlyList<HealthLine> Checks);

/// <summary>Liveness (this process answers; if not, restart it) and readiness (send it apps and devices).</summary>
internal static class HealthEndpoints
{
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>().AddSingleton<DiskWatch>().AddSingleton<DatabaseCheck>().AddSingleton<LeaseCheck>().AddSingleton<DrainingCheck>().AddSingleton<DiskCheck>();
        services.AddSingleton<IHostedService>(p => new Background(p.GetRequiredService<DiskWatch>().RunAsync));
        services.AddHealthChecks()
            .AddCheck<DatabaseCheck>("database").AddCheck<LeaseCheck>("lease").AddCheck<DrainingCheck>("draining").AddCheck<DiskCheck>("disk");
        return services;
    }

    /// <summary>Both are anonymous: probes carry no secrets and learn none.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", (HttpContext context) => WriteAsync(context, StatusCodes.Status200OK, new HealthBody("alive", []))).ExcludeFromDescription();
        routes.MapGet("/health/ready", AnswerReadyAsync).ExcludeFromDescription();
    }

    private static async Task AnswerReadyAsync(HttpContext context, Readiness readiness)
    {
        var report = await readiness.CheckAsync().WaitAsync(context.RequestAborted);
        var ready = report.Status != HealthStatus.Unhealthy;
        var lines = report.Entries.Select(e => new HealthLine(e.Key, Word(e.Value.Status), e.Value.Description ?? ""));
        var status = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await WriteAsync(context, status, new HealthBody(ready ? "ready" : "notReady", [.. lines]));
    }

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "ok",
        HealthStatus.Degraded => "degraded",
        _ => "failing",
    };

    private static Task WriteAsync(HttpContext context, int status, HealthBody body)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(body, HealthJson.Default.HealthBody);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HealthBody))]
internal sealed partial class HealthJson : JsonSerializerContext;
