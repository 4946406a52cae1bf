using System.Text.Json;
using Irori.Core.Bindings;
using Irori.Core.Devices;
using Irori.Core.Installation;
using Irori.Core.Products;
using Irori.Core.States;
using Irori.Dialects.Gizwits.Wire;
using Irori.Dialects.Web;
using Microsoft.AspNetCore.Http;

namespace Irori.Dialects.Gizwits.Bindings;

/// <summary>Shows devices as this dialect does.</summary>
internal sealed class DeviceMapper(ProductService products, DeviceService devices, OwnAddress address, PublicAddress configured)
{
    private const string Protocol = "04";

    /// <summary>Devices as a person has them, in their order.</summary>
    public async Task<IReadOnlyList<BoundDeviceAnswer>> ShowAsync(HttpContext context, IReadOnlyList<VisibleDevice> found, bool protocol, CancellationToken cancel)
    {
        var keys = await devices.KeysForOwnerAsync(found, GizwitsDialect.Name, cancel);
        var answers = new List<BoundDeviceAnswer>(found.Count);
        foreach (var device in found)
        {
            var product = await products.GetAsync(device.Product, cancel);
            answers.Add(new BoundDeviceAnswer
            {
                ProductKey = ProductKeys.Of(product),
                Did = device.Id,
                Mac = MacOf(device),
                IsOnline = device.Online,
                Passcode = keys.GetValueOrDefault(device.No, ""),
                Host = address.Host(context),
                Port = 0,
                PortS = 0,
                WsPort = PortOf(context, https: false),
                WssPort = PortOf(context, https: true),
                Remark = device.Remark,
                IsDisabled = device.Lifecycle == Lifecycle.Disabled,
                Type = TypeOf(device, product),
                DevAlias = device.Name,
                DevLabel = LabelsOf(device),
                Role = RoleOf(device),
                ProductName = product.Product.Name,
                Protoc = 3,
                McuSoftVersion = "",
                McuHardVersion = "",
                WifiHardVersion = "",
                WifiSoftVersion = null,
                StateLastTimestamp = LastOf(StateText.ReadValues(device.Values)) / 1000,
                GwDid = device.ParentId,
                IsSandbox = false,
                ProtoVer = protocol ? Protocol : null,
            });
        }

        return answers;
    }

    /// <summary>One device.</summary>
    public async Task<BoundDeviceAnswer> ShowAsync(HttpContext context, VisibleDevice device, CancellationToken cancel) => (await ShowAsync(context, [device], protocol: false, cancel))[0];

    /// <summary>A device's labels.</summary>
    public static IReadOnlyList<string> LabelsOf(VisibleDevice device) => JsonSerializer.Deserialize(device.Labels, GizwitsJson.TypeOf<IReadOnlyList<string>>())!;

    /// <summary>What kind of thing it is.</summary>
    public static string TypeOf(VisibleDevice device, ProductView product) =>
        device.ParentId is not null ? "sub_dev" : product.Product.Node == ProductNode.Gateway ? "center_control" : "normal";

    /// <summary>When something of the state last arrived, milliseconds since 1970; 0 for never.</summary>
    public static long LastOf(IReadOnlyDictionary<string, StateValue> values) => values.Count == 0 ? 0 : values.Values.Max(v => v.Arrival);

    /// <summary>A device's MAC, 12 hex digits; one without goes by its id.</summary>
    public static string MacOf(VisibleDevice device)
    {
        var mac = DeviceJson.ReadFactory(device.Factory).Mac;
        return mac.Length == 0 ? device.Id : mac.Replace(":", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
    }

    // Without a settled port only the one that was asked is known.
    private int PortOf(HttpContext context, bool https)
    {
        var settled = https ? configured.HttpsPort : configured.HttpPort;
        return settled != 0 ? settled : context.Request.IsHttps == https ? address.Port(context) : 0;
    }

    private static string RoleOf(VisibleDevice device) => device.Role switch
    {
        Role.Owner => device.IsOpen ? "special" : "owner",
        Role.Peer => "normal",
        _ => "guest",
    };
}
