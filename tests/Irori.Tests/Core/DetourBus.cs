using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.Links;

namespace Irori.Tests.Core;

/// <summary>A bus on whose way something happens to a command, and which may miss the link.</summary>
internal sealed class DetourBus(IBus bus, Action<DeviceCommand> happens, Func<bool>? misses = null) : IBus
{
    public bool Connected => bus.Connected;

    public Task<CommandReply> SendAsync(NodeIdentity node, DeviceCommand command, CancellationToken cancel)
    {
        happens(command);
        return misses?.Invoke() == true ? Task.FromResult(CommandReply.NotSent) : bus.SendAsync(node, command, cancel);
    }

    public void Publish(HomeEvent happened) => bus.Publish(happened);

    public void Subscribe(Action<HomeEvent> listener) => bus.Subscribe(listener);

    public void HearDevices() => bus.HearDevices();

    public void Serve(NodeIdentity node, Func<DeviceCommand, CancellationToken, Task<CommandReply>> handler) => bus.Serve(node, handler);
}
