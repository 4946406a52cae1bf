using System.Diagnostics;
using Shouldly;

namespace Irori.Tests;

/// <summary>The lines that the README asks people to paste.</summary>
public sealed class ReadmeTests
{
    private const string Begin = "<!-- demo:begin -->";
    private const string End = "<!-- demo:end -->";

    [Fact]
    public void The_demonstration_is_five_lines_of_curl_that_bash_understands()
    {
        Lines().Split('\n').Count(l => l.Contains("curl ", StringComparison.Ordinal)).ShouldBe(5);
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-n", "-c", Lines()]) { UseShellExecute = false, RedirectStandardError = true })!;
        bash.StandardError.ReadToEnd().ShouldBe("");
    }

    /// <summary>The lines as they stand in the README.</summary>
    internal static string Lines()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var block = readme[(readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)..readme.IndexOf(End, StringComparison.Ordinal)];
        return string.Join('\n', block.Split('\n').Where(l => l.Length > 0 && !l.StartsWith("```", StringComparison.Ordinal)));
    }

    /// <summary>Pastes the lines into bash, for a server at another address whose data folder lies elsewhere, and answers what they print.</summary>
    internal static async Task<string> RunAsync(Uri server, string dataFolder, CancellationToken cancel)
    {
        var lines = Lines().Replace("http://localhost:8080", server.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace("data/demo.json", Path.Combine(dataFolder, "demo.json"), StringComparison.Ordinal);
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", lines]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = bash.StandardError.ReadToEndAsync(cancel);
        var said = await bash.StandardOutput.ReadToEndAsync(cancel);
        await bash.WaitForExitAsync(cancel);
        (bash.ExitCode, await errors).ShouldBe((0, ""));
        return said;
    }
}
