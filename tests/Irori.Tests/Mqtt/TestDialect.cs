using System.Collections.Concurrent;
using System.Threading.Channels;
using Irori.Mqtt;

namespace Irori.Tests.Mqtt;

/// <summary>A message as the dialect saw it.</summary>
internal sealed record Seen(string Key, string Topic, byte[] Payload, MqttQos Qos, bool IsDuplicate, bool Retain, bool IsWill, MqttProperties? Properties)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Payload);
}

internal static class TestConnections
{
    /// <summary>Waits until a connection is about to end.</summary>
    public static async Task IsClosingAsync(this MqttConnection connection)
    {
        var closing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = connection.Closing.Register(() => closing.TrySetResult());
        await closing.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }
}

/// <summary>A dialect without a purpose: it writes down what it is told, and answers as the test wants.</summary>
internal sealed class TestDialect : IMqttDialect
{
    private readonly Channel<Seen> _published = Channel.CreateUnbounded<Seen>();
    private readonly Channel<MqttConnection> _opened = Channel.CreateUnbounded<MqttConnection>();
    private readonly Channel<(string Key, MqttEnd End)> _closed = Channel.CreateUnbounded<(string, MqttEnd)>();

    public ConcurrentDictionary<string, MqttConnection> Connections { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Unsubscribed { get; } = new();

    public MqttConnect? LastConnect { get; private set; }

    public bool KeepsSessions { get; set; } = true;

    /// <summary>Whether what one client says goes to all that want it.</summary>
    public bool IsBroker { get; set; }

    public Func<MqttConnect, MqttReason> OnConnect { get; set; } = _ => MqttReason.Success;

    public Func<MqttConnection, ValueTask<MqttReason>> OnOpen { get; set; } = _ => new(MqttReason.Success);

    public Func<MqttSubscription, MqttReason> OnSubscribe { get; set; } = s => (MqttReason)s.Qos;

    public Func<Seen, ValueTask<MqttReason>> OnPublish { get; set; } = _ => new(MqttReason.Success);

    public int PublishCount => _published.Reader.Count;

    public async Task<Seen> PublishedAsync() => await _published.Reader.ReadAsync(Limit());

    public async Task<MqttConnection> OpenedAsync() => await _opened.Reader.ReadAsync(Limit());

    public async Task<(string Key, MqttEnd End)> ClosedAsync() => await _closed.Reader.ReadAsync(Limit());

    public ValueTask<MqttAnswer> ConnectAsync(MqttConnect connect, CancellationToken cancel)
    {
        LastConnect = connect;
        var reason = OnConnect(connect);
        return new(reason == MqttReason.Success ? MqttAnswer.Accept(connect.UserName ?? connect.ClientId, new Client(this), KeepsSessions) : MqttAnswer.Refuse(reason));
    }

    private static CancellationToken Limit() => CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken, new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token).Token;

    private sealed class Client(TestDialect dialect) : IMqttClient
    {
        private string _key = "";

        public async ValueTask<MqttReason> OpenAsync(MqttConnection connection, CancellationToken cancel)
        {
            _key = connection.Key;
            dialect.Connections[_key] = connection;
            var reason = await dialect.OnOpen(connection);
            dialect._opened.Writer.TryWrite(connection);
            return reason;
        }

        public ValueTask<MqttReason> SubscribeAsync(MqttSubscription subscription, CancellationToken cancel) => new(dialect.OnSubscribe(subscription));

        public ValueTask UnsubscribeAsync(string filter, CancellationToken cancel)
        {
            dialect.Unsubscribed.Enqueue(filter);
            return ValueTask.CompletedTask;
        }

        public async ValueTask<MqttReason> PublishAsync(MqttPublish publish, CancellationToken cancel)
        {
            var seen = new Seen(_key, publish.Topic, publish.Payload.ToArray(), publish.Qos, publish.IsDuplicate, publish.Retain, publish.IsWill, publish.Properties);
            if (dialect.IsBroker)
            {
                var message = new MqttMessage { Topic = seen.Topic, Payload = seen.Payload, Qos = seen.Qos, Properties = seen.Properties, From = _key };
                foreach (var connection in dialect.Connections.Values) await connection.PublishAsync(message);
            }

            var answer = dialect.OnPublish(seen);
            dialect._published.Writer.TryWrite(seen);
            return await answer;
        }

        public ValueTask ClosedAsync(MqttEnd end)
        {
            dialect._closed.Writer.TryWrite((_key, end));
            return ValueTask.CompletedTask;
        }
    }
}
