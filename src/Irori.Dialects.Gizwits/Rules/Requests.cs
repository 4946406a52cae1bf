using System.Text.Json;
using System.Text.Json.Serialization;

namespace Irori.Dialects.Gizwits.Rules;

/// <summary>Of which products the data points are asked (Gizwits Open API, rules.params).</summary>
internal sealed record RuleParamsRequest
{
    /// <summary>Keys of products, separated by commas; left out or empty: every product of the app.</summary>
    public string? ProductKey { get; init; }
}

/// <summary>A rule (Gizwits Open API, device linkage): what a device does sets it off, and if then a condition holds, others are controlled.</summary>
internal abstract record RuleFields
{
    /// <summary>Remark.</summary>
    public string? Remark { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Product of the main device.</summary>
    public required string ProductKey { get; init; }

    /// <summary>The main device, which sets it off.</summary>
    public required string Did { get; init; }

    /// <summary>Seconds that pass at least between two runs.</summary>
    public int? Interval { get; init; }

    /// <summary>online, offline, alert, fault, data, which is also meant when it is left out, or extern, which never happens here.</summary>
    public string? Event { get; init; }

    /// <summary>Of alert and fault.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RuleEventAttr? EventAttr { get; init; }

    /// <summary>Devices whose data points stand in conditions.</summary>
    public IReadOnlyList<RuleInput>? Input { get; init; }

    /// <summary>Groups of comparisons, of which all of one must hold; none: always.</summary>
    public IReadOnlyList<IReadOnlyList<RuleComparison>>? Condition { get; init; }

    /// <summary>Groups of actions: groups side by side, the actions of one in order until one fails.</summary>
    public required IReadOnlyList<IReadOnlyList<RuleAction>> Output { get; init; }

    /// <summary>What happens.</summary>
    public string Happens() => string.IsNullOrEmpty(Event) ? "data" : Event;
}

/// <summary>An alarm or a fault.</summary>
internal sealed record RuleEventAttr
{
    /// <summary>The data point.</summary>
    public required string AttrName { get; init; }

    /// <summary>1: it has come; 0: it is over.</summary>
    public required string Value { get; init; }
}

/// <summary>A device whose data points stand in conditions.</summary>
internal sealed record RuleInput
{
    /// <summary>Its product.</summary>
    public required string ProductKey { get; init; }

    /// <summary>The device.</summary>
    public required string Did { get; init; }

    /// <summary>Its name in conditions.</summary>
    public required string Prefix { get; init; }
}

/// <summary>A comparison. A side is prefix.datapoint, a number, a text in quotes, or bytes as 0xFF00.</summary>
internal sealed record RuleComparison
{
    /// <summary>One side.</summary>
    public required string Left { get; init; }

    /// <summary>&gt;, &gt;=, &lt;, &lt;=, == or !=.</summary>
    public required string Opt { get; init; }

    /// <summary>The other.</summary>
    public required string Right { get; init; }
}

/// <summary>What is done.</summary>
internal sealed record RuleAction
{
    /// <summary>devctrl or delay.</summary>
    public required string Type { get; init; }

    /// <summary>The device.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Did { get; init; }

    /// <summary>Values by data point.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Attrs { get; init; }

    /// <summary>Payload of command 0090, in place of attrs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Raw { get; init; }

    /// <summary>Seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Delay { get; init; }
}

/// <summary>A new rule (Gizwits Open API, rules.create).</summary>
internal sealed record CreateRuleRequest : RuleFields;

/// <summary>A rule in the place of one (Gizwits Open API, rules.update).</summary>
internal sealed record UpdateRuleRequest : RuleFields
{
    /// <summary>The rule.</summary>
    public required long RuleId { get; init; }
}

/// <summary>A rule.</summary>
internal sealed record RuleIdRequest
{
    /// <summary>The rule.</summary>
    public required long RuleId { get; init; }
}
