using Irori.Core.Projects;
using Irori.Dialects.CoolKit;
using Irori.Dialects.Gizwits;

namespace Irori.Server.Files;

/// <summary>A dialect that this program speaks, and what its vendor says of sessions.</summary>
/// <param name="Name">Its name in Core.</param>
/// <param name="AccessLife">How long a token is good for.</param>
/// <param name="RefreshLife">How long it can be renewed; where nothing can be, as long as the token.</param>
/// <param name="SingleSession">Whether a new login ends older ones; null: by the installation's mode.</param>
public sealed record ServedDialect(string Name, TimeSpan AccessLife, TimeSpan RefreshLife, bool? SingleSession);

/// <summary>The dialects that this program speaks.</summary>
public static class ServedDialects
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ServedDialect> All { get; } =
    [
        new(CoolKitDialect.Name, AppService.AccessLife, AppService.RefreshLife, SingleSession: null),
        new(GizwitsDialect.Name, GizwitsDialect.TokenLife, GizwitsDialect.TokenLife, SingleSession: false),
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(d => d.Name)];

    /// <summary>The dialect of a name.</summary>
    public static ServedDialect Of(string name) => All.Single(d => d.Name == name);
}
