using Irori.Mqtt;
using Irori.Mqtt.Packets;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>One client, one connection: on this node and on others (MQTT 5, section 3.1.4).</summary>
public sealed class TakeOverTests
{
    private static readonly ClientConnect Kept = new("lamp", MqttVersion.V5) { Clean = false, Properties = [(0x11, 1000u)] };

    [Fact]
    public async Task A_new_connection_ends_the_older_one_of_its_client_before_the_dialect_opens_it()
    {
        await using var host = await MqttHost.StartAsync();
        var order = new List<string>();
        var (older, _) = await host.MeetAsync(new ClientConnect("lamp", MqttVersion.V5));
        await using var first = older;
        host.Dialect.OnOpen = async _ =>
        {
            order.Add((await host.Dialect.ClosedAsync()).End.Reason.ToString());
            return MqttReason.Success;
        };

        await using var newer = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));

        (await older.ClosedAsync()).ShouldBe(MqttReason.SessionTakenOver);
        order.ShouldBe(["SessionTakenOver"]);
        await newer.PingAsync();
        host.Endpoint.Find("lamp").ShouldNotBeNull();
    }

    [Fact]
    public async Task Who_a_client_is_says_the_dialect_not_the_client()
    {
        await using var host = await MqttHost.StartAsync();
        await using var one = await host.ConnectAsync(new ClientConnect("same") { User = "one" });
        await using var two = await host.ConnectAsync(new ClientConnect("same") { User = "two" });
        await one.PingAsync();
        await two.PingAsync();

        await using var oneAgain = await host.ConnectAsync(new ClientConnect("other") { User = "one" });
        (await one.ReceiveAsync()).ShouldBeNull();
        await two.PingAsync();
    }

    [Fact]
    public async Task A_stranger_who_is_refused_ends_nothing()
    {
        await using var host = await MqttHost.StartAsync(dialect: new TestDialect { OnConnect = c => c.Password is null ? MqttReason.Success : MqttReason.BadUserNameOrPassword });
        await using var lamp = await host.ConnectAsync(new ClientConnect("lamp"));
        await using var stranger = await host.OpenAsync();
        (await stranger.ConnectAsync(new ClientConnect("lamp") { User = "lamp", Password = [1] })).Code.ShouldBe((byte)4);

        await lamp.PingAsync();
    }

    [Fact]
    public async Task Many_connections_of_one_client_leave_one()
    {
        const int Count = 20;
        await using var host = await MqttHost.StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, Count).Select(async _ =>
        {
            var client = await host.OpenAsync();
            client.Version = Kept.Version;
            await client.SendAsync(Kept.ToBytes());
            return client;
        }));
        var ending = clients.Select(c => Task.Run(c.ClosedAsync)).ToList();
        while (ending.Count > 1) ending.Remove(await Task.WhenAny(ending));

        var end = ending.ShouldHaveSingleItem();
        var connection = host.Endpoint.Find("lamp").ShouldNotBeNull();
        (end.IsCompleted, connection.Ended.IsCompleted).ShouldBe((false, false));
        connection.Close(MqttReason.AdministrativeAction);
        (await end).ShouldBe(MqttReason.AdministrativeAction);
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task A_connection_to_another_node_ends_the_one_here_and_goes_on_with_its_session()
    {
        var time = new TestTime();
        var sessions = new MemorySessionStore(time);
        var nodes = new Nodes();
        await using var one = await MqttHost.StartAsync(sessions: sessions, time: time, cluster: nodes.Of(0));
        await using var two = await MqttHost.StartAsync(sessions: sessions, time: time, cluster: nodes.Of(1));
        nodes.Endpoints = [one.Endpoint, two.Endpoint];
        var (older, connection) = await one.MeetAsync(Kept);
        await using var first = older;
        await older.SubscribeAsync(1, "a");
        await connection.PublishAsync(new MqttMessage { Topic = "a", Qos = MqttQos.AtLeastOnce, Payload = "kept"u8.ToArray() });
        await older.ReceiveAsync(PacketType.Publish);

        await using var newer = await two.OpenAsync();
        var answer = await newer.ConnectAsync(Kept);

        (await older.ClosedAsync()).ShouldBe(MqttReason.SessionTakenOver);
        (await one.Dialect.ClosedAsync()).End.Reason.ShouldBe(MqttReason.SessionTakenOver);
        answer.SessionPresent.ShouldBeTrue();
        var copy = await newer.ReceiveAsync(PacketType.Publish);
        (copy.Text, copy.IsDuplicate).ShouldBe(("kept", true));
        one.Endpoint.Find("lamp").ShouldBeNull();
    }

    [Fact]
    public async Task A_node_that_did_not_hear_of_it_can_write_nothing_into_the_session_and_its_connection_ends()
    {
        var time = new TestTime();
        var sessions = new MemorySessionStore(time);
        await using var one = await MqttHost.StartAsync(sessions: sessions, time: time);
        await using var two = await MqttHost.StartAsync(sessions: sessions, time: time);
        var (older, stale) = await one.MeetAsync(Kept);
        await using var first = older;
        await older.SubscribeAsync(1, "a");
        var (newer, fresh) = await two.MeetAsync(Kept);
        await using var second = newer;

        (await stale.PublishAsync(new MqttMessage { Topic = "a", Qos = MqttQos.AtLeastOnce })).ShouldBeFalse();

        (await older.ClosedAsync()).ShouldBe(MqttReason.SessionTakenOver);
        (await fresh.PublishAsync(new MqttMessage { Topic = "a", Qos = MqttQos.AtLeastOnce })).ShouldBeTrue();
        await newer.ReceiveAsync(PacketType.Publish);
        await newer.DisposeAsync();
        await two.Dialect.ClosedAsync();
        await using var third = await two.OpenAsync();
        (await third.ConnectAsync(Kept)).SessionPresent.ShouldBeTrue("the older connection's end was not the session's");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_a_stale_node_is_told_it_does_not_acknowledge_when_that_needs_the_session(int qos)
    {
        var time = new TestTime();
        var sessions = new MemorySessionStore(time);
        await using var one = await MqttHost.StartAsync(sessions: sessions, time: time);
        await using var two = await MqttHost.StartAsync(sessions: sessions, time: time);
        var (older, _) = await one.MeetAsync(Kept);
        await using var first = older;
        await using var newer = await two.ConnectAsync(Kept);
        if (qos == 2) await older.PublishAsync("a", "x", qos: 2);
        else await older.SendAsync(ClientPackets.Subscribe(MqttVersion.V5, 1, [("a", 0)]));

        (await older.ClosedAsync()).ShouldBe(MqttReason.SessionTakenOver);
    }

    /// <summary>Nodes that hear each other.</summary>
    private sealed class Nodes
    {
        public IReadOnlyList<MqttEndpoint> Endpoints { get; set; } = [];

        public IMqttCluster Of(int node) => new Node(this, node);

        private sealed class Node(Nodes all, int self) : IMqttCluster
        {
            public async ValueTask TakeOverAsync(string key, CancellationToken cancel)
            {
                for (var i = 0; i < all.Endpoints.Count; i++)
                {
                    if (i != self) await all.Endpoints[i].CloseAsync(key, MqttReason.SessionTakenOver, cancel);
                }
            }
        }
    }
}
