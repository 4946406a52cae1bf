using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Irori.Bench.Servers;

/// <summary>A measured server: a process of its own, from the same runtime on both sides.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int KeptLines = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    private readonly Process _process;
    private readonly long _started;
    private readonly ConcurrentQueue<string> _said = new();
    private TaskCompletionSource<long>? _collected;

    private ServerProcess(Process process, long started, Uri address)
    {
        _process = process;
        _started = started;
        Address = address;
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Number of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Resident memory in bytes.</summary>
    public long Resident
    {
        get
        {
            var line = File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
        }
    }

    /// <summary>Processor time that it has taken.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts the built Irori. Only a collectable process knows the signal of <see cref="CollectAsync"/>.</summary>
    public static ServerProcess Irori(bool tls, bool collectable, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var port = FreePort();
        string[] listening = ["--bind", "127.0.0.1", "--http", tls ? "0" : $"{port}", "--https", tls ? $"{port}" : "0"];
        return Start("irori.dll", ["run", .. listening, .. arguments], collectable, environment, Local(tls, port));
    }

    /// <summary>Starts a reference.</summary>
    public static ServerProcess Reference(string name, string? certificate = null, bool collectable = true)
    {
        var port = FreePort();
        string[] arguments = certificate is null ? [name, $"{port}"] : [name, $"{port}", certificate];
        return Start("Irori.Bench.dll", arguments, collectable, new Dictionary<string, string>(), Local(certificate is not null, port));
    }

    /// <summary>Waits until a GET is answered, and answers how long that took since the start of the process.</summary>
    public async Task<TimeSpan> AnsweredAsync(string path, CancellationToken cancel)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        using var client = new HttpClient(handler) { BaseAddress = Address };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        while (true)
        {
            if (_process.HasExited) throw new BenchException($"A server ended while it started: {string.Join(" ", _said)}");
            try
            {
                using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), limit.Token);
                if (answer.IsSuccessStatusCode) return Stopwatch.GetElapsedTime(_started);
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(Poll, limit.Token);
        }
    }

    /// <summary>Collects its garbage and answers how many bytes it has ever allocated.</summary>
    public async Task<long> CollectAsync(CancellationToken cancel)
    {
        _collected = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await SignalAsync("USR1");
        return await _collected.Task.WaitAsync(Patience, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await SignalAsync("TERM");
        using var limit = new CancellationTokenSource(StopLimit);
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static ServerProcess Start(
        string program, IReadOnlyList<string> arguments, bool collectable, IReadOnlyDictionary<string, string> environment, Uri address)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/",
        };
        // What this process was told is not for those that it measures.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("IRORI_", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        if (collectable) start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(ServerProcess).Assembly.Location;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var now = Stopwatch.GetTimestamp();
        return new ServerProcess(Process.Start(start)!, now, address);
    }

    private static Uri Local(bool tls, int port) => new($"{(tls ? "https" : "http")}://127.0.0.1:{port}");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        await kill.WaitForExitAsync();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        if (line.StartsWith(StartupHook.Collected, StringComparison.Ordinal)) _collected?.TrySetResult(long.Parse(line.AsSpan(StartupHook.Collected.Length)));
        _said.Enqueue(line);
        if (_said.Count > KeptLines) _said.TryDequeue(out _);
    }
}
