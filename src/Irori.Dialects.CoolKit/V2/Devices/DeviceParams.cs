using System.Text.Json;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Products;
using Irori.Core.States;
using Irori.Dialects.CoolKit.Wire;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>
/// A device's <c>params</c> as apps read them: what it has reported, and who stands behind whom. A gateway names the devices behind it in <c>subDevices</c>; each of
/// these names the gateway in <c>parentid</c>, and how that knows it in <c>subDevId</c>. Seen in real answers, not in the documents.
/// </summary>
internal sealed class DeviceParams(SubDeviceService behind, ProductService products)
{
    /// <summary>Those of one device: all, or those that were asked for.</summary>
    public async Task<RawJson> ReadAsync(VisibleDevice device, IReadOnlyCollection<string>? wanted, CancellationToken cancel) => (await ReadAsync([device], wanted, cancel))[0];

    /// <summary>Those of devices, in their order.</summary>
    public async Task<IReadOnlyList<RawJson>> ReadAsync(IReadOnlyList<VisibleDevice> devices, IReadOnlyCollection<string>? wanted, CancellationToken cancel)
    {
        var gateways = new HashSet<long>();
        foreach (var device in devices)
        {
            if ((await products.GetAsync(device.Product, cancel)).Product.Node == ProductNode.Gateway) gateways.Add(device.No);
        }

        var listed = await behind.ListAsync(gateways, cancel);
        var read = new List<RawJson>(devices.Count);
        foreach (var device in devices)
        {
            var values = new OrderedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, value) in StateText.ReadValues(device.Values)) values[name] = value.Json;
            if (gateways.Contains(device.No)) await AddBehindAsync(values, [.. listed[device.No]], cancel);
            if (device.ParentId is { } parent) AddParent(values, parent, DeviceJson.ReadFactory(device.Factory).Mac);
            read.Add(RawJson.Of(values.Select(v => (v.Key, v.Value)), wanted));
        }

        return read;
    }

    private async Task AddBehindAsync(OrderedDictionary<string, string> values, IReadOnlyList<ListedSubDevice> devices, CancellationToken cancel)
    {
        var shown = new List<SubDeviceData>(devices.Count);
        foreach (var device in devices)
        {
            var product = await products.GetAsync(device.Product, cancel);
            shown.Add(new SubDeviceData { SubDevId = DeviceJson.ReadFactory(device.Factory).Mac, DeviceId = device.Id, Uiid = ThingMapper.Uiid(product) });
        }

        values["subDevNum"] = $"{shown.Count}";
        values["subDevMaxNum"] = $"{SubDeviceService.MaxOfGateway}";
        values["subDevices"] = JsonSerializer.Serialize<IReadOnlyList<SubDeviceData>>(shown, CoolKitJson.TypeOf<IReadOnlyList<SubDeviceData>>());
    }

    private static void AddParent(OrderedDictionary<string, string> values, string parent, string name)
    {
        values["parentid"] = JsonSerializer.Serialize(parent, CoolKitJson.TypeOf<string>());
        values["subDevId"] = JsonSerializer.Serialize(name, CoolKitJson.TypeOf<string>());
    }
}
