using Irori.Mqtt;
using Irori.Mqtt.Packets;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>What a client may cost; docs/mqtt.md lists it.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task A_CONNECT_that_is_too_large_is_not_waited_for()
    {
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxConnectPacket = 100 });
        await using var client = await host.OpenAsync();
        // Its length alone is enough.
        await client.SendAsync([0x10, 99]);

        (await client.ReceiveAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_packet_that_is_too_large_is_not_waited_for()
    {
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxPacket = 1_000 });
        await using var fits = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        // 3 bytes of header, 2 + 1 of topic, 1 of properties.
        await fits.SendAsync(ClientPackets.Publish(MqttVersion.V5, "a", new byte[993]));
        await fits.PingAsync();
        (await host.Dialect.PublishedAsync()).Payload.Length.ShouldBe(993);
        await fits.SendAsync(ClientPackets.Publish(MqttVersion.V5, "a", new byte[994])[..10]);

        (await fits.ClosedAsync()).ShouldBe(MqttReason.PacketTooLarge);
    }

    [Fact]
    public async Task A_length_of_more_than_four_bytes_is_none()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await client.SendAsync([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]);

        (await client.ClosedAsync()).ShouldBe(MqttReason.MalformedPacket);
    }

    [Fact]
    public async Task A_client_id_has_a_length()
    {
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxClientId = 10 });
        await using var client = await host.OpenAsync();
        (await client.ConnectAsync(new ClientConnect("eleven-char"))).Code.ShouldBe((byte)2);
    }

    [Theory]
    [InlineData("eleven-char")]
    [InlineData("a/b/c/d")]
    public async Task A_topic_has_a_length_and_a_depth(string topic)
    {
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxTopic = 10, MaxTopicLevels = 3 });
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await client.PublishAsync("a/b/c", "x");
        await client.PublishAsync(topic, "x");

        (await client.ClosedAsync()).ShouldBe(MqttReason.TopicNameInvalid);
        (await host.Dialect.PublishedAsync()).Topic.ShouldBe("a/b/c");
        host.Dialect.PublishCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_packet_has_so_many_user_properties()
    {
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxUserProperties = 2 });
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await client.PublishAsync("a", "x", properties: Enumerable.Repeat((0x26, (object)new KeyValuePair<string, string>("n", "v")), 3));

        (await client.ClosedAsync()).ShouldBe(MqttReason.QuotaExceeded);
    }

    [Fact]
    public async Task Packets_come_only_so_quickly_but_ten_seconds_worth_at_once()
    {
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxPacketsPerSecond = 1 });
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        for (var i = 0; i < 9; i++) await client.PingAsync();
        host.Time.Advance(TimeSpan.FromSeconds(20));
        for (var i = 0; i < 10; i++) await client.PingAsync();
        await client.SendAsync([.. Enumerable.Repeat(ClientPackets.Ping, 20)]);

        (await client.ClosedAsync()).ShouldBe(MqttReason.MessageRateTooHigh);
    }

    [Fact]
    public async Task An_endpoint_has_so_many_connections()
    {
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxConnections = 2 });
        await using var one = await host.ConnectAsync(new ClientConnect("one"));
        var two = await host.ConnectAsync(new ClientConnect("two"));
        await using var third = await host.OpenAsync();
        (await third.ReceiveAsync()).ShouldBeNull();

        await two.DisposeAsync();
        while (host.Endpoint.Connections > 1) await one.PingAsync();
        await using var fourth = await host.ConnectAsync(new ClientConnect("four"));
    }

    [Fact]
    public async Task A_client_of_3_1_1_that_releases_nothing_is_closed_at_last()
    {
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxQueued = 10, ReceiveMaximum = 5 });
        await using var client = await host.ConnectAsync(new ClientConnect("lamp"));
        for (var i = 1; i <= 15; i++)
        {
            await client.PublishAsync("a", "x", qos: 2, id: i);
            await client.ReceiveAsync(PacketType.PubRec);
        }

        await client.PublishAsync("a", "x", qos: 2, id: 16);
        (await client.ReceiveAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_server_that_stops_sends_its_clients_away_and_takes_no_new_ones()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await host.Endpoint.DrainAsync(TestContext.Current.CancellationToken);

        (await client.ClosedAsync()).ShouldBe(MqttReason.ServerShuttingDown);
        await using var late = await host.OpenAsync();
        (await late.ReceiveAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_dialect_can_close_a_connection_for_a_reason()
    {
        await using var host = await MqttHost.StartAsync();
        var (client, connection) = await host.MeetAsync(new ClientConnect("lamp", MqttVersion.V5));
        await using var _ = client;
        connection.Close(MqttReason.AdministrativeAction);

        (await client.ClosedAsync()).ShouldBe(MqttReason.AdministrativeAction);
        (await host.Dialect.ClosedAsync()).End.ShouldBe(new MqttEnd(MqttEndKind.Closed, MqttReason.AdministrativeAction));
    }
}
