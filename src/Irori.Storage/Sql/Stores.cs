using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Devices;
using Irori.Core.Firmware;
using Irori.Core.Groups;
using Irori.Core.History;
using Irori.Core.Homes;
using Irori.Core.Installation;
using Irori.Core.Links;
using Irori.Core.Messages;
using Irori.Core.Outbox;
using Irori.Core.Products;
using Irori.Core.Projects;
using Irori.Core.Scenes;
using Irori.Core.Schedules;
using Irori.Core.Sharing;
using Irori.Storage.Accounts;
using Irori.Storage.Bindings;
using Irori.Storage.Commands;
using Irori.Storage.Devices;
using Irori.Storage.Firmware;
using Irori.Storage.Groups;
using Irori.Storage.History;
using Irori.Storage.Homes;
using Irori.Storage.Installation;
using Irori.Storage.Links;
using Irori.Storage.Messages;
using Irori.Storage.Outbox;
using Irori.Storage.Products;
using Irori.Storage.Projects;
using Irori.Storage.Scenes;
using Irori.Storage.Schedules;
using Irori.Storage.Sharing;

namespace Irori.Storage.Sql;

/// <summary>The stores over one connection. They hold nothing but it.</summary>
internal sealed class Stores(SqlSession session) : IStores
{
    public IInstallationStore Installation => new InstallationStore(session);

    public IProjectStore Projects => new ProjectStore(session);

    public IAccountStore Accounts => new AccountStore(session);

    public ICodeStore Codes => new CodeStore(session);

    public ISessionStore Sessions => new SessionStore(session);

    public IOAuthStore OAuth => new OAuthStore(session);

    public IProductStore Products => new ProductStore(session);

    public IDeviceStore Devices => new DeviceStore(session);

    public IBindingStore Bindings => new BindingStore(session);

    public IShareStore Shares => new ShareStore(session);

    public IGroupStore Groups => new GroupStore(session);

    public IHomeStore Homes => new HomeStore(session);

    public IMessageStore Messages => new MessageStore(session);

    public IOutboxStore Outbox => new OutboxStore(session);

    public ILinkStore Links => new LinkStore(session);

    public ICommandStore Commands => new CommandStore(session);

    public ISceneStore Scenes => new SceneStore(session);

    public IScheduleStore Schedules => new ScheduleStore(session);

    public IRunStore Runs => new RunStore(session);

    public IFirmwareStore Firmware => new FirmwareStore(session);

    public IHistoryStore History => new HistoryStore(session);
}
