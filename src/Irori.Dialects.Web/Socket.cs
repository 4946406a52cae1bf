using System.Buffers;
using System.Net.WebSockets;
using Irori.Core.Feeds;
using Irori.Core.Limits;

namespace Irori.Dialects.Web;

/// <summary>
/// One WebSocket: whole text messages in, frames out, one at a time. A peer that does not take what it is sent within <see cref="SendLimit"/>
/// is cut off; one that says too much is slowed down.
/// </summary>
internal sealed class Socket(WebSocket socket, Pace pace, TimeProvider time) : IDisposable
{
    /// <summary>Largest message, in bytes.</summary>
    public const int MaxMessage = 128 * 1024;

    private const int FirstBuffer = 1024;
    private const int KeptBuffer = 8 * 1024;
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _sending = new(1);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private ITimer? _cut;
    private int _closing;

    /// <summary>The next message, valid until the next call; null when the peer has closed, broken or sent too much.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancel)
    {
        var length = 0;
        if (_buffer.Length > KeptBuffer) Resize(FirstBuffer, 0);
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancel);
                if (part.MessageType == WebSocketMessageType.Close) return null;
                length += part.Count;
                if (part.EndOfMessage)
                {
                    if (_closing == 0) await pace.KeepAsync(cancel);
                    return _buffer.AsMemory(0, length);
                }

                if (length < _buffer.Length) continue;
                if (length >= MaxMessage)
                {
                    await CloseAsync(WebSocketCloseStatus.MessageTooBig, "The message is too long");
                    return null;
                }

                Resize(Math.Min(_buffer.Length * 2, MaxMessage), length);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Sends a text frame; false when the connection is gone.</summary>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel)
    {
        var held = false;
        try
        {
            // Whoever sends now is done within the limit.
            await _sending.WaitAsync(cancel);
            held = true;
            if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return false;
            // A send that is cancelled half way leaves the connection unusable: only the limit may do that.
            var sending = socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            // Mostly there is room at once, and nothing to wait for.
            if (!sending.IsCompletedSuccessfully) await sending.AsTask().WaitAsync(SendLimit, time, CancellationToken.None);
            return true;
        }
        catch (TimeoutException)
        {
            socket.Abort();
            return false;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
        finally
        {
            if (held) _sending.Release();
        }
    }

    /// <summary>Says goodbye, once, and cuts the connection when the peer does not answer it in time. Never throws.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        if (Interlocked.Exchange(ref _closing, 1) == 1) return;
        _cut = time.CreateTimer(static s => ((WebSocket)s!).Abort(), socket, CloseLimit, Timeout.InfiniteTimeSpan);
        try
        {
            await _sending.WaitAsync();
            try
            {
                await socket.CloseOutputAsync(status, reason, CancellationToken.None);
            }
            finally
            {
                _sending.Release();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            socket.Abort();
        }
    }

    /// <summary>Says goodbye to an app whose feed has ended.</summary>
    public Task CloseAsync(FeedEnd end) => end switch
    {
        FeedEnd.None or FeedEnd.Left => Task.CompletedTask,
        FeedEnd.SessionEnded => CloseAsync(WebSocketCloseStatus.PolicyViolation, "The session has ended"),
        FeedEnd.TooSlow => CloseAsync((WebSocketCloseStatus)1013, "Too many changes wait"),
        _ => CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The server stops"),
    };

    /// <summary>Closes what is still open and waits, as long as the peer may take, for its goodbye. For the reader only, when it has done.</summary>
    public async Task FinishAsync()
    {
        await CloseAsync(WebSocketCloseStatus.NormalClosure, "");
        while (socket.State == WebSocketState.CloseSent && await ReceiveAsync(CancellationToken.None) is not null)
        {
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _cut?.Dispose();
        socket.Dispose();
    }

    private void Resize(int size, int keep)
    {
        var other = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, keep).CopyTo(other);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = other;
    }
}
