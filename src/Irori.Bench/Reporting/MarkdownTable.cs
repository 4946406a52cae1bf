using System.Text;

namespace Irori.Bench.Reporting;

/// <summary>A report as a page of Markdown.</summary>
internal static class MarkdownTable
{
    public static string Write(BenchReport report)
    {
        var text = new StringBuilder();
        var machine = report.Machine;
        text.Append($"Measured on {report.Date:yyyy-MM-dd HH:mm} UTC with Irori {report.Irori}: {machine.Cores} cores ({machine.Processor}), {machine.MemoryGiB} GiB, ")
            .Append($"{machine.Kernel}, {machine.Dotnet}.\n\nCommand: `{report.Command}`\n\n")
            .Append($"Up to {report.Rounds} rounds, reference and Irori in turn; median (smallest to largest). The measured server, the load generator and the database share these cores.\n\n")
            .Append("| | Scenario | Measure | Reference | Irori | Ratio | Bar | |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var scenario in report.Scenarios)
        {
            if (scenario.Error is not null) text.Append($"| {scenario.Letter} | {scenario.Name} | failed: {Cell(scenario.Error)} | | | | | |\n");
            foreach (var m in scenario.Measures)
            {
                text.Append($"| {scenario.Letter} | {scenario.Name} | {m.Title}{(m.Unit.Length > 0 ? $", {m.Unit}" : "")} | {Numbers.Of(m.Reference)} | {Numbers.Of(m.Irori)} | ")
                    .Append($"{Numbers.Of(m.Ratio)} | {m.Bar} | {Verdict(m.IsMet)} |\n");
            }
        }

        text.Append('\n');
        foreach (var scenario in report.Scenarios) text.Append($"- **{scenario.Name}** ({scenario.Letter}): {scenario.Summary}. Reference: {scenario.Reference}.\n");
        return text.ToString();
    }

    /// <summary>What has changed since an earlier report, ratio by ratio, and which bars are missed now.</summary>
    public static string Compare(BenchReport before, BenchReport now)
    {
        var text = new StringBuilder($"Compared with {before.Date:yyyy-MM-dd HH:mm} UTC, Irori {before.Irori}. Ratios to the reference, or values where there is none.\n\n");
        if (before.Machine != now.Machine) text.Append("The machines differ: compare with care.\n\n");
        text.Append("| Scenario | Measure | Before | Now | Change | Bar | |\n|---|---|---|---|---|---|---|\n");
        foreach (var scenario in now.Scenarios)
        {
            var known = before.Scenarios.FirstOrDefault(s => s.Name == scenario.Name)?.Measures ?? [];
            foreach (var m in scenario.Measures)
            {
                var old = known.FirstOrDefault(k => k.Key == m.Key);
                var (was, @is) = m.Ratio is not null && (old is null || old.Ratio is not null) ? (old?.Ratio, m.Ratio) : (old?.Irori?.Median, m.Irori?.Median);
                text.Append($"| {scenario.Name} | {m.Title} | {Numbers.Of(was)} | {Numbers.Of(@is)} | {Change(was, @is)} | {m.Bar} | {Verdict(m.IsMet)} |\n");
            }
        }

        return text.ToString();
    }

    private static string Change(double? was, double? now) => was is { } a and not 0 && now is { } b ? $"{(b - a) / a * 100:+0;-0;0} %" : "new";

    private static string Verdict(bool? met) => met switch { true => "met", false => "missed", null => "" };

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
}
