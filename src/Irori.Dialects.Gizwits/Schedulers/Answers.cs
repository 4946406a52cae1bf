using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Core.Schedules;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Schedulers;

/// <summary>The id of a task.</summary>
internal sealed record TaskIdAnswer(string Id);

/// <summary>A task as its app wrote it; kept with the schedule.</summary>
internal sealed record TaskFields
{
    /// <summary>Product of the device or group; empty for a scene.</summary>
    public string ProductKey { get; init; } = "";

    /// <summary>The device, or empty.</summary>
    public string Did { get; init; } = "";

    /// <summary>The group, or empty.</summary>
    public string GroupId { get; init; } = "";

    /// <summary>The scene, or empty.</summary>
    public string SceneId { get; init; } = "";

    /// <summary>Payload as hex, or empty.</summary>
    public string Raw { get; init; } = "";

    /// <summary>Values by data point, or null.</summary>
    public JsonElement? Attrs { get; init; }

    /// <summary>yyyy-mm-dd.</summary>
    public string Date { get; init; } = "";

    /// <summary>HH:mm.</summary>
    public string Time { get; init; } = "";

    /// <summary>none, day, or days of the week.</summary>
    public string Repeat { get; init; } = "";

    /// <summary>Days of the month.</summary>
    public IReadOnlyList<JsonElement> Days { get; init; } = [];

    /// <summary>First day, or empty.</summary>
    public string StartDate { get; init; } = "";

    /// <summary>Last day, or empty.</summary>
    public string EndDate { get; init; } = "";

    /// <summary>Remark.</summary>
    public string Remark { get; init; } = "";

    /// <summary>What a schedule's app wrote.</summary>
    public static TaskFields Of(Schedule schedule) => JsonSerializer.Deserialize(schedule.Original, GizwitsJson.TypeOf<TaskFields>())!;

    /// <summary>Another form; what that leaves out stays.</summary>
    public TaskFields With(TaskRequest request)
    {
        var attrs = request.Attrs is { ValueKind: not JsonValueKind.Null } given ? given : (JsonElement?)null;
        // Apps send back what lists show: the one that is not used is empty.
        if (!string.IsNullOrEmpty(request.Raw) && attrs is { ValueKind: JsonValueKind.Object } named && !named.EnumerateObject().Any()) attrs = null;
        var commands = attrs is not null || !string.IsNullOrEmpty(request.Raw);
        return this with
        {
            Raw = commands ? attrs is null ? request.Raw! : "" : Raw,
            Attrs = commands ? attrs : Attrs,
            Date = request.Date,
            Time = request.Time,
            Repeat = request.Repeat,
            Days = request.Days ?? Days,
            StartDate = request.StartDate ?? StartDate,
            EndDate = request.EndDate ?? EndDate,
            Remark = request.Remark ?? Remark,
        };
    }

    /// <summary>For another device, group or scene, if one is named; the first that is not empty counts.</summary>
    public TaskFields For(string? did, string? groupId, string? sceneId)
    {
        if (!string.IsNullOrEmpty(did)) return this with { Did = did, GroupId = "", SceneId = "" };
        if (!string.IsNullOrEmpty(groupId)) return this with { Did = "", GroupId = groupId, SceneId = "" };
        return string.IsNullOrEmpty(sceneId) ? this : this with { Did = "", GroupId = "", SceneId = sceneId };
    }
}

/// <summary>A task.</summary>
internal sealed record SchedulerAnswer
{
    private static readonly RawJson Empty = new("{}");

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>UTC.</summary>
    public required string CreatedAt { get; init; }

    /// <summary>Product of the device or group; empty for a scene.</summary>
    public required string ProductKey { get; init; }

    /// <summary>The device, or empty.</summary>
    public required string Did { get; init; }

    /// <summary>Payload as hex, or empty.</summary>
    public required string Raw { get; init; }

    /// <summary>Values by data point.</summary>
    public required RawJson Attrs { get; init; }

    /// <summary>yyyy-mm-dd.</summary>
    public required string Date { get; init; }

    /// <summary>HH:mm.</summary>
    public required string Time { get; init; }

    /// <summary>none, day, or days of the week.</summary>
    public required string Repeat { get; init; }

    /// <summary>Days of the month.</summary>
    public required IReadOnlyList<JsonElement> Days { get; init; }

    /// <summary>First day.</summary>
    public required string StartDate { get; init; }

    /// <summary>Last day.</summary>
    public required string EndDate { get; init; }

    /// <summary>Whether it is due at all.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Remark.</summary>
    public required string Remark { get; init; }

    /// <summary>The group, or empty; of a task that is a device's alone it is left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GroupId { get; init; }

    /// <summary>The scene, likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SceneId { get; init; }

    /// <summary>A task of a device.</summary>
    public static SchedulerAnswer Of(Schedule schedule) => Of(schedule, TaskFields.Of(schedule));

    /// <summary>A task of a device, group or scene.</summary>
    public static SchedulerAnswer OfAny(Schedule schedule)
    {
        var fields = TaskFields.Of(schedule);
        return Of(schedule, fields) with { GroupId = fields.GroupId, SceneId = fields.SceneId };
    }

    private static SchedulerAnswer Of(Schedule schedule, TaskFields fields) => new()
    {
        Id = schedule.Id,
        CreatedAt = Times.Plain(schedule.Created),
        ProductKey = fields.ProductKey,
        Did = fields.Did,
        Raw = fields.Raw,
        Attrs = fields.Attrs is { } attrs ? new RawJson(attrs.GetRawText()) : Empty,
        Date = fields.Date,
        Time = fields.Time,
        Repeat = fields.Repeat,
        Days = fields.Days,
        StartDate = fields.StartDate,
        EndDate = fields.EndDate,
        Enabled = schedule.Enabled,
        Remark = fields.Remark,
    };
}

/// <summary>A task over several devices as its app wrote it; kept with the schedule.</summary>
internal sealed record LegacyFields(string Date, string Time, string Repeat, IReadOnlyList<LegacyTask> Task, int RetryCount, string RetryTask);

/// <summary>A task over several devices.</summary>
internal sealed record LegacySchedulerAnswer(string Id, string CreatedAt, string Date, string Time, string Repeat, IReadOnlyList<LegacyTask> Task, int RetryCount, string RetryTask);

/// <summary>How a task was last carried out.</summary>
/// <param name="Datetime">When it was due, UTC.</param>
/// <param name="Status">succeed: every command was sent; else failed.</param>
/// <param name="Detail">Whether it was, by device.</param>
internal sealed record LegacyLogAnswer(string Datetime, string Status, IReadOnlyDictionary<string, bool> Detail);
