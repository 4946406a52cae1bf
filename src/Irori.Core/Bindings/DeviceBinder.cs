using Irori.Core.Devices;
using Irori.Core.Homes;
using Irori.Core.Products;

namespace Irori.Core.Bindings;

/// <summary>Fields by which a dialect tells faults of bindings apart.</summary>
public static class BindingFields
{
    /// <summary><see cref="FaultKind.NotVisible"/>: the device is seen, but nobody such uses it.</summary>
    public const string Guest = "guest";

    /// <summary><see cref="FaultKind.Invalid"/>: it is oneself.</summary>
    public const string Self = "self";

    /// <summary><see cref="FaultKind.NotAllowed"/>: the device is switched off by the operator.</summary>
    public const string Disabled = "disabled";
}

/// <summary>What somebody says who binds a device.</summary>
/// <param name="Alias">His own name for it; null: as the owner calls it.</param>
/// <param name="Remark">His remark; null: none.</param>
/// <param name="BecomesOwner">In an open product: others will need a share. Only of a device that nobody has.</param>
public sealed record NewBinding(string? Alias = null, string? Remark = null, bool BecomesOwner = false);

/// <summary>A bound device, and whether it was bound before.</summary>
public sealed record BoundDevice(VisibleDevice Device, bool WasBound);

/// <summary>Somebody who may use a device, as its owner sees him.</summary>
public sealed class DeviceUser
{
    /// <summary>Id of his account.</summary>
    public required string Id { get; init; }

    /// <summary>His chosen name, or null.</summary>
    public string? Name { get; init; }

    /// <summary>His phone number in E.164, or null.</summary>
    public string? Phone { get; init; }

    /// <summary>His e-mail address, or null.</summary>
    public string? Email { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }
}

/// <summary>
/// Binds devices for those who prove to hold an app of the product, or a code that stands on the device, by the product's binding mode; what a person keeps
/// of a device that he has; and who else uses it.
/// </summary>
public sealed class DeviceBinder(IDatabase database, BindingService bindings)
{
    /// <summary>Longest own name, in characters.</summary>
    public const int MaxAlias = 64;

    /// <summary>Longest remark, in characters.</summary>
    public const int MaxRemark = 256;

    /// <summary>Most labels of a device, and most characters of one.</summary>
    public const int MaxLabels = 32;

    /// <summary>Most devices, or people, of one page.</summary>
    public const int MaxPage = 500;

    /// <summary>
    /// Binds the device of a product that has a MAC. Faults: not visible; <see cref="FaultKind.NotAllowed"/> when it is switched off;
    /// <see cref="FaultKind.AlreadyBound"/> when it has an owner and takes nobody else without a share.
    /// </summary>
    public Task<Result<BoundDevice>> BindByMacAsync(Principal who, ProductView product, string mac, NewBinding wanted, CancellationToken cancel) =>
        BindAsync(who, s => FindByMacAsync(s, product, mac), wanted, cancel);

    /// <summary>Binds the device of an id, whose code was read from it. Faults as <see cref="BindByMacAsync"/>.</summary>
    public Task<Result<BoundDevice>> BindAsync(Principal who, string deviceId, NewBinding wanted, CancellationToken cancel) =>
        BindAsync(who, s => s.Devices.FindAsync(deviceId), wanted, cancel);

