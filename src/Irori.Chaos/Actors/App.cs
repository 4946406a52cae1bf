using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Irori.Chaos.Stages;
using Irori.Simulator;

namespace Irori.Chaos.Actors;

/// <summary>A command as its app remembers it.</summary>
internal sealed class Asked
{
    public required long Number { get; init; }

    public required Device Device { get; init; }

    public required TimeSpan At { get; init; }

    /// <summary>The error code of the answer; null while there is none.</summary>
    public int? Error { get; set; }
}

/// <summary>An app over HTTP: it commands devices, through one node or another, and remembers what it was told.</summary>
internal sealed class App : IDisposable
{
    // Longer than any command of the vendor's API takes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int ItemsPerCall = 10;

    private readonly HttpClient[] _clients;
    private readonly Dice _dice;
    private readonly IReadOnlyList<Device> _devices;
    private readonly ConcurrentDictionary<Device, bool> _taken = new();
    private readonly ConcurrentQueue<Asked> _asked = new();
    private long _last;
    private volatile bool _quiet;
    private int _busy;
    private volatile int _ballast;
    private int _failing;

    public App(Stage stage, IReadOnlyList<Device> devices, Dice dice)
    {
        _devices = devices;
        _dice = dice;
        _clients = [.. stage.Nodes.Select(n => Client(n.Address, stage.Household))];
    }

    /// <summary>Every command, in the order of sending.</summary>
    public IReadOnlyCollection<Asked> Commands => _asked;

    /// <summary>It sends nothing new while true.</summary>
    public bool Quiet
    {
        get => _quiet;
        set => _quiet = value;
    }

    /// <summary>How many characters its commands carry besides.</summary>
    public int Ballast
    {
        get => _ballast;
        set => _ballast = value;
    }

    /// <summary>How many commands, one after the other, were answered otherwise than as done.</summary>
    public int Failing => Volatile.Read(ref _failing);

    /// <summary>True while it waits for an answer.</summary>
    public bool Busy => Volatile.Read(ref _busy) > 0;

    /// <summary>Commands now and then, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(_dice.Between(30, 150)), cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_quiet && !cancel.IsCancellationRequested) await CommandAsync(_devices[(int)(_dice.Next() * _devices.Count)], (int)(_dice.Next() * _clients.Length), cancel);
        }
    }

    /// <summary>Reads devices through a node, with state and presence; null when it does not answer.</summary>
    public async Task<IReadOnlyList<JsonNode>?> ReadAsync(int node, CancellationToken cancel)
    {
        var all = new List<JsonNode>();
        foreach (var page in _devices.Chunk(ItemsPerCall))
        {
            var wanted = new JsonArray([.. page.Select(d => new JsonObject { ["itemType"] = 1, ["id"] = d.Made.Id })]);
            var answer = await PostAsync(node, "/v2/device/thing", new JsonObject { ["thingList"] = wanted }, cancel);
            if ((int?)answer?["error"] != 0) return null;
            all.AddRange(answer!["data"]!["thingList"]!.AsArray().Select(t => t!["itemData"]!));
        }

        return all;
    }

    /// <summary>Waits until a node answers what <see cref="ReadAsync"/> asks for; false when the time is over.</summary>
    public async Task<bool> ReadsAsync(int node, TimeSpan patience, CancellationToken cancel) =>
        await Crew.WaitAsync(async () => await ReadAsync(node, cancel) is null ? "no answer" : null, patience, cancel) is null;

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
    }

    // A device is asked for one thing at a time.
    private async Task CommandAsync(Device device, int node, CancellationToken cancel)
    {
        if (!_taken.TryAdd(device, true)) return;
        Interlocked.Increment(ref _busy);
        try
        {
            var asked = new Asked { Number = Interlocked.Increment(ref _last), Device = device, At = Moment.Now };
            _asked.Enqueue(asked);
            var values = new JsonObject { [Device.Commanded] = asked.Number };
            if (Ballast > 0) values["ballast"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(Ballast / 2));
            var answer = await PostAsync(node, "/v2/device/thing/status", new JsonObject { ["type"] = 1, ["id"] = device.Made.Id, ["params"] = values }, cancel);
            asked.Error = (int?)answer?["error"];
            if (asked.Error == 0) Interlocked.Exchange(ref _failing, 0);
            else Interlocked.Increment(ref _failing);
        }
        finally
        {
            Interlocked.Decrement(ref _busy);
            _taken.TryRemove(device, out _);
        }
    }

    private static HttpClient Client(Uri address, Household household)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null }) { BaseAddress = address, Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", household.Token);
        client.DefaultRequestHeaders.Add("X-CK-Appid", household.AppId);
        return client;
    }

    private async Task<JsonNode?> PostAsync(int node, string path, JsonObject body, CancellationToken cancel)
    {
        try
        {
            using var answer = await _clients[node].PostAsJsonAsync(new Uri(path, UriKind.Relative), body, cancel);
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancel));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or System.Text.Json.JsonException or OperationCanceledException)
        {
            return null;
        }
    }
}
