using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.Feeds;
using Irori.Core.Firmware;
using Irori.Core.Groups;
using Irori.Core.History;
using Irori.Core.Homes;
using Irori.Core.Links;
using Irori.Core.Messages;
using Irori.Core.Outbox;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Core.Scenes;
using Irori.Core.Schedules;
using Irori.Core.Sharing;
using Microsoft.Extensions.DependencyInjection;

namespace Irori.Core;

/// <summary>Registers the home cloud. What it stands on (database, bus, keys, installation, hasher, code sender, settings) is registered by the host.</summary>
public static class CoreServices
{
    /// <summary>Adds every service of Core as a singleton; none holds state that may not be lost.</summary>
    public static IServiceCollection AddIroriCore(this IServiceCollection services) => services
        .AddSingleton<AccountRegistry>()
        .AddSingleton<AccountService>()
        .AddSingleton<AppService>()
        .AddSingleton<AppTokenService>()
        .AddSingleton<BindCodes>()
        .AddSingleton<BindingService>()
        .AddSingleton<CaptchaService>()
        .AddSingleton<CodeService>()
        .AddSingleton<CommandService>()
        .AddSingleton<CommonClock>()
        .AddSingleton<DeviceBinder>()
        .AddSingleton<DeviceEditor>()
        .AddSingleton<DeviceInspector>()
        .AddSingleton<DeviceRegistry>()
        .AddSingleton<DeviceService>()
        .AddSingleton<FeedHub>()
        .AddSingleton<FeedReview>()
        .AddSingleton<FirmwareService>()
        .AddSingleton<GroupMembers>()
        .AddSingleton<GroupService>()
        .AddSingleton<HistoryService>()
        .AddSingleton<HomeMembers>()
        .AddSingleton<HomeService>()
        .AddSingleton<IdentityService>()
        .AddSingleton<InvitationService>()
        .AddSingleton<LeaseKeeper>()
        .AddSingleton<LinkService>()
        .AddSingleton<MembershipService>()
        .AddSingleton<MessageService>()
        .AddSingleton<OAuthService>()
        .AddSingleton<OutboxService>()
        .AddSingleton<OutboxSignal>()
        .AddSingleton<PlanRunner>()
        .AddSingleton<ProductService>()
        .AddSingleton<RetentionService>()
        .AddSingleton<RunService>()
        .AddSingleton(new RunSettings())
        .AddSingleton<RunSignal>()
        .AddSingleton<SceneService>()
        .AddSingleton<ScheduleService>()
        .AddSingleton<SessionService>()
        .AddSingleton<ShareReview>()
        .AddSingleton<SharingService>()
        .AddSingleton<SignInThrottle>()
        .AddSingleton<SubDeviceService>()
        .AddSingleton<StorageGate>();
}
