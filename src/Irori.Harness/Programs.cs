using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Irori.Harness;

/// <summary>Programs of the system.</summary>
internal static class Programs
{
    private const int KeptLines = 20;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits for the event that a started program says a text on either output.</summary>
    /// <exception cref="HarnessException">It ended before, or did not say it in time.</exception>
    public static async Task WaitForAsync(this Process process, string text, TimeSpan patience, CancellationToken cancel)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var last = new ConcurrentQueue<string>();
        void Hear(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not { } data) return;
            last.Enqueue(data);
            if (last.Count > KeptLines) last.TryDequeue(out _);
            if (data.Contains(text, StringComparison.Ordinal)) said.TrySetResult();
        }

        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var name = process.StartInfo.FileName;
        try
        {
            var ended = process.WaitForExitAsync(cancel);
            if (await Task.WhenAny(said.Task, ended).WaitAsync(patience, cancel) == ended && !said.Task.IsCompleted) throw new HarnessException($"{name} ended while it started: {string.Join('\n', last)}");
        }
        catch (TimeoutException)
        {
            throw new HarnessException($"{name} was not ready within {patience.TotalSeconds:F0} s: {string.Join('\n', last)}");
        }
        finally
        {
            process.OutputDataReceived -= Hear;
            process.ErrorDataReceived -= Hear;
        }
    }

    /// <summary>Runs a program to its end and answers its exit code and what it wrote to standard error.</summary>
    public static async Task<(int Code, string Error)> TryAsync(IReadOnlyList<string> command, CancellationToken cancel)
    {
        using var process = Process.Start(Of(command))!;
        var error = process.StandardError.ReadToEndAsync(cancel);
        await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, (await error).Trim());
    }

    /// <summary>Runs a program that must succeed.</summary>
    public static async Task RunAsync(IReadOnlyList<string> command, CancellationToken cancel)
    {
        var (code, error) = await TryAsync(command, cancel);
        if (code != 0) throw new HarnessException($"{command[0]} failed: {error}");
    }

    /// <summary>Sends a signal, such as TERM; a process that has ended does not mind.</summary>
    public static Task SignalAsync(int process, string signal) => TryAsync(["kill", $"-{signal}", process.ToString(CultureInfo.InvariantCulture)], CancellationToken.None);

    /// <summary>Lets a process stand still, and waits until every thread of it does: a signal is still on its way when <c>kill</c> ends.</summary>
    public static async Task FreezeAsync(int process, CancellationToken cancel = default)
    {
        await SignalAsync(process, "STOP");
        while (!Directory.GetDirectories($"/proc/{process}/task").All(IsStopped)) await Task.Delay(Look, cancel);
    }

    /// <summary>Lets it go on.</summary>
    public static Task ThawAsync(int process) => SignalAsync(process, "CONT");

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>How a command is started: without a shell, with its outputs for us.</summary>
    public static ProcessStartInfo Of(IReadOnlyList<string> command) => new(command[0], command.Skip(1))
    {
        UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/",
    };

    // After the name, which is in brackets, stands the state of a thread.
    private static bool IsStopped(string thread)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(thread, "stat"));
            return text[text.LastIndexOf(')') + 2] == 'T';
        }
        catch (IOException)
        {
            // It ends this moment.
            return false;
        }
    }
}
