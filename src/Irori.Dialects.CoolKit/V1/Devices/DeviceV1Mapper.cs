using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Groups;
using Irori.Dialects.CoolKit.V1.Users;
using Irori.Dialects.CoolKit.V2.Devices;

namespace Irori.Dialects.CoolKit.V1.Devices;

/// <summary>Shows devices as v1 does.</summary>
internal sealed class DeviceV1Mapper(ThingMapper things, GroupService groups)
{
    /// <summary>One device, with its tags.</summary>
    public async Task<OneDeviceV1> ShowAsync(Principal who, VisibleDevice device, CancellationToken cancel) =>
        new((await ShowAsync(who, [device], withTags: true, cancel))[0]);

    /// <summary>Devices, in their order.</summary>
    public async Task<IReadOnlyList<DeviceV1>> ShowAsync(Principal who, IReadOnlyList<VisibleDevice> found, bool withTags, CancellationToken cancel)
    {
        var shown = await things.DevicesAsync(who, found, cancel);
        var memberships = await groups.OfDevicesAsync(who, found, cancel);
        return [.. shown.Zip(found, (data, device) => Show(data, device, memberships[device.No], withTags))];
    }

    // v1 and v2 show the same device; only where things stand is another.
    private static DeviceV1 Show(DeviceData data, VisibleDevice device, IEnumerable<Membership> memberships, bool withTags) => new()
    {
        No = UserV1.HexNo(device.No),
        Version = device.Version,
        Name = data.Name,
        DeviceId = data.DeviceId,
        Apikey = data.Apikey,
        Extra = new ExtraV1(data.Extra.ModelInfo, data.Extra with { StaMac = data.Extra.Mac }),
        OnlineTime = UserV1.Iso(device.LastSeen ?? device.Since),
        Ip = device.Ip ?? "",
        Settings = SettingsV1.Of(data.Settings),
        Groups = [.. memberships.Where(m => m.Kind == GroupKind.Folder).Select(m => m.GroupId)],
        DevGroups = data.DevGroups ?? [],
        SharedTo = data.ShareTo,
        DevConfig = data.DevConfig,
        Params = data.Params,
        Online = data.Online,
        CreatedAt = UserV1.Iso(device.Since),
        SharedBy = data.SharedBy is { } by ? new SharedByV1(by.Apikey, by.Permit) : null,
        DeviceKey = data.DeviceKey,
        BrandName = data.BrandName,
        BrandLogoUrl = data.BrandLogo,
        ProductModel = data.ProductModel,
        ShowBrand = data.ShowBrand,
        Uiid = data.Extra.Uiid,
        Tags = withTags ? data.Tags : null,
    };
}
