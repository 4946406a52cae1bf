using System.Diagnostics;
using System.Text.RegularExpressions;
using Shouldly;

namespace Irori.Tests.Cli;

/// <summary>The commands of the administration page, pasted as they stand there.</summary>
public sealed partial class AdministrationPageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("irori-page-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_command_of_the_page_works_beside_a_running_server()
    {
        await using var program = IroriProcess.Start(
            null, "run", "--data", Path.Combine(_folder, "data"), "--bind", "127.0.0.1", "--https", "0", "--http", $"{IroriProcess.FreePort()}");
        await program.WaitForAsync("Stop with Ctrl+C");
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "administration.md"), Cancel);
        var lines = string.Join('\n', Pasted().Matches(page).Select(m => m.Groups[1].Value)).Replace("./irori ", "irori ", StringComparison.Ordinal);
        lines.Split("irori admin").Length.ShouldBeGreaterThan(15);

        var script = $"set -euo pipefail\nirori() {{ dotnet '{Path.Combine(AppContext.BaseDirectory, "irori.dll")}' \"$@\"; }}\n{lines}";
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = _folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var errors = bash.StandardError.ReadToEndAsync(Cancel);
        var said = await bash.StandardOutput.ReadToEndAsync(Cancel);
        await bash.WaitForExitAsync(Cancel);

        bash.ExitCode.ShouldBe(0, await errors);
        said.ShouldContain("1000a1b2c5");
        await program.SignalAsync("TERM");
        (await program.EndAsync()).Code.ShouldBe(0);
    }

    [GeneratedRegex("```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Pasted();
}
