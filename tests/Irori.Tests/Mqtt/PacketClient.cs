using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Irori.Mqtt;
using Irori.Mqtt.Packets;

namespace Irori.Tests.Mqtt;

/// <summary>A client that sends exactly the bytes that a test wants, and understands what comes back.</summary>
internal sealed class PacketClient(Stream stream, MqttVersion version = MqttVersion.V311) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>By which version answers are read.</summary>
    public MqttVersion Version { get; set; } = version;

    public static async Task<PacketClient> OpenAsync(int port, bool tls = false)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (!tls) return new PacketClient(stream);
        var secure = new SslStream(stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await secure.AuthenticateAsClientAsync("localhost");
        return new PacketClient(secure);
    }

    /// <summary>Sends CONNECT and returns CONNACK.</summary>
    public async Task<ServerPacket> ConnectAsync(ClientConnect connect)
    {
        Version = connect.Version;
        await SendAsync(connect.ToBytes());
        return await ReceiveAsync(PacketType.ConnAck);
    }

    public async Task SendAsync(params byte[][] packets) => await stream.WriteAsync(packets.SelectMany(p => p).ToArray(), TestContext.Current.CancellationToken);

    public Task PublishAsync(string topic, string payload, int qos = 0, int id = 1, bool again = false, bool retain = false, IEnumerable<(int Id, object Value)>? properties = null) =>
        SendAsync(ClientPackets.Publish(Version, topic, System.Text.Encoding.UTF8.GetBytes(payload), qos, id, again, retain, properties));

    public async Task<IReadOnlyList<MqttReason>> SubscribeAsync(int options, params string[] filters)
    {
        await SendAsync(ClientPackets.Subscribe(Version, 7, filters.Select(f => (f, options))));
        return (await ReceiveAsync(PacketType.SubAck)).Reasons;
    }

    public Task AckAsync(PacketType type, int id, MqttReason? reason = null) => SendAsync(ClientPackets.Ack(type, id, reason));

    /// <summary>The next packet must be of this type.</summary>
    public async Task<ServerPacket> ReceiveAsync(PacketType type)
    {
        var packet = await ReceiveAsync() ?? throw new InvalidOperationException($"The server closed instead of sending {type}");
        return packet.Type == type ? packet : throw new InvalidOperationException($"{type} was expected, {packet} came");
    }

    /// <summary>The next packet; null when the server has closed.</summary>
    public async Task<ServerPacket?> ReceiveAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var head = new byte[1];
            if (await stream.ReadAtLeastAsync(head, 1, throwOnEndOfStream: false, limit.Token) == 0) return null;
            var (length, scale) = (0, 1);
            while (true)
            {
                var digit = new byte[1];
                await stream.ReadExactlyAsync(digit, limit.Token);
                length += (digit[0] & 127) * scale;
                scale *= 128;
                if (digit[0] < 128) break;
            }

            var body = new byte[length];
            await stream.ReadExactlyAsync(body, limit.Token);
            return ServerPacket.Read(head[0], body, Version);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Everything that has been sent is handled when this comes back.</summary>
    public async Task PingAsync()
    {
        await SendAsync(ClientPackets.Ping);
        await ReceiveAsync(PacketType.PingResp);
    }

    /// <summary>The server says this reason in MQTT 5, and closes.</summary>
    public async Task<MqttReason?> ClosedAsync()
    {
        MqttReason? said = null;
        while (await ReceiveAsync() is { } packet)
        {
            if (packet.Type == PacketType.Disconnect) said = packet.Reason;
        }

        return said;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
