using Irori.Core.Commands;

namespace Irori.Core.Links;

/// <summary>Why a link is closed from this side.</summary>
public enum LinkEnd
{
    /// <summary>A newer link of the device has taken over.</summary>
    Superseded,

    /// <summary>The device has a new owner, or none.</summary>
    OwnerChanged,

    /// <summary>The node stops; the device may come back at once, to another node or later.</summary>
    Draining,
}

/// <summary>A dialect's end of one device connection: encodes and sends.</summary>
public interface ILinkChannel
{
    /// <summary>The dialect, for the link's row.</summary>
    string Protocol { get; }

    /// <summary>Address of the device.</summary>
    string? Ip { get; }

    /// <summary>A number, unique on this connection, by which the device will answer.</summary>
    long NewWireId();

    /// <summary>The frame of a command.</summary>
    ReadOnlyMemory<byte> Encode(DeviceCommand command, long wireId);

    /// <summary>Sends a frame; false when the connection is gone.</summary>
    ValueTask<bool> SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel);

    /// <summary>Closes the connection.</summary>
    void Close(LinkEnd why);
}
