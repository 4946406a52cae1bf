using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Irori.Tests.Crash;

/// <summary>
/// A device that reports one number after the other and goes on only when the last one was acknowledged; after a broken connection it
/// sends the same report again under the same number. It remembers what it was promised.
/// </summary>
internal sealed class ReportingDevice(Uri server, string id, string key)
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly byte[] _buffer = new byte[4096];

    public string Id => id;

    /// <summary>The highest number that was sent, acknowledged or not.</summary>
    public long Sent { get; private set; }

    /// <summary>The highest number that was acknowledged: all before it were too.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Connects and reports, again and again, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                using var socket = new ClientWebSocket();
                await socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = "/api/ws" }.Uri, cancel);
                await ReportAsync(socket, cancel);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
            {
                // The server was killed; it comes back.
            }

            await Task.Delay(Retry, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReportAsync(ClientWebSocket socket, CancellationToken cancel)
    {
        await SendAsync(socket, $$"""{"action":"register","userAgent":"device","version":8,"deviceid":"{{id}}","apikey":"{{key}}","model":"PSC-B01-GL","d_seq":0}""", cancel);
        if (await ErrorAsync(socket, 0, cancel) != 0) return;
        while (true)
        {
            Sent = Acknowledged + 1;
            await SendAsync(socket, $$$"""{"action":"update","userAgent":"device","apikey":"x","deviceid":"{{{id}}}","d_seq":{{{Sent}}},"params":{"n":{{{Sent}}},"power":"12.5"}}""", cancel);
            if (await ErrorAsync(socket, Sent, cancel) != 0) return;
            Acknowledged = Sent;
        }
    }

    private static Task SendAsync(ClientWebSocket socket, string frame, CancellationToken cancel) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, cancel);

    // The code of the answer to a frame.
    private async Task<int> ErrorAsync(ClientWebSocket socket, long sequence, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(), limit.Token);
            if (part.MessageType == WebSocketMessageType.Close) throw new WebSocketException("closed");
            using var answer = JsonDocument.Parse(_buffer.AsMemory(0, part.Count));
            if (answer.RootElement.TryGetProperty("d_seq", out var echoed) && echoed.GetInt64() == sequence) return answer.RootElement.GetProperty("error").GetInt32();
        }
    }
}
