using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Irori.Tests.CoolKit;

/// <summary>A WebSocket byte by byte, as old firmware writes it: a constant key, a constant mask, the vendor's host, many frames in one write.</summary>
internal sealed class RawSocket : IDisposable
{
    public const byte Text = 1;
    public const byte Ping = 9;
    public const byte Pong = 10;

    private static readonly byte[] Mask = [1, 2, 3, 4];
    private readonly TcpClient _tcp = new();
    private readonly byte[] _small = new byte[1];

    /// <summary>The first line of the server's answer.</summary>
    public string Status { get; private set; } = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<RawSocket> OpenAsync(Uri server)
    {
        var socket = new RawSocket();
        await socket._tcp.ConnectAsync(server.Host, server.Port, Cancel);
        const string Hello =
            "GET /api/ws HTTP/1.1\r\nHost: iotgo.iteadstudio.com\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Type: application/json\r\n"
            + "Content-Length: 0\r\nSec-WebSocket-Key: ITEADTmobiM0x1DabcEsnw==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        await socket.WriteAsync(Encoding.ASCII.GetBytes(Hello));
        socket.Status = await socket.ReadLineAsync();
        while (await socket.ReadLineAsync() is { Length: > 0 })
        {
        }

        return socket;
    }

    /// <summary>One frame, complete and masked.</summary>
    public static byte[] Frame(byte kind, string payload)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        byte[] length = bytes.Length < 126 ? [(byte)(0x80 | bytes.Length)] : [0x80 | 126, (byte)(bytes.Length >> 8), (byte)bytes.Length];
        return [(byte)(0x80 | kind), .. length, .. Mask, .. bytes.Select((b, i) => (byte)(b ^ Mask[i % 4]))];
    }

    public Task WriteAsync(params byte[][] frames) => _tcp.GetStream().WriteAsync(frames.SelectMany(f => f).ToArray(), Cancel).AsTask();

    /// <summary>The next frame of the server.</summary>
    public async Task<(byte Kind, string Payload)> ReadAsync()
    {
        var kind = (byte)(await ReadByteAsync() & 0x0F);
        int length = await ReadByteAsync();
        if (length == 126) length = (await ReadByteAsync() << 8) | await ReadByteAsync();
        var payload = new byte[length];
        await _tcp.GetStream().ReadExactlyAsync(payload, Cancel);
        return (kind, Encoding.UTF8.GetString(payload));
    }

    public async Task<JsonObject> ReadJsonAsync() => JsonNode.Parse((await ReadAsync()).Payload)!.AsObject();

    public void Dispose() => _tcp.Dispose();

    private async Task<byte> ReadByteAsync()
    {
        await _tcp.GetStream().ReadExactlyAsync(_small, Cancel);
        return _small[0];
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        while (await ReadByteAsync() is var b && b != '\n')
        {
            if (b != '\r') line.Append((char)b);
        }

        return line.ToString();
    }
}
