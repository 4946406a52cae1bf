using System.Text.Json.Serialization;
using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Homes;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Families;

/// <summary>A room of a home.</summary>
internal sealed record RoomData(string Id, string Name, long Index);

/// <summary>A home.</summary>
internal sealed record FamilyData
{
    public required string Id { get; init; }

    /// <summary>The owner's id.</summary>
    public required string Apikey { get; init; }

    public required string Name { get; init; }

    public required long Index { get; init; }

    public required IReadOnlyList<RoomData> RoomList { get; init; }

    /// <summary>1: the person's own, 2: he is a member. That the field is there is seen in real answers, not in the document.</summary>
    public required int FamilyType { get; init; }
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

/// <summary>A home that was made.</summary>
internal sealed record NewFamilyData(string Id, string Name, long Index, IReadOnlyList<RoomData> RoomList);

/// <summary>The section Family and room of CoolKit v2.</summary>
internal sealed class FamilyOperations(HomeService homes)
{
    private const int OwnFamily = 1;
    private const int MemberFamily = 2;

    private const string Section = "Family and room";
    private const int MaxFamilies = 20;
    private const int MaxRooms = 100;
    private const int MaxName = 128;

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<FamilyListRequest, FamilyListData>(
            routes, new("GET", "/v2/family", Access.Personal, "listFamilies", Section, "The homes with their rooms, and the current one."), (c, _, t) => ListAsync(c, t));
        Operations.Map<CreateFamilyRequest, NewFamilyData>(
            routes, new("POST", "/v2/family", Access.Personal, "createFamily", Section, "Makes a home, with rooms if wanted."), CreateAsync);
        Operations.Map<UpdateFamilyRequest, Nothing>(
            routes, new("PUT", "/v2/family", Access.Personal, "renameFamily", Section, "Renames a home."), RenameAsync);
        Operations.Map<DeleteFamilyRequest, Nothing>(
            routes, new("DELETE", "/v2/family", Access.Personal, "deleteFamily", Section, "Deletes a home; another one gets its things."), DeleteAsync);
        Operations.Map<IdRequest, Nothing>(
            routes, new("POST", "/v2/family/current", Access.Personal, "switchFamily", Section, "Makes a home the current one."), SwitchAsync);
        Operations.Map<CreateRoomRequest, RoomData>(
            routes, new("POST", "/v2/family/room", Access.Personal, "createRoom", Section, "Makes a room."), CreateRoomAsync);
        Operations.Map<UpdateRoomRequest, Nothing>(
            routes, new("PUT", "/v2/family/room", Access.Personal, "renameRoom", Section, "Renames a room."), RenameRoomAsync);
        Operations.Map<IdRequest, Nothing>(
            routes, new("DELETE", "/v2/family/room", Access.Personal, "deleteRoom", Section, "Deletes a room; its things stay in the home."), DeleteRoomAsync);
        Operations.Map<SortRoomsRequest, Nothing>(
            routes, new("POST", "/v2/family/room/index", Access.Personal, "sortRooms", Section, "Numbers the rooms of a home from 0."), SortRoomsAsync);
        Operations.Map<SortThingsRequest, Nothing>(
            routes, new("POST", "/v2/family/thing/sort", Access.Personal, "sortThings", Section, "Numbers the things of a home from 0."), SortThingsAsync);
        Operations.Map<RoomThingsRequest, Nothing>(
            routes, new("POST", "/v2/family/room/thing", Access.Personal, "setRoomThings", Section, "Changes which things are in a room."), SetRoomThingsAsync);
    }

    /// <summary>The homes of the person.</summary>
    public async Task<Result<FamilyListData>> ListAsync(Caller caller, CancellationToken cancel)
    {
        var account = caller.Person.Account;
        if (!(await homes.ListAsync(account, cancel)).Try(out var list, out var fault)) return fault;
        return new FamilyListData
        {
            FamilyList = [.. list.Homes.Select(Of)],
            CurrentFamilyId = list.Current.Id,
            HasChanged = account.CurrentHome is { } before && before != list.Current.Id,
        };
    }

    private async Task<Result<NewFamilyData>> CreateAsync(Caller caller, CreateFamilyRequest request, CancellationToken cancel)
    {
        if (Name("name", request.Name) is { } wrong) return wrong;
        if (!EndOf(request.Sort).Try(out var end, out var fault)) return fault;
        var rooms = request.RoomNameList ?? [];
        foreach (var room in rooms)
        {
            if (Name("roomNameList", room) is { } wrongRoom) return wrongRoom;
        }

        if (rooms.Count > MaxRooms) return new Fault(FaultKind.LimitReached, $"A home has at most {MaxRooms} rooms", HomeService.CountField);
        if (!(await homes.AddAsync(caller.Person.Account, new NewHome(request.Name, rooms, end, MaxFamilies), cancel)).Try(out var home, out fault)) return fault;
        return new NewFamilyData(home.Id, home.Name, home.Rank, RoomsOf(home));
    }

