using System.CommandLine;
using System.Text.Json.Nodes;
using Irori.Core.Devices;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin device show</c>: what is known of a device, but for its key.</summary>
internal static class DeviceShow
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("show", "Show what is known of a device; its key is not shown.", "irori admin device show 1000a1b2c3");
        var id = command.With(new Argument<string>("DEVICE") { Description = "Id of the device" });
        return command.Run(async (call, cancel) =>
        {
            Write(call, AdminCall.Take(await call.Home.Service<DeviceRegistry>().FindAsync(call.Value(id), cancel)));
            return ExitCode.Done;
        });
    }

    private static void Write(AdminCall call, DeviceFile file)
    {
        var (device, factory, link) = (file.Device, file.Device.FactoryData(), file.Link);
        call.Write(
            ("id", device.Id),
            ("name", device.Name),
            ("product", file.Product.Product.Id),
            ("model", file.Product.Product.Model),
            ("lifecycle", $"{device.Lifecycle}".ToLowerInvariant()),
            ("source", $"{device.Source}".ToLowerInvariant()),
            ("owner", file.OwnerId),
            ("online", link?.Online ?? false),
            ("address", link?.Ip),
            ("node", link?.Node),
            ("connected", Time(link?.Opened)),
            ("disconnected", Time(link?.Closed)),
            ("names", new JsonArray([.. file.Names.Select(n => (JsonNode)$"{n.Dialect} {n.Kind} {n.Scope} {n.Value}".Replace("  ", " ", StringComparison.Ordinal).Trim())])),
            ("chipId", factory.ChipId),
            ("manufacturer", Filled(factory.Manufacturer)),
            ("description", Filled(factory.Description)),
            ("created", Time(device.Created)),
            ("activated", Time(device.Activated)));
    }

    private static string? Time(DateTimeOffset? at) => at is { } time ? $"{time:yyyy-MM-ddTHH:mm:ssZ}" : null;

    private static string? Filled(string text) => text.Length > 0 ? text : null;
}
