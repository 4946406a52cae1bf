using Irori.Mqtt;
using Irori.Mqtt.Packets;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>Messages of clients (MQTT 5, sections 3.3 to 3.7 and 4.3).</summary>
public sealed class PublishTests
{
    private static readonly MqttVersion[] Versions = [MqttVersion.V31, MqttVersion.V311, MqttVersion.V5];

    [Fact]
    public async Task Messages_of_every_quality_reach_the_dialect_in_every_version()
    {
        await using var host = await MqttHost.StartAsync();
        foreach (var version in Versions)
        {
            await using var client = await host.ConnectAsync(new ClientConnect($"lamp-{version}", version));
            await client.PublishAsync("a/b", "zero");
            await client.PublishAsync("a/b", "one", qos: 1, id: 10);
            (await client.ReceiveAsync(PacketType.PubAck)).ShouldSatisfyAllConditions(a => a.Id.ShouldBe(10), a => a.Code.ShouldBe((byte)0));
            await client.PublishAsync("a/c", "two", qos: 2, id: 11);
            (await client.ReceiveAsync(PacketType.PubRec)).Id.ShouldBe(11);
            await client.AckAsync(PacketType.PubRel, 11);
            (await client.ReceiveAsync(PacketType.PubComp)).ShouldSatisfyAllConditions(a => a.Id.ShouldBe(11), a => a.Code.ShouldBe((byte)0));
            await client.PublishAsync("a", "");
            await client.PingAsync();

            (await host.Dialect.PublishedAsync()).ShouldSatisfyAllConditions(
                p => (p.Key, p.Topic, p.Text, p.Qos).ShouldBe(($"lamp-{version}", "a/b", "zero", MqttQos.AtMostOnce)), p => (p.IsDuplicate, p.Retain, p.IsWill).ShouldBe((false, false, false)));
            (await host.Dialect.PublishedAsync()).Text.ShouldBe("one");
            (await host.Dialect.PublishedAsync()).ShouldSatisfyAllConditions(p => p.Topic.ShouldBe("a/c"), p => p.Text.ShouldBe("two"), p => p.Qos.ShouldBe(MqttQos.ExactlyOnce));
            (await host.Dialect.PublishedAsync()).Payload.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_message_is_acknowledged_when_the_dialect_is_done_and_in_the_order_of_the_messages()
    {
        var works = Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource<MqttReason>(TaskCreationOptions.RunContinuationsAsynchronously)).ToList();
        await using var host = await MqttHost.StartAsync(dialect: new TestDialect { OnPublish = p => new(works[int.Parse(p.Text)].Task) });
        await using var client = await host.ConnectAsync(new ClientConnect("lamp"));
        for (var i = 0; i < works.Count; i++) await client.PublishAsync("a", $"{i}", qos: i == 2 ? 2 : 1, id: 100 + i);
        // All are handed over before the first is done.
        for (var i = 0; i < works.Count; i++) (await host.Dialect.PublishedAsync()).Text.ShouldBe($"{i}");
        await client.PingAsync();

        for (var i = works.Count - 1; i >= 0; i--) works[i].SetResult(MqttReason.Success);

        (await client.ReceiveAsync(PacketType.PubAck)).Id.ShouldBe(100);
        (await client.ReceiveAsync(PacketType.PubAck)).Id.ShouldBe(101);
        (await client.ReceiveAsync(PacketType.PubRec)).Id.ShouldBe(102);
        (await client.ReceiveAsync(PacketType.PubAck)).Id.ShouldBe(103);
    }

    [Fact]
    public async Task A_message_of_QoS_2_is_taken_once_however_often_it_comes()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        for (var i = 0; i < 3; i++)
        {
            await client.PublishAsync("a", "once", qos: 2, id: 5, again: i > 0);
            (await client.ReceiveAsync(PacketType.PubRec)).Id.ShouldBe(5);
        }

        await client.AckAsync(PacketType.PubRel, 5);
        (await client.ReceiveAsync(PacketType.PubComp)).Reason.ShouldBe(MqttReason.Success);
        await client.AckAsync(PacketType.PubRel, 5, MqttReason.Success);
        (await client.ReceiveAsync(PacketType.PubComp)).Reason.ShouldBe(MqttReason.PacketIdentifierNotFound);
        await client.PublishAsync("a", "next", qos: 2, id: 5);
        await client.ReceiveAsync(PacketType.PubRec);

        (await host.Dialect.PublishedAsync()).Text.ShouldBe("once");
        (await host.Dialect.PublishedAsync()).Text.ShouldBe("next");
        host.Dialect.PublishCount.ShouldBe(0);
    }

