using System.Text.Json;
using Irori.Core;
using Irori.Core.Schedules;
using Irori.Dialects.Gizwits.Monitoring;
using Irori.Dialects.Gizwits.Wire;
using Microsoft.AspNetCore.Routing;

namespace Irori.Dialects.Gizwits.Schedulers;

/// <summary>Scheduled tasks over several devices (Gizwits Open API, legacy scheduled tasks).</summary>
internal sealed class LegacySchedulerOperations(ScheduleService schedules, ActionReader actions)
{
    private const string Section = "Legacy scheduled tasks";
    private const string Family = "gizwits.legacy";
    private const string All = "all";
    private const string Failed = "failed";

    // A run with all its repetitions, and the one after it.
    private const int MaxRuns = 2 * (Plan.MaxRetries + 1);

    public void Map(IEndpointRouteBuilder routes)
    {
        Operations.Map<CreateLegacySchedulerRequest, TaskIdAnswer>(
            routes, new OperationInfo("POST", "/app/scheduler", Access.User, "createLegacySchedule", Section, "Creates a schedule over several devices (old interface)."), CreateAsync);
        Operations.Map<PageRequest, IReadOnlyList<LegacySchedulerAnswer>>(
            routes, new OperationInfo("GET", "/app/scheduler", Access.User, "listLegacySchedules", Section, "Lists old schedules."), ListAsync);
        Operations.Map<TaskIdRequest, Nothing>(
            routes, new OperationInfo("DELETE", "/app/scheduler/{id}", Access.User, "deleteLegacySchedule", Section, "Deletes an old schedule.") { NotFound = GizwitsFaults.SchedulerNotFound },
            async (caller, request, cancel) => (await schedules.DeleteAsync(caller.Person, Family, request.Id, cancel)).Fault is { } fault ? fault : Nothing.Value);
        Operations.Map<TaskIdRequest, LegacyLogAnswer>(
            routes,
            new OperationInfo("GET", "/app/scheduler/{id}/logs", Access.User, "getLegacyScheduleLogs", Section, "Returns the execution log of an old schedule.")
            {
                NotFound = GizwitsFaults.SchedulerNotFound,
            },
            LogAsync);
    }

    private async Task<Result<TaskIdAnswer>> CreateAsync(Caller caller, CreateLegacySchedulerRequest request, CancellationToken cancel)
    {
        var fields = new LegacyFields(request.Date, request.Time, request.Repeat, request.Task, request.RetryCount ?? 0, string.IsNullOrEmpty(request.RetryTask) ? All : request.RetryTask);
        if (!TaskTime.Read(fields.Date, fields.Time, fields.Repeat, days: null, startDate: null, endDate: null).Try(out var due, out var fault)) return fault;
        if (fields.RetryTask is not (All or Failed)) return Fault.Invalid("retry_task", $"retry_task is {All} or {Failed}");
        if (!(await StepsAsync(caller.Person, fields.Task, cancel)).Try(out var steps, out fault)) return fault;
        var plan = Plan.Of(steps) with { Retry = fields.RetryCount == 0 ? null : new Retry(fields.RetryCount, fields.RetryTask == All) };
        var wanted = new NewSchedule(Family, due.Recurrence, plan) { Original = JsonSerializer.Serialize(fields, GizwitsJson.TypeOf<LegacyFields>()) };
        return (await schedules.CreateAsync(caller.Person, wanted, cancel)).Try(out var made, out fault) ? new TaskIdAnswer(made.Id) : fault;
    }

    private async Task<Result<IReadOnlyList<Step>>> StepsAsync(Principal who, IReadOnlyList<LegacyTask> tasks, CancellationToken cancel)
    {
        if (tasks.Count is 0 or > Plan.MaxSteps) return Fault.Invalid("task", $"task has 1 to {Plan.MaxSteps} entries");
        var devices = await actions.DevicesAsync(who, tasks.Select(t => t.Did), cancel);
        var steps = new List<Step>(tasks.Count);
        foreach (var task in tasks)
        {
            if (!devices.TryGetValue(task.Did, out var device)) return ActionReader.NoDevice;
            if (ProductKeys.Of(device.Product) != task.ProductKey) return Fault.NotVisible("product") with { Field = GizwitsFields.ProductKey };
            using var attrs = JsonDocument.Parse(task.Attrs.Text);
            if (!device.Command(attrs.RootElement, raw: null).Try(out var step, out var fault)) return fault;
            steps.Add(step);
        }

        return steps;
    }

    private async Task<Result<IReadOnlyList<LegacySchedulerAnswer>>> ListAsync(Caller caller, PageRequest request, CancellationToken cancel)
    {
        if (!Pages.Read(request.Limit, request.Skip).Try(out var page, out var fault)) return fault;
        return (await schedules.ListAsync(caller.Person, Family, filter: null, page.Skip, page.Limit, cancel)).Try(out var found, out fault)
            ? Result.Of<IReadOnlyList<LegacySchedulerAnswer>>([.. found.Select(Show)])
            : fault;
    }

    // The last time that has ended, with its repetitions. What has never been carried out has no log.
    private async Task<Result<LegacyLogAnswer>> LogAsync(Caller caller, TaskIdRequest request, CancellationToken cancel)
    {
        if (!(await schedules.FindAsync(caller.Person, Family, request.Id, cancel)).Try(out var schedule, out var fault)) return fault;
        if (!(await schedules.RunsAsync(caller.Person, Family, request.Id, before: null, MaxRuns, cancel)).Try(out var runs, out fault)) return fault;
        if (runs.FirstOrDefault(r => r.State is not (RunState.Pending or RunState.Sent)) is not { } last) return Fault.NotVisible("log");
        var parts = runs.Where(r => r.Task == last.Task).OrderBy(r => r.Due).ToList();
        var results = parts.SelectMany(p => p.Results()).ToLookup(r => r.Id, StringComparer.Ordinal);
        // What keeps silent was sent.
        var detail = ReadFields(schedule).Task.Select(t => t.Did).Distinct(StringComparer.Ordinal)
            .ToDictionary(did => did, did => results[did].LastOrDefault() is { Fault: null or FaultKind.NoAnswer }, StringComparer.Ordinal);
        return new LegacyLogAnswer(Times.Plain(parts[0].Due), detail.Values.All(sent => sent) ? "succeed" : "failed", detail);
    }

    private static LegacySchedulerAnswer Show(Schedule schedule)
    {
        var fields = ReadFields(schedule);
        return new LegacySchedulerAnswer(schedule.Id, Times.Plain(schedule.Created), fields.Date, fields.Time, fields.Repeat, fields.Task, fields.RetryCount, fields.RetryTask);
    }

    private static LegacyFields ReadFields(Schedule schedule) => JsonSerializer.Deserialize(schedule.Original, GizwitsJson.TypeOf<LegacyFields>())!;
}
