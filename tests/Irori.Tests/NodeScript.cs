using System.Diagnostics;
using System.Text;

namespace Irori.Tests;

/// <summary>A script that drives the server with a client which nobody here wrote, or with a browser.</summary>
internal sealed class NodeScript : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly StringBuilder _said = new();

    private NodeScript(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a script of a folder of tests/.</summary>
    public static NodeScript Start(string script, IReadOnlyDictionary<string, string> environment, string place = "clients")
    {
        var folder = Path.Combine(Repository.Root, "tests", place);
        if (!Directory.Exists(Path.Combine(folder, "node_modules"))) throw new InvalidOperationException($"Run npm ci in {folder}; ./irori test does it");
        var start = new ProcessStartInfo("node", script) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new NodeScript(Process.Start(start)!);
    }

    /// <summary>Waits until the script says a line; fails with all that it said when it ends before.</summary>
    public async Task WaitForAsync(string line, CancellationToken cancel)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancel) is { } said)
        {
            if (said == line) return;
            _said.AppendLine(said);
        }

        throw new InvalidOperationException($"The script ended before it said \"{line}\": {_said}{await _errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
