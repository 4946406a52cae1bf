using System.Text.Json;
using Irori.Harness;

namespace Irori.Chaos.Stages;

/// <summary>One node: a process of its own, that can be killed, paused, cut off and started again at the same address.</summary>
internal sealed class Node : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<string> _arguments;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly TextWriter? _log;
    private readonly HttpClient _client;
    private readonly int _port = Programs.FreePort();
    private ServerProcess? _process;
    private long _peak;

    public Node(string name, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, TextWriter? log)
    {
        Name = name;
        _arguments = arguments;
        _environment = environment;
        _log = log is null ? null : TextWriter.Synchronized(log);
        Address = ServerProcess.Local(tls: false, _port);
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address, Timeout = Patience };
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Where it listens, after a restart too.</summary>
    public Uri Address { get; }

    /// <summary>Its way to PostgreSQL; null on SQLite.</summary>
    public Relay? Database { get; init; }

    /// <summary>Its way to RabbitMQ; null for a single node.</summary>
    public Relay? Broker { get; init; }

    /// <summary>The file that steps its clock; null when it has the machine's.</summary>
    public string? ClockFile { get; init; }

    /// <summary>True while its process stands still.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Most resident memory that a process of it ever had, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            try
            {
                if (_process is { HasExited: false } process) _peak = Math.Max(_peak, process.PeakResident);
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // It ends this moment.
            }

            return _peak;
        }
    }

    /// <summary>Starts it; <see cref="CheckAsync"/> says when it is ready.</summary>
    public void Start()
    {
        var process = ServerProcess.Irori(tls: false, _arguments, _environment, _port);
        if (_log is not null) process.Said += _log.WriteLine;
        _process = process;
    }

    /// <summary>Ends it without a chance to say goodbye.</summary>
    public async Task KillAsync()
    {
        _ = PeakMemory;
        if (_process is not { } process) return;
        _process = null;
        if (!process.HasExited) await process.KillAsync();
        await process.DisposeAsync();
    }

    /// <summary>Lets it stand still.</summary>
    public async Task PauseAsync()
    {
        IsPaused = true;
        await _process!.FreezeAsync();
    }

    /// <summary>Lets it go on.</summary>
    public async Task ResumeAsync()
    {
        await _process!.ThawAsync();
        IsPaused = false;
    }

    /// <summary>Steps its clock: so many seconds off from now on.</summary>
    public void StepClock(int seconds)
    {
        // It is read at any moment, and must never be half written.
        var fresh = $"{ClockFile}.new";
        File.WriteAllText(fresh, $"{seconds:+0;-0;+0}");
        File.Move(fresh, ClockFile!, overwrite: true);
    }

    /// <summary>Null when it is ready and hears the other nodes; else why it is not.</summary>
    public async Task<string?> CheckAsync(CancellationToken cancel)
    {
        if (_process is null) return $"{Name} is not started";
        if (_process.HasExited) return $"{Name} has ended: {_process.LastLines}";
        try
        {
            using var answer = await _client.GetAsync(new Uri("/health/ready", UriKind.Relative), cancel);
            using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel));
            var wrong = body.RootElement.GetProperty("checks").EnumerateArray().Where(c => c.GetProperty("state").GetString() != "ok").ToList();
            return wrong.Count == 0 ? null : $"{Name}: {string.Join("; ", wrong.Select(w => w.GetProperty("sentence").GetString()))}";
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return $"{Name} does not answer";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (IsPaused) await ResumeAsync();
        if (_process is not null) await _process.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
        if (Broker is not null) await Broker.DisposeAsync();
        _client.Dispose();
        if (_log is not null) await _log.DisposeAsync();
    }
}
