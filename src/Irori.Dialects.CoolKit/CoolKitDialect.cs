using Irori.Core;
using Irori.Dialects.CoolKit.Realtime;
using Irori.Dialects.CoolKit.V1;
using Irori.Dialects.CoolKit.V1.Devices;
using Irori.Dialects.CoolKit.V1.Groups;
using Irori.Dialects.CoolKit.V1.Users;
using Irori.Dialects.CoolKit.V2.Devices;
using Irori.Dialects.CoolKit.V2.Families;
using Irori.Dialects.CoolKit.V2.Homepage;
using Irori.Dialects.CoolKit.V2.Messages;
using Irori.Dialects.CoolKit.V2.OAuth;
using Irori.Dialects.CoolKit.V2.Users;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Irori.Dialects.CoolKit;

/// <summary>CoolKit (eWeLink), as its apps and devices speak it.</summary>
public static class CoolKitDialect
{
    /// <summary>Name of the dialect in Core.</summary>
    public const string Name = "coolkit";

    /// <summary>Kind of product name that holds the number of the user interface (uiid).</summary>
    public const string UiidName = "uiid";

    /// <summary>Kind of a device's name that stands in the QR code of a GSM device.</summary>
    public const string GsmName = "gsm";

    /// <summary>Kind of a device's name by which its gateway knows it: its address, and what it is.</summary>
    public const string SubName = "sub";

    /// <summary>Name of the OpenAPI document.</summary>
    public const string DocumentV2 = "coolkit-v2";

    /// <summary>Name of the OpenAPI document of v1.</summary>
    public const string DocumentV1 = "coolkit-v1";

    /// <summary>Registers the dialect.</summary>
    public static IServiceCollection AddCoolKit(this IServiceCollection services) => services
        .AddSingleton<Authorizer>()
        .AddSingleton<Operations>()
        .AddSingleton<OwnAddress>()
        .AddSingleton<UserOperations>()
        .AddSingleton<OAuthOperations>()
        .AddSingleton<SignInPage>()
        .AddSingleton<FamilyOperations>()
        .AddSingleton<DeviceOperations>()
        .AddSingleton<StatusOperations>()
        .AddSingleton<AddOperations>()
        .AddSingleton<InfoOperations>()
        .AddSingleton<GroupOperations>()
        .AddSingleton<ShareOperations>()
        .AddSingleton<HistoryOperations>()
        .AddSingleton<FirmwareOperations>()
        .AddSingleton<MessageOperations>()
        .AddSingleton<HomepageOperations>()
        .AddSingleton<AccountOperations>()
        .AddSingleton<DeviceV1Mapper>()
        .AddSingleton<DeviceV1Operations>()
        .AddSingleton<InfoV1Operations>()
        .AddSingleton<HistoryV1Operations>()
        .AddSingleton<GroupV1Operations>()
        .AddSingleton<ThingMapper>()
        .AddSingleton<Dispatch>()
        .AddSingleton<AppConnection.Services>()
        .AddSingleton<DeviceConnection.Services>()
        .AddSingleton<DeviceParams>()
        .AddSingleton<SubDevices.Services>()
        .AddSingleton<RealtimeEndpoint>()
        .AddDocuments();

    /// <summary>Maps its addresses.</summary>
    public static void MapCoolKit(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var v2 = routes.MapGroup("").WithGroupName(DocumentV2);
        services.GetRequiredService<UserOperations>().Map(v2);
        services.GetRequiredService<OAuthOperations>().Map(v2);
        services.GetRequiredService<SignInPage>().Map(routes);
        services.GetRequiredService<FamilyOperations>().Map(v2);
        services.GetRequiredService<DeviceOperations>().Map(v2);
        services.GetRequiredService<StatusOperations>().Map(v2);
        services.GetRequiredService<AddOperations>().Map(v2);
        services.GetRequiredService<InfoOperations>().Map(v2);
        services.GetRequiredService<GroupOperations>().Map(v2);
        services.GetRequiredService<ShareOperations>().Map(v2);
        services.GetRequiredService<HistoryOperations>().Map(v2);
        services.GetRequiredService<FirmwareOperations>().Map(v2);
        services.GetRequiredService<MessageOperations>().Map(v2);
        services.GetRequiredService<HomepageOperations>().Map(v2);
        var v1 = routes.MapGroup("").WithGroupName(DocumentV1);
        services.GetRequiredService<AccountOperations>().Map(v1);
        services.GetRequiredService<DeviceV1Operations>().Map(v1);
        services.GetRequiredService<InfoV1Operations>().Map(v1);
        services.GetRequiredService<HistoryV1Operations>().Map(v1);
        services.GetRequiredService<GroupV1Operations>().Map(v1);
        services.GetRequiredService<Dispatch>().Map(v2, v1);
        services.GetRequiredService<RealtimeEndpoint>().Map(routes);
        routes.Map("/api/{**path}", context => PlainEdition.General.FailAsync(context, new Fault(FaultKind.NotVisible, "api not found")))
            .WithMetadata(new ExcludeFromDescriptionAttribute());
        routes.Map("/v2/{**path}", context => Operations.FailAsync(context, CoolKitFaults.NoSuchOperation, new Fault(FaultKind.NotVisible, "api not found")))
            .WithMetadata(new ExcludeFromDescriptionAttribute());
    }
}
