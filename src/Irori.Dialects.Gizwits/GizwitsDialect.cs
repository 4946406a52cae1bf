using Irori.Dialects.Gizwits.Aggregates;
using Irori.Dialects.Gizwits.Bindings;
using Irori.Dialects.Gizwits.Groups;
using Irori.Dialects.Gizwits.Messages;
using Irori.Dialects.Gizwits.Monitoring;
using Irori.Dialects.Gizwits.Realtime;
using Irori.Dialects.Gizwits.Rules;
using Irori.Dialects.Gizwits.Scenes;
using Irori.Dialects.Gizwits.Schedulers;
using Irori.Dialects.Gizwits.Sharing;
using Irori.Dialects.Gizwits.SystemInformation;
using Irori.Dialects.Gizwits.Users;
using Irori.Dialects.Gizwits.Wire;
using Irori.Dialects.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Irori.Dialects.Gizwits;

/// <summary>Gizwits, as its apps speak it.</summary>
public static class GizwitsDialect
{
    /// <summary>Name of the dialect in Core.</summary>
    public const string Name = "gizwits";

    /// <summary>Kind of product name that holds the product_key.</summary>
    public const string ProductKeyName = "product_key";

    /// <summary>Name of the OpenAPI document.</summary>
    public const string Document = "gizwits";

    /// <summary>How long a token is good for (Gizwits Open API, tokens). It cannot be renewed, only replaced by another sign-in.</summary>
    public static readonly TimeSpan TokenLife = TimeSpan.FromDays(7);

    /// <summary>Registers the dialect.</summary>
    public static IServiceCollection AddGizwits(this IServiceCollection services)
    {
        services.TryAddSingleton<OwnAddress>();
        services.TryAddSingleton<Guard>();
        return services
            .AddSingleton<Authorizer>()
            .AddSingleton<Operations>()
            .AddSingleton<ProductKeys>()
            .AddSingleton<DeviceMapper>()
            .AddSingleton<BindingOperations>()
            .AddSingleton<MonitoringOperations>()
            .AddSingleton<ActionReader>()
            .AddSingleton<AggregateOperations>()
            .AddSingleton<RuleReader>()
            .AddSingleton<RuleOperations>()
            .AddSingleton<SceneOperations>()
            .AddSingleton<ScheduledTasks>()
            .AddSingleton<SchedulerOperations>()
            .AddSingleton<CommonSchedulerOperations>()
            .AddSingleton<LegacySchedulerOperations>()
            .AddSingleton<GroupOperations>()
            .AddSingleton<MessageOperations>()
            .AddSingleton<SharingOperations>()
            .AddSingleton<UserOperations>()
            .AddSingleton<CodeOperations>()
            .AddSingleton<ResetPage>()
            .AddSingleton<AppConnection.Services>()
            .AddSingleton<RealtimeEndpoint>()
            .AddDocument();
    }

    /// <summary>Maps its addresses.</summary>
    public static void MapGizwits(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var api = routes.MapGroup("").WithGroupName(Document);
        SystemOperations.Map(api);
        services.GetRequiredService<UserOperations>().Map(api);
        services.GetRequiredService<CodeOperations>().Map(api);
        services.GetRequiredService<BindingOperations>().Map(api);
        services.GetRequiredService<MonitoringOperations>().Map(api);
        services.GetRequiredService<GroupOperations>().Map(api);
        services.GetRequiredService<MessageOperations>().Map(api);
        services.GetRequiredService<SharingOperations>().Map(api);
        services.GetRequiredService<RuleOperations>().Map(api);
        services.GetRequiredService<SceneOperations>().Map(api);
        services.GetRequiredService<SchedulerOperations>().Map(api);
        services.GetRequiredService<CommonSchedulerOperations>().Map(api);
        services.GetRequiredService<LegacySchedulerOperations>().Map(api);
        services.GetRequiredService<AggregateOperations>().Map(api);
        services.GetRequiredService<ResetPage>().Map(routes);
        services.GetRequiredService<RealtimeEndpoint>().Map(routes);
        routes.Map("/app/{**path}", context => Operations.NoSuchAsync(context)).WithMetadata(new ExcludeFromDescriptionAttribute());
    }
}
