using System.Text.Json;
using System.Text.Json.Serialization;
using Irori.Core.Commands;

namespace Irori.Core.Schedules;

/// <summary>What one step of a plan does. The names are stored.</summary>
public enum StepKind
{
    /// <summary>Sends a device a JSON object of properties, in the product's own names.</summary>
    Device,

    /// <summary>Sends it to every member of a group.</summary>
    Group,

    /// <summary>Runs a scene.</summary>
    Scene,

    /// <summary>Lets a scene run by itself, or no longer.</summary>
    Switch,

    /// <summary>Waits. The wait survives restarts.</summary>
    Delay,
}

/// <summary>One step of a plan.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Id">Id of the device, group or scene.</param>
/// <param name="Body">The properties, JSON.</param>
/// <param name="Seconds">How long to wait.</param>
/// <param name="On">Whether the scene may run by itself.</param>
public sealed record Step(StepKind Kind, string Id = "", string Body = "", int Seconds = 0, bool On = false)
{
    /// <summary>A command.</summary>
    public static Step Device(string id, string body) => new(StepKind.Device) { Id = id, Body = body };

    /// <summary>A command to a group's members.</summary>
    public static Step Group(string id, string body) => new(StepKind.Group) { Id = id, Body = body };

    /// <summary>A scene.</summary>
    public static Step Scene(string id) => new(StepKind.Scene) { Id = id };

    /// <summary>A switched scene.</summary>
    public static Step Switch(string id, bool on) => new(StepKind.Switch) { Id = id, On = on };

    /// <summary>A wait.</summary>
    public static Step Delay(int seconds) => new(StepKind.Delay) { Seconds = seconds };
}

/// <summary>How a run that failed is tried again. What was sent and not answered is never sent again: whether it was done is not known.</summary>
/// <param name="Count">How often, 0 to <see cref="Plan.MaxRetries"/>.</param>
/// <param name="All">True: every step; false: only those that failed.</param>
public sealed record Retry(int Count, bool All);

/// <summary>
/// What schedules, scenes and rules do: branches that run side by side, each step after step. Steps of a branch that does not stop at a failure, and have no wait
/// between them, go out together, in order for each device.
/// </summary>
/// <param name="Branches">The steps of each branch.</param>
public sealed record Plan(IReadOnlyList<IReadOnlyList<Step>> Branches)
{
    /// <summary>Most steps.</summary>
    public const int MaxSteps = 200;

    /// <summary>Longest wait of one step, in seconds.</summary>
    public const int MaxDelay = 86_400;

    /// <summary>Most repetitions.</summary>
    public const int MaxRetries = 60;

    /// <summary>Most characters of its stored form.</summary>
    public const int MaxSize = 128 * 1024;

    /// <summary>Whether a branch ends at its first failure.</summary>
    public bool StopsAtFailure { get; init; }

    /// <summary>How it is tried again; null: it is not.</summary>
    public Retry? Retry { get; init; }

    /// <summary>All steps.</summary>
    [JsonIgnore]
    public IEnumerable<Step> Steps => Branches.SelectMany(b => b);

    /// <summary>One step after the other.</summary>
    public static Plan Of(params IReadOnlyList<Step> steps) => new([steps]);

    /// <summary>Reads the stored form.</summary>
    public static Plan Parse(string json) => JsonSerializer.Deserialize(json, ScheduleJson.Default.Plan)!;

    /// <summary>Reads the stored form; null: it is none.</summary>
    public static Plan? TryParse(string json)
    {
        try
        {
            return Parse(json) is { Branches: { } branches } plan && branches.All(b => b is not null && b.All(s => s is not null)) ? plan : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The stored form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ScheduleJson.Default.Plan);

    /// <summary>What is wrong with it before anybody asks what its ids mean, or null.</summary>
    public Fault? Check()
    {
        var steps = Steps.ToList();
        if (steps.Count is 0 or > MaxSteps) return Fault.Invalid("plan", $"A plan has 1 to {MaxSteps} steps");
        if (Retry is { Count: < 0 or > MaxRetries }) return Fault.Invalid("retry", $"A plan is tried again 0 to {MaxRetries} times");
        foreach (var step in steps)
        {
            if (step is { Kind: StepKind.Delay, Seconds: < 0 or > MaxDelay }) return Fault.Invalid("delay", $"A wait has 0 to {MaxDelay} seconds");
            if (step.Kind is not (StepKind.Device or StepKind.Group)) continue;
            try
            {
                if (CommandService.Check(step.Body) is { } wrong) return wrong;
            }
            catch (JsonException)
            {
                return Fault.Invalid("body", "Not JSON");
            }
        }

        return ToJson().Length > MaxSize ? new Fault(FaultKind.LimitReached, $"A plan has at most {MaxSize} characters", "plan") : null;
    }
}

/// <summary>Stored forms of what schedules, scenes and runs keep.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Recurrence))]
[JsonSerializable(typeof(Plan))]
[JsonSerializable(typeof(IReadOnlyList<StepResult>))]
internal sealed partial class ScheduleJson : JsonSerializerContext;
