using System.Text.Json.Nodes;

namespace Irori.Simulator.Kinds;

/// <summary>
/// A heater with a sensor. The room gets warmer while the switch is on and colder while it is off; in automatic mode the device switches by
/// itself when a target is reached. It reports when the temperature has moved by half a degree or the humidity by five percent.
/// </summary>
internal sealed class Thermostat(TimeSpan interval) : Hardware
{
    private const double Step = 0.2;
    private const double Coldest = 14;
    private const double Hottest = 32;
    private const double TemperatureThreshold = 0.5;
    private const double HumidityThreshold = 5;

    private double _temperature = 19;
    private double _humidity = 45;
    private double _toldTemperature = 19;
    private double _toldHumidity = 45;

    public override TimeSpan? Interval => interval;

    public override JsonObject FirstState()
    {
        var state = base.FirstState();
        state["mainSwitch"] = "on";
        state["deviceType"] = "temperature";
        state["sensorType"] = "AM2301";
        Tell(state);
        state["targets"] = new JsonArray(
            new JsonObject { ["targetHigh"] = "22", ["reaction"] = new JsonObject { ["switch"] = "off" } },
            new JsonObject { ["targetLow"] = "20", ["reaction"] = new JsonObject { ["switch"] = "on" } });
        return state;
    }

    public override IReadOnlyCollection<string> Tick(JsonObject state, Dice dice)
    {
        _temperature = Math.Clamp(_temperature + (IsOn(state) ? Step : -Step), Coldest, Hottest);
        _humidity = Math.Clamp(_humidity + dice.Between(-1, 1), 30, 70);
        var changed = new List<string>();
        if (React(state)) changed.Add("switch");
        if (Math.Abs(_temperature - _toldTemperature) < TemperatureThreshold && Math.Abs(_humidity - _toldHumidity) < HumidityThreshold) return changed;
        Tell(state);
        return [.. changed, "currentTemperature", "currentHumidity"];
    }

    private void Tell(JsonObject state)
    {
        (_toldTemperature, _toldHumidity) = (_temperature, _humidity);
        state["currentTemperature"] = _temperature.ToString("F1");
        state["currentHumidity"] = _humidity.ToString("F0");
    }

    // Only the temperature is acted upon: the heater does nothing about humidity.
    private bool React(JsonObject state)
    {
        if (Text(state, "mainSwitch") != "on" || Text(state, "deviceType") != "temperature" || state["targets"] is not JsonArray targets) return false;
        foreach (var target in targets.OfType<JsonObject>())
        {
            var reached = Number(target, "targetHigh") is { } high ? _temperature >= high : Number(target, "targetLow") is { } low && _temperature <= low;
            if (!reached || target["reaction"] is not JsonObject reaction) continue;
            var wanted = Text(reaction, "switch");
            if (wanted is not ("on" or "off") || wanted == Text(state, "switch")) continue;
            state["switch"] = wanted;
            return true;
        }

        return false;
    }

    private static double? Number(JsonObject json, string name) => double.TryParse(Text(json, name), out var number) ? number : null;
}
