using Irori.Core.Commands;
using Irori.Core.Feeds;
using Irori.Core.History;

namespace Irori.Core.Links;

/// <summary>A command that was handed to a link and is not yet answered.</summary>
internal sealed class PendingCommand(DeviceCommand command)
{
    private ReadOnlyMemory<byte> _bytes;

    public DeviceCommand Command { get; } = command;

    public DateTimeOffset? SentAt { get; private set; }

    // Who waits goes on in the thread that sets it, which has nothing else to do after the commit.
    public TaskCompletionSource<CommandReply> Reply { get; } = new();

    // Noted before the bytes go out: the device may answer before the send returns.
    public void Sending(DateTimeOffset at, ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        SentAt = at;
    }

    public IReadOnlyList<Frame> Frames(LinkIdentity identity, string? ip)
    {
        if (!identity.KeepsFrames || SentAt is not { } at || _bytes.Length == 0) return [];
        var bytes = _bytes[..Math.Min(_bytes.Length, Frame.MaxSize)].ToArray();
        _bytes = default;
        return [new Frame { At = at, Direction = FrameDirection.Out, Ip = ip, Account = Command.Account, App = Command.App, Bytes = bytes }];
    }
}
