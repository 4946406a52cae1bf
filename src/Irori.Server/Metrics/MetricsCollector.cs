using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Irori.Core;

namespace Irori.Server.Metrics;

/// <summary>Listens to the meters of Irori and of what it runs on, for the Prometheus page.</summary>
internal sealed class MetricsCollector : IDisposable
{
    /// <summary>The meters that are shown and exported.</summary>
    public static readonly IReadOnlyList<string> Meters =
        [IroriMeter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    private readonly Lock _page = new();
    private readonly ConcurrentDictionary<Instrument, Measured> _measured = new();
    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _meters;

    public MetricsCollector(IMeterFactory meters)
    {
        _meters = meters;
        _listener.InstrumentPublished = Listen;
        _listener.MeasurementsCompleted = (instrument, state) => _measured.TryRemove(new(instrument, (Measured)state!));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => ((Measured)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => ((Measured)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => ((Measured)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>The page as it is now.</summary>
    public string Write()
    {
        lock (_page)
        {
            foreach (var measured in _measured.Values) measured.Forget();
            _listener.RecordObservableInstruments();
            return PrometheusText.Write(_measured.Values);
        }
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>True for the meters of the process and of this server; another server in the process has its own.</summary>
    internal static bool Belongs(Instrument instrument, IMeterFactory meters) =>
        Meters.Contains(instrument.Meter.Name) && (instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, meters));

    private void Listen(Instrument instrument, MeterListener listener)
    {
        if (!Belongs(instrument, _meters)) return;
        var measured = new Measured(instrument);
        _measured[instrument] = measured;
        listener.EnableMeasurementEvents(instrument, measured);
    }
}
