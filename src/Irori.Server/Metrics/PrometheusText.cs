using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Irori.Server.Metrics;

/// <summary>The Prometheus exposition format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Every instrument that has measured something, in the order of the names.</summary>
    public static string Write(IEnumerable<Measured> measured)
    {
        var text = new StringBuilder();
        foreach (var one in measured.OrderBy(m => Name(m), StringComparer.Ordinal))
        {
            var series = one.Series.ToList();
            if (series.Count == 0) continue;
            var name = Name(one);
            text.Append("# HELP ").Append(name).Append(' ').Append(EscapeHelp(one.Instrument.Description ?? "")).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(TypeOf(one.Kind)).Append('\n');
            foreach (var (labels, values) in series) Write(text, name, labels, one, values);
        }

        return text.ToString();
    }

    /// <summary>The name on the page: dots become underscores, the unit follows, and counters end in _total.</summary>
    public static string Name(Measured measured) => Name(measured.Instrument, measured.Kind);

    /// <summary>Letters, digits and underscores, not beginning with a digit.</summary>
    public static string Name(string name)
    {
        var clean = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return clean.Length == 0 || char.IsAsciiDigit(clean[0]) ? '_' + clean : clean;
    }

    /// <summary>A label's value inside its quotes.</summary>
    public static string Escape(string value) => EscapeHelp(value).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string EscapeHelp(string text) => text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Name(Instrument instrument, MeasuredKind kind)
    {
        var name = Name(instrument.Name);
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        if (!name.EndsWith(unit, StringComparison.Ordinal)) name += unit;
        return kind == MeasuredKind.Counter ? name + "_total" : name;
    }

    private static string TypeOf(MeasuredKind kind) => kind switch
    {
        MeasuredKind.Counter => "counter",
        MeasuredKind.Histogram => "histogram",
        _ => "gauge",
    };

    private static void Write(StringBuilder text, string name, string labels, Measured measured, Series series)
    {
        var (sum, buckets) = series.Read();
        if (measured.Kind != MeasuredKind.Histogram)
        {
            Line(text, name, labels, sum);
            return;
        }

        long count = 0;
        for (var i = 0; i < buckets.Length; i++)
        {
            count += buckets[i];
            var bound = i < measured.Bounds.Count ? Number(measured.Bounds[i]) : "+Inf";
            Line(text, name + "_bucket", labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"", count);
        }

        Line(text, name + "_sum", labels, sum);
        Line(text, name + "_count", labels, count);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };
}
