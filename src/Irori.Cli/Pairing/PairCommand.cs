using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Irori.Core;
using Irori.Core.Accounts;
using Irori.Core.Devices;
using Irori.Core.Products;
using Irori.Dialects.CoolKit;
using Irori.Server.Hosting;
using Irori.Server.Settings;
using Spectre.Console;

namespace Irori.Cli.Pairing;

/// <summary><c>irori pair</c>: points a device of the household at its own server, and adds it to an account.</summary>
internal sealed class PairCommand : ExampleCommand
{
    private const int UsualPort = 8080;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly Option<string> _server = new("--server")
    {
        Description = "Where the device finds this Irori on your Wi-Fi: the address or name of its machine, and its port (8080)", HelpName = "HOST[:PORT]", Required = true,
    };

    private readonly Option<string> _wifi = new("--wifi") { Description = "Name of your Wi-Fi, of 2.4 GHz", HelpName = "NAME", Required = true };
    private readonly Option<bool> _stdin = new("--wifi-password-stdin") { Description = "Read the password of the Wi-Fi from the first line of standard input" };
    private readonly Option<bool> _open = new("--open-wifi") { Description = "The Wi-Fi has no password" };
    private readonly Option<string> _device = new("--device")
    {
        Description = "Where the device answers in pairing mode", HelpName = "URL", DefaultValueFactory = _ => PairingClient.UsualAddress,
    };

    private readonly Option<string?> _addTo = new("--add-to")
    {
        Description = "Wait until it has connected and add it to the account with this e-mail address or phone number; on the machine of the server", HelpName = "LOGIN",
    };

    private readonly Option<string?> _name = new("--name") { Description = "Its name in the account", HelpName = "TEXT" };
    private readonly Option<int> _minutes = new("--minutes") { Description = "How long to wait until it has connected", HelpName = "N", DefaultValueFactory = _ => 5 };
    private readonly SettingsOptions _settings = new();
    private readonly OutputOption _output;

    private PairCommand()
        : base(
            "pair",
            "Point a Sonoff or other eWeLink device at this server, and add it to an account. Hold the device's button until it blinks in pairing mode, join the Wi-Fi that it opens (ITEAD- and its id, "
            + "password 12345678) with this machine, then run this. It asks the device who it is and tells it your Wi-Fi and where your server is; the device does the rest. Nothing goes to the vendor. "
            + "docs/coolkit.md says more, also about devices that were paired before.",
            "irori pair --server 192.168.1.10:8080 --wifi Home --add-to ann@example.com --name Lamp\nirori pair --server 192.168.1.10 --wifi Home --wifi-password-stdin <password.txt")
    {
        foreach (var option in (Option[])[_server, _wifi, _stdin, _open, _device, _addTo, _name, _minutes]) Options.Add(option);
        _settings.AddTo(this);
        _output = new OutputOption(this);
    }

    public static Command Create()
    {
        var command = new PairCommand();
        command.SetAction(command.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult call, CancellationToken cancel)
    {
        var (host, port) = ServerOf(call.GetRequiredValue(_server));
        var wifi = WifiOf(call.GetRequiredValue(_wifi));
        var address = AddressOf(call.GetRequiredValue(_device));
        var minutes = call.GetValue(_minutes) is >= 1 and <= 60 and var given ? given : throw Wrong("--minutes is a number from 1 to 60.");
        Login? login = call.GetValue(_addTo) is { } text ? LoginOf(text) : null;
        await using var home = login is null ? null : await Administration.OpenAsync(_settings.Load(call), SettingsOptions.MasterKey, cancel);
        var account = home is null ? null : await AccountAsync(home, login!.Value, cancel);
        var password = await PasswordAsync(call, cancel);

        using var client = new PairingClient(address);
        var device = await client.AskAsync(cancel);
        await SayAsync(call, $"Found {device.Id}.");
        await client.TellAsync(wifi, password, host, port, cancel);
        await SayAsync(call, $"It leaves pairing mode, joins \"{wifi}\" and looks for its server at {host}:{port}.");
        if (home is null)
        {
            await SayAsync(call, "Add it within 30 minutes after it has connected: in an app that knows this key, or on the server's machine by irori admin device adopt. Keep the key secret.");
            Write(call, device, ("key", device.Key));
            return ExitCode.Done;
        }

        await SayAsync(call, "Waiting for it. If this machine joined the device's Wi-Fi, it may go back to its own.");
        await AddAsync(call, home, account!, device, TimeSpan.FromMinutes(minutes), $"{host}:{port}", cancel);
        return ExitCode.Done;
    }

    private async Task AddAsync(ParseResult call, Administration home, Account account, PairedDevice device, TimeSpan patience, string server, CancellationToken cancel)
    {
        var wanted = new AddDevice(device.Id!, key => DeviceService.SameKey(key, device.Key!), device.ChipId, call.GetValue(_name) is { Length: > 0 } name ? name : device.Id!);
        using var limit = new CancellationTokenSource(patience);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            using var timer = new PeriodicTimer(Step);
            Result<Device> given;
            // Until the device has knocked, nobody knows it.
            while ((given = await home.Service<DeviceService>().GiveAsync(account, CoolKitDialect.Name, wanted, both.Token)).Fault is { Kind: FaultKind.NotManufactured })
                await timer.WaitForNextTickAsync(both.Token);
            if (given.Fault is { } fault) throw CliException.Of(fault);
            await SayAsync(call, $"It has connected and belongs to {account.Email ?? account.Phone ?? account.Id} now; in a moment it asks again and is online.");
            while ((await home.Service<DeviceRegistry>().FindAsync(device.Id!, both.Token)).Value.Link is not { Online: true }) await timer.WaitForNextTickAsync(both.Token);
            Write(call, device, ("account", account.Id), ("name", wanted.Name), ("online", true));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new CliException(
                $"{device.Id} was paired, but is not here yet. Look whether it blinks slowly or not at all (it is in the Wi-Fi: then look whether http://{server}/dispatch/device answers from there, and whether a product takes "
                + "its model) or quickly (it is not: name or password of the Wi-Fi is wrong, or it is none of 2.4 GHz). Then pair it again; irori admin device show tells whether it was added.");
        }
    }

