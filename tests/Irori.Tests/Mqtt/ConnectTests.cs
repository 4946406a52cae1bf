using Irori.Mqtt;
using Irori.Mqtt.Packets;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>CONNECT and CONNACK (MQTT 5, sections 3.1 and 3.2).</summary>
public sealed class ConnectTests
{
    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_client_of_every_version_is_accepted_and_the_dialect_knows_what_it_said(MqttVersion version)
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.OpenAsync();

        var answer = await client.ConnectAsync(new ClientConnect("lamp", version)
        {
            User = "u", Password = [0, 1, 255], KeepAlive = 77, Clean = false, Will = ("last/word", [9, 0], MqttQos.AtLeastOnce, false),
        });

        (answer.Code, answer.SessionPresent).ShouldBe(((byte)0, false));
        var said = host.Dialect.LastConnect.ShouldNotBeNull();
        (said.Version, said.ClientId, said.UserName, said.KeepAlive, said.CleanStart).ShouldBe((version, "lamp", "u", (ushort)77, false));
        said.Password.ShouldNotBeNull().ToArray().ShouldBe(new byte[] { 0, 1, 255 });
        var will = said.Will.ShouldNotBeNull();
        (will.Message.Topic, will.Message.Qos, will.Retain).ShouldBe(("last/word", MqttQos.AtLeastOnce, false));
        will.Message.Payload.ToArray().ShouldBe(new byte[] { 9, 0 });
        (said.IsSecure, said.Carrier, said.SessionExpiry).ShouldBe((false, MqttCarrier.Stream, version == MqttVersion.V5 ? 0 : uint.MaxValue));
        said.Remote.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_MQTT_5_adds_is_known_too()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.OpenAsync();

