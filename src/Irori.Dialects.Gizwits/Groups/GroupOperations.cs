using Irori.Core;
using Irori.Core.Groups;
using Irori.Core.Products;
using Irori.Core.States;
using Irori.Dialects.Gizwits.Bindings;
using Irori.Dialects.Gizwits.Monitoring;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Groups;

/// <summary>
/// Groups of devices (Gizwits Open API, device groups). The document has no code for a group that is not there; it is answered as a device that is not.
/// </summary>
internal sealed class GroupOperations(GroupMembers groups, ProductService products, ProductKeys keys)
{
    private const string Section = "Device groups";
    private const int MaxDids = 200;

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<EmptyRequest, IReadOnlyList<GroupAnswer>>(
            routes, new OperationInfo("GET", "/app/group", Access.User, "listGizwitsGroups", Section, "Lists the user's groups."), ListAsync);
        Operations.Map<CreateGroupRequest, NewGroupAnswer>(
            routes, new OperationInfo("POST", "/app/group", Access.User, "createGizwitsGroup", Section, "Creates a group."), CreateAsync);
        Operations.Map<GroupIdRequest, Nothing>(
            routes, new OperationInfo("DELETE", "/app/group/{id}", Access.User, "deleteGizwitsGroup", Section, "Deletes a group."),
            async (caller, request, cancel) => Done(await groups.DeleteAsync(caller.Person, request.Id, cancel)));
        Operations.Map<RenameGroupRequest, Nothing>(
            routes, new OperationInfo("PUT", "/app/group/{id}", Access.User, "renameGroup", Section, "Renames a group."),
            async (caller, request, cancel) => Done(await groups.RenameAsync(caller.Person, request.Id, request.GroupName, cancel)));
        Operations.Map<GroupIdRequest, IReadOnlyList<GroupDeviceAnswer>>(
            routes, new OperationInfo("GET", "/app/group/{id}/devices", Access.User, "listGroupDevices", Section, "Lists devices of a group."), DevicesAsync);
        Operations.Map<GroupDevicesRequest, GroupDoneAnswer>(
            routes, new OperationInfo("POST", "/app/group/{id}/devices", Access.User, "addGroupDevices", Section, "Adds devices to a group."), AddAsync);
        Operations.Map<RemoveGroupDevicesRequest, GroupDoneAnswer>(
            routes, new OperationInfo("DELETE", "/app/group/{id}/devices", Access.User, "removeGroupDevices", Section, "Removes devices from a group."), RemoveAsync);
        Operations.Map<GroupControlRequest, IReadOnlyList<GroupResult>>(
            routes, new OperationInfo("POST", "/app/group/{id}/control", Access.User, "controlGroup", Section, "Controls all devices of a single-product group."), ControlAsync);
    }

    private async Task<Result<IReadOnlyList<GroupAnswer>>> ListAsync(Caller caller, EmptyRequest request, CancellationToken cancel)
    {
        var answers = new List<GroupAnswer>();
        foreach (var group in await groups.ListAsync(caller.Person, cancel))
        {
            var product = group.Product is { } no ? await products.GetAsync(no, cancel) : null;
            var changed = group.Changed > group.Created ? group.Changed : group.Created;
            answers.Add(new GroupAnswer(
                Times.Iso(group.Created), Times.Iso(changed), product is null ? "" : ProductKeys.Of(product), group.Name, product?.Product.Name ?? "", group.Id));
        }

        return answers;
    }

    private async Task<Result<NewGroupAnswer>> CreateAsync(Caller caller, CreateGroupRequest request, CancellationToken cancel)
    {
        ProductView? product = null;
        if (request.ProductKey is { Length: > 0 } key && !(await keys.FindAsync(caller, key, cancel)).Try(out product, out var fault)) return fault;
        return (await groups.CreateAsync(caller.Person, request.GroupName, product, cancel)).Try(out var group, out var refused) ? new NewGroupAnswer(group.Id) : refused;
    }

    private async Task<Result<IReadOnlyList<GroupDeviceAnswer>>> DevicesAsync(Caller caller, GroupIdRequest request, CancellationToken cancel)
    {
        if (!(await groups.DevicesAsync(caller.Person, request.Id, cancel)).Try(out var devices, out var fault)) return fault;
        var answers = new List<GroupDeviceAnswer>(devices.Count);
        foreach (var device in devices)
        {
            var product = await products.GetAsync(device.Product, cancel);
            answers.Add(new GroupDeviceAnswer(device.Id, DeviceMapper.TypeOf(device, product), product.Product.Name, device.Name, ProductKeys.Of(product)));
        }

        return answers;
    }

    private async Task<Result<GroupDoneAnswer>> AddAsync(Caller caller, GroupDevicesRequest request, CancellationToken cancel)
    {
        if (Check(request.Dids) is { } wrong) return wrong;
        return (await groups.AddAsync(caller.Person, request.Id, request.Dids, cancel)).Try(out var outcomes, out var fault)
            ? Answer(outcomes) with { Detail = request.ShowDetail == 1 ? [.. outcomes.Where(o => o.Fault is not null).Select(Failure)] : null }
            : fault;
    }

    private async Task<Result<GroupDoneAnswer>> RemoveAsync(Caller caller, RemoveGroupDevicesRequest request, CancellationToken cancel)
    {
        if (Check(request.Dids) is { } wrong) return wrong;
        return (await groups.RemoveAsync(caller.Person, request.Id, request.Dids, cancel)).Try(out var outcomes, out var fault) ? Answer(outcomes) : fault;
    }

    private async Task<Result<IReadOnlyList<GroupResult>>> ControlAsync(Caller caller, GroupControlRequest request, CancellationToken cancel)
    {
        var sent = await groups.CommandAsync(
            caller.Person, request.Id,
            async device => ControlBody.Read(await products.GetAsync(device.Product, cancel), request.Attrs, request.Raw, StateText.ReadValues(device.Values)), cancel);
        // A device that keeps silent has got the command.
        return sent.Try(out var outcomes, out var fault)
            ? Result.Of<IReadOnlyList<GroupResult>>([.. outcomes.Select(o => new GroupResult(o.DeviceId, o.Fault is null or { Kind: FaultKind.NoAnswer }))])
            : fault.Kind == FaultKind.NotAllowed ? Fault.Invalid("id", fault.Reason) : fault;
    }

    private static Fault? Check(IReadOnlyList<string> dids) => dids.Count is > 0 and <= MaxDids ? null : Fault.Invalid("dids", $"dids has 1 to {MaxDids} entries");

    private static GroupDoneAnswer Answer(IReadOnlyList<DeviceOutcome> outcomes) => new()
    {
        Success = [.. outcomes.Where(o => o.Fault is null).Select(o => o.DeviceId)], Failed = [.. outcomes.Where(o => o.Fault is not null).Select(o => o.DeviceId)],
    };

    private static GroupFailure Failure(DeviceOutcome outcome)
    {
        var error = ErrorTable.Of(outcome.Fault!.Field == GroupMembers.ProductField ? GizwitsFaults.ProductKeyInvalid : GizwitsFaults.Of(outcome.Fault, GizwitsFaults.DeviceNotFound));
        return new GroupFailure(outcome.DeviceId, error.ErrorMessage, error.ErrorCode, outcome.Fault.Reason);
    }

    private static Result<Nothing> Done(Result<Done> done) => done.Fault is { } fault ? fault : Nothing.Value;
}
