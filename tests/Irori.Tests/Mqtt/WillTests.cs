using Irori.Mqtt;
using Irori.Mqtt.Packets;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>Wills: said for a client that is lost, not for one that leaves (MQTT 5, section 3.1.2.5).</summary>
public sealed class WillTests
{
    private static readonly ClientConnect Mortal = new("lamp", MqttVersion.V5) { Will = ("last/word", "bye"u8.ToArray(), MqttQos.AtLeastOnce, false) };

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_client_that_breaks_off_leaves_its_will(MqttVersion version)
    {
        await using var host = await MqttHost.StartAsync();
        await using (var client = await host.ConnectAsync(Mortal with { Version = version })) await client.PingAsync();

        (await host.Dialect.PublishedAsync()).ShouldSatisfyAllConditions(
            w => (w.Key, w.Topic, w.Text, w.Qos).ShouldBe(("lamp", "last/word", "bye", MqttQos.AtLeastOnce)), w => (w.IsWill, w.Retain).ShouldBe((true, false)));
        (await host.Dialect.ClosedAsync()).End.Kind.ShouldBe(MqttEndKind.Lost);
        host.Dialect.PublishCount.ShouldBe(0);
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_client_that_leaves_takes_its_will_with_it(MqttVersion version)
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(Mortal with { Version = version });
        await client.SendAsync(ClientPackets.Disconnect);

        (await client.ReceiveAsync()).ShouldBeNull();
        (await host.Dialect.ClosedAsync()).End.ShouldBe(new MqttEnd(MqttEndKind.Left, MqttReason.Success));
        host.Dialect.PublishCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_client_of_MQTT_5_can_leave_and_want_its_will_said()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(Mortal);
        await client.SendAsync(ClientPackets.Leave(MqttReason.DisconnectWithWill));

        (await host.Dialect.PublishedAsync()).IsWill.ShouldBeTrue();
        (await host.Dialect.ClosedAsync()).End.ShouldBe(new MqttEnd(MqttEndKind.Left, MqttReason.DisconnectWithWill));
    }

    [Fact]
    public async Task A_client_that_leaves_because_something_is_wrong_leaves_its_will()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(Mortal);
        await client.SendAsync(ClientPackets.Leave(MqttReason.UnspecifiedError));

        (await host.Dialect.PublishedAsync()).IsWill.ShouldBeTrue();
        (await host.Dialect.ClosedAsync()).End.ShouldBe(new MqttEnd(MqttEndKind.Left, MqttReason.UnspecifiedError));
    }

    [Fact]
    public async Task A_client_that_is_thrown_out_leaves_its_will()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(Mortal);
        await client.SendAsync([0xF0, 0]);

        (await client.ClosedAsync()).ShouldBe(MqttReason.ProtocolError);
        (await host.Dialect.PublishedAsync()).IsWill.ShouldBeTrue();
    }

    [Fact]
    public async Task A_will_waits_for_its_delay_and_is_not_said_when_the_client_is_back()
    {
        await using var host = await MqttHost.StartAsync();
        var connect = Mortal with { Clean = false, KeepAlive = 0, Properties = [(0x11, 1000u)], WillProperties = [(0x18, 60u)] };
        await LoseAsync(host, connect);
        host.Time.Advance(TimeSpan.FromSeconds(50));
        await using (await host.ConnectAsync(connect))
        {
            host.Time.Advance(TimeSpan.FromSeconds(50));
            await host.Dialect.OpenedAsync();
            host.Dialect.PublishCount.ShouldBe(0);
        }

        await host.Dialect.ClosedAsync();
        host.Time.Advance(TimeSpan.FromSeconds(61));
        (await host.Dialect.PublishedAsync()).ShouldSatisfyAllConditions(w => w.IsWill.ShouldBeTrue(), w => w.Text.ShouldBe("bye"));
        host.Dialect.PublishCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_will_does_not_wait_longer_than_the_session_lives()
    {
        await using var host = await MqttHost.StartAsync();
        await LoseAsync(host, Mortal with { Clean = false, Properties = [(0x11, 10u)], WillProperties = [(0x18, 1000u)] });
        host.Time.Advance(TimeSpan.FromSeconds(12));

        (await host.Dialect.PublishedAsync()).IsWill.ShouldBeTrue();
    }

    [Fact]
    public async Task Without_a_session_a_will_does_not_wait()
    {
        await using var host = await MqttHost.StartAsync();
        await LoseAsync(host, Mortal with { WillProperties = [(0x18, 1000u)] });

        (await host.Dialect.PublishedAsync()).IsWill.ShouldBeTrue();
    }

    [Fact]
    public async Task A_will_that_waits_on_one_node_is_not_said_when_the_client_is_on_another()
    {
        var time = new TestTime();
        var sessions = new MemorySessionStore(time);
        await using var one = await MqttHost.StartAsync(sessions: sessions, time: time);
        await using var two = await MqttHost.StartAsync(sessions: sessions, time: time);
        var connect = Mortal with { Clean = false, KeepAlive = 0, Properties = [(0x11, 1000u)], WillProperties = [(0x18, 60u)] };
        await LoseAsync(one, connect);
        await using var client = await two.ConnectAsync(connect);
        // A second will, which is said, shows that the first one's time has come.
        await LoseAsync(one, new ClientConnect("other", MqttVersion.V5) { Will = ("other", [], MqttQos.AtMostOnce, false), Clean = false, Properties = [(0x11, 1000u)], WillProperties = [(0x18, 61u)] });
        time.Advance(TimeSpan.FromSeconds(70));

        (await one.Dialect.PublishedAsync()).Topic.ShouldBe("other");
        one.Dialect.PublishCount.ShouldBe(0);
    }

    private static async Task LoseAsync(MqttHost host, ClientConnect connect)
    {
        var (client, _) = await host.MeetAsync(connect);
        await client.DisposeAsync();
        await host.Dialect.ClosedAsync();
    }
}
