using Irori.Core.Feeds;
using Irori.Core.Messages;
using Irori.Core.Outbox;
using Irori.Core.Scenes;
using Irori.Core.Sharing;

namespace Irori.Core.Bindings;

/// <summary>Why a binding ended.</summary>
public enum EndReason
{
    /// <summary>The person removed the device.</summary>
    Unbound,

    /// <summary>The owner left, and with him all others.</summary>
    OwnerLeft,

    /// <summary>The owner took the share back.</summary>
    ShareWithdrawn,

    /// <summary>The time of the share was over.</summary>
    ShareExpired,

    /// <summary>Somebody else proved to hold the device.</summary>
    TakenOver,

    /// <summary>The account was closed.</summary>
    AccountClosed,

    /// <summary>The device does not stand any more in the home of which the person is a member.</summary>
    MovedAway,

    /// <summary>The person is no member of the home any more, or the home is no more.</summary>
    LeftHome,
}

/// <summary>A binding that has ended, to be announced after the commit.</summary>
public sealed record EndedBinding(long Device, long Account, EndReason Reason, bool OwnerChanged);

/// <summary>In which role somebody is bound, and whether he was before.</summary>
internal readonly record struct Joined(Role Role, bool WasBound);

/// <summary>
/// Begins and ends the right to use a device. There is no other way to end one: with it go, in the same unit of work, the person's placement and ranks,
/// his groups' members, groups around the device, his schedules of it, the share by which he has it, and for an owner every share of the device, answered or not, and what
/// is his behind it.
/// </summary>
/// <remarks>
/// A person may have a device by a share and as a member of a home at once. Being a member gives more, so it is his role as long as it lasts; the share
/// stays beneath it, and when one of the two ends, the other goes on.
/// </remarks>
public sealed class BindingService(IBus bus, TimeProvider time)
{
    private const int Page = 200;

    /// <summary>
    /// Binds within a unit of work, by the product's binding mode, for somebody who has proved to hold the device.
    /// In a single mode a new owner takes over and all earlier bindings end; they are answered for <see cref="Announce"/>.
    /// </summary>
    internal async Task<IReadOnlyList<EndedBinding>> TakeAsync(IStores stores, long account, long device, string settings, Wishes wishes)
    {
        var ended = new List<EndedBinding>();
        var mine = await stores.Bindings.FindAsync(account, device);
        // An open device is taken from nobody.
        if (await stores.Devices.FindAsync(device) is { IsOpen: true } && (await JoinAsync(stores, account, device, closes: false)).Try(out var joined, out _))
        {
            await stores.Bindings.SetSettingsAsync(account, device, settings, wishes);
            return joined.WasBound ? [] : [new EndedBinding(device, account, EndReason.TakenOver, OwnerChanged: joined.Role == Role.Owner)];
        }

        if (mine is not { Role: Role.Owner })
        {
            // This takes the device's row: of several who add it at once, each sees what the one before has done.
            await stores.Devices.RaiseAccessAsync(device, time.GetUtcNow());
            await stores.Shares.EndOpenAsync(SharedThing.Device(device), receiver: null, ShareEnd.Preempted, time.GetUtcNow());
            foreach (var other in await stores.Bindings.OfDeviceAsync(device))
            {
                if (other.Account == account) continue;
                await LoseAsync(stores, other, EndReason.TakenOver);
                ended.Add(new EndedBinding(device, other.Account, EndReason.TakenOver, OwnerChanged: true));
                if (other.Role == Role.Owner) ended.AddRange(await EndBehindAsync(stores, device, other.Account, EndReason.TakenOver));
            }
        }

        await stores.Bindings.PutAsync(new Binding
        {
            Account = account, Device = device, Role = Role.Owner, Settings = settings, Wishes = wishes, Since = mine?.Since ?? time.GetUtcNow(),
        });
        return ended;
    }

