using System.CommandLine;
using Irori.Dialects.CoolKit;
using Irori.Dialects.CoolKit.Types;
using Irori.Server.Files;
using Irori.Server.Settings;
using Irori.Simulator;
using Microsoft.Extensions.Logging;

namespace Irori.Cli;

/// <summary><c>irori simulate</c>: simulated devices that connect to a server, until they are told to stop.</summary>
internal static class SimulateCommand
{
    private const string Description =
        """
        Simulate devices that connect to a server over the network, as real ones do.

        Example, a lamp and a meter whose id and key the server knows:
          irori simulate --server http://localhost:8080 \
            --device 1000000001:4f0c...:lamp --device 1000000002:9a1b...:meter
        A dimmer by the number of its type (irori admin product types shows them), and a device by the file of its product:
          irori simulate --server http://localhost:8080 --device 1000000003:77d1...:36 --device 1000000004:c2aa...:washer.json
        Or with the devices of a demo server:
          irori simulate --devices data/demo.json

        While it runs, write a command and Enter: help shows them, for example
          press 1000000001     its button is pressed
          silent 1000000001    it answers no more commands
          unplug 1000000001    it is offline
        """;

    private static readonly Option<string?> Server = new("--server")
    {
        Description = "Address of the server, http or https; may be left out when the file names it", HelpName = "URL",
    };

    private static readonly Option<string[]> Device = new("--device")
    {
        Description = $"A device; KIND is one of {string.Join(", ", DeviceList.Kinds)}, the number of a documented type, or a product's file; may be repeated", HelpName = "ID:KEY:KIND[:CHIPID]",
    };

    private static readonly Option<string?> Devices = new("--devices")
    {
        Description = "File with a JSON list of {id, key, kind or uiid, chipId} and for devices behind a gateway of the list {gateway, subId}, or the demo.json of a demo server", HelpName = "FILE",
    };

    private static readonly Option<bool> Insecure = new("--insecure") { Description = "Take any certificate of the server, also a self-signed one" };

    private static readonly Option<string?> MeterSeconds = new("--meter-seconds")
    {
        Description = "Seconds between the reports of a meter, or of what else measures by its type or file (5)", HelpName = "SECONDS",
    };

    private static readonly Option<string[]> Behave = new("--behave")
    {
        Description = $"How a device behaves from the start: {SimulatePrompt.Behaviours}; may be repeated", HelpName = "ID=BEHAVIOUR",
    };

    public static Command Create()
    {
        var command = new Command("simulate", Description);
        foreach (var option in (Option[])[Server, Device, Devices, Insecure, MeterSeconds, Behave]) command.Options.Add(option);
        command.SetAction((call, cancel) => RunAsync(call, cancel));
        return command;
    }

    /// <summary>The simulation that the arguments describe.</summary>
    /// <exception cref="StartupException">Something in them is wrong.</exception>
    internal static Simulation Load(ParseResult call, ILogger log)
    {
        try
        {
            var file = call.GetValue(Devices) is { } path ? DeviceList.Read(ReadFile("--devices", path), Other) : new DeviceList(null, []);
            List<DevicePlan> plans = [.. file.Devices, .. (call.GetValue(Device) ?? []).Select(d => DeviceList.Parse(d, Other))];
            if (plans.Count == 0) throw new FormatException("There is no device to simulate; name some by --device or --devices.");
            if (plans.GroupBy(p => p.Id, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
                throw new FormatException($"Device {twice.Key} is named twice; leave one out.");
            if (plans.FirstOrDefault(p => p.Gateway is { } gateway && !plans.Any(g => g.Id == gateway && g.Gateway is null)) is { } lost)
                throw new FormatException($"Device {lost.Id} is behind {lost.Gateway}, which is no gateway of the list; add that.");
            var server = call.GetValue(Server) is { } given ? DeviceList.ParseServer(given) : file.Server;
            var options = new SimulationOptions
            {
                Server = server ?? throw new FormatException("The address of the server is missing; add --server http://localhost:8080."),
                TrustAnyCertificate = call.GetValue(Insecure),
            };
            if (call.GetValue(MeterSeconds) is { } seconds) options = options with { MeterInterval = Interval(seconds) };
            var simulation = new Simulation(options, plans, TimeProvider.System, log);
            foreach (var behave in call.GetValue(Behave) ?? []) SimulatePrompt.Behave(simulation, behave);
            return simulation;
        }
        catch (FormatException e)
        {
            throw new StartupException(e.Message);
        }
    }

    private static async Task<int> RunAsync(ParseResult call, CancellationToken cancel)
    {
        var output = TextWriter.Synchronized(call.InvocationConfiguration.Output);
        var simulation = Load(call, new LineLog(output, TimeProvider.System));
        await output.WriteLineAsync($"Simulated devices: {simulation.Devices.Count}. Write help for the commands; stop with Ctrl+C.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var running = simulation.RunAsync(stop.Token);

        // A read from the console cannot be cancelled; the process ends over it.
        var asking = Task.Run(() => new SimulatePrompt(simulation, output).RunAsync(Console.In, stop.Token), CancellationToken.None);
        var ended = await Task.WhenAny(asking, running, Task.Delay(Timeout.Infinite, cancel));
        if (ended == asking && !await asking) await Task.Delay(Timeout.Infinite, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stop.CancelAsync();
        await running;
        return ExitCode.Done;
    }

    private static TimeSpan Interval(string seconds) => double.TryParse(seconds, out var number) && number is >= 0.01 and <= 86_400
        ? TimeSpan.FromSeconds(number)
        : throw new FormatException($"--meter-seconds is \"{seconds}\", but must be a number from 0.01 to 86400.");

    // A documented type or a product's file.
    private static OtherKind? Other(string kind)
    {
        if (int.TryParse(kind, out var uiid)) return DeviceTypes.Find(uiid) is { } type ? new OtherKind(type.Things, $"UIID{uiid}", uiid) : null;
        if (!kind.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) return null;
        var mistakes = new List<string>();
        return ProductFile.Parse(ReadFile("A kind", kind), mistakes) is { } product
            ? new OtherKind(product.Things, product.Model, product.Names.Where(n => n.Kind == CoolKitDialect.UiidName).Select(n => int.Parse(n.Value)).FirstOrDefault())
            : throw new FormatException(string.Join(" ", mistakes.Select(m => $"{kind}: {m}")));
    }

    private static string ReadFile(string what, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{what} is \"{path}\", which cannot be read: {e.Message}", e);
        }
    }
}
