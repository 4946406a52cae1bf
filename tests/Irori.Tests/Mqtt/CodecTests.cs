using System.Buffers;
using Irori.Mqtt;
using Irori.Mqtt.Packets;
using Shouldly;

namespace Irori.Tests.Mqtt;

/// <summary>What one side writes the other reads, for every packet and version; both sides are written apart from each other.</summary>
public sealed class CodecTests(ITestOutputHelper output)
{
    private static readonly MqttVersion[] Versions = [MqttVersion.V31, MqttVersion.V311, MqttVersion.V5];
    private static readonly MqttOptions Options = new() { MaxUserProperties = 100, MaxTopic = 100_000, MaxTopicLevels = 1000, MaxClientId = 100_000, TopicAliasMaximum = ushort.MaxValue };

    [Fact]
    public void Whatever_a_client_writes_the_server_reads()
    {
        var dice = Start(out var count);
        for (var i = 0; i < count; i++)
        {
            var version = Versions[i % Versions.Length];
            Connect(dice, version);
            Publish(dice, version);
            Ack(dice, version);
            Subscribe(dice, version);
            Unsubscribe(dice, version);
            Disconnect(dice, version);
        }
    }

    [Fact]
    public void Whatever_the_server_writes_a_client_reads()
    {
        var dice = Start(out var count);
        for (var i = 0; i < count; i++)
        {
            var version = Versions[i % Versions.Length];
            var to = new ArrayBufferWriter<byte>();
            var five = version == MqttVersion.V5;
            var welcome = new PacketWriter.Welcome
            {
                SessionExpiry = dice.Maybe() ? dice.UInt32() : null, ReceiveMaximum = dice.UInt16(), MaxPacket = dice.UInt32(), AssignedId = dice.Maybe() ? dice.Text(40) : null,
                TopicAliasMaximum = dice.UInt16(), KeepAlive = dice.Maybe() ? dice.UInt16() : null,
            };
            var present = dice.Maybe();
            PacketWriter.ConnAck(to, version, present, MqttReason.Success, welcome);
            var accepted = Read(to, version);
            (accepted.Type, accepted.Code, accepted.SessionPresent).ShouldBe((PacketType.ConnAck, (byte)0, present && version != MqttVersion.V31));
            if (five)
            {
                (accepted.Property(0x11), accepted.Property(0x21), accepted.Property(0x27), accepted.Property(0x12), accepted.Property(0x22), accepted.Property(0x13)).ShouldBe(
                    (welcome.SessionExpiry, (int)welcome.ReceiveMaximum, welcome.MaxPacket, welcome.AssignedId, (int)welcome.TopicAliasMaximum, (int?)welcome.KeepAlive));
            }

            var message = new MqttMessage { Topic = dice.Topic(), Payload = dice.Bytes(dice.Next(3) == 0 ? 20_000 : 50), Properties = dice.Maybe() ? Said(dice) : null };
            var delivery = new Delivery(
                message, (MqttQos)dice.Next(3), (ushort)(dice.UInt16() | 1), [.. Enumerable.Range(0, dice.Next(3)).Select(_ => (uint)dice.Next(1, 268_435_455))], dice.Maybe() ? dice.UInt32() : null);
            var again = dice.Maybe();
            PacketWriter.Publish(to, delivery, version, again);
            PacketWriter.PublishSize(delivery, version).ShouldBe(to.WrittenCount);
            var sent = Read(to, version);
            (sent.Type, sent.Topic, sent.Qos, sent.IsDuplicate, sent.Id).ShouldBe(
                (PacketType.Publish, message.Topic, (int)delivery.Qos, again && delivery.Qos > MqttQos.AtMostOnce, delivery.Qos > MqttQos.AtMostOnce ? delivery.Id : 0));
            sent.Payload.ShouldBe(message.Payload.ToArray());
            if (five)
            {
                sent.Properties.Where(p => p.Id == 0x0B).Select(p => (uint)(int)p.Value).ShouldBe(delivery.Identifiers);
                sent.Property(0x02).ShouldBe(delivery.Expiry);
                ShouldBe(sent.Properties, message.Properties);
            }

            foreach (var type in new[] { PacketType.PubAck, PacketType.PubRec, PacketType.PubRel, PacketType.PubComp })
            {
                var (id, reason) = (dice.UInt16(), dice.Maybe() ? MqttReason.Success : MqttReason.PacketIdentifierNotFound);
                PacketWriter.Ack(to, version, type, id, reason);
                var ack = Read(to, version);
                (ack.Type, ack.Id, ack.Reason, ack.Flags).ShouldBe((type, id, five ? reason : MqttReason.Success, type == PacketType.PubRel ? 2 : 0));
            }

            List<MqttReason> reasons = [.. Enumerable.Range(0, dice.Next(1, 200)).Select(_ => dice.Maybe() ? (MqttReason)dice.Next(3) : MqttReason.QuotaExceeded)];
            var number = dice.UInt16();
            PacketWriter.SubAck(to, version, number, reasons);
            var granted = Read(to, version);
            (granted.Type, granted.Id).ShouldBe((PacketType.SubAck, number));
            granted.Reasons.ShouldBe(five ? reasons : reasons.Select(r => r >= MqttReason.UnspecifiedError ? MqttReason.UnspecifiedError : r));
            PacketWriter.UnsubAck(to, version, number, reasons);
            Read(to, version).ShouldSatisfyAllConditions(p => p.Type.ShouldBe(PacketType.UnsubAck), p => p.Id.ShouldBe(number), p => p.Reasons.ShouldBe(five ? reasons : []));
            PacketWriter.PingResp(to);
            Read(to, version).Type.ShouldBe(PacketType.PingResp);
            PacketWriter.Disconnect(to, MqttReason.ServerBusy);
            Read(to, MqttVersion.V5).ShouldSatisfyAllConditions(p => p.Type.ShouldBe(PacketType.Disconnect), p => p.Reason.ShouldBe(MqttReason.ServerBusy));
        }
    }

