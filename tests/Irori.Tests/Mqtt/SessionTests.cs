using Irori.Mqtt;
using Irori.Mqtt.Packets;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>Sessions that outlive their connections (MQTT 5, sections 3.1.2 and 4.1, 4.4).</summary>
public sealed class SessionTests
{
    private static readonly ClientConnect Kept = new("lamp", MqttVersion.V5) { Clean = false, Properties = [(0x11, 1000u)] };

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_kept_session_goes_on_with_its_subscriptions(MqttVersion version)
    {
        await using var host = await MqttHost.StartAsync();
        var connect = new ClientConnect("lamp", version) { Clean = false, Properties = [(0x11, 100u)] };
        await LeaveAsync(host, connect, async client => await client.SubscribeAsync(1, "a", "b"));

        await using var again = await host.OpenAsync();
        // 3.1 has no word for it.
        (await again.ConnectAsync(connect)).SessionPresent.ShouldBe(version != MqttVersion.V31);

        var connection = await host.Dialect.OpenedAsync();
        connection.Subscriptions.ShouldBe([new MqttSubscription("a", MqttQos.AtLeastOnce), new MqttSubscription("b", MqttQos.AtLeastOnce)]);
        await connection.PublishAsync(new MqttMessage { Topic = "a" });
        (await again.ReceiveAsync(PacketType.Publish)).Topic.ShouldBe("a");
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_clean_start_forgets(MqttVersion version)
    {
        await using var host = await MqttHost.StartAsync();
        var connect = new ClientConnect("lamp", version) { Clean = false, Properties = [(0x11, 100u)] };
        await LeaveAsync(host, connect, async client => await client.SubscribeAsync(1, "a"));

        await using var again = await host.OpenAsync();
        (await again.ConnectAsync(connect with { Clean = true })).SessionPresent.ShouldBeFalse();
        (await host.Dialect.OpenedAsync()).Subscriptions.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_session_that_was_not_to_be_kept_is_not()
    {
        await using var host = await MqttHost.StartAsync();
        await LeaveAsync(host, new ClientConnect("lamp", MqttVersion.V5) { Clean = false }, async client => await client.SubscribeAsync(1, "a"));
        await using var again = await host.OpenAsync();
        (await again.ConnectAsync(Kept)).SessionPresent.ShouldBeFalse();
    }

    [Fact]
    public async Task A_dialect_may_keep_none()
    {
        await using var host = await MqttHost.StartAsync(dialect: new TestDialect { KeepsSessions = false });
        await LeaveAsync(host, Kept, async client => await client.SubscribeAsync(1, "a"));
        await using var again = await host.OpenAsync();
        var answer = await again.ConnectAsync(Kept);
        (answer.SessionPresent, answer.Property(0x11)).ShouldBe((false, 0u));
    }

    [Fact]
    public async Task Unacknowledged_messages_are_sent_again_as_what_they_are_and_with_their_numbers()
    {
        await using var host = await MqttHost.StartAsync();
        var sent = new List<ServerPacket>();
        await LeaveAsync(host, Kept, async (client, connection) =>
        {
            foreach (var (topic, qos) in new[] { ("one", 1), ("two", 2), ("three", 1), ("done", 1) })
                (await connection.PublishAsync(new MqttMessage { Topic = topic, Qos = (MqttQos)qos, Payload = "x"u8.ToArray() }, MqttDelivery.Always)).ShouldBeTrue();
            for (var i = 0; i < 4; i++) sent.Add(await client.ReceiveAsync(PacketType.Publish));
            await client.AckAsync(PacketType.PubAck, sent[3].Id);
            await client.AckAsync(PacketType.PubRec, sent[1].Id);
            await client.ReceiveAsync(PacketType.PubRel);
        });
        sent.ShouldAllBe(m => !m.IsDuplicate);

        await using var again = await host.ConnectAsync(Kept);

        (await again.ReceiveAsync(PacketType.PubRel)).Id.ShouldBe(sent[1].Id, "the client has it, its release is owed");
        foreach (var message in new[] { sent[0], sent[2] })
        {
            var copy = await again.ReceiveAsync(PacketType.Publish);
            (copy.Topic, copy.Id, copy.IsDuplicate, copy.Text).ShouldBe((message.Topic, message.Id, true, "x"));
            await again.AckAsync(PacketType.PubAck, copy.Id);
        }

        await again.AckAsync(PacketType.PubComp, sent[1].Id);
        await again.PingAsync();
        await again.SendAsync(ClientPackets.Disconnect);
        await again.ClosedAsync();
        await using var third = await host.ConnectAsync(Kept);
        await third.PingAsync();
    }

    [Fact]
    public async Task New_messages_come_behind_those_that_are_sent_again()
    {
        await using var host = await MqttHost.StartAsync();
        await LeaveAsync(host, Kept, async (client, connection) =>
        {
            await connection.PublishAsync(new MqttMessage { Topic = "old", Qos = MqttQos.AtLeastOnce }, MqttDelivery.Always);
            await client.ReceiveAsync(PacketType.Publish);
        });
        host.Dialect.OnOpen = async connection =>
        {
            await connection.PublishAsync(new MqttMessage { Topic = "new", Qos = MqttQos.AtLeastOnce }, MqttDelivery.Always);
            return MqttReason.Success;
        };

        await using var again = await host.ConnectAsync(Kept);

        var old = await again.ReceiveAsync(PacketType.Publish);
        var fresh = await again.ReceiveAsync(PacketType.Publish);
        (old.Topic, fresh.Topic, fresh.IsDuplicate).ShouldBe(("old", "new", false));
        fresh.Id.ShouldNotBe(old.Id);
    }

    [Fact]
    public async Task A_message_of_QoS_2_that_was_taken_is_not_taken_again_by_the_next_connection()
    {
        await using var host = await MqttHost.StartAsync();
        await LeaveAsync(host, Kept, async client =>
        {
            await client.PublishAsync("a", "once", qos: 2, id: 9);
            await client.ReceiveAsync(PacketType.PubRec);
        });

        await using var again = await host.ConnectAsync(Kept);
        await again.PublishAsync("a", "once", qos: 2, id: 9, again: true);
        (await again.ReceiveAsync(PacketType.PubRec)).Id.ShouldBe(9);
        await again.AckAsync(PacketType.PubRel, 9);
        (await again.ReceiveAsync(PacketType.PubComp)).Reason.ShouldBe(MqttReason.Success);
        await again.PublishAsync("a", "other", qos: 2, id: 9);
        await again.ReceiveAsync(PacketType.PubRec);

        (await host.Dialect.PublishedAsync()).Text.ShouldBe("once");
        (await host.Dialect.PublishedAsync()).Text.ShouldBe("other");
    }

    [Fact]
    public async Task A_message_can_be_left_for_a_client_that_is_away()
    {
        await using var host = await MqttHost.StartAsync();
        var cancel = TestContext.Current.CancellationToken;
        (await host.Endpoint.PublishAsync("lamp", new MqttMessage { Topic = "a", Qos = MqttQos.AtLeastOnce }, cancel)).ShouldBeFalse("it has no session");
        await LeaveAsync(host, Kept, async client => await client.SubscribeAsync(1, "a"));

        (await host.Endpoint.PublishAsync("lamp", new MqttMessage { Topic = "a", Qos = MqttQos.ExactlyOnce, Payload = "1"u8.ToArray() }, cancel)).ShouldBeTrue();
        (await host.Endpoint.PublishAsync("lamp", new MqttMessage { Topic = "a", Qos = MqttQos.AtMostOnce }, cancel)).ShouldBeFalse("QoS 0 is not kept");
        (await host.Endpoint.PublishAsync("lamp", new MqttMessage { Topic = "b", Qos = MqttQos.AtLeastOnce }, cancel)).ShouldBeFalse("it did not subscribe");
        (await host.Endpoint.PublishAsync("lamp", new MqttMessage { Topic = "a", Qos = MqttQos.AtLeastOnce, Properties = new MqttProperties { Expiry = 10 } }, cancel)).ShouldBeTrue();
        host.Time.Advance(TimeSpan.FromSeconds(20));

        await using var again = await host.ConnectAsync(Kept);
        var message = await again.ReceiveAsync(PacketType.Publish);
        (message.Text, message.Qos, message.IsDuplicate).ShouldBe(("1", 1, false));
        await again.PingAsync();
        (await host.Endpoint.PublishAsync("lamp", new MqttMessage { Topic = "a", Payload = "2"u8.ToArray() }, cancel)).ShouldBeTrue();
        (await again.ReceiveAsync(PacketType.Publish)).Text.ShouldBe("2");
    }

    [Fact]
    public async Task A_message_for_a_client_that_is_just_coming_back_waits_for_it()
    {
        var opening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource<MqttReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await MqttHost.StartAsync();
        await LeaveAsync(host, Kept, async client => await client.SubscribeAsync(1, "a"));
        host.Dialect.OnOpen = connection =>
        {
            opening.SetResult();
            return new(goOn.Task);
        };
        await using var again = await host.OpenAsync();
        var connecting = again.ConnectAsync(Kept);
        await opening.Task;
        var sending = host.Endpoint.PublishAsync("lamp", new MqttMessage { Topic = "a", Qos = MqttQos.AtLeastOnce }, TestContext.Current.CancellationToken).AsTask();
        goOn.SetResult(MqttReason.Success);

        (await sending).ShouldBeTrue();
        await connecting;
        (await again.ReceiveAsync(PacketType.Publish)).Topic.ShouldBe("a");
    }

    [Fact]
    public async Task A_store_that_fails_ends_the_connection_and_says_so_to_the_dialect()
    {
        var time = new TestTime();
        await using var host = await MqttHost.StartAsync(sessions: new FailingStore(time), time: time);
        var (client, connection) = await host.MeetAsync(Kept);
        await using var _ = client;
        await Should.ThrowAsync<InvalidOperationException>(async () => await connection.PublishAsync(new MqttMessage { Topic = "a", Qos = MqttQos.AtLeastOnce }, MqttDelivery.Always));

        (await client.ClosedAsync()).ShouldBe(MqttReason.ServerUnavailable);
    }

    [Fact]
    public async Task A_session_ends_when_its_time_is_over()
    {
        await using var host = await MqttHost.StartAsync();
        await LeaveAsync(host, Kept, async client => await client.SubscribeAsync(1, "a"));
        host.Time.Advance(TimeSpan.FromSeconds(999));
        await using (var again = await host.OpenAsync())
        {
            (await again.ConnectAsync(Kept)).SessionPresent.ShouldBeTrue();
            await host.Dialect.OpenedAsync();
        }

        await host.Dialect.ClosedAsync();
        host.Time.Advance(TimeSpan.FromSeconds(1001));
        await using var late = await host.OpenAsync();
        (await late.ConnectAsync(Kept)).SessionPresent.ShouldBeFalse();
    }

    [Fact]
    public async Task DISCONNECT_can_end_the_session()
    {
        await using var host = await MqttHost.StartAsync();
        await using (var client = await host.ConnectAsync(Kept))
        {
            await client.SendAsync(ClientPackets.Leave(MqttReason.Success, [(0x11, 0u)]));
            (await client.ClosedAsync()).ShouldBeNull();
        }

        await host.Dialect.ClosedAsync();
        await using var again = await host.OpenAsync();
        (await again.ConnectAsync(Kept)).SessionPresent.ShouldBeFalse();
    }

    [Fact]
    public async Task DISCONNECT_cannot_make_a_session_last_that_was_to_end()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await client.SendAsync(ClientPackets.Leave(MqttReason.Success, [(0x11, 10u)]));

        (await client.ClosedAsync()).ShouldBe(MqttReason.ProtocolError);
    }

    [Fact]
    public async Task What_a_client_may_not_hear_any_more_does_not_come_back_with_its_session()
    {
        await using var host = await MqttHost.StartAsync();
        await LeaveAsync(host, Kept, async client => await client.SubscribeAsync(1, "a", "b"));
        foreach (var topic in new[] { "a", "b" }) await host.Endpoint.PublishAsync("lamp", new MqttMessage { Topic = topic, Qos = MqttQos.AtLeastOnce }, TestContext.Current.CancellationToken);
        host.Dialect.OnSubscribe = s => s.Filter == "a" ? MqttReason.NotAuthorized : MqttReason.GrantedQos1;

        await using var again = await host.ConnectAsync(Kept);

        (await again.ReceiveAsync(PacketType.Publish)).Topic.ShouldBe("b");
        (await host.Dialect.OpenedAsync()).Subscriptions.ShouldHaveSingleItem().Filter.ShouldBe("b");
        host.Dialect.OnSubscribe = s => (MqttReason)s.Qos;
        await again.SendAsync(ClientPackets.Disconnect);
        await again.ClosedAsync();
        await host.Dialect.ClosedAsync();
        await using var third = await host.ConnectAsync(Kept);
        (await host.Dialect.OpenedAsync()).Subscriptions.ShouldHaveSingleItem().Filter.ShouldBe("b");
    }

    [Fact]
    public void Sequences_run_over_all_packet_ids_and_none_is_used_twice_at_a_time()
    {
        var numbers = Enumerable.Range(0, 65_535).Select(i => new Irori.Mqtt.Connections.OutgoingMessage(new MqttMessage { Topic = "a" }, MqttQos.AtLeastOnce, [], 1_000_000 + i).Id).ToList();

        numbers.ShouldBeUnique();
        numbers.Min().ShouldBe((ushort)1);
    }

    // A store that takes no messages.
    private sealed class FailingStore(TimeProvider time) : IMqttSessionStore
    {
        private readonly MemorySessionStore _well = new(time);

        public Task<bool> AddAsync(MqttSessionLife life, MqttStoredMessage message, CancellationToken cancel) => throw new InvalidOperationException("full");

        public Task<MqttStoredSession> OpenAsync(string key, bool clean, bool create, CancellationToken cancel) => _well.OpenAsync(key, clean, create, cancel);

        public Task<bool> SubscribeAsync(MqttSessionLife life, MqttSubscription subscription, CancellationToken cancel) => _well.SubscribeAsync(life, subscription, cancel);

        public Task<bool> UnsubscribeAsync(MqttSessionLife life, string filter, CancellationToken cancel) => _well.UnsubscribeAsync(life, filter, cancel);

        public Task<bool> ReceivedAsync(MqttSessionLife life, long sequence, CancellationToken cancel) => _well.ReceivedAsync(life, sequence, cancel);

        public Task<bool> RemoveAsync(MqttSessionLife life, long sequence, CancellationToken cancel) => _well.RemoveAsync(life, sequence, cancel);

        public Task<bool> TakenAsync(MqttSessionLife life, ushort packetId, CancellationToken cancel) => _well.TakenAsync(life, packetId, cancel);

        public Task<bool> ReleasedAsync(MqttSessionLife life, ushort packetId, CancellationToken cancel) => _well.ReleasedAsync(life, packetId, cancel);

        public Task<bool> CloseAsync(MqttSessionLife life, TimeSpan expiry, CancellationToken cancel) => _well.CloseAsync(life, expiry, cancel);

        public Task<bool> LeaveAsync(string key, MqttMessage message, int limit, CancellationToken cancel) => _well.LeaveAsync(key, message, limit, cancel);

        public Task<bool> IsLatestAsync(MqttSessionLife life, CancellationToken cancel) => _well.IsLatestAsync(life, cancel);
    }

    private static Task LeaveAsync(MqttHost host, ClientConnect connect, Func<PacketClient, Task> meanwhile) => LeaveAsync(host, connect, (client, _) => meanwhile(client));

    // Connects, does something, and is lost.
    private static async Task LeaveAsync(MqttHost host, ClientConnect connect, Func<PacketClient, MqttConnection, Task> meanwhile)
    {
        var (client, connection) = await host.MeetAsync(connect);
        await meanwhile(client, connection);
        await client.PingAsync();
        await client.DisposeAsync();
        await host.Dialect.ClosedAsync();
    }
}
