using Irori.Mqtt;
using Irori.Mqtt.Packets;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>Clients that say nothing (MQTT 5, section 3.1.2.10).</summary>
public sealed class KeepAliveTests
{
    [Theory]
    [InlineData(MqttVersion.V31, 100, 150)]
    [InlineData(MqttVersion.V311, 100, 150)]
    [InlineData(MqttVersion.V5, 100, 150)]
    [InlineData(MqttVersion.V5, 5_000, 1_800)]
    [InlineData(MqttVersion.V311, 5_000, 7_500)]
    [InlineData(MqttVersion.V311, 0, 1_800)]
    [InlineData(MqttVersion.V5, 0, 1_800)]
    public async Task A_client_is_closed_after_one_and_a_half_times_its_keep_alive(MqttVersion version, int keepAlive, int limit)
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", version) { KeepAlive = keepAlive });
        host.Time.Advance(TimeSpan.FromSeconds(limit - 10));
        await client.PingAsync();
        host.Time.Advance(TimeSpan.FromSeconds(limit - 10));
        await client.PingAsync();

        host.Time.Advance(TimeSpan.FromSeconds(limit + 1));

        (await client.ClosedAsync()).ShouldBe(version == MqttVersion.V5 ? MqttReason.KeepAliveTimeout : null);
        (await host.Dialect.ClosedAsync()).End.ShouldBe(new MqttEnd(MqttEndKind.Closed, MqttReason.KeepAliveTimeout));
    }

    [Fact]
    public async Task Half_a_packet_is_no_sign_of_life()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await host.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5) { KeepAlive = 100 });
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(i == 0 ? [0x30, 100, 0] : [1]);
            host.Time.Advance(TimeSpan.FromSeconds(60));
        }

        (await client.ClosedAsync()).ShouldBe(MqttReason.KeepAliveTimeout);
    }

    [Fact]
    public async Task A_connection_that_does_not_come_to_its_point_is_cut_off()
    {
        await using var host = await MqttHost.StartAsync(new MqttOptions { ConnectTimeout = TimeSpan.FromSeconds(30) });
        await using var silent = await host.OpenAsync();
        await using var slow = await host.OpenAsync();
        await slow.SendAsync(new ClientConnect("lamp").ToBytes()[..5]);
        // All three are there.
        await using var third = await host.ConnectAsync(new ClientConnect("other"));
        while (host.Endpoint.Connections < 3) await third.PingAsync();
        host.Time.Advance(TimeSpan.FromSeconds(31));

        (await silent.ReceiveAsync()).ShouldBeNull();
        (await slow.ReceiveAsync()).ShouldBeNull();
        await third.PingAsync();
    }

    [Fact]
    public async Task A_dialect_that_does_not_answer_is_not_waited_for()
    {
        var opening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var dialect = new TestDialect { OnOpen = c => new(Forever(c)) };
        await using var host = await MqttHost.StartAsync(dialect: dialect);
        await using var client = await host.OpenAsync();
        await client.SendAsync(new ClientConnect("lamp").ToBytes());
        await opening.Task;
        host.Time.Advance(TimeSpan.FromSeconds(11));

        (await client.ReceiveAsync()).ShouldBeNull();

        async Task<MqttReason> Forever(MqttConnection connection)
        {
            opening.SetResult();
            await connection.IsClosingAsync();
            return MqttReason.Success;
        }
    }
}
