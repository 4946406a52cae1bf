using System.Text.Json.Nodes;
using Irori.Core.Products;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin product list</c>.</summary>
internal static class ProductList
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("list", "List the products.", "irori admin product list");
        var page = new PageOptions(command);
        return command.Run(async (call, cancel) =>
        {
            var products = await call.Home.Service<ProductService>().ListAsync(page.After(call), page.Limit(call), cancel);
            call.Write(["id", "dialect", "brand", "name", "model", "category", "names"], products.Select(Row));
            await page.HintAsync(call, products, p => p.Product.Id);
            return ExitCode.Done;
        });
    }

    /// <summary>A product in a line.</summary>
    public static JsonObject Row(ProductView view) => new()
    {
        ["id"] = view.Product.Id,
        ["dialect"] = view.Product.Dialect,
        ["brand"] = view.Brand.Name,
        ["name"] = view.Product.Name,
        ["model"] = view.Product.Model,
        ["category"] = view.Product.Category,
        ["names"] = new JsonArray([.. view.Names.Select(n => (JsonNode)$"{n.Dialect} {n.Kind} {n.Value}")]),
    };
}
