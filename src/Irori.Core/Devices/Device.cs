namespace Irori.Core.Devices;

/// <summary>How a device came into the records.</summary>
public enum DeviceSource
{
    /// <summary>Made by the operator.</summary>
    Made,

    /// <summary>Imported from a file.</summary>
    Imported,

    /// <summary>It showed a key, and an account proved to hold it.</summary>
    Adopted,
}

/// <summary>Whether a device was ever seen, and whether it may be used.</summary>
public enum Lifecycle
{
    /// <summary>Never connected.</summary>
    Inactive,

    /// <summary>Has connected.</summary>
    Active,

    /// <summary>Switched off by the operator.</summary>
    Disabled,
}

/// <summary>What the factory wrote down.</summary>
public sealed record FactoryData
{
    /// <summary>Remark, usually an order number.</summary>
    public string Description { get; init; } = "";

    /// <summary>Who made it.</summary>
    public string Manufacturer { get; init; } = "";

    /// <summary>Station MAC.</summary>
    public string Mac { get; init; } = "";

    /// <summary>MAC of its hotspot.</summary>
    public string ApMac { get; init; } = "";

    /// <summary>Chip id, or null when it was not recorded: then it is not checked.</summary>
    public string? ChipId { get; init; }

    /// <summary>Name of its user interface.</summary>
    public string Ui { get; init; } = "";
}

/// <summary>A device. It keeps the id it was made with, in every dialect.</summary>
public sealed class Device
{
    /// <summary>Internal key.</summary>
    public long No { get; init; }

    /// <summary>The id it was made with.</summary>
    public required string Id { get; init; }

    /// <summary>Its product.</summary>
    public required long Product { get; init; }

    /// <summary>Internal key of the gateway behind which it is, or null.</summary>
    public long? Parent { get; init; }

    /// <summary>How it came into the records.</summary>
    public required DeviceSource Source { get; init; }

    /// <summary>The owner's name for it.</summary>
    public required string Name { get; init; }

    /// <summary>Never seen, seen, or disabled.</summary>
    public Lifecycle Lifecycle { get; init; }

    /// <summary>History before this belongs to an earlier owner and is not shown.</summary>
    public DateTimeOffset? OwnerSince { get; init; }

    /// <summary>Free JSON object that apps keep with the device.</summary>
    public string Tags { get; init; } = "{}";

    /// <summary>JSON of <see cref="FactoryData"/>.</summary>
    public string Factory { get; init; } = "{}";

    /// <summary>Rises with every change of who may use it.</summary>
    public long AccessVersion { get; init; }

    /// <summary>Entered into the records.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>First connection.</summary>
    public DateTimeOffset? Activated { get; init; }

    /// <summary>The factory record, read.</summary>
    public FactoryData FactoryData() => DeviceJson.ReadFactory(Factory);
}

/// <summary>A further name of a device: MAC, chip id, productKey + deviceName.</summary>
public sealed record DeviceName(string Dialect, string Kind, string Scope, string Value);

/// <summary>A key that an unknown device showed, kept for a while so that its holder can adopt it.</summary>
public sealed class Claim
{
    /// <summary>The id that the device says it has.</summary>
    public required string DeviceId { get; init; }

    /// <summary>The dialect in which it knocked.</summary>
    public required string Dialect { get; init; }

    /// <summary>The key that it showed, encrypted.</summary>
    public required byte[] SecretEnc { get; init; }

    /// <summary>The model that it says it is.</summary>
    public required string Model { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset ShownAt { get; init; }

    /// <summary>From where.</summary>
    public string? Ip { get; init; }
}

/// <summary>Storage of devices, their names, credentials and claims.</summary>
public interface IDeviceStore
{
    /// <summary>The device of an id, or null.</summary>
    Task<Device?> FindAsync(string id);

    /// <summary>The device of an internal key, or null.</summary>
    Task<Device?> FindAsync(long no);

    /// <summary>Adds a device, its empty state and its names; null when the id is taken.</summary>
    Task<long?> AddAsync(Device device, IReadOnlyList<DeviceName> names);

    /// <summary>The device's further names.</summary>
    Task<IReadOnlyList<DeviceName>> NamesAsync(long device);

    /// <summary>Devices whose id, own name or further name starts with the text, by id.</summary>
    Task<IReadOnlyList<Device>> SearchAsync(string text, string after, int limit);

    /// <summary>
    /// Switches a device off: its link is closed and fenced off by a new epoch, so that nothing it still sends is written.
    /// </summary>
    Task DisableAsync(long device, DateTimeOffset now);

    /// <summary>Closes a device's link and fences it off by a new epoch, which is answered: nothing that it still sends is written.</summary>
    Task<long> FenceAsync(long device, DateTimeOffset now);

    /// <summary>Lets everybody else who changes the device's row wait until this unit of work ends.</summary>
    Task LockAsync(long device);

    /// <summary>Puts a device behind a gateway, or behind none.</summary>
    Task SetParentAsync(long device, long? parent);

    /// <summary>How many devices are behind a gateway.</summary>
    Task<int> CountBehindAsync(long gateway);

    /// <summary>Internal keys of the devices behind a gateway that an account owns.</summary>
    Task<IReadOnlyList<long>> OwnedBehindAsync(long gateway, long account);

    /// <summary>The devices behind gateways that anybody owns.</summary>
    Task<IReadOnlyList<ListedSubDevice>> ListBehindAsync(IReadOnlyCollection<long> gateways);

    /// <summary>Lets a device in again, as one that has or has not connected before.</summary>
    Task EnableAsync(long device);

    /// <summary>The encrypted secret of a device in a dialect, or null.</summary>
    Task<byte[]?> FindCredentialAsync(long device, string dialect, string kind);

    /// <summary>The encrypted secrets of several devices in a dialect, by device; those without one are left out.</summary>
    Task<IReadOnlyDictionary<long, byte[]>> FindCredentialsAsync(IEnumerable<long> devices, string dialect, string kind);

    /// <summary>A device's state in stored form (<see cref="States.StateText"/>).</summary>
    Task<string> FindStateAsync(long device);

    /// <summary>Stores or replaces a secret.</summary>
    Task PutCredentialAsync(long device, string dialect, string kind, byte[] secretEnc);

    /// <summary>Sets the owner's name for it.</summary>
    Task RenameAsync(long device, string name);

    /// <summary>A device's tags; whoever else changes them waits until this unit of work ends.</summary>
    Task<string> LockTagsAsync(long device);

    /// <summary>Replaces a device's tags.</summary>
    Task SetTagsAsync(long device, string tags);

    /// <summary>Says whether the history of operations is kept.</summary>
    Task SetKeepsOperationsAsync(long device, bool keeps);

    /// <summary>The device of a further name, or null.</summary>
    Task<Device?> FindByNameAsync(DeviceName name);

    /// <summary>Raises and answers the access version; a new owner's history starts at <paramref name="ownerSince"/>.</summary>
    Task<long> RaiseAccessAsync(long device, DateTimeOffset? ownerSince);

    /// <summary>Stores what an unknown device showed; only the newest <paramref name="keep"/> claims stay.</summary>
    Task PutClaimAsync(Claim claim, int keep);

    /// <summary>What an unknown device showed since a time, or null.</summary>
    Task<Claim?> FindClaimAsync(string deviceId, string dialect, DateTimeOffset since);

    /// <summary>Forgets a claim.</summary>
    Task RemoveClaimAsync(string deviceId, string dialect);

    /// <summary>Removes claims that were shown before a time; at most <paramref name="limit"/>.</summary>
    Task<int> PurgeClaimsAsync(DateTimeOffset before, int limit);
}
