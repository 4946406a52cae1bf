using Irori.Core;
using Irori.Core.Homes;
using Microsoft.AspNetCore.Http;

namespace Irori.Server.Console;

/// <summary>A room.</summary>
internal sealed record RoomItem(string Id, string Name);

/// <summary>A home with its rooms, in order. Role: owner or member.</summary>
internal sealed record HomeItem(string Id, string Name, string Role, IReadOnlyList<RoomItem> Rooms);

/// <summary>The homes of the account, in order, and the id of the one it looks at.</summary>
internal sealed record HomesAnswer(string Current, IReadOnlyList<HomeItem> Homes);

/// <summary>Homes and rooms.</summary>
internal sealed class HomesApi(HomeService homes)
{
    public async Task<Result<HomesAnswer>> ListAsync(HttpContext context, Principal who)
    {
        if (!(await homes.ListAsync(who.Account, context.RequestAborted)).Try(out var list, out var fault)) return fault;
        return new HomesAnswer(
            list.Current.Id, [.. list.Homes.Select(h => new HomeItem(h.Id, h.Name, ConsoleJson.Word(h.Role), [.. h.Rooms.Select(r => new RoomItem(r.Id, r.Name))]))]);
    }
}