    private async Task<Result<Nothing>> RenameAsync(Caller caller, UpdateFamilyRequest request, CancellationToken cancel) =>
        Name("name", request.Name) is { } wrong ? wrong : Empty(await homes.RenameAsync(caller.Person.Account, Given(request.Id), request.Name, cancel));

    private async Task<Result<Nothing>> DeleteAsync(Caller caller, DeleteFamilyRequest request, CancellationToken cancel) =>
        Empty(await homes.RemoveAsync(caller.Person.Account, request.Id, request.DeviceFamily, request.SwitchFamily, cancel));

    private async Task<Result<Nothing>> SwitchAsync(Caller caller, IdRequest request, CancellationToken cancel) =>
        Empty(await homes.SetCurrentAsync(caller.Person.Account, request.Id, cancel));

    private async Task<Result<RoomData>> CreateRoomAsync(Caller caller, CreateRoomRequest request, CancellationToken cancel)
    {
        if (Name("name", request.Name) is { } wrong) return wrong;
        if (!EndOf(request.Sort).Try(out var end, out var fault)) return fault;
        if (!(await homes.AddRoomAsync(caller.Person.Account, request.FamilyId, request.Name, end, MaxRooms, cancel)).Try(out var room, out fault)) return fault;
        return new RoomData(room.Id, room.Name, room.Rank);
    }

    private async Task<Result<Nothing>> RenameRoomAsync(Caller caller, UpdateRoomRequest request, CancellationToken cancel) =>
        Name("name", request.Name) is { } wrong ? wrong : Empty(await homes.RenameRoomAsync(caller.Person.Account, request.Id, request.Name, cancel));

    private async Task<Result<Nothing>> DeleteRoomAsync(Caller caller, IdRequest request, CancellationToken cancel) =>
        Empty(await homes.RemoveRoomAsync(caller.Person.Account, request.Id, cancel));

    private async Task<Result<Nothing>> SortRoomsAsync(Caller caller, SortRoomsRequest request, CancellationToken cancel)
    {
        if (request.IdList.Any(id => id is null)) return Fault.Invalid("idList", "idList is a list of room ids");
        return Empty(await homes.SortRoomsAsync(caller.Person.Account, Given(request.FamilyId), request.IdList, cancel));
    }

    private async Task<Result<Nothing>> SortThingsAsync(Caller caller, SortThingsRequest request, CancellationToken cancel)
    {
        if (!Names("thingList", request.ThingList).Try(out var order, out var fault)) return fault;
        return Empty(await homes.SortThingsAsync(caller.Person, Given(request.FamilyId), order, cancel));
    }

    private async Task<Result<Nothing>> SetRoomThingsAsync(Caller caller, RoomThingsRequest request, CancellationToken cancel)
    {
        if (!Names("oldThingList", request.OldThingList).Try(out var before, out var fault)) return fault;
        if (!Names("newThingList", request.NewThingList).Try(out var after, out fault)) return fault;
        return Empty(await homes.SetRoomThingsAsync(caller.Person, request.RoomId, before, after, cancel));
    }

    private static Result<IReadOnlyList<ThingName>> Names(string field, IReadOnlyList<Devices.ThingRef> things)
    {
        if (Devices.ThingRef.Check(field, things) is { } wrong) return wrong;
        return Result.Of<IReadOnlyList<ThingName>>(
            [.. things.Select(t => new ThingName(t.ItemType == Devices.ThingRef.Group ? ThingKind.Group : ThingKind.Device, Owned: t.ItemType != 2, t.Id))]);
    }

    private static Fault? Name(string field, string? name) =>
        name is { Length: > 0 and <= MaxName } ? null : Fault.Invalid(field, $"{field} has 1 to {MaxName} characters");

    private static Result<End> EndOf(int sort) => sort switch
    {
        1 => End.Front,
        2 => End.Back,
        _ => Fault.Invalid("sort", "sort is 1 for a smaller order number, 2 for a larger one"),
    };

    private static string? Given(string? id) => id is { Length: > 0 } ? id : null;

    private static Result<Nothing> Empty(Result<Done> done) => done.Fault is { } fault ? fault : Nothing.Value;

    private static IReadOnlyList<RoomData> RoomsOf(Home home) => [.. home.Rooms.Select(r => new RoomData(r.Id, r.Name, r.Rank))];

    private static FamilyData Of(Home home) => new()
    {
        Id = home.Id, Apikey = home.OwnerId, Name = home.Name, Index = home.Rank, RoomList = RoomsOf(home),
        FamilyType = home.Role == Role.Owner ? OwnFamily : MemberFamily,
    };
}