    /// <summary>
    /// Binds within a unit of work somebody who has not proved to hold the device's own key: nobody loses it by that. The first gets it; others only join in
    /// an open mode. <see cref="FaultKind.AlreadyBound"/>: it has an owner, who must share it. Announce it after the commit.
    /// </summary>
    /// <param name="stores">The unit of work.</param>
    /// <param name="account">Who.</param>
    /// <param name="device">The device.</param>
    /// <param name="closes">In an open mode: others need a share from then on. Only of a device that nobody has.</param>
    internal async Task<Result<Joined>> JoinAsync(IStores stores, long account, long device, bool closes)
    {
        var now = time.GetUtcNow();
        // This takes the device's row: of several who bind it at once, each sees what the one before has done.
        await stores.Devices.RaiseAccessAsync(device, ownerSince: null);
        if (await stores.Bindings.FindAsync(account, device) is { } mine) return new Joined(mine.Role, WasBound: true);
        var free = (await stores.Bindings.ViewersAsync(device)).OwnerId is null;
        var open = await stores.Devices.FindAsync(device) is { IsOpen: true };
        if (!free && (!open || closes)) return new Fault(FaultKind.AlreadyBound, "The device belongs to an account already");
        if (free) await stores.Devices.RaiseAccessAsync(device, now);
        if (free && open && closes) await stores.Devices.CloseAsync(device);
        var role = free ? Role.Owner : Role.Peer;
        await stores.Bindings.PutAsync(new Binding { Account = account, Device = device, Role = role, Since = now });
        return new Joined(role, WasBound: false);
    }

    /// <summary>
    /// An open device is shared for the first time, within a unit of work that holds the row of its first user's account and has raised the device's access
    /// version: he is its owner from now on, and the others are his guests, whatever becomes of the share, or members where they live in his home.
    /// </summary>
    internal async Task CloseAsync(IStores stores, long owner, long device)
    {
        await stores.Devices.CloseAsync(device);
        foreach (var peer in (await stores.Bindings.OfDeviceAsync(device)).Where(b => b.Role == Role.Peer)) await stores.Bindings.SetRoleAsync(peer.Account, device, Role.Guest);
        await FollowAsync(stores, owner, device, EndReason.MovedAway);
    }

    /// <summary>Lets somebody use a device as a guest, within a unit of work that has raised its access version. Announce it after the commit.</summary>
    internal async Task AdmitAsync(IStores stores, long account, long device, int permit)
    {
        if (await stores.Bindings.FindAsync(account, device) is { Role: Role.Member }) return;
        var now = time.GetUtcNow();
        await stores.Bindings.PutAsync(new Binding { Account = account, Device = device, Role = Role.Guest, Permit = permit, Since = now });
        await MessageService.TellAsync(stores, account, device, MessageKind.Shared, now);
    }

    /// <summary>
    /// Lets those people have a device as members, within a unit of work that holds the row of its owner's account, who are members of the home in which he
    /// has it, there and in its room, and nobody else. <paramref name="losing"/>: why somebody loses it; what moves in or away is told. Answers whether
    /// somebody got or lost it, to be announced after the commit.
    /// </summary>
    internal async Task<bool> FollowAsync(IStores stores, long owner, long device, EndReason losing)
    {
        var places = await stores.Homes.FollowersAsync(owner, device);
        var bound = await stores.Bindings.OfDeviceAsync(device);
        if (places.Count == 0 && !bound.Any(b => b.Role == Role.Member)) return false;
        // The device's row, and then what is true while it is held: he may have lost the device meanwhile, and everybody with him.
        await stores.Devices.RaiseAccessAsync(device, ownerSince: null);
        bound = await stores.Bindings.OfDeviceAsync(device);
        if (!bound.Any(b => b.Account == owner && b.Role == Role.Owner)) return false;
        var changed = false;
        foreach (var binding in bound.Where(b => b.Role == Role.Member && !places.Any(p => p.Account == b.Account)))
        {
            await LeaveAsync(stores, binding, losing);
            changed = true;
        }

        foreach (var place in places)
        {
            var before = bound.FirstOrDefault(b => b.Account == place.Account);
            // Who added an open device himself has it whatever home it stands in.
            if (before is { Role: Role.Peer }) continue;
            if (before is not { Role: Role.Member })
            {
                await stores.Bindings.PutAsync(new Binding
                {
                    Account = place.Account, Device = device, Role = Role.Member, Alias = before?.Alias, Settings = before?.Settings ?? "{}", Permit = TimerRights.All,
                    Wishes = before?.Wishes ?? Wishes.Alarms, Since = before?.Since ?? time.GetUtcNow(),
                });
                changed = true;
            }

            await stores.Homes.FollowAsync(place, device);
            if (before is null && losing == EndReason.MovedAway) await MessageService.TellAsync(stores, place.Account, device, MessageKind.Shared, time.GetUtcNow());
        }

        return changed;
    }

