using System.Text.Json;
using Irori.Core.Bindings;
using Irori.Core.States;

namespace Irori.Core.Sharing;

/// <summary>
/// What a guest may do with the timers of a device, which are one array that every change sends whole: what he wants is found by holding the new
/// array against the one that is there (CoolKit permit bits; guests of other dialects have none).
/// </summary>
public static class TimerRights
{
    /// <summary>Property that holds the timers.</summary>
    public const string Property = "timers";

    /// <summary>Adding timers.</summary>
    public const int Add = 1;

    /// <summary>Changing timers.</summary>
    public const int Edit = 2;

    /// <summary>Deleting timers.</summary>
    public const int Delete = 4;

    /// <summary>Switching timers on and off.</summary>
    public const int Enable = 8;

    /// <summary>Every right; a permit is a sum of rights from 0 to this.</summary>
    public const int All = Add | Edit | Delete | Enable;

    private const string Identity = "mId";
    private const string Switch = "enabled";

    /// <summary>
    /// Null when a command of this person may change the timers as it does, or does not touch them; else <see cref="FaultKind.NotAllowed"/>.
    /// Every value is looked at where one name is there twice: which of them the device takes is not known.
    /// </summary>
    public static Fault? Check(CommandTarget device, string body)
    {
        if (device.Role != Role.Guest || device.Permit == All) return null;
        using var parsed = JsonDocument.Parse(body);
        var command = parsed.RootElement;
        var objects = command.ValueKind == JsonValueKind.Array ? command.EnumerateArray() : Enumerable.Repeat(command, 1);
        var wanted = objects.Where(o => o.ValueKind == JsonValueKind.Object)
            .SelectMany(o => o.EnumerateObject()).Where(p => p.NameEquals(Property)).Select(p => p.Value).ToList();
        if (wanted.Count == 0) return null;
        using var before = JsonDocument.Parse(StateText.ReadValues(device.GuestValues ?? "").GetValueOrDefault(Property).Json ?? "[]");
        var needed = wanted.Aggregate(0, (sum, after) => sum | Needed(before.RootElement, after));
        return (needed & ~device.Permit) == 0 ? null : Fault.NotAllowed("The share does not give the right to change the timers so");
    }

    /// <summary>The rights that it takes to put an array of timers in the place of another. What is no array of timers takes all.</summary>
    public static int Needed(JsonElement before, JsonElement after)
    {
        if (after.ValueKind != JsonValueKind.Array || after.EnumerateArray().Any(t => t.ValueKind != JsonValueKind.Object)) return All;
        var old = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (before.ValueKind == JsonValueKind.Array)
        {
            foreach (var timer in before.EnumerateArray()) old.TryAdd(KeyOf(timer), timer);
        }

        var needed = 0;
        foreach (var timer in after.EnumerateArray()) needed |= old.Remove(KeyOf(timer), out var was) ? Change(was, timer) : Add;
        return old.Count > 0 ? needed | Delete : needed;
    }

    private static int Change(JsonElement was, JsonElement now)
    {
        if (JsonElement.DeepEquals(was, now)) return 0;
        var names = was.EnumerateObject().Concat(now.EnumerateObject()).Select(p => p.Name).Distinct(StringComparer.Ordinal);
        var changed = names.Where(n => !Same(was, now, n)).ToList();
        var switched = changed.Contains(Switch) ? Enable : 0;
        // Nothing differs by name where a name is there twice.
        return changed.Count == 0 || changed.Exists(n => n != Switch) ? switched | Edit : switched;
    }

    private static bool Same(JsonElement was, JsonElement now, string name) =>
        was.TryGetProperty(name, out var a) && now.TryGetProperty(name, out var b) && JsonElement.DeepEquals(a, b);

    // A timer without an identity is only itself.
    private static string KeyOf(JsonElement timer) =>
        timer.ValueKind == JsonValueKind.Object && timer.TryGetProperty(Identity, out var id) && id.ValueKind == JsonValueKind.String ? $"#{id.GetString()}" : timer.GetRawText();
}
