using System.Text.Json.Nodes;

namespace Irori.Simulator.Kinds;

/// <summary>A plug that measures what goes through it, in volts, amperes and watts.</summary>
internal sealed class Meter(TimeSpan interval) : Hardware
{
    private static readonly string[] Measured = ["power", "voltage", "current"];

    public override TimeSpan? Interval => interval;

    public override bool CountsEnergy => true;

    public override JsonObject FirstState()
    {
        var state = base.FirstState();
        Set(state, 230, 0);
        return state;
    }

    public override IReadOnlyCollection<string> Tick(JsonObject state, Dice dice)
    {
        Set(state, dice.Between(228, 232), IsOn(state) ? dice.Between(40, 60) : 0);
        return Measured;
    }

    private static void Set(JsonObject state, double volts, double watts)
    {
        state["power"] = watts.ToString("F2");
        state["voltage"] = volts.ToString("F2");
        state["current"] = (watts / volts).ToString("F2");
    }
}
