using Irori.Core.Bindings;
using Irori.Core.Homes;
using Irori.Core.Outbox;

namespace Irori.Core.Devices;

/// <summary>What people change of a device that they have: its name, its room, its tags, and what they want of it.</summary>
public sealed class DeviceEditor(IDatabase database)
{
    /// <summary>Most characters of JSON that a device's tags may have.</summary>
    public const int MaxTags = 16 * 1024;

    /// <summary>
    /// Gives a device a name and puts it into a room of the home in which this person has it; null leaves either as it is,
    /// an empty room takes it out of any. <see cref="FaultKind.NotAllowed"/>: only the owner gives the name.
    /// </summary>
    public Task<Result<VisibleDevice>> ChangeInfoAsync(Principal who, string deviceId, string? name, string? roomId, CancellationToken cancel) =>
        ChangeAsync(
            who,
            deviceId,
            async (s, device) =>
            {
                if (name is not null)
                {
                    if (device.Role != Role.Owner) return Fault.NotAllowed("Only the owner gives a device its name");
                    await s.Devices.RenameAsync(device.No, name);
                    await s.Bindings.SetAliasAsync(who.Account.No, device.No, alias: null);
                }

                return roomId is null ? new Done() : await PlaceAsync(s, who, device, roomId);
            },
            cancel);

    /// <summary>
    /// Replaces a device's tags by a JSON object, or lays it over them. <see cref="FaultKind.NotAllowed"/>: only the owner does.
    /// </summary>
    public Task<Result<VisibleDevice>> ChangeTagsAsync(Principal who, string deviceId, string tags, bool merge, CancellationToken cancel) => ChangeAsync(
        who,
        deviceId,
        async (s, device) =>
        {
            if (device.Role != Role.Owner) return Fault.NotAllowed("Only the owner changes the tags of a device");
            // The row is locked, so that two who merge at once lose nothing.
            var known = await s.Devices.LockTagsAsync(device.No);
            var changed = JsonMerge.Lay(merge ? known : "{}", tags);
            if (changed.Length > MaxTags) return new Fault(FaultKind.LimitReached, $"The tags of a device have at most {MaxTags} characters", "tags");
            await s.Devices.SetTagsAsync(device.No, changed);
            return new Done();
        },
        cancel);

    /// <summary>
    /// Lays a JSON object over this person's settings of devices, of all or of none, and answers them in this order. What the owner says of
    /// <paramref name="keepsOperations"/> holds for the device: whether the history of operations is kept. <paramref name="wishes"/> reads from all settings which ask to be told
    /// of something.
    /// </summary>
    public Task<Result<IReadOnlyList<VisibleDevice>>> ChangeSettingsAsync(
        Principal who, IReadOnlyCollection<string> deviceIds, string settings, Func<string, Wishes> wishes, bool? keepsOperations, CancellationToken cancel) =>
        database.WriteAsync<IReadOnlyList<VisibleDevice>>(
            async s =>
            {
                var ids = deviceIds.Distinct(StringComparer.Ordinal).ToList();
                // Of two who change them at once, each sees what the one before has done, and nobody takes them away in between.
                await s.Homes.LockAsync(who.Account.No);
                await s.Bindings.LockAsync(who.Account.No, ids);
                var found = await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, ids);
                if (found.Count < ids.Count) return Fault.NotVisible("device");
                foreach (var device in found.OrderBy(d => d.No))
                {
                    var all = JsonMerge.Lay(device.Settings, settings);
                    await s.Bindings.SetSettingsAsync(who.Account.No, device.No, all, wishes(all));
                    if (device.Role == Role.Owner && keepsOperations is { } keeps) await s.Devices.SetKeepsOperationsAsync(device.No, keeps);
                }

                var changed = (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, ids)).ToDictionary(d => d.Id, StringComparer.Ordinal);
                return ids.ConvertAll(id => changed[id]);
            },
            cancel);

    private static async Task<Result<Done>> PlaceAsync(IStores stores, Principal who, VisibleDevice device, string roomId)
    {
        if (!(await HomeService.ResolveAsync(stores, who.Account.No, device.HomeId, roomId.Length > 0 ? roomId : null)).Try(out var place, out var fault)) return fault;
        if (device.HomeId is null) await HomeService.PlaceAsync(stores, who.Account.No, place.Home, place.Room, device.No, End.Front);
        else await stores.Homes.PlaceAsync(who.Account.No, place.Home.No, place.Room?.No, device.No, device.Rank);
        return new Done();
    }

    private Task<Result<VisibleDevice>> ChangeAsync(
        Principal who, string deviceId, Func<IStores, VisibleDevice, Task<Result<Done>>> change, CancellationToken cancel) =>
        database.WriteAsync<VisibleDevice>(
            async s =>
            {
                // His places stay where they are in between.
                await s.Homes.LockAsync(who.Account.No);
                if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId) is not { } device) return Fault.NotVisible("device");
                if ((await change(s, device)).Fault is { } fault) return fault;
                return (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId))!;
            },
            cancel);
}
