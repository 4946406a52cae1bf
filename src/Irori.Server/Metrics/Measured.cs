using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Irori.Server.Metrics;

/// <summary>How an instrument is shown to Prometheus.</summary>
internal enum MeasuredKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Counts values in buckets.</summary>
    Histogram,
}

/// <summary>One instrument and what was measured with it, per set of labels. Beyond <see cref="MaxSeries"/> sets, all others share one.</summary>
internal sealed class Measured
{
    public const int MaxSeries = 1_000;

    private const string Overflow = "otel_metric_overflow=\"true\"";
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly bool _absolute;

    public Measured(Instrument instrument)
    {
        Instrument = instrument;
        Kind = KindOf(instrument);
        Bounds = Kind == MeasuredKind.Histogram ? BoundsOf(instrument) : [];
        _absolute = instrument.IsObservable || instrument is Gauge<long> or Gauge<int> or Gauge<double>;
    }

    public Instrument Instrument { get; }

    public MeasuredKind Kind { get; }

    /// <summary>Upper bounds of the buckets, without infinity.</summary>
    public IReadOnlyList<double> Bounds { get; }

    /// <summary>The series by their labels as they are written.</summary>
    public IEnumerable<KeyValuePair<string, Series>> Series => _series.OrderBy(s => s.Key, StringComparer.Ordinal);

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        if (!_series.TryGetValue(labels, out var series))
        {
            if (_series.Count >= MaxSeries) labels = Overflow;
            series = _series.GetOrAdd(labels, _ => new Series(Bounds));
        }

        if (Kind == MeasuredKind.Histogram) series.Observe(value);
        else if (_absolute) series.Set(value);
        else series.Add(value);
    }

    /// <summary>Forgets what was observed, before it is observed again: labels that are gone must not stay.</summary>
    public void Forget()
    {
        if (Instrument.IsObservable) _series.Clear();
    }

    private static MeasuredKind KindOf(Instrument instrument) => instrument switch
    {
        Histogram<long> or Histogram<int> or Histogram<double> => MeasuredKind.Histogram,
        Counter<long> or Counter<int> or Counter<double> => MeasuredKind.Counter,
        ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> => MeasuredKind.Counter,
        _ => MeasuredKind.Gauge,
    };

    private static IReadOnlyList<double> BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => bounds,
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        _ => DefaultBounds,
    };

    // Sorted, so that one set of labels is one series in whatever order it comes.
    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var sorted = tags.ToArray();
        if (sorted.Length > 1) Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        var text = new StringBuilder();
        foreach (var (name, value) in sorted)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(PrometheusText.Name(name)).Append("=\"").Append(PrometheusText.Escape(Text(value))).Append('"');
        }

        return text.ToString();
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        _ => value.ToString() ?? "",
    };
}

/// <summary>The measurements of one set of labels.</summary>
internal sealed class Series(IReadOnlyList<double> bounds)
{
    private readonly Lock _lock = new();
    private readonly long[] _buckets = new long[bounds.Count + 1];
    private double _sum;

    public void Set(double value)
    {
        lock (_lock) _sum = value;
    }

    public void Add(double value)
    {
        lock (_lock) _sum += value;
    }

    public void Observe(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Count && value > bounds[bucket]) bucket++;
        lock (_lock)
        {
            _buckets[bucket]++;
            _sum += value;
        }
    }

    /// <summary>The value, or the sum of a histogram with the counts of its buckets.</summary>
    public (double Sum, long[] Buckets) Read()
    {
        lock (_lock) return (_sum, [.. _buckets]);
    }
}
