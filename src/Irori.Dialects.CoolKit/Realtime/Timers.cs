using System.Globalization;
using System.Text.Json;
using Irori.Core.Products;
using Irori.Core.Schedules;
using Irori.Core.Sharing;

namespace Irori.Dialects.CoolKit.Realtime;

/// <summary>
/// The params key <c>timers</c> (v2, "定时器设置") of a device that cannot keep time itself: once and delay at an instant, repeat by a cron expression of five fields, duration
/// in cycles of two phases or of one. All in UTC. What is not such a timer stays in the state and does nothing, as in a device that does not know it.
/// </summary>
internal static class Timers
{
    private static readonly TimerProperty Property = new(TimerRights.Property, Read);

    /// <summary>The timers that the cloud carries out for devices of a product, or null when they do so themselves.</summary>
    public static TimerProperty? Of(Product product) => product.KeepsTime ? null : Property;

    /// <summary>Reads the array; 0 or anything else clears all.</summary>
    internal static IReadOnlyList<DeviceTimer> Read(string json)
    {
        using var parsed = JsonDocument.Parse(json);
        if (parsed.RootElement.ValueKind != JsonValueKind.Array) return [];
        var timers = new Dictionary<string, DeviceTimer>(StringComparer.Ordinal);
        foreach (var (timer, place) in parsed.RootElement.EnumerateArray().Select((t, i) => (t, i)))
        {
            if (timer.ValueKind != JsonValueKind.Object) continue;
            foreach (var read in Read(timer, Text(timer, "mId") ?? $"#{place}"))
                if (timers.Count < DeviceTimer.Max) timers.TryAdd(read.Timer, read);
        }

        return [.. timers.Values];
    }

    private static IEnumerable<DeviceTimer> Read(JsonElement timer, string name)
    {
        var enabled = timer.TryGetProperty("enabled", out var flag) && flag.ValueKind is JsonValueKind.Number && flag.TryGetInt32(out var on) && on == 1;
        if (Text(timer, "at") is not { Length: > 0 } at) return [];
        return Text(timer, "type") switch
        {
            "once" when Instant(at) is { } once => Of(timer, "do", name, new Recurrence.Once(once), enabled),
            "repeat" when CronText.FromLinux(at) is { } cron => Of(timer, "do", name, cron, enabled),
            "duration" => Cycle(timer, name, at.Split(' ', StringSplitOptions.RemoveEmptyEntries), enabled),
            _ => [],
        };
    }

    // "instant cycle second": startDo with each cycle, endDo so many minutes later. "instant cycle": do with each cycle.
    private static IEnumerable<DeviceTimer> Cycle(JsonElement timer, string name, string[] at, bool enabled)
    {
        if (at.Length is not (2 or 3) || Instant(at[0]) is not { } start || Minutes(at[1]) is not { } cycle) return [];
        if (at.Length == 2) return Of(timer, "do", name, new Recurrence.Every(start, cycle), enabled);
        return Minutes(at[2]) is { } second
            ? [.. Of(timer, "startDo", name, new Recurrence.Every(start, cycle), enabled), .. Of(timer, "endDo", name + "/end", new Recurrence.Every(start + second, cycle), enabled)]
            : [];
    }

    private static IEnumerable<DeviceTimer> Of(JsonElement timer, string action, string name, Recurrence recurrence, bool enabled)
    {
        if (!timer.TryGetProperty(action, out var body) || body.ValueKind != JsonValueKind.Object || recurrence.Check() is not null) return [];
        return [new DeviceTimer(name, recurrence, body.GetRawText(), enabled)];
    }

    private static DateTimeOffset? Instant(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    private static TimeSpan? Minutes(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and <= 527_040
        ? TimeSpan.FromMinutes(minutes)
        : null;

    private static string? Text(JsonElement timer, string name) => timer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
