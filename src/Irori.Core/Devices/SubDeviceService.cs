using Irori.Core.Bindings;
using Irori.Core.Feeds;
using Irori.Core.Homes;
using Irori.Core.Installation;
using Irori.Core.Outbox;
using Irori.Core.Products;

namespace Irori.Core.Devices;

/// <summary>A gateway says that a device has joined it.</summary>
/// <param name="Name">By which the dialect knows the device.</param>
/// <param name="Product">By which the dialect knows its product, for one that is not in the records yet.</param>
public sealed record JoiningDevice(DeviceName Name, ProductName Product);

/// <summary>A device behind a gateway, with the id of its owner's account; null when nobody owns it.</summary>
public sealed record SubDevice(Device Device, ProductView Product, string? OwnerId);

/// <summary>Somebody adds a device behind a gateway of his.</summary>
/// <param name="GatewayId">The gateway.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Holds">Whether the proof fits a key; must compare in constant time. The device's own key always proves, that of the gateway does behind which it is.</param>
/// <param name="Name">The owner's name for it.</param>
/// <param name="Settings">His settings, a JSON object.</param>
public sealed record AddSubDevice(string GatewayId, string DeviceId, Func<string, bool> Holds, string Name, string Settings = "{}");

/// <summary>A device that somebody owns behind a gateway, as lists of the gateway show it: reaching it takes a binding to itself.</summary>
public sealed class ListedSubDevice
{
    /// <summary>Internal key of the gateway.</summary>
    public required long Parent { get; init; }

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Internal key of its product.</summary>
    public required long Product { get; init; }

    /// <summary>Factory record, JSON.</summary>
    public required string Factory { get; init; }
}

/// <summary>
/// Devices behind gateways. Each has its own id, binding, key and link; it is the gateway's owner's when it joins and belongs to nobody, and both may
/// part later: then the gateway goes on carrying it. Who loses a gateway loses what is his behind it (<see cref="BindingService"/>).
/// </summary>
public sealed class SubDeviceService(IDatabase database, KeyRing keys, BindingService bindings, HomeMembers members, DeviceService devices, IBus bus, TimeProvider time)
{
    /// <summary>Most devices behind one gateway.</summary>
    public const int MaxOfGateway = 128;

    private const int MaxMints = 8;

    /// <summary>
    /// A device has joined a gateway, from whatever other one. Faults: <see cref="FaultKind.NotManufactured"/> (not in the records, and its product cannot be adopted),
    /// <see cref="FaultKind.AlreadyBound"/> (another account than the gateway's owner has it), <see cref="FaultKind.LimitReached"/>, <see cref="FaultKind.NotAllowed"/> (nobody owns the
    /// gateway).
    /// </summary>
    public async Task<Result<SubDevice>> JoinAsync(long gateway, JoiningDevice joining, CancellationToken cancel)
    {
        IReadOnlyList<EndedBinding> ended = [];
        IReadOnlyList<long> changed = [];
        long? fenced = null;
        var taken = false;
        var joined = await database.WriteAsync<SubDevice>(
            async s =>
            {
                if (await LockOwnerAsync(s, gateway) is not { } owner) return Fault.NotAllowed("Nobody owns the gateway");
                if (!(await FindOrAdoptAsync(s, joining)).Try(out var device, out var fault)) return fault;
                var bound = (await s.Bindings.OfDeviceAsync(device.No)).FirstOrDefault(b => b.Role == Role.Owner);
                if (bound is not null && bound.Account != owner) return new Fault(FaultKind.AlreadyBound, "The device belongs to another account");
                if (!(await MoveAsync(s, gateway, device)).Try(out fenced, out fault)) return fault;
                if (bound is null)
                {
                    ended = await bindings.TakeAsync(s, owner, device.No, "{}", Wishes.Alarms);
                    taken = true;
                    changed = await PlaceBesideAsync(s, owner, gateway, device.No);
                }

                return (await FindAsync(s, device.No))!;
            },
            cancel);
        if (!joined.Try(out var sub, out _)) return joined;
        if (taken) bindings.AnnounceTaken(sub.Device.No, ended);
        members.Announce(changed);
        if (fenced is { } epoch) bus.Publish(new LinkOpened(sub.Device.No, epoch));
        return joined;
    }

