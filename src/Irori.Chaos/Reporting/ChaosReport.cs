using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Harness;

namespace Irori.Chaos.Reporting;

/// <summary>What a run found.</summary>
internal sealed record ChaosReport
{
    public required DateTimeOffset Date { get; init; }

    /// <summary>Version of Irori.</summary>
    public required string Irori { get; init; }

    public required Machine Machine { get; init; }

    /// <summary>The command that made it; with its seed it makes the same choices again.</summary>
    public required string Command { get; init; }

    public required int Devices { get; init; }

    public required double LeaseSeconds { get; init; }

    public required double GraceSeconds { get; init; }

    public required IReadOnlyList<FaultResult> Faults { get; init; }

    /// <summary>True when every check held.</summary>
    [JsonIgnore]
    public bool Holds => Faults.Count > 0 && Faults.All(f => f.Failures.Count == 0);

    public string ToJson() => JsonSerializer.Serialize(this, ChaosJson.Default.ChaosReport) + "\n";

    /// <summary>The report as a page of Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append($"Run on {Date:yyyy-MM-dd HH:mm} UTC with Irori {Irori}: {Machine.Cores} cores ({Machine.Processor}), {Machine.MemoryGiB} GiB, {Machine.Kernel}, {Machine.Dotnet}.\n\n")
            .Append($"Command: `{Command}`\n\n{Devices} devices; lease {LeaseSeconds} s, grace {GraceSeconds} s. Nodes, devices, apps, PostgreSQL and RabbitMQ share these cores.\n\n")
            .Append("| Fault | Reports acknowledged | of them during the fault | Commands done / other | Recovered after, s | Feeds up to date after, s | Oldest state told, s | Most memory of a node, MiB | |\n")
            .Append("|---|---|---|---|---|---|---|---|---|\n");
        foreach (var f in Faults)
        {
            text.Append($"| {f.Name}{(f.Round > 1 ? $" ({f.Round})" : "")} | {f.Reports} | {f.ReportsDuring} | {f.CommandsDone} / {f.CommandsOther} | {f.RecoverySeconds:F1} | {f.FeedSeconds:F2} | ")
                .Append($"{f.StalestSeconds:F2} | {f.MemoryMiB} | {(f.Failures.Count == 0 ? "holds" : "FAILS")} |\n");
        }

        foreach (var f in Faults.Where(f => f.Failures.Count > 0))
        {
            text.Append($"\n{f.Name}, round {f.Round}:\n\n");
            foreach (var failure in f.Failures) text.Append($"- {failure}\n");
        }

        return text.ToString();
    }
}

/// <summary>What became of one fault.</summary>
internal sealed record FaultResult
{
    public required string Name { get; init; }

    public required int Round { get; init; }

    /// <summary>What was done, step by step, with its choices.</summary>
    public required IReadOnlyList<string> Steps { get; init; }

    /// <summary>Reports acknowledged from the warm-up to the end.</summary>
    public long Reports { get; init; }

    /// <summary>Those acknowledged while the fault lasted.</summary>
    public long ReportsDuring { get; init; }

    /// <summary>Commands that were answered as done.</summary>
    public int CommandsDone { get; init; }

    /// <summary>Commands that were answered otherwise, or not at all.</summary>
    public int CommandsOther { get; init; }

    /// <summary>From the end of the fault until every node was ready and everybody connected.</summary>
    public double RecoverySeconds { get; init; }

    /// <summary>From then until every feed had the state that the database had at that moment.</summary>
    public double FeedSeconds { get; init; }

    /// <summary>The greatest age of a state that a feed was told as new.</summary>
    public double StalestSeconds { get; init; }

    /// <summary>Most resident memory that any node had so far.</summary>
    public long MemoryMiB { get; init; }

    /// <summary>What did not hold; empty: everything did.</summary>
    public required IReadOnlyList<string> Failures { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ChaosReport))]
internal sealed partial class ChaosJson : JsonSerializerContext;
