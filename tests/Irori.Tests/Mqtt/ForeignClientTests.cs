using System.Diagnostics;
using Irori.Mqtt;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>Clients that nobody here wrote: one from npm on every transport in every version, and Debian's.</summary>
public sealed class ForeignClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mqtt", 3)]
    [InlineData("mqtt", 4)]
    [InlineData("mqtt", 5)]
    [InlineData("mqtts", 4)]
    [InlineData("mqtts", 5)]
    [InlineData("ws", 3)]
    [InlineData("ws", 4)]
    [InlineData("ws", 5)]
    [InlineData("wss", 4)]
    [InlineData("wss", 5)]
    public async Task The_npm_client_does_all_that_it_can(string transport, int version)
    {
        var dialect = new TestDialect
        {
            IsBroker = true,
            OnConnect = c => c.Password is { } given && given.Span.SequenceEqual("right"u8) ? MqttReason.Success : MqttReason.BadUserNameOrPassword,
            OnSubscribe = s => s.Filter.StartsWith("secret", StringComparison.Ordinal) ? MqttReason.NotAuthorized : (MqttReason)s.Qos,
        };
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxPacketsPerSecond = 10_000 }, dialect);
        var pem = Path.Combine(Path.GetTempPath(), $"irori-mqtt-{host.Tls}.pem");
        await File.WriteAllTextAsync(pem, host.CertificatePem, Cancel);
        try
        {
            await using var client = NodeScript.Start("mqtt.mjs", new Dictionary<string, string>
            {
                ["URL"] = transport switch { "mqtt" => $"mqtt://127.0.0.1:{host.Tcp}", "mqtts" => $"mqtts://localhost:{host.Tls}", "ws" => $"{host.Ws}", _ => $"{host.Wss}" },
                ["VERSION"] = $"{version}",
                ["CA"] = pem,
            });
            await client.WaitForAsync("done", Cancel);
        }
        finally
        {
            File.Delete(pem);
        }
    }

    [Theory]
    [InlineData("mqttv31")]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Debians_clients_send_and_hear(string version)
    {
        await using var host = await MqttHost.StartAsync(dialect: new TestDialect { IsBroker = true });
        foreach (var qos in new[] { 0, 1, 2 })
        {
            using var hearing = Run("mosquitto_sub", "-h", "127.0.0.1", "-p", $"{host.Tcp}", "-V", version, "-i", $"ear-{qos}", "-q", $"{qos}", "-t", "house/+/lamp", "-C", "3", "-W", "60");
            var ear = await host.Dialect.OpenedAsync();
            while (ear.Subscriptions.Count == 0) await Task.Yield();
            for (var i = 0; i < 3; i++)
            {
                using var saying = Run("mosquitto_pub", "-h", "127.0.0.1", "-p", $"{host.Tcp}", "-V", version, "-i", $"mouth-{qos}", "-q", $"{qos}", "-t", $"house/{i}/lamp", "-m", $"word {i}");
                await saying.WaitForExitAsync(Cancel);
                saying.ExitCode.ShouldBe(0);
                await host.Dialect.OpenedAsync();
                (await host.Dialect.PublishedAsync()).Text.ShouldBe($"word {i}");
            }

            (await hearing.StandardOutput.ReadToEndAsync(Cancel)).ShouldBe("word 0\nword 1\nword 2\n");
            await hearing.WaitForExitAsync(Cancel);
            hearing.ExitCode.ShouldBe(0);
        }
    }

    [Fact]
    public async Task Debians_client_leaves_its_will_when_it_is_killed()
    {
        await using var host = await MqttHost.StartAsync();
        using var mortal = Run("mosquitto_sub", "-h", "127.0.0.1", "-p", $"{host.Tcp}", "-t", "a", "--will-topic", "last/word", "--will-payload", "bye", "--will-qos", "2");
        await host.Dialect.OpenedAsync();
        mortal.Kill();

        (await host.Dialect.PublishedAsync()).ShouldSatisfyAllConditions(w => (w.Topic, w.Text, w.Qos).ShouldBe(("last/word", "bye", MqttQos.ExactlyOnce)), w => w.IsWill.ShouldBeTrue());
    }

    [Fact]
    public async Task Debians_client_understands_refusals()
    {
        await using var host = await MqttHost.StartAsync(dialect: new TestDialect { OnConnect = _ => MqttReason.NotAuthorized });
        foreach (var version in new[] { "mqttv31", "mqttv311", "mqttv5" })
        {
            using var refused = Run("mosquitto_pub", "-h", "127.0.0.1", "-p", $"{host.Tcp}", "-V", version, "-t", "a", "-m", "b");
            var said = await refused.StandardError.ReadToEndAsync(Cancel);
            await refused.WaitForExitAsync(Cancel);
            refused.ExitCode.ShouldNotBe(0);
            said.ShouldContain("not authori", Case.Insensitive);
        }
    }

    private static Process Run(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
}
