using Irori.Core.States;

namespace Irori.Dialects.CoolKit.Realtime;

/// <summary>Which properties of a report say that somebody operated the device by hand, when they change (CoolKit v2, operation history).</summary>
internal static class Operated
{
    /// <summary>The switch of a device with one channel.</summary>
    public const string Switch = "switch";

    /// <summary>The switches of a device with more.</summary>
    public const string Switches = "switches";

    /// <summary>Those among what was reported; null: none.</summary>
    public static IReadOnlyList<string>? In(IReadOnlyList<Reading> readings)
    {
        List<string>? names = null;
        foreach (var reading in readings)
        {
            if (reading.Name is Switch or Switches) (names ??= []).Add(reading.Name);
        }

        return names;
    }
}
