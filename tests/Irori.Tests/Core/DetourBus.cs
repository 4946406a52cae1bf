using Irori.Core.Commands;
using Irori.Core.Feeds;

namespace Irori.Tests.Core;

/// <summary>A bus on whose way something happens to a command, and which may miss the link.</summary>
internal sealed class DetourBus(IBus bus, Action<DeviceCommand> happens, Func<bool>? misses = null) : IBus
{
    public Task<CommandReply> SendAsync(string node, DeviceCommand command, CancellationToken cancel)
    {
        happens(command);
        return misses?.Invoke() == true ? Task.FromResult(new CommandReply(CommandOutcome.Undelivered, NoLink: true)) : bus.SendAsync(node, command, cancel);
    }

    public void Publish(HomeEvent happened) => bus.Publish(happened);

    public void Subscribe(Action<HomeEvent> listener) => bus.Subscribe(listener);

    public void Serve(Func<DeviceCommand, CancellationToken, Task<CommandReply>> handler) => bus.Serve(handler);
}