    [Fact]
    public async Task While_the_dialect_works_on_a_message_of_QoS_2_its_copy_is_not_another_one()
    {
        var work = new TaskCompletionSource<MqttReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await MqttHost.StartAsync(dialect: new TestDialect { OnPublish = _ => new(work.Task) });
        await using var client = await host.ConnectAsync(new ClientConnect("lamp"));
        await client.PublishAsync("a", "once", qos: 2, id: 5);
        await client.PublishAsync("a", "once", qos: 2, id: 5, again: true);
        await client.PingAsync();
        work.SetResult(MqttReason.Success);

        (await client.ReceiveAsync(PacketType.PubRec)).Id.ShouldBe(5);
        await client.PingAsync();
        await host.Dialect.PublishedAsync();
        host.Dialect.PublishCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_copy_of_QoS_1_is_handed_over_as_what_it_is()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(new ClientConnect("lamp"));
        await client.PublishAsync("a", "x", qos: 1, id: 5, again: true);
        await client.ReceiveAsync(PacketType.PubAck);

        (await host.Dialect.PublishedAsync()).IsDuplicate.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_refused_message_is_told_in_MQTT_5(int qos)
    {
        await using var host = await MqttHost.StartAsync(dialect: new TestDialect { OnPublish = p => new(p.Text == "no" ? MqttReason.NotAuthorized : MqttReason.Success) });
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await client.PublishAsync("a", "no", qos, id: 5);
        (await client.ReceiveAsync(qos == 1 ? PacketType.PubAck : PacketType.PubRec)).ShouldSatisfyAllConditions(a => a.Id.ShouldBe(5), a => a.Reason.ShouldBe(MqttReason.NotAuthorized));

        // Its number is free again.
        await client.PublishAsync("a", "yes", qos, id: 5);
        (await client.ReceiveAsync(qos == 1 ? PacketType.PubAck : PacketType.PubRec)).Reason.ShouldBe(MqttReason.Success);
    }

    [Fact]
    public async Task A_refused_message_ends_an_older_connection_and_is_not_acknowledged()
    {
        await using var host = await MqttHost.StartAsync(dialect: new TestDialect { OnPublish = _ => new(MqttReason.NotAuthorized) });
        for (var qos = 0; qos <= 2; qos++)
        {
            await using var client = await host.ConnectAsync(new ClientConnect("lamp"));
            await client.PublishAsync("a", "no", qos, id: 5);
            (await client.ReceiveAsync()).ShouldBeNull();
        }
    }

    [Fact]
    public async Task What_could_not_be_committed_is_not_acknowledged_and_the_client_comes_again()
    {
        await using var host = await MqttHost.StartAsync(dialect: new TestDialect { OnPublish = _ => new(MqttReason.ServerBusy) });
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await client.PublishAsync("a", "x", qos: 1);
        (await client.ReceiveAsync(PacketType.Disconnect)).Reason.ShouldBe(MqttReason.ServerBusy);
        (await client.ReceiveAsync()).ShouldBeNull();

        (await host.Dialect.ClosedAsync()).End.ShouldBe(new MqttEnd(MqttEndKind.Closed, MqttReason.ServerBusy));
    }

    [Fact]
    public async Task An_exception_of_the_dialect_ends_the_connection_and_acknowledges_nothing()
    {
        var dialect = new TestDialect { OnPublish = async _ => { await Task.Yield(); throw new InvalidOperationException("broken"); } };
        await using var host = await MqttHost.StartAsync(dialect: dialect);
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await client.PublishAsync("a", "x", qos: 1);

        (await client.ReceiveAsync(PacketType.Disconnect)).Reason.ShouldBe(MqttReason.UnspecifiedError);
        (await client.ReceiveAsync()).ShouldBeNull();
        host.Log.Errors.ShouldHaveSingleItem().ShouldContain("broken");
        host.Log.Errors.Clear();
    }

    [Fact]
    public async Task What_came_is_finished_also_when_the_client_is_gone()
    {
        var work = new TaskCompletionSource<MqttReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await MqttHost.StartAsync(dialect: new TestDialect { OnPublish = _ => new(work.Task) });
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp"));
        await client.PublishAsync("a", "x", qos: 1);
        await host.Dialect.PublishedAsync();
        await client.DisposeAsync();

        connection.Ended.IsCompleted.ShouldBeFalse();
        work.SetResult(MqttReason.Success);
        (await host.Dialect.ClosedAsync()).End.Kind.ShouldBe(MqttEndKind.Lost);
    }

    [Fact]
    public async Task Retained_messages_are_refused_in_MQTT_5_and_handed_over_as_such_before()
    {
        await using var host = await MqttHost.StartAsync();
        await using var five = await host.ConnectAsync(new ClientConnect("five", MqttVersion.V5));
        await five.PublishAsync("a", "x", retain: true);
        (await five.ClosedAsync()).ShouldBe(MqttReason.RetainNotSupported);

        await using var old = await host.ConnectAsync(new ClientConnect("old"));
        await old.PublishAsync("a", "x", qos: 1, retain: true);
        await old.ReceiveAsync(PacketType.PubAck);
        (await host.Dialect.PublishedAsync()).Retain.ShouldBeTrue();
    }

    [Fact]
    public async Task An_alias_stands_for_its_topic_until_it_is_set_anew()
    {
        await using var host = await MqttHost.StartAsync(new MqttOptions { TopicAliasMaximum = 4 });
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await client.PublishAsync("long/topic", "1", properties: [(0x23, 4)]);
        await client.PublishAsync("", "2", properties: [(0x23, 4)]);
        await client.PublishAsync("other", "3", properties: [(0x23, 4)]);
        await client.PublishAsync("", "4", qos: 1, properties: [(0x23, 4)]);
        await client.ReceiveAsync(PacketType.PubAck);

        foreach (var topic in new[] { "long/topic", "long/topic", "other", "other" }) (await host.Dialect.PublishedAsync()).Topic.ShouldBe(topic);
    }

    [Theory]
    [InlineData(0, "a", MqttReason.TopicAliasInvalid)]
    [InlineData(5, "a", MqttReason.TopicAliasInvalid)]
    [InlineData(3, "", MqttReason.ProtocolError)]
    public async Task An_alias_that_cannot_be_ends_the_connection(int alias, string topic, MqttReason reason)
    {
        await using var host = await MqttHost.StartAsync(new MqttOptions { TopicAliasMaximum = 4 });
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await client.PublishAsync(topic, "x", properties: [(0x23, alias)]);

        (await client.ClosedAsync()).ShouldBe(reason);
    }

    [Fact]
    public async Task Aliases_end_with_the_connection()
    {
        await using var host = await MqttHost.StartAsync();
        await using (var first = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5)))
        {
            await first.PublishAsync("a", "x", properties: [(0x23, 1)]);
            await first.PingAsync();
        }