    /// <summary>
    /// Ends one account's binding within a unit of work. When the owner of a single-mode device leaves, everybody's ends; an open one goes to the next.
    /// Answers what ended, for <see cref="Announce"/>; empty when there was no binding.
    /// </summary>
    public async Task<IReadOnlyList<EndedBinding>> EndAsync(IStores stores, long device, long account, EndReason reason)
    {
        // The device's row is locked first: nobody else may gain or lose it in between.
        await stores.Devices.RaiseAccessAsync(device, ownerSince: null);
        var binding = await stores.Bindings.FindAsync(account, device);
        if (binding is null) return [];
        var ended = new List<EndedBinding>();
        // An open device goes on without its first user: the next one of the others is the first then.
        var heir = binding.Role == Role.Owner && await stores.Devices.FindAsync(device) is { IsOpen: true }
            ? (await stores.Bindings.OfDeviceAsync(device)).Where(b => b.Role == Role.Peer).OrderBy(b => b.Since).ThenBy(b => b.Account).FirstOrDefault()
            : null;
        var owner = binding.Role == Role.Owner && heir is null;
        await stores.Shares.EndOpenAsync(SharedThing.Device(device), owner ? null : account, owner ? ShareEnd.OwnerUnbound : ByOf(reason), time.GetUtcNow());
        if (binding.Role == Role.Member && reason is EndReason.ShareWithdrawn or EndReason.ShareExpired) return [];
        foreach (var other in heir is not null ? await WithMembersAsync(stores, binding) : owner ? await stores.Bindings.OfDeviceAsync(device) : [binding])
        {
            var why = other.Account == account ? reason : EndReason.OwnerLeft;
            await LoseAsync(stores, other, why);
            ended.Add(new EndedBinding(device, other.Account, why, binding.Role == Role.Owner));
        }

        if (binding.Role == Role.Owner) ended.AddRange(await EndBehindAsync(stores, device, account, reason));
        if (heir is not null) await SucceedAsync(stores, heir.Account, device);
        return ended;
    }

    /// <summary>
    /// A device goes from its owner to one of its guests within a unit of work; everybody else loses it, and its shares end. Answers what ended, for
    /// <see cref="Announce"/>.
    /// </summary>
    internal async Task<IReadOnlyList<EndedBinding>> HandOverAsync(IStores stores, long device, long from, long to)
    {
        var now = time.GetUtcNow();
        await stores.Devices.RaiseAccessAsync(device, now);
        await stores.Shares.EndOpenAsync(SharedThing.Device(device), receiver: null, ShareEnd.OwnerUnbound, now);
        var ended = new List<EndedBinding>();
        foreach (var binding in (await stores.Bindings.OfDeviceAsync(device)).Where(b => b.Account != to))
        {
            var why = binding.Account == from ? EndReason.Unbound : EndReason.OwnerLeft;
            await LoseAsync(stores, binding, why);
            ended.Add(new EndedBinding(device, binding.Account, why, OwnerChanged: true));
        }

        ended.AddRange(await EndBehindAsync(stores, device, from, EndReason.Unbound));
        await SucceedAsync(stores, to, device);
        return ended;
    }

    /// <summary>Ends all bindings of an account within a unit of work, and forgets its shares, groups and messages.</summary>
    internal async Task<IReadOnlyList<EndedBinding>> EndAllAsync(IStores stores, long account)
    {
        var ended = new List<EndedBinding>();
        while (await stores.Bindings.OfAccountAsync(account, after: 0, Page) is { Count: > 0 } page)
        {
            foreach (var binding in page) ended.AddRange(await EndAsync(stores, binding.Device, account, EndReason.AccountClosed));
        }

        await stores.Shares.RemoveAllAsync(account);
        await stores.Groups.RemoveAllAsync(account);
        await stores.Scenes.RemoveAllAsync(account);
        await stores.Schedules.RemoveAllAsync(account);
        await stores.Messages.RemoveAllAsync(account);
        return ended;
    }

