using Irori.Chaos.Actors;
using Irori.Storage;

namespace Irori.Chaos.Checks;

/// <summary>No acknowledged report is lost, and none is there twice.</summary>
internal static class ReportCheck
{
    /// <summary>Answers what is wrong.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(IroriDatabase database, IReadOnlyList<Device> devices, CancellationToken cancel)
    {
        var wrong = new List<string>();
        foreach (var device in devices)
        {
            var (acknowledged, sent) = (device.Acknowledged, device.Sent);
            var points = await Truth.PointsAsync(database, device, Device.Reported, cancel);
            var there = points.ToHashSet();
            var lost = Enumerable.Range(1, (int)acknowledged).Count(n => !there.Contains(n));
            if (lost > 0) wrong.Add($"{device.Made.Id}: {lost} acknowledged reports are lost");
            if (there.Count < points.Count) wrong.Add($"{device.Made.Id}: {points.Count - there.Count} reports are there twice");
            if (points.Count > 0 && there.Max() > sent) wrong.Add($"{device.Made.Id}: report {there.Max()} is there and was never sent");
        }

        return wrong;
    }
}