    /// <summary>Changes a person's own name, remark and labels of a device that he has; null leaves a value, an empty name is the owner's again.</summary>
    public async Task<Result<VisibleDevice>> ChangeAsync(
        Principal who, string deviceId, string? alias, string? remark, IReadOnlyList<string>? labels, CancellationToken cancel)
    {
        if (Check(alias, remark, labels) is { } wrong) return wrong;
        return await database.WriteAsync<VisibleDevice>(
            async s =>
            {
                if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId) is not { } device) return Fault.NotVisible("device");
                if (alias is not null) await s.Bindings.SetAliasAsync(who.Account.No, device.No, alias.Length > 0 ? alias : null);
                await s.Bindings.SetOwnWordsAsync(who.Account.No, device.No, remark, labels);
                return await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId) is { } changed ? changed : Fault.NotVisible("device");
            },
            cancel);
    }

    /// <summary>Devices of a person through an app, in the order in which they were made, with those that are switched off or without.</summary>
    public Task<IReadOnlyList<VisibleDevice>> ListAsync(Principal who, bool disabledToo, int skip, int limit, CancellationToken cancel) =>
        database.ReadAsync(s => s.Bindings.ListBoundAsync(who.Account.No, who.App.No, disabledToo, Math.Max(skip, 0), Math.Clamp(limit, 1, MaxPage)), cancel);

    /// <summary>Guests of a device, the first first. <see cref="FaultKind.NotAllowed"/>: only its owner sees them.</summary>
    public Task<Result<IReadOnlyList<DeviceUser>>> GuestsAsync(Principal who, string deviceId, CancellationToken cancel) => database.ReadAsync<Result<IReadOnlyList<DeviceUser>>>(
        async s =>
        {
            if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId) is not { } device) return Fault.NotVisible("device");
            return device.Role == Role.Owner
                ? Result.Of(await s.Bindings.UsersAsync(device.No, Role.Guest, MaxPage))
                : Fault.NotAllowed("Only the owner sees the guests of a device");
        },
        cancel);

    /// <summary>
    /// Ends a guest's right. <see cref="FaultKind.NotAllowed"/>: only the owner does. <see cref="FaultKind.NotVisible"/> with
    /// <see cref="BindingFields.Guest"/>: there is no such guest; <see cref="FaultKind.Invalid"/> with <see cref="BindingFields.Self"/>.
    /// </summary>
    public async Task<Result<Done>> RemoveGuestAsync(Principal who, string deviceId, string guestId, CancellationToken cancel)
    {
        IReadOnlyList<EndedBinding> ended = [];
        var removed = await database.WriteAsync<Done>(
            async s =>
            {
                if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId) is not { } device) return Fault.NotVisible("device");
                if (device.Role != Role.Owner) return Fault.NotAllowed("Only the owner removes the guests of a device");
                if (guestId == who.Account.Id) return Fault.Invalid(BindingFields.Self, "The owner is no guest of his device");
                if (await s.Accounts.FindAsync(guestId) is not { } guest || await s.Bindings.FindAsync(guest.No, device.No) is not { Role: Role.Guest })
                    return Fault.NotVisible("guest") with { Field = BindingFields.Guest };
                ended = await bindings.EndAsync(s, device.No, guest.No, EndReason.ShareWithdrawn);
                return new Done();
            },
            cancel);
        if (removed.IsOk) bindings.Announce(ended);
        return removed;
    }

    private async Task<Result<BoundDevice>> BindAsync(Principal who, Func<IStores, Task<Device?>> find, NewBinding wanted, CancellationToken cancel)
    {
        if (Check(wanted.Alias, wanted.Remark, labels: null) is { } wrong) return wrong;
        var joined = new Joined(Role.Owner, WasBound: true);
        var deviceNo = 0L;
        var bound = await database.WriteAsync<BoundDevice>(
            async s =>
            {
                if (await find(s) is not { } device) return Fault.NotVisible("device");
                if (device.Lifecycle == Lifecycle.Disabled) return Fault.NotAllowed("The device is switched off") with { Field = BindingFields.Disabled };
                // His places first, as everywhere: nobody waits for the other's row.
                await s.Homes.LockAsync(who.Account.No);
                if (!(await bindings.JoinAsync(s, who.Account.No, device.No, wanted.BecomesOwner)).Try(out joined, out var fault)) return fault;
                deviceNo = device.No;
                if (wanted.Alias is { Length: > 0 } alias) await s.Bindings.SetAliasAsync(who.Account.No, device.No, alias);
                await s.Bindings.SetOwnWordsAsync(who.Account.No, device.No, wanted.Remark, labels: null);
                return await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, device.Id) is { } visible
                    ? new BoundDevice(visible, joined.WasBound)
                    : Fault.NotVisible("device");
            },
            cancel);
        if (bound.IsOk && !joined.WasBound) bindings.AnnounceJoined(deviceNo, joined.Role);
        return bound;
    }

    // A device without a recorded MAC goes by its id.
    private static async Task<Device?> FindByMacAsync(IStores stores, ProductView product, string mac)
    {
        foreach (var text in DeviceService.MacNames(mac))
        {
            if (await stores.Devices.FindByNameAsync(text) is { } named && named.Product == product.Product.No) return named;
        }

        return await stores.Devices.FindAsync(mac) is { } device && device.Product == product.Product.No && device.FactoryData().Mac.Length == 0 ? device : null;
    }

    private static Fault? Check(string? alias, string? remark, IReadOnlyList<string>? labels)
    {
        if (alias?.Length > MaxAlias) return Fault.Invalid("dev_alias", $"dev_alias has at most {MaxAlias} characters");
        if (remark?.Length > MaxRemark) return Fault.Invalid("remark", $"remark has at most {MaxRemark} characters");
        return labels is not null && (labels.Count > MaxLabels || labels.Any(l => l.Length > MaxLabels))
            ? Fault.Invalid("dev_label", $"dev_label has at most {MaxLabels} labels of at most {MaxLabels} characters")
            : null;
    }
}
