using Irori.Core.Commands;
using Irori.Core.States;

namespace Irori.Core.Feeds;

/// <summary>Something that happened, told to every node that may have an interested feed. Events are hints: the database is the truth.</summary>
public abstract record HomeEvent;

/// <summary>A device's state has changed.</summary>
public sealed record StateChanged(
    long Device, long Epoch, long Version, long AccessVersion, IReadOnlyDictionary<string, StateValue> Changed) : HomeEvent;

/// <summary>A device is online, or offline after its grace.</summary>
public sealed record PresenceChanged(long Device, long Epoch, bool Online, long AccessVersion) : HomeEvent;

/// <summary>Who may use a device has changed.</summary>
public sealed record AccessChanged(long Device, bool OwnerChanged) : HomeEvent;

/// <summary>A session has ended; its feeds must close.</summary>
public sealed record SessionEnded(long Session) : HomeEvent;

/// <summary>A newer link was opened somewhere; an older one of the device must close.</summary>
public sealed record LinkOpened(long Device, long Epoch) : HomeEvent;

/// <summary>How a command ended at the node that was asked, or that it did not get there.</summary>
/// <param name="Outcome">What is known; it is committed before this is answered.</param>
/// <param name="Detail">The device's own code of a refusal.</param>
/// <param name="NoLink">The node was reached and does not hold the link.</param>
public sealed record CommandReply(CommandOutcome Outcome, string? Detail = null, bool NoLink = false);

/// <summary>Node to node. Nothing that must not be lost travels only here.</summary>
public interface IBus
{
    /// <summary>Asks the node that holds the device's link. Ends by the command's deadline; never sends again.</summary>
    Task<CommandReply> SendAsync(string node, DeviceCommand command, CancellationToken cancel);

    /// <summary>Tells every node. Never waits and never throws.</summary>
    void Publish(HomeEvent happened);

    /// <summary>Calls for every event, also for own ones; the callee must not block.</summary>
    void Subscribe(Action<HomeEvent> listener);

    /// <summary>Names who answers the commands that are sent to this node.</summary>
    void Serve(Func<DeviceCommand, CancellationToken, Task<CommandReply>> handler);
}
