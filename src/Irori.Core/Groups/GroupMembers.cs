using Irori.Core.Bindings;
using Irori.Core.Commands;
using Irori.Core.Products;

namespace Irori.Core.Groups;

/// <summary>What became of one device of several.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Fault">Why it was not done; null: it was.</param>
public sealed record DeviceOutcome(string DeviceId, Fault? Fault);

/// <summary>
/// Groups without a main device, device by device: folders, and groups of one product that are controlled as one. What fails for one device does not stop the
/// others.
/// </summary>
public sealed class GroupMembers(IDatabase database, CommandService commands, TimeProvider time)
{
    /// <summary>Most groups of an account.</summary>
    public const int MaxGroups = 500;

    /// <summary>Longest name, in characters.</summary>
    public const int MaxName = 64;

    /// <summary>Field of a device's fault when it is of another product than its group.</summary>
    public const string ProductField = "product";

    /// <summary>All groups of a person that he sees through an app, the oldest first.</summary>
    public Task<IReadOnlyList<Group>> ListAsync(Principal who, CancellationToken cancel) =>
        database.ReadAsync(s => s.Groups.ListAllAsync(who.Account.No, who.App.No, MaxGroups), cancel);

    /// <summary>A group of a person.</summary>
    public async Task<Result<Group>> FindAsync(Principal who, string id, CancellationToken cancel) =>
        await database.ReadAsync(s => s.Groups.FindAsync(who.Account.No, who.App.No, id), cancel) is { } group ? group : NoGroup;

    /// <summary>Makes a folder, or a group of devices of a product that are controlled as one.</summary>
    public Task<Result<Group>> CreateAsync(Principal who, string name, ProductView? product, CancellationToken cancel)
    {
        if (Check(name) is { } wrong) return Task.FromResult<Result<Group>>(wrong);
        return database.WriteAsync<Group>(
            async s =>
            {
                // Of two groups that are made at once, each sees the other.
                await s.Homes.LockAsync(who.Account.No);
                var kind = product is null ? GroupKind.Folder : GroupKind.Control;
                if (await s.Groups.CountAsync(who.Account.No, kind) >= MaxGroups) return new Fault(FaultKind.LimitReached, $"An account has at most {MaxGroups} groups", GroupService.CountField);
                var id = Ids.Hex24();
                await s.Groups.AddAsync(new Group { Id = id, Account = who.Account.No, Kind = kind, Product = product?.Product.No, Name = name, Created = time.GetUtcNow() });
                return await s.Groups.FindAsync(who.Account.No, who.App.No, id) is { } made ? made : NoGroup;
            },
            cancel);
    }

    /// <summary>Renames a group.</summary>
    public Task<Result<Done>> RenameAsync(Principal who, string id, string name, CancellationToken cancel) => Check(name) is { } wrong
        ? Task.FromResult<Result<Done>>(wrong)
        : ChangeAsync(who, id, async (s, group) => await s.Groups.ChangeAsync(group, name, rank: null), cancel);

    /// <summary>Deletes a group; its devices stay.</summary>
    public Task<Result<Done>> DeleteAsync(Principal who, string id, CancellationToken cancel) => ChangeAsync(who, id, (s, group) => s.Groups.RemoveAsync(group.No), cancel);

    /// <summary>The members that a person sees, in order.</summary>
    public Task<Result<IReadOnlyList<VisibleDevice>>> DevicesAsync(Principal who, string id, CancellationToken cancel) => database.ReadAsync<Result<IReadOnlyList<VisibleDevice>>>(
        async s => await s.Groups.FindAsync(who.Account.No, who.App.No, id) is { } group
            ? Result.Of(await s.Bindings.ListInGroupAsync(who.Account.No, who.App.No, group.No))
            : NoGroup,
        cancel);

    /// <summary>
    /// Puts devices into a group, behind the others. Of each: not visible; <see cref="FaultKind.Invalid"/> with <see cref="ProductField"/> in a group of
    /// another product; <see cref="FaultKind.LimitReached"/> when the group is full.
    /// </summary>
    public Task<Result<IReadOnlyList<DeviceOutcome>>> AddAsync(Principal who, string id, IReadOnlyList<string> deviceIds, CancellationToken cancel) => EachAsync(
        who,
        id,
        deviceIds,
        async (s, group, members, device) =>
        {
            if (members.Contains(device.No)) return null;
            if (group.Product is { } product && device.Product != product) return Fault.Invalid(ProductField, "The device is of another product than the group");
            if (members.Count >= Group.MaxMembers) return new Fault(FaultKind.LimitReached, $"A group has at most {Group.MaxMembers} members");
            await s.Groups.AddMemberAsync(group.No, device.No);
            members.Add(device.No);
            return null;
        },
        cancel);

