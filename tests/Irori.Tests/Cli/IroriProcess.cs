using System.Diagnostics;
using System.Globalization;
using Irori.Harness;

namespace Irori.Tests.Cli;

/// <summary>The built program as a process of its own.</summary>
internal sealed class IroriProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly List<string> _said = [];

    private IroriProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What it has written to standard output, as far as it was read.</summary>
    public IReadOnlyList<string> Said => _said;

    public static IroriProcess Start(IReadOnlyDictionary<string, string>? environment, params string[] arguments) => Start([], environment, arguments);

    /// <summary>Starts the program under another one that watches it, when one is given.</summary>
    public static IroriProcess StartUnder(string[] watcher, params string[] arguments) => Start(watcher, null, arguments);

    private static IroriProcess Start(string[] watcher, IReadOnlyDictionary<string, string>? environment, string[] arguments)
    {
        string[] command = [.. watcher, "dotnet", Path.Combine(AppContext.BaseDirectory, "irori.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new IroriProcess(Process.Start(start)!);
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort() => Programs.FreePort();

    /// <summary>Waits until a line of its output holds a text.</summary>
    public async Task WaitForAsync(string part)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            _said.Add(line);
            if (line.Contains(part, StringComparison.Ordinal)) return;
        }

        throw new InvalidOperationException($"The program ended before it said \"{part}\": {await _errors}");
    }

    /// <summary>Sends a signal, such as TERM.</summary>
    public Task SignalAsync(string signal) => Programs.SignalAsync(_process.Id, signal);

    /// <summary>Lets it stand still, with every thread.</summary>
    public Task FreezeAsync() => Programs.FreezeAsync(_process.Id);

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync() => Programs.ThawAsync(_process.Id);

    /// <summary>Waits for its end: exit code and what it wrote to standard error.</summary>
    public async Task<(int Code, string Errors)> EndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line) _said.Add(line);
        await _process.WaitForExitAsync(limit.Token);
        return (_process.ExitCode, await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
