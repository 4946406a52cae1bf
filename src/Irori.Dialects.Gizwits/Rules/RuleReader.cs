using System.Text.Json;
using Irori.Core;
using Irori.Core.Scenes;
using Irori.Core.Schedules;
using Irori.Dialects.Gizwits.Monitoring;
using Irori.Dialects.Gizwits.Wire;

namespace Irori.Dialects.Gizwits.Rules;

/// <summary>Reads rules (Gizwits Open API, device linkage). What the devices of a rule show in this dialect is compared; what they are told is kept in their own names.</summary>
internal sealed class RuleReader(ActionReader actions)
{
    /// <summary>The list in which rules stand.</summary>
    public const string Family = "gizwits.rule";

    private const int MaxInputs = 100;

    /// <summary>
    /// The scene that a rule is. A main device that the person does not have is not found; any other is not bound.
    /// </summary>
    public async Task<Result<NewScene>> ReadAsync(Principal who, RuleFields written, CancellationToken cancel)
    {
        var inputs = written.Input ?? [];
        if (inputs.Count > MaxInputs) return Fault.Invalid("input", $"input has at most {MaxInputs} entries");
        if (inputs.DistinctBy(i => i.Prefix, StringComparer.Ordinal).Count() < inputs.Count) return Fault.Invalid("input", "Each prefix names one device");
        if (written.Output.Sum(g => g.Count) is 0 or > Plan.MaxSteps) return Fault.Invalid("output", $"output has 1 to {Plan.MaxSteps} actions");
        var dids = inputs.Select(i => i.Did).Concat(written.Output.SelectMany(g => g).Select(a => a.Did).OfType<string>()).ToHashSet(StringComparer.Ordinal);
        var devices = await actions.DevicesAsync(who, dids.Append(written.Did), cancel);
        if (!devices.TryGetValue(written.Did, out var main)) return ActionReader.NoDevice;
        if (dids.Any(d => !devices.ContainsKey(d))) return Fault.NotVisible("device") with { Field = GizwitsFields.Bound };
        if (ProductKeys.Of(main.Product) != written.ProductKey || inputs.Any(i => ProductKeys.Of(devices[i.Did].Product) != i.ProductKey))
            return Fault.NotVisible("product") with { Field = GizwitsFields.ProductKey };
        if (!ReadTriggers(written, main).Try(out var triggers, out var fault)) return fault;
        var sides = new RuleSides(inputs.ToDictionary(i => i.Prefix, i => devices[i.Did], StringComparer.Ordinal));
        if (!ReadConditions(written.Condition ?? [], sides).Try(out var conditions, out fault)) return fault;
        if (!ReadPlan(written.Output, devices).Try(out var plan, out fault)) return fault;
        return new NewScene(Family, SceneKind.Automatic, written.Name, plan)
        {
            Rule = new Rule(triggers) { Conditions = conditions, Interval = written.Interval ?? 0 },
            Original = JsonSerializer.Serialize(RuleAnswer.Of(written), GizwitsJson.TypeOf<RuleAnswer>()),
        };
    }

    private static Result<IReadOnlyList<Trigger>> ReadTriggers(RuleFields written, ActionDevice main)
    {
        switch (written.Happens())
        {
            case "data":
                return Result.Of<IReadOnlyList<Trigger>>([new Trigger(TriggerKind.Changed, main.Device.Id)]);
            case "online":
                return Result.Of<IReadOnlyList<Trigger>>([new Trigger(TriggerKind.Online, main.Device.Id)]);
            case "offline":
                return Result.Of<IReadOnlyList<Trigger>>([new Trigger(TriggerKind.Offline, main.Device.Id)]);
            case "extern":
                // Nothing is documented that calls it.
                return Result.Of<IReadOnlyList<Trigger>>([]);
            case "alert" or "fault":
                if (written.EventAttr is not { Value: "0" or "1" } named) return Fault.Invalid("event_attr", "event_attr names a data point, and 1 or 0");
                if (DatapointList.Of(main.Product).Find(named.AttrName) is not { } point || point.Kind != written.Happens())
                    return Fault.Invalid(GizwitsFields.Attributes, $"{named.AttrName} is no data point of the kind {written.Happens()}");
                var comparison = new Comparison(RuleSides.Of(main, point), Comparing.Equal, Operand.Value(named.Value));
                // What was never told is not over.
                return Result.Of<IReadOnlyList<Trigger>>([new Trigger(TriggerKind.Became, main.Device.Id, Comparison: comparison, Known: named.Value == "0")]);
            default:
                return Fault.Invalid(GizwitsFields.Event, $"There is no event {written.Happens()}");
        }
    }

    private static Result<IReadOnlyList<IReadOnlyList<Comparison>>> ReadConditions(IReadOnlyList<IReadOnlyList<RuleComparison>> written, RuleSides sides)
    {
        var groups = new List<IReadOnlyList<Comparison>>();
        foreach (var group in written)
        {
            var comparisons = new List<Comparison>();
            foreach (var comparison in group)
            {
                if (!sides.Read(comparison).Try(out var read, out var fault)) return fault;
                comparisons.Add(read);
            }

            groups.Add(comparisons);
        }

        return groups;
    }

    private static Result<Plan> ReadPlan(IReadOnlyList<IReadOnlyList<RuleAction>> output, IReadOnlyDictionary<string, ActionDevice> devices)
    {
        var branches = new List<IReadOnlyList<Step>>();
        foreach (var group in output.Where(g => g.Count > 0))
        {
            var steps = new List<Step>();
            foreach (var action in group)
            {
                if (!ReadAction(action, devices).Try(out var step, out var fault)) return fault;
                steps.Add(step);
            }

            branches.Add(steps);
        }

        return new Plan(branches) { StopsAtFailure = true };
    }

    private static Result<Step> ReadAction(RuleAction action, IReadOnlyDictionary<string, ActionDevice> devices) => action switch
    {
        { Type: "delay", Delay: { } seconds } => Step.Delay(seconds),
        { Type: "devctrl", Did: { } did } => devices[did].Command(action.Attrs, action.Raw),
        _ => Fault.Invalid("output", "An action is devctrl with did, or delay with delay"),
    };
}
