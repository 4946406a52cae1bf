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
        .AddSingleton<MembersApi>()
        .AddSingleton<DevicesApi>()
        .AddSingleton<HistoryApi>()
        .AddSingleton<FeedApi>()
        .AddSingleton<OperatorApi>()
        .AddSingleton<AppsApi>()
        .AddSingleton<FirmwareApi>();

    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
        var json = ConsoleJson.Default;
        var api = routes.MapGroup(Prefix).ExcludeFromDescription();
        Map(api, "POST", "/session", Anonymous<SessionApi, Me>((a, context) => a.SignInAsync(context), json.Me));
        Map(api, "GET", "/session", Signed<SessionApi, Me>((a, context, who) => a.MeAsync(context, who), json.Me));
        Map(api, "DELETE", "/session", Signed<SessionApi, Done>((a, context, who) => a.SignOutAsync(context, who), json.Done));
        Map(api, "GET", "/homes", Signed<HomesApi, HomesAnswer>((a, context, who) => a.ListAsync(context, who), json.HomesAnswer));
        Map(api, "GET", "/homes/{home}/devices", Signed<DevicesApi, DevicesAnswer>((a, context, who) => a.ListAsync(context, who), json.DevicesAnswer));
        Map(api, "GET", "/homes/{home}/members", Signed<MembersApi, MembersAnswer>((a, context, who) => a.ListAsync(context, who), json.MembersAnswer));
        Map(api, "POST", "/homes/{home}/members", Signed<MembersApi, Done>((a, context, who) => a.InviteAsync(context, who), json.Done));
        Map(api, "DELETE", "/homes/{home}/members/{account}", Signed<MembersApi, Done>((a, context, who) => a.RemoveAsync(context, who), json.Done));
        Map(api, "DELETE", "/homes/{home}/membership", Signed<MembersApi, Done>((a, context, who) => a.LeaveAsync(context, who), json.Done));
        Map(api, "GET", "/invitations", Signed<MembersApi, InvitationsAnswer>((a, context, who) => a.InvitationsAsync(context, who), json.InvitationsAnswer));
        Map(api, "POST", "/invitations/{invitation}", Signed<MembersApi, Done>((a, context, who) => a.AnswerAsync(context, who), json.Done));
        Map(api, "DELETE", "/invitations/{invitation}", Signed<MembersApi, Done>((a, context, who) => a.WithdrawAsync(context, who), json.Done));
        Map(api, "GET", "/devices/{device}", Signed<DevicesApi, DeviceAnswer>((a, context, who) => a.FindAsync(context, who), json.DeviceAnswer));
        Map(api, "POST", "/devices/{device}/command", Signed<DevicesApi, CommandDone>((a, context, who) => a.CommandAsync(context, who), json.CommandDone));
        Map(api, "GET", "/devices/{device}/history", Signed<HistoryApi, HistoryAnswer>((a, context, who) => a.PointsAsync(context, who), json.HistoryAnswer));
        Map(api, "GET", "/feed", Signed<FeedApi>((a, context, who) => a.RunAsync(context, who)));
        Map(api, "GET", "/operator/outbox", Operator<OperatorApi, OutboxAnswer>((a, _, _) => a.OutboxAsync(), json.OutboxAnswer));
        Map(api, "GET", "/operator/devices", Operator<OperatorApi, FoundAnswer>((a, context, who) => a.SearchAsync(context, who), json.FoundAnswer));
        Map(api, "GET", "/operator/devices/{device}", Operator<OperatorApi, InspectAnswer>((a, context, who) => a.InspectAsync(context, who), json.InspectAnswer));
        Map(api, "GET", "/operator/apps", Operator<AppsApi, AppsAnswer>((a, context, _) => a.ListAsync(context), json.AppsAnswer));
        Map(api, "POST", "/operator/apps/{app}/redirects", Operator<AppsApi, Done>((a, context, _) => a.AddRedirectAsync(context), json.Done));
        Map(api, "DELETE", "/operator/apps/{app}/redirects", Operator<AppsApi, Done>((a, context, _) => a.RemoveRedirectAsync(context), json.Done));
        Map(api, "GET", "/operator/products", Operator<FirmwareApi, ProductsAnswer>((a, context, _) => a.ProductsAsync(context), json.ProductsAnswer));
        Map(api, "GET", "/operator/firmware", Operator<FirmwareApi, FirmwareAnswer>((a, context, _) => a.ListAsync(context), json.FirmwareAnswer));
        Map(api, "POST", "/operator/firmware", OperatorUpload<FirmwareApi, FirmwareItem>((a, context, _) => a.AddAsync(context), json.FirmwareItem));
        Map(api, "DELETE", "/operator/firmware/{release}", Operator<FirmwareApi, Done>((a, context, _) => a.RemoveAsync(context), json.Done));
        var rest = Signed<SessionApi>((_, context, _) => ConsoleFaults.WriteAsync(context, Fault.NotVisible("page")));
        api.Map("/{**rest}", rest.Serve).WithMetadata(rest.Access);
    }

    private static void Map(RouteGroupBuilder api, string method, string path, ConsoleHandler handler) =>
        api.MapMethods(path, [method], handler.Serve).WithMetadata(handler.Access);
}
