using Irori.Core.Installation;
using Irori.Core.Links;
using Irori.Core.Products;

namespace Irori.Core.Devices;

/// <summary>What became of one device of an import.</summary>
/// <param name="Added">True: entered into the records; false: it was there.</param>
/// <param name="Differing">Fields in which the device that was there differs; empty when it is the same.</param>
public sealed record ImportOutcome(bool Added, IReadOnlyList<string> Differing);

/// <summary>A device as an operator sees it; its key is not part of it.</summary>
public sealed record DeviceFile(Device Device, ProductView Product, IReadOnlyList<DeviceName> Names, string? OwnerId, LinkRow? Link);

/// <summary>The operator's side of devices: import in bulk, look up, switch off and on.</summary>
public sealed class DeviceRegistry(IDatabase database, KeyRing keys, DeviceService devices, TimeProvider time)
{
    /// <summary>Most devices of one <see cref="ImportAsync"/>: a server that runs on the same database waits behind it.</summary>
    public const int MaxImport = 100;

    /// <summary>
    /// Enters devices into the records, in one transaction. What is there already is left alone and compared, so that a repeated import
    /// changes nothing and tells what differs. Every device needs a key; devices that have one are not given another.
    /// </summary>
    public Task<Result<IReadOnlyList<ImportOutcome>>> ImportAsync(IReadOnlyList<(NewDevice Device, ProductView Product)> wanted, CancellationToken cancel)
    {
        if (wanted.Count > MaxImport) throw new ArgumentOutOfRangeException(nameof(wanted), $"At most {MaxImport} devices at once");
        return database.WriteAsync<IReadOnlyList<ImportOutcome>>(
            async s =>
            {
                var outcomes = new List<ImportOutcome>(wanted.Count);
                foreach (var (device, product) in wanted) outcomes.Add(await EnterAsync(s, device, product));
                return outcomes;
            },
            cancel);
    }

    /// <summary>Devices whose id, name or further name starts with a text, after an id, by id.</summary>
    public Task<IReadOnlyList<Device>> SearchAsync(string text, string after, int limit, CancellationToken cancel) =>
        database.ReadAsync(s => s.Devices.SearchAsync(text, after, Math.Clamp(limit, 1, 500)), cancel);

    /// <summary>Everything but secrets that is known of a device.</summary>
    public Task<Result<DeviceFile>> FindAsync(string id, CancellationToken cancel) => database.ReadAsync<Result<DeviceFile>>(
        async s =>
        {
            if (await s.Devices.FindAsync(id) is not { } device) return Fault.NotVisible($"device {id}");
            var product = (await s.Products.FindAsync(device.Product))!;
            var viewers = await s.Bindings.ViewersAsync(device.No);
            return new DeviceFile(device, product, await s.Devices.NamesAsync(device.No), viewers.OwnerId, await s.Links.FindAsync(device.No));
        },
        cancel);

    /// <summary>Switches a device off: its connection counts no more, and a new one is refused. Safe to repeat.</summary>
    public Task<Result<Done>> DisableAsync(string id, CancellationToken cancel) => ChangeAsync(id, (s, no) => s.Devices.DisableAsync(no, time.GetUtcNow()), cancel);

    /// <summary>Lets a device in again. Safe to repeat.</summary>
    public Task<Result<Done>> EnableAsync(string id, CancellationToken cancel) => ChangeAsync(id, (s, no) => s.Devices.EnableAsync(no), cancel);

    private Task<Result<Done>> ChangeAsync(string id, Func<IStores, long, Task> change, CancellationToken cancel) => database.WriteAsync<Done>(
        async s =>
        {
            if (await s.Devices.FindAsync(id) is not { } device) return Fault.NotVisible($"device {id}");
            await change(s, device.No);
            return new Done();
        },
        cancel);

    private async Task<ImportOutcome> EnterAsync(IStores stores, NewDevice wanted, ProductView product)
    {
        var key = wanted.Key ?? throw new ArgumentException($"Device {wanted.Id} has no key", nameof(wanted));
        if (await stores.Devices.FindAsync(wanted.Id) is not { } known)
            return new ImportOutcome(await devices.AddRowAsync(stores, wanted, product, key) is not null, []);
        var secret = await stores.Devices.FindCredentialAsync(known.No, product.Product.Dialect, DeviceService.KeyCredential);
        var config = await stores.Devices.FindCredentialAsync(known.No, product.Product.Dialect, DeviceService.ConfigCredential);
        IEnumerable<string> differing = Differing(wanted, key, product, known, secret);
        if (wanted.Config is { } said && (config is null || keys.DecryptText(config) != said)) differing = differing.Append("devConfig");
        return new ImportOutcome(Added: false, [.. differing]);
    }

    private IEnumerable<string> Differing(NewDevice wanted, string key, ProductView product, Device known, byte[]? secret)
    {
        if (known.Product != product.Product.No) yield return "product";
        if (secret is null || !DeviceService.SameKey(keys.DecryptText(secret), key)) yield return "key";
        var (said, old) = (wanted.Factory, known.FactoryData());
        if (!Same(said.ChipId ?? "", old.ChipId ?? "")) yield return "chipId";
        if (!Same(said.Mac, old.Mac)) yield return "mac";
        if (!Same(said.ApMac, old.ApMac)) yield return "apMac";
        if (said.Manufacturer != old.Manufacturer) yield return "manufacturer";
        if (said.Description != old.Description) yield return "description";
        if (said.Ui != old.Ui) yield return "ui";
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