    /// <summary>A device has left a gateway for good: where both are the same account's, it loses the device. <see cref="FaultKind.NotVisible"/>: it was not there.</summary>
    public async Task<Result<Device>> LeaveAsync(long gateway, DeviceName? name, string? id, CancellationToken cancel)
    {
        IReadOnlyList<EndedBinding> ended = [];
        var left = await database.WriteAsync<Device>(
            async s =>
            {
                var owner = await LockOwnerAsync(s, gateway);
                if (await FindBehindAsync(s, gateway, name, id) is not { } device) return Fault.NotVisible("device");
                await s.Devices.SetParentAsync(device.No, parent: null);
                await s.Devices.FenceAsync(device.No, time.GetUtcNow());
                var bound = (await s.Bindings.OfDeviceAsync(device.No)).FirstOrDefault(b => b.Role == Role.Owner);
                if (bound is not null && bound.Account == owner) ended = await bindings.EndAsync(s, device.No, bound.Account, EndReason.Unbound);
                return device;
            },
            cancel);
        if (left.IsOk) bindings.Announce(ended);
        return left;
    }

    /// <summary>A device behind a gateway by name or id; <see cref="FaultKind.NotVisible"/> when there is none.</summary>
    public async Task<Result<SubDevice>> FindAsync(long gateway, DeviceName? name, string? id, CancellationToken cancel) => await database.ReadAsync<Result<SubDevice>>(
        async s => await FindBehindAsync(s, gateway, name, id) is { Lifecycle: not Lifecycle.Disabled } device ? (await FindAsync(s, device.No))! : Fault.NotVisible("device"),
        cancel);

    /// <summary>The owned devices behind gateways, by gateway.</summary>
    public async Task<ILookup<long, ListedSubDevice>> ListAsync(IReadOnlyCollection<long> gateways, CancellationToken cancel)
    {
        IReadOnlyList<ListedSubDevice> found = gateways.Count == 0 ? [] : await database.ReadAsync(s => s.Devices.ListBehindAsync(gateways), cancel);
        return found.ToLookup(d => d.Parent);
    }

