using Irori.Chaos.Actors;
using Irori.Storage;

namespace Irori.Chaos.Checks;

/// <summary>Every feed shows what the database says.</summary>
internal static class FeedCheck
{
    /// <summary>Reads the states of all devices.</summary>
    public static async Task<IReadOnlyList<(Device Device, Stored Stored)>> ReadAsync(IroriDatabase database, Crew crew, CancellationToken cancel)
    {
        var all = new List<(Device, Stored)>();
        foreach (var device in crew.Devices) all.Add((device, await Truth.StateAsync(database, device, cancel)));
        return all;
    }

    /// <summary>Null when every feed shows at least these states; else what is missing.</summary>
    public static string? Behind(Crew crew, IReadOnlyList<(Device Device, Stored Stored)> stored) => First(
        crew, stored, (shown, s) => shown.Reported < s.Reported || shown.Commanded < s.Commanded);

    /// <summary>Null when every feed shows exactly these states and who is online; else what differs.</summary>
    public static string? Differs(Crew crew, IReadOnlyList<(Device Device, Stored Stored)> stored) => First(
        crew, stored, (shown, s) => shown.Reported != s.Reported || shown.Commanded != s.Commanded || shown.Online != s.Online);

    private static string? First(Crew crew, IReadOnlyList<(Device Device, Stored Stored)> stored, Func<Shown, Stored, bool> isWrong)
    {
        var wrong = (from listener in crew.Listeners from s in stored let shown = listener.Of(s.Device) where isWrong(shown, s.Stored) select (listener, s, shown)).ToList();
        if (wrong.Count == 0) return null;
        var (where, what, seen) = wrong[0];
        return $"{wrong.Count} times a feed differs from the database; for instance of {what.Device.Made.Id} (connected to node-{what.Device.Connection?.Node + 1}) the feed on node-{where.Number + 1} shows "
            + $"n = {seen.Reported}, c = {seen.Commanded}, online {seen.Online}, and the database has n = {what.Stored.Reported}, c = {what.Stored.Commanded}, online {what.Stored.Online}";
    }
}
