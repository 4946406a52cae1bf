using System.Globalization;
using System.Text.Json;

namespace Irori.Core.Scenes;

/// <summary>Compares values that are JSON.</summary>
internal static class Values
{
    public static bool IsJson(string text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public static bool Compare(string left, Comparing how, string right)
    {
        using var a = JsonDocument.Parse(left);
        using var b = JsonDocument.Parse(right);
        if (Number(a.RootElement) is { } x && Number(b.RootElement) is { } y)
        {
            return how switch
            {
                Comparing.Equal => x == y,
                Comparing.NotEqual => x != y,
                Comparing.Less => x < y,
                Comparing.LessOrEqual => x <= y,
                Comparing.Greater => x > y,
                _ => x >= y,
            };
        }

        return how switch
        {
            Comparing.Equal => JsonElement.DeepEquals(a.RootElement, b.RootElement),
            Comparing.NotEqual => !JsonElement.DeepEquals(a.RootElement, b.RootElement),
            _ => false,
        };
    }

    private static decimal? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.Number when value.TryGetDecimal(out var number) => number,
        JsonValueKind.String when decimal.TryParse(value.GetString(), NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };
}
