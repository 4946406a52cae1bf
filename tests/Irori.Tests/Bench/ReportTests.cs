using Irori.Bench;
using Irori.Bench.Load;
using Irori.Bench.Reporting;
using Irori.Bench.Scenarios;
using Irori.Harness;
using Shouldly;

namespace Irori.Tests.Bench;

/// <summary>What the bench makes of its numbers.</summary>
public sealed class ReportTests
{
    private static readonly Measure Rate = new("rate", "rate", "1/s", new Bar(BarKind.RatioAtLeast, 0.4));
    private static readonly Measure Disk = new("disk", "disk", "bytes", new Bar(BarKind.ValueAtMost, 40));

    [Theory]
    [InlineData(new[] { 5.0 }, 5, 5, 5)]
    [InlineData(new[] { 9.0, 1, 4 }, 4, 1, 9)]
    [InlineData(new[] { 8.0, 2, 4, 6 }, 5, 2, 8)]
    public void The_median_stands_between_the_smallest_and_the_largest(double[] rounds, double median, double min, double max) =>
        Spread.Of([.. rounds.Select(Round)], "x").ShouldBe(new Spread(median, min, max));

    [Fact]
    public void A_number_that_no_round_has_is_none() => Spread.Of([Round(1)], "y").ShouldBeNull();

    [Fact]
    public void The_ratio_is_that_of_the_medians_and_the_bar_is_held_against_it()
    {
        MeasureResult.Of(Rate, new Spread(100, 1, 200), new Spread(40, 1, 90)).ShouldSatisfyAllConditions(m => m.Ratio.ShouldBe(0.4), m => m.IsMet.ShouldBe(true));
        MeasureResult.Of(Rate, new Spread(100, 1, 200), new Spread(39, 1, 90)).IsMet.ShouldBe(false);
        MeasureResult.Of(Rate, null, new Spread(40, 1, 90)).ShouldSatisfyAllConditions(m => m.Ratio.ShouldBeNull(), m => m.IsMet.ShouldBe(null));
        MeasureResult.Of(Rate, new Spread(0, 0, 0), new Spread(40, 1, 90)).Ratio.ShouldBeNull();
    }

    [Fact]
    public void A_bar_for_a_value_needs_no_reference()
    {
        MeasureResult.Of(Disk, null, new Spread(40, 40, 40)).IsMet.ShouldBe(true);
        MeasureResult.Of(Disk, null, new Spread(40.1, 40, 41)).IsMet.ShouldBe(false);
        MeasureResult.Of(Disk, null, null).IsMet.ShouldBe(null);
    }

    [Fact]
    public void The_table_has_a_row_for_every_measure_and_for_what_failed()
    {
        var table = MarkdownTable.Write(Report(40, new Spread(1_000, 900, 2_000)) with { Scenarios = [.. Report(40, new Spread(1_000, 900, 2_000)).Scenarios, Failed("a | b\nc")] });

        table.ShouldContain("Command: `./irori bench x`");
        table.ShouldContain("| a | x-sqlite | rate, 1/s | 1,000 (900 to 2,000) | 40.0 | 0.04 | ratio ≥ 0.4 | missed |");
        table.ShouldContain("| b | y-sqlite | failed: a \\| b c | | | | | |");
    }

    [Fact]
    public void A_comparison_tells_the_change_of_the_ratio_or_of_the_value_or_that_it_is_new()
    {
        var before = Report(40, new Spread(100, 100, 100));

        MarkdownTable.Compare(before, Report(60, new Spread(100, 100, 100))).ShouldContain("| x-sqlite | rate | 0.40 | 0.60 | +50 % | ratio ≥ 0.4 | met |");
        MarkdownTable.Compare(before, Report(30, null)).ShouldContain("| x-sqlite | rate | 40.0 | 30.0 | -25 % | ratio ≥ 0.4 |  |");
        MarkdownTable.Compare(before with { Scenarios = [] }, before).ShouldContain("| x-sqlite | rate | - | 0.40 | new | ratio ≥ 0.4 | met |");
        MarkdownTable.Compare(before, before).ShouldNotContain("machines differ");
        MarkdownTable.Compare(before, before with { Machine = before.Machine with { Cores = 3 } }).ShouldContain("machines differ");
    }

    [Fact]
    public void A_report_is_read_as_it_was_written()
    {
        var report = Report(40, new Spread(100, 90, 110));

        BenchReport.Parse(report.ToJson()).ToJson().ShouldBe(report.ToJson());
        Should.Throw<BenchException>(() => BenchReport.Parse("{}")).Message.ShouldContain("not a report");
        Should.Throw<BenchException>(() => BenchReport.Parse("nothing")).Message.ShouldContain("not a report");
    }

    [Fact]
    public void Latencies_of_all_senders_are_one_list()
    {
        var latencies = new Latencies();
        var ticks = System.Diagnostics.Stopwatch.Frequency / 1_000;
        foreach (var half in new[] { 0, 1 })
        {
            var took = latencies.NewList();
            for (var i = 1; i <= 100; i++)
                if (i % 2 == half) took.Add(i * ticks);
        }

        latencies.Count.ShouldBe(100);
        latencies.Percentile(0.5).ShouldBe(50, 1);
        latencies.Percentile(0.99).ShouldBe(99, 1);
    }

    [Fact]
    public void Scenarios_are_named_by_name_by_first_word_and_by_letter()
    {
        AllScenarios.Named([]).ShouldBe(AllScenarios.List);
        AllScenarios.Named(["points-sqlite"]).Select(s => s.Name).ShouldBe(["points-sqlite"]);
        AllScenarios.Named(["points", "d"]).Select(s => s.Name).ShouldBe(["start", "points-sqlite", "points-postgres"]);
        Should.Throw<BenchException>(() => AllScenarios.Named(["point"])).Message.ShouldContain("There is no scenario point; there are commands-sqlite");
    }

    private static Dictionary<string, double> Round(double value) => new() { ["x"] = value };

    private static ScenarioResult Failed(string error) => new() { Name = "y-sqlite", Letter = "b", Summary = "", Reference = "", Error = error, Measures = [] };

    private static BenchReport Report(double irori, Spread? reference) => new()
    {
        Date = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), Irori = "1.0", Machine = new Machine(2, 8, "Linux", "CPU", ".NET"), Command = "./irori bench x", Rounds = 3,
        Scenarios =
        [
            new ScenarioResult
            {
                Name = "x-sqlite", Letter = "a", Summary = "does x", Reference = "x alone", Measures = [MeasureResult.Of(Rate, reference, new Spread(irori, irori, irori))],
            },
        ],
    };
}
