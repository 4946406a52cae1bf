using System.Diagnostics.Metrics;
using Irori.Core;
using Irori.Core.Feeds;
using Irori.Core.Links;
using Irori.Server.Health;

namespace Irori.Server.Metrics;

/// <summary>What is read off this node when somebody looks.</summary>
internal sealed class NodeGauges
{
    public NodeGauges(IMeterFactory meters, LinkService links, FeedHub feeds, LeaseKeeper lease, IBus bus, DiskWatch disk)
    {
        var meter = meters.Create(IroriMeter.Name);
        meter.CreateObservableGauge("irori.links", () => links.Count, "{link}", "Devices connected to this node");
        meter.CreateObservableGauge("irori.feeds", () => feeds.Count, "{feed}", "Apps connected to this node for events");
        meter.CreateObservableGauge("irori.bus.connected", () => bus.Connected ? 1 : 0, "{node}", "Whether this node hears the others: 1 or 0");
        meter.CreateObservableGauge("irori.lease.age", () => lease.Age.TotalSeconds, "s", "Time since this node renewed its lease");
        meter.CreateObservableGauge("irori.storage.free", () => Known(disk.Room?.Free), "By", "Bytes that the database can still write, where that is known");
        meter.CreateObservableGauge("irori.storage.size", () => Known(disk.Room?.Total), "By", "Bytes of the disk that the database stands on, where that is known");
        meter.CreateObservableGauge("irori.storage.log", () => Known(disk.Room?.LogSize), "By", "Bytes of SQLite's write-ahead log");
    }

    private static IEnumerable<Measurement<long>> Known(long? value) => value is { } known ? [new(known)] : [];
}
