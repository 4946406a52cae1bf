using System.Security.Cryptography;
using System.Text;
using Irori.Core.Accounts;
using Irori.Core.Bindings;
using Irori.Core.Homes;
using Irori.Core.Installation;
using Irori.Core.Outbox;
using Irori.Core.Products;
using Irori.Core.Projects;

namespace Irori.Core.Devices;

/// <summary>What an operator or an import says of a new device.</summary>
/// <param name="Id">The id it was made with.</param>
/// <param name="ProductId">Id of its product.</param>
/// <param name="Key">Its secret, or null to mint one.</param>
/// <param name="Factory">What the factory wrote down.</param>
public sealed record NewDevice(string Id, string ProductId, string? Key, FactoryData Factory)
{
    /// <summary>How it comes into the records.</summary>
    public DeviceSource Source { get; init; } = DeviceSource.Made;

    /// <summary>Further names.</summary>
    public IReadOnlyList<DeviceName> Names { get; init; } = [];

    /// <summary>What the factory configured it with, a JSON object that may hold secrets; null: nothing.</summary>
    public string? Config { get; init; }
}

/// <summary>A device as its maker gets it.</summary>
public sealed record MadeDevice(Device Device, string Key);

/// <summary>Somebody who holds a device adds it to his account.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Holds">Whether the proof fits the device's key; must compare in constant time.</param>
/// <param name="ChipId">The chip id that was read from it, or null.</param>
/// <param name="Name">The owner's name for it.</param>
/// <param name="Settings">His settings, a JSON object.</param>
public sealed record AddDevice(string DeviceId, Func<string, bool> Holds, string? ChipId, string Name, string Settings = "{}")
{
    /// <summary>Id of the home; null: the current one.</summary>
    public string? HomeId { get; init; }

    /// <summary>Id of the room; null: none.</summary>
    public string? RoomId { get; init; }

    /// <summary>Where in the home's order.</summary>
    public End End { get; init; } = End.Front;

    /// <summary>Whom the device may belong to before.</summary>
    public Taking Taking { get; init; }

    /// <summary>Another name of the device, that is read only from the device itself: it proves in the place of the key.</summary>
    public DeviceName? ReadName { get; init; }

    /// <summary>Whether the history of operations is kept.</summary>
    public bool KeepsOperations { get; init; } = true;

    /// <summary>What of his settings asks to be told of something.</summary>
    public Wishes Wishes { get; init; } = Wishes.Alarms;

    /// <summary>
    /// Adds the device that has a name which is read only from the device itself. It is taken from nobody: who has ever seen the name would have it for good.
    /// </summary>
    public static AddDevice ByName(DeviceName read, string name, string settings) =>
        new("", _ => false, ChipId: null, name, settings) { ReadName = read, Taking = Taking.FreeOrOwn };
}

/// <summary>Whom a device that is added may belong to before; others than these keep it, with <see cref="FaultKind.AlreadyBound"/>.</summary>
public enum Taking
{
    /// <summary>Anybody: it goes over to who proved to hold it.</summary>
    Anyones,

    /// <summary>Nobody, or who adds it.</summary>
    FreeOrOwn,

    /// <summary>Nobody.</summary>
    Free,
}

/// <summary>Reasons of <see cref="FaultKind.WrongProof"/> and <see cref="FaultKind.NotManufactured"/> that a dialect tells apart by the field.</summary>
public static class AddFields
{
    /// <summary>The chip id does not fit.</summary>
    public const string ChipId = "chipid";

    /// <summary>The proof of the key does not fit.</summary>
    public const string Digest = "digest";

    /// <summary>The app may not see the product's brand.</summary>
    public const string Brand = "brand";
}

