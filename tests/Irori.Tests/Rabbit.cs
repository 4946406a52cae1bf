using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Irori.Tests.Cli;

[assembly: AssemblyFixture(typeof(Irori.Tests.Rabbit))]

namespace Irori.Tests;

/// <summary>
/// A private RabbitMQ: one shared by all tests that leave it running, started when it is first needed; a test that stops or freezes its broker
/// starts one of its own.
/// </summary>
public sealed class Rabbit : IAsyncDisposable
{
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private static readonly Lazy<Task<Rabbit>> Started = new(() => StartAsync());

    private readonly string _folder = "";
    private readonly int _port;
    private readonly int _distribution;
    private readonly int _names;
    private Process? _process;

    /// <summary>For the runner, which ends what was started.</summary>
    public Rabbit()
    {
    }

    private Rabbit(string folder)
    {
        _folder = folder;
        _port = IroriProcess.FreePort();
        _distribution = IroriProcess.FreePort();
        _names = IroriProcess.FreePort();
    }

    /// <summary>Its address.</summary>
    public string Url => $"amqp://guest:guest@127.0.0.1:{_port}/";

    /// <summary>The one that keeps running.</summary>
    public static Task<Rabbit> SharedAsync() => Started.Value;

    /// <summary>One for this test alone.</summary>
    public static async Task<Rabbit> StartAsync()
    {
        if (!File.Exists(Server)) throw new InvalidOperationException("rabbitmq-server is not here; ./irori test installs it");
        var rabbit = new Rabbit(Directory.CreateTempSubdirectory("irori-mq-").FullName);
        await rabbit.ConfigureAsync();
        await rabbit.RunAsync();
        return rabbit;
    }

    /// <summary>Starts it, also again on the same port after <see cref="StopAsync"/>, and waits until it serves.</summary>
    public async Task RunAsync()
    {
        var start = new ProcessStartInfo(Server) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        var path = start.Environment["PATH"];
        start.Environment.Clear();
        foreach (var (name, value) in Environment()) start.Environment[name] = value;
        start.Environment["PATH"] = path;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new ConcurrentQueue<string>();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) =>
        {
            // A null line: it ended without having started.
            if (line.Data is null) ready.TrySetException(new InvalidOperationException($"RabbitMQ ended instead of starting: {string.Join('\n', said)}"));
            else if (line.Data.Contains("Server startup complete", StringComparison.Ordinal)) ready.TrySetResult();
            else said.Enqueue(line.Data);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(Patience);
            _process = process;
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    /// <summary>Stops it; its address stays.</summary>
    public async Task StopAsync()
    {
        using var process = _process!;
        _process = null;
        await KillAsync("TERM", await IdAsync());
        await process.WaitForExitAsync();
    }

    /// <summary>Lets it stand still: connections stay open, and nothing is answered.</summary>
    public async Task FreezeAsync()
    {
        var process = await IdAsync();
        await KillAsync("STOP", process);
        // A signal is on its way when kill ends; a thread that runs on may still deliver a message.
        while (!Directory.GetDirectories($"/proc/{process}/task").All(IsStopped)) await Task.Delay(Look, TestContext.Current.CancellationToken);
    }

    /// <summary>Lets it go on.</summary>
    public async Task ThawAsync() => await KillAsync("CONT", await IdAsync());

    public async ValueTask DisposeAsync()
    {
        if (_folder.Length == 0)
        {
            // One that never started has failed the tests that asked for it.
            if (Started is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await Started.Value).DisposeAsync();
            return;
        }

        if (_process is not null) await StopAsync();
        using var names = Process.Start(new ProcessStartInfo("epmd", ["-port", Text(_names), "-kill"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await names.WaitForExitAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task KillAsync(string signal, string process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process]);
        await kill.WaitForExitAsync();
    }

    // After the name, which is in brackets, stands the state of a thread.
    private static bool IsStopped(string thread) => File.ReadAllText(Path.Combine(thread, "stat")) is var text && text[text.LastIndexOf(')') + 2] == 'T';

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<string> IdAsync() => (await File.ReadAllTextAsync(Path.Combine(_folder, "pid"))).Trim();

    private async Task ConfigureAsync()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "rabbitmq.conf"),
            $"listeners.tcp.local = 127.0.0.1:{_port}\nloopback_users = none\nlog.console = true\nlog.file = false\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "rabbitmq-env.conf"), "");
        await File.WriteAllTextAsync(Path.Combine(_folder, "enabled_plugins"), "[].");
    }

    private Dictionary<string, string> Environment() => new(StringComparer.Ordinal)
    {
        ["HOME"] = _folder, ["LANG"] = "C.UTF-8", ["RABBITMQ_NODENAME"] = $"t{_port}@localhost", ["RABBITMQ_BASE"] = _folder,
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "mnesia"), ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log"), ["RABBITMQ_LOGS"] = "-",
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq"), ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(_folder, "rabbitmq-env.conf"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "enabled_plugins"), ["RABBITMQ_PID_FILE"] = Path.Combine(_folder, "pid"),
        ["RABBITMQ_DIST_PORT"] = Text(_distribution), ["ERL_EPMD_PORT"] = Text(_names), ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 2:2 +sbwt none",
    };
}
