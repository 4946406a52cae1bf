using System.Globalization;
using System.Text.Json;
using Irori.Core;
using Irori.Core.Scenes;
using Irori.Dialects.Gizwits.Monitoring;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Rules;

/// <summary>Reads comparisons, whose sides are data points of devices by prefix, numbers, texts in quotes, or bytes.</summary>
internal sealed class RuleSides(IReadOnlyDictionary<string, ActionDevice> devices)
{
    private const string Bytes = "0x";

    /// <summary>A data point of a device, as this dialect shows it.</summary>
    public static Operand Of(ActionDevice device, Datapoint point) =>
        device.Product.ProjectionIn(GizwitsDialect.Name)?.Properties.FirstOrDefault(p => p.Shown.Name == point.Property.Name) is { } view
            ? Operand.Of(device.Device.Id, view)
            : Operand.Of(device.Device.Id, point.Property.Name);

    /// <summary>Reads a comparison. Faults: the form of a side or the operator; an attribute that is no data point.</summary>
    public Result<Comparison> Read(RuleComparison written)
    {
        if (HowOf(written.Opt) is not { } how) return Wrong($"There is no operator {written.Opt}");
        if (!ReadSide(written.Left).Try(out var left, out var fault) || !ReadSide(written.Right).Try(out var right, out fault)) return fault;
        if (how is not (Comparing.Equal or Comparing.NotEqual) && !(left.IsNumber && right.IsNumber)) return Wrong($"{written.Opt} is for numbers");
        return new Comparison(left.Beside(right.Point), how, right.Beside(left.Point));
    }

    private static Comparing? HowOf(string opt) => opt switch
    {
        "==" => Comparing.Equal,
        "!=" => Comparing.NotEqual,
        "<" => Comparing.Less,
        "<=" => Comparing.LessOrEqual,
        ">" => Comparing.Greater,
        ">=" => Comparing.GreaterOrEqual,
        _ => null,
    };

    private Result<Side> ReadSide(string text)
    {
        if (text is ['\'', .., '\''] or ['"', .., '"']) return new Side(Operand.Value($"\"{JsonEncodedText.Encode(text[1..^1])}\""), Point: null);
        if (text.StartsWith(Bytes, StringComparison.OrdinalIgnoreCase))
        {
            var hex = text[Bytes.Length..].ToLowerInvariant();
            return hex.Length > 0 && hex.All(char.IsAsciiHexDigit) ? new Side(Operand.Value($"\"{(hex.Length % 2 == 0 ? hex : "0" + hex)}\""), Point: null) { IsBytes = true } : Wrong($"{text} is no bytes");
        }

        if (decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return new Side(Operand.Value(number.ToString(CultureInfo.InvariantCulture)), Point: null) { Number = number };
        if (text is "true" or "false") return new Side(Operand.Value(text), Point: null);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !devices.TryGetValue(text[..dot], out var device)) return Wrong($"{text} is no number, text in quotes, or data point of a device of input");
        return DatapointList.Of(device.Product).Find(text[(dot + 1)..]) is { } point
            ? new Side(Of(device, point), point)
            : Fault.Invalid(GizwitsFields.Attributes, $"{text} is no data point");
    }

    private static Fault Wrong(string reason) => Fault.Invalid("condition", reason);

    private sealed record Side(Operand Operand, Datapoint? Point)
    {
        public decimal? Number { get; init; }

        public bool IsBytes { get; init; }

        public bool IsNumber => Number is not null || Point is { IsNumber: true };

        // Beside an enumeration a number is the place of a value; beside bytes of a fixed length, bytes are filled up to it, as they are when they are set.
        public Operand Beside(Datapoint? other) => other switch
        {
            { Place.Form: "enum" } when Number is >= 0 and var at && at < other.Enum.Count && at == decimal.Truncate(at) => Operand.Value(other.Property.Values![(int)at].Value.GetRawText()),
            { Place.Form: "binary", Property.Wire: not null } when IsBytes => Operand.Value($"\"{Operand.Json.Trim('"').PadRight(other.Place.Length * 2, '0')}\""),
            _ => Operand,
        };
    }
}
