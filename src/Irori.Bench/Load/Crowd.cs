using System.Diagnostics;
using System.Text;
using Irori.Bench.Servers;

namespace Irori.Bench.Load;

/// <summary>Somebody with an app.</summary>
/// <param name="Account">Id of his account.</param>
/// <param name="Token">His access token.</param>
internal sealed record Listener(string Account, string Token);

/// <summary>
/// Devices that report a step each time, always a higher one, and apps that hear of them, each of as many devices: what an app was last told of a device
/// is held against what the device has said.
/// </summary>
internal sealed class Crowd : IAsyncDisposable
{
    private const int AtOnce = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly byte[] DeviceName = "\"deviceid\":\""u8.ToArray();
    private static readonly byte[] StepName = "\"step\":"u8.ToArray();

    private readonly ClientSocket[] _devices;
    private readonly ClientSocket[] _apps;
    private readonly CancellationTokenSource _end = new();
    private readonly long[] _due;
    private readonly long[] _heard;
    private readonly long[] _heardAt;
    private readonly List<long>[] _took;
    private readonly TaskCompletionSource?[] _reported;
    private readonly List<Task> _hearing = [];
    private volatile Exception? _failed;

    private Crowd(int devices, int apps)
    {
        _devices = new ClientSocket[devices];
        _apps = new ClientSocket[apps];
        _due = new long[devices];
        _heard = new long[devices];
        _heardAt = new long[devices];
        _reported = new TaskCompletionSource?[devices];
        _took = [.. Enumerable.Range(0, apps).Select(_ => new List<long>())];
    }

    /// <summary>Connects devices, and then the apps, which are told of nothing that was before.</summary>
    /// <param name="server">Where.</param>
    /// <param name="devices">How many devices.</param>
    /// <param name="after">A step that no device has exceeded yet.</param>
    /// <param name="listeners">Whose apps.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task<Crowd> ConnectAsync(Uri server, int devices, long after, IReadOnlyList<Listener> listeners, CancellationToken cancel)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
        var crowd = new Crowd(devices, listeners.Count);
        await Parallel.ForAsync(0, devices, options, async (i, token) =>
        {
            var device = crowd._devices[i] = await ClientSocket.OpenDeviceAsync(server, DeviceIds.Of(i), House.DeviceKey, token);
            device.Sequence = after;
            crowd.Listen(device, frame => crowd.Acknowledge(i, frame.Span));
        });
        await Parallel.ForAsync(0, listeners.Count, options, async (i, token) =>
        {
            var app = crowd._apps[i] = await ClientSocket.OpenAppAsync(server, listeners[i].Account, listeners[i].Token, token);
            crowd.Listen(app, frame => crowd.Hear(frame.Span, crowd._took[i]));
        });
        return crowd;
    }

    /// <summary>The step that a device said last.</summary>
    public long SaidBy(int device) => _devices[device].Sequence;

    /// <summary>
    /// All devices together report at a rate. Answers how long it took from when a report was due until the app had it, and how long after the last report
    /// every app had been told of every device what is true.
    /// </summary>
    /// <param name="rate">Reports per second.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="truth">Reads the step of every device, when all have been acknowledged.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<(Latencies Pushes, TimeSpan Settled)> RunAsync(int rate, double seconds, Func<Task<IReadOnlyList<long>>> truth, CancellationToken cancel)
    {
        foreach (var list in _took)
        {
            lock (list) list.Clear();
        }

        var start = Stopwatch.GetTimestamp();
        var period = Stopwatch.Frequency * (double)_devices.Length / rate;
        var last = (await Task.WhenAll(_devices.Select((d, i) => Task.Run(() => ReportAsync(d, i, start + (long)(period * i / _devices.Length)), cancel)))).Max();
        await SettleAsync(await truth(), cancel);
        if (_failed is { } failed) throw new BenchException(failed.Message);
        var pushes = new Latencies();
        foreach (var list in _took)
        {
            lock (list) pushes.NewList().AddRange(list);
        }

        return (pushes, Stopwatch.GetElapsedTime(last, _heardAt.Max()));

        async Task<long> ReportAsync(ClientSocket device, int index, long due)
        {
            long sent = 0;
            for (; due < start + seconds * Stopwatch.Frequency; due += (long)period)
            {
                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (wait > TimeSpan.Zero) await Task.Delay(wait, cancel);
                var step = ++device.Sequence;
                Volatile.Write(ref _due[index], due);
                var reported = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                Volatile.Write(ref _reported[index], reported);
                sent = Stopwatch.GetTimestamp();
                await device.SendAsync(Encoding.ASCII.GetBytes(Frame(device.Id, step)), cancel);
                await reported.Task.WaitAsync(Patience, cancel);
            }

            return sent;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_hearing);
        foreach (var socket in _devices.Concat(_apps)) await socket.DisposeAsync();
        _end.Dispose();
    }

    private static string Frame(string device, long step) =>
        $$$"""{"action":"update","userAgent":"device","apikey":"","deviceid":"{{{device}}}","d_seq":{{{step}}},"params":{"step":{{{step}}},"switch":"{{{(step % 2 == 0 ? "on" : "off")}}}"}}""";

    // Until all apps know what is true.
    private async Task SettleAsync(IReadOnlyList<long> truth, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        for (var device = 0; device < truth.Count; device++)
        {
            while (Volatile.Read(ref _heard[device]) != truth[device])
            {
                if (_failed is { } why) throw new BenchException(why.Message);
                if (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
                    throw new BenchException($"{DeviceIds.Of(device)} is at step {truth[device]}, and its app was last told of step {_heard[device]}");
                await Task.Delay(1, cancel);
            }
        }
    }

    // From the first moment: who does not read does not answer the server's pings, and is cut off.
    private void Listen(ClientSocket socket, Action<ReadOnlyMemory<byte>> take)
    {
        var listening = Task.Run(() => ListenAsync(socket, take, _end.Token));
        lock (_hearing) _hearing.Add(listening);
    }

    private async Task ListenAsync(ClientSocket socket, Action<ReadOnlyMemory<byte>> take, CancellationToken cancel)
    {
        try
        {
            while (true) take(await socket.ReceiveAsync(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The stage is over.
        }
        catch (Exception e) when (e is BenchException or System.Net.WebSockets.WebSocketException)
        {
            _failed = e;
        }
    }

    private void Acknowledge(int device, ReadOnlySpan<byte> answer)
    {
        if (answer.IndexOf("\"error\":0"u8) < 0) throw new BenchException($"A report was refused: {Encoding.UTF8.GetString(answer)}");
        Volatile.Read(ref _reported[device])?.TrySetResult();
    }

    private void Hear(ReadOnlySpan<byte> frame, List<long> took)
    {
        // What comes and goes is not counted.
        if (Number(frame, StepName) is not { } step || Number(frame, DeviceName) is not { } id) return;
        var (now, device) = (Stopwatch.GetTimestamp(), (int)(id - DeviceIds.First));
        if (step < _heard[device]) throw new BenchException($"An app was told of step {step} of {id} after step {_heard[device]}");
        if (step == _heard[device]) return;
        _heardAt[device] = now;
        if (step == _devices[device].Sequence)
        {
            lock (took) took.Add(now - Volatile.Read(ref _due[device]));
        }

        Volatile.Write(ref _heard[device], step);
    }

    private static long? Number(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> name)
    {
        if (frame.IndexOf(name) is not (>= 0 and var at)) return null;
        var rest = frame[(at + name.Length)..];
        return System.Buffers.Text.Utf8Parser.TryParse(rest, out long number, out _) ? number : null;
    }
}
