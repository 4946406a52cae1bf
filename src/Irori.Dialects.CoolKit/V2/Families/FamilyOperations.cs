using System.Text.Json.Serialization;
using Irori.Core;
using Irori.Core.Homes;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Families;

/// <summary>The homes of a person.</summary>
internal sealed record FamilyListRequest
{
    /// <summary>cn or en.</summary>
    public string? Lang { get; init; }
}

/// <summary>A room of a home.</summary>
internal sealed record RoomData(string Id, string Name, long Index);

/// <summary>A home.</summary>
internal sealed record FamilyData
{
    public required string Id { get; init; }

    /// <summary>The person's id.</summary>
    public required string Apikey { get; init; }

    public required string Name { get; init; }

    public required long Index { get; init; }

    public required IReadOnlyList<RoomData> RoomList { get; init; }

    /// <summary>1: the person's own. Seen in real answers, not in the document.</summary>
    public int FamilyType { get; init; } = 1;
}

/// <summary>The homes and the one that the person looks at.</summary>
internal sealed record FamilyListData
{
    public required IReadOnlyList<FamilyData> FamilyList { get; init; }

    public required string CurrentFamilyId { get; init; }

    /// <summary>True when the home that was looked at is gone and another took its place.</summary>
    [JsonPropertyName("hasChangedCurrentFamily")]
    public required bool HasChanged { get; init; }
}

/// <summary>The section Family and room of CoolKit v2.</summary>
internal sealed class FamilyOperations(HomeService homes)
{
    public void Map(IEndpointRouteBuilder routes) => Operations.Map<FamilyListRequest, FamilyListData>(
        routes, new("GET", "/v2/family", Access.Personal, "listFamilies", "Family and room", "The homes with their rooms, and the current one."), ListAsync);

    private async Task<Result<FamilyListData>> ListAsync(Caller caller, FamilyListRequest request, CancellationToken cancel)
    {
        var account = caller.Person.Account;
        if (!(await homes.ListAsync(account, cancel)).Try(out var list, out var fault)) return fault;
        return new FamilyListData
        {
            FamilyList = [.. list.Homes.Select(h => Of(h, account.Id))],
            CurrentFamilyId = list.Current.Id,
            HasChanged = account.CurrentHome is { } before && before != list.Current.Id,
        };
    }

    private static FamilyData Of(Home home, string apikey) => new()
    {
        Id = home.Id, Apikey = apikey, Name = home.Name, Index = home.Rank, RoomList = [.. home.Rooms.Select(r => new RoomData(r.Id, r.Name, r.Rank))],
    };
}