        await using var second = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await second.PublishAsync("", "x", properties: [(0x23, 1)]);
        (await second.ClosedAsync()).ShouldBe(MqttReason.ProtocolError);
    }

    [Fact]
    public async Task The_dialect_sees_what_MQTT_5_says_of_a_message()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await client.PublishAsync("a", "x", properties:
        [
            (0x01, 0), (0x02, 7u), (0x03, "type"), (0x08, "back"), (0x09, new byte[] { 1, 2 }), (0x26, new KeyValuePair<string, string>("n", "v")), (0x26, new KeyValuePair<string, string>("n", "w")),
        ]);

        var seen = (await host.Dialect.PublishedAsync()).Properties.ShouldNotBeNull();
        (seen.IsText, seen.Expiry, seen.ContentType, seen.ResponseTopic).ShouldBe((false, 7u, "type", "back"));
        seen.Correlation!.Value.ToArray().ShouldBe(new byte[] { 1, 2 });
        seen.User.Select(p => p.Value).ShouldBe(["v", "w"]);
    }

    [Fact]
    public async Task A_client_that_exceeds_the_receive_maximum_is_closed_in_MQTT_5()
    {
        var work = new TaskCompletionSource<MqttReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await MqttHost.StartAsync(new MqttOptions { ReceiveMaximum = 3 }, new TestDialect { OnPublish = p => p.Qos > MqttQos.AtMostOnce ? new(work.Task) : new(MqttReason.Success) });
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp", MqttVersion.V5));
        await using var _ = client;
        for (var i = 1; i <= 3; i++) await client.PublishAsync("a", "x", qos: 1 + (i % 2), id: i);
        for (var i = 0; i < 3; i++) await host.Dialect.PublishedAsync();
        await client.PingAsync();
        await client.PublishAsync("a", "x", qos: 1, id: 4);
        await connection.IsClosingAsync();
        work.SetResult(MqttReason.Success);

        (await client.ClosedAsync()).ShouldBe(MqttReason.ReceiveMaximumExceeded);
        host.Dialect.PublishCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_client_of_3_1_1_that_sends_more_is_only_read_later()
    {
        const int Count = 20;
        var work = new TaskCompletionSource<MqttReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await MqttHost.StartAsync(new MqttOptions { ReceiveMaximum = 3 }, new TestDialect { OnPublish = _ => new(work.Task) });
        await using var client = await host.ConnectAsync(new ClientConnect("lamp"));
        for (var i = 1; i <= Count; i++) await client.PublishAsync("a", $"{i}", qos: 1, id: i);
        for (var i = 0; i < 4; i++) await host.Dialect.PublishedAsync();
        host.Dialect.PublishCount.ShouldBe(0, "the fourth waits for room, and nothing behind it is read");
        work.SetResult(MqttReason.Success);

        for (var i = 1; i <= Count; i++) (await client.ReceiveAsync(PacketType.PubAck)).Id.ShouldBe(i);
    }

    [Theory]
    [InlineData(0x36, "a", 1, MqttReason.MalformedPacket)]
    [InlineData(0x38, "a", 0, MqttReason.MalformedPacket)]
    [InlineData(0x32, "a", 0, MqttReason.MalformedPacket)]
    [InlineData(0x30, "a/+", 0, MqttReason.TopicNameInvalid)]
    [InlineData(0x30, "#", 0, MqttReason.TopicNameInvalid)]
    [InlineData(0x30, "", 0, MqttReason.ProtocolError)]
    [InlineData(0x30, "a\0b", 0, MqttReason.MalformedPacket)]
    public async Task A_message_that_breaks_the_rules_ends_the_connection(int head, string topic, int id, MqttReason reason)
    {
        await using var host = await MqttHost.StartAsync();
        foreach (var version in new[] { MqttVersion.V311, MqttVersion.V5 })
        {
            await using var client = await host.ConnectAsync(new ClientConnect("lamp", version));
            await client.SendAsync(Wire.Packet(head, [.. Wire.Text(topic), .. (head & 6) != 0 ? Wire.Short(id) : [], .. version == MqttVersion.V5 ? [(byte)0] : Array.Empty<byte>()]));
            (await client.ClosedAsync()).ShouldBe(version == MqttVersion.V5 ? reason : null);
        }

        host.Dialect.PublishCount.ShouldBe(0);
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_ends_the_connection()
    {
        await using var host = await MqttHost.StartAsync();
        foreach (var topic in new byte[][] { [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80] })
        {
            await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
            await client.SendAsync(Wire.Packet(0x30, [.. Wire.Data(topic), 0]));
            (await client.ClosedAsync()).ShouldBe(MqttReason.MalformedPacket);
        }
    }

    [Fact]
    public async Task Properties_that_a_message_may_not_have_end_the_connection()
    {
        await using var host = await MqttHost.StartAsync();
        ((int, object)[] Properties, MqttReason Reason)[] cases =
        [
            ([(0x0B, 1)], MqttReason.ProtocolError),
            ([(0x01, 2)], MqttReason.ProtocolError),
            ([(0x02, 1u), (0x02, 1u)], MqttReason.ProtocolError),
            ([(0x08, "a/+")], MqttReason.ProtocolError),
            ([(0x21, 5)], MqttReason.MalformedPacket),
        ];
        foreach (var (properties, reason) in cases)
        {
            await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
            await client.PublishAsync("a", "x", properties: properties);
            (await client.ClosedAsync()).ShouldBe(reason);
        }
    }

    [Fact]
    public async Task Packets_that_only_a_server_sends_end_the_connection()
    {
        await using var host = await MqttHost.StartAsync();
        foreach (var head in new byte[] { 0x00, 0x20, 0x90, 0xB0, 0xD0, 0xF0 })
        {
            await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
            await client.SendAsync([head, 2, 0, 1]);
            (await client.ClosedAsync()).ShouldBe(MqttReason.ProtocolError);
        }
    }

    [Fact]
    public async Task Bits_that_mean_nothing_must_be_as_the_standard_says_but_for_3_1()
    {
        await using var host = await MqttHost.StartAsync();
        foreach (var head in new byte[] { 0xC1, 0x60, 0x80, 0xA0, 0x42, 0xE8 })
        {
            await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
            await client.SendAsync([head, 2, 0, 1]);
            (await client.ClosedAsync()).ShouldBe(MqttReason.MalformedPacket);
        }

        await using var old = await host.ConnectAsync(new ClientConnect("old", MqttVersion.V31));
        await old.SendAsync([0xC1, 0], Wire.Packet(0x8A, [.. Wire.Short(4), .. Wire.Text("a"), 1]));
        await old.ReceiveAsync(PacketType.PingResp);
        (await old.ReceiveAsync(PacketType.SubAck)).Id.ShouldBe(4);
    }
}
