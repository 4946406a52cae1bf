namespace Irori.Mqtt.Connections;

/// <summary>The stored session of a connection, if it has one. Without one everything is as good as done.</summary>
internal sealed class SessionLife(IMqttSessionStore store, MqttSessionLife? life)
{
    public bool IsKept => life is not null;

    public MqttSessionLife? Life => life;

    public Task<bool> SubscribeAsync(MqttSubscription subscription) => Do(l => store.SubscribeAsync(l, subscription, CancellationToken.None));

    public Task<bool> UnsubscribeAsync(string filter) => Do(l => store.UnsubscribeAsync(l, filter, CancellationToken.None));

    public Task<bool> AddAsync(OutgoingMessage message) => Do(l => store.AddAsync(l, message.ToStored(), CancellationToken.None));

    public Task<bool> ReceivedAsync(OutgoingMessage message) => Do(l => store.ReceivedAsync(l, message.Sequence, CancellationToken.None));

    public Task<bool> RemoveAsync(OutgoingMessage message) => Do(l => store.RemoveAsync(l, message.Sequence, CancellationToken.None));

    public Task<bool> TakenAsync(ushort id) => Do(l => store.TakenAsync(l, id, CancellationToken.None));

    public Task<bool> ReleasedAsync(ushort id) => Do(l => store.ReleasedAsync(l, id, CancellationToken.None));

    public Task<bool> CloseAsync(TimeSpan expiry) => Do(l => store.CloseAsync(l, expiry, CancellationToken.None));

    private Task<bool> Do(Func<MqttSessionLife, Task<bool>> change) => life is { } current ? change(current) : Task.FromResult(true);
}