/// <summary>Devices: made, imported or adopted; added, renamed and removed by people.</summary>
public sealed class DeviceService(
    IDatabase database, KeyRing keys, BindingService bindings, HomeMembers members, ProductService products, TimeProvider time)
{
    /// <summary>Kind of the credential by which a device shows that it is itself.</summary>
    public const string KeyCredential = "key";

    /// <summary>Kind of the credential that is what the factory configured a device with.</summary>
    public const string ConfigCredential = "config";

    /// <summary>How long an unknown device that showed a key can be adopted.</summary>
    public static readonly TimeSpan AdoptionWindow = TimeSpan.FromMinutes(30);

    private const int MaxClaims = 500;
    private static readonly TimeSpan ClaimFresh = TimeSpan.FromMinutes(5);

    /// <summary>Enters a device into the records; its key is answered once.</summary>
    public async Task<Result<MadeDevice>> MakeAsync(NewDevice wanted, CancellationToken cancel)
    {
        if (wanted.Id.Length is 0 or > 64) return Fault.Invalid("id", "A device id has 1 to 64 characters");
        var product = await products.FindAsync(wanted.ProductId, cancel);
        if (product is null) return Fault.NotVisible("product");
        var key = wanted.Key ?? Ids.DeviceKey();
        return await database.WriteAsync<MadeDevice>(
            async s => await AddRowAsync(s, wanted, product, key) is { } device
                ? new MadeDevice(device, key)
                : new Fault(FaultKind.Invalid, $"A device {wanted.Id} exists already", "id"),
            cancel);
    }

    /// <summary>
    /// Adds a device to the account of somebody who proves to hold it. Repeating it changes name and place. A device that another account
    /// owned goes over to who proved it (model: single binding mode), and its history starts anew.
    /// </summary>
    public Task<Result<VisibleDevice>> AddAsync(Principal who, AddDevice wanted, CancellationToken cancel) => TakeAsync<VisibleDevice>(
        who.Account,
        who.App.Dialect,
        wanted,
        async (s, device) => await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, device.Id) is { } visible
            ? visible
            : new Fault(FaultKind.AppRefused, "this app does not support of adding this brand and its device", AddFields.Brand),
        cancel);

    /// <summary>An operator who has read a device's key adds it to somebody's account, without an app. Otherwise as <see cref="AddAsync"/>.</summary>
    public Task<Result<Device>> GiveAsync(Account account, string dialect, AddDevice wanted, CancellationToken cancel) =>
        TakeAsync(account, dialect, wanted, (_, device) => Task.FromResult(Result.Of(device)), cancel);

    /// <summary>
    /// Removes a device from the account: the owner gives it up, a guest gives his share back. <see cref="FaultKind.NotAllowed"/>: a member has it as long as
    /// it and he are in the home.
    /// </summary>
    public async Task<Result<Done>> RemoveAsync(Principal who, string deviceId, CancellationToken cancel)
    {
        IReadOnlyList<EndedBinding> ended = [];
        var removed = await database.WriteAsync<Done>(
            async s =>
            {
                if (await s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId) is not { } device) return Fault.NotVisible("device");
                if (device.Role == Role.Member) return Fault.NotAllowed("Only its owner removes a device from a home");
                ended = device.Role == Role.Peer
                    ? await members.GiveUpAsync(s, device, who.Account.No)
                    : await bindings.EndAsync(s, device.No, who.Account.No, EndReason.Unbound);
                return new Done();
            },
            cancel);
        if (removed.IsOk) bindings.Announce(ended);
        return removed;
    }

    /// <summary>A device as this person sees it.</summary>
    public async Task<Result<VisibleDevice>> FindAsync(Principal who, string deviceId, CancellationToken cancel) =>
        await database.ReadAsync(s => s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceId), cancel) is { } device
            ? device
            : Fault.NotVisible("device");

    /// <summary>A device as a vendor's back end sees it, whoever has it; <see cref="FaultKind.NotAllowed"/>: the app is none.</summary>
    public async Task<Result<VisibleDevice>> FindAsync(App app, string deviceId, CancellationToken cancel)
    {
        if (app.Kind != AppKind.Cloud) return Fault.NotAllowed("Only a back end sees devices without a person");
        return await database.ReadAsync(s => s.Bindings.FindForAppAsync(app.No, deviceId), cancel) is { } device ? device : Fault.NotVisible("device");
    }

    /// <summary>Those of the devices of these ids that this person sees, in the order of the ids.</summary>
    public async Task<IReadOnlyList<VisibleDevice>> FindAsync(Principal who, IReadOnlyList<string> deviceIds, CancellationToken cancel)
    {
        if (deviceIds.Count == 0) return [];
        var found = await database.ReadAsync(s => s.Bindings.FindVisibleAsync(who.Account.No, who.App.No, deviceIds), cancel);
        var places = deviceIds.Index().ToDictionary(p => p.Item, p => p.Index, StringComparer.Ordinal);
        return [.. found.OrderBy(d => places[d.Id])];
    }

    /// <summary>
    /// A page of the things of one of this person's homes, in the home's order, and how many it has in all, hidden ones too.
    /// </summary>
    public async Task<Result<DevicePage>> ListAsync(Principal who, Home home, PlaceCursor from, int limit, CancellationToken cancel) =>
        await database.ReadAsync(
            async s => new DevicePage(
                await s.Bindings.ListVisibleAsync(who.Account.No, who.App.No, home.No, from, limit),
                await s.Bindings.CountAsync(who.Account.No, home.No)),
            cancel);

    /// <summary>All devices that a person sees through an app, page by page: those after one, by internal key.</summary>
    public Task<IReadOnlyList<VisibleDevice>> ListAllAsync(Principal who, long after, int limit, CancellationToken cancel) =>
        database.ReadAsync(s => s.Bindings.ListAllAsync(who.Account.No, who.App.No, after, limit), cancel);

    /// <summary>
    /// The keys of devices in a dialect, by device, for their owner only (model: secrets): a device that somebody else owns is left out.
    /// </summary>
    public async Task<IReadOnlyDictionary<long, string>> KeysForOwnerAsync(IReadOnlyCollection<VisibleDevice> devices, string dialect, CancellationToken cancel)
    {
        var own = devices.Where(d => d.Role == Role.Owner).Select(d => d.No).ToList();
        if (own.Count == 0) return new Dictionary<long, string>();
        var secrets = await database.ReadAsync(s => s.Devices.FindCredentialsAsync(own, dialect, KeyCredential), cancel);
        return secrets.ToDictionary(p => p.Key, p => keys.DecryptText(p.Value));
    }

    /// <summary>What the factory configured devices with, JSON objects by device; those that have nothing are left out. Secrets in it are the owner's alone.</summary>
    public async Task<IReadOnlyDictionary<long, string>> ConfigsAsync(IReadOnlyCollection<VisibleDevice> devices, string dialect, CancellationToken cancel)
    {
        if (devices.Count == 0) return new Dictionary<long, string>();
        var configs = await database.ReadAsync(s => s.Devices.FindCredentialsAsync(devices.Select(d => d.No), dialect, ConfigCredential), cancel);
        return configs.ToDictionary(p => p.Key, p => keys.DecryptText(p.Value));
    }

    /// <summary>
    /// A device says who it is. <see cref="FaultKind.WrongProof"/>: it is known and shows another key. <see cref="FaultKind.NotManufactured"/>: it is
    /// not known; where its product can be adopted, what it showed is kept for <see cref="AdoptionWindow"/>.
    /// </summary>
    public async Task<Result<KnownDevice>> IdentifyAsync(DeviceIntroduction shown, CancellationToken cancel)
    {
        var (device, secret, config, viewers) = await database.ReadAsync(
            async s => await s.Devices.FindAsync(shown.DeviceId) is { } found
                ? (found, await s.Devices.FindCredentialAsync(found.No, shown.Dialect, KeyCredential), await s.Devices.FindCredentialAsync(found.No, shown.Dialect, ConfigCredential), await s.Bindings.ViewersAsync(found.No))
                : ((Device?)null, null, null, null),
            cancel);
        if (device is null) return await ClaimAsync(shown, cancel);
        if (device.Lifecycle == Lifecycle.Disabled) return new Fault(FaultKind.NotAllowed, "The device is disabled");
        if (secret is null || !SameKey(keys.DecryptText(secret), shown.Key)) return new Fault(FaultKind.WrongProof, "The device's key is wrong");
        var product = await products.GetAsync(device.Product, cancel);
        return new KnownDevice(device, product, viewers?.OwnerId) { Config = config is null ? null : keys.DecryptText(config) };
    }

    private async Task<Result<KnownDevice>> ClaimAsync(DeviceIntroduction shown, CancellationToken cancel)
    {
        var unknown = new Fault(FaultKind.NotManufactured, "The device is not in the records");
        if (await AdoptiveProductAsync(shown.Dialect, shown.Model, cancel) is null) return unknown;
        // A device asks every few seconds: what it showed a moment ago is not written again.
        var fresh = time.GetUtcNow() - ClaimFresh;
        var known = await database.ReadAsync(s => s.Devices.FindClaimAsync(shown.DeviceId, shown.Dialect, fresh), cancel);
        if (known is not null && SameKey(keys.DecryptText(known.SecretEnc), shown.Key)) return unknown with { Detail = DeviceIntroduction.Adoptable };
        var claim = new Claim
        {
            DeviceId = shown.DeviceId, Dialect = shown.Dialect, SecretEnc = keys.Encrypt(shown.Key), Model = shown.Model, ShownAt = time.GetUtcNow(), Ip = shown.Ip,
        };
        var kept = await database.WriteAsync<Done>(
            async s =>
            {
                await s.Devices.PutClaimAsync(claim, MaxClaims);
                return new Done();
            },
            cancel);
        return kept.Fault ?? unknown with { Detail = DeviceIntroduction.Adoptable };
    }

    private async Task<Result<T>> TakeAsync<T>(
        Account account, string dialect, AddDevice wanted, Func<IStores, Device, Task<Result<T>>> answer, CancellationToken cancel)
    {
        IReadOnlyList<EndedBinding> ended = [];
        IReadOnlyList<long> changed = [];
        var taken = 0L;
        var added = await database.WriteAsync<T>(
            async s =>
            {
                if (!(await ProveAsync(s, dialect, wanted)).Try(out var device, out var fault)) return fault;
                if (!(await HomeService.ResolveAsync(s, account.No, wanted.HomeId, wanted.RoomId)).Try(out var place, out fault)) return fault;
                // The name first: this takes the device's row, so that of several who add it at once each sees what the one before has done.
                await s.Devices.RenameAsync(device.No, wanted.Name);
                if (await IsKeptAsync(s, account, device, wanted.Taking)) return new Fault(FaultKind.AlreadyBound, "The device belongs to an account already");
                ended = await bindings.TakeAsync(s, account.No, device.No, wanted.Settings, wanted.Wishes);
                taken = device.No;
                await s.Devices.SetKeepsOperationsAsync(device.No, wanted.KeepsOperations);
                changed = await members.PlaceAsync(s, account.No, place.Home.No, place.Room?.No, device.No, await HomeService.RankAtAsync(s, place.Home, wanted.End));
                return await answer(s, device);
            },
            cancel);
        if (!added.IsOk) return added;
        bindings.AnnounceTaken(taken, ended);
        members.Announce(changed);
        return added;
    }

    private static async Task<bool> IsKeptAsync(IStores stores, Account account, Device device, Taking taking)
    {
        if (taking == Taking.Anyones || (await stores.Bindings.ViewersAsync(device.No)).OwnerId is not { } owner) return false;
        return taking == Taking.Free || owner != account.Id;
    }

    private async Task<Result<Device>> ProveAsync(IStores stores, string dialect, AddDevice wanted)
    {
        if (wanted.ReadName is { } name)
        {
            return await stores.Devices.FindByNameAsync(name) is { Lifecycle: not Lifecycle.Disabled } named
                ? named
                : new Fault(FaultKind.NotManufactured, "The device is not in the records");
        }

        var device = await stores.Devices.FindAsync(wanted.DeviceId);
        if (device is null) return await AdoptAsync(stores, dialect, wanted);
        if (device.Lifecycle == Lifecycle.Disabled) return new Fault(FaultKind.NotManufactured, "The device is not in the records");
        var known = device.FactoryData().ChipId;
        if (known is not null && !string.Equals(known, wanted.ChipId, StringComparison.OrdinalIgnoreCase))
            return new Fault(FaultKind.WrongProof, "The chip id is wrong", AddFields.ChipId);
        var secret = await stores.Devices.FindCredentialAsync(device.No, dialect, KeyCredential);
        return secret is not null && wanted.Holds(keys.DecryptText(secret)) ? device : WrongDigest;
    }

    // A device that nobody made here: it knocked with a key, and now somebody proves to know that key.
    private async Task<Result<Device>> AdoptAsync(IStores stores, string dialect, AddDevice wanted)
    {
        var unknown = new Fault(FaultKind.NotManufactured, "The device is not in the records: connect it first, then add it within 30 minutes");
        var claim = await stores.Devices.FindClaimAsync(wanted.DeviceId, dialect, time.GetUtcNow() - AdoptionWindow);
        if (claim is null) return unknown;
        var key = keys.DecryptText(claim.SecretEnc);
        if (!wanted.Holds(key)) return WrongDigest;
        var product = await FindAdoptiveAsync(stores, dialect, claim.Model);
        if (product is null) return unknown;
        var made = new NewDevice(wanted.DeviceId, product.Product.Id, key, new FactoryData { ChipId = wanted.ChipId }) { Source = DeviceSource.Adopted };
        var device = await AddRowAsync(stores, made, product, key);
        await stores.Devices.RemoveClaimAsync(wanted.DeviceId, dialect);
        return device is null ? unknown : device;
    }

    private Task<ProductView?> AdoptiveProductAsync(string dialect, string model, CancellationToken cancel) =>
        database.ReadAsync(s => FindAdoptiveAsync(s, dialect, model), cancel);

    private static async Task<ProductView?> FindAdoptiveAsync(IStores stores, string dialect, string model)
    {
        var exact = await stores.Products.FindByNameAsync(new ProductName(dialect, ProductNames.Model, model));
        var product = exact ?? await stores.Products.FindByNameAsync(new ProductName(dialect, ProductNames.Model, ProductNames.AnyModel));
        return product is { Product.Adopts: true } ? product : null;
    }

    internal async Task<Device?> AddRowAsync(IStores stores, NewDevice wanted, ProductView product, string key)
    {
        var device = new Device
        {
            Id = wanted.Id, Product = product.Product.No, Source = wanted.Source, Name = product.Product.Name,
            Factory = DeviceJson.Write(wanted.Factory), Created = time.GetUtcNow(),
        };
        List<DeviceName> names = [.. wanted.Names];
        if (wanted.Factory.Mac is { Length: > 0 } mac) names.Add(MacName(mac));
        if (wanted.Factory.ChipId is { Length: > 0 } chip) names.Add(new DeviceName("", "chip", "", chip.ToLowerInvariant()));
        if (await stores.Devices.AddAsync(device, names) is not { } no) return null;
        await stores.Devices.PutCredentialAsync(no, product.Product.Dialect, KeyCredential, keys.Encrypt(key));
        if (wanted.Config is { } config) await stores.Devices.PutCredentialAsync(no, product.Product.Dialect, ConfigCredential, keys.Encrypt(config));
        return await stores.Devices.FindAsync(no);
    }

    /// <summary>The names that a device with this MAC may have: MACs are recorded with colons or without.</summary>
    internal static IEnumerable<DeviceName> MacNames(string mac)
    {
        yield return MacName(mac);
        var digits = mac.Replace(":", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        if (digits.Length != 12) yield break;
        var pairs = Enumerable.Range(0, 6).Select(i => digits.Substring(i * 2, 2)).ToList();
        foreach (var form in (string[])[digits, string.Join(':', pairs), string.Join('-', pairs)])
        {
            if (form != mac) yield return MacName(form);
        }
    }

    private static DeviceName MacName(string mac) => new("", "mac", "", mac.ToLowerInvariant());

    private static Fault WrongDigest => new(FaultKind.WrongProof, "The proof of the device's key is wrong", AddFields.Digest);

    /// <summary>Whether two keys are the same, compared in constant time.</summary>
    public static bool SameKey(string known, string shown) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(known), Encoding.UTF8.GetBytes(shown));
}

/// <summary>What a device shows of itself when it connects.</summary>
public sealed record DeviceIntroduction(string Dialect, string DeviceId, string Key, string Model, string? Ip)
{
    /// <summary>Detail of <see cref="FaultKind.NotManufactured"/> when the device can be adopted.</summary>
    public const string Adoptable = "adoptable";
}

/// <summary>A device that has proved who it is; without an owner it is known but serves nobody.</summary>
public sealed record KnownDevice(Device Device, ProductView Product, string? OwnerId)
{
    /// <summary>What the factory configured it with, a JSON object, or null.</summary>
    public string? Config { get; init; }
}

/// <summary>A page of a home's devices.</summary>
public sealed record DevicePage(IReadOnlyList<VisibleDevice> Devices, int Total);
