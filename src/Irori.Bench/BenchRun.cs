using System.Diagnostics;
using System.Reflection;
using Irori.Bench.Reporting;
using Irori.Harness;

namespace Irori.Bench;

/// <summary>Runs scenarios: rounds of reference and Irori in turn, in one run, on one machine.</summary>
internal sealed class BenchRun(Sizes sizes, int rounds, string? postgres, Action<string> say)
{
    /// <summary>True when an assembly was compiled for speed.</summary>
    public static bool IsRelease(Assembly assembly) => assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

    /// <summary>Runs scenarios and answers what they measured; one that fails does not stop the others.</summary>
    public async Task<BenchReport> RunAsync(IReadOnlyList<Scenario> scenarios, string command, CancellationToken cancel)
    {
        await using var context = new BenchContext(sizes, postgres, say);
        var results = new List<ScenarioResult>();
        foreach (var scenario in scenarios)
        {
            say($"{scenario.Name}: {scenario.Summary}");
            results.Add(await TryAsync(scenario, context, cancel));
        }

        return new BenchReport
        {
            Date = TimeProvider.System.GetUtcNow(), Irori = Server.Hosting.Foundation.Version, Machine = Machine.Read(), Command = command, Rounds = rounds, Scenarios = results,
        };
    }

    private async Task<ScenarioResult> TryAsync(Scenario scenario, BenchContext context, CancellationToken cancel)
    {
        try
        {
            return await RunAsync(scenario, context, cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && e is not OutOfMemoryException)
        {
            say($"  failed: {e.Message}");
            return ScenarioResult.Failed(scenario, e.Message);
        }
        finally
        {
            await context.ReleaseAsync();
        }
    }

    private async Task<ScenarioResult> RunAsync(Scenario scenario, BenchContext context, CancellationToken cancel)
    {
        var reference = new List<IReadOnlyDictionary<string, double>>();
        var irori = new List<IReadOnlyDictionary<string, double>>();
        var stage = await scenario.PrepareAsync(context, cancel);
        for (var round = 1; round <= Math.Min(rounds, scenario.MostRounds); round++)
        {
            reference.Add(await stage.ReferenceAsync(cancel));
            irori.Add(await stage.IroriAsync(cancel));
            say($"  round {round}: {string.Join(", ", scenario.Measures.Select(m => $"{m.Title} {Shown(reference[^1], m)} | {Shown(irori[^1], m)} {m.Unit}"))}");
        }

        return ScenarioResult.Of(scenario, reference, irori);
    }

    private static string Shown(IReadOnlyDictionary<string, double> values, Measure measure) =>
        values.TryGetValue(measure.Key, out var value) ? Numbers.Short(value) : "-";
}
