using System.CommandLine;
using Irori.Core.Projects;
using Irori.Server.Files;

namespace Irori.Cli.Admin;

/// <summary><c>irori admin app add</c>: an app's id and secret, shown once.</summary>
internal static class AppAdd
{
    public static AdminCommand Create()
    {
        var command = new AdminCommand("add", "Make an app; its secret is shown once.", "irori admin app add --dialect coolkit");
        var dialect = command.With(new Option<string>("--dialect") { Description = $"What it speaks: {string.Join(", ", ServedDialects.Names)}", Required = true });
        dialect.AcceptOnlyFromAmong([.. ServedDialects.Names]);
        var id = command.With(new Option<string?>("--id") { Description = "Its id, 1 to 64 letters, digits, dashes and underscores; minted when left out", HelpName = "ID" });
        var kind = command.With(new Option<string>("--kind") { Description = "client (at a user's), cloud (a back end) or oauth (a third party)", DefaultValueFactory = _ => "client" });
        kind.AcceptOnlyFromAmong("client", "cloud", "oauth");
        var single = command.With(new Option<bool?>("--single-session") { Description = "true: a new login ends older ones; by default in vendor mode", HelpName = "true|false" });
        var all = command.With(new Option<bool?>("--all-products") { Description = "true: it sees every product; by default in home mode", HelpName = "true|false" });
        var redirects = command.With(new Option<string[]>("--redirect-url") { Description = "Where people are led back with a code when they let it in (OAuth); may be repeated", HelpName = "URL" });
        return command.Run(async (call, cancel) =>
        {
            var spoken = ServedDialects.Of(call.Value(dialect)!);
            var wanted = new NewApp(
                spoken.Name, Enum.Parse<AppKind>(call.Value(kind)!, ignoreCase: true), Checked(call.Value(id)), null, call.Value(single) ?? spoken.SingleSession, call.Value(all))
            {
                AccessLife = spoken.AccessLife,
                RefreshLife = spoken.RefreshLife,
                Redirects = call.Value(redirects) ?? [],
            };
            var made = AdminCall.Take(await call.Home.Service<AppService>().AddAsync(wanted, cancel));
            call.Write(
                ("id", made.App.Id), ("secret", made.Secret), ("dialect", made.App.Dialect), ("kind", Word(made.App.Kind)), ("singleSession", made.App.SingleSession));
            return ExitCode.Done;
        });
    }

    /// <summary>A kind as it is typed.</summary>
    public static string Word(AppKind kind) => $"{kind}".ToLowerInvariant();

    private static string? Checked(string? id) =>
        id is null || (id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            ? id
            : throw new CliException("--id must be 1 to 64 letters, digits, dashes and underscores.", ExitCode.Wrong);
}