    /// <summary>
    /// Adds a device behind a gateway to the account of the gateway's owner. Faults: not visible (the gateway), <see cref="FaultKind.NotAllowed"/> (a gateway of somebody
    /// else), <see cref="FaultKind.NotManufactured"/>, <see cref="FaultKind.WrongProof"/>, <see cref="FaultKind.AlreadyBound"/>, <see cref="FaultKind.LimitReached"/>.
    /// </summary>
    public async Task<Result<VisibleDevice>> AddAsync(Principal who, AddSubDevice wanted, CancellationToken cancel)
    {
        IReadOnlyList<EndedBinding> ended = [];
        IReadOnlyList<long> changed = [];
        (long Device, long Epoch)? moved = null;
        var added = await database.WriteAsync<VisibleDevice>(
            async s =>
            {
                if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, wanted.GatewayId) is not { } gateway) return Fault.NotVisible("gateway");
                if (gateway.Role != Role.Owner || await LockOwnerAsync(s, gateway.No) != who.Account.No) return Fault.NotAllowed("Only the owner of a gateway adds devices behind it");
                if (await s.Devices.FindAsync(wanted.DeviceId) is not { Lifecycle: not Lifecycle.Disabled } device) return new Fault(FaultKind.NotManufactured, "The device is not in the records");
                var behind = device.Parent == gateway.No;
                if (!await ProvesAsync(s, device.No, who, wanted) && !(behind && await ProvesAsync(s, gateway.No, who, wanted)))
                    return new Fault(FaultKind.WrongProof, "The proof of the device's or its gateway's key is wrong", AddFields.Digest);
                // The name first: this takes the device's row, so that of several who add it at once each sees what the one before has done.
                await s.Devices.RenameAsync(device.No, wanted.Name);
                if ((await s.Bindings.OfDeviceAsync(device.No)).Any(b => b.Role == Role.Owner)) return new Fault(FaultKind.AlreadyBound, "The device belongs to an account already");
                if (!(await MoveAsync(s, gateway.No, device)).Try(out var epoch, out var fault)) return fault;
                if (epoch is { } fence) moved = (device.No, fence);
                ended = await bindings.TakeAsync(s, who.Account.No, device.No, wanted.Settings, Wishes.Alarms);
                changed = await PlaceBesideAsync(s, who.Account.No, gateway.No, device.No);
                return await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, device.Id) is { } visible
                    ? visible
                    : new Fault(FaultKind.AppRefused, "this app does not support of adding this brand and its device", AddFields.Brand);
            },
            cancel);
        if (!added.IsOk) return added;
        bindings.Announce(ended);
        members.Announce(changed);
        if (moved is { } known) bus.Publish(new LinkOpened(known.Device, known.Epoch));
        return added;
    }

    // The owner of a gateway; his places and the gateway's row stay as they are until this unit of work ends.
    private static async Task<long?> LockOwnerAsync(IStores stores, long gateway)
    {
        if (await OwnerAsync(stores, gateway) is not { } owner) return null;
        await stores.Homes.LockAsync(owner);
        await stores.Devices.LockAsync(gateway);
        return await OwnerAsync(stores, gateway) == owner ? owner : null;
    }

    private static async Task<long?> OwnerAsync(IStores stores, long device) =>
        (await stores.Bindings.OfDeviceAsync(device)).FirstOrDefault(b => b.Role == Role.Owner)?.Account;

    private async Task<bool> ProvesAsync(IStores stores, long device, Principal who, AddSubDevice wanted) =>
        await stores.Devices.FindCredentialAsync(device, who.App.Dialect, DeviceService.KeyCredential) is { } secret && wanted.Holds(keys.DecryptText(secret));

    // Answers the epoch that fences off the link over another gateway, if it had one.
    private async Task<Result<long?>> MoveAsync(IStores stores, long gateway, Device device)
    {
        if (device.Parent == gateway) return default(long?);
        if (device.No == gateway) return Fault.Invalid("gateway", "A gateway is not behind itself");
        if (await stores.Devices.CountBehindAsync(gateway) >= MaxOfGateway) return new Fault(FaultKind.LimitReached, $"At most {MaxOfGateway} devices are behind a gateway", "subDevices");
        await stores.Devices.SetParentAsync(device.No, gateway);
        return await stores.Devices.FenceAsync(device.No, time.GetUtcNow());
    }

    // In the home in which the gateway stands; one that stands nowhere yet has them where everything new appears.
    private async Task<IReadOnlyList<long>> PlaceBesideAsync(IStores stores, long account, long gateway, long device)
    {
        if (await stores.Homes.FindPlacementAsync(account, gateway) is not { } home) return [];
        var rank = await stores.Homes.RankRangeAsync(home) is { } range ? range.Max + 1 : 0;
        return await members.PlaceAsync(stores, account, home, room: null, device, rank);
    }

    private async Task<Result<Device>> FindOrAdoptAsync(IStores stores, JoiningDevice joining)
    {
        var unknown = new Fault(FaultKind.NotManufactured, "The device is not in the records, and no product takes it up");
        if (await stores.Devices.FindByNameAsync(joining.Name) is { } known) return known.Lifecycle == Lifecycle.Disabled ? unknown : known;
        if (await stores.Products.FindByNameAsync(joining.Product) is not { Product.Adopts: true } product) return unknown;
        for (var mint = 0; mint < MaxMints; mint++)
        {
            var made = new NewDevice(Ids.SubDevice(), product.Product.Id, Key: null, new FactoryData { Mac = joining.Name.Value }) { Source = DeviceSource.Adopted, Names = [joining.Name] };
            if (await devices.AddRowAsync(stores, made, product, Ids.DeviceKey()) is not { } device) continue;
            // Over another gateway it has joined at the same time: that one has given it its id, and this one asks again.
            return (await stores.Devices.FindByNameAsync(joining.Name))?.No == device.No ? device : new Fault(FaultKind.Unavailable, "The device joins another gateway");
        }

        return unknown;
    }

    private static async Task<Device?> FindBehindAsync(IStores stores, long gateway, DeviceName? name, string? id)
    {
        var device = id is not null ? await stores.Devices.FindAsync(id) : name is not null ? await stores.Devices.FindByNameAsync(name) : null;
        return device?.Parent == gateway ? device : null;
    }

    private static async Task<SubDevice?> FindAsync(IStores stores, long no) => await stores.Devices.FindAsync(no) is { } device
        ? new SubDevice(device, (await stores.Products.FindAsync(device.Product))!, (await stores.Bindings.ViewersAsync(no)).OwnerId)
        : null;
}
