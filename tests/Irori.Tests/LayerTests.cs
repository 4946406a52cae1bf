using System.Reflection;
using Shouldly;

namespace Irori.Tests;

/// <summary>The rooms of the house: arrows point down only.</summary>
public sealed class LayerTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Irori.Core"] = [],
        ["Irori.Simulator"] = ["Irori.Core"],
        ["Irori.Bus"] = ["Irori.Core"],
        ["Irori.Storage"] = ["Irori.Core"],
        ["Irori.Dialects.CoolKit"] = ["Irori.Core"],
        ["Irori.Server"] = ["Irori.Bus", "Irori.Core", "Irori.Dialects.CoolKit", "Irori.Simulator", "Irori.Storage"],
        ["Irori.Harness"] = [],
        ["Irori.Bench"] = ["Irori.Core", "Irori.Harness", "Irori.Server", "Irori.Storage"],
        ["Irori.Chaos"] = ["Irori.Core", "Irori.Harness", "Irori.Server", "Irori.Simulator", "Irori.Storage"],
        ["irori"] = ["Irori.Bench", "Irori.Bus", "Irori.Chaos", "Irori.Core", "Irori.Dialects.CoolKit", "Irori.Harness", "Irori.Server", "Irori.Simulator", "Irori.Storage"],
    };

    [Fact]
    public void No_project_references_upward()
    {
        foreach (var (name, allowed) in Allowed)
        {
            var references = Assembly.Load(name).GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("Irori.", StringComparison.Ordinal));
            references.Except(allowed).ShouldBeEmpty($"{name} may reference only {string.Join(", ", allowed)}");
        }
    }

    [Fact]
    public void Every_project_of_the_house_is_on_the_list()
    {
        var folder = Path.GetDirectoryName(typeof(LayerTests).Assembly.Location)!;
        var built = Directory.GetFiles(folder, "Irori.*.dll").Append("irori.dll").Select(f => Path.GetFileNameWithoutExtension(f)).Where(n => n != "Irori.Tests");

        built.ShouldBe(Allowed.Keys, ignoreOrder: true);
    }

    [Theory]
    [InlineData("Irori.Core", "Microsoft.AspNetCore")]
    [InlineData("Irori.Core", "Dapper")]
    [InlineData("Irori.Core", "Npgsql")]
    [InlineData("Irori.Storage", "Microsoft.AspNetCore")]
    [InlineData("Irori.Bus", "Microsoft.AspNetCore")]
    public void A_lower_room_knows_nothing_of_the_web_or_of_SQL(string room, string stranger) => Assembly.Load(room).GetReferencedAssemblies()
        .Select(a => a.Name!).Where(n => n.StartsWith(stranger, StringComparison.Ordinal)).ShouldBeEmpty();
}
