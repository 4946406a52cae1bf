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
using Irori.Core.States;

namespace Irori.Core;

/// <summary>
/// The one door to what is stored. A unit of work may await nothing but the stores it is given: on SQLite it runs on the only
/// writer's thread, and everybody else waits behind it.
/// </summary>
public interface IDatabase
{
    /// <summary>Runs queries.</summary>
    Task<T> ReadAsync<T>(Func<IStores, Task<T>> work, CancellationToken cancel);

    /// <summary><see cref="ISessionStore.FindByAccessAsync"/>, which every request asks, as cheap as the engine can.</summary>
    Task<SignedIn?> FindSessionAsync(byte[] accessHash, CancellationToken cancel);

    /// <summary><see cref="IBindingStore.FindTargetAsync"/>, which every command asks, as cheap as the engine can.</summary>
    Task<CommandTarget?> FindTargetAsync(long account, long app, string deviceId, CancellationToken cancel);

    /// <summary>Runs changes in one durable transaction. A fault, or an exception, leaves nothing behind.</summary>
    Task<Result<T>> WriteAsync<T>(Func<IStores, Task<Result<T>>> work, CancellationToken cancel);

    /// <summary>
    /// Like <see cref="WriteAsync{T}"/>, but shares its transaction with other devices' changes (link opens come in crowds).
    /// It may touch only rows of this device's link, state and presence.
    /// </summary>
    Task<Result<T>> GroupWriteAsync<T>(long device, Func<IStores, Task<Result<T>>> work, CancellationToken cancel);

    /// <summary>Commits a device's report or a command's outcome together with many others'; completes after the commit.</summary>
    Task<Result<StateWritten>> WriteStateAsync(StateWrite write, CancellationToken cancel);

    /// <summary>Proves that a change can be made durable now; throws otherwise.</summary>
    Task CheckAsync(CancellationToken cancel);
}

/// <summary>The stores of one unit of work.</summary>
public interface IStores
{
    /// <summary>Installation and keys.</summary>
    IInstallationStore Installation { get; }

    /// <summary>Projects, apps, grants.</summary>
    IProjectStore Projects { get; }

    /// <summary>Accounts and logins.</summary>
    IAccountStore Accounts { get; }

    /// <summary>Verification codes and their limits.</summary>
    ICodeStore Codes { get; }

    /// <summary>Sessions.</summary>
    ISessionStore Sessions { get; }

    /// <summary>OAuth codes.</summary>
    IOAuthStore OAuth { get; }

    /// <summary>Brands, products, thing models, names.</summary>
    IProductStore Products { get; }

    /// <summary>Devices, names, credentials, claims.</summary>
    IDeviceStore Devices { get; }

    /// <summary>Who may use a device.</summary>
    IBindingStore Bindings { get; }

    /// <summary>Invitations to use a device.</summary>
    IShareStore Shares { get; }

    /// <summary>Groups of devices.</summary>
    IGroupStore Groups { get; }

    /// <summary>Homes, members, rooms, placements, ranks.</summary>
    IHomeStore Homes { get; }

    /// <summary>What people are told.</summary>
    IMessageStore Messages { get; }

    /// <summary>What must follow from changes.</summary>
    IOutboxStore Outbox { get; }

    /// <summary>Nodes, links, presence.</summary>
    ILinkStore Links { get; }

    /// <summary>Recorded commands.</summary>
    ICommandStore Commands { get; }

    /// <summary>Scenes and rules.</summary>
    ISceneStore Scenes { get; }

    /// <summary>What is to be done when.</summary>
    IScheduleStore Schedules { get; }

    /// <summary>What is being done, and was.</summary>
    IRunStore Runs { get; }

    /// <summary>Released firmware.</summary>
    IFirmwareStore Firmware { get; }

    /// <summary>Points and frames.</summary>
    IHistoryStore History { get; }
}
