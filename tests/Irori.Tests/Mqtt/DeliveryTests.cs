using Irori.Mqtt;
using Irori.Mqtt.Packets;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>Messages to clients (MQTT 5, sections 3.3, 4.3 to 4.9).</summary>
public sealed class DeliveryTests
{
    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Messages_of_every_quality_reach_a_client_in_every_version(MqttVersion version)
    {
        await using var host = await MqttHost.StartAsync();
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp", version));
        await using var _ = client;
        await client.SubscribeAsync(2, "a/#");

        (await connection.PublishAsync(Message("a/0", MqttQos.AtMostOnce))).ShouldBeTrue();
        (await client.ReceiveAsync(PacketType.Publish)).ShouldSatisfyAllConditions(m => (m.Topic, m.Text, m.Qos).ShouldBe(("a/0", "hello", 0)), m => m.Flags.ShouldBe(0));

        (await connection.PublishAsync(Message("a/1", MqttQos.AtLeastOnce))).ShouldBeTrue();
        var one = await client.ReceiveAsync(PacketType.Publish);
        (one.Topic, one.Qos, one.IsDuplicate).ShouldBe(("a/1", 1, false));
        await client.AckAsync(PacketType.PubAck, one.Id);

        (await connection.PublishAsync(Message("a/2", MqttQos.ExactlyOnce))).ShouldBeTrue();
        var two = await client.ReceiveAsync(PacketType.Publish);
        (two.Topic, two.Qos).ShouldBe(("a/2", 2));
        two.Id.ShouldNotBe(one.Id);
        await client.AckAsync(PacketType.PubRec, two.Id);
        var release = await client.ReceiveAsync(PacketType.PubRel);
        (release.Id, release.Flags).ShouldBe((two.Id, 2));
        // Asked again, released again.
        await client.AckAsync(PacketType.PubRec, two.Id);
        (await client.ReceiveAsync(PacketType.PubRel)).Id.ShouldBe(two.Id);
        await client.AckAsync(PacketType.PubComp, two.Id);
        await client.PingAsync();
    }

    [Fact]
    public async Task The_subscription_limits_the_quality_and_the_message_comes_once()
    {
        await using var host = await MqttHost.StartAsync();
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp", MqttVersion.V5));
        await using var _ = client;
        await client.SendAsync(ClientPackets.Subscribe(MqttVersion.V5, 1, [("a/+", 0)], [(0x0B, 5)]), ClientPackets.Subscribe(MqttVersion.V5, 2, [("a/#", 1)], [(0x0B, 300)]));
        await client.SendAsync(ClientPackets.Subscribe(MqttVersion.V5, 3, [("a/b", 0)]));
        for (var i = 0; i < 3; i++) await client.ReceiveAsync(PacketType.SubAck);

        await connection.PublishAsync(Message("a/b", MqttQos.ExactlyOnce));

        var message = await client.ReceiveAsync(PacketType.Publish);
        message.Qos.ShouldBe(1);
        message.Properties.ShouldBe([(0x0B, (object)5), (0x0B, 300)]);
        await client.PingAsync();
    }

    [Fact]
    public async Task A_client_hears_only_what_it_subscribed_to_unless_the_dialect_says_otherwise()
    {
        await using var host = await MqttHost.StartAsync();
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp"));
        await using var _ = client;

        (await connection.PublishAsync(Message("a", MqttQos.AtLeastOnce))).ShouldBeFalse();
        (await connection.PublishAsync(Message("a", MqttQos.AtLeastOnce), MqttDelivery.Always)).ShouldBeTrue();
        (await client.ReceiveAsync(PacketType.Publish)).Qos.ShouldBe(1);
        await client.SubscribeAsync(0, "a");
        await connection.PublishAsync(Message("a", MqttQos.AtLeastOnce), MqttDelivery.Always);
        (await client.ReceiveAsync(PacketType.Publish)).Topic.ShouldBe("a");
        await client.PingAsync();
    }

    [Fact]
    public async Task A_subscription_can_leave_out_the_clients_own_messages()
    {
        await using var host = await MqttHost.StartAsync(dialect: new TestDialect { IsBroker = true });
        await using var own = await host.ConnectAsync(new ClientConnect("own", MqttVersion.V5));
        await using var other = await host.ConnectAsync(new ClientConnect("other", MqttVersion.V5));
        await own.SubscribeAsync(4, "a");
        await other.SubscribeAsync(4, "a");
        await own.PublishAsync("a", "x");
        await own.PingAsync();

        (await other.ReceiveAsync(PacketType.Publish)).Text.ShouldBe("x");
    }

