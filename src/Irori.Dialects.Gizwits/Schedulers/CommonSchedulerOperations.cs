using Irori.Core;
using Irori.Core.Schedules;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Schedulers;

/// <summary>Scheduled tasks of devices, groups and scenes (Gizwits Open API, common scheduled tasks). They stand in a list of their own.</summary>
internal sealed class CommonSchedulerOperations(ScheduledTasks tasks, ScheduleService schedules)
{
    private const string Section = "Common scheduled tasks";
    private const string Family = "gizwits.common";

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<ListCommonSchedulerRequest, IReadOnlyList<SchedulerAnswer>>(
            routes, new OperationInfo("GET", "/app/common_scheduler", Access.User, "listSchedules", Section, "Lists tasks of a device, group or scene."), ListAsync);
        Operations.Map<CreateCommonSchedulerRequest, TaskIdAnswer>(
            routes, new OperationInfo("POST", "/app/common_scheduler", Access.User, "createSchedule", Section, "Creates a task for a device, group or scene."),
            (caller, request, cancel) =>
                tasks.CreateAsync(caller.Person, Family, new TaskFields().With(request).For(request.Did, request.GroupId, request.SceneId), request.Enabled ?? true, cancel));
        Operations.Map<UpdateCommonSchedulerRequest, TaskIdAnswer>(
            routes, new OperationInfo("PUT", "/app/common_scheduler/{id}", Access.User, "updateSchedule", Section, "Changes a common task.") { NotFound = GizwitsFaults.SchedulerNotFound },
            UpdateAsync);
        Operations.Map<TaskIdRequest, Nothing>(
            routes, new OperationInfo("DELETE", "/app/common_scheduler/{id}", Access.User, "deleteSchedule", Section, "Deletes a common task.") { NotFound = GizwitsFaults.SchedulerNotFound },
            async (caller, request, cancel) => (await schedules.DeleteAsync(caller.Person, Family, request.Id, cancel)).Fault is { } fault ? fault : Nothing.Value);
    }

    private async Task<Result<IReadOnlyList<SchedulerAnswer>>> ListAsync(Caller caller, ListCommonSchedulerRequest request, CancellationToken cancel)
    {
        var filter = request switch
        {
            { Did: { Length: > 0 } did } => new ScheduleFilter(StepKind.Device, did),
            { GroupId: { Length: > 0 } group } => new ScheduleFilter(StepKind.Group, group),
            { SceneId: { Length: > 0 } scene } => new ScheduleFilter(StepKind.Scene, scene),
            _ => null,
        };
        return (await tasks.ListAsync(caller.Person, Family, filter, request.Limit, request.Skip, cancel)).Try(out var found, out var fault)
            ? Result.Of<IReadOnlyList<SchedulerAnswer>>([.. found.Select(SchedulerAnswer.OfAny)])
            : fault;
    }

    private async Task<Result<TaskIdAnswer>> UpdateAsync(Caller caller, UpdateCommonSchedulerRequest request, CancellationToken cancel) =>
        (await schedules.FindAsync(caller.Person, Family, request.Id, cancel)).Try(out var known, out var fault)
            ? await tasks.ChangeAsync(
                caller.Person, known, TaskFields.Of(known).With(request).For(request.Did, request.GroupId, request.SceneId), request.Enabled ?? known.Enabled, cancel)
            : fault;
}
