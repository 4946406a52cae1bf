using System.Diagnostics;

namespace Irori.Bench.Load;

/// <summary>What was measured by workers, each into a list of its own.</summary>
internal sealed class Latencies
{
    private readonly Lock _lock = new();
    private readonly List<List<long>> _all = [];

    /// <summary>A list for one worker.</summary>
    public List<long> NewList()
    {
        var list = new List<long>();
        lock (_lock) _all.Add(list);
        return list;
    }

    /// <summary>How many there are.</summary>
    public int Count => _all.Sum(l => l.Count);

    /// <summary>The smallest latency, in milliseconds, that this part of all does not exceed.</summary>
    public double Percentile(double part)
    {
        var sorted = _all.SelectMany(l => l).Order().ToArray();
        if (sorted.Length == 0) throw new BenchException("Nothing was answered in time, so there is nothing to measure");
        return Stopwatch.GetElapsedTime(0, sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * part) - 1)]).TotalMilliseconds;
    }
}