    /// <summary>Takes devices out of a group. Of each: not visible, also when it is not in the group, or is the main device around which the group is.</summary>
    public Task<Result<IReadOnlyList<DeviceOutcome>>> RemoveAsync(Principal who, string id, IReadOnlyList<string> deviceIds, CancellationToken cancel) => EachAsync(
        who,
        id,
        deviceIds,
        async (s, group, members, device) =>
        {
            if (group.Main == device.No || !members.Remove(device.No)) return Fault.NotVisible("device");
            await s.Groups.RemoveMemberAsync(group.No, device.No);
            return null;
        },
        cancel);

    /// <summary>
    /// Commands every member that a person sees and waits for their answers. <see cref="FaultKind.NotAllowed"/>: a folder is not controlled.
    /// </summary>
    /// <param name="who">Who asks.</param>
    /// <param name="id">The group.</param>
    /// <param name="body">The JSON for a device, in its product's own names.</param>
    /// <param name="cancel">Requested when who asked is gone.</param>
    public async Task<Result<IReadOnlyList<DeviceOutcome>>> CommandAsync(
        Principal who, string id, Func<VisibleDevice, ValueTask<Result<string>>> body, CancellationToken cancel)
    {
        if (await database.ReadAsync(s => s.Groups.FindAsync(who.Account.No, who.App.No, id), cancel) is not { } group) return NoGroup;
        if (group.Kind != GroupKind.Control) return Fault.NotAllowed("Only a group of one product is controlled");
        if (!(await DevicesAsync(who, id, cancel)).Try(out var members, out var fault)) return fault;
        var orders = new List<DeviceOrder>(members.Count);
        foreach (var member in members)
        {
            if (!(await body(member)).Try(out var text, out fault)) return fault;
            orders.Add(new DeviceOrder(member.Id, text));
        }

        if (!(await commands.SendAllAsync(who, orders, CommandService.DefaultDeadline, cancel)).Try(out var outcomes, out fault)) return fault;
        return Result.Of<IReadOnlyList<DeviceOutcome>>([.. orders.Zip(outcomes, (o, f) => new DeviceOutcome(o.DeviceId, f))]);
    }

    private Task<Result<IReadOnlyList<DeviceOutcome>>> EachAsync(
        Principal who, string id, IReadOnlyList<string> deviceIds, Func<IStores, Group, HashSet<long>, VisibleDevice, Task<Fault?>> change, CancellationToken cancel) =>
        database.WriteAsync<IReadOnlyList<DeviceOutcome>>(
            async s =>
            {
                await s.Homes.LockAsync(who.Account.No);
                if (await s.Groups.FindAsync(who.Account.No, who.App.No, id) is not { } group) return NoGroup;
                var ids = deviceIds.Distinct(StringComparer.Ordinal).ToList();
                await s.Bindings.LockAsync(who.Account.No, ids);
                var devices = (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, ids)).ToDictionary(d => d.Id, StringComparer.Ordinal);
                var members = (await s.Groups.MembersAsync(group.No)).ToHashSet();
                var outcomes = new List<DeviceOutcome>(ids.Count);
                foreach (var deviceId in ids)
                    outcomes.Add(new DeviceOutcome(deviceId, devices.TryGetValue(deviceId, out var device) ? await change(s, group, members, device) : Fault.NotVisible("device")));
                await s.Groups.TouchAsync(group.No, time.GetUtcNow());
                return outcomes;
            },
            cancel);

    private Task<Result<Done>> ChangeAsync(Principal who, string id, Func<IStores, Group, Task> change, CancellationToken cancel) => database.WriteAsync<Done>(
        async s =>
        {
            await s.Homes.LockAsync(who.Account.No);
            if (await s.Groups.FindAsync(who.Account.No, who.App.No, id) is not { } group) return NoGroup;
            await change(s, group);
            await s.Groups.TouchAsync(group.No, time.GetUtcNow());
            return new Done();
        },
        cancel);

    private static Fault? Check(string name) =>
        name.Trim().Length is > 0 and <= MaxName ? null : Fault.Invalid("group_name", $"A group's name has 1 to {MaxName} characters");

    private static Fault NoGroup => Fault.NotVisible("group");
}
