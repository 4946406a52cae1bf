using System.Text.Json.Nodes;
using Irori.Core.Firmware;
using Irori.Core.Products;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin firmware list</c>.</summary>
internal static class FirmwareList
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("list", "List the released firmware.", "irori admin firmware list");
        var page = new PageOptions(command);
        return command.Run(async (call, cancel) =>
        {
            var releases = await call.Home.Service<FirmwareService>().ListAsync(page.After(call), page.Limit(call), cancel);
            var rows = new List<JsonObject>(releases.Count);
            foreach (var release in releases)
            {
                var product = await call.Home.Service<ProductService>().GetAsync(release.Product, cancel);
                rows.Add(new JsonObject
                {
                    ["id"] = release.Id, ["product"] = product.Product.Id, ["model"] = release.Model, ["version"] = release.Version,
                    ["files"] = new JsonArray([.. release.Files.Select(f => (JsonNode)$"{f.Name} ({f.Size})")]),
                });
            }

            call.Write(["id", "product", "model", "version", "files"], rows);
            await page.HintAsync(call, releases, r => r.Id);
            return ExitCode.Done;
        });
    }
}