    private void Write(ParseResult call, PairedDevice device, params ReadOnlySpan<(string Name, JsonNode? Value)> more)
    {
        var json = new JsonObject { ["id"] = device.Id };
        if (device.ChipId is { } chip) json["chipId"] = chip;
        foreach (var (name, value) in more) json[name] = value;
        _output.Write(call, json, ["", ""], json.Select(p => new[] { p.Key, p.Value!.ToString() }).ToList());
    }

    // Beside the answer, so that a program can read that.
    private static Task SayAsync(ParseResult call, string sentence) => call.InvocationConfiguration.Error.WriteLineAsync(sentence);

    private static async Task<Account> AccountAsync(Administration home, Login login, CancellationToken cancel)
    {
        var found = await home.Service<AccountRegistry>().FindAsync(login, cancel);
        if (found.Fault is { } fault) throw CliException.Of(fault);
        for (var after = ""; ;)
        {
            var page = await home.Service<ProductService>().ListAsync(after, 500, cancel);
            if (page.Any(p => p.Product is { Adopts: true, Dialect: CoolKitDialect.Name })) return found.Value;
            if (page.Count == 0) break;
            after = page[^1].Product.Id;
        }

        throw new CliException("No product takes devices that nobody recorded. Add one first, with the device's model or * and \"adopts\": true (docs/administration.md, Products).");
    }

    private async Task<string> PasswordAsync(ParseResult call, CancellationToken cancel)
    {
        if (call.GetValue(_open)) return "";
        string? password;
        if (call.GetValue(_stdin)) password = await Streams.InputOf(call).ReadLineAsync(cancel);
        else if (Console.IsInputRedirected) throw Wrong("Nobody is there to ask for the password of the Wi-Fi; pipe it with --wifi-password-stdin, or say --open-wifi.");
        else
        {
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            password = await new TextPrompt<string>("Password of the Wi-Fi:").Secret(null).ShowAsync(console, cancel);
        }

        return password is not null && Encoding.UTF8.GetByteCount(password) is >= 8 and <= 64 ? password : throw Wrong("The password of a Wi-Fi has 8 to 63 characters; say --open-wifi when there is none.");
    }

    private static (string Host, int Port) ServerOf(string text)
    {
        var known = Uri.TryCreate($"http://{text}", UriKind.Absolute, out var parsed) && parsed.PathAndQuery == "/" && parsed.UserInfo.Length == 0 && parsed.HostNameType is UriHostNameType.Dns or UriHostNameType.IPv4;
        if (!known || text.Contains("//", StringComparison.Ordinal)) throw Wrong($"--server is \"{text}\", but must be a host name or IPv4 address, and if wanted a port, such as 192.168.1.10:8080.");
        if (IPAddress.TryParse(parsed!.Host, out var ip) && ip.Equals(IPAddress.Any)) throw Wrong("--server is the address at which the device finds the server, not 0.0.0.0.");
        // Uri takes port 80 for none.
        return (parsed.Host, text.EndsWith(":80", StringComparison.Ordinal) ? 80 : parsed.IsDefaultPort ? UsualPort : parsed.Port);
    }

    private static string WifiOf(string name) =>
        Encoding.UTF8.GetByteCount(name) is >= 1 and <= 32 ? name : throw Wrong("--wifi is the name of a Wi-Fi, of 1 to 32 characters.");

    private static Uri AddressOf(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp
        ? uri
        : throw Wrong($"--device is \"{text}\", but must be an address such as {PairingClient.UsualAddress}.");

    private static Login LoginOf(string text) =>
        Login.Parse(text).Try(out var login, out _) ? login : throw Wrong("--add-to is an e-mail address, or a phone number such as +4915112345678.");

    private static StartupException Wrong(string sentence) => new(sentence);
}
