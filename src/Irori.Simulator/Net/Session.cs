using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;

namespace Irori.Simulator.Net;

/// <summary>One open connection: sends frames, matches replies to requests by their <c>d_seq</c>, hands commands on.</summary>
internal sealed class Session(WebSocket socket, TimeSpan replyTimeout, TimeProvider time) : IDisposable
{
    private const int MaxFrame = 64 * 1024;
    private const int FirstBuffer = 512;
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _sending = new(1);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<Frame>> _asked = new();

    /// <summary>Sends a request and waits for its reply; null when none came in time.</summary>
    public async Task<Frame?> AskAsync(Frame frame, CancellationToken cancel)
    {
        var number = frame.DeviceSequence!.Value;
        var reply = new TaskCompletionSource<Frame>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[number] = reply;
        try
        {
            await SendAsync(frame, cancel);
            return await reply.Task.WaitAsync(replyTimeout, time, cancel);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _asked.TryRemove(number, out _);
        }
    }

    /// <summary>Waits for the reply to a request that was given up; null when none has come until cancelled.</summary>
    public async Task<Frame?> HearLateAsync(long number, CancellationToken cancel)
    {
        var reply = _asked.GetOrAdd(number, _ => new TaskCompletionSource<Frame>(TaskCreationOptions.RunContinuationsAsynchronously));
        await ((Task)reply.Task).WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return reply.Task.IsCompletedSuccessfully ? await reply.Task : null;
    }

    /// <summary>Sends a frame that has no reply.</summary>
    public async Task SendAsync(Frame frame, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(replyTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        await _sending.WaitAsync(both.Token);
        try
        {
            await socket.SendAsync(frame.Write(), WebSocketMessageType.Text, endOfMessage: true, both.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Receives until the connection ends. A command goes to <paramref name="obey"/>, which may end it.</summary>
    public async Task<Ending> ReceiveAsync(Func<Frame, Task<Ending?>> obey, CancellationToken cancel)
    {
        var message = new ArrayBufferWriter<byte>(FirstBuffer);
        while (true)
        {
            message.ResetWrittenCount();
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(message.GetMemory(FirstBuffer), cancel);
                if (part.MessageType == WebSocketMessageType.Close) return new Ending("the server closed the connection");
                message.Advance(part.Count);
                if (message.WrittenCount > MaxFrame) return new Ending("the server sent a frame that is too large") { Abrupt = true };
            }
            while (!part.EndOfMessage);
            if (Frame.Read(message.WrittenSpan) is not { } frame) continue;
            if (frame.IsRequest)
            {
                if (await obey(frame) is { } ending) return ending;
            }
            else if (frame is { Error: not null, DeviceSequence: { } number } && _asked.TryGetValue(number, out var asked))
            {
                asked.TrySetResult(frame);
            }
        }
    }

    /// <summary>Says goodbye, if the other side still listens.</summary>
    public async Task CloseAsync()
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        using var limit = new CancellationTokenSource(GoodbyeLimit, time);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // The connection is already gone, which is what was wanted.
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        _sending.Dispose();
    }
}
