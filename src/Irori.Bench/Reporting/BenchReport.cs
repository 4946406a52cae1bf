using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Harness;

namespace Irori.Bench.Reporting;

/// <summary>What a run measured; kept as JSON for a later comparison.</summary>
internal sealed record BenchReport
{
    public required DateTimeOffset Date { get; init; }

    /// <summary>Version of Irori.</summary>
    public required string Irori { get; init; }

    public required Machine Machine { get; init; }

    /// <summary>The command that made it.</summary>
    public required string Command { get; init; }

    public required int Rounds { get; init; }

    public required IReadOnlyList<ScenarioResult> Scenarios { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, BenchJson.Default.BenchReport) + "\n";

    /// <summary>Reads a report that was kept.</summary>
    public static BenchReport Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, BenchJson.Default.BenchReport) ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new BenchException($"The file to compare with is not a report of irori bench --json: {e.Message}");
        }
    }
}

/// <summary>What a scenario measured.</summary>
internal sealed record ScenarioResult
{
    public required string Name { get; init; }

    public required string Letter { get; init; }

    public required string Summary { get; init; }

    public required string Reference { get; init; }

    /// <summary>Why it did not run; null when it did.</summary>
    public string? Error { get; init; }

    public required IReadOnlyList<MeasureResult> Measures { get; init; }

    public static ScenarioResult Failed(Scenario scenario, string error) => Row(scenario, []) with { Error = error };

    public static ScenarioResult Of(
        Scenario scenario, IReadOnlyList<IReadOnlyDictionary<string, double>> reference, IReadOnlyList<IReadOnlyDictionary<string, double>> irori) =>
        Row(scenario, [.. scenario.Measures.Select(m => MeasureResult.Of(m, Spread.Of(reference, m.Key), Spread.Of(irori, m.Key)))]);

    private static ScenarioResult Row(Scenario scenario, IReadOnlyList<MeasureResult> measures) => new()
    {
        Name = scenario.Name, Letter = $"{scenario.Letter}", Summary = scenario.Summary, Reference = scenario.Reference, Measures = measures,
    };
}

/// <summary>What became of one measure.</summary>
internal sealed record MeasureResult
{
    public required string Key { get; init; }

    public required string Title { get; init; }

    public required string Unit { get; init; }

    /// <summary>Null where the reference has no such number.</summary>
    public Spread? Reference { get; init; }

    public Spread? Irori { get; init; }

    /// <summary>Irori's median by the reference's.</summary>
    public double? Ratio { get; init; }

    /// <summary>What is asked for, in words.</summary>
    public string? Bar { get; init; }

    /// <summary>Whether it is reached; null without a bar.</summary>
    public bool? IsMet { get; init; }

    public static MeasureResult Of(Measure measure, Spread? reference, Spread? irori)
    {
        double? ratio = reference is { Median: > 0 } && irori is not null ? irori.Median / reference.Median : null;
        return new MeasureResult
        {
            Key = measure.Key, Title = measure.Title, Unit = measure.Unit, Reference = reference, Irori = irori, Ratio = ratio,
            Bar = measure.Bar?.ToString(), IsMet = measure.Bar?.IsMet(irori?.Median, ratio),
        };
    }
}

/// <summary>The values of all rounds: median, smallest, largest.</summary>
internal sealed record Spread(double Median, double Min, double Max)
{
    /// <summary>The spread of a key over rounds; null where no round has it.</summary>
    public static Spread? Of(IReadOnlyList<IReadOnlyDictionary<string, double>> rounds, string key)
    {
        var sorted = rounds.Where(r => r.ContainsKey(key)).Select(r => r[key]).Order().ToList();
        if (sorted.Count == 0) return null;
        var middle = sorted.Count / 2;
        return new Spread(sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
