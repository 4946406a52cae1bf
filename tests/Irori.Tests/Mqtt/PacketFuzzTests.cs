using System.Buffers;
using Irori.Mqtt;
using Irori.Mqtt.Packets;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>Broken packets: the reader refuses them and nothing else happens, and the endpoint lives on.</summary>
public sealed class PacketFuzzTests(ITestOutputHelper output)
{
    private static readonly MqttVersion[] Versions = [MqttVersion.V31, MqttVersion.V311, MqttVersion.V5];
    private static readonly MqttOptions Options = new();

    [Fact]
    public void The_reader_survives_broken_packets_and_never_looks_behind_their_end()
    {
        var count = Effort.Of(quick: 100_000, full: 2_000_000);
        output.WriteLine($"IRORITEST_SEED={Effort.Seed}, {count} packets");
        var random = new Random(Effort.Seed);
        var dice = new Dice(Effort.Seed);
        var corpus = Versions.SelectMany(v => Corpus(v).Select(p => (Version: v, Packet: p))).ToList();
        var parsed = 0;
        for (var i = 0; i < count; i++)
        {
            var (version, packet) = corpus[i % corpus.Count];
            var broken = Mutate(random, packet);
            var outcome = Read(new ReadOnlySequence<byte>(broken), version, broken);
            // In pieces it is the same packet, and so it is whatever follows it.
            Read(dice.Cut(broken), version, broken).ShouldBe(outcome, Convert.ToHexString(broken));
            var followed = Read(new ReadOnlySequence<byte>([.. broken, .. dice.Bytes(10)]), version, broken);
            if (outcome != "incomplete") followed.ShouldBe(outcome, Convert.ToHexString(broken));
            if (outcome.StartsWith("ok", StringComparison.Ordinal)) parsed++;
        }

        output.WriteLine($"{parsed} still parsed");
        parsed.ShouldBeGreaterThan(count / 10);
    }

    [Fact]
    public async Task The_endpoint_survives_broken_packets_of_its_clients()
    {
        var count = Effort.Of(quick: 3_000, full: 100_000);
        output.WriteLine($"IRORITEST_SEED={Effort.Seed}, {count} packets");
        var random = new Random(Effort.Seed);
        await using var host = await MqttHost.StartAsync(new MqttOptions { MaxPacket = 4_096, MaxPacketsPerSecond = 1_000_000 }, new TestDialect { IsBroker = true });
        for (var sent = 0; sent < count;)
        {
            var version = Versions[sent % Versions.Length];
            await using var client = await host.OpenAsync();
            var corpus = Corpus(version).ToList();
            // One in four begins with a broken CONNECT.
            await client.SendAsync(sent % 4 == 3 ? Mutate(random, corpus[0]) : corpus[0]);
            try
            {
                for (var i = 0; i < 20 && sent < count; i++) await client.SendAsync(Mutate(random, corpus[sent++ % corpus.Count]));
            }
            catch (IOException)
            {
                // The server has closed.
            }
        }

        await using var well = await host.ConnectAsync(new ClientConnect("well"));
        await well.PingAsync();
        host.Log.Errors.ShouldBeEmpty();
        while (host.Endpoint.Connections > 1) await well.PingAsync();
    }

    private static string Read(ReadOnlySequence<byte> buffer, MqttVersion version, byte[] whole)
    {
        try
        {
            if (!PacketFrame.TryTake(ref buffer, whole.Length, out var head, out var body)) return "incomplete";
            return $"ok {Decode(head, body.ToArray(), version)}";
        }
        catch (MqttException e)
        {
            return e.Reason == MqttReason.PacketTooLarge ? "incomplete" : $"{e.Reason}";
        }
    }

    private static string Decode(byte head, byte[] body, MqttVersion version)
    {
        MqttVersion? known = null;
        switch ((PacketType)(head >> 4))
        {
            case PacketType.Connect:
                var connect = ConnectPacket.Read(body, Options, ref known, new ConnectEnvironment(null, false, MqttCarrier.Stream, () => "made"));
                return $"{connect.Version} {connect.ClientId} {connect.UserName} {connect.Will?.Message.Topic}";
            case PacketType.Publish:
                var publish = PublishPacket.Read(head, body, version, Options);
                (publish.Topic.Length + publish.Payload.Length).ShouldBeLessThanOrEqualTo(body.Length);
                return $"{publish.Id} {publish.Alias} {publish.Payload.Length} {publish.Properties}";
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp:
                return $"{AckPacket.Read(body, version, Options)}";
            case PacketType.Subscribe:
                return string.Join(' ', SubscribePacket.Read(body, version, Options).Subscriptions);
            case PacketType.Unsubscribe:
                return string.Join(' ', UnsubscribePacket.Read(body, version, Options).Filters);
            case PacketType.Disconnect:
                return $"{DisconnectPacket.Read(body, version, Options)}";
            default:
                return "";
        }
    }

