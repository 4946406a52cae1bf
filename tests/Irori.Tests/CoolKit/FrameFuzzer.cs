using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Irori.Tests.CoolKit;

/// <summary>Sends broken frames over real sockets, and waits now and then until the server has caught up.</summary>
/// <param name="open">Opens a connection.</param>
/// <param name="question">A frame whose answer carries a name.</param>
/// <param name="unsigned">Part of what answers it before anybody has signed in, where the connection lives on; null: it does not.</param>
internal sealed class FrameFuzzer(Func<Task<TestSocket>> open, Func<string, string> question, string? unsigned = null)
{
    private const int Window = 16;

    /// <summary>Sends so many broken frames over connections of its own; answers how many of them were JSON.</summary>
    public async Task<int> SendAllAsync(FrameMutator mutator, IReadOnlyList<string> frames, int count)
    {
        var parsed = 0;
        for (var sent = 0; sent < count;)
        {
            await using var socket = await open();
            var peer = new Peer(socket, question, unsigned);
            // The first frame is whole now and then, so that also what is behind the handshake meets the others.
            if (sent % 4 != 3) await socket.SendAsync(frames[0]);
            for (var i = 0; i < 500 && sent < count && !peer.IsGone; i++)
            {
                var broken = mutator.Mutate(frames[sent++ % frames.Count]);
                if (IsJson(broken)) parsed++;
                peer.LastSent = broken;
                if (!await TrySendAsync(socket, mutator.Fragment(broken), sent % 7 == 0 ? WebSocketMessageType.Binary : WebSocketMessageType.Text)) break;
                if (i % Window == 0 && !await peer.CaughtUpAsync($"barrier-{sent}")) break;
            }

            await peer.CaughtUpAsync("barrier-last");
            socket.Abort();
            await peer.Gone;
        }

        return parsed;
    }

    private static async Task<bool> TrySendAsync(TestSocket socket, IEnumerable<ReadOnlyMemory<byte>> parts, WebSocketMessageType type)
    {
        try
        {
            var pieces = parts.ToList();
            for (var i = 0; i < pieces.Count; i++) await socket.SendAsync(pieces[i], type, i == pieces.Count - 1);
            return true;
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private static bool IsJson(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 128 });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Takes what the server says, and knows when it has handled everything that was sent before a barrier.</summary>
    private sealed class Peer
    {
        private readonly TestSocket _socket;
        private readonly Func<string, string> _question;
        private readonly string? _unsigned;
        private readonly Channel<string> _said = Channel.CreateUnbounded<string>();

        public Peer(TestSocket socket, Func<string, string> question, string? unsigned)
        {
            (_socket, _question, _unsigned) = (socket, question, unsigned);
            Gone = ReadAsync();
        }

        public Task Gone { get; }

        public byte[] LastSent { get; set; } = [];

        public bool IsGone => Gone.IsCompleted;

        /// <summary>False when the connection is over.</summary>
        public async Task<bool> CaughtUpAsync(string barrier)
        {
            var frame = Encoding.UTF8.GetBytes(_question(barrier));
            if (IsGone || !await TrySendAsync(_socket, [frame], WebSocketMessageType.Text)) return false;
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await foreach (var said in _said.Reader.ReadAllAsync(limit.Token))
                {
                    if (said.Contains(barrier, StringComparison.Ordinal) || (_unsigned is not null && said.Contains(_unsigned, StringComparison.Ordinal))) return true;
                }
            }
            catch (OperationCanceledException e) when (!IsGone)
            {
                throw new InvalidOperationException($"The server says no more after {Encoding.UTF8.GetString(LastSent)}", e);
            }

            return false;
        }

        private async Task ReadAsync()
        {
            try
            {
                while (await _socket.ReceiveTextAsync() is { } said) _said.Writer.TryWrite(said);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
            {
                // The server has cut a connection that was beyond repair, or the test has.
            }
            finally
            {
                _said.Writer.TryComplete();
            }
        }
    }
}
