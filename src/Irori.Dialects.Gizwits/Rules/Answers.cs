using System.Text.Json;
using Irori.Core.Scenes;
using Irori.Dialects.Gizwits.Monitoring;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Rules;

/// <summary>A data point that may stand in rules.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DisplayName">What people read.</param>
/// <param name="Type">int, bool, enum or binary.</param>
/// <param name="Enum">Values of an enumeration.</param>
internal sealed record RuleParam(string Name, string DisplayName, string Type, IReadOnlyList<string> Enum)
{
    public static RuleParam Of(Datapoint point) => new(
        point.Property.Name, point.Property.Title, point.IsNumber ? "int" : point.Place.Form, point.Place.Form == "enum" ? point.Enum : []);
}

/// <summary>The number of a rule.</summary>
internal sealed record RuleIdAnswer(long RuleId);

/// <summary>Rules.</summary>
internal sealed record RulesAnswer(IReadOnlyList<RuleAnswer> Rules);

/// <summary>A rule, as its app wrote it.</summary>
internal sealed record RuleAnswer : RuleFields
{
    /// <summary>Its number.</summary>
    public long RuleId { get; init; }

    public static RuleAnswer Of(Scene scene) => JsonSerializer.Deserialize(scene.Original, GizwitsJson.TypeOf<RuleAnswer>())! with { RuleId = scene.No };

    /// <summary>What is kept with the rule.</summary>
    public static RuleAnswer Of(RuleFields written) => new()
    {
        Remark = written.Remark ?? "",
        Name = written.Name,
        ProductKey = written.ProductKey,
        Did = written.Did,
        Interval = written.Interval ?? 0,
        Event = written.Happens(),
        EventAttr = written.EventAttr,
        Input = written.Input ?? [],
        Condition = written.Condition ?? [],
        Output = written.Output,
    };
}
