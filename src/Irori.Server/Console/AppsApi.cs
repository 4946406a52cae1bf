using Irori.Core;
using Irori.Core.Projects;
using Microsoft.AspNetCore.Http;

namespace Irori.Server.Console;

/// <summary>An app, without its secret. Redirects: where people may be led back with a code when they let it in.</summary>
internal sealed record AppItem(string Id, string Dialect, string Kind, bool Disabled, IReadOnlyList<string> Redirects);

/// <summary>A page of apps; null: there is no next page.</summary>
internal sealed record AppsAnswer(IReadOnlyList<AppItem> Apps, string? Next);

/// <summary>An address to which people may be led back.</summary>
internal sealed record RedirectBody(string? Uri);

/// <summary>Apps, for operators: which there are, and where OAuth leads people back.</summary>
internal sealed class AppsApi(AppService apps)
{
    private const int Page = 100;

    public async Task<Result<AppsAnswer>> ListAsync(HttpContext context)
    {
        if (!ConsoleInput.Text(context, "after", missing: "").Try(out var after, out var fault)) return fault;
        var page = await apps.ListAsync(after, Page, context.RequestAborted);
        var redirects = await apps.RedirectsAsync(page, context.RequestAborted);
        return new AppsAnswer(
            [.. page.Where(a => a.Kind != AppKind.Console).Select(a => new AppItem(a.Id, a.Dialect, ConsoleJson.Word(a.Kind), a.Disabled, [.. redirects[a.No]]))],
            page.Count == Page ? page[^1].Id : null);
    }

    public async Task<Result<Done>> AddRedirectAsync(HttpContext context)
    {
        if (!(await ConsoleInput.BodyAsync(context, ConsoleJson.Default.RedirectBody)).Try(out var body, out var fault)) return fault;
        return body.Uri is { } uri
            ? await apps.AddRedirectAsync(ConsoleInput.Route(context, "app"), uri.Trim(), context.RequestAborted)
            : Fault.Invalid("uri", "uri is missing");
    }

    public async Task<Result<Done>> RemoveRedirectAsync(HttpContext context) => ConsoleInput.Text(context, "uri").Try(out var uri, out var fault)
        ? await apps.RemoveRedirectAsync(ConsoleInput.Route(context, "app"), uri, context.RequestAborted)
        : fault;
}
