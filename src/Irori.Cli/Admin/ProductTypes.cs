using System.Text.Json.Nodes;
using Irori.Dialects.CoolKit.Types;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin product types</c>: the documented types of devices, of which products can be added without a file.</summary>
internal static class ProductTypes
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("types", "List the documented types of devices; irori admin product add --uiid adds a product of one.", "irori admin product types");
        return command.Run((call, _) =>
        {
            call.Write(["uiid", "name", "category", "node", "properties"], DeviceTypes.All.Select(Row));
            return Task.FromResult(ExitCode.Done);
        });
    }

    private static JsonObject Row(DeviceType type) => new()
    {
        ["uiid"] = type.Uiid,
        ["name"] = type.Name,
        ["category"] = type.Category,
        ["node"] = $"{type.Node}",
        ["properties"] = new JsonArray([.. type.Things.Properties.Select(p => (JsonNode)p.Name)]),
    };
}
