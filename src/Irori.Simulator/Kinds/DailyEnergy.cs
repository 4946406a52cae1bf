using System.Text;
using System.Text.Json.Nodes;

namespace Irori.Simulator.Kinds;

/// <summary>The energy of the last hundred days, as meters tell it when they are asked: six hex digits a day, newest first, for kilowatt-hours and two decimals.</summary>
internal static class DailyEnergy
{
    /// <summary>The property of a command that asks, with the value <c>get</c>.</summary>
    public const string Question = "hundredDaysKwh";

    /// <summary>The field of the answer.</summary>
    public const string Answer = "hundredDaysKwhData";

    private const int Days = 100;

    /// <summary>Whether a command asks.</summary>
    public static bool IsAsked(JsonObject command) => command[Question] is JsonValue value && value.TryGetValue<string>(out var word) && word == "get";

    /// <summary>The days of a household that washes on some of them.</summary>
    public static string Text()
    {
        var text = new StringBuilder(Days * 6);
        for (var day = 0; day < Days; day++)
        {
            var hundredths = 40 + (day * 37 % 260);
            text.Append($"{hundredths / 100:x2}{hundredths / 10 % 10:x2}{hundredths % 10:x2}");
        }

        return text.ToString();
    }
}
