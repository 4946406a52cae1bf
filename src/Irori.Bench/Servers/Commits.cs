using System.Globalization;
using Irori.Harness;

namespace Irori.Bench.Servers;

/// <summary>Irori's own count of commits and of the changes in them, from its page of metrics.</summary>
internal readonly record struct Commits(double Changes, double Count)
{
    public static async Task<Commits> ReadAsync(ServerProcess server, CancellationToken cancel)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", House.MetricsToken);
        var lines = (await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancel)).Split('\n');
        return new Commits(Value("irori_commit_size_sum "), Value("irori_commit_size_count "));

        double Value(string name) => lines.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? double.Parse(line.AsSpan(name.Length), NumberStyles.Float, CultureInfo.InvariantCulture)
            : 0;
    }

    /// <summary>Changes per commit since an earlier reading.</summary>
    public double Since(Commits before) => Count > before.Count ? (Changes - before.Changes) / (Count - before.Count) : 0;
}