        await client.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5)
        {
            Properties = [(0x11, 100u), (0x21, 5), (0x27, 1000u), (0x22, 3), (0x17, 0), (0x19, 1), (0x26, Pair("a", "1")), (0x26, Pair("a", "2"))],
            Will = ("w", [1], MqttQos.ExactlyOnce, false),
            WillProperties = [(0x18, 30u), (0x01, 1), (0x02, 60u), (0x03, "text"), (0x08, "back"), (0x09, new byte[] { 7 }), (0x26, Pair("b", "3"))],
        });

        var said = host.Dialect.LastConnect.ShouldNotBeNull();
        (said.SessionExpiry, said.ReceiveMaximum, said.MaxPacket).ShouldBe((100u, (ushort)5, 1000u));
        said.UserProperties.ShouldBe([Pair("a", "1"), Pair("a", "2")]);
        said.Will!.Delay.ShouldBe(30u);
        var properties = said.Will.Message.Properties.ShouldNotBeNull();
        (properties.IsText, properties.Expiry, properties.ContentType, properties.ResponseTopic).ShouldBe((true, 60u, "text", "back"));
        properties.Correlation!.Value.ToArray().ShouldBe(new byte[] { 7 });
        properties.User.ShouldBe([Pair("b", "3")]);
    }

    [Fact]
    public async Task The_answer_of_MQTT_5_announces_what_this_server_does_not_do_and_its_limits()
    {
        var options = new MqttOptions { MaxPacket = 5_000, ReceiveMaximum = 9, TopicAliasMaximum = 3, MaxKeepAlive = 100, MaxSessionExpiry = TimeSpan.FromSeconds(50) };
        await using var host = await MqttHost.StartAsync(options);
        await using var client = await host.OpenAsync();

        var answer = await client.ConnectAsync(new ClientConnect("", MqttVersion.V5) { KeepAlive = 0, Properties = [(0x11, uint.MaxValue)] });

        answer.Property(0x25).ShouldBe((byte)0, "no retained messages");
        answer.Property(0x2A).ShouldBe((byte)0, "no shared subscriptions");
        answer.Property(0x21).ShouldBe(9);
        answer.Property(0x27).ShouldBe(5_000u);
        answer.Property(0x22).ShouldBe(3);
        answer.Property(0x13).ShouldBe(100, "whoever promises nothing is asked for the longest keep-alive");
        answer.Property(0x11).ShouldBe(50u, "the session lives as long as sessions may");
        answer.Property(0x12).ShouldBe(host.Dialect.LastConnect!.ClientId);
        host.Dialect.LastConnect.IsIdAssigned.ShouldBeTrue();
    }

    [Theory]
    [InlineData(MqttReason.BadUserNameOrPassword, 4)]
    [InlineData(MqttReason.NotAuthorized, 5)]
    [InlineData(MqttReason.Banned, 5)]
    [InlineData(MqttReason.ClientIdentifierNotValid, 2)]
    [InlineData(MqttReason.ServerUnavailable, 3)]
    [InlineData(MqttReason.ServerBusy, 3)]
    [InlineData(MqttReason.QuotaExceeded, 3)]
    public async Task A_refusal_is_told_in_the_words_of_the_version(MqttReason reason, byte old)
    {
        await using var host = await MqttHost.StartAsync(dialect: new TestDialect { OnConnect = _ => reason });
        foreach (var version in new[] { MqttVersion.V31, MqttVersion.V311, MqttVersion.V5 })
        {
            await using var client = await host.OpenAsync();
            (await client.ConnectAsync(new ClientConnect("lamp", version))).Code.ShouldBe(version == MqttVersion.V5 ? (byte)reason : old);
            (await client.ReceiveAsync()).ShouldBeNull();
        }

        host.Dialect.Connections.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("MQTT", 3, MqttVersion.V311, 1)]
    [InlineData("MQTT", 6, MqttVersion.V5, 0x84)]
    [InlineData("MQIsdp", 4, MqttVersion.V31, 1)]
    [InlineData("MQTT", 0x84, MqttVersion.V5, 0x84)]
    public async Task A_version_that_is_not_spoken_is_refused_with_its_own_code(string name, int level, MqttVersion understands, byte code)
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.OpenAsync();

        var connect = new ClientConnect("lamp", understands) { Protocol = name, Level = level };

        (await client.ConnectAsync(connect)).Code.ShouldBe(code);
        (await client.ReceiveAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Another_protocol_is_not_answered()
    {
        await using var host = await MqttHost.StartAsync();
        byte[][] strangers = [new ClientConnect("lamp") { Protocol = "AMQP" }.ToBytes(), "GET / HTTP/1.1\r\n\r\n"u8.ToArray(), ClientPackets.Ping, [0x11, 0], [0x10, 0]];
        foreach (var stranger in strangers)
        {
            await using var client = await host.OpenAsync();
            await client.SendAsync(stranger);
            (await client.ReceiveAsync()).ShouldBeNull();
        }
    }

    [Theory]
    [InlineData(MqttVersion.V31, true, 2)]
    [InlineData(MqttVersion.V311, false, 2)]
    [InlineData(MqttVersion.V311, true, 0)]
    [InlineData(MqttVersion.V5, false, 0)]
    public async Task A_client_without_an_id_gets_one_where_its_version_allows(MqttVersion version, bool clean, byte code)
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.OpenAsync();

        (await client.ConnectAsync(new ClientConnect("", version) { Clean = clean })).Code.ShouldBe(code);

        if (code == 0) host.Dialect.LastConnect!.ClientId.Length.ShouldBe(32);
    }

    [Theory]
    [InlineData(MqttVersion.V311, 0x03)]
    [InlineData(MqttVersion.V311, 0x0A)]
    [InlineData(MqttVersion.V311, 0x22)]
    [InlineData(MqttVersion.V311, 0x42)]
    public async Task Flags_that_contradict_each_other_end_the_connection(MqttVersion version, int flags)
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.OpenAsync();
        await client.SendAsync(new ClientConnect("lamp", version) { Flags = flags, Password = flags == 0x42 ? [1] : null }.ToBytes());

        (await client.ReceiveAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task In_MQTT_5_they_are_told_and_a_password_needs_no_name()
    {
        await using var host = await MqttHost.StartAsync();
        await using var wrong = await host.OpenAsync();
        (await wrong.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5) { Flags = 0x03 })).Reason.ShouldBe(MqttReason.MalformedPacket);

        await using var client = await host.OpenAsync();
        (await client.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5) { Password = [1] })).Code.ShouldBe((byte)0);
    }

    [Fact]
    public async Task In_3_1_the_length_of_the_packet_counts_more_than_its_flags()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.OpenAsync();

        (await client.ConnectAsync(new ClientConnect("lamp", MqttVersion.V31) { Flags = 0xC3 })).Code.ShouldBe((byte)0);

        (host.Dialect.LastConnect!.UserName, host.Dialect.LastConnect.Password).ShouldBe((null, null));
    }

    [Fact]
    public async Task Properties_that_may_not_be_are_told()
    {
        await using var host = await MqttHost.StartAsync();
        (List<(int, object)> Properties, MqttReason Reason)[] cases =
        [
            ([(0x21, 0)], MqttReason.ProtocolError),
            ([(0x27, 0u)], MqttReason.ProtocolError),
            ([(0x11, 1u), (0x11, 1u)], MqttReason.ProtocolError),
            ([(0x17, 2)], MqttReason.ProtocolError),
            ([(0x16, new byte[] { 1 })], MqttReason.ProtocolError),
            ([(0x23, 1)], MqttReason.MalformedPacket),
            ([(0x15, "SCRAM")], MqttReason.BadAuthenticationMethod),
            ([.. Enumerable.Repeat((0x26, (object)Pair("a", "b")), 33)], MqttReason.QuotaExceeded),
        ];
        foreach (var (properties, reason) in cases)
        {
            await using var client = await host.OpenAsync();
            (await client.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5) { Properties = properties })).Reason.ShouldBe(reason);
            (await client.ReceiveAsync()).ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_retained_will_is_refused_in_MQTT_5_and_not_retained_before()
    {
        await using var host = await MqttHost.StartAsync();
        await using var five = await host.OpenAsync();
        (await five.ConnectAsync(new ClientConnect("five", MqttVersion.V5) { Will = ("w", [], MqttQos.AtMostOnce, true) })).Reason.ShouldBe(MqttReason.RetainNotSupported);

        await using var old = await host.ConnectAsync(new ClientConnect("old") { Will = ("w", [], MqttQos.AtMostOnce, true) });
        host.Dialect.LastConnect!.Will!.Retain.ShouldBeTrue();
    }

    [Fact]
    public async Task A_will_needs_a_topic_without_wildcards()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.OpenAsync();

        (await client.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5) { Will = ("a/#", [], MqttQos.AtMostOnce, false) })).Reason.ShouldBe(MqttReason.TopicNameInvalid);
    }

    [Fact]
    public async Task CONNECT_comes_once()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await client.SendAsync(new ClientConnect("lamp", MqttVersion.V5).ToBytes());

        (await client.ClosedAsync()).ShouldBe(MqttReason.ProtocolError);
    }

    [Fact]
    public async Task Packets_behind_CONNECT_need_not_wait_for_its_answer()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.OpenAsync();
        await client.SendAsync(new ClientConnect("lamp").ToBytes(), ClientPackets.Publish(MqttVersion.V311, "a", [1], qos: 1, id: 3), ClientPackets.Ping);

        await client.ReceiveAsync(PacketType.ConnAck);
        (await client.ReceiveAsync(PacketType.PubAck)).Id.ShouldBe(3);
        await client.ReceiveAsync(PacketType.PingResp);
    }

    [Fact]
    public async Task What_the_dialect_sends_while_it_opens_comes_after_the_answer()
    {
        var dialect = new TestDialect();
        dialect.OnOpen = async connection =>
        {
            (await connection.PublishAsync(new MqttMessage { Topic = "early", Qos = MqttQos.AtLeastOnce }, MqttDelivery.Always)).ShouldBeTrue();
            return MqttReason.Success;
        };
        await using var host = await MqttHost.StartAsync(dialect: dialect);
        await using var client = await host.OpenAsync();

        (await client.ConnectAsync(new ClientConnect("lamp"))).Code.ShouldBe((byte)0);
        (await client.ReceiveAsync(PacketType.Publish)).Topic.ShouldBe("early");
    }

    [Fact]
    public async Task A_dialect_that_cannot_open_refuses_and_hears_of_the_end()
    {
        var dialect = new TestDialect { OnOpen = _ => new(MqttReason.ServerBusy) };
        await using var host = await MqttHost.StartAsync(dialect: dialect);
        await using var client = await host.OpenAsync();
        (await client.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5) { Will = ("w", [], MqttQos.AtMostOnce, false) })).Reason.ShouldBe(MqttReason.ServerBusy);
        (await dialect.ClosedAsync()).End.Reason.ShouldBe(MqttReason.ServerBusy);

        dialect.OnOpen = _ => throw new InvalidOperationException("broken");
        await using var other = await host.OpenAsync();
        (await other.ConnectAsync(new ClientConnect("lamp"))).Code.ShouldBe((byte)3);
        await dialect.ClosedAsync();
        dialect.PublishCount.ShouldBe(0, "who was never accepted leaves no will");
        host.Log.Errors.ShouldHaveSingleItem().ShouldContain("broken");
        host.Log.Errors.Clear();
    }

    private static KeyValuePair<string, string> Pair(string name, string value) => new(name, value);
}
