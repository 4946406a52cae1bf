using System.Diagnostics;
using System.Security.Cryptography;

namespace Irori.Harness;

/// <summary>
/// What is done when this process has ended, however it ended: a shell reads it from a pipe and carries it out, the newest first, when the pipe
/// is closed. Whoever ends in order has left it nothing to do.
/// </summary>
internal static class LastWill
{
    // A process is ended only when it still carries this: its number may be another's by then.
    private const string Mark = "HARNESS_RUN";

    private const string Script =
        """
        trap '' INT HUP TERM
        todo=
        while IFS= read -r line; do todo="$line
        $todo"; done
        eval "$todo"
        """;

    private static readonly string Run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private static readonly Lock Writing = new();
    private static readonly Lazy<Process> Shell = new(() => Process.Start(new ProcessStartInfo("sh", ["-c", Script])
    {
        UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/",
    })!);

    /// <summary>Starts a program that ends with this process.</summary>
    public static Process Start(ProcessStartInfo start)
    {
        start.Environment[Mark] = Run;
        var process = Process.Start(start)!;
        Kill($"{process.Id}");
        return process;
    }

    /// <summary>Ends a process that a started program has started, if it is still that one.</summary>
    public static void Kill(string process) => Add($"grep -qsa {Mark}={Run} /proc/{process}/environ && kill -9 {process}");

    /// <summary>Removes a folder.</summary>
    public static void Remove(string folder) => Add($"rm -rf '{folder}'");

    /// <summary>Adds a line of shell.</summary>
    public static void Add(string line)
    {
        lock (Writing)
        {
            Shell.Value.StandardInput.WriteLine(line);
            Shell.Value.StandardInput.Flush();
        }
    }
}
