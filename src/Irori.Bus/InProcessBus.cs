using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.Links;

namespace Irori.Bus;

/// <summary>The bus of a single node: calls instead of messages.</summary>
public sealed class InProcessBus : IBus
{
    private Action<HomeEvent>[] _listeners = [];
    private Func<DeviceCommand, CancellationToken, Task<CommandReply>>? _handler;

    /// <inheritdoc />
    public bool Connected => true;

    /// <inheritdoc />
    public Task<CommandReply> SendAsync(NodeIdentity node, DeviceCommand command, CancellationToken cancel) =>
        _handler is { } handler ? handler(command, cancel) : Task.FromResult(CommandReply.NotSent);

    /// <inheritdoc />
    public void Publish(HomeEvent happened)
    {
        foreach (var listener in Volatile.Read(ref _listeners)) listener(happened);
    }

    /// <inheritdoc />
    public void Subscribe(Action<HomeEvent> listener)
    {
        Action<HomeEvent>[] before, after;
        do
        {
            before = Volatile.Read(ref _listeners);
            after = [.. before, listener];
        }
        while (Interlocked.CompareExchange(ref _listeners, after, before) != before);
    }

    /// <inheritdoc />
    public void HearDevices()
    {
    }

    /// <inheritdoc />
    public void Serve(NodeIdentity node, Func<DeviceCommand, CancellationToken, Task<CommandReply>> handler) => _handler = handler;
}
