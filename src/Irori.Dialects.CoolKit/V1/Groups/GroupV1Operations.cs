using Irori.Core;
using Irori.Core.Groups;
using Irori.Dialects.CoolKit.V1.Users;
using Irori.Dialects.CoolKit.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.CoolKit.V1.Groups;

/// <summary>Groups of CoolKit v1, which are folders: a device may be in many, and a group is never controlled as one.</summary>
internal sealed class GroupV1Operations(GroupService groups)
{
    private const int MaxName = 128;
    private const string Path = "/api/group";

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<CreateGroupV1Request, GroupMadeAnswer>(routes, Info("POST", Path, "createGroupV1", "Makes a group."), CreateAsync);
        Operations.Map<UpdateGroupV1Request, Success>(routes, Info("PUT", Path, "updateGroupV1", "Changes name and order of a group."), UpdateAsync);
        Operations.Map<DeleteGroupV1Request, Success>(routes, Info("DELETE", Path, "deleteGroupV1", "Deletes a group; its devices stay."), DeleteAsync);
        Operations.Map<ListGroupsV1Request, GroupsV1Answer>(routes, Info("GET", Path, "listGroupsV1", "All groups, in order."), ListAsync);
        Operations.Map<MoveToGroupV1Request, Success>(routes, Info("POST", $"{Path}/addDevice", "moveDeviceToGroupV1", "Moves devices into, out of and between groups."), MoveAsync);
    }

    private static OperationInfo Info(string method, string path, string name, string summary) =>
        new(method, path, Access.Personal, name, "Manage device", summary) { Edition = PlainEdition.General };

    private async Task<Result<GroupMadeAnswer>> CreateAsync(Caller caller, CreateGroupV1Request request, CancellationToken cancel)
    {
        if (Check(request.GroupType, request.Name) is { } wrong) return wrong;
        return (await groups.CreateFolderAsync(caller.Person, request.Name, request.Index, cancel)).Try(out var group, out var fault)
            ? new GroupMadeAnswer(0, group.Id)
            : fault;
    }

    private async Task<Result<Success>> UpdateAsync(Caller caller, UpdateGroupV1Request request, CancellationToken cancel)
    {
        if (Check(request.GroupType, request.Name) is { } wrong) return wrong;
        return Said(await groups.RenameAsync(caller.Person, GroupKind.Folder, request.Id, request.Name, request.Index, cancel));
    }

    private async Task<Result<Success>> DeleteAsync(Caller caller, DeleteGroupV1Request request, CancellationToken cancel)
    {
        if (request.Type is not (null or 0)) return Fault.Invalid("type", "type is 0: the devices of the group stay");
        return Said(await groups.DeleteAsync(caller.Person, GroupKind.Folder, request.Id, cancel));
    }

    private async Task<Result<GroupsV1Answer>> ListAsync(Caller caller, ListGroupsV1Request request, CancellationToken cancel)
    {
        if (Check(request.GroupType) is { } wrong) return wrong;
        var folders = await groups.FoldersAsync(caller.Person, cancel);
        return new GroupsV1Answer(0, [.. folders.Select(f => new GroupV1(f.Id, f.Name, f.Rank, UserV1.Iso(f.Created)))]);
    }

    private async Task<Result<Success>> MoveAsync(Caller caller, MoveToGroupV1Request request, CancellationToken cancel)
    {
        if (Check(request.GroupType) is { } wrong) return wrong;
        var moves = request.DeviceInfos.Select(m => new FolderMove(m.DeviceId, Named(m.SourceId), Named(m.TargetId))).ToList();
        return Said(await groups.MoveAsync(caller.Person, moves, cancel));
    }

    private static Fault? Check(int? groupType) => groupType is null or 0 ? null : Fault.Invalid("groupType", "groupType is 0");

    private static Fault? Check(int? groupType, string name) =>
        name.Length is 0 or > MaxName ? Fault.Invalid("name", $"name has 1 to {MaxName} characters") : Check(groupType);

    private static Result<Success> Said(Result<Done> done) => done.Fault is { } fault ? fault : Success.Value;

    private static string? Named(string? id) => id is { Length: > 0 } ? id : null;
}
