using System.Text.Json;
using Irori.Core;
using Irori.Core.History;
using Microsoft.AspNetCore.Http;

namespace Irori.Server.Console;

/// <summary>One value of a property.</summary>
internal sealed record PointItem(long Time, JsonElement Value);

/// <summary>A page of points by arrival; null: there is no next page.</summary>
internal sealed record HistoryAnswer(IReadOnlyList<PointItem> Points, string? Next);

/// <summary>What was.</summary>
internal sealed class HistoryApi(HistoryService history)
{
    public async Task<Result<HistoryAnswer>> PointsAsync(HttpContext context, Principal who)
    {
        if (!ConsoleInput.Text(context, "property").Try(out var property, out var fault)) return fault;
        if (!ConsoleInput.Number(context, "from", 0, ConsoleInput.EndOfTime).Try(out var from, out fault)) return fault;
        if (!ConsoleInput.Number(context, "to", 0, ConsoleInput.EndOfTime).Try(out var to, out fault)) return fault;
        if (!ConsoleInput.Number(context, "limit", 1, HistoryService.MaxPage, HistoryService.MaxPage).Try(out var limit, out fault)) return fault;
        if (!ConsoleInput.Cursor(context).Try(out var cursor, out fault)) return fault;
        var read = await history.PointsAsync(
            who,
            ConsoleInput.Route(context, "device"),
            property,
            DateTimeOffset.FromUnixTimeMilliseconds(from),
            DateTimeOffset.FromUnixTimeMilliseconds(to),
            cursor is { } c ? new PointCursor(c.First, c.Second) : null,
            (int)limit,
            context.RequestAborted);
        if (!read.Try(out var page, out fault)) return fault;
        return new HistoryAnswer(
            [.. page.Points.Select(p => new PointItem(p.SourceTime, JsonElement.Parse(p.Value)))],
            page.Next is { } next ? ConsoleInput.Cursor(next.Arrival, next.Seq) : null);
    }
}