    [Fact]
    public async Task What_MQTT_5_says_of_a_message_reaches_clients_of_MQTT_5()
    {
        await using var host = await MqttHost.StartAsync();
        var message = new MqttMessage
        {
            Topic = "a", Payload = "x"u8.ToArray(),
            Properties = new MqttProperties
            {
                IsText = true, Expiry = 60, ContentType = "type", ResponseTopic = "back", Correlation = new byte[] { 3 },
                User = [new("n", "v"), new("n", "w")],
            },
        };
        foreach (var version in new[] { MqttVersion.V311, MqttVersion.V5 })
        {
            var (client, connection) = await host.MeetAsync(new ClientConnect("lamp", version));
            await using var _ = client;
            await connection.PublishAsync(message, MqttDelivery.Always);
            var seen = await client.ReceiveAsync(PacketType.Publish);
            seen.Text.ShouldBe("x");
            if (version != MqttVersion.V5) continue;
            (seen.Property(0x01), seen.Property(0x02), seen.Property(0x03), seen.Property(0x08)).ShouldBe(((byte)1, 60u, "type", "back"));
            seen.Property(0x09).ShouldBe(new byte[] { 3 });
            seen.Properties.Where(p => p.Id == 0x26).Select(p => ((KeyValuePair<string, string>)p.Value).Value).ShouldBe(["v", "w"]);
        }
    }

    [Fact]
    public async Task A_client_gets_as_many_unacknowledged_messages_as_it_takes_and_in_their_order()
    {
        await using var host = await MqttHost.StartAsync();
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp", MqttVersion.V5) { Properties = [(0x21, 2)] });
        await using var _ = client;
        for (var i = 0; i < 6; i++) await connection.PublishAsync(Message($"m/{i}", i % 2 == 0 ? MqttQos.AtLeastOnce : MqttQos.ExactlyOnce), MqttDelivery.Always);
        await connection.PublishAsync(Message("free", MqttQos.AtMostOnce), MqttDelivery.Always);

        var first = await client.ReceiveAsync(PacketType.Publish);
        var second = await client.ReceiveAsync(PacketType.Publish);
        (first.Topic, second.Topic).ShouldBe(("m/0", "m/1"));
        (await client.ReceiveAsync(PacketType.Publish)).Topic.ShouldBe("free");
        await client.PingAsync();
        await client.AckAsync(PacketType.PubAck, first.Id);
        (await client.ReceiveAsync(PacketType.Publish)).Topic.ShouldBe("m/2");
        // QoS 2 makes room at its end.
        await client.AckAsync(PacketType.PubRec, second.Id);
        await client.ReceiveAsync(PacketType.PubRel);
        await client.PingAsync();
        await client.AckAsync(PacketType.PubComp, second.Id);
        var refused = await client.ReceiveAsync(PacketType.Publish);
        refused.Topic.ShouldBe("m/3");
        // Or when the client refuses it.
        await client.AckAsync(PacketType.PubRec, refused.Id, MqttReason.QuotaExceeded);
        (await client.ReceiveAsync(PacketType.Publish)).Topic.ShouldBe("m/4");
    }

    [Fact]
    public async Task Acknowledgements_of_what_is_unknown_do_no_harm()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await client.AckAsync(PacketType.PubAck, 77);
        await client.AckAsync(PacketType.PubComp, 77);
        await client.AckAsync(PacketType.PubRec, 77);

