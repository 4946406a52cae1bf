using Irori.Mqtt;
using Irori.Mqtt.Packets;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>SUBSCRIBE and UNSUBSCRIBE (MQTT 5, sections 3.8 to 3.11).</summary>
public sealed class SubscribeTests
{
    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Each_filter_is_granted_or_refused_for_itself(MqttVersion version)
    {
        var dialect = new TestDialect { OnSubscribe = s => s.Filter switch { "no" => MqttReason.NotAuthorized, "low" => MqttReason.Success, _ => MqttReason.GrantedQos2 } };
        await using var host = await MqttHost.StartAsync(dialect: dialect);
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp", version));
        await using var _ = client;
        await client.SendAsync(ClientPackets.Subscribe(version, 9, [("a/+", 1), ("no", 2), ("low", 2), ("b/#", 2), ("zero", 0)]));

        var answer = await client.ReceiveAsync(PacketType.SubAck);

        answer.Id.ShouldBe(9);
        var refused = version == MqttVersion.V5 ? MqttReason.NotAuthorized : MqttReason.UnspecifiedError;
        answer.Reasons.ShouldBe([MqttReason.GrantedQos1, refused, MqttReason.Success, MqttReason.GrantedQos2, MqttReason.Success]);
        connection.Subscriptions.Select(s => s.Filter).ShouldBe(["a/+", "low", "b/#", "zero"]);
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_filter_that_is_given_up_is_heard_no_more_and_the_dialect_knows(MqttVersion version)
    {
        await using var host = await MqttHost.StartAsync();
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp", version));
        await using var _ = client;
        await client.SubscribeAsync(1, "a", "b");
        await client.SendAsync(ClientPackets.Unsubscribe(version, 12, "a", "never"));

        var answer = await client.ReceiveAsync(PacketType.UnsubAck);

        answer.Id.ShouldBe(12);
        answer.Reasons.ShouldBe(version == MqttVersion.V5 ? [MqttReason.Success, MqttReason.NoSubscriptionExisted] : []);
        host.Dialect.Unsubscribed.ShouldBe(["a"]);
        (await connection.PublishAsync(new MqttMessage { Topic = "a" })).ShouldBeFalse();
        (await connection.PublishAsync(new MqttMessage { Topic = "b" })).ShouldBeTrue();
        (await client.ReceiveAsync(PacketType.Publish)).Topic.ShouldBe("b");
    }

    [Fact]
    public async Task The_same_filter_again_replaces_the_subscription()
    {
        await using var host = await MqttHost.StartAsync();
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp", MqttVersion.V5));
        await using var _ = client;
        await client.SubscribeAsync(2, "a");
        await client.SendAsync(ClientPackets.Subscribe(MqttVersion.V5, 2, [("a", 0)], [(0x0B, 77)]));
        await client.ReceiveAsync(PacketType.SubAck);

        connection.Subscriptions.ShouldHaveSingleItem().ShouldBe(new MqttSubscription("a", MqttQos.AtMostOnce) { Identifier = 77 });
    }

    [Fact]
    public async Task Shared_subscriptions_are_refused_with_their_own_code()
    {
        await using var host = await MqttHost.StartAsync();
        await using var five = await host.ConnectAsync(new ClientConnect("five", MqttVersion.V5));
        (await five.SubscribeAsync(1, "$share/group/a", "a")).ShouldBe([MqttReason.SharedSubscriptionsNotSupported, MqttReason.GrantedQos1]);
        await using var old = await host.ConnectAsync(new ClientConnect("old"));
        (await old.SubscribeAsync(1, "$share/group/a")).ShouldBe([MqttReason.UnspecifiedError]);
    }

    [Fact]
    public async Task Filters_beyond_the_limits_are_refused_and_the_dialect_is_not_asked()
    {
        var asked = new List<string>();
        var dialect = new TestDialect
        {
            OnSubscribe = s =>
            {
                asked.Add(s.Filter);
                return MqttReason.Success;
            },
        };
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxSubscriptions = 2, MaxTopic = 10, MaxTopicLevels = 3 }, dialect);
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));

        (await client.SubscribeAsync(0, "a/b/c/d", "eleven-char", "a", "b", "c", "a")).ShouldBe(
            [MqttReason.TopicFilterInvalid, MqttReason.TopicFilterInvalid, MqttReason.Success, MqttReason.Success, MqttReason.QuotaExceeded, MqttReason.Success]);
        asked.ShouldBe(["a", "b", "a"]);
    }

    [Fact]
    public async Task A_packet_that_breaks_the_rules_ends_the_connection()
    {
        await using var host = await MqttHost.StartAsync();
        (byte[] Packet, MqttReason Reason)[] cases =
        [
            (ClientPackets.Subscribe(MqttVersion.V5, 1, []), MqttReason.ProtocolError),
            (ClientPackets.Subscribe(MqttVersion.V5, 0, [("a", 0)]), MqttReason.MalformedPacket),
            (ClientPackets.Subscribe(MqttVersion.V5, 1, [("a", 3)]), MqttReason.MalformedPacket),
            (ClientPackets.Subscribe(MqttVersion.V5, 1, [("a", 0x40)]), MqttReason.MalformedPacket),
            (ClientPackets.Subscribe(MqttVersion.V5, 1, [("a", 0x30)]), MqttReason.ProtocolError),
            (ClientPackets.Subscribe(MqttVersion.V5, 1, [("$share/g/a", 4)]), MqttReason.ProtocolError),
            (ClientPackets.Subscribe(MqttVersion.V5, 1, [("a#", 0)]), MqttReason.TopicFilterInvalid),
            (ClientPackets.Subscribe(MqttVersion.V5, 1, [("#/a", 0)]), MqttReason.TopicFilterInvalid),
            (ClientPackets.Subscribe(MqttVersion.V5, 1, [("", 0)]), MqttReason.TopicFilterInvalid),
            (ClientPackets.Subscribe(MqttVersion.V5, 1, [("a", 0)], [(0x0B, 0)]), MqttReason.ProtocolError),
            (ClientPackets.Subscribe(MqttVersion.V5, 1, [("a", 0)], [(0x0B, 1), (0x0B, 2)]), MqttReason.ProtocolError),
            (ClientPackets.Subscribe(MqttVersion.V5, 1, [("a", 0)], [(0x11, 1u)]), MqttReason.MalformedPacket),
            (ClientPackets.Unsubscribe(MqttVersion.V5, 1), MqttReason.ProtocolError),
            (ClientPackets.Unsubscribe(MqttVersion.V5, 1, "a+"), MqttReason.TopicFilterInvalid),
        ];
        foreach (var (packet, reason) in cases)
        {
            await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
            await client.SendAsync(packet);
            (await client.ClosedAsync()).ShouldBe(reason, Convert.ToHexString(packet));
        }
    }

    [Fact]
    public async Task An_answer_that_is_too_large_for_the_client_is_not_sent()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5) { Properties = [(0x27, 20u)] });
        await client.SubscribeAsync(0, [.. Enumerable.Range(0, 12).Select(i => $"{i}")]);
        await client.SendAsync(ClientPackets.Subscribe(MqttVersion.V5, 7, Enumerable.Range(0, 13).Select(i => ($"{i}", 0))));
        (await client.ClosedAsync()).ShouldBe(MqttReason.ImplementationSpecificError);

        // Not even CONNACK.
        await using var tiny = await host.OpenAsync();
        tiny.Version = MqttVersion.V5;
        await tiny.SendAsync(new ClientConnect("tiny", MqttVersion.V5) { Properties = [(0x27, 10u)] }.ToBytes());
        (await tiny.ReceiveAsync(PacketType.ConnAck)).Reason.ShouldBe(MqttReason.PacketTooLarge);
    }

    [Fact]
    public async Task Options_of_MQTT_5_are_wrong_before()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(new ClientConnect("lamp"));
        await client.SendAsync(ClientPackets.Subscribe(MqttVersion.V311, 1, [("a", 4)]));

        (await client.ReceiveAsync()).ShouldBeNull();
    }
}
