using System.Text.Json.Nodes;

namespace Irori.Simulator.Kinds;

/// <summary>What stands behind the firmware: the first state of a kind of device and what changes in it without anybody's command.</summary>
internal abstract class Hardware
{
    /// <summary>What every device tells of itself.</summary>
    public const string FirmwareVersion = "3.5.0";

    /// <summary>How well it hears, in dBm.</summary>
    public const int UsualSignal = -55;

    /// <summary>How often something may change by itself; null: never.</summary>
    public virtual TimeSpan? Interval => null;

    /// <summary>The state of a new device.</summary>
    public virtual JsonObject FirstState() => new()
    {
        ["switch"] = "off",
        ["startup"] = "stay",
        ["rssi"] = UsualSignal,
        ["fwVersion"] = FirmwareVersion,
    };

    /// <summary>Lets one interval pass.</summary>
    /// <returns>The properties to report.</returns>
    public virtual IReadOnlyCollection<string> Tick(JsonObject state, Dice dice) => [];

    /// <summary>Whether it counts the energy of each day, and tells it when a command asks (<c>hundredDaysKwh</c>).</summary>
    public virtual bool CountsEnergy => false;

    /// <summary>The button on the case is pressed.</summary>
    /// <returns>The properties to report.</returns>
    public virtual IReadOnlyCollection<string> Press(JsonObject state)
    {
        state["switch"] = IsOn(state) ? "off" : "on";
        return ["switch"];
    }

    /// <summary>The mains come back: the switch stands as <c>startup</c> says, each channel as that of <c>configure</c>.</summary>
    public static IReadOnlyCollection<string> PowerOn(JsonObject state)
    {
        Start(state, state);
        if (state["switches"] is not JsonArray switches || state["configure"] is not JsonArray configure) return [];
        foreach (var channel in switches.OfType<JsonObject>())
        {
            if (configure.OfType<JsonObject>().FirstOrDefault(c => JsonNode.DeepEquals(c["outlet"], channel["outlet"])) is { } wanted) Start(channel, wanted);
        }

        return [];
    }

    /// <summary>The hardware of a device.</summary>
    public static Hardware Of(DevicePlan plan, SimulationOptions options, TimeProvider time) => plan.Kind switch
    {
        DeviceKind.Model => new Modelled(plan.Things, plan.ChipId, options.MeterInterval, time),
        DeviceKind.Switch => new Switch(),
        DeviceKind.Lamp => new Lamp(),
        DeviceKind.Thermostat => new Thermostat(options.ThermostatInterval),
        _ => new Meter(options.MeterInterval),
    };

    private static void Start(JsonObject place, JsonObject wanted)
    {
        if (Text(wanted, "startup") is ("on" or "off") and { } startup && place.ContainsKey("switch")) place["switch"] = startup;
    }

    protected static bool IsOn(JsonObject state) => Text(state, "switch") == "on";

    protected static string? Text(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>A single switch.</summary>
internal sealed class Switch : Hardware;

/// <summary>A dimmable lamp, from 1 to 100.</summary>
internal sealed class Lamp : Hardware
{
    public override JsonObject FirstState()
    {
        var state = base.FirstState();
        state["bright"] = 50;
        return state;
    }
}
