using Irori.Core.Commands;
using Irori.Core.Links;
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

/// <summary>Somebody is asked live to accept a share; his feeds that take such questions get it.</summary>
public sealed record ShareOffered(long Receiver) : HomeEvent;

/// <summary>A share that was asked live has been answered; whoever waits may look.</summary>
public sealed record ShareAnswered(long Share) : HomeEvent;

/// <summary>A session has ended; its feeds must close.</summary>
public sealed record SessionEnded(long Session) : HomeEvent;

/// <summary>A newer link was opened somewhere; an older one of the device must close.</summary>
public sealed record LinkOpened(long Device, long Epoch) : HomeEvent;

/// <summary>This node has heard nothing of the others for longer than it may guess. Told on this node only; <see cref="HearingBack"/> follows.</summary>
public sealed record HearingLost : HomeEvent;

/// <summary>This node hears the others, and may have missed something: the truth must be read. Told on this node only.</summary>
public sealed record HearingBack : HomeEvent;

/// <summary>How a command ended at the node that was asked, or that it did not get there.</summary>
/// <param name="Outcome">What is known.</param>
/// <param name="Detail">The device's own code of a refusal.</param>
/// <param name="AskAgain">Nothing was sent: the node was not reached, or does not hold the link. Asking again may help.</param>
public sealed record CommandReply(CommandOutcome Outcome, string? Detail = null, bool AskAgain = false)
{
    /// <summary>What the device said to a question in the command, in its dialect's own form, or null.</summary>
    public string? Said { get; init; }

    /// <summary>Not sent, and asking again may help.</summary>
    public static CommandReply NotSent { get; } = new(CommandOutcome.Undelivered, AskAgain: true);
}

/// <summary>Node to node. Nothing that must not be lost travels only here.</summary>
public interface IBus
{
    /// <summary>True while other nodes, if there are any, hear this one and are heard.</summary>
    bool Connected { get; }

    /// <summary>Asks the node that holds the device's link. Ends by the command's deadline; never sends again.</summary>
    Task<CommandReply> SendAsync(NodeIdentity node, DeviceCommand command, CancellationToken cancel);

    /// <summary>Tells every node. Never waits and never throws.</summary>
    void Publish(HomeEvent happened);

    /// <summary>Calls for every event, also for own ones; the callee must not block.</summary>
    void Subscribe(Action<HomeEvent> listener);

    /// <summary>Wants the changes of devices too, because this node has feeds; <see cref="HearingBack"/> tells when they are heard.</summary>
    void HearDevices();

    /// <summary>Names who answers the commands that are sent to this node, in this life of it.</summary>
    void Serve(NodeIdentity node, Func<DeviceCommand, CancellationToken, Task<CommandReply>> handler);
}
