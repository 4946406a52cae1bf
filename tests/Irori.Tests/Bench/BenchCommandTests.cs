using System.Text.Json.Nodes;
using Irori.Bench.Scenarios;
using Irori.Tests.Cli;
using Shouldly;

namespace Irori.Tests.Bench;

public sealed class BenchCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-test-").FullName;

    public static TheoryData<string> Scenarios => [.. AllScenarios.List.Select(s => s.Name)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_list_names_every_scenario_and_its_reference_and_measures_nothing()
    {
        var run = await CliRun.RunAsync("bench", "--list");

        run.Code.ShouldBe(0, run.Error);
        run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(AllScenarios.List.Count);
        run.Output.ShouldContain("points-sqlite (g): ");
        run.Error.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("There is no scenario nothing;", "nothing", "--tiny")]
    [InlineData("--rounds is 0, but must be from 1 to 100.", "start", "--tiny", "--rounds", "0")]
    [InlineData("which cannot be read", "start", "--tiny", "--compare", "/nowhere/before.json")]
    public async Task What_cannot_be_is_said_before_anything_is_measured(string part, params string[] arguments)
    {
        var run = await CliRun.RunAsync(["bench", .. arguments]);

        run.Code.ShouldBe(2);
        run.Error.ShouldContain(part);
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_is_no_report_is_not_compared_with()
    {
        var path = Path.Combine(_folder, "before.json");
        await File.WriteAllTextAsync(path, "{}", TestContext.Current.CancellationToken);

        var run = await CliRun.RunAsync("bench", "start", "--tiny", "--compare", path);

        run.Code.ShouldBe(2);
        run.Error.ShouldContain("not a report of irori bench --json");
    }

    [Fact]
    [Trait("run", "full")]
    public async Task What_the_program_was_told_by_its_environment_is_not_told_to_the_servers_that_it_measures()
    {
        var environment = new Dictionary<string, string> { ["IRORI_LINKS__LEASESECONDS"] = "nonsense" };
        await using var program = IroriProcess.Start(environment, "bench", "start", "--tiny", "--rounds", "1");

        var (code, errors) = await program.EndAsync();

        code.ShouldBe(0, errors);
    }

    [Theory]
    [Trait("run", "full")]
    [MemberData(nameof(Scenarios))]
    public async Task Every_scenario_brings_numbers_of_irori_and_of_its_reference(string name)
    {
        var (json, markdown) = (Path.Combine(_folder, "now.json"), Path.Combine(_folder, "now.md"));

        var run = await CliRun.RunAsync("bench", name, "--tiny", "--rounds", "1", "--json", json, "--markdown", markdown);

        run.Code.ShouldBe(0, run.Output + run.Error);
        var scenario = JsonNode.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken))!["scenarios"]!.AsArray().ShouldHaveSingleItem()!;
        var measures = scenario["measures"]!.AsArray();
        measures.Count.ShouldBe(AllScenarios.Named([name])[0].Measures.Count);
        foreach (var measure in measures) ((double)measure!["irori"]!["median"]!).ShouldBeGreaterThan(0, $"{measure["key"]}");
        ((double)measures[0]!["reference"]!["median"]!).ShouldBeGreaterThan(0);
        (await File.ReadAllTextAsync(markdown, TestContext.Current.CancellationToken)).ShouldContain($"| {name} |");
    }
}
