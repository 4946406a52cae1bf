using Irori.Core.Bindings;
using Irori.Core.Sharing;

namespace Irori.Core.Homes;

/// <summary>
/// The rule of a home that several people share: each member has what the owner has there, where he has it. Whatever changes where an owner has his things,
/// or who is a member, goes through here, in the unit of work that changes it. That unit holds the row of the owner's account.
/// </summary>
public sealed class HomeMembers(BindingService bindings, TimeProvider time)
{
    private const int Page = 200;

    /// <summary>Puts a device into a home, or into another place of it. Answers the device when others may use it now than before.</summary>
    internal async Task<IReadOnlyList<long>> PlaceAsync(IStores stores, long account, long home, long? room, long device, long rank)
    {
        await stores.Homes.PlaceAsync(account, home, room, device, rank);
        return await FollowAsync(stores, account, [device], EndReason.MovedAway);
    }

    /// <summary>Puts a thing into a room of its home, or into none.</summary>
    internal async Task MoveToRoomAsync(IStores stores, long account, PlacedThing thing, long? room)
    {
        await stores.Homes.MoveToRoomAsync(account, thing, room);
        if (thing.Kind == ThingKind.Group) await stores.Groups.FollowAsync(account);
        else await FollowAsync(stores, account, [thing.No], EndReason.MovedAway);
    }

    /// <summary>What the owner has in a home stands in another one of his then; answers the devices that others may use now than before.</summary>
    internal async Task<IReadOnlyList<long>> MoveThingsAsync(IStores stores, Home home, Home receiver)
    {
        var shared = (await stores.Homes.PeopleAsync(home.No)).Count + (await stores.Homes.PeopleAsync(receiver.No)).Count > 2;
        IReadOnlyList<long> devices = shared ? await OwnedAsync(stores, home.Owner, home.No) : [];
        await stores.Homes.MoveThingsAsync(home.Owner, home.No, receiver.No);
        await stores.Groups.FollowAsync(home.Owner);
        return await FollowAsync(stores, home.Owner, devices, EndReason.LeftHome);
    }

    /// <summary>Makes somebody a member of an owner's home; answers the devices that he may use now.</summary>
    internal async Task<IReadOnlyList<long>> JoinAsync(IStores stores, long owner, long home, long account)
    {
        await stores.Homes.LockAsync(account);
        var homes = await stores.Homes.ListAsync(account);
        await stores.Homes.AddMemberAsync(home, account, homes.Count == 0 ? 0 : homes.Max(h => h.Rank) + 1);
        await stores.Groups.FollowAsync(owner);
        return await FollowAsync(stores, owner, await OwnedAsync(stores, owner, home), EndReason.LeftHome);
    }

    /// <summary>
    /// Somebody is no member of an owner's home any more; answers the devices that he may not use any more. What he had there of his own stands in another
    /// home of his.
    /// </summary>
    internal async Task<IReadOnlyList<long>> LeaveAsync(IStores stores, long owner, long home, long account, ShareEnd by)
    {
        await stores.Homes.LockAsync(account);
        await stores.Homes.RemoveMemberAsync(home, account);
        await stores.Shares.EndOpenAsync(SharedThing.Home(home), account, by, time.GetUtcNow());
        var lost = new List<long>();
        for (long after = 0; await stores.Homes.FollowedInAsync(account, home, after, Page) is { Count: > 0 } page; after = page[^1])
            lost.AddRange(await FollowAsync(stores, owner, page, EndReason.LeftHome));
        await stores.Groups.FollowAsync(owner);
        await stores.Homes.MoveThingsAsync(account, home, (await HomeService.EnsureAsync(stores, account)).No);
        await stores.Messages.MoveAsync(account, home, to: null);
        await stores.Scenes.MoveAsync(account, home, to: null);
        return lost;
    }

    /// <summary>Nobody but the owner is in a home any more, and nobody is invited; answers the devices that others may use now than before.</summary>
    internal async Task<IReadOnlyList<long>> DissolveAsync(IStores stores, Home home)
    {
        var lost = new List<long>();
        foreach (var person in (await stores.Homes.PeopleAsync(home.No)).Where(p => p.Role == Role.Member))
            lost.AddRange(await LeaveAsync(stores, home.Owner, home.No, person.Account, ShareEnd.OwnerUnbound));
        await stores.Shares.EndOpenAsync(SharedThing.Home(home.No), receiver: null, ShareEnd.OwnerUnbound, time.GetUtcNow());
        return lost;
    }

    /// <summary>
    /// Who added an open device himself gives it up; where he lives with its owner, he has it by him from then on. Answers what ended, to be announced after the
    /// commit.
    /// </summary>
    internal async Task<IReadOnlyList<EndedBinding>> GiveUpAsync(IStores stores, VisibleDevice device, long account)
    {
        if (await stores.Accounts.FindAsync(device.OwnerId ?? "") is not { } owner) return await bindings.EndAsync(stores, device.No, account, EndReason.Unbound);
        await stores.Homes.LockAsync(owner.No);
        var ended = await bindings.EndAsync(stores, device.No, account, EndReason.Unbound);
        await bindings.FollowAsync(stores, owner.No, device.No, EndReason.LeftHome);
        return ended;
    }

    /// <summary>Tells every node, after the commit, that others may use devices than before.</summary>
    internal void Announce(IEnumerable<long> devices) => bindings.AnnounceChanged(devices);

    private async Task<IReadOnlyList<long>> FollowAsync(IStores stores, long owner, IReadOnlyList<long> devices, EndReason losing)
    {
        var changed = new List<long>();
        foreach (var device in devices)
        {
            if (await bindings.FollowAsync(stores, owner, device, losing)) changed.Add(device);
        }

        return changed;
    }

    private static async Task<IReadOnlyList<long>> OwnedAsync(IStores stores, long owner, long home)
    {
        var devices = new List<long>();
        for (long after = 0; await stores.Homes.OwnedInAsync(owner, home, after, Page) is { Count: > 0 } page; after = page[^1]) devices.AddRange(page);
        return devices;
    }
}
