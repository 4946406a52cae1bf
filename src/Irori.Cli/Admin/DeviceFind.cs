using System.CommandLine;
using System.Text.Json.Nodes;
using Irori.Core.Devices;
using Irori.Core.Products;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin device find</c>: devices by the beginning of any of their names.</summary>
internal static class DeviceFind
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("find", "Find devices by the beginning of their id, name, MAC or any other name.", "irori admin device find d0:27");
        var text = command.With(new Argument<string>("TEXT") { Description = "Beginning of any of its names; \"\" finds all" });
        var page = new PageOptions(command);
        return command.Run(async (call, cancel) =>
        {
            var found = await call.Home.Service<DeviceRegistry>().SearchAsync(call.Value(text), page.After(call), page.Limit(call), cancel);
            var products = call.Home.Service<ProductService>();
            var rows = new List<JsonObject>();
            foreach (var device in found) rows.Add(Row(device, await products.GetAsync(device.Product, cancel)));
            call.Write(["id", "name", "product", "model", "lifecycle", "source"], rows);
            await page.HintAsync(call, found, d => d.Id);
            return ExitCode.Done;
        });
    }

    private static JsonObject Row(Device device, ProductView product) => new()
    {
        ["id"] = device.Id,
        ["name"] = device.Name,
        ["product"] = product.Product.Id,
        ["model"] = product.Product.Model,
        ["lifecycle"] = $"{device.Lifecycle}".ToLowerInvariant(),
        ["source"] = $"{device.Source}".ToLowerInvariant(),
    };
}
