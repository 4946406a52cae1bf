using System.Collections.Concurrent;
using System.Diagnostics;

namespace Irori.Harness;

/// <summary>A server in a process of its own, on a port of this machine.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int KeptLines = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    private readonly Process _process;
    private readonly long _started;
    private readonly ConcurrentQueue<string> _said = new();

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

    /// <summary>Told of every line that it says.</summary>
    public Action<string>? Said { get; set; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Number of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Resident memory in bytes.</summary>
    public long Resident => Status("VmRSS:");

    /// <summary>Most resident memory that it ever had, in bytes.</summary>
    public long PeakResident => Status("VmHWM:");

    /// <summary>What it said last.</summary>
    public string LastLines => string.Join(" ", _said);

    /// <summary>Processor time that it has taken.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>True when it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts the built Irori.</summary>
    /// <param name="tls">It listens by HTTPS, else by HTTP.</param>
    /// <param name="arguments">What follows <c>irori run</c>.</param>
    /// <param name="environment">Its settings, and whatever else its process is to find.</param>
    /// <param name="port">Where it listens; 0: a free port.</param>
    public static ServerProcess Irori(
        bool tls, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, int port = 0)
    {
        if (port == 0) port = Programs.FreePort();
        // What measures or breaks it asks for more than people do.
        string[] listening = ["--bind", "127.0.0.1", "--http", tls ? "0" : $"{port}", "--https", tls ? $"{port}" : "0", "--limits", "off"];
        return Start("irori.dll", ["run", .. listening, .. arguments], environment, Local(tls, port));
    }

    /// <summary>Starts a program beside this one.</summary>
    public static ServerProcess Start(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, Uri address)
    {
        var start = Programs.Of(["dotnet", Path.Combine(AppContext.BaseDirectory, program), .. arguments]);
        // Where it stands it watches for changes of its settings, with all folders below: not where the databases write.
        start.WorkingDirectory = AppContext.BaseDirectory;
        // What this process was told is not for those that it starts.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("IRORI_", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var now = Stopwatch.GetTimestamp();
        return new ServerProcess(LastWill.Start(start), now, address);
    }

    /// <summary>An address of this machine.</summary>
    public static Uri Local(bool tls, int port) => new($"{(tls ? "https" : "http")}://127.0.0.1:{port}");

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
            if (_process.HasExited) throw new HarnessException($"A server ended while it started: {LastLines}");
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

    /// <summary>Sends a signal, such as TERM.</summary>
    public Task SignalAsync(string signal) => Programs.SignalAsync(Id, signal);

    /// <summary>Lets it stand still.</summary>
    public Task FreezeAsync() => Programs.FreezeAsync(Id);

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync() => Programs.ThawAsync(Id);

    /// <summary>Ends it without a chance to say goodbye.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await SignalAsync("TERM");
        using var limit = new CancellationTokenSource(StopLimit);
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private long Status(string name)
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        Said?.Invoke(line);
        _said.Enqueue(line);
        if (_said.Count > KeptLines) _said.TryDequeue(out _);
    }
}
