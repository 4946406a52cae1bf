using System.Globalization;
using Irori.Simulator;

namespace Irori.Cli;

/// <summary>The commands that <c>irori simulate</c> reads while it runs.</summary>
internal sealed class SimulatePrompt(Simulation simulation, TextWriter output)
{
    /// <summary>The behaviours, as an operator writes them.</summary>
    public const string Behaviours = "normal, silent, refuse, drop, slow:MS";

    private const string Help =
        """
          list             every device with its state
          press ID         its button is pressed: it switches and reports
          unplug ID        it loses power and is offline
          plug ID          it has power again
          normal ID        it obeys and answers
          silent ID        it receives commands and does nothing
          refuse ID        it answers error 400
          slow ID MS       it obeys and answers after so many milliseconds
          drop ID          it cuts the connection when a command comes
          quit             everything ends
        """;

    /// <summary>Reads commands until <c>quit</c> (true) or the end of the input (false).</summary>
    public async Task<bool> RunAsync(TextReader input, CancellationToken cancel)
    {
        while (await input.ReadLineAsync(cancel) is { } line)
        {
            if (line.Trim() == "quit") return true;
            try
            {
                Execute(line, cancel);
            }
            catch (FormatException e)
            {
                await output.WriteLineAsync(e.Message);
            }
        }

        return false;
    }

    /// <summary>Sets the behaviour that <c>ID=BEHAVIOUR</c> says.</summary>
    /// <exception cref="FormatException">It is written wrongly; the message says how.</exception>
    public static void Behave(Simulation simulation, string text)
    {
        if (text.Split('=') is not [var id, var behaviour]) throw new FormatException($"\"{text}\" is not ID=BEHAVIOUR with one of {Behaviours}.");
        var parts = behaviour.Split(':');
        Behave(Find(simulation, id), parts[0], parts.Length == 2 ? parts[1] : null);
    }

    private void Execute(string line, CancellationToken cancel)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        switch (words)
        {
            case []:
                break;
            case ["help"]:
                output.WriteLine(Help);
                break;
            case ["list"]:
                foreach (var device in simulation.Devices) output.WriteLine(Line(device));
                break;
            case ["press", var id]:
                _ = Find(simulation, id).PressAsync(cancel);
                break;
            case ["unplug", var id]:
                Find(simulation, id).Unplug();
                break;
            case ["plug", var id]:
                Find(simulation, id).Plug();
                break;
            case [var behaviour, var id, .. var rest] when rest.Length <= 1 && Behaviour.Named(behaviour, default) is not null:
                var changed = Find(simulation, id);
                Behave(changed, behaviour, rest.FirstOrDefault());
                output.WriteLine(Line(changed));
                break;
            default:
                throw new FormatException($"\"{line.Trim()}\" is not a command; write help to see them.");
        }
    }

    private static void Behave(SimulatedDevice device, string name, string? milliseconds)
    {
        var delay = 0;
        var wrong = name == "slow"
            ? !int.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out delay) || delay > 3_600_000
            : milliseconds is not null;
        if (wrong || Behaviour.Named(name, TimeSpan.FromMilliseconds(delay)) is not { } behaviour)
            throw new FormatException($"A behaviour is one of {Behaviours}; the milliseconds of slow go from 0 to 3600000.");
        device.Behaviour = behaviour;
    }

    private static string Line(SimulatedDevice device) =>
        $"{device.Id} {device.Kind,-10} {(device.Online ? "online" : device.Plugged ? "offline" : "unplugged"),-9} {device.Behaviour,-12} {device.State.ToJsonString()}";

    private static SimulatedDevice Find(Simulation simulation, string id) =>
        simulation.Find(id) ?? throw new FormatException($"There is no device {id}; write list to see all.");
}
