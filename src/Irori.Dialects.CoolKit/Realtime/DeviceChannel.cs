using System.Net.WebSockets;
using Irori.Core.Commands;
using Irori.Core.Links;

namespace Irori.Dialects.CoolKit.Realtime;

/// <summary>The end of a device's link on its socket: commands become <c>update</c> and <c>upgrade</c> frames.</summary>
internal sealed class DeviceChannel(Socket socket, string deviceId, string ownerId, string? ip, TimeProvider time) : ILinkChannel
{
    private long _lastWireId;

    public string Protocol => "coolkit";

    public string? Ip => ip;

    // Firmware echoes the number; the vendor's are milliseconds, and they must rise.
    public long NewWireId()
    {
        while (true)
        {
            var last = Interlocked.Read(ref _lastWireId);
            var next = Math.Max(last + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
            if (Interlocked.CompareExchange(ref _lastWireId, next, last) == last) return next;
        }
    }

    public ReadOnlyMemory<byte> Encode(DeviceCommand command, long wireId) => FrameWriter.Write(w =>
    {
        w.WriteString("action", command.Kind == CommandKind.Upgrade ? "upgrade" : "update");
        w.WriteString("deviceid", deviceId);
        w.WriteString("apikey", ownerId);
        w.WriteString("userAgent", "app");
        w.WriteString("sequence", $"{wireId}");
        w.WriteNumber("ts", 0);
        w.WriteString("from", command.Source);
        FrameWriter.Raw(w, "params", command.Body);
    });

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel) => socket.SendAsync(frame, cancel);

    public void Close(LinkEnd why) => _ = why switch
    {
        LinkEnd.Superseded => socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "A newer connection has taken over"),
        LinkEnd.OwnerChanged => socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "The owner has changed, register again"),
        _ => socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The server stops"),
    };
}
