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
}

/// <summary>A binding that has ended, to be announced after the commit.</summary>
public sealed record EndedBinding(long Device, long Account, EndReason Reason, bool OwnerChanged);

/// <summary>
/// Begins and ends the right to use a device. There is no other way to end one: with it go, in the same unit of work, the person's placement and ranks,
/// his groups' members, groups around the device, his schedules of it, the share by which he has it, and for an owner every share of the device, answered or not, and what
/// is his behind it.
/// </summary>
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
        if (mine is not { Role: Role.Owner })
        {
            // This takes the device's row: of several who add it at once, each sees what the one before has done.
            await stores.Devices.RaiseAccessAsync(device, time.GetUtcNow());
            await stores.Shares.EndOpenAsync(device, receiver: null, ShareEnd.Preempted, time.GetUtcNow());
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

    /// <summary>Lets somebody use a device as a guest, within a unit of work that has raised its access version. Announce it after the commit.</summary>
    internal async Task AdmitAsync(IStores stores, long account, long device, int permit)
    {
        var now = time.GetUtcNow();
        await stores.Bindings.PutAsync(new Binding { Account = account, Device = device, Role = Role.Guest, Permit = permit, Since = now });
        await MessageService.TellAsync(stores, account, device, MessageKind.Shared, now);
    }

    /// <summary>
    /// Ends one account's binding within a unit of work. When the owner of a single-mode device leaves, everybody's ends.
    /// Answers what ended, for <see cref="Announce"/>; empty when there was no binding.
    /// </summary>
    public async Task<IReadOnlyList<EndedBinding>> EndAsync(IStores stores, long device, long account, EndReason reason)
    {
        // The device's row is locked first: nobody else may gain or lose it in between.
        await stores.Devices.RaiseAccessAsync(device, ownerSince: null);
        var binding = await stores.Bindings.FindAsync(account, device);
        if (binding is null) return [];
        var ended = new List<EndedBinding>();
        var owner = binding.Role == Role.Owner;
        await stores.Shares.EndOpenAsync(device, owner ? null : account, owner ? ShareEnd.OwnerUnbound : ByOf(reason), time.GetUtcNow());
        foreach (var other in owner ? await stores.Bindings.OfDeviceAsync(device) : [binding])
        {
            var why = other.Account == account ? reason : EndReason.OwnerLeft;
            await LoseAsync(stores, other, why);
            ended.Add(new EndedBinding(device, other.Account, why, owner));
        }

        if (owner) ended.AddRange(await EndBehindAsync(stores, device, account, reason));
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

    /// <summary>Tells every node, after the commit, that somebody else may use a device too.</summary>
    internal void AnnounceAdmitted(long device) => bus.Publish(new AccessChanged(device, OwnerChanged: false));

    // What is behind a gateway goes with it, where it is the same person's.
    private async Task<IReadOnlyList<EndedBinding>> EndBehindAsync(IStores stores, long gateway, long account, EndReason reason)
    {
        var ended = new List<EndedBinding>();
        foreach (var device in await stores.Devices.OwnedBehindAsync(gateway, account)) ended.AddRange(await EndAsync(stores, device, account, reason));
        return ended;
    }

    private async Task LoseAsync(IStores stores, Binding binding, EndReason reason)
    {
        // Who gives a share back himself knows it.
        if (binding.Role == Role.Guest && reason is not (EndReason.Unbound or EndReason.AccountClosed))
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
