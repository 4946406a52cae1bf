using Irori.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using static Irori.Server.Console.ConsoleEndpoint;

namespace Irori.Server.Console;

/// <summary>The console's HTTP API. Times are milliseconds since 1970; errors have the body of <see cref="Hosting.ErrorBody"/>.</summary>
internal static class ConsoleApi
{
    public const string Prefix = "/console/api";

    public static IServiceCollection AddConsole(this IServiceCollection services) => services
        .AddHostedService<ConsoleApp>()
        .AddSingleton<SessionApi>()
        .AddSingleton<HomesApi>()
        .AddSingleton<DevicesApi>()
        .AddSingleton<HistoryApi>()
        .AddSingleton<FeedApi>()
        .AddSingleton<OperatorApi>();

    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
        var json = ConsoleJson.Default;
        var api = routes.MapGroup(Prefix).ExcludeFromDescription();
        api.MapPost("/session", Anonymous<SessionApi, Me>((a, context) => a.SignInAsync(context), json.Me));
        api.MapGet("/session", Signed<SessionApi, Me>((a, context, who) => a.MeAsync(context, who), json.Me));
        api.MapDelete("/session", Signed<SessionApi, Done>((a, context, who) => a.SignOutAsync(context, who), json.Done));
        api.MapGet("/homes", Signed<HomesApi, HomesAnswer>((a, context, who) => a.ListAsync(context, who), json.HomesAnswer));
        api.MapGet("/homes/{home}/devices", Signed<DevicesApi, DevicesAnswer>((a, context, who) => a.ListAsync(context, who), json.DevicesAnswer));
        api.MapGet("/devices/{device}", Signed<DevicesApi, DeviceAnswer>((a, context, who) => a.FindAsync(context, who), json.DeviceAnswer));
        api.MapPost("/devices/{device}/command", Signed<DevicesApi, CommandDone>((a, context, who) => a.CommandAsync(context, who), json.CommandDone));
        api.MapGet("/devices/{device}/history", Signed<HistoryApi, HistoryAnswer>((a, context, who) => a.PointsAsync(context, who), json.HistoryAnswer));
        api.MapGet("/feed", Signed<FeedApi>((a, context, who) => a.RunAsync(context, who)));
        api.MapGet("/operator/outbox", Operator<OperatorApi, OutboxAnswer>((a, _, _) => a.OutboxAsync(), json.OutboxAnswer));
        api.MapGet("/operator/devices", Operator<OperatorApi, FoundAnswer>((a, context, who) => a.SearchAsync(context, who), json.FoundAnswer));
        api.MapGet("/operator/devices/{device}", Operator<OperatorApi, InspectAnswer>((a, context, who) => a.InspectAsync(context, who), json.InspectAnswer));
        api.Map("/{**rest}", Signed<SessionApi>((_, context, _) => ConsoleFaults.WriteAsync(context, Fault.NotVisible("page"))));
    }
}
