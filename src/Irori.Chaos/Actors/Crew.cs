using Irori.Chaos.Stages;
using Irori.Simulator;
using Irori.Simulator.Net;

namespace Irori.Chaos.Actors;

/// <summary>Everybody who uses the installation: devices, apps that command, and an app that listens on each node.</summary>
internal sealed class Crew : IAsyncDisposable
{
    private const int Commanding = 3;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _ended = new();
    private readonly List<Network> _ways = [];
    private readonly List<Task> _working = [];
    private readonly Dice _dice;

    public Crew(Stage stage, int seed)
    {
        _dice = new Dice(new Random(seed));
        foreach (var node in stage.Nodes) _ways.Add(new Network(OptionsOf(node.Address), TimeProvider.System));
        Devices = [.. stage.Household.Devices.Select(d => new Device(d, _ways, OptionsOf(stage.Nodes[0].Address), _dice))];
        App = new App(stage, Devices, _dice);
        Listeners = [.. stage.Nodes.Select((_, n) => new Listener(n, stage, App, Devices, _dice))];
        foreach (var device in Devices) device.Patient = _dice.Next() < 0.5;
    }

    public IReadOnlyList<Device> Devices { get; }

    public App App { get; }

    public IReadOnlyList<Listener> Listeners { get; }

    /// <summary>Reports that were acknowledged so far.</summary>
    public long Acknowledged => Devices.Sum(d => d.Acknowledged);

    /// <summary>Begins the work.</summary>
    public void Start()
    {
        foreach (var device in Devices) _working.Add(device.RunAsync(_ended.Token));
        for (var i = 0; i < Commanding; i++) _working.Add(App.RunAsync(_ended.Token));
        foreach (var listener in Listeners) _working.Add(listener.RunAsync(_ended.Token));
    }

    /// <summary>Half of the devices, chosen by chance, report nothing new: what they said last stays their state.</summary>
    public void QuietHalf()
    {
        foreach (var device in Devices.Where(_ => _dice.Next() < 0.5)) device.Quiet = true;
    }

    /// <summary>Everybody begins nothing new, or goes on.</summary>
    public void SetQuiet(bool quiet)
    {
        App.Quiet = quiet;
        foreach (var device in Devices) device.Quiet = quiet;
    }

    /// <summary>Waits until every device and every listener is connected; answers null, or what is wrong when the time is over.</summary>
    public Task<string?> ConnectedAsync(TimeSpan patience, CancellationToken cancel) => WaitAsync(
        () =>
        {
            var away = Devices.Count(d => d.Connection is null);
            var deaf = Listeners.Count(l => !l.IsOpen);
            return away + deaf == 0 ? null : $"{away} devices and {deaf} feeds are not connected";
        },
        patience,
        cancel);

    /// <summary>Waits until nobody waits for an answer.</summary>
    public Task<string?> IdleAsync(TimeSpan patience, CancellationToken cancel) => WaitAsync(
        () => App.Busy || Devices.Any(d => d.Busy) ? $"{Devices.Count(d => d.Busy)} devices wait for an acknowledgement{(App.Busy ? ", and an app for an answer" : "")}" : null, patience, cancel);

    /// <summary>Waits until a condition answers null; else answers what it said last.</summary>
    public static Task<string?> WaitAsync(Func<string?> wrong, TimeSpan patience, CancellationToken cancel) => WaitAsync(() => Task.FromResult(wrong()), patience, cancel);

    /// <summary>The same, where to look takes time.</summary>
    public static async Task<string?> WaitAsync(Func<Task<string?>> wrong, TimeSpan patience, CancellationToken cancel)
    {
        var until = Moment.Now + patience;
        while (true)
        {
            if (await wrong() is not { } what) return null;
            if (Moment.Now > until) return what;
            await Task.Delay(Poll, cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await Task.WhenAll(_working);
        App.Dispose();
        foreach (var way in _ways) way.Dispose();
        _ended.Dispose();
    }

    private static SimulationOptions OptionsOf(Uri server) => new()
    {
        Server = server, FirstRetry = TimeSpan.FromMilliseconds(300), LastRetry = TimeSpan.FromSeconds(3), ReplyTimeout = TimeSpan.FromSeconds(4), DialTimeout = TimeSpan.FromSeconds(5),
    };
}