    /// <summary>Tells every node, after the commit, that access has changed: feeds lose the device at once, links of a former owner close.</summary>
    public void Announce(IReadOnlyList<EndedBinding> ended)
    {
        foreach (var device in ended.GroupBy(e => e.Device)) bus.Publish(new AccessChanged(device.Key, device.Any(e => e.OwnerChanged)));
    }

    /// <summary>Tells every node, after the commit, that somebody has taken a device, and what others have lost by it.</summary>
    internal void AnnounceTaken(long device, IReadOnlyList<EndedBinding> ended)
    {
        Announce(ended);
        if (ended.All(e => e.Device != device)) AnnounceAdmitted(device);
    }

    /// <summary>Tells every node, after the commit, that somebody has bound a device.</summary>
    internal void AnnounceJoined(long device, Role role) => bus.Publish(new AccessChanged(device, OwnerChanged: role == Role.Owner));

    /// <summary>Tells every node, after the commit, that somebody else may use a device too.</summary>
    internal void AnnounceAdmitted(long device) => bus.Publish(new AccessChanged(device, OwnerChanged: false));

    /// <summary>Tells every node, after the commit, that others may use devices than before.</summary>
    internal void AnnounceChanged(IEnumerable<long> devices)
    {
        foreach (var device in devices) AnnounceAdmitted(device);
    }

    // Where he had it as another's is not where he has it as his own: it is placed anew, and the members of that home get it then.
    private static async Task SucceedAsync(IStores stores, long account, long device)
    {
        await stores.Bindings.SetRoleAsync(account, device, Role.Owner);
        await stores.Homes.UnplaceAsync(account, device);
    }

    private async Task LeaveAsync(IStores stores, Binding member, EndReason reason)
    {
        if (await stores.Shares.FindOpenAsync(SharedThing.Device(member.Device), member.Account) is not { State: ShareState.Accepted } share)
        {
            await LoseAsync(stores, member, reason);
            return;
        }

        await stores.Bindings.PutAsync(new Binding
        {
            Account = member.Account, Device = member.Device, Role = Role.Guest, Alias = member.Alias, Settings = member.Settings, Wishes = member.Wishes,
            Permit = share.Permit, Since = member.Since,
        });
        await stores.Homes.UnplaceAsync(member.Account, member.Device);
    }

    // The members of his home have a device by its owner.
    private static async Task<IReadOnlyList<Binding>> WithMembersAsync(IStores stores, Binding owner) =>
        [owner, .. (await stores.Bindings.OfDeviceAsync(owner.Device)).Where(b => b.Role == Role.Member)];

    // What is behind a gateway goes with it, where it is the same person's.
    private async Task<IReadOnlyList<EndedBinding>> EndBehindAsync(IStores stores, long gateway, long account, EndReason reason)
    {
        var ended = new List<EndedBinding>();
        foreach (var device in await stores.Devices.OwnedBehindAsync(gateway, account)) ended.AddRange(await EndAsync(stores, device, account, reason));
        return ended;
    }

    private async Task LoseAsync(IStores stores, Binding binding, EndReason reason)
    {
        // Who gives a share back himself knows it, and who leaves a home is not told of each device in it.
        if (binding.Role != Role.Owner && reason is not (EndReason.Unbound or EndReason.AccountClosed or EndReason.LeftHome))
            await MessageService.TellAsync(stores, binding.Account, binding.Device, MessageKind.ShareEnded, time.GetUtcNow());
        await stores.Bindings.RemoveAsync(binding.Account, binding.Device);
        await stores.Groups.LoseAsync(binding.Account, binding.Device);
        await stores.Schedules.LoseAsync(binding.Account, binding.Device);
        if (await stores.Devices.FindAsync(binding.Device) is { } device) await stores.Scenes.LoseAsync(binding.Account, binding.Device, RuleEngine.Lost(device.Id));
    }

    private static ShareEnd ByOf(EndReason reason) => reason switch
    {
        EndReason.ShareWithdrawn => ShareEnd.Initiator,
        EndReason.ShareExpired => ShareEnd.Duration,
        EndReason.OwnerLeft => ShareEnd.OwnerUnbound,
        EndReason.TakenOver => ShareEnd.Preempted,
        _ => ShareEnd.Receiver,
    };
}
