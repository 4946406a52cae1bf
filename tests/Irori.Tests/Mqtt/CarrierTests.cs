using System.Net;
using System.Net.WebSockets;
using Irori.Mqtt;
using Irori.Mqtt.Packets;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>TLS and WebSocket (MQTT 5, section 6).</summary>
public sealed class CarrierTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_comes_over_TLS()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await PacketClient.OpenAsync(host.Tls, tls: true);
        (await client.ConnectAsync(new ClientConnect("lamp"))).Code.ShouldBe((byte)0);
        await client.PublishAsync("a", new string('x', 100_000), qos: 1);
        await client.ReceiveAsync(PacketType.PubAck);

        (host.Dialect.LastConnect!.IsSecure, host.Dialect.LastConnect.Carrier).ShouldBe((true, MqttCarrier.Stream));
        (await host.Dialect.PublishedAsync()).Payload.Length.ShouldBe(100_000);
    }

    [Fact]
    public async Task A_client_over_TLS_is_told_why_it_is_closed()
    {
        await using var host = await MqttHost.StartAsync();
        await using var client = await PacketClient.OpenAsync(host.Tls, tls: true);
        await client.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        (await host.Dialect.OpenedAsync()).Close(MqttReason.AdministrativeAction);

        (await client.ClosedAsync()).ShouldBe(MqttReason.AdministrativeAction);
    }

    [Theory]
    [InlineData(false, "mqtt", MqttVersion.V311)]
    [InlineData(false, "mqtt", MqttVersion.V5)]
    [InlineData(false, "mqttv3.1", MqttVersion.V31)]
    [InlineData(true, "mqtt", MqttVersion.V311)]
    public async Task A_client_comes_over_a_WebSocket(bool secure, string protocol, MqttVersion version)
    {
        await using var host = await MqttHost.StartAsync();
        using var socket = await DialAsync(secure ? host.Wss : host.Ws, protocol);
        socket.SubProtocol.ShouldBe(protocol);
        await using var client = new PacketClient(WebSocketStream.Create(socket, WebSocketMessageType.Binary));
        (await client.ConnectAsync(new ClientConnect("lamp", version))).Code.ShouldBe((byte)0);
        await client.SubscribeAsync(1, "b");
        await client.PublishAsync("a", new string('x', 100_000), qos: 1);
        await client.ReceiveAsync(PacketType.PubAck);
        await host.Dialect.Connections["lamp"].PublishAsync(new MqttMessage { Topic = "b", Payload = new byte[100_000] });
        (await client.ReceiveAsync(PacketType.Publish)).Payload.Length.ShouldBe(100_000);

        (host.Dialect.LastConnect!.IsSecure, host.Dialect.LastConnect.Carrier).ShouldBe((secure, MqttCarrier.WebSocket));
        host.Dialect.LastConnect.Remote.ShouldBeOfType<IPEndPoint>().Port.ShouldBeGreaterThan(0);
        await client.SendAsync(ClientPackets.Disconnect);
        (await client.ReceiveAsync()).ShouldBeNull();
        (await host.Dialect.ClosedAsync()).End.Kind.ShouldBe(MqttEndKind.Left);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Packets_and_frames_need_not_begin_together(int size)
    {
        await using var host = await MqttHost.StartAsync();
        using var socket = await DialAsync(host.Ws, "mqtt");
        byte[] bytes =
        [
            .. new ClientConnect("lamp").ToBytes(), .. ClientPackets.Publish(MqttVersion.V311, "a/b", "first"u8.ToArray(), qos: 1, id: 5),
            .. ClientPackets.Publish(MqttVersion.V311, "a/b", new byte[200], qos: 1, id: 6), .. ClientPackets.Ping,
        ];
        var frames = 0;
        foreach (var piece in bytes.Chunk(size))
        {
            // Empty frames and frames in fragments are frames too.
            await socket.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Binary, endOfMessage: true, Cancel);
            await socket.SendAsync(piece, WebSocketMessageType.Binary, endOfMessage: frames++ % 3 != 0, Cancel);
        }

        await using var client = new PacketClient(WebSocketStream.Create(socket, WebSocketMessageType.Binary));
        await client.ReceiveAsync(PacketType.ConnAck);
        (await client.ReceiveAsync(PacketType.PubAck)).Id.ShouldBe(5);
        (await client.ReceiveAsync(PacketType.PubAck)).Id.ShouldBe(6);
        await client.ReceiveAsync(PacketType.PingResp);
        (await host.Dialect.PublishedAsync()).Text.ShouldBe("first");
    }

    [Fact]
    public async Task A_text_frame_ends_the_connection()
    {
        await using var host = await MqttHost.StartAsync();
        using var socket = await DialAsync(host.Ws, "mqtt");
        await socket.SendAsync(new ClientConnect("lamp").ToBytes(), WebSocketMessageType.Binary, endOfMessage: true, Cancel);
        await socket.SendAsync(ClientPackets.Ping, WebSocketMessageType.Text, endOfMessage: true, Cancel);

        var buffer = new byte[1024];
        while (socket.State == WebSocketState.Open) await socket.ReceiveAsync(buffer, Cancel);
        socket.CloseStatus.ShouldBe(WebSocketCloseStatus.InvalidMessageType);
        (await host.Dialect.ClosedAsync()).End.Kind.ShouldBe(MqttEndKind.Lost);
    }

    [Fact]
    public async Task A_WebSocket_that_closes_is_a_client_that_is_lost()
    {
        await using var host = await MqttHost.StartAsync();
        using var socket = await DialAsync(host.Ws, "mqtt");
        await socket.SendAsync(new ClientConnect("lamp") { Will = ("w", [], MqttQos.AtMostOnce, false) }.ToBytes(), WebSocketMessageType.Binary, endOfMessage: true, Cancel);
        await socket.ReceiveAsync(new byte[100], Cancel);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", Cancel);

        (await host.Dialect.PublishedAsync()).IsWill.ShouldBeTrue();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("soap")]
    public async Task A_WebSocket_for_something_else_is_refused(string? protocol)
    {
        await using var host = await MqttHost.StartAsync();
        await Should.ThrowAsync<WebSocketException>(async () => (await DialAsync(host.Ws, protocol)).Dispose());

        using var http = new HttpClient();
        (await http.GetAsync(new UriBuilder(host.Ws) { Scheme = "http" }.Uri, Cancel)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_server_that_stops_closes_its_WebSockets()
    {
        await using var host = await MqttHost.StartAsync();
        using var socket = await DialAsync(host.Wss, "mqtt");
        await using var client = new PacketClient(WebSocketStream.Create(socket, WebSocketMessageType.Binary));
        await client.ConnectAsync(new ClientConnect("lamp", MqttVersion.V5));
        await host.Endpoint.DrainAsync(Cancel);

        (await client.ClosedAsync()).ShouldBe(MqttReason.ServerShuttingDown);
    }

    private static async Task<ClientWebSocket> DialAsync(Uri address, string? protocol)
    {
        var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        if (protocol is not null) socket.Options.AddSubProtocol(protocol);
        await socket.ConnectAsync(address, Cancel);
        return socket;
    }
}
