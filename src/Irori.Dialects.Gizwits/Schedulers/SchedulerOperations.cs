using Irori.Core;
using Irori.Core.Schedules;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Schedulers;

/// <summary>Scheduled tasks of one device (Gizwits Open API, scheduled tasks).</summary>
internal sealed class SchedulerOperations(ScheduledTasks tasks, ScheduleService schedules)
{
    private const string Section = "Scheduled tasks";
    private const string Family = "gizwits.device";

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<ListSchedulerRequest, IReadOnlyList<SchedulerAnswer>>(
            routes, new OperationInfo("GET", "/app/devices/{did}/scheduler", Access.User, "listDeviceSchedules", Section, "Lists scheduled tasks of a device."), ListAsync);
        Operations.Map<CreateSchedulerRequest, TaskIdAnswer>(
            routes, new OperationInfo("POST", "/app/devices/{did}/scheduler", Access.User, "createDeviceSchedule", Section, "Creates a scheduled task for a device."),
            (caller, request, cancel) => tasks.CreateAsync(caller.Person, Family, new TaskFields { Did = request.Did }.With(request), request.Enabled ?? true, cancel));
        Operations.Map<UpdateSchedulerRequest, TaskIdAnswer>(
            routes,
            new OperationInfo("PUT", "/app/devices/{did}/scheduler/{id}", Access.User, "updateDeviceSchedule", Section, "Changes a scheduled task.") { NotFound = GizwitsFaults.SchedulerNotFound },
            UpdateAsync);
        Operations.Map<SchedulerIdRequest, Nothing>(
            routes,
            new OperationInfo("DELETE", "/app/devices/{did}/scheduler/{id}", Access.User, "deleteDeviceSchedule", Section, "Deletes a scheduled task.") { NotFound = GizwitsFaults.SchedulerNotFound },
            DeleteAsync);
    }

    private async Task<Result<IReadOnlyList<SchedulerAnswer>>> ListAsync(Caller caller, ListSchedulerRequest request, CancellationToken cancel) =>
        (await tasks.ListAsync(caller.Person, Family, new ScheduleFilter(StepKind.Device, request.Did), request.Limit, request.Skip, cancel)).Try(out var found, out var fault)
            ? Result.Of<IReadOnlyList<SchedulerAnswer>>([.. found.Select(SchedulerAnswer.Of)])
            : fault;

    private async Task<Result<TaskIdAnswer>> UpdateAsync(Caller caller, UpdateSchedulerRequest request, CancellationToken cancel) =>
        (await FindAsync(caller.Person, request.Did, request.Id, cancel)).Try(out var known, out var fault)
            ? await tasks.ChangeAsync(caller.Person, known, TaskFields.Of(known).With(request), request.Enabled ?? known.Enabled, cancel)
            : fault;

    private async Task<Result<Nothing>> DeleteAsync(Caller caller, SchedulerIdRequest request, CancellationToken cancel)
    {
        if ((await FindAsync(caller.Person, request.Did, request.Id, cancel)).Fault is { } fault) return fault;
        return (await schedules.DeleteAsync(caller.Person, Family, request.Id, cancel)).Fault is { } gone ? gone : Nothing.Value;
    }

    private async Task<Result<Schedule>> FindAsync(Principal who, string did, string id, CancellationToken cancel)
    {
        if (!(await schedules.FindAsync(who, Family, id, cancel)).Try(out var known, out var fault)) return fault;
        return TaskFields.Of(known).Did == did ? known : Fault.NotVisible("schedule");
    }
}