    [Fact]
    public void A_packet_is_cut_out_of_its_stream_however_it_arrives()
    {
        var dice = Start(out var count);
        for (var i = 0; i < count; i++)
        {
            var packets = Enumerable.Range(0, dice.Next(1, 5)).Select(_ => Wire.Packet(0x30, dice.Bytes(dice.Maybe() ? 5 : 300))).ToList();
            var stream = dice.Cut([.. packets.SelectMany(p => p)]);
            foreach (var packet in packets)
            {
                // What has come in part is no packet yet.
                var part = stream.Slice(0, dice.Next(packet.Length));
                PacketFrame.TryTake(ref part, 1_000, out _, out _).ShouldBeFalse();
                PacketFrame.TryTake(ref stream, packet.Length, out var head, out var body).ShouldBeTrue();
                Wire.Packet(head, body.ToArray()).ShouldBe(packet);
            }

            stream.IsEmpty.ShouldBeTrue();
            var tooLarge = dice.Cut(packets[0]);
            if (packets[0].Length > 2) Should.Throw<MqttException>(() => PacketFrame.TryTake(ref tooLarge, packets[0].Length - 1, out _, out _)).Reason.ShouldBe(MqttReason.PacketTooLarge);
        }
    }

    [Fact]
    public void A_message_is_read_and_acknowledged_without_an_allocation()
    {
        var packet = new ReadOnlySequence<byte>(ClientPackets.Publish(MqttVersion.V311, "dev2app/dHq5yNRKYyZTYyTsbQvXCk", new byte[100], qos: 1, id: 7));
        var (to, topics, read) = (new ArrayBufferWriter<byte>(64), new Irori.Mqtt.Connections.TopicCache(), 0);
        Run(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(10_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        read.ShouldBe(10_100 * 130);

        void Run(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var rest = packet;
                PacketFrame.TryTake(ref rest, 1_000, out var head, out var body);
                var publish = PublishPacket.Read(head, body.FirstSpan, MqttVersion.V311, Options);
                read += topics.Get(publish.Topic).Length + publish.Payload.Length;
                PacketWriter.Ack(to, MqttVersion.V311, PacketType.PubAck, publish.Id, MqttReason.Success);
                to.ResetWrittenCount();
            }
        }
    }

    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "8001")]
    [InlineData(16_383, "FF7F")]
    [InlineData(16_384, "808001")]
    [InlineData(2_097_151, "FFFF7F")]
    [InlineData(2_097_152, "80808001")]
    [InlineData(268_435_455, "FFFFFF7F")]
    public void Numbers_are_written_as_in_the_table_of_the_standard(int value, string bytes)
    {
        var packet = new PacketReader(Convert.FromHexString(bytes));
        packet.VariableInt().ShouldBe(value);
        packet.End();
        var to = new byte[4];
        var field = new FieldWriter(to);
        field.VariableInt(value);
        Convert.ToHexString(to[..^field.Left]).ShouldBe(bytes);
    }

    [Theory]
    [InlineData("8000")]
    [InlineData("80808000")]
    [InlineData("FFFFFFFF7F")]
    [InlineData("80")]
    public void A_number_takes_no_more_bytes_than_it_needs(string bytes) => Should.Throw<MqttException>(() => new PacketReader(Convert.FromHexString(bytes)).VariableInt());

    [Fact]
    public void A_recorded_session_of_a_Gizwits_module_is_read()
    {
        // CONNECT of MQTT 3.1 with did, passcode and 120 s; SUBSCRIBE; PUBLISH of a client count request (Gizwits device protocol).
        MqttVersion? version = null;
        var connect = ConnectPacket.Read(Convert.FromHexString("00064D514973647003C20078" + "0016" + Hex("dHq5yNRKYyZTYyTsbQvXCk") + "0016" + Hex("dHq5yNRKYyZTYyTsbQvXCk") + "000A" + Hex("ABCDEFGHIJ")), Options, ref version, Environment);
        (connect.Version, connect.ClientId, connect.UserName, connect.KeepAlive, connect.CleanStart).ShouldBe((MqttVersion.V31, "dHq5yNRKYyZTYyTsbQvXCk", "dHq5yNRKYyZTYyTsbQvXCk", (ushort)120, true));
        connect.Password!.Value.ToArray().ShouldBe("ABCDEFGHIJ"u8.ToArray());
        SubscribePacket.Read(Convert.FromHexString("0001" + "000B" + Hex("app2dev/x/#") + "00"), MqttVersion.V31, Options).Subscriptions.ShouldHaveSingleItem().Filter.ShouldBe("app2dev/x/#");
        PublishPacket.Read(0x30, Convert.FromHexString("000B" + Hex("cli2ser_req") + "00000003020F"), MqttVersion.V31, Options).Payload.ToArray().ShouldBe(new byte[] { 0, 0, 0, 3, 2, 0x0F });

        static string Hex(string text) => Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(text));
    }

    private static ConnectEnvironment Environment { get; } = new(null, false, MqttCarrier.Stream, () => "made");

    private static void Connect(Dice dice, MqttVersion version)
    {
        var five = version == MqttVersion.V5;
        var will = dice.Maybe() ? (dice.Topic(), dice.Bytes(300), (MqttQos)dice.Next(3), dice.Maybe()) : ((string, byte[], MqttQos, bool)?)null;
        var (expiry, receive, size, user, willSaid) = (dice.UInt32(), (ushort)(dice.UInt16() | 1), dice.UInt32() | 1, dice.Pairs(), Said(dice));
        var sent = new ClientConnect(dice.Text(30) + "x", version)
        {
            User = dice.Maybe() ? dice.Text(20) : null, KeepAlive = dice.UInt16(), Clean = dice.Maybe(), Will = will,
            Properties = [(0x11, expiry), (0x21, receive), (0x27, size), (0x22, dice.UInt16()), .. user.Select(p => (0x26, (object)p))],
            WillProperties = [(0x18, 9u), .. ToWire(willSaid)],
        };
        if (sent.User is not null && dice.Maybe()) sent = sent with { Password = dice.Bytes(30) };
        MqttVersion? known = null;
        var read = ConnectPacket.Read(Body(sent.ToBytes(), out _), Options, ref known, Environment);
        (known, read.Version, read.ClientId, read.UserName, read.KeepAlive, read.CleanStart, read.IsIdAssigned).ShouldBe((version, version, sent.ClientId, sent.User, (ushort)sent.KeepAlive, sent.Clean, false));
        read.Password?.ToArray().ShouldBe(sent.Password);
        (read.Password is null).ShouldBe(sent.Password is null);
        (read.SessionExpiry, read.ReceiveMaximum, read.MaxPacket).ShouldBe(five ? (expiry, receive, size) : (sent.Clean ? 0 : uint.MaxValue, ushort.MaxValue, uint.MaxValue));
        read.UserProperties.ShouldBe(five ? user : []);
        (read.Will is null).ShouldBe(will is null);
        if (read.Will is null) return;
        (read.Will.Message.Topic, read.Will.Message.Qos, read.Will.Retain, read.Will.Delay).ShouldBe((will!.Value.Item1, will.Value.Item3, will.Value.Item4, five ? 9u : 0));
        read.Will.Message.Payload.ToArray().ShouldBe(will.Value.Item2);
        if (five) ShouldBe([.. ToWire(willSaid)], read.Will.Message.Properties);
    }

    private static void Publish(Dice dice, MqttVersion version)
    {
        var (topic, payload, qos, id, said) = (dice.Topic(), dice.Bytes(dice.Next(4) == 0 ? 20_000 : 40), dice.Next(3), dice.UInt16() | 1, dice.Maybe() ? Said(dice) : null);
        ushort? alias = dice.Maybe() ? (ushort)(dice.UInt16() | 1) : null;
        var bytes = ClientPackets.Publish(version, topic, payload, qos, id, qos > 0 && dice.Maybe(), dice.Maybe(), [.. ToWire(said), .. alias is { } set ? [(0x23, set)] : Array.Empty<(int, object)>()]);
        var body = Body(bytes, out var head);
        var read = PublishPacket.Read(head, body, version, Options);
        (System.Text.Encoding.UTF8.GetString(read.Topic), read.Id, read.Alias).ShouldBe((topic, (ushort)(qos > 0 ? id : 0), version == MqttVersion.V5 ? alias : null));
        read.Payload.ToArray().ShouldBe(payload);
        if (version == MqttVersion.V5) ShouldBe([.. ToWire(said)], read.Properties);
    }

    private static void Ack(Dice dice, MqttVersion version)
    {
        var five = version == MqttVersion.V5;
        var reason = five && dice.Maybe() ? MqttReason.QuotaExceeded : (MqttReason?)null;
        var properties = reason is null || dice.Maybe() ? null : new (int, object)[] { (0x1F, dice.Text(20)), (0x26, new KeyValuePair<string, string>("a", "b")) };
        var id = dice.UInt16() | 1;
        AckPacket.Read(Body(ClientPackets.Ack(PacketType.PubRec, id, reason, properties), out _), version, Options).ShouldBe(new AckPacket((ushort)id, reason ?? MqttReason.Success));
    }

    private static void Subscribe(Dice dice, MqttVersion version)
    {
        var five = version == MqttVersion.V5;
        var filters = Enumerable.Range(0, dice.Next(1, 20)).Select(_ => (Filter: dice.Filter(), Options: dice.Next(3) | (five && dice.Maybe() ? 4 : 0) | (five && dice.Maybe() ? 0x28 : 0))).ToList();
        var identifier = five && dice.Maybe() ? dice.Next(1, 268_435_455) : (int?)null;
        var id = dice.UInt16() | 1;
        var read = SubscribePacket.Read(Body(ClientPackets.Subscribe(version, id, filters, identifier is { } number ? [(0x0B, number)] : []), out _), version, Options);
        read.Id.ShouldBe((ushort)id);
        read.Subscriptions.ShouldBe(filters.Select(f => new MqttSubscription(f.Filter, (MqttQos)(f.Options & 3)) { NoLocal = (f.Options & 4) != 0, Identifier = (uint?)identifier }));
    }

    private static void Unsubscribe(Dice dice, MqttVersion version)
    {
        string[] filters = [.. Enumerable.Range(0, dice.Next(1, 20)).Select(_ => dice.Filter())];
        var id = dice.UInt16() | 1;
        var read = UnsubscribePacket.Read(Body(ClientPackets.Unsubscribe(version, id, filters), out _), version, Options);
        read.Id.ShouldBe((ushort)id);
        read.Filters.ShouldBe(filters);
    }

    private static void Disconnect(Dice dice, MqttVersion version)
    {
        if (version != MqttVersion.V5 || dice.Maybe())
        {
            DisconnectPacket.Read(Body(ClientPackets.Disconnect, out _), version, Options).ShouldBe(new DisconnectPacket(MqttReason.Success, null));
            return;
        }

        uint? expiry = dice.Maybe() ? dice.UInt32() : null;
        var properties = expiry is { } set ? new (int, object)[] { (0x11, set), (0x1F, "bye") } : null;
        DisconnectPacket.Read(Body(ClientPackets.Leave(MqttReason.DisconnectWithWill, properties), out _), version, Options).ShouldBe(new DisconnectPacket(MqttReason.DisconnectWithWill, expiry));
    }

    private static MqttProperties Said(Dice dice) => new()
    {
        IsText = dice.Maybe() ? dice.Maybe() : null, Expiry = null, ContentType = dice.Maybe() ? dice.Text(20) : null, ResponseTopic = dice.Maybe() ? dice.Topic() : null,
        Correlation = dice.Maybe() ? (ReadOnlyMemory<byte>?)dice.Bytes(20) : null, User = dice.Pairs(),
    };

    private static IEnumerable<(int Id, object Value)> ToWire(MqttProperties? said)
    {
        if (said is null) yield break;
        if (said.IsText is { } text) yield return (0x01, text ? (byte)1 : (byte)0);
        if (said.ContentType is { } type) yield return (0x03, type);
        if (said.ResponseTopic is { } topic) yield return (0x08, topic);
        if (said.Correlation is { } data) yield return (0x09, data.ToArray());
        foreach (var pair in said.User) yield return (0x26, pair);
    }

    private static void ShouldBe(List<(int Id, object Value)> wire, MqttProperties? said)
    {
        var wanted = ToWire(said).ToList();
        var given = wire.Where(p => p.Id is not (0x02 or 0x0B)).ToList();
        given.Select(p => p.Id).ShouldBe(wanted.Select(p => p.Id));
        foreach (var (one, other) in given.Zip(wanted)) one.Value.ShouldBe(other.Value);
    }

    private static byte[] Body(byte[] packet, out byte head)
    {
        var buffer = new ReadOnlySequence<byte>(packet);
        PacketFrame.TryTake(ref buffer, packet.Length, out head, out var body).ShouldBeTrue();
        buffer.IsEmpty.ShouldBeTrue();
        return body.ToArray();
    }

    private static ServerPacket Read(ArrayBufferWriter<byte> from, MqttVersion version)
    {
        var body = Body(from.WrittenSpan.ToArray(), out var head);
        from.ResetWrittenCount();
        return ServerPacket.Read(head, body, version);
    }

    private Dice Start(out int count)
    {
        count = Effort.Of(quick: 3_000, full: 100_000);
        output.WriteLine($"IRORITEST_SEED={Effort.Seed}, {count} rounds");
        return new Dice(Effort.Seed);
    }
}
