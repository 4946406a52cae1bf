using System.Collections.Concurrent;
using System.Security.Cryptography;
using Irori.Mqtt.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Irori.Mqtt;

/// <summary>
/// An MQTT endpoint for one dialect, on any number of listeners: <c>listener.UseConnectionHandler&lt;MqttEndpoint&gt;()</c>, behind <c>UseHttps</c>
/// for TLS, and <see cref="MqttWebSockets.MapMqtt"/>. <see cref="RunAsync"/> runs beside it.
/// </summary>
public sealed partial class MqttEndpoint(
    IMqttDialect dialect, IMqttSessionStore sessions, MqttOptions options, TimeProvider time, ILogger<MqttEndpoint> log, IMqttCluster? cluster = null) : ConnectionHandler
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Conversation, byte> _connections = new();
    private readonly ConcurrentDictionary<string, Conversation> _clients = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DelayedWill> _wills = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(MqttTransport Transport, long Since)> _leaving = new();
    private volatile bool _isDraining;

    /// <summary>Open connections.</summary>
    public int Connections => _connections.Count;

    internal IMqttDialect Dialect => dialect;

    internal IMqttSessionStore Sessions => sessions;

    internal MqttOptions Options => options;

    internal TimeProvider Time => time;

    internal ILogger Log => log;

    /// <inheritdoc/>
    public override Task OnConnectedAsync(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var secure = connection.Features.Get<ITlsHandshakeFeature>() is not null;
        return ServeAsync(new MqttTransport(connection.Transport, connection.RemoteEndPoint, secure, MqttCarrier.Stream, connection.Abort));
    }

    /// <summary>The client's connection to this node; null: it has none.</summary>
    public MqttConnection? Find(string key) => _clients.GetValueOrDefault(key)?.Connection;

    /// <summary>
    /// Sends a message to a client that has its connection on this node, or leaves it in the client's session when it has none anywhere. True
    /// when one of both was possible.
    /// </summary>
    public async ValueTask<bool> PublishAsync(string key, MqttMessage message, CancellationToken cancel)
    {
        if (_clients.GetValueOrDefault(key) is { } client)
        {
            await client.Greeted.WaitAsync(cancel);
            if (await client.Connection.PublishAsync(message)) return true;
            if (!client.IsOver) return false;
            await client.Ended.WaitAsync(cancel);
        }

        return message.Qos > MqttQos.AtMostOnce && await sessions.LeaveAsync(key, message, options.MaxQueued, cancel);
    }

    /// <summary>Closes a client's connection to this node and waits until it is over: it has connected to another one, or may not stay.</summary>
    public async Task CloseAsync(string key, MqttReason reason, CancellationToken cancel)
    {
        if (Find(key) is not { } connection) return;
        connection.Close(reason);
        await connection.Ended.WaitAsync(cancel);
    }

    /// <summary>Sends all clients away, so that they come back to another node, and takes no new ones.</summary>
    public async Task DrainAsync(CancellationToken cancel)
    {
        _isDraining = true;
        var connections = _connections.Keys.ToList();
        foreach (var connection in connections) connection.Close(MqttReason.ServerShuttingDown);
        await Task.WhenAll(connections.Select(c => c.Ended)).WaitAsync(cancel);
    }

    /// <summary>Watches over keep-alive, slow starts and delayed wills until cancelled. One clock for all connections.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Tick, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            foreach (var (connection, _) in _connections) connection.Watch();
            foreach (var (key, will) in _wills)
            {
                if (will.DueAt <= time.GetUtcNow() && _wills.TryRemove(new(key, will))) _ = PublishAsync(will);
            }

            while (_leaving.TryPeek(out var next) && time.GetElapsedTime(next.Since) > options.CloseTimeout && _leaving.TryDequeue(out next)) next.Transport.Abort();
        }
    }

    internal static string NewClientId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    internal async Task ServeAsync(MqttTransport transport)
    {
        using var connection = new Conversation(this, transport);
        try
        {
            if (_isDraining || _connections.Count >= options.MaxConnections) return;
            _connections[connection] = 0;
            // Whoever began to send away has not seen this one.
            if (_isDraining) connection.Close(MqttReason.ServerShuttingDown);
            await connection.RunAsync();
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            // The last bytes are on their way; a client that does not take them is cut off.
            _leaving.Enqueue((transport, time.GetTimestamp()));
        }
    }

    /// <summary>Makes a connection the one of its client: older ones end first, also on other nodes.</summary>
    internal async Task EnterAsync(Conversation connection, CancellationToken cancel)
    {
        Conversation? older = null;
        _clients.AddOrUpdate(connection.Key, connection, (_, found) =>
        {
            older = found;
            return connection;
        });
        _wills.TryRemove(connection.Key, out _);
        if (older is not null)
        {
            older.Close(MqttReason.SessionTakenOver);
            await older.Ended.WaitAsync(options.TakeOverTimeout, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // It may have left a will that waits for exactly this not to happen.
            _wills.TryRemove(connection.Key, out _);
        }

        if (cluster is not null) await cluster.TakeOverAsync(connection.Key, cancel).AsTask().WaitAsync(options.TakeOverTimeout, time, cancel);
        cancel.ThrowIfCancellationRequested();
    }

    internal void Exit(Conversation connection) => _clients.TryRemove(new(connection.Key, connection));

    internal void Delay(DelayedWill will) => _wills[will.Life.Key] = will;

    private async Task PublishAsync(DelayedWill will)
    {
        try
        {
            // The client may be back on another node.
            if (await sessions.IsLatestAsync(will.Life, CancellationToken.None)) await will.Client.PublishAsync(MqttPublish.OfWill(will.Will), CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Logs.WillFailed(log, will.Life.Key, e);
        }
    }

    private static partial class Logs
    {
        [LoggerMessage(4321, LogLevel.Error, "The will of client {Client} could not be published")]
        public static partial void WillFailed(ILogger logger, string client, Exception exception);
    }
}
