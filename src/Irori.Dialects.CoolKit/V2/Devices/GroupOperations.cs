using Irori.Core;
using Irori.Core.Bindings;
using Irori.Core.Groups;
using Irori.Core.Homes;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V2.Devices;

/// <summary>Groups: devices of one user interface that are controlled as one, around a main device (CoolKit v2, group).</summary>
internal sealed class GroupOperations(GroupService groups, HomeService homes, ThingMapper mapper)
{
    /// <summary>Most groups of an account; the document says only that there is a limit.</summary>
    public const int MaxGroups = 100;

    private const int MaxName = 50;
    private static readonly Alikeness SameUi = new(CoolKitDialect.Name, CoolKitDialect.UiidName);

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<GroupListRequest, GroupListData>(
            routes, new("GET", "/v2/device/group", Access.Personal, "listGroups", DeviceOperations.Section, "The groups of the current home."), (c, _, t) => ListAsync(c, t));
        Operations.Map<CreateGroupRequest, ThingData>(
            routes, new("POST", "/v2/device/group", Access.Personal, "createGroup", DeviceOperations.Section, "Makes a group around a main device."), CreateAsync);
        Operations.Map<UpdateGroupRequest, Nothing>(
            routes, new("PUT", "/v2/device/group", Access.Personal, "updateGroup", DeviceOperations.Section, "Renames a group."), RenameAsync);
        Operations.Map<GroupIdRequest, Nothing>(
            routes, new("DELETE", "/v2/device/group", Access.Personal, "deleteGroup", DeviceOperations.Section, "Deletes a group; its devices stay."), DeleteAsync);
        Operations.Map<GroupStatusRequest, Nothing>(
            routes, new("POST", "/v2/device/group/status", Access.Personal, "updateGroupStatus", DeviceOperations.Section, "Stores the state that a group shows; nothing is sent."), SetStatusAsync);
        Operations.Map<GroupDevicesRequest, UpdatedThingsData>(
            routes, new("POST", "/v2/device/group/update", Access.Personal, "setGroupDevices", DeviceOperations.Section, "Replaces the devices of a group."), SetDevicesAsync);
    }

    /// <summary>What is wrong with the id of a group, or null.</summary>
    public static Fault? CheckId(string id) => Ids.IsHex(id, 24) ? null : Fault.Invalid("id", "A group id has 24 hex digits");

    private async Task<Result<GroupListData>> ListAsync(Caller caller, CancellationToken cancel)
    {
        if (!(await homes.FindAsync(caller.Person.Account, homeId: null, cancel)).Try(out var home, out var fault)) return fault;
        var found = await groups.ListAsync(caller.Person, home, new PlaceCursor(long.MinValue, After: 0), MaxGroups, cancel);
        return new GroupListData([.. found.Select(ThingMapper.Thing)]);
    }

    private async Task<Result<ThingData>> CreateAsync(Caller caller, CreateGroupRequest request, CancellationToken cancel)
    {
        if (CheckName(request.Name) is { } wrong) return wrong;
        if (request.Sort is not (null or 1 or 2)) return Fault.Invalid("sort", "sort is 1 for before all others, 2 for behind them");
        var members = request.DeviceIdList ?? [];
        if (members.Any(id => id is null)) return Fault.Invalid("deviceidList", "deviceidList is a list of device ids");
        var wanted = new NewGroup(request.Name, request.MainDeviceId, members, SameUi, MaxGroups)
        {
            HomeId = request.FamilyId is { Length: > 0 } home ? home : null,
            RoomId = request.RoomId is { Length: > 0 } room ? room : null,
            End = request.Sort == 2 ? End.Back : End.Front,
        };
        return (await groups.CreateAsync(caller.Person, wanted, cancel)).Try(out var group, out var fault) ? ThingMapper.Thing(group) : fault;
    }

    private async Task<Result<Nothing>> RenameAsync(Caller caller, UpdateGroupRequest request, CancellationToken cancel) =>
        (CheckId(request.Id) ?? CheckName(request.Name)) is { } wrong
            ? wrong
            : Empty(await groups.RenameAsync(caller.Person, GroupKind.Control, request.Id, request.Name, rank: null, cancel));

    private async Task<Result<Nothing>> DeleteAsync(Caller caller, GroupIdRequest request, CancellationToken cancel) =>
        CheckId(request.Id) is { } wrong ? wrong : Empty(await groups.DeleteAsync(caller.Person, GroupKind.Control, request.Id, cancel));

    private async Task<Result<Nothing>> SetStatusAsync(Caller caller, GroupStatusRequest request, CancellationToken cancel) =>
        CheckId(request.Id) is { } wrong ? wrong : Empty(await groups.SetStateAsync(caller.Person, request.Id, request.Params.Text, cancel));

    private async Task<Result<UpdatedThingsData>> SetDevicesAsync(Caller caller, GroupDevicesRequest request, CancellationToken cancel)
    {
        if (DeviceIdRequest.Check("deviceidList", request.DeviceIdList, Group.MaxMembers) is { } wrongList) return wrongList;
        if (CheckId(request.Id) is { } wrong) return wrong;
        var changed = await groups.SetMembersAsync(caller.Person, request.Id, request.DeviceIdList, SameUi, cancel);
        return changed.Try(out var devices, out var fault) ? new UpdatedThingsData(await mapper.ThingsAsync(caller.Person, devices, cancel)) : fault;
    }

    private static Fault? CheckName(string name) => name.Length is > 0 and <= MaxName ? null : Fault.Invalid("name", $"name has 1 to {MaxName} characters");

    private static Result<Nothing> Empty(Result<Done> done) => done.Fault is { } fault ? fault : Nothing.Value;
}
