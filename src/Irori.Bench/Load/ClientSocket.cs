using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Irori.Bench.Load;

/// <summary>A connection of a device or an app: WebSocket on a plain or TLS stream, with as little around it as possible.</summary>
internal sealed class ClientSocket : IAsyncDisposable
{
    private const string Upgrade =
        "GET /api/ws HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

    private static readonly byte[] UpgradeBytes = Encoding.ASCII.GetBytes(Upgrade);
    private readonly WebSocket _socket;
    private readonly byte[] _buffer = new byte[1024];

    private ClientSocket(WebSocket socket, string id)
    {
        _socket = socket;
        Id = id;
    }

    /// <summary>Id of the device, or of the account whose app it is.</summary>
    public string Id { get; }

    /// <summary>Number of its last report.</summary>
    public long Sequence { get; set; }

    /// <summary>Connects a device and registers it.</summary>
    public static Task<ClientSocket> OpenDeviceAsync(Uri server, string id, string key, CancellationToken cancel) => OpenAsync(
        server, id, $$"""{"action":"register","userAgent":"device","version":8,"deviceid":"{{id}}","apikey":"{{key}}","model":"BENCH","romVersion":"3.5.0","ts":1}""", cancel);

    /// <summary>Connects an app and signs it in.</summary>
    public static Task<ClientSocket> OpenAppAsync(Uri server, string account, string token, CancellationToken cancel) => OpenAsync(
        server, account, $$"""{"action":"userOnline","version":8,"ts":1,"at":"{{token}}","userAgent":"app","apikey":"{{account}}","nonce":"bench123","sequence":"1"}""", cancel);

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel) => _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancel);

    /// <summary>The next frame, valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancel)
    {
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancel);
            if (part.MessageType == WebSocketMessageType.Close) throw new BenchException($"The server has closed the connection of {Id}: {_socket.CloseStatusDescription}");
            length += part.Count;
            if (part.EndOfMessage) return _buffer.AsMemory(0, length);
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<ClientSocket> OpenAsync(Uri server, string id, string first, CancellationToken cancel)
    {
        var stream = await ConnectAsync(server, cancel);
        await stream.WriteAsync(UpgradeBytes, cancel);
        await ReadHeadAsync(stream, cancel);
        var opened = new ClientSocket(WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { KeepAliveInterval = TimeSpan.Zero }), id);
        await opened.SendAsync(Encoding.ASCII.GetBytes(first), cancel);
        var answer = await opened.ReceiveAsync(cancel);
        return answer.Span.IndexOf("\"error\":0"u8) >= 0 ? opened : throw new BenchException($"{id} may not connect: {Encoding.UTF8.GetString(answer.Span)}");
    }

    private static async Task<Stream> ConnectAsync(Uri server, CancellationToken cancel)
    {
        var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await tcp.ConnectAsync(server.Host, server.Port, cancel);
        var plain = new NetworkStream(tcp, ownsSocket: true);
        if (server.Scheme == Uri.UriSchemeHttp) return plain;
        var secure = new SslStream(plain);
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, _, _, _) => true }, cancel);
        return secure;
    }

    // Byte by byte: what follows the head belongs to the WebSocket.
    private static async Task ReadHeadAsync(Stream stream, CancellationToken cancel)
    {
        var head = new byte[1];
        var text = new StringBuilder();
        while (!EndsHead(text))
        {
            if (await stream.ReadAsync(head, cancel) == 0) throw new BenchException("The server closed the connection instead of upgrading it");
            text.Append((char)head[0]);
        }

        if (!text.ToString().StartsWith("HTTP/1.1 101", StringComparison.Ordinal)) throw new BenchException($"No upgrade: {text}");
    }

    private static bool EndsHead(StringBuilder text) => text.Length >= 4 && text[^1] == '\n' && text[^2] == '\r' && text[^3] == '\n' && text[^4] == '\r';
}
