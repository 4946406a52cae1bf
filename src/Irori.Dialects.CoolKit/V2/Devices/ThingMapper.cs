using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Products;
using Irori.Core.States;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>Shows devices as things.</summary>
internal sealed class ThingMapper(DeviceService devices, ProductService products)
{
    private const int OwnDevice = 1;
    private const int SharedDevice = 2;

    /// <summary>The things of devices, in their order. Keys are read once for all of them.</summary>
    public async Task<IReadOnlyList<ThingData>> ThingsAsync(IReadOnlyList<VisibleDevice> found, CancellationToken cancel)
    {
        var keys = await devices.KeysForOwnerAsync(found, CoolKitDialect.Name, cancel);
        var things = new List<ThingData>(found.Count);
        foreach (var device in found) things.Add(Thing(device, await products.GetAsync(device.Product, cancel), keys.GetValueOrDefault(device.No, "")));
        return things;
    }

    private static ThingData Thing(VisibleDevice device, ProductView product, string key) => new()
    {
        ItemType = device.Role == Role.Owner ? OwnDevice : SharedDevice,
        ItemData = Device(device, product, key),
        Index = device.Rank,
    };

    private static DeviceData Device(VisibleDevice device, ProductView product, string key) => new()
    {
        Name = device.Name,
        DeviceId = device.Id,
        Apikey = device.OwnerId ?? "",
        Extra = Extra(DeviceJson.ReadFactory(device.Factory), product),
        BrandName = product.Brand.Name,
        BrandLogo = product.Brand.Logo,
        ShowBrand = product.Brand.Name.Length > 0,
        ProductModel = product.Product.Model,
        Tags = new RawJson(device.Tags),
        Settings = DeviceSettings.Read(device.Settings).WithDefaults(),
        Family = new DeviceFamilyData { FamilyId = device.HomeId ?? "", Index = device.Rank, RoomId = device.RoomId },
        SharedBy = device.Role == Role.Owner ? null : new SharePersonData { Apikey = device.OwnerId ?? "", Permit = device.Permit },
        DeviceKey = key,
        Online = device.Online,
        Params = RawJson.Params(StateText.ReadValues(device.Values)),
        IsSupportGroup = true,
    };

    private static ExtraData Extra(FactoryData factory, ProductView product) => new()
    {
        Model = product.Name(CoolKitDialect.Name, ProductNames.Model) is { } model and not ProductNames.AnyModel ? model : product.Product.Model,
        Ui = factory.Ui.Length > 0 ? factory.Ui : product.Product.Name,
        Uiid = int.TryParse(product.Name(CoolKitDialect.Name, CoolKitDialect.UiidName), out var uiid) ? uiid : 0,
        Description = factory.Description,
        Manufacturer = factory.Manufacturer.Length > 0 ? factory.Manufacturer : product.Brand.Name,
        Mac = factory.Mac,
        Apmac = factory.ApMac,
        ModelInfo = product.Product.Id,
        BrandId = product.Brand.Id,
        Chipid = factory.ChipId,
    };
}
