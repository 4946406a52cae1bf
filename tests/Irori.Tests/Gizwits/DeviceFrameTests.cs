using System.Text.Json;
using Irori.Core.Products;
using Irori.Core.States;
using Irori.Dialects.Gizwits.Monitoring;
using Irori.Dialects.Gizwits.Realtime;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>Frames of the device's own protocol, without a server.</summary>
public sealed class DeviceFrameTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(124)]
    [InlineData(125)]
    [InlineData(16_380)]
    [InlineData(16_381)]
    public void A_frame_of_any_length_is_read_as_it_was_written(int length)
    {
        foreach (var number in new uint?[] { null, 0, 1, uint.MaxValue })
        {
            var payload = new byte[length];
            new Random(length).NextBytes(payload);
            var frame = new DeviceFrame(number is null ? DeviceFrame.FromDevice : DeviceFrame.Asked, number, payload);
            var read = DeviceFrame.Parse(frame.ToBytes())!;
            (read.Command, read.Number).ShouldBe((frame.Command, number));
            read.Payload.ShouldBe(payload);
        }
    }

    [Fact]
    public void Whatever_the_bytes_are_reading_them_does_not_fail()
    {
        var random = new Random(Effort.Seed);
        output.WriteLine($"IRORITEST_SEED={Effort.Seed}");
        var (products, read) = (new[] { Heater(variable: false), Heater(variable: true) }, 0);
        for (var i = 0; i < Effort.Of(quick: 20_000, full: 1_000_000); i++)
        {
            var bytes = new DeviceFrame(random.Next(2) == 0 ? DeviceFrame.ToDevice : DeviceFrame.Asked, (uint)random.Next(), Bytes(random, 24)).ToBytes();
            for (var n = random.Next(3); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (DeviceFrame.Parse(bytes.AsSpan(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length)) is not { } frame) continue;
            read++;
            var list = DatapointList.Of(products[i % 2]);
            if (frame.Payload.Length > 0) frame.Payload[0] = list.IsVariable ? (byte)0x11 : (byte)0x01;
            ControlPayload.Read(list, frame.Payload);
            ReadPayload.Parse(list, frame.Payload);
        }

        read.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void What_a_status_says_is_what_a_command_would_set()
    {
        var random = new Random(Effort.Seed);
        output.WriteLine($"IRORITEST_SEED={Effort.Seed}");
        foreach (var variable in new[] { false, true })
        {
            var list = DatapointList.Of(Heater(variable));
            for (var i = 0; i < 1_000; i++)
            {
                var shown = list.Points.Where(p => !variable || p.Place.Id == 0 || random.Next(2) == 0).ToDictionary(p => p.Property.Name, p => Value(p, random));
                var status = StatusPayload.Write(list, shown, StatusPayload.Report);
                status[0].ShouldBe((byte)(variable ? 0x14 : 0x04));
                // A command of a fixed length names what it sets; a status has everything.
                byte[] command = variable ? [0x11, .. status[1..]] : [0x01, (byte)((1 << list.Points.Count) - 1), .. status[1..]];
                using var read = JsonDocument.Parse(ControlPayload.Read(list, command).Value);
                read.RootElement.EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetRawText()).ShouldBe(shown, ignoreOrder: true);
            }
        }
    }

    [Fact]
    public void With_a_variable_length_only_what_is_asked_is_told()
    {
        var list = DatapointList.Of(Heater(variable: true));
        var shown = new Dictionary<string, string> { ["power"] = "true", ["mode"] = "\"boost\"", ["target"] = "20" };
        StatusPayload.Write(list, shown, StatusPayload.Answer, ReadPayload.Parse(list, [0x12])).ShouldBe([0x13, 0b0111, 0b101, 40]);
        StatusPayload.Write(list, shown, StatusPayload.Answer, ReadPayload.Parse(list, [0x12, 0b0110])).ShouldBe([0x13, 0b0110, 0b10, 40]);
        StatusPayload.Write(list, shown, StatusPayload.Answer, ReadPayload.Parse(list, [0x12, 0b1000])).ShouldBe([0x13, 0]);
        ReadPayload.Parse(list, [0x02]).ShouldBeNull();
        ReadPayload.Parse(list, []).ShouldBeNull();
    }

    [Fact]
    public void An_app_on_its_connection_is_shown_truth_values_and_bytes()
    {
        var state = new Dictionary<string, StateValue> { ["power"] = new("true", 0, 0), ["label"] = new("\"00ff10a1\"", 0, 0), ["mode"] = new("\"eco\"", 0, 0) };
        var product = Heater(variable: false);
        AttributeValues.Show(product, AttributeValues.Shown(product, state)).Text.ShouldBe("""{"power":true,"label":[0,255,16,161],"mode":"eco"}""");
        AttributeValues.Show(product, state).Text.ShouldBe("""{"power":1,"label":"00ff10a1","mode":"eco"}""");
    }

    private static string Value(Datapoint point, Random random) => point.Place.Form switch
    {
        "bool" => random.Next(2) == 0 ? "false" : "true",
        "enum" => point.Property.Values![random.Next(point.Enum.Count)].Value.GetRawText(),
        "binary" => $"\"{Convert.ToHexStringLower(Bytes(random, point.Place.Length, exactly: true))}\"",
        _ => point.Shown(random.NextInt64(point.Least, point.Most + 1)),
    };

    private static byte[] Bytes(Random random, int length, bool exactly = false)
    {
        var bytes = new byte[exactly ? length : random.Next(length)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static ProductView Heater(bool variable)
    {
        using var file = JsonDocument.Parse(
            $$$"""
            {"name":"Heater","product_key":"k","protocolType":"{{{(variable ? "var_len" : "standard")}}}","entities":[{"attrs":[
            {"id":0,"name":"power","display_name":"Power","desc":"","type":"status_writable","data_type":"bool","position":{"byte_offset":0,"unit":"bit","len":1,"bit_offset":0}},
            {"id":1,"name":"mode","display_name":"Mode","desc":"","type":"status_writable","data_type":"enum","enum":["auto","eco","boost"],"position":{"byte_offset":0,"unit":"bit","len":2,"bit_offset":1}},
            {"id":2,"name":"target","display_name":"Target","desc":"","type":"status_writable","data_type":"uint8","uint_spec":{"min":0,"max":200,"ratio":0.5,"addition":0},"position":{"byte_offset":1,"unit":"byte","len":1,"bit_offset":0}},
            {"id":3,"name":"label","display_name":"Label","desc":"","type":"status_writable","data_type":"binary","position":{"byte_offset":2,"unit":"byte","len":4,"bit_offset":0}}]}]}
            """);
        var mistakes = new List<string>();
        var model = DatapointFile.Read(file.RootElement, mistakes);
        mistakes.ShouldBeEmpty();
        return new ProductView(new Product { Id = "p", Project = 1, Brand = 1, Name = "P", Model = "M", Category = "c", Dialect = "gizwits", ModelJson = "{}" }, new Brand { Id = "b", Name = "B" }, [], model);
    }
}
