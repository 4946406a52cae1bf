using System.Diagnostics;
using System.Globalization;

namespace Irori.Harness;

/// <summary>A private RabbitMQ on a port of its own, started from the system's package; its name server is its own too.</summary>
internal sealed class RabbitServer : IAsyncDisposable
{
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private const string Control = "/usr/lib/rabbitmq/bin/rabbitmqctl";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(4);

    private readonly string _folder;
    private readonly int _distribution = Programs.FreePort();
    private readonly int _names = Programs.FreePort();
    private Process? _process;

    private RabbitServer(string folder) => _folder = folder;

    /// <summary>Where it listens on this machine.</summary>
    public int Port { get; } = Programs.FreePort();

    /// <summary>Its address.</summary>
    public string Url => UrlAt(Port);

    /// <summary>Its address by way of another port that leads to it.</summary>
    public static string UrlAt(int port) => $"amqp://guest:guest@127.0.0.1:{port}/";

    /// <summary>Makes one and starts it.</summary>
    public static async Task<RabbitServer> StartAsync(CancellationToken cancel = default)
    {
        if (!File.Exists(Program)) throw new HarnessException("rabbitmq-server is not here; install RabbitMQ (on Debian: apt install rabbitmq-server).");
        var rabbit = new RabbitServer(Directory.CreateTempSubdirectory("irori-mq-").FullName);
        LastWill.Remove(rabbit._folder);
        await rabbit.ConfigureAsync();
        await rabbit.RunAsync(cancel);
        return rabbit;
    }

    /// <summary>Starts it, also again on the same port after <see cref="StopAsync"/>, and waits until it serves.</summary>
    public async Task RunAsync(CancellationToken cancel = default)
    {
        var process = LastWill.Start(Of([Program]));
        try
        {
            await process.WaitForAsync("Server startup complete", StartLimit, cancel);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }

        _process = process;
        LastWill.Kill(await IdAsync());
        LastWill.Add($"ERL_EPMD_ADDRESS=127.0.0.1 epmd -port {Text(_names)} -kill >/dev/null 2>&1");
    }

    /// <summary>Stops it by a signal, TERM or KILL; its address stays.</summary>
    public async Task StopAsync(string signal = "TERM")
    {
        using var process = _process!;
        _process = null;
        await Programs.SignalAsync(await NumberAsync(), signal);
        await process.WaitForExitAsync();
    }

    /// <summary>Lets it stand still: connections stay open, and nothing is answered.</summary>
    public async Task FreezeAsync() => await Programs.FreezeAsync(await NumberAsync());

    /// <summary>Lets it go on.</summary>
    public async Task ThawAsync() => await Programs.ThawAsync(await NumberAsync());

    /// <summary>Raises its memory alarm: from the next message on it reads nothing of those who publish.</summary>
    public Task BlockAsync() => LimitMemoryAsync("0.000001");

    /// <summary>Ends the alarm.</summary>
    public Task UnblockAsync() => LimitMemoryAsync("0.4");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await StopAsync();
        await Programs.TryAsync(["epmd", "-port", Text(_names), "-kill"], CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task LimitMemoryAsync(string share)
    {
        using var process = Process.Start(Of([Control, "-n", Name, "set_vm_memory_high_watermark", share]))!;
        var said = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new HarnessException($"rabbitmqctl failed: {await said}");
    }

    // A program of RabbitMQ in this broker's own surroundings.
    private ProcessStartInfo Of(IReadOnlyList<string> command)
    {
        var start = Programs.Of(command);
        var path = start.Environment["PATH"];
        start.Environment.Clear();
        foreach (var (name, value) in Variables()) start.Environment[name] = value;
        start.Environment["PATH"] = path;
        return start;
    }

    private string Name => $"t{Port}@localhost";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<string> IdAsync() => (await File.ReadAllTextAsync(Path.Combine(_folder, "pid"))).Trim();

    private async Task<int> NumberAsync() => int.Parse(await IdAsync(), CultureInfo.InvariantCulture);

    private async Task ConfigureAsync()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "rabbitmq.conf"),
            $"listeners.tcp.local = 127.0.0.1:{Port}\nloopback_users = none\nlog.console = true\nlog.file = false\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "rabbitmq-env.conf"), "");
        await File.WriteAllTextAsync(Path.Combine(_folder, "enabled_plugins"), "[].");
    }

    private Dictionary<string, string> Variables() => new(StringComparer.Ordinal)
    {
        ["HOME"] = _folder, ["LANG"] = "C.UTF-8", ["RABBITMQ_NODENAME"] = Name, ["RABBITMQ_BASE"] = _folder,
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "mnesia"), ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log"), ["RABBITMQ_LOGS"] = "-",
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq"), ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(_folder, "rabbitmq-env.conf"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "enabled_plugins"), ["RABBITMQ_PID_FILE"] = Path.Combine(_folder, "pid"),
        ["RABBITMQ_DIST_PORT"] = Text(_distribution), ["ERL_EPMD_PORT"] = Text(_names), ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 2:2 +sbwt none",
    };
}
