using System.Net.Sockets;
using System.Text;

namespace Irori.Bench.Load;

/// <summary>One kept connection of an app that calls over HTTP, one request at a time.</summary>
internal sealed class Caller : IDisposable
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[64 * 1024];

    public static async Task<Caller> ConnectAsync(Uri server, CancellationToken cancel)
    {
        var caller = new Caller();
        await caller._socket.ConnectAsync(server.Host, server.Port, cancel);
        return caller;
    }

    /// <summary>The bytes of a request.</summary>
    public static byte[] Request(string method, string path, string token, string body) => Encoding.UTF8.GetBytes(
        $"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    /// <summary>Sends and answers the body, valid until the next call.</summary>
    public async Task<ReadOnlyMemory<byte>> CallAsync(ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        await _socket.SendAsync(request, cancel);
        int filled = 0, start = -1, length = 0;
        while (start < 0 || filled < start + length)
        {
            if (filled == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(filled), cancel);
            if (read == 0) throw new BenchException("The server closed a connection before it answered");
            filled += read;
            if (start >= 0 || _buffer.AsSpan(0, filled).IndexOf(HeadEnd) is not (>= 0 and var end)) continue;
            start = end + HeadEnd.Length;
            length = Length(_buffer.AsSpan(0, end));
        }

        return _buffer.AsMemory(start, length);
    }

    public void Dispose() => _socket.Dispose();

    private static int Length(ReadOnlySpan<byte> head)
    {
        var text = Encoding.ASCII.GetString(head);
        const string Name = "content-length: ";
        var at = text.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0 || !text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) throw new BenchException($"Not an answer with a length: {text}");
        var end = text.IndexOf('\r', at);
        return int.Parse(end < 0 ? text.AsSpan(at + Name.Length) : text.AsSpan(at + Name.Length, end - at - Name.Length));
    }
}
