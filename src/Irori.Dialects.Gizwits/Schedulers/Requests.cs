using System.Text.Json;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Schedulers;

/// <summary>What a task does and when (Gizwits Open API, scheduled tasks). All times are UTC.</summary>
internal abstract record TaskRequest
{
    /// <summary>Payload of command 0090 as hex, in place of attrs.</summary>
    public string? Raw { get; init; }

    /// <summary>Values by data point.</summary>
    public JsonElement? Attrs { get; init; }

    /// <summary>yyyy-mm-dd, of a task that is due once.</summary>
    public required string Date { get; init; }

    /// <summary>HH:mm.</summary>
    public required string Time { get; init; }

    /// <summary>none, day, or days of the week.</summary>
    public required string Repeat { get; init; }

    /// <summary>With repeat day: days of the month.</summary>
    public IReadOnlyList<JsonElement>? Days { get; init; }

    /// <summary>First day.</summary>
    public string? StartDate { get; init; }

    /// <summary>Last day.</summary>
    public string? EndDate { get; init; }

    /// <summary>Whether it is due at all; left out: it is, or as before.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Remark.</summary>
    public string? Remark { get; init; }
}

/// <summary>Tasks of a device (Gizwits Open API, scheduler.list).</summary>
internal sealed record ListSchedulerRequest
{
    /// <summary>The device.</summary>
    public required string Did { get; init; }

    /// <summary>Most tasks, 1 to 1000; left out: 20.</summary>
    public int? Limit { get; init; }

    /// <summary>How many to pass over.</summary>
    public int? Skip { get; init; }
}

/// <summary>A new task of a device (Gizwits Open API, scheduler.create).</summary>
internal sealed record CreateSchedulerRequest : TaskRequest
{
    /// <summary>The device.</summary>
    public required string Did { get; init; }
}

/// <summary>Another form of a task (Gizwits Open API, scheduler.update). What is left out stays as it was.</summary>
internal sealed record UpdateSchedulerRequest : TaskRequest
{
    /// <summary>The device.</summary>
    public required string Did { get; init; }

    /// <summary>The task.</summary>
    public required string Id { get; init; }
}

/// <summary>A task of a device.</summary>
internal sealed record SchedulerIdRequest
{
    /// <summary>The device.</summary>
    public required string Did { get; init; }

    /// <summary>The task.</summary>
    public required string Id { get; init; }
}

/// <summary>Tasks of a device, group or scene, or of any (Gizwits Open API, common-scheduler.list).</summary>
internal sealed record ListCommonSchedulerRequest
{
    /// <summary>The device.</summary>
    public string? Did { get; init; }

    /// <summary>The group.</summary>
    public string? GroupId { get; init; }

    /// <summary>The scene.</summary>
    public string? SceneId { get; init; }

    /// <summary>Most tasks, 1 to 1000; left out: 20.</summary>
    public int? Limit { get; init; }

    /// <summary>How many to pass over.</summary>
    public int? Skip { get; init; }
}

/// <summary>A new task (Gizwits Open API, common-scheduler.create). Of did, group_id and scene_id the first that is not empty counts.</summary>
internal sealed record CreateCommonSchedulerRequest : TaskRequest
{
    /// <summary>The device.</summary>
    public string? Did { get; init; }

    /// <summary>The group.</summary>
    public string? GroupId { get; init; }

    /// <summary>The scene, which needs no attrs.</summary>
    public string? SceneId { get; init; }
}

/// <summary>Another form of a task (Gizwits Open API, common-scheduler.update). What is left out stays as it was.</summary>
internal sealed record UpdateCommonSchedulerRequest : TaskRequest
{
    /// <summary>The task.</summary>
    public required string Id { get; init; }

    /// <summary>The device.</summary>
    public string? Did { get; init; }

    /// <summary>The group.</summary>
    public string? GroupId { get; init; }

    /// <summary>The scene, which needs no attrs.</summary>
    public string? SceneId { get; init; }
}

/// <summary>A task.</summary>
internal sealed record TaskIdRequest
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }
}

/// <summary>A new task over several devices (Gizwits Open API, legacy-scheduler.create).</summary>
internal sealed record CreateLegacySchedulerRequest
{
    /// <summary>yyyy-mm-dd, of a task that is due once.</summary>
    public required string Date { get; init; }

    /// <summary>HH:mm.</summary>
    public required string Time { get; init; }

    /// <summary>none or days of the week.</summary>
    public required string Repeat { get; init; }

    /// <summary>What each device does.</summary>
    public required IReadOnlyList<LegacyTask> Task { get; init; }

    /// <summary>How often it is tried again, 0 to 60.</summary>
    public int? RetryCount { get; init; }

    /// <summary>all: everything is sent again; failed: what failed.</summary>
    public string? RetryTask { get; init; }
}

/// <summary>What one device does.</summary>
internal sealed record LegacyTask
{
    /// <summary>The device.</summary>
    public required string Did { get; init; }

    /// <summary>Its product.</summary>
    public required string ProductKey { get; init; }

    /// <summary>Values by data point.</summary>
    public required RawJson Attrs { get; init; }
}
