using Irori.Core.Bindings;
using Irori.Core.Outbox;
using Irori.Core.Schedules;
using Irori.Core.States;

namespace Irori.Core.Scenes;

/// <summary>
/// Follows what happens to devices, row by row of the outbox and each row once: a rule that it sets off, whose conditions hold and whose interval is over, becomes a run
/// in the same transaction. A rule that cannot be followed becomes invalid, so that it holds up neither others nor its device.
/// </summary>
internal static class RuleEngine
{
    /// <summary>How long after a run what its devices do is taken to come of it.</summary>
    public static readonly TimeSpan Echo = TimeSpan.FromSeconds(10);

    /// <summary>Makes the runs that follow; answers how many.</summary>
    public static async Task<int> FollowAsync(IStores stores, OutboxRow row)
    {
        if (row.Kind is not (Happening.Changed or Happening.Online or Happening.Offline)) return 0;
        if (await stores.Devices.FindAsync(row.Device) is not { } device) return 0;
        var scenes = await stores.Scenes.TriggeredByAsync(row.Device);
        if (scenes.Count == 0) return 0;
        var changes = row.Kind == Happening.Changed ? Change.Read(row.Body) : new Dictionary<string, Change>(StringComparer.Ordinal);
        var depth = await stores.Scenes.DepthAsync(row.Device, row.At) + 1;
        var runs = 0;
        foreach (var scene in scenes)
        {
            if (await ReadAsync(stores, scene) is not { } rule || !rule.Triggers.Any(t => t.Device == device.Id && Fires(t, row.Kind, changes))) continue;
            if (scene.Rests(rule, row.At) || !await HoldsAsync(stores, scene, rule, device.Id, changes)) continue;
            await stores.Scenes.SetFiredAsync(scene.No, row.At);
            await stores.Runs.AddAsync([RunOf(scene, RunKind.Rule, row.At, depth)]);
            runs++;
        }

        return runs;
    }

    /// <summary>The rule of a scene. One that cannot be read makes the scene invalid: null then.</summary>
    public static async Task<Rule?> ReadAsync(IStores stores, Scene scene)
    {
        if (scene.TryReadRule() is { } rule) return rule;
        await stores.Scenes.SetInvalidAsync(scene.No, "its rule cannot be read");
        return null;
    }

    /// <summary>
    /// Whether the conditions of a scene hold now. A device that its person does not see any more makes it invalid, and then they do not.
    /// </summary>
    public static async Task<bool> HoldsAsync(IStores stores, Scene scene, Rule rule, string device, IReadOnlyDictionary<string, Change> changes)
    {
        var ids = rule.Triggers.Select(t => t.Device).Concat(rule.Comparisons.SelectMany(c => c.Operands).Select(o => o.Device)).Where(d => d.Length > 0).ToHashSet(StringComparer.Ordinal);
        var seen = (await stores.Bindings.FindVisibleAsync(scene.Account, app: 0, ids)).ToDictionary(d => d.Id, StringComparer.Ordinal);
        if (ids.FirstOrDefault(i => !seen.ContainsKey(i)) is { } lost)
        {
            await stores.Scenes.SetInvalidAsync(scene.No, Lost(lost));
            return false;
        }

        var states = new Dictionary<string, Dictionary<string, StateValue>>(StringComparer.Ordinal);
        return rule.Holds(o => o.Device == device && changes.TryGetValue(o.Property, out var change) ? change.New : ValueOf(seen[o.Device], o.Property, states));
    }

    /// <summary>Why a scene that has lost a device is not valid.</summary>
    public static string Lost(string deviceId) => $"device {deviceId} is not visible any more";

    /// <summary>A run of a scene from its beginning.</summary>
    public static Run RunOf(Scene scene, RunKind kind, DateTimeOffset due, int depth)
    {
        var task = Ids.Number();
        return new Run { Kind = kind, Ref = task, Due = due, Task = task, Scene = scene.No, Account = scene.Account, App = scene.App, Plan = scene.Plan, Depth = depth };
    }

    private static bool Fires(Trigger trigger, Happening kind, IReadOnlyDictionary<string, Change> changes) => trigger.Kind switch
    {
        TriggerKind.Online => kind == Happening.Online,
        TriggerKind.Offline => kind == Happening.Offline,
        _ when kind != Happening.Changed => false,
        TriggerKind.Changed => trigger.Property.Length == 0 || changes.ContainsKey(trigger.Property),
        _ => trigger.Comparison!.Operands.Any(o => o.Device == trigger.Device && changes.TryGetValue(o.Property, out var change) && !(trigger.Known && change.Old is null))
            && trigger.Comparison.Holds(o => o.Device == trigger.Device ? changes.GetValueOrDefault(o.Property)?.New : null)
            && !trigger.Comparison.Holds(o => o.Device == trigger.Device ? changes.GetValueOrDefault(o.Property)?.Old : null),
    };

    private static string? ValueOf(VisibleDevice device, string property, Dictionary<string, Dictionary<string, StateValue>> states)
    {
        if (!states.TryGetValue(device.Id, out var values)) states[device.Id] = values = StateText.ReadValues(device.Values);
        return values.TryGetValue(property, out var value) ? value.Json : null;
    }
}
