using System.Text.Json;
using Irori.Core.Products;
using Irori.Core.States;
using Irori.Dialects.Gizwits.Monitoring;
using Shouldly;

namespace Irori.Tests.Gizwits;

/// <summary>Data points and their bytes, and the projection of a product, without a server.</summary>
public sealed class DatapointTests
{
    [Fact]
    public void A_file_of_variable_length_is_read_and_its_frames_hold_only_what_they_name()
    {
        using var file = JsonDocument.Parse(
            """
            {"name":"Spa","product_key":"k","protocolType":"var_len","entities":[{"attrs":[
            {"id":0,"name":"power","display_name":"Power","desc":"","type":"status_writable","data_type":"bool","position":{"byte_offset":0,"unit":"bit","len":1,"bit_offset":0}},
            {"id":1,"name":"level","display_name":"Level","desc":"","type":"status_writable","data_type":"enum","enum":["low","mid","high"],"position":{"byte_offset":0,"unit":"bit","len":2,"bit_offset":0}},
            {"id":2,"name":"now","display_name":"Now","desc":"°C","type":"status_readonly","data_type":"uint8","uint_spec":{"min":0,"max":100,"ratio":1,"addition":0},"position":{"byte_offset":0,"unit":"byte","len":1,"bit_offset":0}},
            {"id":3,"name":"set","display_name":"Set","desc":"","type":"status_writable","data_type":"uint16","uint_spec":{"min":0,"max":1000,"ratio":0.1,"addition":0},"position":{"byte_offset":0,"unit":"byte","len":2,"bit_offset":0}}]}]}
            """);
        var mistakes = new List<string>();
        var list = DatapointList.Of(Product(DatapointFile.Read(file.RootElement, mistakes)));

        mistakes.ShouldBeEmpty();
        list.IsVariable.ShouldBeTrue();
        // Flags 0b1011: power, level and set; the bits 0b101: on, high; set 0x0102.
        ControlPayload.Read(list, [0x11, 0b1011, 0b101, 0x01, 0x02]).Value.ShouldBe("""{"power":true,"level":"high","set":25.8}""");
        ControlPayload.Read(list, [0x11, 0b1000, 0x01, 0x02]).Value.ShouldBe("""{"set":25.8}""");
        ControlPayload.Read(list, [0x11, 0b0100, 0x01]).IsOk.ShouldBeFalse();
        ControlPayload.Read(list, [0x11, 0b0010, 0b11]).IsOk.ShouldBeFalse();
        ControlPayload.Read(list, [0x01, 0b0001, 0b1]).IsOk.ShouldBeFalse();
        ControlPayload.Read(list, [0x11, 0b1000, 0x01]).IsOk.ShouldBeFalse();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"entities":[{"attrs":[{"name":"x"}]}]}""")]
    [InlineData("""{"entities":[{"attrs":[{"id":0,"name":"x","type":"status_writable","data_type":"enum","position":{"len":1}}]}]}""")]
    [InlineData("""{"entities":[{"attrs":[{"id":0,"name":"x","type":"odd","data_type":"bool","position":{"len":1}}]}]}""")]
    public void What_is_no_data_point_file_is_said(string json)
    {
        using var file = JsonDocument.Parse(json);
        var mistakes = new List<string>();
        DatapointFile.Read(file.RootElement, mistakes);
        mistakes.ShouldHaveSingleItem();
    }

    [Fact]
    public void Whole_numbers_are_read_again_as_they_were_written()
    {
        var projection = new Projection
        {
            Properties =
            [
                new ProjectedProperty { Path = "bright", Factor = 100 / 255.0, Shown = new Property { Name = "Brightness", Title = "B", Type = PropertyType.Int, Access = "rw", Min = 0, Max = 100 } },
            ],
        };
        for (var shown = 0; shown <= 100; shown++)
        {
            using var asked = JsonDocument.Parse($$"""{"Brightness":{{shown}}}""");
            using var own = JsonDocument.Parse(projection.Own(asked.RootElement, new Dictionary<string, StateValue>(), "attrs").Value);
            var state = new Dictionary<string, StateValue> { ["bright"] = new(own.RootElement.GetProperty("bright").GetRawText(), 0, 0) };
            projection.Show(state).Single().Value.ShouldBe($"{shown}");
        }
    }

    [Fact]
    public void What_the_state_does_not_have_as_expected_is_not_shown()
    {
        var projection = GizwitsHouse.NewLamp().Projections["gizwits"];
        var state = new Dictionary<string, StateValue>
        {
            ["switches"] = new("""[{"outlet":1,"switch":"dim"},7,{"switch":"on"}]""", 0, 0), ["colour"] = new("7", 0, 0), ["bright"] = new("\"x\"", 0, 0), ["secret"] = new("1", 0, 0),
        };
        projection.Show(state).Select(v => v.Key).ShouldBe(["Brightness"]);
    }

    private static ProductView Product(ThingModel model) => new(
        new Product { Id = "p", Project = 1, Brand = 1, Name = "P", Model = "M", Category = "c", Dialect = "gizwits", ModelJson = "{}" }, new Brand { Id = "b", Name = "B" }, [], model);
}
