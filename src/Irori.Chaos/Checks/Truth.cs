using Irori.Chaos.Actors;
using Irori.Core;
using Irori.Core.Commands;
using Irori.Core.History;
using Irori.Core.Links;
using Irori.Core.States;
using Irori.Storage;

namespace Irori.Chaos.Checks;

/// <summary>What the database says of a device's state.</summary>
/// <param name="Reported">Its count of reports.</param>
/// <param name="Commanded">The newest command that changed it.</param>
/// <param name="Epoch">The number of its link.</param>
/// <param name="Online">Whether it is online.</param>
internal sealed record Stored(long Reported, long Commanded, long Epoch, bool Online);

/// <summary>Reads the database, past the nodes.</summary>
internal static class Truth
{
    private const int Page = 5_000;
    private const int Most = 1_000_000;

    /// <summary>The state of a device now.</summary>
    public static Task<Stored> StateAsync(IroriDatabase database, Device device, CancellationToken cancel) => database.ReadAsync(
        async s =>
        {
            var values = StateText.ReadValues(await s.Devices.FindStateAsync(device.Made.No));
            var link = await s.Links.FindAsync(device.Made.No);
            return new Stored(Number(values, Device.Reported), Number(values, Device.Commanded), link?.Epoch ?? 0, link is { Online: true });
        },
        cancel);

    /// <summary>Every stored value of a counting property.</summary>
    public static async Task<IReadOnlyList<long>> PointsAsync(IroriDatabase database, Device device, string property, CancellationToken cancel)
    {
        var all = new List<long>();
        for (PointCursor? after = null; ;)
        {
            var page = await database.ReadAsync(s => s.History.PointsAsync(device.Made.No, property, 0, long.MaxValue, after, Page), cancel);
            all.AddRange(page.Select(p => long.Parse(p.Value)));
            if (page.Count < Page) return all;
            after = new PointCursor(page[^1].Arrival, page[^1].Seq);
        }
    }

    /// <summary>Every recorded command.</summary>
    public static Task<IReadOnlyList<CommandRecord>> CommandsAsync(IroriDatabase database, Device device, CancellationToken cancel) =>
        database.ReadAsync(s => s.Commands.ListAsync(device.Made.No, Most), cancel);

    /// <summary>How often the device was told offline under a link.</summary>
    public static async Task<int> OfflinesAsync(IroriDatabase database, Device device, long epoch, CancellationToken cancel) =>
        (await database.ReadAsync(s => s.Links.PresenceAsync(device.Made.No, Most), cancel)).Count(p => p.Kind == PresenceKind.Offline && p.Epoch == epoch);

    private static long Number(Dictionary<string, StateValue> values, string name) => values.TryGetValue(name, out var value) ? long.Parse(value.Json) : 0;
}
