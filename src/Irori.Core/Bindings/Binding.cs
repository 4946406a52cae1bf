using Irori.Core.Links;
using Irori.Core.Outbox;

namespace Irori.Core.Bindings;

/// <summary>What a person may do with a device.</summary>
public enum Role
{
    /// <summary>Everything; one per device.</summary>
    Owner,

    /// <summary>Uses it like the owner, as a member of the home in which the owner has it.</summary>
    Member,

    /// <summary>Uses it like the owner, having added it too, in an open binding mode.</summary>
    Peer,

    /// <summary>Uses it by a share.</summary>
    Guest,
}

/// <summary>Who may use a device, in which role, and what he calls it.</summary>
public sealed class Binding
{
    /// <summary>The person.</summary>
    public required long Account { get; init; }

    /// <summary>The device.</summary>
    public required long Device { get; init; }

    /// <summary>In which role.</summary>
    public required Role Role { get; init; }

    /// <summary>His own name for it; null: the device's.</summary>
    public string? Alias { get; init; }

    /// <summary>His settings as a JSON object, for instance whether he wants to be told.</summary>
    public string Settings { get; init; } = "{}";

    /// <summary>What of these settings asks to be told of something.</summary>
    public Wishes Wishes { get; init; } = Wishes.Alarms;

    /// <summary>Rights beyond switching, as bits (CoolKit permit).</summary>
    public int Permit { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }
}

/// <summary>A device as one person sees it: the row behind every list, read and command.</summary>
public sealed class VisibleDevice
{
    /// <summary>Internal key of the device.</summary>
    public required long No { get; init; }

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>What this person calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Internal key of the product.</summary>
    public required long Product { get; init; }

    /// <summary>His role.</summary>
    public required Role Role { get; init; }

    /// <summary>His rights beyond switching.</summary>
    public required int Permit { get; init; }

    /// <summary>His settings, JSON.</summary>
    public required string Settings { get; init; }

    /// <summary>Id of the owner's account, or null when nobody owns it.</summary>
    public required string? OwnerId { get; init; }

    /// <summary>Factory record, JSON.</summary>
    public required string Factory { get; init; }

    /// <summary>Tags, JSON.</summary>
    public required string Tags { get; init; }

    /// <summary>History is visible from here on.</summary>
    public DateTimeOffset? OwnerSince { get; init; }

    /// <summary>Id of the gateway behind which it is, or null.</summary>
    public string? ParentId { get; init; }

    /// <summary>Whether it can be reached now; one behind a gateway only while that can.</summary>
    public required bool Online { get; init; }

    /// <summary>Whether that it is offline has been told, after the grace. Until then a feed goes on showing what it showed.</summary>
    public bool OfflineTold { get; init; }

    /// <summary>When its link last opened or closed, or null.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Address from which it last connected, or null.</summary>
    public string? Ip { get; init; }

    /// <summary>When this person got it.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Epoch of its state.</summary>
    public required long Epoch { get; init; }

    /// <summary>Version of its state.</summary>
    public required long Version { get; init; }

    /// <summary>Its state in stored form (<see cref="States.StateText"/>).</summary>
    public required string Values { get; init; }

    /// <summary>His remark, possibly empty.</summary>
    public string Remark { get; init; } = "";

    /// <summary>His labels, a JSON list of texts.</summary>
    public string Labels { get; init; } = "[]";

    /// <summary>Whether others may bind it without a share.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Never seen, seen, or switched off.</summary>
    public Devices.Lifecycle Lifecycle { get; init; }

    /// <summary>Id of his home in which it stands, or null.</summary>
    public string? HomeId { get; init; }

    /// <summary>Id of the room, or null.</summary>
    public string? RoomId { get; init; }

    /// <summary>Its place in the home's order.</summary>
    public long Rank { get; init; }
}

/// <summary>What a command needs to know of a device that a person may use.</summary>
public sealed class CommandTarget
{
    /// <summary>Internal key of the device.</summary>
    public required long No { get; init; }

    /// <summary>Internal key of the product.</summary>
    public required long Product { get; init; }

    /// <summary>His role.</summary>
    public required Role Role { get; init; }

    /// <summary>His rights beyond switching.</summary>
    public required int Permit { get; init; }

    /// <summary>Its state in stored form for a guest, whose rights are found by it; null for anybody else.</summary>
    public string? GuestValues { get; init; }

    /// <summary>Whether it can be reached now.</summary>
    public required bool Online { get; init; }

    /// <summary>The node that holds its link, or null.</summary>
    public string? Node { get; init; }

