using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Irori.Tests.CoolKit;

/// <summary>A WebSocket client that waits for the frame it wants.</summary>
internal sealed class TestSocket : IAsyncDisposable
{
    /// <summary>Name of CoolKit's AsyncAPI document. Everything that is received must keep to the document of its connection.</summary>
    public const string Document = "coolkit";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[256 * 1024];

    private string _document = Document;

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Names of the messages that went over it, as far as the document knows them.</summary>
    public ConcurrentBag<string> Spoken { get; } = [];

    public static Task<TestSocket> OpenAsync(Uri server) => OpenAsync(server, "/api/ws", Document);

    /// <summary>Connects to another long connection, with the name of its AsyncAPI document.</summary>
    public static async Task<TestSocket> OpenAsync(Uri server, string path, string document)
    {
        var socket = new TestSocket { _document = document };
        var address = new UriBuilder(server) { Scheme = server.Scheme == Uri.UriSchemeHttps ? "wss" : "ws", Path = path }.Uri;
        socket._socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        await socket._socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        return socket;
    }

    public Task SendAsync(JsonNode frame)
    {
        var text = frame.ToJsonString();
        if (AsyncApi.NameOf(AsyncApi.Of(_document).OfClient, text) is { } name) Spoken.Add(name);
        return SendAsync(text);
    }

    public Task SendAsync(string text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    public Task SendAsync(ReadOnlyMemory<byte> part, WebSocketMessageType type, bool end) =>
        _socket.SendAsync(part, type, end, TestContext.Current.CancellationToken).AsTask();

    /// <summary>The next message as text; null when the server has closed.</summary>
    public async Task<string?> ReceiveTextAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), limit.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);
                return null;
            }

            length += part.Count;
            if (part.EndOfMessage) return Known(Encoding.UTF8.GetString(_buffer, 0, length));
        }
    }

    private string Known(string text)
    {
        Spoken.Add(AsyncApi.NameOf(AsyncApi.Of(_document).OfServer, text) ?? throw new InvalidOperationException($"The document of the long connection does not know {text}"));
        return text;
    }

    /// <summary>The next frame; fails when the server has closed.</summary>
    public async Task<JsonObject> ReceiveAsync() =>
        JsonNode.Parse(await ReceiveTextAsync() ?? throw new InvalidOperationException($"The server closed: {CloseStatus} {_socket.CloseStatusDescription}"))!.AsObject();

    /// <summary>The next frame that fits; others are passed over.</summary>
    public async Task<JsonObject> ReceiveAsync(Func<JsonObject, bool> wanted)
    {
        while (true)
        {
            var frame = await ReceiveAsync();
            if (wanted(frame)) return frame;
        }
    }

    /// <summary>Reads until the server closes.</summary>
    public async Task<WebSocketCloseStatus?> ReceiveCloseAsync()
    {
        while (await ReceiveTextAsync() is not null)
        {
        }

        return CloseStatus;
    }

    /// <summary>Cuts the connection without a goodbye.</summary>
    public void Abort() => _socket.Abort();

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
