using System.Text.Json;
using Irori.Core;
using Irori.Core.Scenes;
using Irori.Core.Schedules;
using Irori.Dialects.Gizwits.Monitoring;
using Irori.Dialects.Gizwits.Scenes;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Schedulers;

/// <summary>What both kinds of scheduled tasks have in common: a device, group or scene, a command, and when.</summary>
internal sealed class ScheduledTasks(ScheduleService schedules, SceneService scenes, ActionReader actions)
{
    /// <summary>Makes a task.</summary>
    public async Task<Result<TaskIdAnswer>> CreateAsync(Principal who, string family, TaskFields fields, bool enabled, CancellationToken cancel)
    {
        if (!(await WantedAsync(who, family, fields, enabled, cancel)).Try(out var wanted, out var fault)) return fault;
        return (await schedules.CreateAsync(who, wanted, cancel)).Try(out var made, out fault) ? new TaskIdAnswer(made.Id) : fault;
    }

    /// <summary>Replaces a task.</summary>
    public async Task<Result<TaskIdAnswer>> ChangeAsync(Principal who, Schedule known, TaskFields fields, bool enabled, CancellationToken cancel)
    {
        if (!(await WantedAsync(who, known.Family, fields, enabled, cancel)).Try(out var wanted, out var fault)) return fault;
        return (await schedules.ChangeAsync(who, known.Id, wanted, cancel)).Try(out var changed, out fault) ? new TaskIdAnswer(changed.Id) : fault;
    }

    /// <summary>A page of tasks, of a device, group or scene or of any.</summary>
    public async Task<Result<IReadOnlyList<Schedule>>> ListAsync(Principal who, string family, ScheduleFilter? filter, int? limit, int? skip, CancellationToken cancel)
    {
        if (!Pages.Read(limit, skip).Try(out var page, out var fault)) return fault;
        if (filter?.Kind == StepKind.Scene && (await scenes.FindAsync(who, SceneOperations.Family, filter.Id, cancel)).Fault is { } unseen) return unseen with { Field = GizwitsFields.Scene };
        return await schedules.ListAsync(who, family, filter, page.Skip, page.Limit, cancel);
    }

    private async Task<Result<NewSchedule>> WantedAsync(Principal who, string family, TaskFields fields, bool enabled, CancellationToken cancel)
    {
        if (!TaskTime.Read(fields.Date, fields.Time, fields.Repeat, fields.Days, fields.StartDate, fields.EndDate).Try(out var due, out var fault)) return fault;
        if (!(await StepAsync(who, fields, cancel)).Try(out var found, out fault)) return fault;
        return new NewSchedule(family, due.Recurrence, Plan.Of(found.Step))
        {
            Starts = due.Starts,
            Ends = due.Ends,
            Enabled = enabled,
            Original = JsonSerializer.Serialize(fields with { ProductKey = found.ProductKey }, GizwitsJson.TypeOf<TaskFields>()),
        };
    }

    private async Task<Result<(Step Step, string ProductKey)>> StepAsync(Principal who, TaskFields fields, CancellationToken cancel)
    {
        if (fields is { Did: "", GroupId: "", SceneId: "" }) return Fault.Invalid("did", "did, group_id or scene_id is missing");
        if (fields is { Did: "", GroupId: "" })
        {
            return (await scenes.FindAsync(who, SceneOperations.Family, fields.SceneId, cancel)).Fault is { } unseen
                ? unseen with { Field = GizwitsFields.Scene }
                : (Step.Scene(fields.SceneId), "");
        }

        if (!ActionReader.Hex(fields.Raw).Try(out var raw, out var fault)) return fault;
        if (fields.Did.Length == 0)
        {
            if (!(await actions.GroupAsync(who, fields.GroupId, cancel)).Try(out var group, out fault)) return fault;
            return group.Command(fields.Attrs, raw).Try(out var all, out fault) ? (all, ProductKeys.Of(group.Product)) : fault;
        }

        if (!(await actions.DeviceAsync(who, fields.Did, cancel)).Try(out var device, out fault)) return fault;
        return device.Command(fields.Attrs, raw).Try(out var one, out fault) ? (one, ProductKeys.Of(device.Product)) : fault;
    }
}
