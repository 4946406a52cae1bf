using System.CommandLine;
using Irori.Core.Projects;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin app grant</c>: opens products to an app.</summary>
internal static class AppGrant
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand(
            "grant", "Open every product, a brand's products or one product to an app.",
            "irori admin app grant APP all\nirori admin app grant APP brand Irori\nirori admin app grant APP product 0123456789abcdef01234567");
        var app = command.With(new Argument<string>("APP") { Description = "Id of the app" });
        var what = command.With(new Argument<string>("WHAT") { Description = "all, brand or product" });
        what.AcceptOnlyFromAmong("all", "brand", "product");
        var target = command.With(new Argument<string>("TARGET") { Description = "Name of the brand or id of the product", DefaultValueFactory = _ => "" });
        return command.Run(async (call, cancel) =>
        {
            var kind = Enum.Parse<GrantKind>(call.Value(what), ignoreCase: true);
            if ((kind == GrantKind.All) != (call.Value(target).Length == 0))
                throw new CliException(kind == GrantKind.All ? "all takes no name behind it." : $"Which {call.Value(what)}? Name it behind the word.", ExitCode.Wrong);
            AdminCall.Take(await call.Home.Service<AppService>().GrantAsync(call.Value(app), kind, call.Value(target), cancel));
            call.Write(("app", call.Value(app)), ("granted", $"{call.Value(what)} {call.Value(target)}".TrimEnd()));
            return ExitCode.Done;
        });
    }
}
