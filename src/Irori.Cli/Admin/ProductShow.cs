using System.CommandLine;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Products;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin product show</c>: a product with its thing model.</summary>
internal static class ProductShow
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("show", "Show a product with the properties of its devices.", "irori admin product show 0123456789abcdef01234567");
        var id = command.With(new Argument<string>("PRODUCT") { Description = "Id of the product" });
        return command.Run(async (call, cancel) =>
        {
            var view = await call.Home.Service<ProductService>().FindAsync(call.Value(id), cancel) ?? throw CliException.Of(Fault.NotVisible($"product {call.Value(id)}"));
            if (call.Output.IsJson(call.Parsed)) call.Output.Write(call.Parsed, Json(view), [], []);
            else Write(call, view);
            return ExitCode.Done;
        });
    }

    private static JsonObject Json(ProductView view)
    {
        var json = ProductList.Row(view);
        json["node"] = $"{view.Product.Node}";
        json["bindingMode"] = $"{view.Product.BindingMode}";
        json["adopts"] = view.Product.Adopts;
        json["keepsFrames"] = view.Product.KeepsFrames;
        json["keepsTime"] = view.Product.KeepsTime;
        json["pointDays"] = view.Product.PointDays;
        json["things"] = JsonNode.Parse(view.Product.ModelJson);
        return json;
    }

    private static void Write(AdminCall call, ProductView view)
    {
        var json = Json(view);
        json.Remove("things");
        call.Write([.. json.Select(p => (p.Key, p.Value?.DeepClone()))]);
        call.Write(["property", "title", "type", "access", "unit", "range"], view.Model.Properties.Select(Row));
    }

    private static JsonObject Row(Property property) => new()
    {
        ["property"] = property.Name,
        ["title"] = property.Title,
        ["type"] = $"{property.Type}".ToLowerInvariant(),
        ["access"] = property.Access,
        ["unit"] = property.Unit,
        ["range"] = property.Values is { } values ? string.Join(", ", values.Select(v => $"{v.Value}"))
            : property is { Min: null, Max: null } ? null : $"{property.Min} to {property.Max}",
    };
}
