using System.CommandLine;
using System.Net;
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
        Or one in pairing mode, which irori pair then points at a server:
          irori simulate --pairing 127.0.0.1:8070 --device 1000000001:4f0c...:lamp
          irori pair --device http://127.0.0.1:8070 --server 127.0.0.1:8080 --wifi Home --open-wifi

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

    private static readonly Option<string?> Pairing = new("--pairing")
    {
        Description = "The one device begins in pairing mode and answers there; it connects to the server that it is told", HelpName = "ADDRESS:PORT",
    };

    private static readonly Option<bool> Plain = new("--plain") { Description = "With --pairing: the device speaks without TLS, as old firmware does" };

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
        foreach (var option in (Option[])[Server, Device, Devices, Pairing, Plain, Insecure, MeterSeconds, Behave]) command.Options.Add(option);
        command.SetAction((call, cancel) => RunAsync(call, cancel));
        return command;
    }

    /// <summary>The simulation that the arguments describe.</summary>
    /// <exception cref="StartupException">Something in them is wrong.</exception>
    internal static Simulation Load(ParseResult call, ILogger log, Uri? paired = null)
    {
        try
        {
            var (file, plans) = PlansOf(call);
            var server = paired ?? (call.GetValue(Server) is { } given ? DeviceList.ParseServer(given) : file.Server);
            var options = new SimulationOptions
            {
                Server = server ?? throw new FormatException("The address of the server is missing; add --server http://localhost:8080."),
                // Whoever pairs a device decides what it trusts.
                TrustAnyCertificate = call.GetValue(Insecure) || paired is not null,
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
        var paired = call.GetValue(Pairing) is { } at ? await PairAsync(call, at, output, cancel) : null;
        var simulation = Load(call, new LineLog(output, TimeProvider.System), paired);
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

    private static (DeviceList File, List<DevicePlan> Plans) PlansOf(ParseResult call)
    {
        var file = call.GetValue(Devices) is { } path ? DeviceList.Read(ReadFile("--devices", path), Other) : new DeviceList(null, []);
        List<DevicePlan> plans = [.. file.Devices, .. (call.GetValue(Device) ?? []).Select(d => DeviceList.Parse(d, Other))];
        if (plans.Count == 0) throw new FormatException("There is no device to simulate; name some by --device or --devices.");
        if (plans.GroupBy(p => p.Id, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new FormatException($"Device {twice.Key} is named twice; leave one out.");
        return plans.FirstOrDefault(p => p.Gateway is { } gateway && !plans.Any(g => g.Id == gateway && g.Gateway is null)) is { } lost
            ? throw new FormatException($"Device {lost.Id} is behind {lost.Gateway}, which is no gateway of the list; add that.")
            : (file, plans);
    }

    private static async Task<Uri> PairAsync(ParseResult call, string at, TextWriter output, CancellationToken cancel)
    {
        try
        {
            if (PlansOf(call).Plans is not [var plan]) throw new FormatException("One device at a time is in pairing mode; name it by --device.");
            if (!IPEndPoint.TryParse(at, out var place)) throw new FormatException($"--pairing is \"{at}\", but must be an address and port of this machine, such as 127.0.0.1:8070.");
            await using var mode = await PairingMode.StartAsync(plan, place, cancel: cancel);
            await output.WriteLineAsync($"{plan.Id} is in pairing mode at {mode.Address}.");
            var paired = await mode.PairedAsync(cancel);
            await output.WriteLineAsync($"It was told to join \"{paired.Wifi}\" and to look for its server at {paired.ServerName}:{paired.Port}.");
            return paired.Server(call.GetValue(Plain));
        }
        catch (Exception e) when (e is FormatException or IOException)
        {
            throw new StartupException(e.Message);
        }
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
