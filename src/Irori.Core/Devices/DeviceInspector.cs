using Irori.Core.Commands;
using Irori.Core.History;
using Irori.Core.Links;
using Irori.Core.Products;

namespace Irori.Core.Devices;

/// <summary>A device as an operator finds it, with its link.</summary>
public sealed record FoundDevice(Device Device, ProductView Product, LinkRow? Link);

/// <summary>A page of found devices, by id; <paramref name="Next"/> is the id after which the next page begins, or null.</summary>
public sealed record FoundPage(IReadOnlyList<FoundDevice> Devices, string? Next);

/// <summary>Everything that the installation knows of a device, but for its secrets.</summary>
public sealed record InspectedDevice(FoundDevice Found, IReadOnlyList<DeviceName> Names, string? OwnerId)
{
    /// <summary>The newest frames, newest first.</summary>
    public required IReadOnlyList<Frame> Frames { get; init; }

    /// <summary>The newest commands, newest first.</summary>
    public required IReadOnlyList<CommandRecord> Commands { get; init; }

    /// <summary>The newest lines of the log of online and offline, newest first.</summary>
    public required IReadOnlyList<PresenceRow> Presence { get; init; }
}

/// <summary>What only operators of the installation may look at, whoever owns the device. For everybody else it does not exist.</summary>
public sealed class DeviceInspector(IDatabase database)
{
    /// <summary>Most devices of one page.</summary>
    public const int MaxPage = 100;

    /// <summary>Longest text to search for.</summary>
    public const int MaxText = 128;

    private const int Newest = 50;

    /// <summary>Done for an operator, else <see cref="FaultKind.NotVisible"/>.</summary>
    public Task<Result<Done>> CheckAsync(Principal who, CancellationToken cancel) =>
        ReadAsync(who, _ => Task.FromResult<Result<Done>>(new Done()), cancel);

    /// <summary>Devices whose id, name or further name (MAC, chip id ...) starts with the text, by id; all when it is empty.</summary>
    public async Task<Result<FoundPage>> SearchAsync(Principal who, string text, string after, int limit, CancellationToken cancel)
    {
        if (text.Length > MaxText) return Fault.Invalid("text", $"text has at most {MaxText} characters");
        var take = Math.Clamp(limit, 1, MaxPage);
        return await ReadAsync<FoundPage>(
            who,
            async s =>
            {
                var devices = await s.Devices.SearchAsync(text, after, take + 1);
                var found = new List<FoundDevice>();
                foreach (var device in devices.Take(take)) found.Add(await FoundAsync(s, device));
                return new FoundPage(found, devices.Count > take ? found[^1].Device.Id : null);
            },
            cancel);
    }

    /// <summary>A device with its link, names, newest frames and commands.</summary>
    public Task<Result<InspectedDevice>> InspectAsync(Principal who, string deviceId, CancellationToken cancel) => ReadAsync<InspectedDevice>(
        who,
        async s =>
        {
            if (await s.Devices.FindAsync(deviceId) is not { } device) return Fault.NotVisible("device");
            var viewers = await s.Bindings.ViewersAsync(device.No);
            return new InspectedDevice(await FoundAsync(s, device), await s.Devices.NamesAsync(device.No), viewers.OwnerId)
            {
                Frames = await s.History.FramesAsync(device.No, Newest),
                Commands = await s.Commands.ListAsync(device.No, Newest),
                Presence = await s.Links.PresenceAsync(device.No, Newest),
            };
        },
        cancel);

    private static async Task<FoundDevice> FoundAsync(IStores stores, Device device) =>
        new(device, (await stores.Products.FindAsync(device.Product))!, await stores.Links.FindAsync(device.No));

    private Task<Result<T>> ReadAsync<T>(Principal who, Func<IStores, Task<Result<T>>> work, CancellationToken cancel) => database.ReadAsync(
        async s => await s.Accounts.IsOperatorAsync(who.Account.No) ? await work(s) : Fault.NotVisible("page"), cancel);
}
