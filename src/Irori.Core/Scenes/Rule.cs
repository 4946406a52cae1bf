using System.Text.Json.Serialization;
using Irori.Core.Products;

namespace Irori.Core.Scenes;

/// <summary>What sets a rule off. The names are stored.</summary>
public enum TriggerKind
{
    /// <summary>The device reports another value of any property, or of one.</summary>
    Changed,

    /// <summary>With such a report a comparison comes to hold that did not hold before.</summary>
    Became,

    /// <summary>The device can be reached again.</summary>
    Online,

    /// <summary>It was told offline.</summary>
    Offline,
}

/// <summary>How two values are compared. The names are stored.</summary>
public enum Comparing
{
    /// <summary>They are the same.</summary>
    Equal,

    /// <summary>They differ.</summary>
    NotEqual,

    /// <summary>The left number is smaller.</summary>
    Less,

    /// <summary>It is smaller or the same.</summary>
    LessOrEqual,

    /// <summary>It is larger.</summary>
    Greater,

    /// <summary>It is larger or the same.</summary>
    GreaterOrEqual,
}

/// <summary>One side of a comparison: a property of a device, or a value.</summary>
/// <param name="Device">Id of the device; empty: it is a value.</param>
/// <param name="Property">The property, in the product's own names.</param>
/// <param name="Json">The value, JSON.</param>
/// <param name="View">How another dialect shows the property, JSON of <see cref="ProjectedProperty"/>: what it shows is compared. Empty: the property as it is.</param>
public sealed record Operand(string Device = "", string Property = "", string Json = "", string View = "")
{
    /// <summary>A property.</summary>
    public static Operand Of(string device, string property) => new() { Device = device, Property = property };

    /// <summary>A property as another dialect shows it.</summary>
    public static Operand Of(string device, ProjectedProperty view) => new() { Device = device, Property = view.Own, View = view.ToJson() };

    /// <summary>A value.</summary>
    public static Operand Value(string json) => new() { Json = json };

    /// <summary>The value, or what is compared of the property's value (JSON); null: it is not known.</summary>
    public string? Read(Func<Operand, string?> value)
    {
        if (Device.Length == 0) return Json;
        return value(this) is not { } own ? null : View.Length == 0 ? own : ProjectedProperty.Parse(View).Show(own);
    }
}

/// <summary>A comparison. With a value that is not known it does not hold. Numbers, numbers in quotes and booleans (1 and 0) are compared as numbers, all else as JSON.</summary>
public sealed record Comparison(Operand Left, Comparing How, Operand Right)
{
    /// <summary>Its sides.</summary>
    [JsonIgnore]
    public IEnumerable<Operand> Operands => [Left, Right];

    /// <summary>Whether it holds for the values (JSON) that are known.</summary>
    public bool Holds(Func<Operand, string?> value) => (Left.Read(value), Right.Read(value)) is ({ } left, { } right) && Values.Compare(left, How, right);
}

/// <summary>What sets a rule off.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Device">Id of the device.</param>
/// <param name="Property">The property; empty: any.</param>
/// <param name="Comparison">For <see cref="TriggerKind.Became"/>: the comparison, one side of which is a property of the device.</param>
/// <param name="Known">For <see cref="TriggerKind.Became"/>: the value before must be known; else one that was never known counts as one with which it did not hold.</param>
public sealed record Trigger(TriggerKind Kind, string Device, string Property = "", Comparison? Comparison = null, bool Known = false);

/// <summary>When a scene runs by itself: any trigger, if then all comparisons of any group hold.</summary>
/// <param name="Triggers">What sets it off; with none only its timers do.</param>
public sealed record Rule(IReadOnlyList<Trigger> Triggers)
{
    /// <summary>Most triggers, and most comparisons.</summary>
    public const int Max = 100;

    /// <summary>Longest interval, in seconds.</summary>
    public const int MaxInterval = 86_400;

    private const int MaxText = 4_096;

    /// <summary>Groups of comparisons; none: always.</summary>
    public IReadOnlyList<IReadOnlyList<Comparison>> Conditions { get; init; } = [];

    /// <summary>Seconds that pass at least between two runs.</summary>
    public int Interval { get; init; }

    /// <summary>All comparisons.</summary>
    [JsonIgnore]
    public IEnumerable<Comparison> Comparisons => Conditions.SelectMany(c => c).Concat(Triggers.Select(t => t.Comparison).OfType<Comparison>());

    /// <summary>Whether the conditions hold for the values that are known.</summary>
    public bool Holds(Func<Operand, string?> value) => Conditions.Count == 0 || Conditions.Any(g => g.All(c => c.Holds(value)));

    /// <summary>What is wrong with it before anybody asks what its ids mean, or null.</summary>
    public Fault? Check()
    {
        if (Triggers.Count > Max || Comparisons.Count() > Max) return Fault.Invalid("condition", $"A rule has at most {Max} triggers and {Max} comparisons");
        if (Interval is < 0 or > MaxInterval) return Fault.Invalid("interval", $"An interval has 0 to {MaxInterval} seconds");
        if (Triggers.Any(t => t.Kind == TriggerKind.Became && t.Comparison is null)) return Fault.Invalid("trigger", "A trigger that comes to hold has a comparison");
        foreach (var operand in Comparisons.SelectMany(c => c.Operands))
        {
            if (operand.Device.Length > 0 ? operand.Property.Length is 0 or > States.Readings.MaxName : operand.Json.Length > MaxText || !Values.IsJson(operand.Json))
                return Fault.Invalid("condition", "A side of a comparison is a property of a device, or JSON");
            if (operand.View.Length > 0 && !ProjectedProperty.IsStored(operand.View)) return Fault.Invalid("condition", "How a property is shown cannot be read");
        }

        return null;
    }
}