        (await client.ReceiveAsync(PacketType.PubRel)).Reason.ShouldBe(MqttReason.PacketIdentifierNotFound);
        await client.PingAsync();
    }

    [Fact]
    public async Task A_message_that_is_too_large_for_the_client_is_not_sent()
    {
        await using var host = await MqttHost.StartAsync();
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp", MqttVersion.V5) { Properties = [(0x27, 20u)] });
        await using var _ = client;

        // 2 bytes of header, 2 + 1 of topic, 1 of properties: 14 are left.
        (await connection.PublishAsync(new MqttMessage { Topic = "a", Payload = new byte[15] }, MqttDelivery.Always)).ShouldBeFalse();
        (await connection.PublishAsync(new MqttMessage { Topic = "a", Payload = new byte[14] }, MqttDelivery.Always)).ShouldBeTrue();
        (await client.ReceiveAsync(PacketType.Publish)).Payload.Length.ShouldBe(14);
    }

    [Fact]
    public async Task A_message_that_has_waited_too_long_is_not_sent_and_the_others_say_how_long_they_may_wait_still()
    {
        await using var host = await MqttHost.StartAsync();
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp", MqttVersion.V5) { KeepAlive = 0, Properties = [(0x21, 1)] });
        await using var _ = client;
        foreach (var (topic, expiry) in new (string, uint?)[] { ("first", null), ("short", 10), ("long", 100) })
            await connection.PublishAsync(new MqttMessage { Topic = topic, Qos = MqttQos.AtLeastOnce, Properties = new MqttProperties { Expiry = expiry } }, MqttDelivery.Always);
        var first = await client.ReceiveAsync(PacketType.Publish);
        host.Time.Advance(TimeSpan.FromSeconds(30));
        await client.AckAsync(PacketType.PubAck, first.Id);

        var next = await client.ReceiveAsync(PacketType.Publish);
        next.Topic.ShouldBe("long");
        next.Property(0x02).ShouldBeOfType<uint>().ShouldBeInRange(60u, 70u);
    }

    [Fact]
    public async Task A_client_that_does_not_keep_up_is_closed()
    {
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxQueued = 5, MaxInFlight = 2 });
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp", MqttVersion.V5));
        await using var _ = client;
        for (var i = 0; i < 7; i++) (await connection.PublishAsync(Message("a", MqttQos.AtLeastOnce), MqttDelivery.Always)).ShouldBeTrue();

        (await connection.PublishAsync(Message("a", MqttQos.AtLeastOnce), MqttDelivery.Always)).ShouldBeFalse();

        (await client.ClosedAsync()).ShouldBe(MqttReason.QuotaExceeded);
        (await host.Dialect.ClosedAsync()).End.Reason.ShouldBe(MqttReason.QuotaExceeded);
        (await connection.PublishAsync(Message("a", MqttQos.AtMostOnce), MqttDelivery.Always)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_client_that_takes_nothing_from_its_connection_is_cut_off()
    {
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxQueuedBytes = 200_000, CloseTimeout = TimeSpan.FromMilliseconds(50) });
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp"));
        await using var _ = client;
        var large = new MqttMessage { Topic = "a", Payload = new byte[50_000] };

        // The system's buffers take some megabytes before anything waits here.
        var taken = 0;
        while (taken < 2_000 && await connection.PublishAsync(large, MqttDelivery.Always)) taken++;

        taken.ShouldBeLessThan(2_000);
        (await host.Dialect.ClosedAsync()).End.ShouldBe(new MqttEnd(MqttEndKind.Closed, MqttReason.QuotaExceeded));
    }

    [Fact]
    public async Task What_a_client_may_no_longer_hear_is_taken_out_of_its_queue()
    {
        await using var host = await MqttHost.StartAsync();
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp", MqttVersion.V5) { Properties = [(0x21, 1)] });
        await using var _ = client;
        foreach (var topic in new[] { "first", "gone/1", "stays", "gone/2" }) await connection.PublishAsync(Message(topic, MqttQos.AtLeastOnce), MqttDelivery.Always);
        var first = await client.ReceiveAsync(PacketType.Publish);
        await connection.DropAsync("gone/+");
        await client.AckAsync(PacketType.PubAck, first.Id);

        (await client.ReceiveAsync(PacketType.Publish)).Topic.ShouldBe("stays");
        await client.PingAsync();
    }

    [Fact]
    public async Task A_message_needs_a_topic()
    {
        await using var host = await MqttHost.StartAsync();
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp"));
        await using var _ = client;

        foreach (var topic in new[] { "", "a/+", "#" })
            await Should.ThrowAsync<ArgumentException>(async () => await connection.PublishAsync(new MqttMessage { Topic = topic }, MqttDelivery.Always));
    }

    [Fact]
    public async Task Many_at_once_publish_to_one_client_and_nothing_is_torn()
    {
        const int Writers = 8;
        const int Each = 500;
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxQueued = Writers * Each, MaxPacketsPerSecond = Writers * Each });
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp"));
        await using var _ = client;
        var writing = Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                (await connection.PublishAsync(new MqttMessage { Topic = $"w/{w}", Payload = System.Text.Encoding.UTF8.GetBytes($"{i}"), Qos = (MqttQos)(w % 2) }, MqttDelivery.Always)).ShouldBeTrue();
        })).ToList();

        var next = new int[Writers];
        for (var i = 0; i < Writers * Each; i++)
        {
            var message = await client.ReceiveAsync(PacketType.Publish);
            var writer = int.Parse(message.Topic[2..]);
            message.Text.ShouldBe($"{next[writer]++}");
            if (message.Qos > 0) await client.AckAsync(PacketType.PubAck, message.Id);
        }

        await Task.WhenAll(writing);
    }

    private static MqttMessage Message(string topic, MqttQos qos) => new() { Topic = topic, Payload = "hello"u8.ToArray(), Qos = qos };
}