    // As clients really send them: CONNECT of a Gizwits module and of an Alink SDK among others.
    private static IEnumerable<byte[]> Corpus(MqttVersion version)
    {
        var five = version == MqttVersion.V5;
        (int, object)[] said = [(0x01, 1), (0x02, 60u), (0x03, "text/plain"), (0x08, "back"), (0x09, new byte[] { 1, 2, 3 }), (0x26, new KeyValuePair<string, string>("name", "value"))];
        yield return new ClientConnect("a1pkTest001.dn1|timestamp=2524608000000,_v=sdk-c-3.0.1,securemode=3,signmethod=hmacsha256,lan=C,gw=0,ext=0|", version)
        {
            User = "dn1&a1pkTest001", Password = "F57C6024803F2ED9512420E9CF1505DB85274D66D6EA4F7C7BC8A1CF6CA0386B"u8.ToArray(), Will = ("last", "word"u8.ToArray(), MqttQos.AtLeastOnce, false),
            Properties = [(0x11, 100u), (0x21, 10), (0x27, 100_000u), (0x22, 5), (0x26, new KeyValuePair<string, string>("a", "b"))], WillProperties = [(0x18, 1u), .. said],
        }.ToBytes();
        yield return new ClientConnect("dHq5yNRKYyZTYyTsbQvXCk", version) { User = "dHq5yNRKYyZTYyTsbQvXCk", Password = "ABCDEFGHIJ"u8.ToArray(), KeepAlive = 120 }.ToBytes();
        yield return ClientPackets.Publish(version, "dev2app/dHq5yNRKYyZTYyTsbQvXCk", Convert.FromHexString("000000030A000091041001"), properties: five ? said : []);
        yield return ClientPackets.Publish(version, "/sys/a1pkTest001/dn1/thing/event/property/post", """{"id":"1","params":{"PowerSwitch":1}}"""u8.ToArray(), qos: 1, id: 7, properties: five ? [(0x23, 3)] : []);
        yield return ClientPackets.Publish(version, "a/b", new byte[300], qos: 2, id: 8, again: true, properties: []);
        foreach (var type in new[] { PacketType.PubAck, PacketType.PubRec, PacketType.PubRel, PacketType.PubComp })
            yield return five ? ClientPackets.Ack(type, 9, MqttReason.Success, [(0x1F, "reason"), (0x26, new KeyValuePair<string, string>("a", "b"))]) : ClientPackets.Ack(type, 9);
        yield return ClientPackets.Subscribe(version, 10, [("app2dev/dHq5yNRKYyZTYyTsbQvXCk/#", 0), ("/sys/+/+/thing/event/+/post_reply", 1), ("a", 2)], five ? [(0x0B, 300)] : []);
        yield return ClientPackets.Unsubscribe(version, 11, "app2dev/dHq5yNRKYyZTYyTsbQvXCk/#", "a");
        yield return ClientPackets.Ping;
        yield return five ? ClientPackets.Leave(MqttReason.DisconnectWithWill, [(0x11, 5u), (0x1F, "bye")]) : ClientPackets.Disconnect;
    }

    private static byte[] Mutate(Random random, byte[] packet)
    {
        var broken = packet.ToList();
        for (var left = random.Next(1, 4); left > 0 && broken.Count > 0; left--)
        {
            var at = random.Next(broken.Count);
            switch (random.Next(7))
            {
                case 0:
                    broken[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    broken[at] = (byte)random.Next(256);
                    break;
                case 2:
                    broken.RemoveRange(at, random.Next(1, Math.Min(8, broken.Count - at) + 1));
                    break;
                case 3:
                    broken.InsertRange(at, Enumerable.Range(0, random.Next(1, 8)).Select(_ => (byte)random.Next(256)));
                    break;
                case 4:
                    broken.InsertRange(at, broken.GetRange(at, random.Next(1, Math.Min(20, broken.Count - at) + 1)));
                    break;
                case 5:
                    broken[at] = new byte[] { 0, 0x7F, 0x80, 0xFF }[random.Next(4)];
                    break;
                default:
                    // A change that keeps the length right reaches what is behind it.
                    if (broken.Count > 2) broken[random.Next(2, broken.Count)] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. broken];
    }
}
