using System.Diagnostics;
using System.Text;

namespace Irori.Bench.Load;

/// <summary>Many devices on one server.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private const int AtOnce = 64;
    private readonly ClientSocket[] _devices;
    private readonly CancellationTokenSource _end = new();
    private Task _obeying = Task.CompletedTask;

    private Fleet(ClientSocket[] devices) => _devices = devices;

    public static async Task<Fleet> ConnectAsync(Uri server, int count, string key, CancellationToken cancel)
    {
        var devices = new ClientSocket[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (i, token) =>
            devices[i] = await ClientSocket.OpenDeviceAsync(server, DeviceIds.Of(i), key, token));
        return new Fleet(devices);
    }

    /// <summary>From now on every device obeys what it is told.</summary>
    public void Obey() => _obeying = Task.Run(() => Task.WhenAll(_devices.Select(d => ObeyAsync(d, _end.Token))));

    /// <summary>Every device reports as soon as its last report was acknowledged.</summary>
    public async Task<Latencies> ReportAsync(double seconds, CancellationToken cancel)
    {
        var latencies = new Latencies();
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        await Task.WhenAll(_devices.Select(d => Task.Run(() => RunAsync(d, latencies.NewList()), cancel)));
        return latencies;

        async Task RunAsync(ClientSocket device, List<long> took)
        {
            while (Stopwatch.GetTimestamp() is var start && start < end)
            {
                await ReportAsync(device, cancel);
                if (Stopwatch.GetTimestamp() is var now && now <= end) took.Add(now - start);
            }
        }
    }

    /// <summary>All devices together report at a rate. Latency counts from when a report was due.</summary>
    public async Task<Latencies> ReportAsync(int rate, double seconds, CancellationToken cancel)
    {
        var latencies = new Latencies();
        var start = Stopwatch.GetTimestamp();
        var period = Stopwatch.Frequency * (double)_devices.Length / rate;
        await Task.WhenAll(_devices.Select((d, i) => Task.Run(() => RunAsync(d, start + (long)(period * i / _devices.Length), latencies.NewList()), cancel)));
        return latencies;

        async Task RunAsync(ClientSocket device, long due, List<long> took)
        {
            for (; due < start + seconds * Stopwatch.Frequency; due += (long)period)
            {
                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (wait > TimeSpan.Zero) await Task.Delay(wait, cancel);
                await ReportAsync(device, cancel);
                took.Add(Stopwatch.GetTimestamp() - due);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _obeying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var device in _devices) await device.DisposeAsync();
        _end.Dispose();
    }

    private static async Task ObeyAsync(ClientSocket device, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                var command = await device.ReceiveAsync(cancel);
                if (Sequence(command.Span) is { } sequence)
                    await device.SendAsync(Encoding.ASCII.GetBytes($$"""{"error":0,"userAgent":"device","deviceid":"{{device.Id}}","apikey":"","sequence":"{{sequence}}"}"""), cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The stage is over.
        }
    }

    private static string? Sequence(ReadOnlySpan<byte> frame)
    {
        var name = "\"sequence\":\""u8;
        if (frame.IndexOf(name) is not (>= 0 and var at)) return null;
        var rest = frame[(at + name.Length)..];
        return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)'"')]);
    }

    private static async Task ReportAsync(ClientSocket device, CancellationToken cancel)
    {
        var number = ++device.Sequence;
        await device.SendAsync(Encoding.ASCII.GetBytes(Reports.Frame(device.Id, number)), cancel);
        var answer = await device.ReceiveAsync(cancel);
        if (answer.Span.IndexOf("\"error\":0"u8) < 0) throw new BenchException($"A report was refused: {Encoding.UTF8.GetString(answer.Span)}");
    }
}
