using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Groups;
using Irori.Core.Homes;
using Irori.Core.Products;
using Irori.Core.Sharing;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>Shows devices and groups as things.</summary>
internal sealed class ThingMapper(DeviceService devices, ProductService products, GroupService groups, SharingService sharing, HomeService homes, DeviceParams state)
{
    private const int OwnDevice = 1;
    private const int SharedDevice = 2;
    private const int OwnGroup = 3;

    // The only type of group that the document has.
    private const int DeviceGroup = 1;

    /// <summary>The things of devices, in their order.</summary>
    public async Task<IReadOnlyList<ThingData>> ThingsAsync(Principal who, IReadOnlyList<VisibleDevice> found, CancellationToken cancel)
    {
        var placed = await PlacedAsync(who, found, cancel);
        return [.. (await DevicesAsync(who, placed, cancel)).Zip(placed, (data, device) => new ThingData
        {
            ItemType = device.Role == Role.Owner ? OwnDevice : SharedDevice, ItemData = data, Index = device.Rank,
        })];
    }

    /// <summary>The thing of a device.</summary>
    public async Task<ThingData> ThingAsync(Principal who, VisibleDevice device, CancellationToken cancel) => (await ThingsAsync(who, [device], cancel))[0];

    /// <summary>Devices, in their order. What belongs to them is read once for all of them.</summary>
    public async Task<IReadOnlyList<DeviceData>> DevicesAsync(Principal who, IReadOnlyList<VisibleDevice> found, CancellationToken cancel)
    {
        if (found.Count == 0) return [];
        var keys = await devices.KeysForOwnerAsync(found, CoolKitDialect.Name, cancel);
        var memberships = await groups.OfDevicesAsync(who, found, cancel);
        var people = await sharing.PeopleAsync(who, found, cancel);
        var states = await state.ReadAsync(found, wanted: null, cancel);
        var configs = await devices.ConfigsAsync(found, CoolKitDialect.Name, cancel);
        var shown = new List<DeviceData>(found.Count);
        foreach (var (device, values) in found.Zip(states))
            shown.Add(Device(device, await products.GetAsync(device.Product, cancel), values, keys.GetValueOrDefault(device.No, ""), memberships[device.No], [.. people[device.No]]) with
            {
                DevConfig = DeviceConfigData.Read(configs.GetValueOrDefault(device.No), device.Role == Role.Owner),
            });
        return shown;
    }

    /// <summary>The thing of a group.</summary>
    public static ThingData Thing(Group group) => new()
    {
        ItemType = OwnGroup,
        ItemData = new GroupData
        {
            Id = group.Id,
            Name = group.Name,
            MainDeviceId = group.MainId ?? "",
            Family = new PlaceData { FamilyId = group.HomeId ?? "", Index = group.Rank, RoomId = group.RoomId },
            Params = new RawJson(group.State),
        },
        Index = group.Rank,
    };

    // A device that was shared a moment ago stands nowhere until its receiver looks at his homes; a thing always stands somewhere.
    private async Task<IReadOnlyList<VisibleDevice>> PlacedAsync(Principal who, IReadOnlyList<VisibleDevice> found, CancellationToken cancel)
    {
        if (found.All(d => d.HomeId is not null)) return found;
        await homes.ListAsync(who.Account, cancel);
        var placed = await devices.FindAsync(who, [.. found.Select(d => d.Id)], cancel);
        return placed.Count == found.Count ? placed : found;
    }

    private static DeviceData Device(
        VisibleDevice device, ProductView product, RawJson values, string key, IEnumerable<Membership> memberships, IReadOnlyList<SharePerson> people) => new()
    {
        Name = device.Name,
        DeviceId = device.Id,
        Apikey = device.OwnerId ?? "",
        Extra = Extra(DeviceJson.ReadFactory(device.Factory), product),
        BrandName = product.Brand.Name,
        BrandLogo = product.Brand.Logo,
        ShowBrand = product.Brand.Name.Length > 0,
        ProductModel = product.Product.Model,
        DevGroups = [.. memberships.Where(m => m.Kind == GroupKind.Control).Select(m => new DeviceGroupData(DeviceGroup, m.GroupId))],
        Tags = new RawJson(device.Tags),
        Settings = DeviceSettings.Read(device.Settings).WithDefaults(),
        Family = new PlaceData { FamilyId = device.HomeId ?? "", Index = device.Rank, RoomId = device.RoomId },
        SharedBy = device.Role == Role.Owner ? null : people.Count > 0 ? Person(people[0]) : new SharePersonData { Apikey = device.OwnerId ?? "", Permit = device.Permit },
        ShareTo = device.Role == Role.Owner ? [.. people.Select(Person)] : null,
        DeviceKey = key,
        Online = device.Online,
        Params = values,
        IsSupportGroup = true,
    };

    private static SharePersonData Person(SharePerson person) => new()
    {
        Apikey = person.AccountId, Permit = person.Permit, PhoneNumber = person.Phone, Email = person.Email, Nickname = person.Nickname, Comment = person.Comment,
        ShareTime = person.Since.ToUnixTimeMilliseconds(),
    };

    /// <summary>Number of the user interface of a product; 0: it has none.</summary>
    public static int Uiid(ProductView product) => int.TryParse(product.Name(CoolKitDialect.Name, CoolKitDialect.UiidName), out var uiid) ? uiid : 0;

    private static ExtraData Extra(FactoryData factory, ProductView product) => new()
    {
        Model = product.Name(CoolKitDialect.Name, ProductNames.Model) is { } model and not ProductNames.AnyModel ? model : product.Product.Model,
        Ui = factory.Ui.Length > 0 ? factory.Ui : product.Product.Name,
        Uiid = Uiid(product),
        Description = factory.Description,
        Manufacturer = factory.Manufacturer.Length > 0 ? factory.Manufacturer : product.Brand.Name,
        Mac = factory.Mac,
        Apmac = factory.ApMac,
        ModelInfo = product.Product.Id,
        BrandId = product.Brand.Id,
        Chipid = factory.ChipId,
    };
}
