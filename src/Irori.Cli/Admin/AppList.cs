using System.Text.Json.Nodes;
using Irori.Core.Projects;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin app list</c>: apps and what is open to them, without secrets.</summary>
internal static class AppList
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("list", "List the apps and what is open to them.", "irori admin app list --json");
        var page = new PageOptions(command);
        return command.Run(async (call, cancel) =>
        {
            var service = call.Home.Service<AppService>();
            var apps = await service.ListAsync(page.After(call), page.Limit(call), cancel);
            var rows = new List<JsonObject>();
            foreach (var app in apps) rows.Add(Row(app, await service.GrantsAsync(app, cancel)));
            call.Write(["id", "dialect", "kind", "singleSession", "disabled", "products"], rows);
            await page.HintAsync(call, apps, a => a.Id);
            return ExitCode.Done;
        });
    }

    private static JsonObject Row(App app, IReadOnlyList<Grant> grants) => new()
    {
        ["id"] = app.Id,
        ["dialect"] = app.Dialect,
        ["kind"] = AppAdd.Word(app.Kind),
        ["singleSession"] = app.SingleSession,
        ["disabled"] = app.Disabled,
        ["products"] = new JsonArray([.. grants.Select(g => (JsonNode)$"{g.Kind.ToString().ToLowerInvariant()} {g.Target}".TrimEnd())]),
    };
}