    /// <summary>Which life of that node holds it.</summary>
    public long? Incarnation { get; init; }

    /// <summary>The node to ask for it, or null when it never connected.</summary>
    public NodeIdentity? LinkNode => Node is not null && Incarnation is { } life ? new NodeIdentity(Node, life) : null;
}

/// <summary>Storage of bindings.</summary>
public interface IBindingStore
{
    /// <summary>A device as a person sees it through an app, or null. <paramref name="app"/> 0 sees every product.</summary>
    Task<VisibleDevice?> FindVisibleAsync(long account, long app, string deviceId);

    /// <summary>A device as the vendor's back end sees it through an app, whoever has it: without what people keep of it. Or null.</summary>
    Task<VisibleDevice?> FindForAppAsync(long app, string deviceId);

    /// <summary>The same, but only what a command needs.</summary>
    Task<CommandTarget?> FindTargetAsync(long account, long app, string deviceId);

    /// <summary>Devices of a person's home in the home's order, from a rank on; <paramref name="limit"/> bounds the page.</summary>
    Task<IReadOnlyList<VisibleDevice>> ListVisibleAsync(long account, long app, long home, PlaceCursor from, int limit);

    /// <summary>Those of the devices of these ids that a person sees through an app, in no order.</summary>
    Task<IReadOnlyList<VisibleDevice>> FindVisibleAsync(long account, long app, IReadOnlyCollection<string> deviceIds);

    /// <summary>The members of one of the person's groups that he sees through an app, in the group's order.</summary>
    Task<IReadOnlyList<VisibleDevice>> ListInGroupAsync(long account, long app, long group);

    /// <summary>Keeps a person's bindings of these devices from ending until this unit of work does.</summary>
    Task LockAsync(long account, IReadOnlyCollection<string> deviceIds);

    /// <summary>All devices of a person through an app, by internal key, after one.</summary>
    Task<IReadOnlyList<VisibleDevice>> ListAllAsync(long account, long app, long after, int limit);

    /// <summary>Devices of a person through an app, by internal key, with those that are switched off or without.</summary>
    Task<IReadOnlyList<VisibleDevice>> ListBoundAsync(long account, long app, bool disabledToo, int skip, int limit);

    /// <summary>Those who use a device in a role, the first first; at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<DeviceUser>> UsersAsync(long device, Role role, int limit);

    /// <summary>How many devices a person has placed in a home, whatever the app may see.</summary>
    Task<int> CountAsync(long account, long home);

    /// <summary>The binding, or null.</summary>
    Task<Binding?> FindAsync(long account, long device);

    /// <summary>All bindings of a device.</summary>
    Task<IReadOnlyList<Binding>> OfDeviceAsync(long device);

    /// <summary>Bindings of an account, by device, after one.</summary>
    Task<IReadOnlyList<Binding>> OfAccountAsync(long account, long after, int limit);

    /// <summary>Adds or replaces a binding.</summary>
    Task PutAsync(Binding binding);

    /// <summary>Sets what a person calls a device; null: as the owner does.</summary>
    Task SetAliasAsync(long account, long device, string? alias);

    /// <summary>Gives a person another role.</summary>
    Task SetRoleAsync(long account, long device, Role role);

    /// <summary>Replaces a person's remark and labels of a device where they are given.</summary>
    Task SetOwnWordsAsync(long account, long device, string? remark, IReadOnlyList<string>? labels);

    /// <summary>Replaces a person's settings of a device, and what of them asks to be told of something.</summary>
    Task SetSettingsAsync(long account, long device, string settings, Wishes wishes);

    /// <summary>Removes a binding with its placement and ranks; <see cref="BindingService"/> ends what else hangs on it. False when there was none.</summary>
    Task<bool> RemoveAsync(long account, long device);

    /// <summary>Who sees the device, and its access version, read together.</summary>
    Task<Viewers> ViewersAsync(long device);

    /// <summary>Those of several devices, by device; of one that does not exist nothing.</summary>
    Task<IReadOnlyDictionary<long, Viewers>> ViewersAsync(IReadOnlyCollection<long> devices);
}

/// <summary>A place in a home's order: rank, and internal key where ranks are equal.</summary>
public readonly record struct PlaceCursor(long Rank, long After);

/// <summary>The accounts that may see a device, as of an access version.</summary>
public sealed record Viewers(string DeviceId, long Product, string? OwnerId, long AccessVersion, IReadOnlyList<long> Accounts)
{
    /// <summary>Of a device that does not exist.</summary>
    public static Viewers Nobody { get; } = new("", 0, null, 0, []);
}
