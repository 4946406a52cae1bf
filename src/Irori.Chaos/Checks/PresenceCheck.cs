using Irori.Chaos.Actors;
using Irori.Storage;

namespace Irori.Chaos.Checks;

/// <summary>Devices that stay connected to nodes that keep their lease are never told offline.</summary>
internal sealed class PresenceCheck
{
    private readonly List<(Device Device, Connection Connection, long Epoch, int Offlines)> _before = [];
    private readonly TimeSpan _begun = Moment.Now;
    private readonly Crew _crew;

    private PresenceCheck(Crew crew) => _crew = crew;

    /// <summary>Notes how it is before a fault.</summary>
    public static async Task<PresenceCheck> BeginAsync(IroriDatabase database, Crew crew, CancellationToken cancel)
    {
        var check = new PresenceCheck(crew);
        foreach (var device in crew.Devices)
        {
            if (device.Connection is not { } connection) continue;
            var epoch = (await Truth.StateAsync(database, device, cancel)).Epoch;
            check._before.Add((device, connection, epoch, await Truth.OfflinesAsync(database, device, epoch, cancel)));
        }

        return check;
    }

    /// <summary>Answers what is wrong since then; devices of silenced nodes do not count.</summary>
    public async Task<IReadOnlyList<string>> EndAsync(IroriDatabase database, IReadOnlySet<int> silenced, CancellationToken cancel)
    {
        var wrong = new List<string>();
        foreach (var (device, connection, epoch, offlines) in _before)
        {
            if (silenced.Contains(connection.Node) || device.Connection != connection) continue;
            if (await Truth.OfflinesAsync(database, device, epoch, cancel) > offlines) wrong.Add($"{device.Made.Id} stayed connected and was written down as offline");
            foreach (var listener in _crew.Listeners.Where(l => l.Offline.Any(o => o.Device == device && o.At >= _begun)))
                wrong.Add($"{device.Made.Id} stayed connected, and the feed on node-{listener.Number + 1} was told that it is offline");
        }

        return wrong;
    }
}
