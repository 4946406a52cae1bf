using System.Net;
using System.Net.Sockets;

namespace Irori.Chaos.Stages;

/// <summary>What a relay does with what comes.</summary>
internal enum RelayMode
{
    /// <summary>Passes it on.</summary>
    Forward,

    /// <summary>Keeps it, and every connection open, as a network does that loses everything.</summary>
    Stall,

    /// <summary>Closes every connection, and new ones at once.</summary>
    Drop,
}

/// <summary>A node's way to one of the services that it stands on, which can be cut.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private const int Buffer = 32 * 1024;

    private readonly EndPoint _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _switching = new();
    private readonly Task _accepting;
    private TaskCompletionSource _open = Opened();
    private CancellationTokenSource _connections = new();
    private RelayMode _mode;

    public Relay(EndPoint target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port that leads to the service.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Switches, for open connections too.</summary>
    public void Set(RelayMode mode)
    {
        lock (_switching)
        {
            _mode = mode;
            if (mode == RelayMode.Stall)
            {
                if (_open.Task.IsCompleted) _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return;
            }

            if (mode == RelayMode.Drop)
            {
                _connections.Cancel();
                _connections = new CancellationTokenSource();
            }

            _open.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        Set(RelayMode.Drop);
        _listener.Stop();
        await _accepting;
        _ended.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_ended.Token);
                CancellationToken cut;
                lock (_switching) cut = _connections.Token;
                if (_mode == RelayMode.Drop) client.Dispose();
                else _ = CarryAsync(client, cut);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The relay is no longer needed.
        }
    }

    private async Task CarryAsync(Socket client, CancellationToken cut)
    {
        using (client)
        {
            try
            {
                await _open.Task.WaitAsync(cut);
                using var server = new Socket(_target.AddressFamily, SocketType.Stream, _target.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
                await server.ConnectAsync(_target, cut);
                client.NoDelay = true;
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cut);
                var both = new[] { PumpAsync(client, server, either.Token), PumpAsync(server, client, either.Token) };
                await Task.WhenAny(both);
                await either.CancelAsync();
                await Task.WhenAll(both);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Both sides see a closed connection.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, CancellationToken cut)
    {
        var buffer = new byte[Buffer];
        try
        {
            while (await from.ReceiveAsync(buffer, cut) is > 0 and var count)
            {
                await _open.Task.WaitAsync(cut);
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), cut);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One direction ends the other.
        }
    }
}
