using Irori.Core.Products;
using Irori.Server.Files;
using Shouldly;

namespace Irori.Tests.Cli;

/// <summary>Files that operators write.</summary>
public sealed class FileTests
{
    private const string Whole = """
        {
          // what is needed
          "dialect": "coolkit", "name": "Two", "model": "T-2", "category": "switch", "brand": "Mine",
          "brandLogo": "https://example.com/logo.png", "uiid": 2, "names": [{ "dialect": "coolkit", "kind": "model", "value": "T-2B" }],
          "bindingMode": "single", "adopts": false, "keepsFrames": false, "pointDays": 30,
          "things": { "properties": [
            { "name": "switches", "title": "Channels", "type": "array", "access": "rw", "mergeKey": "outlet" },
            { "name": "mode", "title": "Mode", "type": "enum", "values": [{ "value": 1, "title": "One" }, { "value": "two", "title": "Two" }] },
            { "name": "power", "title": "Power", "type": "double", "unit": "W", "min": 0, "max": 100.5, "step": 0.1 },
          ] },
        }
        """;

    [Fact]
    public void A_whole_product_file_is_read()
    {
        var product = Parse(Whole, out var mistakes)!;

        mistakes.ShouldBeEmpty();
        (product.BrandLogo, product.BindingMode, product.Adopts, product.KeepsFrames, product.PointDays)
            .ShouldBe(("https://example.com/logo.png", BindingMode.Single, false, false, 30));
        product.Names.Select(n => $"{n.Dialect} {n.Kind} {n.Value}").ShouldBe(["coolkit model T-2", "coolkit uiid 2", "coolkit model T-2B"]);
        product.Things.MergeKeys!["switches"].ShouldBe("outlet");
        product.Things.Properties[1].Values!.Select(v => v.Value.ToString()).ShouldBe(["1", "two"]);
        (product.Things.Properties[2].Unit, product.Things.Properties[2].Max).ShouldBe(("W", 100.5));
        ThingModel.Parse(product.Things.ToJson()).Properties.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("\"uiid\": 2", "\"uiid\": \"2\"", "uiid must be a whole number from 1 to 99999")]
    [InlineData("\"dialect\": \"coolkit\", \"name\"", "\"name\"", "dialect is missing; add it")]
    [InlineData("\"dialect\": \"coolkit\", \"name\"", "\"dialect\": \"klingon\", \"name\"", "dialect must be one of \"coolkit\"")]
    [InlineData("\"brand\": \"Mine\"", "\"brand\": \"\"", "brand must be text in quotes, of 1 to 64")]
    [InlineData("\"bindingMode\": \"single\"", "\"bindingMode\": \"preempt\"", "bindingMode must be one of \"Single\", \"Open\"")]
    [InlineData("\"adopts\": false", "\"adopts\": \"no\"", "adopts must be true or false")]
    [InlineData("\"pointDays\": 30", "\"pointDays\": -1", "pointDays must be a whole number from 0 to 3650")]
    [InlineData("\"kind\": \"model\"", "\"kinds\": \"model\"", "names[0].kinds is not a field; correct the name or remove it. Known here are dialect, kind, value")]
    [InlineData("\"type\": \"array\"", "\"type\": \"list\"", "things.properties[0].type must be one of \"bool\", \"int\"")]
    [InlineData("\"title\": \"Mode\", ", "", "things.properties[1].title is missing; add it, for instance \"Switch\"")]
    [InlineData("\"mode\"", "\"power\"", "things.properties has the name \"power\" twice")]
    [InlineData("\"min\": 0", "\"min\": 200", "things.properties[2].min is above max")]
    [InlineData("\"step\": 0.1", "\"step\": 0", "things.properties[2].step must be above 0")]
    [InlineData("\"type\": \"double\"", "\"type\": \"enum\"", "things.properties[2].values is missing")]
    [InlineData("\"type\": \"double\"", "\"type\": \"double\", \"mergeKey\": \"x\"", "things.properties[2].mergeKey is only for a property of type array")]
    [InlineData("\"value\": 1,", "\"value\": [],", "things.properties[1].values[0].value must be there")]
    [InlineData("\"properties\": [", "\"properties\": 1, \"x\": [", "things.properties must be a list in brackets")]
    public void A_mistake_names_the_field_and_the_fix(string right, string wrong, string sentence)
    {
        Whole.ShouldContain(right);
        Parse(Whole.Replace(right, wrong, StringComparison.Ordinal), out var mistakes).ShouldBeNull();

        mistakes.ShouldContain(m => m.StartsWith(sentence, StringComparison.Ordinal) && m.EndsWith('.'));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{ \"name\": \"a\", \"name\": \"b\" }")]
    [InlineData("{ \"things\": 1, \"names\": [1], \"uiid\": 99999999999 }")]
    public void What_is_no_product_at_all_is_a_sentence_too(string text)
    {
        Parse(text, out var mistakes).ShouldBeNull();
        mistakes.ShouldNotBeEmpty();
        mistakes.ShouldAllBe(m => m.EndsWith('.') && !m.Contains('\n'));
    }

    [Fact]
    public void Rows_of_a_csv_file_keep_their_lines_through_blank_lines_and_quotes()
    {
        var problems = new List<ImportProblem>();
        var csv = "ID, key ,description\r\n\r\na,1,\"one, two\"\r\nb,2\r\n\r\nc,3,\"say \"\"hi\"\"\"\r\nd,4,\"open\" x\r\ne,5,\r\n";

        var rows = DeviceRows.Read(new StringReader(csv), problems.Add).ToList();

        rows.Select(r => (r.Line, r.Id, r.Key, r.Description)).ShouldBe([(3, "a", "1", "one, two"), (6, "c", "3", "say \"hi\""), (8, "e", "5", null)]);
        problems.Select(p => p.Line).ShouldBe([4, 7]);
    }

    [Theory]
    [InlineData("d0:27:00:00:00:01", true)]
    [InlineData("D02700000001", true)]
    [InlineData("d0-27-00-00-00-01", true)]
    [InlineData("d0:27:00:00:00", false)]
    [InlineData("d0:27:00:00:00:01:02", false)]
    [InlineData("g0:27:00:00:00:01", false)]
    public void A_mac_has_six_pairs_of_hex_digits(string mac, bool right) =>
        new DeviceRow(1) { Id = "a", Product = "p", Key = "k", Mac = mac }.Check(needsKey: true).Any().ShouldBe(!right);

    private static NewProduct? Parse(string text, out List<string> mistakes) => ProductFile.Parse(text, mistakes = []);
}
